//! Makes fixtures of what a client and a server say to each other. What is kept is what the dialect's own tables know;
//! everything else is replaced by a stand-in of its type before it is written anywhere. Listens nowhere and calls nobody
//! but the control API: whoever stands between the two hands in each exchange.
//!
//! A [`Tape`] is one session. What one caller does with nobody in between is a scene and becomes one file, because
//! a later answer depends on an earlier order; where somebody else has changed a job, or another caller comes, the next
//! begins, with the jobs as they are then. So every file can be played by itself.
//!
//! Reading order: [`Tape`], `place`, `scene`, `take`, `clean` and `stand_in`; `jobs` is what a case is given.

mod callers;

mod clean;

mod folder;

mod jobs;

mod json;

mod keep;

mod place;

mod scene;

mod session;

mod stand_in;

mod take;

mod toml;

mod url;

mod xml;

#[cfg(test)]
mod tests;

use countermand_dialects::Dialect;
use http::{HeaderMap, Method, Uri, header};

pub(crate) use clean::HOST_NAME;
pub use keep::Keep;
pub use session::{Answered, Asked, LONGEST_BODY, Noted, Settings, Summary};

use self::callers::{Caller, Callers};
use self::clean::Cleaner;
use self::jobs::Job;
use self::place::Place;
use self::scene::{LONGEST, Scene, Telling};
use self::stand_in::StandIns;
use self::take::Take;
use crate::fill::Base;
use crate::target::Trouble;

/// Why an exchange of something else is left out.
pub(crate) const ELSEWHERE: &str = "the path is in no dialect; --dialect says which it is";

/// A session while it is recorded. Exchanges are handed in one after another: [`before`](Tape::before) it is sent and
/// [`after`](Tape::after) it was answered.
pub struct Tape {
    settings: Settings,
    stand_ins: StandIns,
    callers: Callers,
    scene: Option<Scene>,
    summary: Summary,
}

/// What was found out about a request before it was sent.
pub struct Coming {
    place: Option<Place>,
    caller: Option<Caller>,
    has_login: bool,
    /// The jobs, where somebody could be asked; or why nobody could.
    jobs: Result<Option<Vec<Job>>, String>,
}

impl Tape {
    /// A new session.
    #[must_use]
    pub fn new(settings: Settings) -> Tape {
        Tape {
            settings,
            stand_ins: StandIns::default(),
            callers: Callers::default(),
            scene: None,
            summary: Summary::default(),
        }
    }

    /// Whether a request is one of a dialect.
    #[must_use]
    pub fn knows(&self, method: &Method, uri: &Uri) -> bool {
        Place::of(self.settings.dialect, method, uri, &HeaderMap::new()).is_some()
    }

