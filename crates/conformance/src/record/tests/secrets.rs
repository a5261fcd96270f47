//! Values whose names no table knows, wherever a server may put them: none of them comes into a file.

use super::{GET, JSON, Noted, OPERATOR, Recording};

const SECRET: &str = "hunter2secret";

/// Records one answer; its file, in which no secret may stand.
async fn recorded(line: &str, came: &[(&'static str, &str)], answer: &str) -> String {
    let mut recording = Recording::new(&[], None);
    let came: Vec<_> = came.iter().copied().chain([JSON]).collect();
    let noted = recording.exchange(line, &[OPERATOR], "", (200, &came, answer.as_bytes())).await;
    assert_eq!(noted, Noted::Recorded, "{answer}");
    let text = recording.end().1.remove(0);
    for secret in [SECRET, "73219841"] {
        assert!(!text.contains(secret), "{secret} stands in\n{text}");
    }
    text
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[tokio::test]
async fn values_in_urls_are_replaced_and_masked() {
    let answer = format!(
        "{{\"links\":[{{\"href\":\"http://prime.example:8080/x/7;sid={SECRET}?fields=state&t={SECRET}#{SECRET}\"}}]}}"
    );
    let location = format!("https://ana:{SECRET}@other.example/?ticket={SECRET}");
    let text = recorded(GET, &[("location", &location)], &answer).await;
    has(
        &text,
        &["\"{{base}}/x/7;sid=text-1?fields=state&t=text-1#text-1\"", "/links/*/href", "header:location"],
    );
}

#[tokio::test]
async fn a_session_in_the_path_is_replaced() {
    let text = recorded(&format!("{GET};jsessionid={SECRET}"), &[], "{}").await;
    has(&text, &["\nGET /ess/rest/scheduler/v1/requests/7;jsessionid=text-1 HTTP/1.1\n"]);
}

#[tokio::test]
async fn a_parameter_that_is_echoed_is_compared() {
    let answer = format!(
        "{{\"links\":[{{\"href\":\"http://prime.example:8080/x?t={SECRET}\"}}],\"detail\":\"no {SECRET}\"}}"
    );
    let text = recorded(&format!("{GET}?t={SECRET}"), &[], &answer).await;
    has(&text, &["\"{{base}}/x?t=text-1\"", "\"no text-1\""]);
    assert!(!text.contains("mask"), "{text}");
}

#[tokio::test]
async fn a_sentence_that_quotes_what_comes_later_is_cleaned_and_masked() {
    let answer = format!(
        "{{\"detail\":\"{SECRET} has pin 73219841\",\"zz\":{{\"who\":\"{SECRET}\",\"pin\":73219841}}}}"
    );
    let text = recorded(GET, &[], &answer).await;
    has(&text, &["\"text-1 has pin 1001\"", "mask = [\"/detail\", \"/zz/pin\", \"/zz/who\"]"]);
}

#[tokio::test]
async fn names_that_are_somebodys_own_are_replaced() {
    let answer = format!(
        "{{\"zz\":{{\"{SECRET}@corp.example\":{{\"when\":1}},\"plain\":1}},\"a\":\"{SECRET}\",\"{SECRET}\":1}}"
    );
    let text = recorded(GET, &[], &answer).await;
    has(&text, &["mask = [", "\"/zz\"", "\"plain\": 100"]);
}

#[tokio::test]
async fn of_a_challenge_only_the_scheme_stays() {
    let challenge = format!("Negotiate {SECRET}");
    let text = recorded(GET, &[("www-authenticate", &challenge)], "{}").await;
    has(&text, &["WWW-Authenticate: Negotiate realm=\"text-1\"", "header:www-authenticate"]);
}

#[tokio::test]
async fn xml_has_no_place_for_secrets() {
    let mut recording = Recording::new(&[], None);
    let xml = ("content-type", "application/xml");
    let came = format!(
        "<?vendor {SECRET}?><!-- {SECRET} --><mgmtResponse requestUrl='/it&apos;s?t={SECRET}' odd='{SECRET}'>\
         <message>of {SECRET}</message></mgmtResponse>"
    );
    let line = "PUT /webacs/api/v1/op/jobService/cancelrunning";
    recording.exchange(line, &[OPERATOR, xml], "<a/>", (200, &[xml], came.as_bytes())).await;
    let text = recording.end().1.remove(0);
    assert!(!text.contains(SECRET), "{text}");
    has(&text, &["<mgmtResponse requestUrl='/it&apos;s?t=text-1' odd='text-1'><message>of text-1</message>"]);
}

#[tokio::test]
async fn what_has_no_name_or_is_compressed_is_left_out_with_its_reason() {
    let mut recording = Recording::new(&[], None);
    let bare = recording.exchange(GET, &[OPERATOR], "", (200, &[JSON], b"\"hunter2secret\"")).await;
    assert!(matches!(&bare, Noted::LeftOut(why) if why.contains("bare value")), "{bare:?}");
    let gzip = ("content-encoding", "gzip");
    let zipped = recording.exchange(GET, &[OPERATOR], "", (200, &[JSON, gzip], b"\x1f\x8b")).await;
    assert!(matches!(&zipped, Noted::LeftOut(why) if why.contains("gzip")), "{zipped:?}");
}
