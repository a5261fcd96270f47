//! A target behind an HTTP address. One of ours has a control API, by which jobs are described and looked at; a foreign
//! one may have a hook.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Request};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use super::client::Client;
use super::stage::Stage;
use super::{Control, Credentials, Hook, Look, Session, Skip, Target, Trouble};
use crate::compare::Seen;
use crate::effect;
use crate::fill::{AUTHORIZATION, Base};
use crate::fixture::{Fixture, User};

/// How many cases a server that keeps no jobs for us is asked at once.
const LANES: usize = 4;

/// What is known of a target.
pub struct Settings {
    /// Where it is, such as `http://127.0.0.1:8080`.
    pub url: String,
    /// Who may what there.
    pub credentials: Credentials,
    /// Its control API, where it is a gateway of ours.
    pub control: Option<Control>,
    /// What prepares it, where it is not.
    pub hook: Option<Hook>,
    /// Whether a foreign server may be changed, and jobs of a gateway's namespace put away.
    pub allow_side_effects: bool,
}

/// A target behind an HTTP address.
pub struct Http {
    client: Client,
    credentials: Credentials,
    control: Mutex<Option<Control>>,
    has_control: bool,
    stage: OnceCell<Mutex<Stage>>,
    hook: Option<Hook>,
    allow_side_effects: bool,
}

impl Http {
    /// A target as these settings say. Connects to nothing yet.
    ///
    /// # Errors
    /// A sentence where the URL cannot be used.
    pub fn new(settings: Settings) -> Result<Arc<Http>, String> {
        Ok(Arc::new(Http {
            client: Client::new(&settings.url)?,
            credentials: settings.credentials,
            has_control: settings.control.is_some(),
            control: Mutex::new(settings.control),
            stage: OnceCell::new(),
            hook: settings.hook,
            allow_side_effects: settings.allow_side_effects,
        }))
    }

    /// The stage, which is looked at when the first case needs it.
    async fn stage(&self) -> Result<Option<MutexGuard<'_, Stage>>, Trouble> {
        if !self.has_control {
            return Ok(None);
        }
        let open = || async {
            let control = self.control.lock().await.take();
            let gone = || Trouble::Gone("the control API could not be used before".to_owned());
            let opened = Stage::open(control.ok_or_else(gone)?, self.allow_side_effects).await;
            // Without a stage no case can be played: the first is told why, and there is no second.
            Ok(Mutex::new(opened.map_err(|trouble| match trouble {
                Trouble::Case(problem) => Trouble::Gone(format!("{problem}; check --control")),
                other @ (Trouble::Gone(_) | Trouble::TurnedAway(_) | Trouble::Skip(_)) => other,
            })?))
        };
        Ok(Some(self.stage.get_or_try_init(open).await?.lock().await))
    }
}

impl Target for Http {
    fn name(&self) -> String {
        self.client.base().url.clone()
    }

    fn lanes(&self) -> usize {
        // What one case changes another would see.
        if self.has_control || self.hook.is_some() || self.allow_side_effects { 1 } else { LANES }
    }

    fn own_clock(&self) -> bool {
        true
    }

    fn skips(&self, fixture: &Fixture) -> Option<Skip> {
        let head = &fixture.head;
        let is_prepared = self.has_control || self.hook.is_some();
        if !head.options.is_empty() {
            Some(Skip::Options)
        } else if head.clock.is_some() {
            Some(Skip::Clock)
        } else if asks_for(fixture) && self.credentials.of(head.user).is_none() {
            Some(Skip::User)
        } else if !head.given.is_empty() && !is_prepared {
            Some(Skip::Given)
        } else if !self.has_control && !self.allow_side_effects && effect::changes(fixture) {
            Some(Skip::SideEffects)
        } else {
            None
        }
    }

    fn open<'t>(&'t self, fixture: &'t Fixture) -> BoxFuture<'t, Result<Box<dyn Session + 't>, Trouble>> {
        async move {
            let mut stage = self.stage().await?;
            if let Some(stage) = &mut stage {
                let now = jiff::Timestamp::now().to_string();
                if let Err(trouble) = stage.set(&fixture.head.given, &now).await {
                    // The next case finds the stage empty all the same.
                    stage.clear().await?;
                    return Err(trouble);
                }
            } else if let Some(hook) = &self.hook {
                hook.prepare(fixture).await?;
            }
            let session: Box<dyn Session + 't> = Box::new(Playing { target: self, stage });
            Ok(session)
        }
        .boxed()
    }
}

/// Whether a case sends credentials and has a user who has some.
fn asks_for(fixture: &Fixture) -> bool {
    let sends =
        |exchange: &crate::fixture::Exchange| exchange.request.header("authorization") == Some(AUTHORIZATION);
    fixture.head.user != User::None && fixture.exchanges.iter().any(sends)
}

/// A case on an HTTP target.
struct Playing<'t> {
    target: &'t Http,
    stage: Option<MutexGuard<'t, Stage>>,
}

impl Session for Playing<'_> {
    fn base(&self) -> &Base {
        self.target.client.base()
    }

    fn authorization(&self, user: User) -> Option<HeaderValue> {
        self.target.credentials.of(user)
    }

    fn send(&mut self, request: Request<Bytes>) -> BoxFuture<'_, Result<Seen, Trouble>> {
        self.target.client.send(request).boxed()
    }

    fn look(&mut self, number: i64) -> BoxFuture<'_, Result<Look, Trouble>> {
        async move {
            match &self.stage {
                Some(stage) => stage.look(number).await,
                None => Ok(Look::Unseen),
            }
        }
        .boxed()
    }

    fn close<'s>(self: Box<Self>) -> BoxFuture<'s, Result<(), Trouble>>
    where
        Self: 's,
    {
        async move {
            match self.stage {
                Some(mut stage) => stage.clear().await,
                None => Ok(()),
            }
        }
        .boxed()
    }
}
