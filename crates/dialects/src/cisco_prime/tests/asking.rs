//! Heads and bodies of requests.

use countermand_model::{Cancel, Command, FaultKind, Kin, Order, Reach, Results, Status, Target};

use super::{PRIME, open};
use crate::{Codec, Format};

type Headers = &'static [(&'static str, &'static str)];

const CANCEL: &str = "/webacs/api/v1/op/jobService/cancelrunning";

/// The run ids of a body, or the place of what is wrong with it.
fn run_ids(content_type: &str, body: &str) -> Result<Vec<String>, String> {
    let echo = open("PUT", CANCEL, &[("content-type", content_type)]);
    match PRIME.decode_request(&echo, body.as_bytes()).map_err(|malformed| malformed.place)? {
        Command::Cancel(Cancel { targets, reach: Reach::One, force: None, .. }) => {
            Ok(targets.into_iter().map(|target| target.written).collect())
        }
        other => panic!("not a cancel: {other:?}"),
    }
}

fn json(run_id: &str) -> Result<Vec<String>, String> {
    let body = format!(r#"{{"jobRunOperationPayload":{{"runIds":{{"runId":{run_id}}}}}}}"#);
    run_ids("application/json", &body)
}

#[test]
fn a_request_is_opened_with_all_that_its_answer_needs() {
    let echo = open("PUT", "/webacs/api/v3/op/jobService/cancelrunning.json?a=%22b%22", &[]);
    assert_eq!(echo.operation.unwrap().name, "cancelrunning");
    assert_eq!((echo.version, echo.format, echo.body), (3, Format::Json, Format::Xml));
    assert_eq!(echo.path, "/op/jobService/cancelrunning");
    assert_eq!(
        echo.request_url, "https://localhost/webacs/api/v3/op/jobService/cancelrunning?a=%22b%22",
        "an operation keeps its query as it was sent"
    );
    assert_eq!(echo.root_url, "https://localhost/webacs/api/v3/op");
    assert_eq!(echo.refusal, None);

    let echo = open("GET", "/vp/webacs/api/v4/data/JobSummary/15.xml?a=%22b%22", &[]);
    assert_eq!(echo.operation.unwrap().name, "jobsummary");
    assert_eq!(echo.id.as_deref(), Some("15"));
    assert_eq!(echo.request_url, "https://localhost/vp/webacs/api/v4/data/JobSummary/15?a=\"b\"");
    assert_eq!(echo.root_url, "https://localhost/vp/webacs/api/v4/data");
}

#[test]
fn the_format_is_by_suffix_then_accept_then_xml() {
    let cases: &[(&str, Headers, Format)] = &[
        ("", &[], Format::Xml),
        ("", &[("accept", "*/*")], Format::Xml),
        ("", &[("accept", "application/json")], Format::Json),
        ("", &[("accept", "text/xml;q=0.1, application/json;q=0.2")], Format::Json),
        (".xml", &[("accept", "application/json")], Format::Xml),
        (".json", &[("accept", "image/png")], Format::Json),
        (".json?x=.xml", &[], Format::Json),
    ];
    for (suffix, headers, format) in cases {
        let echo = open("PUT", &format!("{CANCEL}{suffix}"), headers);
        assert_eq!((echo.format, echo.refusal), (*format, None), "{suffix} {headers:?}");
    }
}

#[test]
fn what_cannot_be_answered_says_why() {
    use FaultKind::{
        NotAcceptable, TooManyRequests, UnknownRoute, Unsupported, UnsupportedMediaType, WrongMethod,
    };
    let cases: &[(&str, &str, Headers, FaultKind)] = &[
        ("PUT", "/webacs/api/v1/op/jobService/cancelrunning", &[("accept", "image/png")], NotAcceptable),
        ("PUT", CANCEL, &[("content-type", "application/x-www-form-urlencoded")], UnsupportedMediaType),
        ("PUT", CANCEL, &[("content-type", "text/xml;charset=latin1")], UnsupportedMediaType),
        ("GET", CANCEL, &[], WrongMethod),
        ("HEAD", CANCEL, &[], WrongMethod),
        ("PUT", "/webacs/api/v1/data/JobSummary/15", &[], WrongMethod),
        ("PUT", "/webacs/api/v5/op/jobService/cancelrunning", &[], UnknownRoute),
        ("PUT", "/webacs/api/v01/op/jobService/cancelrunning", &[], UnknownRoute),
        ("PUT", "/webacs/api/op/jobService/cancelrunning", &[], UnknownRoute),
        ("PUT", "/webacs/api/v1/op/jobService/cancelrunning.yaml", &[], UnknownRoute),
        ("PUT", "/webacs/api/v1/op/jobService/cancelrunning/", &[], UnknownRoute),
        ("GET", "/webacs/api/v1/data/JobSummary/15.yaml", &[], UnknownRoute),
        ("PUT", "/webacs/api/v1/data/JobSummary", &[], WrongMethod),
        ("GET", "/webacs/api/v1/data/JobSummary/", &[], UnknownRoute),
        ("POST", "/webacs/api/v1/op/jobService/runhistory", &[], WrongMethod),
        ("GET", "/webacs/api/v1/op/cliTemplateConfiguration/deployTemplateThroughJob", &[], UnknownRoute),
        ("PUT", "/webacs/api/v1/op/cliTemplateConfiguration/deployTemplateThroughJob.json", &[], Unsupported),
        ("PUT", "/webacs/api/v4/op/devices/bulkImport", &[], Unsupported),
        ("GET", "/webacs/api/v4/data/JobSummary?.maxResults=1001", &[], TooManyRequests),
        ("GET", "/webacs/api/v4/data/JobSummary", &[("range", "instances=0-1000")], TooManyRequests),
        ("GET", "/webacs/api/v1/data/unkown", &[], UnknownRoute),
        ("GET", "/webacs/api", &[], UnknownRoute),
        ("PUT", "/webacs/pages/common/login.jsp", &[], WrongMethod),
        ("PUT", "/webacs/pages/common/login.jsp/v1/op/jobService/cancelrunning", &[], UnknownRoute),
    ];
    for (method, target, headers, kind) in cases {
        let echo = open(method, target, headers);
        assert_eq!(echo.refusal.map(|fault| fault.kind), Some(*kind), "{method} {target} {headers:?}");
    }
    let echo = open("GET", "/webacs/api/v1/data/unkown", &[]);
    assert_eq!(echo.refusal.unwrap().code, Some("PRS-102"));
    let stray = open("GET", "/webacs/api/v1/data/JobSummary/15", &[("content-type", "application")]);
    assert_eq!(stray.refusal, None, "a GET may have any Content-Type");
    let page = open("GET", "/webacs/pages/common/login.jsp", &[("accept", "text/html")]);
    assert!(page.operation.unwrap().document.is_some() && page.refusal.is_none());
}

#[test]
fn run_ids_are_read_in_every_form() {
    let ids = |list: &[&str]| Ok(list.iter().map(|id| (*id).to_owned()).collect());
    assert_eq!(json("15"), ids(&["15"]));
    assert_eq!(json(r#"" 15 ""#), ids(&["15"]));
    assert_eq!(json(r#"{"@type":"x","$":"15"}"#), ids(&["15"]));
    assert_eq!(json(r#"[15,"25",{"$":15}]"#), ids(&["15", "25", "15"]));
    assert_eq!(json("[-9223372036854775808,0]"), ids(&["-9223372036854775808", "0"]));
    let xml = "<jobRunOperationPayload><runIds><runId>\n15 </runId></runIds><x/><runIds><runId>0025</runId></runIds>\
               </jobRunOperationPayload>";
    assert_eq!(run_ids("text/xml", xml), ids(&["15", "25"]));
}

#[test]
fn what_is_not_an_id_is_told_with_its_place() {
    let at = |place: &str| Err(format!("/jobRunOperationPayload/runIds{place}"));
    assert_eq!(json("[]"), at("/runId"));
    assert_eq!(json(r#"[15,""]"#), at("/runId/1"));
    assert_eq!(json("[15,1.5]"), at("/runId/1"));
    assert_eq!(json("[[15]]"), at("/runId/0"));
    assert_eq!(json("9223372036854775808"), at("/runId"));
    assert_eq!(json("true"), at("/runId"));
    assert_eq!(json(r#"{"id":15}"#), at("/runId"));
    assert_eq!(
        run_ids("application/json", r#"{"jobRunOperationPayload":{"runIds":""}}"#),
        at(""),
        "the empty wrapper of v1 has no ids either"
    );
    let xml = |items: &str| {
        let body = format!("<jobRunOperationPayload><runIds>{items}</runIds></jobRunOperationPayload>");
        run_ids("application/xml", &body)
    };
    assert_eq!(xml("<runId>15</runId><runId/>"), at("/runId[2]"));
    assert_eq!(xml("<runId><x/></runId>"), at("/runId"));
    assert_eq!(xml("15"), at(""));
    assert_eq!(xml(""), Err("/jobRunOperationPayload".to_owned()));
}

#[test]
fn orders_to_triggers_take_job_ids_and_reach_no_run() {
    let order = || Order {
        targets: vec![
            Target::number(15),
            Target { written: "0".to_owned(), number: None, dataset: None },
            Target::number(15),
        ],
        reach: Reach::Trigger,
        ..Order::default()
    };
    let cancel = Cancel { targets: order().targets, reach: Reach::Trigger, ..Cancel::default() };
    let cases = [
        ("suspend", Command::Hold(order())),
        ("resume", Command::Release(order())),
        ("cancel", Command::Cancel(cancel)),
    ];
    let xml = "<jobOperationPayload><jobIds><jobId>15</jobId><jobId>0</jobId><runId>9</runId><jobId>015</jobId>\
               </jobIds><runIds><jobId>9</jobId></runIds></jobOperationPayload>";
    let json = r#"{"jobOperationPayload":{"runIds":{"runId":9},"jobIds":{"jobId":["15",0,{"$":15}]}},"a":1}"#;
    for (operation, command) in cases {
        for version in 1..=4 {
            let target = format!("/webacs/api/v{version}/op/jobService/{operation}");
            let read = |media: &str, body: &str| {
                let echo = open("PUT", &target, &[("content-type", media)]);
                assert_eq!(echo.operation.unwrap().name, operation);
                PRIME.decode_request(&echo, body.as_bytes())
            };
            assert_eq!(read("application/xml", xml).unwrap(), command);
            assert_eq!(read("application/json", json).unwrap(), command);
            let place = |media, body| read(media, body).unwrap_err().place;
            let of_runs =
                "<jobRunOperationPayload><runIds><runId>15</runId></runIds></jobRunOperationPayload>";
            assert_eq!(place("text/xml", of_runs), "/jobRunOperationPayload");
            let empty = r#"{"jobOperationPayload":{"jobIds":{"jobId":[]}}}"#;
            assert_eq!(place("application/json", empty), "/jobOperationPayload/jobIds/jobId");
        }
    }
}

#[test]
fn a_job_summary_is_read_with_its_latest_run() {
    let command = |target: &str| PRIME.decode_request(&open("HEAD", target, &[]), b"").unwrap();
    let status = |written: &str, number| {
        let target = Target { written: written.to_owned(), number, dataset: None };
        Command::Status(Status { target, results: Results::None, kin: Kin::Latest })
    };
    assert_eq!(command("/webacs/api/v2/data/JobSummary/15.json"), status("15", Some(15)));
    assert_eq!(command("/webacs/api/v2/data/JobSummary/a%2Fb"), status("a/b", None));
}

#[test]
fn one_call_takes_ten_thousand_ids() {
    let all = vec!["1"; 10_000];
    let [json_ids, xml_ids] = [all.join(","), "<runId>1</runId>".repeat(10_000)];
    let xml = |ids: &str| {
        let body = format!("<jobRunOperationPayload><runIds>{ids}</runIds></jobRunOperationPayload>");
        run_ids("text/xml", &body)
    };
    assert_eq!(json(&format!("[{json_ids}]")).map(|ids| ids.len()), Ok(10_000));
    assert_eq!(xml(&xml_ids).map(|ids| ids.len()), Ok(10_000));
    assert_eq!(json(&format!("[{json_ids},2]")).unwrap_err(), "/jobRunOperationPayload/runIds/runId");
    let place = xml(&format!("{xml_ids}<runId>2</runId>")).unwrap_err();
    assert_eq!(place, "/jobRunOperationPayload/runIds/runId[10001]");
}
