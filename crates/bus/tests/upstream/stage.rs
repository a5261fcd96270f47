//! An engine in front of a server that answers as told, and one log of what both of them did, in order.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use countermand_bus::upstream::{Journal, Leftover, Namesake, Upstream, UpstreamFigures, UpstreamSettings};
use countermand_dialects::{Codec, Conversation, Echo, Head, Heard, Malformed, Step, by_name};
use countermand_model::{
    Acted, Call, Caller, Cancel, Command, Fault, Filter, Kin, Outcome, Page, Reach, Results, Status, Target,
};
use countermand_upstream::{Base, Link, Trust};
use futures_util::FutureExt;
use http::Response;
use http_body_util::Full;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What the server does with a request.
#[derive(Clone, Copy)]
pub(crate) enum Reply {
    /// Answers with this status and document.
    Says(u16, &'static str),
    /// Ends the connection.
    Cuts,
    /// Nothing, for ever.
    Hangs,
}

pub(crate) type Replies = Arc<dyn Fn(&str, usize) -> Reply + Send + Sync>;

/// What was done, by whomever, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn push(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, line: &str) -> usize {
        self.lines().iter().filter(|seen| *seen == line).count()
    }
}

pub(crate) struct Stage {
    pub(crate) engine: Upstream,
    pub(crate) log: Log,
    _server: JoinSet<()>,
}

/// What a stage may have besides.
pub(crate) struct Props {
    pub(crate) timeout: Duration,
    pub(crate) concurrency: usize,
    pub(crate) namesakes: fn(&str, &Target) -> Option<Namesake>,
    pub(crate) leftovers: Vec<Leftover>,
    /// Nobody listens.
    pub(crate) deaf: bool,
    /// After how many steps the dialect's author has made a mistake, the beginning included.
    pub(crate) panics_after: Option<usize>,
}

impl Default for Props {
    fn default() -> Props {
        let timeout = Duration::from_secs(20);
        let namesakes = |_: &str, _: &Target| None;
        Props { timeout, concurrency: 8, namesakes, leftovers: Vec::new(), deaf: false, panics_after: None }
    }
}

/// An engine of `oracle-ess` whose server replies to the request line, and to how many requests came before it.
pub(crate) async fn stage(replies: Replies, props: Props) -> Stage {
    let log = Log::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut server = JoinSet::new();
    if !props.deaf {
        let log = log.clone();
        server.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&replies), log.clone()));
            }
        });
    }
    let dialect = by_name("oracle-ess").unwrap();
    let settings = UpstreamSettings {
        name: "old".to_owned(),
        dialect,
        codec: Arc::new(Faulty { codec: dialect.build(&[]).unwrap(), after: props.panics_after }),
        link: Link::<Full<Bytes>>::new(Base::parse(&url).unwrap(), &Trust::nobody(), Duration::from_secs(5)),
        authorization: None,
        timeout: props.timeout,
        concurrency: props.concurrency,
        journal: journal(&log, props.namesakes, props.leftovers),
        clock: Arc::new(|| 7),
    };
    Stage { engine: Upstream::new(settings, &UpstreamFigures::default()), log, _server: server }
}

/// A dialect whose code panics, where and when it is told to.
struct Faulty {
    codec: Arc<dyn Codec>,
    after: Option<usize>,
}

impl Codec for Faulty {
    fn open(&self, head: &Head<'_>) -> Echo {
        self.codec.open(head)
    }

    fn decode_request(&self, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
        self.codec.decode_request(echo, body)
    }

    fn encode_response(&self, echo: &Echo, answer: &Result<Outcome, Fault>) -> Response<Bytes> {
        self.codec.encode_response(echo, answer)
    }

    fn converse(&self, command: &Command, at: i64) -> Result<Box<dyn Conversation>, Fault> {
        assert_ne!(self.after, Some(0), "a mistake");
        let conversation = self.codec.converse(command, at)?;
        Ok(Box::new(FaultyConversation { conversation, after: self.after }))
    }

