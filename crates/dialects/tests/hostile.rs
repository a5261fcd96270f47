//! Every dialect against strangers: whatever stands in a head, a body, a job or a fault, nothing panics, and every
//! answer is a document of the type that it says it is. Only the public face of the crate is used, as the edge uses it.

use countermand_dialects::{ALL, Codec, Dialect, Echo, Head, Origin, by_name};
use countermand_model::{
    Acted, Alias, Children, Delivery, Effect, Fault, FaultKind, Job, Kind, Outcome, Output, Progress,
    Snapshot, State, Target, Trigger, TriggerState,
};
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// A request, and what an engine might make of it.
#[derive(Clone, Debug)]
struct Case {
    dialect: &'static Dialect,
    /// Which of the dialect's paths; one past the last is none of them.
    base: usize,
    method: Method,
    rest: String,
    query: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    authority: String,
    body: Vec<u8>,
    answer: Result<Outcome, Fault>,
}

/// Opens, reads and answers, as the edge does.
fn check(case: &Case) {
    let Case { dialect, body, answer, .. } = case;
    let codec = dialect.build(&[]).expect("the defaults are fit");
    let echo = opened(case, codec.as_ref());
    if let Some(refusal) = &echo.refusal {
        return check_answer(codec.as_ref(), &echo, &Err(refusal.clone()));
    }
    let operation = echo.operation.expect("what is not refused is known");
    if operation.document.is_none()
        && let Err(malformed) = codec.decode_request(&echo, body)
    {
        let fault = Fault::new(FaultKind::Malformed, malformed.to_string()).with_code(malformed.code);
        return check_answer(codec.as_ref(), &echo, &Err(fault));
    }
    check_answer(codec.as_ref(), &echo, answer);
}

fn opened(case: &Case, codec: &dyn Codec) -> Echo {
    let base = case.dialect.paths.get(case.base).map(|_| case.base);
    let path = format!("{}{}", base.map_or("", |base| case.dialect.paths[base]), case.rest);
    let headers: HeaderMap = case.headers.iter().cloned().collect();
    let origin = Origin::new("https", case.authority.to_string());
    codec.open(&Head {
        method: &case.method,
        path: &path,
        base,
        rest: &case.rest,
        query: case.query.as_deref(),
        headers: &headers,
        origin: &origin,
    })
}

