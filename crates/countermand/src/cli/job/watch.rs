//! `countermand job watch`: the feed of orders as JSON lines, over server-sent events. Resumes where it stood when
//! the gateway goes away for a while.

use std::io::Write;
use std::time::Duration;

use http::{Method, header};
use http_body_util::BodyExt;
use serde_json::Value;

use super::refused;
use crate::client::events::Reader;
use crate::client::{self, Client, ClientError};
use crate::exit::{self, Failure};

const PATH: &str = "/v1/commands";

/// How long after a lost connection the next one is tried.
const PAUSE: Duration = Duration::from_secs(1);

/// Until Ctrl-C, or until nobody reads the output any more.
pub(super) async fn run(client: &Client, after: Option<u64>) -> Result<(), Failure> {
    tokio::select! {
        result = watch(client, after) => result,
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

async fn watch(client: &Client, after: Option<u64>) -> Result<(), Failure> {
    let mut last = match after {
        Some(after) => after,
        None => end(client).await.map_err(refused(PATH))?,
    };
    // The first connection must succeed: a wrong URL is said at once, a gateway that restarts is waited for.
    let mut connected = false;
    let mut told = false;
    loop {
        match follow(client, &mut last).await {
            Ok(()) => (connected, told) = (true, false),
            Err(Stop::Output(error)) => return Err(error.into()),
            Err(Stop::Connection(error @ ClientError::Unreachable { .. })) if connected => {
                if !told {
                    exit::tell(&format!("countermand: {PATH}: {error}; goes on when it is back"));
                    told = true;
                }
            }
            Err(Stop::Connection(error)) => return Err(refused(PATH)(error)),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

enum Stop {
    Output(std::io::Error),
    Connection(ClientError),
}

/// The last sequence number there is: pages of the feed until one is empty.
async fn end(client: &Client) -> Result<u64, ClientError> {
    let mut last = 0;
    loop {
        let query = [("after", last.to_string())];
        let page = match client.text(Method::GET, PATH, &query, &[], client::whole("")).await {
            Ok(page) => page,
            // 410: the feed no longer goes back so far, and the problem says how far it does.
            Err(ClientError::Refused { status, body }) if status == http::StatusCode::GONE => {
                let problem: Value = serde_json::from_str(&body).unwrap_or_default();
                match problem.get("oldest").and_then(Value::as_u64) {
                    Some(oldest) if oldest > last + 1 => {
                        last = oldest - 1;
                        continue;
                    }
                    _ => return Err(ClientError::Refused { status, body }),
                }
            }
            Err(error) => return Err(error),
        };
        let page: Value = serde_json::from_str(&page).unwrap_or_default();
        match page.get("next").and_then(Value::as_u64) {
            Some(next) if next > last => last = next,
            Some(_) | None => return Ok(last),
        }
    }
}

/// Prints what one connection brings, and remembers how far it came.
async fn follow(client: &Client, last: &mut u64) -> Result<(), Stop> {
    let headers = [(header::ACCEPT, "text/event-stream".to_owned())];
    let query = [("after", last.to_string())];
    let response = client
        .send(Method::GET, PATH, &query, &headers, client::whole(""))
        .await
        .map_err(Stop::Connection)?;
    let mut body = response.into_body();
    let mut reader = Reader::default();
    while let Some(Ok(frame)) = body.frame().await {
        for event in frame.data_ref().map(|data| reader.push(data)).unwrap_or_default() {
            writeln!(std::io::stdout(), "{}", event.data).map_err(Stop::Output)?;
            if let Some(seq) = event.id.and_then(|id| id.parse().ok()) {
                *last = seq;
            }
        }
    }
    Ok(())
}
