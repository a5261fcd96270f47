//! `countermand job import`: a file of jobs, streamed as it is read. What a line means is the gateway's to say.

use std::path::Path;

use bytes::Bytes;
use futures_util::stream;
use http::{Method, header};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::{print, refused};
use crate::client::{Body, Client};
use crate::exit::{self, Failure};

const PATH: &str = "/v1/jobs";

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;

pub(super) async fn run(client: &Client, file: &Path) -> Result<(), Failure> {
    let failed =
        |error: std::io::Error| Failure::new(exit::IO, format!("cannot read {}: {error}", file.display()));
    // indicatif draws on stderr, and only where that is a terminal.
    let (body, progress) = if file.as_os_str() == "-" {
        let progress = ProgressBar::new_spinner();
        (streamed(tokio::io::stdin(), progress.clone()), progress)
    } else {
        let opened = tokio::fs::File::open(file).await.map_err(failed)?;
        let progress = ProgressBar::new(opened.metadata().await.map_err(failed)?.len());
        let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        progress.set_style(style);
        (streamed(opened, progress.clone()), progress)
    };
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson".to_owned())];
    let answer = client.text(Method::POST, PATH, &[], &headers, body).await;
    progress.finish_and_clear();
    let answer = answer.map_err(refused(PATH))?;
    let printed = print(&answer);
    let document: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
    match document.get("failed_total").and_then(serde_json::Value::as_u64) {
        Some(0) => printed,
        Some(failed) => {
            let lines = if failed == 1 { "1 line was".to_owned() } else { format!("{failed} lines were") };
            Err(Failure::new(
                exit::FAILED,
                format!("{}: {lines} refused; the answer says which and why", file.display()),
            ))
        }
        None => Err(Failure::new(exit::FAILED, format!("{PATH}: the answer is not one of a control API"))),
    }
}

/// Bytes as a body, piece by piece.
fn streamed(source: impl AsyncRead + Send + Unpin + 'static, progress: ProgressBar) -> Body {
    let pieces = stream::unfold(Some(source), move |source| {
        let progress = progress.clone();
        async move {
            let mut source = source?;
            let mut piece = vec![0; PIECE];
            match source.read(&mut piece).await {
                Ok(0) => None,
                Ok(read) => {
                    progress.inc(read as u64);
                    piece.truncate(read);
                    Some((Ok(Frame::data(Bytes::from(piece))), Some(source)))
                }
                // After an error there is nothing more to read.
                Err(error) => Some((Err(error), None)),
            }
        }
    });
    StreamBody::new(pieces).boxed_unsync()
}