fn check_answer(codec: &dyn Codec, echo: &Echo, answer: &Result<Outcome, Fault>) {
    let response = codec.encode_response(echo, answer);
    let body = std::str::from_utf8(response.body()).expect("every document is UTF-8");
    let name = response.headers()[CONTENT_TYPE].to_str().expect("a Content-Type is ASCII");
    if name.contains("json") {
        // Not as a tree: a number that no double holds is JSON all the same.
        serde_json::from_str::<serde::de::IgnoredAny>(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    } else if name.contains("xml") {
        roxmltree::Document::parse(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    } else {
        assert!(name.starts_with("text/html"), "{name}");
    }
}

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
fn target() -> BoxedStrategy<(&'static Dialect, usize, &'static str, String, Option<String>)> {
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

fn headers() -> BoxedStrategy<Vec<(HeaderName, HeaderValue)>> {
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
fn body() -> BoxedStrategy<Vec<u8>> {
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

/// A text of a job: nobody checked which characters are in it.
fn text() -> BoxedStrategy<String> {
    let odd = select(vec![
        "true", "-0.0", "1e5", "0.1", "NaN", "12", "\u{0}", "]]>", "\u{ffff}", "\u{2028}", "a,b", "</x>",
    ]);
    prop_oneof![odd.prop_map(str::to_owned), any::<String>()].boxed()
}

fn time() -> BoxedStrategy<i64> {
    prop_oneof![select(vec![i64::MIN, -1, 0, 999, 1_767_268_800_000, i64::MAX]), any::<i64>()].boxed()
}

/// The text of a JSON object, with members that a dialect looks for and others.
fn attributes() -> BoxedStrategy<String> {
    let key = prop_oneof![
        select(vec![
            "state",
            "runStatus",
            "resultStatus",
            "error",
            "owner",
            "link",
            "generatedApp",
            "loadState",
            "parentRequestId",
            "absParentRequestId",
            "instanceParentId",
            "requestId",
            "links",
            "isAsynchronous",
        ])
        .prop_map(str::to_owned),
        text(),
    ];
    let value = prop_oneof![
        select(vec![
            "null",
            "1e400",
            "24.00",
            "-0",
            "[]",
            "{}",
            "\"\\ud800\"",
            "{\"id\":\"a\",\"id\":\"b\"}",
            "99999999999999999999",
            "{\"status\":700,\"code\":\"\",\"error\":\"\"}",
            "{\"status\":404,\"code\":\"\\u0000\",\"error\":\"x\"}",
        ])
        .prop_map(str::to_owned),
        text().prop_map(|text| serde_json::to_string(&text).expect("a text is JSON")),
    ];
    vec((key, value), 0..5)
        .prop_map(|members| {
            let members = members
                .iter()
                .map(|(key, value)| format!("{}: {value}", serde_json::to_string(key).expect("as above")));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(" ,\n"))
        })
        .boxed()
}

fn job() -> BoxedStrategy<Job> {
    let place = (
        any::<i64>(),
        select(&State::ALL[..]),
        select(&Kind::ALL[..]),
        any::<bool>(),
        option::of(any::<i64>()),
    );
    let times =
        (time(), time(), option::of(time()), option::of(time()), option::of(time()), option::of(time()));
    let texts = (
        option::of(text()),
        option::of(text()),
        option::of(text()),
        option::of(text()),
        option::of((text(), text())),
    );
    let trigger = option::of((select(&TriggerState::ALL[..]), option::of(time())));
    let more = (any::<(u64, u64, u64, bool)>(), trigger, vec(text(), 0..3), attributes());
    (select(ALL), place, times, texts, more)
        .prop_map(|(dialect, place, times, texts, more)| {
            let (number, state, kind, acknowledged, parent) = place;
            let (created_at, changed_at, started_at, finished_at, drained_at, _) = times;
            let (name, owner, job_type, message, output) = texts;
            let ((total, matched, delivered, has_errors), trigger, ids, attributes) = more;
            let alias = |id| Alias { dialect: dialect.name.to_owned(), id, number: None };
            Job {
                state,
                kind,
                acknowledged,
                parent,
                changed_at,
                started_at,
                finished_at,
                drained_at,
                description: name.clone(),
                name,
                owner,
                job_type,
                message,
                output: output.map(|(id, name)| Output { id, name }),
                progress: Progress { total, matched, processed: total },
                children: Children { total: matched, unfinished: 0 },
                results_delivered: delivered,
                has_errors,
                previous_state: Some(state),
                trigger: trigger.map(|(state, next_run_at)| Trigger { state, next_run_at, rule: None }),
                aliases: ids.into_iter().map(alias).collect(),
                attributes: ALL.iter().map(|dialect| (dialect.name.to_owned(), attributes.clone())).collect(),
                ..Job::new(number, created_at)
            }
        })
        .boxed()
}

fn snapshot() -> BoxedStrategy<Box<Snapshot>> {
    let results = vec(select(vec!["1", "{\"a\":24.00}", "\"\\u0000\""]).prop_map(str::to_owned), 0..3);
    (job(), vec(job(), 0..3), results, option::of(any::<u64>().prop_map(Delivery)))
        .prop_map(|(job, kin, results, delivery)| Box::new(Snapshot { job, kin, results, delivery }))
        .boxed()
}

fn outcome() -> BoxedStrategy<Outcome> {
    let target = (text(), option::of(any::<i64>())).prop_map(|(written, number)| Target {
        written,
        number,
        dataset: None,
    });
    // What the codecs make of a body is decimal; an answer must hold it whatever an engine hands back.
    let acted =
        (target, select(&Effect::ALL[..]), option::of(select(&State::ALL[..])), option::of(snapshot()))
            .prop_map(|(target, effect, before, after)| Acted { target, effect, before, after });
    prop_oneof![
        (time(), vec(acted, 0..3)).prop_map(|(at, targets)| Outcome::Acted { at, targets }),
        (time(), option::of(snapshot())).prop_map(|(at, snapshot)| Outcome::Read { at, snapshot }),
        (time(), vec(snapshot(), 0..3), option::of(any::<u64>())).prop_map(|(at, jobs, total)| {
            Outcome::Listed { at, jobs: jobs.into_iter().map(|job| *job).collect(), total }
        }),
        (time(), vec(snapshot(), 0..3)).prop_map(|(at, parents)| {
            Outcome::Runs { at, parents: parents.into_iter().map(|parent| *parent).collect() }
        }),
        Just(Outcome::Confirmed),
    ]
    .boxed()
}

fn fault() -> BoxedStrategy<Fault> {
    (select(&FaultKind::ALL[..]), text(), option::of(any::<u32>()))
        .prop_map(|(kind, message, retry_after)| Fault { retry_after, ..Fault::new(kind, message) })
        .boxed()
}

fn case() -> BoxedStrategy<Case> {
    let authority = prop_oneof![4 => Just("localhost:8443".to_owned()), 1 => text()];
    let answer = prop_oneof![3 => outcome().prop_map(Ok), 1 => fault().prop_map(Err)];
    (target(), headers(), authority, body(), answer)
        .prop_map(|((dialect, base, method, rest, query), headers, authority, body, answer)| {
            let method = method.parse().expect("every word is a method");
            Case { dialect, base, method, rest, query, headers, authority, body, answer }
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn whatever_comes_is_answered_with_a_document(case in case()) {
        check(&case);
    }
}
