//! A gateway to try: seed jobs, a small runner, one user, everything printed. Made of the same parts as a real one;
//! what is different is in this folder.

mod seed;

mod runner;

mod banner;

#[cfg(test)]
mod tests;

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use countermand_control::{Scope, Token};
use countermand_dialects::{Dialect, OptionValue, SwitchKind};
use countermand_edge::AccessLog;
use countermand_ledger::{Clock, Refused, Store, Wall};

use crate::compose::{self, Gateway};
use crate::config::{self, Config, Control, Ledger, Limits, Mount, Realm, Server, Users};
use crate::exit::{self, Failure};
use runner::Runner;

/// The one user of a demo.
const USER: &str = "demo";

/// That user's password.
const PASSWORD: &str = "demo";

/// A demo as it is to be.
pub struct Demo {
    /// Its gateway.
    pub config: Config,
    /// The control API's token, to be printed.
    pub token: String,
    /// Whether that token is short enough to be guessed.
    pub guessable: bool,
}

impl Demo {
    /// A demo at these addresses. Without a token it makes one.
    ///
    /// # Errors
    /// The token cannot stand in a header; or there is no randomness to make one.
    pub fn new(
        listen: SocketAddr,
        control: SocketAddr,
        ledger: Ledger,
        token: Option<String>,
    ) -> Result<Demo, String> {
        let made_up = || config::made_up().map_err(|problem| format!("{problem}; give one with --token"));
        let token = token.map_or_else(made_up, Ok)?;
        let (digest, guessable) = config::token(&token)?;
        let bearer = Token { name: "control".to_owned(), digest, scope: Scope::Admin };
        let users = Users::One { user: USER.to_owned(), password: PASSWORD.to_owned() };
        let config = Config {
            server: Server::plain(listen),
            limits: Limits::default(),
            control: Some(Control { listen: control, tokens: vec![bearer], tls: None }),
            ledger,
            realms: vec![Realm { name: "demo".to_owned(), users }],
            upstreams: Vec::new(),
            mounts: mounts(),
            access: AccessLog::Commands,
            notes: Vec::new(),
        };
        Ok(Demo { config, token, guessable })
    }
}

/// Runs a demo until SIGTERM or SIGINT.
///
/// # Errors
/// Why it did not start.
pub async fn run(demo: Demo) -> Result<(), Failure> {
    if demo.guessable {
        tracing::warn!("{}", config::GUESSABLE);
    }
    let clock: Arc<dyn Clock> = Arc::new(Wall);
    let shutdown = compose::terminated()?;
    let gateway = Gateway::build(&demo.config, Arc::clone(&clock))?;
    let store = gateway.store.clone();
    plant(&store).await?;
    let listening = gateway.listen(&demo.config).await?;
    let kept = match &demo.config.ledger {
        Ledger::Memory => "memory".to_owned(),
        Ledger::File(file) => file.display().to_string(),
    };
    let control = listening.control_address().expect("a demo has a control API");
    let text = banner::text(listening.address(), control, &demo.token, &kept);
    // A pipe that nobody reads must not end a gateway.
    drop(std::io::stdout().lock().write_all(text.as_bytes()));
    let runner = tokio::spawn(Runner::new(store, clock).run());
    listening.serve(shutdown).await;
    runner.abort();
    Ok(())
}

/// Registers the seed jobs.
///
/// # Errors
/// The ledger refuses one.
pub async fn plant(store: &Store) -> Result<(), Failure> {
    seed::plant(store).await.map_err(|refused: Refused| {
        let advice = "take another file with --store, or memory";
        Failure::new(exit::IO, format!("the seed jobs do not fit into this store ({refused:?}); {advice}"))
    })
}

/// Every dialect at its own paths, with the options that make it easy to try twice.
fn mounts() -> Vec<Mount> {
    let mounts = config::all_dialects(Some(0), seed::NAMESPACE);
    mounts
        .into_iter()
        .map(|mount| {
            let options = forgiving(mount.dialect);
            let codec =
                mount.dialect.build(&options).expect("these options are from the dialect's own table");
            Mount { codec, ..mount }
        })
        .collect()
}

/// Where a dialect hands out results once and forgets requests after an hour, a demo does neither: a reader who comes
/// back from lunch finds what the manual shows.
fn forgiving(dialect: &Dialect) -> Vec<(String, OptionValue)> {
    let wanted = |name: &str, kind: SwitchKind| match (name, kind) {
        ("delivery", SwitchKind::Choice(words)) if words.contains(&"repeat") => {
            Some(OptionValue::Text("repeat".to_owned()))
        }
        ("lifetime", SwitchKind::Integer(_, most)) => Some(OptionValue::Integer(most)),
        _ => None,
    };
    let switches = dialect.switches.iter();
    switches.filter_map(|switch| Some((switch.name.to_owned(), wanted(switch.name, switch.kind)?))).collect()
}
