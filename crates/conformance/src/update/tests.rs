//! What a rewritten file says, and when a file is left alone.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::*;

/// A case that expects an answer of that media type and body.
fn case(media: &str, body: &str) -> String {
    format!(
        "+++\ntitle = \"A job\"\nevidence = \"observed\"\nsource = \"a page\"\n+++\nGET /x HTTP/1.1\nHost: {{{{host}}}}\n\n---\n\
         HTTP/1.1 200 OK\nContent-Type: {media}\n\n{body}\n---\nGET /y HTTP/1.1\nHost: {{{{host}}}}\n\n---\n\
         HTTP/1.1 204 No Content\n"
    )
}

/// What the file becomes when that body is answered instead.
fn answered(file: &str, media: &str, body: &str) -> Result<Option<String>, String> {
    let fixture = Arc::new(parse(Path::new("fixtures/oracle-ess/x.http"), file).unwrap());
    let seen = Seen {
        status: 200,
        headers: vec![("content-type".to_owned(), media.to_owned())],
        body: body.to_owned(),
    };
    let base = Base { url: "http://h".to_owned(), authority: "h".to_owned() };
    let rules = Rules::of(&fixture, false);
    let differences = compare::answers(&fixture.exchanges[0].response, &seen, &base, &rules, 1);
    let empty = Seen { status: 204, ..Seen::default() };
    let answers = vec![seen, empty];
    let result = Outcome::Failed(differences);
    let time = Duration::ZERO;
    rewritten(file, &Verdict { fixture, result, answers, base, own_clock: false, unseen: 0, time })
}

#[test]
fn what_was_answered_is_expected_from_then_on() {
    for (media, old, new, written) in [
        ("application/json", "{}", r#"{"a":1}"#, r#"{"a":1}"#),
        ("application/xml", "<a/>", "<a><b/></a>", "<a><b/></a>"),
        ("application/xml", "<a>\n</a>", "<a><b/></a>", "<a>\n  <b/>\n</a>"),
        (
            "application/xml",
            "<a>\n</a>",
            "<a xmlns:x=\"u\"><b x:nil=\"true\"/></a>",
            "<a xmlns:x=\"u\">\n  <b x:nil=\"true\"/>\n</a>",
        ),
        ("application/xml", "<a>\n</a>", "<a><b/>so</a>", "<a><b/>so</a>"),
        ("text/plain", "one", "two", "two"),
    ] {
        let is = answered(&case(media, old), media, new);
        assert_eq!(is, Ok(Some(case(media, written))), "{new}");
    }
}

#[test]
fn a_file_that_could_not_be_read_again_is_left_alone() {
    for new in ["one\r\ntwo", "one\n---\ntwo", "{{bsae}}"] {
        let problem = answered(&case("text/plain", "one"), "text/plain", new).unwrap_err();
        assert!(problem.contains("cannot be written as a fixture"), "{new:?}: {problem}");
    }
}

#[test]
fn a_file_that_has_become_another_is_left_alone() {
    let file = case("text/plain", "one");
    let fixture = Arc::new(parse(Path::new("fixtures/oracle-ess/x.http"), &file).unwrap());
    let base = Base { url: "http://h".to_owned(), authority: "h".to_owned() };
    let (result, time) = (Outcome::Failed(Vec::new()), Duration::ZERO);
    let verdict = Verdict { fixture, result, answers: Vec::new(), base, own_clock: false, unseen: 0, time };
    assert_eq!(rewritten(&file, &verdict), Ok(None));
    let longer = file.replace("A job", "A job that was renamed meanwhile");
    assert!(rewritten(&longer, &verdict).unwrap_err().contains("was changed"));
}
