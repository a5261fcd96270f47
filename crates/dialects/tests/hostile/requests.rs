//! Requests: served ones, and anything; bodies that are almost right.

use countermand_dialects::{ALL, Dialect, by_name};
use http::HeaderValue;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Words that mean something to some dialect, and texts that have broken somebody's parser.
fn word() -> BoxedStrategy<String> {
    let known = select(vec![
        "v1",
        "v2",
        "v4",
        "op",
        "data",
        "jobService",
        "cancelrunning",
        "suspend",
        "resume",
        "hold",
        "release",
        "executionStatus",
        "JobSummary",
        "requests",
        "cancel",
        "15",
        "0015",
        "+15",
        "-1",
        "0",
        "9223372036854775807",
        "9223372036854775808",
        "00000000000000000000000f",
        "00000000000000000000000F",
        "5f3c9a6e-0000-4000-8000-00000000002A",
        "%31%35",
        "%00",
        "%0d%0a",
        "%ff",
        "a%2Fb",
        ".json",
        "15.json",
        "15.xml",
        "cancelrunning.json",
        ";jsessionid=1",
        "defaultDs&requestId=1",
        "defaultDs&requestId=%27%00",
        "..",
        "",
        "\u{202e}",
        "\u{fffe}",
    ])
    .prop_map(str::to_owned);
    prop_oneof![4 => known, 1 => "[!-~&&[^?#]]{0,12}", 1 => "\\PC{0,6}"].boxed()
}

/// The dialect's name, the method, the path below its first base, and the query of requests that are served.
const SERVED: &[(&str, &str, &str, &str)] = &[
    ("cisco-prime", "PUT", "/v1/op/jobService/cancelrunning", ""),
    ("cisco-prime", "PUT", "/v1/op/jobService/cancelrunning.json", "a=%22%00"),
    ("cisco-prime", "PUT", "/v3/op/jobService/cancelrunning.json", ""),
    ("cisco-prime", "GET", "/v1/data/JobSummary/15", "a=%22%00%0a"),
    ("cisco-prime", "GET", "/v1/data/JobSummary/15.json", ""),
    ("cisco-prime", "GET", "/v4/data/JobSummary/0015.json", "_ctx.domain=%01"),
    ("cisco-prime", "GET", "/v4/data/JobSummary/%00", "_ctx.domain=%01"),
    (
        "cisco-prime",
        "GET",
        "/v1/op/jobService/runhistory.json",
        "jobId=in(7,15)&startTime=ne(2026-01-01T00:00:00)",
    ),
    ("cisco-prime", "GET", "/v4/op/jobService/runhistory", "jobName=contains(%22%00%22)"),
    ("cisco-prime", "GET", "/v1/data/JobSummary.json", ".full=true&runStatus=ne(RUNNING)&.sort=-%01"),
    ("cisco-prime", "GET", "/v4/data/JobSummary.json", ".full=true&.firstResult=2147483647"),
    ("cisco-prime", "GET", "/v2/data/JobSummary", "jobName=%22%ff%22&_ctx.domain=%01"),
    ("cisco-prime", "GET", "/v1/op.json", ""),
    ("cisco-prime", "GET", "/v4/data", "_ctx.domain=%00"),
    ("hitachi-detail-view", "GET", "", "action=getStatus&dataset=ds&requestId=%00"),
    ("hitachi-detail-view", "GET", "", "action=abortRequest&dataset=ds&requestId=%27%ff"),
    (
        "hitachi-detail-view",
        "POST",
        "",
        "action=getStatus&dataset=ds&dataset%20=ds&requestId=1&requestId=%22",
    ),
    ("hitachi-detail-view", "POST", "", "action=query&dataset=ds&processSync=true"),
    ("oracle-ess", "GET", "/requests/15", "links=self"),
    ("oracle-ess", "GET", "/requests", "q=state+eq+%22WAIT%22&orderBy=requestId:desc"),
    ("oracle-ess", "GET", "/requests", "id=15,x&pageIndex=x&fields=state"),
    ("oracle-ess", "GET", "/requests/search/2", "id=x&q=%22%00"),
    ("oracle-ess", "GET", "/query/%ff/requests", "pageIndex=0"),
    ("oracle-ess", "GET", "", ""),
    ("oracle-ess", "POST", "/requests/15/cancel", ""),
    ("qlik-odag", "GET", "/requests/%00", ""),
    ("qlik-odag", "PUT", "/requests/00000000000000000000000F", "action=cancel&ignoreSucceeded=true"),
    ("qlik-odag", "PUT", "/requests/1", "action=ackfailure"),
];