    /// A request is about to be sent: who asks, what for, and which jobs are there.
    pub async fn before(&mut self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Coming {
        let place = Place::of(self.settings.dialect, method, uri, headers);
        let session = place.as_ref().and_then(|place| place.dialect.session);
        let (caller, has_login) = self.callers.of(headers, session);
        let jobs = self.jobs(place.as_ref()).await.map_err(|trouble| trouble.to_string());
        Coming { place, caller, has_login, jobs }
    }

    /// It was answered. Call it before the answer is passed on: what the client does then is another exchange.
    ///
    /// # Errors
    /// A fixture cannot be written; what it held is lost.
    pub async fn after(
        &mut self,
        coming: Coming,
        asked: &Asked,
        answered: &Answered,
    ) -> std::io::Result<Noted> {
        let noted = match self.take(coming, asked, answered).await? {
            Ok(noted) => noted,
            Err(reason) => Noted::LeftOut(reason),
        };
        match &noted {
            Noted::Recorded => self.summary.recorded += 1,
            Noted::Folded => self.summary.folded += 1,
            Noted::LeftOut(reason) => *self.summary.left_out.entry(reason.clone()).or_default() += 1,
        }
        Ok(noted)
    }

    /// What was recorded until now is from one source, and what follows from another.
    ///
    /// # Errors
    /// The fixture that ends with it cannot be written.
    pub fn turn(&mut self, source: String) -> std::io::Result<()> {
        self.cut()?;
        self.settings.source = source;
        Ok(())
    }

    /// The session is over.
    ///
    /// # Errors
    /// The last fixture cannot be written.
    pub fn end(mut self) -> std::io::Result<Summary> {
        self.cut()?;
        Ok(self.summary)
    }

    async fn take(
        &mut self,
        coming: Coming,
        asked: &Asked,
        answered: &Answered,
    ) -> std::io::Result<Result<Noted, String>> {
        let Coming { place, caller, has_login, jobs } = coming;
        let Some(place) = place else {
            return Ok(Err(ELSEWHERE.to_owned()));
        };
        if let Some(caller) = &caller {
            self.callers.answered(caller, answered.status.as_u16(), &answered.headers, place.dialect.session);
        }
        let jobs = match jobs {
            Ok(jobs) => jobs,
            Err(problem) => return Ok(Err(problem)),
        };
        if !self.continues(place.dialect, caller.as_ref(), jobs.as_deref()) {
            self.cut()?;
        }
        let mut scene = self.scene.take().unwrap_or_else(|| Scene::new(place.dialect, caller.clone(), jobs));
        let (vocabulary, bases) = ((place.dialect.vocabulary)(), self.bases(asked, &place.prefix));
        let (keep, stand_ins) = (&self.settings.keep, &mut self.stand_ins);
        let cleaner = Cleaner::new(&vocabulary, keep, stand_ins, &bases, &scene.given_times);
        let taken = Take::of(&place, has_login, asked, answered, cleaner);
        let noted = taken.map(|(take, masks)| {
            scene.masks.extend(masks);
            if scene.repeats(&take) {
                return Noted::Folded;
            }
            scene.caller = scene.caller.take().or(caller);
            scene.takes.push(take);
            if let Ok(command) =
                place.codec.decode_request(&place.echo, asked.body.as_deref().unwrap_or_default())
                && place.echo.refusal.is_none()
            {
                scene.about.add(&command);
            }
            Noted::Recorded
        });
        if noted.is_ok() {
            // What cannot be asked for now is asked for before the next exchange, which then begins a new scene.
            scene.after = self.jobs(Some(&place)).await.unwrap_or_default();
        }
        if !scene.takes.is_empty() {
            self.scene = Some(scene);
        }
        Ok(noted)
    }

    /// Where the server is, for the client and for us. The longer comes first: it may have the other in it.
    fn bases(&self, asked: &Asked, prefix: &str) -> Vec<Base> {
        let host = asked.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let scheme = asked.uri.scheme_str().unwrap_or("http");
        let base = |authority: &str| Base {
            url: format!("{scheme}://{authority}{prefix}"),
            authority: authority.to_owned(),
        };
        let upstream = Some(self.settings.upstream.as_str()).filter(|authority| !authority.is_empty());
        let mut bases: Vec<_> = host.into_iter().chain(upstream).map(base).collect();
        bases.dedup();
        bases.sort_by_key(|base| std::cmp::Reverse(base.url.len()));
        bases
    }

    /// Whether an exchange belongs to the scene that is open: of the same caller, and nobody has changed a job since.
    fn continues(&self, dialect: &Dialect, caller: Option<&Caller>, jobs: Option<&[Job]>) -> bool {
        self.scene.as_ref().is_some_and(|scene| {
            let is_same = caller.is_none() || scene.caller.is_none() || scene.caller.as_ref() == caller;
            is_same
                && scene.dialect.name == dialect.name
                && scene.takes.len() < LONGEST
                && scene.after.as_deref() == jobs
        })
    }

    /// Ends the scene that is open and writes its file.
    fn cut(&mut self) -> std::io::Result<()> {
        let Some(scene) = self.scene.take() else { return Ok(()) };
        let vocabulary = (scene.dialect.vocabulary)();
        let (keep, stand_ins) = (&self.settings.keep, &mut self.stand_ins);
        let mut cleaner = Cleaner::new(&vocabulary, keep, stand_ins, &[], &scene.given_times);
        let given = scene.given();
        let given = given.iter().map(|job| (job.number, job.given(scene.dialect, &mut cleaner))).collect();
        let user = self.callers.user(scene.caller.as_ref());
        let text = scene.text(&Telling { source: &self.settings.source, user, given });
        folder::write(&self.settings.into.join(scene.dialect.name), &scene.slug(), &text)?;
        self.summary.fixtures += 1;
        Ok(())
    }

    async fn jobs(&self, place: Option<&Place>) -> Result<Option<Vec<Job>>, Trouble> {
        match self.settings.control.as_ref().zip(place) {
            Some((control, place)) => jobs::seen_by(place.dialect, control).await.map(Some),
            None => Ok(None),
        }
    }
}
