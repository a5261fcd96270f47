//! Which jobs a list shows: a small typed expression. Dialects translate their own syntax to it, the ledger compiles
//! it to SQL with bound values.

/// A condition on a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of these; of none, every job.
    And(Vec<Filter>),
    /// Any of these; of none, no job.
    Or(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// One test on one field. A field without a value fails every test but [`Test::Missing`].
    Field(Field, Test),
}

impl Filter {
    /// Every job.
    pub const ALL: Filter = Filter::And(Vec::new());
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The number.
    Number,
    /// The number that the job's id in the caller's dialect means: that of its first alias there that means one, else
    /// its own; none where it has aliases there and none of them means a number. A job with several ids fits
    /// [`Test::Equal`] and [`Test::In`] when any of them is meant, as a [`Target`](crate::Target) is resolved, and
    /// [`Test::NotEqual`] when none is; other tests, and an order, look at the first.
    Id,
    /// The state, by [`name`](crate::State::name).
    State,
    /// The kind, by [`name`](crate::Kind::name).
    Kind,
    /// The parent's number.
    Parent,
    /// The parent's [`Field::Id`].
    ParentId,
    /// The trigger's state, by [`name`](crate::TriggerState::name).
    Trigger,
    /// When the trigger fires next.
    NextRunAt,
    /// The dataset.
    Dataset,
    /// The owner.
    Owner,
    /// The display name.
    Name,
    /// The description.
    Description,
    /// The legacy system's type.
    Type,
    /// When it was registered.
    CreatedAt,
    /// When it began to run.
    StartedAt,
    /// When it ended.
    FinishedAt,
    /// When its state last changed.
    ChangedAt,
    /// Whether it was acknowledged: 0 or 1.
    Acknowledged,
    /// A member of the job's attributes in one dialect.
    Attribute {
        /// The dialect.
        dialect: String,
        /// The member; `outer/inner` is the member of a member that is an object.
        member: String,
    },
    /// Whether the job is seen in a dialect: its [`Test::Equal`] takes the dialect's name.
    SeenIn,
    /// That field of the child that started last (before any has started, of the one with the highest number), as
    /// [`Kin::Latest`](crate::Kin) shows it; of a job without children that the caller sees, its own.
    Latest(Box<Field>),
}

/// What is asked of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Is this.
    Equal(Value),
    /// Is something else.
    NotEqual(Value),
    /// Is one of these.
    In(Vec<Value>),
    /// Comes before this.
    Less(Value),
    /// Comes after this.
    Greater(Value),
    /// Is this or comes before it.
    AtMost(Value),
    /// Is this or comes after it.
    AtLeast(Value),
    /// Begins with this, case counts.
    StartsWith(String),
    /// Holds this, case counts.
    Contains(String),
    /// Has no value.
    Missing,
}

/// What a field is compared with. Times are milliseconds since 1970 UTC.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number or a time.
    Integer(i64),
    /// A text.
    Text(String),
}

/// One step of an order of jobs. Ties end with the number, ascending.
#[derive(Clone, Debug, PartialEq)]
pub struct Sort {
    /// By what.
    pub field: Field,
    /// Largest first.
    pub descending: bool,
}

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many jobs to pass over.
    pub first: u64,
    /// How many to show at most.
    pub size: u64,
}
