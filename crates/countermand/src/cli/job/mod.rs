//! `countermand job`: the control API from a shell. Prints the JSON it gets; knows the API's paths and nothing of
//! what a job means.

mod arguments;

mod import;

mod watch;

use std::io::{Read, Write};
use std::path::PathBuf;

use http::{Method, header};

use arguments::{Command, Event, List, Target};

use crate::client::{self, Client, ClientError};
use crate::exit::{self, Failure};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  export COUNTERMAND_CONTROL=http://127.0.0.1:8081 COUNTERMAND_TOKEN=...
  echo '{\"name\": \"nightly\", \"state\": \"queued\"}' | countermand job put 15
  countermand job event 15 --state running --runner farm-1
  countermand job cancel 15
  countermand job watch

Answers are JSON on stdout. Exit codes: 1 refused by the gateway, 74 no connection.")]
pub(super) struct Arguments {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    command: Command,
}

impl Arguments {
    pub(super) fn run(self) -> Result<(), Failure> {
        let client = Client::new(&self.target.control, &self.target.token, self.target.namespace)
            .map_err(refused("job"))?;
        super::block_on(&mut tokio::runtime::Builder::new_current_thread(), run(self.command, &client))
    }
}

async fn run(command: Command, client: &Client) -> Result<(), Failure> {
    match command {
        Command::Put { number, file, replace, if_match } => {
            put(client, number, file, replace, if_match).await
        }
        Command::Get { number } => get(client, &format!("/v1/jobs/{number}"), &[]).await,
        Command::List(list) => get(client, "/v1/jobs", &list.query()).await,
        Command::Watch { after } => watch::run(client, after).await,
        Command::Cancel(numbers) => order(client, "cancel", &numbers.numbers).await,
        Command::Hold(numbers) => order(client, "hold", &numbers.numbers).await,
        Command::Release(numbers) => order(client, "release", &numbers.numbers).await,
        Command::Event(event) => event.send(client).await,
        Command::Import { file } => import::run(client, &file).await,
    }
}

async fn put(
    client: &Client,
    number: Option<i64>,
    file: Option<PathBuf>,
    replace: bool,
    if_match: Option<u64>,
) -> Result<(), Failure> {
    let body = input(file)?;
    let (method, path) = number.map_or_else(
        || (Method::POST, "/v1/jobs".to_owned()),
        |number| (Method::PUT, format!("/v1/jobs/{number}")),
    );
    let query: Vec<_> = replace.then(|| ("replace", "true".to_owned())).into_iter().collect();
    let mut headers = json();
    headers.extend(if_match.map(|revision| (header::IF_MATCH, format!("\"{revision}\""))));
    let answer = client.text(method, &path, &query, &headers, client::whole(body)).await;
    print(&answer.map_err(refused(&path))?)
}

async fn get(client: &Client, path: &str, query: &[(&str, String)]) -> Result<(), Failure> {
    print(&client.text(Method::GET, path, query, &[], client::whole("")).await.map_err(refused(path))?)
}

/// One order to each job, in order; goes on after a refusal, so that one job does not save the others, and when nobody
/// reads the answers any more.
async fn order(client: &Client, order: &str, numbers: &[i64]) -> Result<(), Failure> {
    let mut failure: Option<Failure> = None;
    let mut printed = Ok(());
    for number in numbers {
        let path = format!("/v1/jobs/{number}/{order}");
        match client.text(Method::POST, &path, &[], &[], client::whole("")).await.map_err(refused(&path)) {
            Ok(answer) => printed = printed.and_then(|()| print(&answer)),
            Err(next) => match &mut failure {
                None => failure = Some(next),
                Some(failure) => failure.lines.extend(next.lines),
            },
        }
    }
    failure.map_or(printed, Err)
}

impl List {
    fn query(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("state", self.state.clone()),
            ("kind", self.kind.clone()),
            ("dialect", self.dialect.clone()),
            ("parent", self.parent.map(|parent| parent.to_string())),
            ("after", self.after.map(|after| after.to_string())),
            ("limit", self.limit.map(|limit| limit.to_string())),
        ];
        pairs.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
    }
}

impl Event {
    async fn send(self, client: &Client) -> Result<(), Failure> {
        let path = format!("/v1/jobs/{}/events", self.number);
        let body = match self.file {
            Some(file) => input(Some(file))?,
            None => {
                let members = [("state", self.state), ("runner", self.runner), ("message", self.message)];
                let members =
                    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
                serde_json::Value::Object(members.collect()).to_string()
            }
        };
        let answer = client.text(Method::POST, &path, &[], &json(), client::whole(body)).await;
        print(&answer.map_err(refused(&path))?)
    }
}

fn json() -> Vec<(header::HeaderName, String)> {
    vec![(header::CONTENT_TYPE, "application/json".to_owned())]
}

/// A document from a file, or from stdin without one.
fn input(file: Option<PathBuf>) -> Result<String, Failure> {
    match file.filter(|file| file.as_os_str() != "-") {
        Some(file) => std::fs::read_to_string(&file)
            .map_err(|error| Failure::new(exit::IO, format!("cannot read {}: {error}", file.display()))),
        None => {
            let mut text = String::new();
            std::io::stdin()
                .lock()
                .read_to_string(&mut text)
                .map_err(|error| Failure::new(exit::IO, format!("cannot read stdin: {error}")))?;
            Ok(text)
        }
    }
}

fn print(answer: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{}", answer.trim_end())?;
    Ok(())
}

/// A refusal as the end of the program: what was asked, and what came.
fn refused(what: &str) -> impl Fn(ClientError) -> Failure {
    move |error| {
        let code = match &error {
            ClientError::Unusable(_) => exit::USAGE,
            ClientError::Unreachable { .. } => exit::IO,
            ClientError::Refused { .. } => exit::FAILED,
        };
        let advice = match &error {
            ClientError::Refused { status, .. } if status.as_u16() == 401 => "; set COUNTERMAND_TOKEN",
            ClientError::Refused { .. } | ClientError::Unusable(_) | ClientError::Unreachable { .. } => "",
        };
        Failure::new(code, format!("{what}: {error}{advice}"))
    }
}
