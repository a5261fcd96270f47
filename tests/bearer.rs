//! Tokens beside passwords, in the dialects whose vendors take both: the same realm, the same errors.

use crate::server::{BASIC, Server, config};

/// The digest of `writer-token`, by sha256sum.
const TOKENS: &str = "operator:{SHA256}3590c0a59f72ce02700194a05f228a725c1f135a6dcb3ded9b2d86ab6a6f52cb\n";

const TARGET: &str = "GET /clearsightadvanced/dbapi.do?action=getStatus&dataset=defaultDs&requestId=1";

/// Pitfall hitachi-detail-view 8.
#[test]
fn a_token_leads_where_a_password_does_and_a_wrong_one_is_told_how_to_do_better() {
    let folder = tempfile::tempdir().unwrap();
    let path = config(folder.path(), "memory");
    std::fs::write(folder.path().join("ops.tokens"), TOKENS).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("[realms.ops]\n", "[realms.ops]\ntokens = \"ops.tokens\"\n")).unwrap();
    let server = Server::start(&path);
    for credentials in [BASIC, "Authorization: Bearer writer-token\r\n"] {
        let answer = server.client().request(TARGET, credentials, "").unwrap();
        assert_eq!(answer.status, 404, "{credentials}: {}", answer.body);
        assert!(answer.body.starts_with("{\"code\":\"720600E6\""), "{}", answer.body);
    }
    for credentials in
        ["", "Authorization: Bearer nobodys-token\r\n", "Authorization: Basic b3BlcmF0b3I6d3Jvbmc=\r\n"]
    {
        let answer = server.client().request(TARGET, credentials, "").unwrap();
        assert_eq!(answer.status, 401, "{credentials}");
        assert_eq!(answer.body, "{\"code\":\"720000E9\",\"error\":\"Authorization needed.\"}");
        let challenges: Vec<_> =
            answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate")).collect();
        let [(_, basic), (_, bearer)] = challenges[..] else { panic!("{credentials}: {challenges:?}") };
        assert_eq!(basic, "Basic realm=\"Analyzer detail view\"");
        let expected = match credentials.contains("Bearer") {
            true => "Bearer realm=\"ops\", error=\"invalid_token\"",
            false => "Bearer realm=\"ops\"",
        };
        assert_eq!(bearer, expected);
    }
}
