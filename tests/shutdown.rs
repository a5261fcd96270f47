//! The end of the program: SIGTERM lets what is under way end, and the ledger is whole.

use crate::server::{BASIC, Server, config};

#[test]
fn sigterm_finishes_the_request_under_way_and_exits_with_zero() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&config(folder.path(), "sqlite:ledger.db"));
    let mut client = server.client();
    let body = "<jobRunOperationPayload><runIds><runId>1</runId></runIds></jobRunOperationPayload>";
    let length = body.len();
    let head = format!(
        "PUT /webacs/api/v1/op/jobService/cancelrunning HTTP/1.1\r\nHost: h\r\n{BASIC}\
         Content-Type: application/xml\r\nContent-Length: {length}\r\n\r\n"
    );
    // Half of the body is on its way when the signal comes; `100-continue` is not asked for, so the half that is there
    // proves nothing: a second connection does, which is answered after the first was accepted.
    client.send(head.as_bytes()).unwrap();
    client.send(&body.as_bytes()[..20]).unwrap();
    let other = server.client().request("GET /webacs/api/v1/data/JobSummary/1", BASIC, "").unwrap();
    assert_eq!(other.status, 404);
    server.signal("TERM");
    client.send(&body.as_bytes()[20..]).unwrap();
    let answer = client.answer(false).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(server.wait(), Some(0));
    assert!(folder.path().join("ledger.db").is_file());
    assert!(!folder.path().join("ledger.db-wal").exists(), "a closed ledger is one file");
}