/// Dialect, base, method, path below the base and query: of something served, or of anything.
pub(crate) fn target() -> BoxedStrategy<(&'static Dialect, usize, &'static str, String, Option<String>)> {
    let served = select(SERVED).prop_map(|(name, method, rest, query)| {
        let dialect = by_name(name).expect("the table's names are dialects");
        (dialect, 0, method, rest.to_owned(), Some(query.to_owned()))
    });
    let method = select(vec!["GET", "PUT", "POST", "HEAD", "DELETE", "!#$%&'*+-.^_`|~"]);
    let rest = vec(word(), 0..5).prop_map(|words| words.iter().map(|word| format!("/{word}")).collect());
    let any = (select(ALL), 0..4_usize, method, rest, option::of(query()));
    prop_oneof![1 => served, 1 => any].boxed()
}

fn query() -> BoxedStrategy<String> {
    let name = select(vec![
        "action",
        "dataset",
        "requestId",
        "fields",
        "links",
        "excludeFields",
        "autoAck",
        "delGenApp",
        "xrfkey",
        "_ctx.domain",
        ".full",
        "dataset%20",
        "",
    ]);
    let value = prop_oneof![
        select(vec![
            "getStatus",
            "abortRequest",
            "cancel",
            "pause",
            "ackcancel",
            "true",
            "defaultDs",
            "1",
            "%00",
            "%ff"
        ])
        .prop_map(str::to_owned),
        word(),
    ];
    let pairs = vec((name, value).prop_map(|(name, value)| format!("{name}={value}")), 0..6);
    prop_oneof![4 => pairs.prop_map(|pairs| pairs.join("&")), 1 => "[!-~&&[^#]]{0,20}"].boxed()
}

pub(crate) fn headers() -> BoxedStrategy<Vec<(HeaderName, HeaderValue)>> {
    let name = select(vec![ACCEPT, CONTENT_TYPE, HeaderName::from_static("x-qlik-xrfkey")]);
    let value = prop_oneof![
        select(vec![
            "*/*",
            "application/json",
            "text/xml",
            "application/json; charset=UTF-8",
            ";;",
            "/",
            "*"
        ])
        .prop_map(HeaderValue::from_static),
        vec(prop_oneof![b' '..=b'~', b'\x80'..=b'\xff'], 0..12)
            .prop_map(|bytes| HeaderValue::from_bytes(&bytes).expect("no control character is in it")),
    ];
    vec((name, value), 0..3).boxed()
}

/// Bodies that are almost right: one byte is cut, doubled or changed.
pub(crate) fn body() -> BoxedStrategy<Vec<u8>> {
    let good = select(vec![
        r#"{"jobRunOperationPayload":{"runIds":{"runId":[15,"25",{"$":35}]}}}"#,
        "<?xml version=\"1.0\"?><jobRunOperationPayload><runIds><runId>15</runId></runIds></jobRunOperationPayload>",
        "<a:jobRunOperationPayload xmlns:a='u'><runIds><runId>&#49;<![CDATA[5]]></runId></runIds></a:jobRunOperationPayload>",
    ]);
    let spoilt =
        (good, any::<prop::sample::Index>(), any::<u8>(), 0..4_u8).prop_map(|(text, place, byte, how)| {
            let mut bytes = text.as_bytes().to_vec();
            let place = place.index(bytes.len());
            match how {
                0 => bytes.truncate(place),
                1 => bytes[place] = byte,
                2 => bytes.insert(place, byte),
                _ => {}
            }
            bytes
        });
    prop_oneof![3 => spoilt, 1 => vec(any::<u8>(), 0..40)].boxed()
}