    fn decode_response(
        &self,
        echo: &Echo,
        command: &Command,
        at: i64,
        response: &Response<Bytes>,
    ) -> Result<Result<Outcome, Fault>, Malformed> {
        self.codec.decode_response(echo, command, at, response)
    }
}

struct FaultyConversation {
    conversation: Box<dyn Conversation>,
    after: Option<usize>,
}

impl Conversation for FaultyConversation {
    fn next(&mut self, heard: Option<Heard>) -> Step {
        self.after = self.after.map(|steps| steps.checked_sub(1).expect("a mistake"));
        assert_ne!(self.after, Some(0), "a mistake");
        self.conversation.next(heard)
    }
}

async fn serve(mut stream: TcpStream, replies: Replies, log: Log) {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let Ok(byte) = stream.read_u8().await else { return };
            head.push(byte);
        }
        let head = String::from_utf8(head).unwrap();
        let line = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
        let before = log.lines().iter().filter(|seen| seen.starts_with(['G', 'P', 'D'])).count();
        log.push(&line);
        match replies(&line, before) {
            Reply::Says(status, document) => {
                let length = document.len();
                let answer = format!(
                    "HTTP/1.1 {status} It\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{document}"
                );
                stream.write_all(answer.as_bytes()).await.ok();
            }
            Reply::Cuts => return,
            Reply::Hangs => std::future::pending().await,
        }
    }
}

fn journal(log: &Log, namesakes: fn(&str, &Target) -> Option<Namesake>, leftovers: Vec<Leftover>) -> Journal {
    let write = |what: &'static str| {
        let log = log.clone();
        move |line: String| log.push(format!("{what} {line}"))
    };
    let (sent, settled) = (write("sent"), write("settled"));
    let (refused, nothing) = (write("refused"), write("nothing"));
    Journal {
        sent: Arc::new(move |call: Call| {
            sent(call.command.name().to_owned());
            async { Ok(1) }.boxed()
        }),
        settled: Arc::new(move |(_, _, acted): (u64, i64, Vec<Acted>)| {
            let effects =
                acted.iter().map(|acted| format!("{}={}", acted.target.written, acted.effect.name()));
            settled(effects.collect::<Vec<_>>().join(" "));
            async { Ok(()) }.boxed()
        }),
        came_to_nothing: Arc::new(move |(_, kind)| {
            nothing(kind.name().to_owned());
            async { Ok(()) }.boxed()
        }),
        refused: Arc::new(move |(_, kind)| {
            refused(kind.name().to_owned());
            async { Ok(()) }.boxed()
        }),
        unsettled: Arc::new(move |()| {
            let leftovers = leftovers.clone();
            async { Ok(leftovers) }.boxed()
        }),
        namesakes: Arc::new(move |(dialect, targets): (&'static str, Vec<Target>)| {
            let found = targets.iter().map(|target| namesakes(dialect, target)).collect();
            async { Ok(found) }.boxed()
        }),
    }
}

fn call(dialect: &'static str, command: Command) -> Call {
    Call { command, caller: Caller::default(), dialect, request_id: "r1".to_owned() }
}

pub(crate) fn cancel(dialect: &'static str, targets: &[Target]) -> Call {
    let cancel =
        Cancel { reach: Reach::Tree, wants_after: true, targets: targets.to_vec(), ..Cancel::default() };
    call(dialect, Command::Cancel(cancel))
}

pub(crate) fn status(dialect: &'static str, target: Target) -> Call {
    call(dialect, Command::Status(Status { target, results: Results::None, kin: Kin::None }))
}

pub(crate) fn list(dialect: &'static str) -> Call {
    let (filter, sort) = (Filter::ALL, Vec::new());
    let page = Page { first: 0, size: 10 };
    call(dialect, Command::List { filter, sort, page, count: false, kin: Kin::None })
}

/// What an order came to: one effect per target, in words.
pub(crate) fn effects(outcome: &Outcome) -> Vec<(String, &'static str)> {
    let Outcome::Acted { targets, .. } = outcome else { panic!("not an order: {outcome:?}") };
    targets.iter().map(|acted| (acted.target.written.clone(), acted.effect.name())).collect()
}
