//! What a demo prints: where it is, and a line to paste for each dialect that is there.

use std::fmt::Write;
use std::net::SocketAddr;

use countermand_dialects::{ALL, Dialect};

use super::{PASSWORD, USER};

/// What is worth trying first in a dialect: what it does, the method, the path with its query, further arguments.
struct Try {
    dialect: &'static str,
    what: &'static str,
    method: &'static str,
    path: &'static str,
    more: &'static str,
}

/// For each dialect the call of its reference page, on a seed job. A dialect that is not here gets its first operation.
const TRIES: &[Try] = &[
    Try {
        dialect: "cisco-prime",
        what: "stop run 15",
        method: "PUT",
        path: "/webacs/api/v1/op/jobService/cancelrunning",
        more: " -H 'Content-Type: application/xml' -d '<jobRunOperationPayload><runIds><runId>15</runId></runIds></jobRunOperationPayload>'",
    },
    Try {
        dialect: "oracle-ess",
        what: "cancel request 302",
        method: "POST",
        path: "/ess/rest/scheduler/v1/requests/302/cancel",
        more: "",
    },
    Try {
        dialect: "hitachi-detail-view",
        what: "stop request 316829382_14",
        method: "GET",
        path: "/dbapi.do?action=abortRequest&dataset=defaultDs&requestId=316829382_14",
        more: "",
    },
    Try {
        dialect: "qlik-odag",
        what: "cancel request ...0201",
        method: "PUT",
        path: "/api/odag/v1/requests/00000000-0000-4000-8000-000000000201?action=cancel",
        more: "",
    },
];

/// The whole text. `token` is the control API's.
pub(super) fn text(listen: SocketAddr, control: SocketAddr, token: &str, store: &str) -> String {
    let mut text = format!(
        "Countermand demo: seed jobs, a small runner, user {USER} with password {PASSWORD}. Not for production.\n\
         Dialects at http://{listen}, control API at http://{control}, jobs in {store}. Ctrl-C ends it.\n"
    );
    for dialect in ALL {
        let (what, call) = first_try(dialect, listen);
        // Writing to a String cannot fail.
        let _ = write!(text, "\n# {}: {what}\n{call}\n", dialect.name);
    }
    let _ = write!(
        text,
        "\n# control API: all jobs\ncurl -H 'Authorization: Bearer {token}' http://{control}/v1/jobs\n"
    );
    text
}

fn first_try(dialect: &Dialect, listen: SocketAddr) -> (String, String) {
    if let Some(tried) = TRIES.iter().find(|tried| tried.dialect == dialect.name) {
        let method = if tried.method == "GET" { String::new() } else { format!(" -X {}", tried.method) };
        let call = format!("curl -u {USER}:{PASSWORD}{method}{} 'http://{listen}{}'", tried.more, tried.path);
        return (tried.what.to_owned(), call);
    }
    let base = dialect.paths.first().copied().unwrap_or_default();
    let operations = (dialect.operations)();
    let Some(operation) = operations.first() else {
        return ("nothing to call".to_owned(), format!("curl -u {USER}:{PASSWORD} 'http://{listen}{base}'"));
    };
    let method = operation.methods.first().map_or("GET", http::Method::as_str);
    let path = filled(operation.path, &(dialect.ids.write)(15));
    let query = operation.selector.map_or_else(String::new, |(name, value)| format!("?{name}={value}"));
    (
        operation.meaning.to_owned(),
        format!("curl -u {USER}:{PASSWORD} -X {method} 'http://{listen}{base}{path}{query}'"),
    )
}

/// A path template with an id in place of each variable.
fn filled(template: &str, id: &str) -> String {
    let segments = template.split('/');
    let filled: Vec<_> =
        segments.map(|segment| if segment.starts_with('{') { id } else { segment }).collect();
    filled.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_curl_per_dialect_and_one_for_the_control_api() {
        let here = "127.0.0.1:8080".parse().unwrap();
        let text = text(here, "127.0.0.1:8081".parse().unwrap(), "TOKEN", "memory");
        assert_eq!(text.lines().filter(|line| line.starts_with("curl ")).count(), ALL.len() + 1);
        for dialect in ALL {
            assert!(text.contains(&format!("# {}: ", dialect.name)), "{text}");
        }
        assert!(text.contains("Bearer TOKEN"));
    }

    #[test]
    fn every_try_is_an_operation_of_its_dialect() {
        for tried in TRIES {
            let Some(dialect) = countermand_dialects::by_name(tried.dialect) else { continue };
            let under = dialect.paths.iter().any(|path| tried.path.starts_with(path));
            let served = (dialect.operations)()
                .iter()
                .any(|operation| operation.methods.iter().any(|method| method.as_str() == tried.method));
            assert!(under && served, "{}", tried.path);
        }
        assert_eq!(filled("/requests/{requestId}/cancel", "15"), "/requests/15/cancel");
    }
}
