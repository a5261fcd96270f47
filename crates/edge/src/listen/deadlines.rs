//! How long a connection may keep us waiting, and how it is said goodbye to. Knows no bytes: what the connection is busy
//! with, [`Activity`] says.

use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use hyper_util::server::graceful::GracefulConnection;
use tokio::time::{Instant, Sleep};

use super::Limits;
use super::activity::{Activity, Overdue};

/// The limits, and what they are held against.
pub(super) struct Deadlines<'a> {
    pub(super) limits: &'a Limits,
    pub(super) activity: &'a Activity,
}

impl Deadlines<'_> {
    /// Runs a connection to its end: the client's, an error's, a deadline's, or that of the last request after
    /// `stopped`.
    pub(super) async fn hold<C>(
        self,
        mut connection: Pin<&mut C>,
        mut timer: Pin<&mut Sleep>,
        mut stopped: Pin<&mut impl Future<Output = bool>>,
    ) -> Result<(), String>
    where
        C: GracefulConnection,
        C::Error: Display,
    {
        let Deadlines { limits, activity } = self;
        // When no further request was let in. From then on the client has the time of a head to take what is its own.
        let mut goodbye: Option<Instant> = None;

        poll_fn(|context| {
            loop {
                if let Poll::Ready(result) = connection.as_mut().poll(context) {
                    return Poll::Ready(result.map_err(|error| error.to_string()));
                }
                if goodbye.is_none() && stopped.as_mut().poll(context).is_ready() {
                    goodbye = Some(Instant::now());
                    connection.as_mut().graceful_shutdown();
                    continue;
                }
                let deadline = activity.deadline(limits).map(|(at, overdue)| match goodbye {
                    Some(said) if overdue == Overdue::Idle => (at.max(said + limits.head_timeout), overdue),
                    Some(_) | None => (at, overdue),
                });
                // The timer is moved only when it would be late or when it was early, so that a request costs it
                // nothing.
                if let Some((at, _)) = deadline
                    && at < timer.deadline()
                {
                    timer.as_mut().reset(at);
                }
                if timer.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                let now = Instant::now();
                match deadline {
                    None => timer.as_mut().reset(now + limits.head_timeout.min(limits.idle)),
                    Some((at, _)) if now < at => timer.as_mut().reset(at),
                    Some((_, Overdue::Head)) => {
                        return Poll::Ready(Err("the head did not arrive in time".to_owned()));
                    }
                    Some((_, Overdue::Idle)) if goodbye.is_some() => {
                        return Poll::Ready(Err("the client does not take its last answer".to_owned()));
                    }
                    Some((_, Overdue::Idle)) => {
                        goodbye = Some(now);
                        connection.as_mut().graceful_shutdown();
                    }
                }
            }
        })
        .await
    }
}
