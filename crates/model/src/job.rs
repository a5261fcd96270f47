//! A job as the ledger keeps it and the dialects show it.

use crate::State;

/// One job, run or request.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// 1 … 2^63−1, unique in its namespace.
    pub number: i64,
    /// The ledger's compartment it lives in.
    pub namespace: String,
    /// Its ids in dialects that do not use the number, in the order given.
    pub aliases: Vec<Alias>,
    /// The dialects it is seen in; `None` is all of them.
    pub dialects: Option<Vec<String>>,
    /// The Hitachi dataset; `None` is `defaultDs`.
    pub dataset: Option<String>,
    /// Whether it has children, is one, or stands alone.
    pub kind: Kind,
    /// The number of its parent.
    pub parent: Option<i64>,
    /// Its parent's ids in dialects that do not use the number, in the order given.
    pub parent_aliases: Vec<Alias>,
    /// How many children it has.
    pub children: Children,
    /// What starts its runs.
    pub trigger: Option<Trigger>,
    /// The user it belongs to.
    pub owner: Option<String>,
    /// Its display name.
    pub name: Option<String>,
    /// What it is for, in a sentence.
    pub description: Option<String>,
    /// The legacy system's word for what kind of work it is.
    pub job_type: Option<String>,
    /// Where it stands. Derived for a parent with children.
    pub state: State,
    /// Where it stood before.
    pub previous_state: Option<State>,
    /// When it was registered.
    pub created_at: i64,
    /// When it began to run.
    pub started_at: Option<i64>,
    /// When it reached a terminal state.
    pub finished_at: Option<i64>,
    /// When its state last changed.
    pub changed_at: i64,
    /// When its runner last gave a sign of life while it was being cancelled. Not a change of the job: its revision
    /// does not count it.
    pub heard_at: Option<i64>,
    /// How far it is.
    pub progress: Progress,
    /// How many results it has in all.
    pub results_total: u64,
    /// How many of them were delivered to a reader that takes (see [`Results::Undelivered`](crate::Results)).
    pub results_delivered: u64,
    /// When its last result, and the news that there are no more, was delivered; it is then gone for takers.
    pub drained_at: Option<i64>,
    /// Whether some of its results are errors.
    pub has_errors: bool,
    /// What it produced, such as a generated app.
    pub output: Option<Output>,
    /// Whether somebody took note of its cancellation or failure.
    pub acknowledged: bool,
    /// A sentence from its runner.
    pub message: Option<String>,
    /// Per dialect, a JSON object as text: what the model has no word for. Sorted by dialect.
    pub attributes: Vec<(String, String)>,
    /// The runner that holds it.
    pub runner: Option<String>,
    /// Counts its changes, from 1.
    pub revision: u64,
}

impl Job {
    /// A job that stands alone in the default namespace, queued at `at`, and of which nothing else is known.
    #[must_use]
    pub fn new(number: i64, at: i64) -> Job {
        Job {
            number,
            namespace: "default".to_owned(),
            aliases: Vec::new(),
            dialects: None,
            dataset: None,
            kind: Kind::Single,
            parent: None,
            parent_aliases: Vec::new(),
            children: Children::default(),
            trigger: None,
            owner: None,
            name: None,
            description: None,
            job_type: None,
            state: State::Queued,
            previous_state: None,
            created_at: at,
            started_at: None,
            finished_at: None,
            changed_at: at,
            heard_at: None,
            progress: Progress::default(),
            results_total: 0,
            results_delivered: 0,
            drained_at: None,
            has_errors: false,
            output: None,
            acknowledged: false,
            message: None,
            attributes: Vec::new(),
            runner: None,
            revision: 1,
        }
    }

    /// Its first id in a dialect, when that is not the number.
    #[must_use]
    pub fn alias(&self, dialect: &str) -> Option<&str> {
        first(&self.aliases, dialect)
    }

    /// Its parent's first id in a dialect, when that is not the parent's number. Nothing where it has no parent.
    #[must_use]
    pub fn parent_alias(&self, dialect: &str) -> Option<&str> {
        first(&self.parent_aliases, dialect)
    }

    /// Since when a job that is being cancelled has given no sign of life: since it was told, or was last heard.
    #[must_use]
    pub fn silent_since(&self) -> i64 {
        self.heard_at.map_or(self.changed_at, |heard| heard.max(self.changed_at))
    }

    /// Its attributes in a dialect: the text of a JSON object.
    #[must_use]
    pub fn attributes_of(&self, dialect: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == dialect).map(|(_, text)| text.as_str())
    }
}

/// An id a job answers to in one dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The dialect's name.
    pub dialect: String,
    /// The id as that dialect writes it.
    pub id: String,
    /// The number that this id would mean if it were nobody's alias. It must stay free of it.
    pub number: Option<i64>,
}

fn first<'a>(aliases: &'a [Alias], dialect: &str) -> Option<&'a str> {
    aliases.iter().find(|alias| alias.dialect == dialect).map(|alias| alias.id.as_str())
}

/// A job's place in a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Stands alone.
    Single,
    /// Has children, a trigger, or both.
    Parent,
    /// Has a parent.
    Child,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 3] = [Kind::Single, Kind::Parent, Kind::Child];

    /// The name in lower case, as the control API writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Single => "single",
            Kind::Parent => "parent",
            Kind::Child => "child",
        }
    }

    /// The kind of that [`name`](Kind::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How many children a parent has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Children {
    /// All of them.
    pub total: u64,
    /// Those not in a terminal state.
    pub unfinished: u64,
}

/// What starts the runs of a parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Whether it will fire again.
    pub state: TriggerState,
    /// When it fires next.
    pub next_run_at: Option<i64>,
    /// The legacy system's own rule, uninterpreted.
    pub rule: Option<String>,
}

/// Whether a trigger will fire again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TriggerState {
    /// It will.
    Scheduled,
    /// It will when released.
    Suspended,
    /// Never again, by order.
    Cancelled,
    /// Never again, it is used up.
    Completed,
}

impl TriggerState {
    /// Every trigger state.
    pub const ALL: [TriggerState; 4] =
        [TriggerState::Scheduled, TriggerState::Suspended, TriggerState::Cancelled, TriggerState::Completed];

    /// The name in lower case, as the control API writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            TriggerState::Scheduled => "scheduled",
            TriggerState::Suspended => "suspended",
            TriggerState::Cancelled => "cancelled",
            TriggerState::Completed => "completed",
        }
    }

    /// The trigger state of that [`name`](TriggerState::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<TriggerState> {
        TriggerState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether more runs may come.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, TriggerState::Scheduled | TriggerState::Suspended)
    }
}

/// How far a job is, in the legacy system's units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Items to look at.
    pub total: u64,
    /// Items that matched.
    pub matched: u64,
    /// Items looked at.
    pub processed: u64,
}

/// What a job produced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its id in the legacy system.
    pub id: String,
    /// Its display name.
    pub name: String,
}
