//! Where in a statement the fields of a job are.

use countermand_model::Field;

use super::Query;

/// The names of the rows that fields are looked up in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Looks {
    /// The row of most fields.
    job: &'static str,
    /// The row of the times and the state.
    run: &'static str,
    /// Whether jobs are looked at as the parents of their runs.
    is_grouped: bool,
}

impl Looks {
    pub(super) const AT_JOB: Looks = Looks { job: "jobs", run: "jobs", is_grouped: false };
    pub(super) const AT_PARENT: Looks = Looks { job: "parents", run: "jobs", is_grouped: true };
    pub(super) const AT_SINGLE: Looks = Looks { job: "jobs", run: "jobs", is_grouped: true };
    const AT_LATEST: Looks = Looks { job: "latest", run: "latest", is_grouped: false };
}

/// What stands for a field in a statement.
pub(super) enum Column<'f> {
    Integer(String),
    Text(String),
    /// The id of a job.
    Id(Row),
    Attribute(Attribute<'f>),
    /// The dialects of the row of that name.
    SeenIn(&'static str),
    /// A field of the latest child of the row of that name.
    OfLatest(&'static str, &'f Field),
}

/// Whose id it is.
pub(super) enum Row {
    /// The row of that name.
    Itself(&'static str),
    /// The parent of the row of that name.
    Parent(&'static str),
}

/// A member of the attributes, of the row of that name.
pub(super) struct Attribute<'f> {
    table: &'static str,
    dialect: &'f str,
    member: &'f str,
}

impl Query<'_> {
    pub(super) fn column<'f>(&mut self, field: &'f Field) -> Column<'f> {
        let Looks { job, run, is_grouped } = self.looks;
        let own = |name: &str| format!("{job}.{name}");
        let of_run = |name: &str| format!("{run}.{name}");
        match field {
            Field::Number => Column::Integer(own("number")),
            Field::Parent if is_grouped => Column::Integer(own("number")),
            Field::Parent => Column::Integer(own("parent")),
            Field::Id if !self.has_aliases => Column::Integer(own("number")),
            Field::ParentId if !self.has_aliases => self.column(&Field::Parent),
            Field::Id => Column::Id(Row::Itself(job)),
            Field::ParentId if is_grouped => Column::Id(Row::Itself(job)),
            Field::ParentId => Column::Id(Row::Parent(job)),
            Field::NextRunAt => Column::Integer(own("trigger_next_run_at")),
            Field::Acknowledged => Column::Integer(own("acknowledged")),
            Field::CreatedAt => Column::Integer(of_run("created_at")),
            Field::StartedAt => Column::Integer(of_run("started_at")),
            Field::FinishedAt => Column::Integer(of_run("finished_at")),
            Field::ChangedAt => Column::Integer(of_run("changed_at")),
            Field::State => Column::Text(of_run("state")),
            Field::Kind => Column::Text(own("kind")),
            Field::Trigger => Column::Text(own("trigger_state")),
            Field::Dataset => Column::Text(own("dataset")),
            Field::Owner => Column::Text(own("owner")),
            Field::Name => Column::Text(own("name")),
            Field::Description => Column::Text(own("description")),
            Field::Type => Column::Text(own("type")),
            Field::Attribute { dialect, member } => {
                Column::Attribute(Attribute { table: job, dialect, member })
            }
            Field::SeenIn => Column::SeenIn(job),
            // A child has no children: its own latest is itself.
            Field::Latest(field) if self.looks == Looks::AT_LATEST => self.column(field),
            Field::Latest(field) => Column::OfLatest(job, field),
        }
    }

    /// The number that a job's id means.
    pub(super) fn id(&mut self, row: &Row) -> String {
        match row {
            Row::Itself(table) => self.id_of(table),
            Row::Parent(table) => format!(
                "(SELECT {} FROM jobs AS above WHERE above.namespace = {table}.namespace \
                 AND above.number = {table}.parent)",
                self.id_of("above")
            ),
        }
    }

    fn id_of(&mut self, table: &str) -> String {
        let dialect = self.values.bind(self.sight.dialect.to_owned());
        let of = format!("FROM aliases WHERE aliases.job = {table}.id AND aliases.dialect = {dialect}");
        format!(
            "CASE WHEN {table}.has_aliases AND EXISTS (SELECT 1 {of}) THEN (SELECT aliases.number {of} \
             AND aliases.number IS NOT NULL ORDER BY aliases.position LIMIT 1) ELSE {table}.number END"
        )
    }

    /// The condition that one of a job's ids means one of these numbers, which are places of bound values. It is
    /// answered from the numbers to the jobs, by indexes.
    pub(super) fn is_one_of(&mut self, row: &Row, numbers: &str) -> String {
        let namespace = self.values.bind(self.sight.namespace.id);
        let dialect = self.values.bind(self.sight.dialect.to_owned());
        let (left, key) = match row {
            Row::Itself(table) => (format!("{table}.id"), "id"),
            Row::Parent(table) => (format!("{table}.parent"), "number"),
        };
        format!(
            "{left} IN (SELECT named.{key} FROM jobs AS named WHERE named.namespace = {namespace} \
             AND named.number IN ({numbers}) AND NOT (named.has_aliases AND EXISTS (SELECT 1 FROM aliases \
             WHERE aliases.job = named.id AND aliases.dialect = {dialect})) \
             UNION ALL SELECT named.{key} FROM aliases JOIN jobs AS named ON named.id = aliases.job \
             WHERE aliases.namespace = {namespace} AND aliases.number IN ({numbers}) AND aliases.dialect = {dialect})"
        )
    }

    /// The member of a job's attributes in one dialect. The names are bound, so they need no quoting. Most jobs have no
    /// attributes, and say so without a look for them.
    pub(super) fn attribute(&mut self, attribute: &Attribute<'_>, answer: &str, condition: &str) -> String {
        let Attribute { table, dialect, member } = attribute;
        let dialect = self.values.bind((*dialect).to_owned());
        let of = format!("attributes.job = {table}.id AND attributes.dialect = {dialect}");
        let looked_up = |select: String| format!("CASE WHEN {table}.has_attributes THEN {select} END");
        let Some((object, member)) = member.split_once('/') else {
            let member = self.values.bind((*member).to_owned());
            return looked_up(format!(
                "(SELECT {answer} FROM attributes, json_each(attributes.value) \
                 WHERE {of} AND json_each.key = {member}{condition})"
            ));
        };
        let object = self.values.bind(object.to_owned());
        let member = self.values.bind(member.to_owned());
        // A text is not JSON, and must not be looked into.
        looked_up(format!(
            "(SELECT {answer} FROM attributes, json_each(attributes.value) AS above, \
             json_each(CASE above.type WHEN 'object' THEN above.value ELSE '{{}}' END) \
             WHERE {of} AND above.key = {object} AND json_each.key = {member}{condition})"
        ))
    }

    /// Writes something about the row called `latest`, in which fields are looked up meanwhile.
    pub(super) fn of_latest<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.looks, Looks::AT_LATEST);
        let written = write(self);
        self.looks = before;
        written
    }

    /// The row called `latest`: the child of a job that started last, of those the caller sees; of a job without any,
    /// itself.
    pub(super) fn latest(&mut self, table: &str) -> String {
        let sees = self.sight.sees("children", &mut self.values);
        format!(
            "FROM jobs AS latest WHERE latest.id = CASE WHEN {table}.children IS NULL THEN {table}.id \
             ELSE coalesce((SELECT children.id FROM jobs AS children INDEXED BY jobs_by_parent \
             WHERE {sees} AND children.parent = {table}.number \
             ORDER BY children.started_at DESC, children.number DESC LIMIT 1), {table}.id) END"
        )
    }
}
