//! Who asks what of whom, and the jobs that it is about.

/// A caller's dialect in front of a server's.
pub(crate) struct Pair {
    pub(crate) caller: &'static str,
    pub(crate) server: &'static str,
    pub(crate) operations: &'static [Asked],
    /// How often one order may reach the server: a dialect whose server has no safe reading asks for the same again to see
    /// what came of it.
    pub(crate) most: usize,
}

/// An operation, as a caller's request.
pub(crate) struct Asked {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) target: &'static str,
    pub(crate) media: &'static str,
    pub(crate) body: &'static str,
}

const JSON: &str = "application/json";

const fn ask(name: &'static str, method: &'static str, target: &'static str) -> Asked {
    Asked { name, method, target, media: JSON, body: "" }
}

pub(crate) const PAIRS: &[Pair] = &[
    Pair {
        caller: "oracle-ess",
        server: "oracle-ess",
        most: 1,
        operations: &[
            ask("cancel", "POST", "/ess/rest/scheduler/v1/requests/302/cancel"),
            ask("hold", "POST", "/ess/rest/scheduler/v1/requests/301/hold"),
            ask("release", "POST", "/ess/rest/scheduler/v1/requests/311/release"),
            ask("delete", "DELETE", "/ess/rest/scheduler/v1/requests/312"),
            Asked {
                body: "{\"status\": \"WARNING\", \"message\": \"half of it\"}",
                ..ask("executionStatus", "POST", "/ess/rest/scheduler/v1/requests/302/executionStatus")
            },
            ask("details", "GET", "/ess/rest/scheduler/v1/requests/302"),
            ask("list", "GET", "/ess/rest/scheduler/v1/requests"),
            ask("permissions", "GET", "/ess/rest/scheduler/v1/requests/302/permissions"),
        ],
    },
    Pair {
        caller: "qlik-odag",
        server: "qlik-odag",
        most: 1,
        operations: &[
            ask("cancel", "PUT", "/api/odag/v1/requests/0000000000000000000000ca?action=cancel"),
            ask("pause", "PUT", "/api/odag/v1/requests/0000000000000000000000c9?action=pause"),
            ask("resume", "PUT", "/api/odag/v1/requests/0000000000000000000000cb?action=resume"),
            ask("ackcancel", "PUT", "/api/odag/v1/requests/0000000000000000000000cc?action=ackcancel"),
            ask("ackfailure", "PUT", "/api/odag/v1/requests/0000000000000000000000cd?action=ackfailure"),
            ask("deleteapp", "DELETE", "/api/odag/v1/requests/0000000000000000000000ce/app"),
            ask("get", "GET", "/api/odag/v1/requests/0000000000000000000000ca"),
            ask("list", "GET", "/api/odag/v1/links/5f00000000000000000000b1/requests"),
        ],
    },
    Pair {
        caller: "hitachi-detail-view",
        server: "hitachi-detail-view",
        most: 2,
        operations: &[
            ask(
                "abortRequest",
                "GET",
                "/dbapi.do?action=abortRequest&dataset=defaultDs&requestId=316829382_14",
            ),
            ask("getStatus", "GET", "/dbapi.do?action=getStatus&dataset=defaultDs&requestId=316829382_14"),
        ],
    },
    Pair {
        caller: "cisco-prime",
        server: "oracle-ess",
        most: 1,
        operations: &[
            Asked {
                media: "application/xml",
                body: "<jobRunOperationPayload><runIds><runId>302</runId><runId>301</runId><runId>9</runId></runIds></jobRunOperationPayload>",
                ..ask("cancelrunning", "PUT", "/webacs/api/v4/op/jobService/cancelrunning")
            },
            ask("JobSummary", "GET", "/webacs/api/v4/data/JobSummary.json"),
        ],
    },
];

/// The jobs of the server, as the control API takes them.
pub(crate) const JOBS: &[&str] = &[
    r#"{"number": 301, "name": "ImportJournals", "state": "queued"}"#,
    r#"{"number": 302, "name": "PostJournals", "state": "running"}"#,
    r#"{"number": 311, "name": "Held", "state": "held"}"#,
    r#"{"number": 312, "name": "Ended", "state": "succeeded"}"#,
    r#"{"number": 201, "name": "Sales", "state": "queued"}"#,
    r#"{"number": 202, "name": "Sales", "state": "running", "attributes": {"qlik-odag": {"link": "5f00000000000000000000b1"}}}"#,
    r#"{"number": 203, "name": "Sales", "state": "held"}"#,
    r#"{"number": 204, "name": "Sales", "state": "cancelled"}"#,
    r#"{"number": 205, "name": "Sales", "state": "failed"}"#,
    r#"{"number": 206, "name": "Sales", "state": "succeeded", "output": {"id": "a1b2c3d4-0000-4000-8000-000000000001", "name": "Sales"}}"#,
    r#"{"number": 101, "aliases": {"hitachi-detail-view": "316829382_14"}, "dataset": "defaultDs", "name": "vm", "state": "running", "results": [{"name": "vm1"}]}"#,
];
