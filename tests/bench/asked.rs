//! What a case asks, written down once: wrk gets it as a script, everybody else as bytes. Knows no server and no clock.

/// Something to ask again and again.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    /// In tables, and in `instructions.toml`.
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    /// `{id}` stands for the job's id.
    pub(crate) path: &'static str,
    pub(crate) payload: Option<Payload>,
    /// How many jobs one request names.
    pub(crate) targets: i64,
    pub(crate) order: Order,
    pub(crate) written: Written,
    pub(crate) login: &'static str,
    /// The status of every answer; any other is an error.
    pub(crate) status: u16,
    /// Whether each request needs jobs of its own, which are cancelled afterwards.
    pub(crate) consumes: bool,
}

/// A body: `before`, then `each` for every job with `between` in between, then `after`. `{id}` stands for the id.
#[derive(Clone, Copy)]
pub(crate) struct Payload {
    pub(crate) media: &'static str,
    pub(crate) before: &'static str,
    pub(crate) each: &'static str,
    pub(crate) between: &'static str,
    pub(crate) after: &'static str,
}

/// Which job is asked for at the n-th time. Jobs are numbered from 1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Neighbours, one after the other.
    Next,
    /// Ten thousand, again and again.
    Hot,
    /// All, each once before any comes again, each far from the one before.
    Scattered,
}

/// How the dialect writes ids.
#[derive(Clone, Copy)]
pub(crate) enum Written {
    Decimal,
    /// 24 hexadecimal digits.
    Hex,
}

/// `operator:secret`, as [`crate::server::config`] has it.
pub(crate) const OPERATOR: &str = "Basic b3BlcmF0b3I6c2VjcmV0";

const HOT: i64 = 10_000;

/// A prime near the golden section of a billion: in steps of it, no power of ten is walked through in neighbouring places.
const STRIDE: i64 = 618_033_989;

impl Order {
    fn number(self, turn: i64, jobs: i64) -> i64 {
        match self {
            Order::Next => turn,
            Order::Hot => turn % HOT.min(jobs) + 1,
            Order::Scattered => turn * STRIDE % jobs + 1,
        }
    }

    fn lua(self, jobs: i64) -> String {
        match self {
            Order::Next => "turn".to_owned(),
            Order::Hot => format!("turn % {} + 1", HOT.min(jobs)),
            Order::Scattered => format!("turn * {STRIDE} % {jobs} + 1"),
        }
    }
}

impl Written {
    fn text(self, number: i64) -> String {
        match self {
            Written::Decimal => number.to_string(),
            Written::Hex => format!("{number:024x}"),
        }
    }

    fn lua(self, number: &str) -> String {
        match self {
            Written::Decimal => number.to_owned(),
            Written::Hex => format!("string.format('%024x', {number})"),
        }
    }
}

impl Case {
    /// The job of that turn.
    pub(crate) fn number(&self, turn: i64, jobs: i64) -> i64 {
        self.order.number(turn, jobs)
    }

    /// The request line without its version, the headers, and the body, for the jobs of that turn and those after it.
    pub(crate) fn request(&self, turn: i64, jobs: i64) -> (String, String, String) {
        let id = |turn| self.written.text(self.number(turn, jobs));
        let line = format!("{} {}", self.method, self.path.replace("{id}", &id(turn)));
        let mut headers = String::new();
        if !self.login.is_empty() {
            headers.push_str(&format!("Authorization: {}\r\n", self.login));
        }
        let Some(payload) = self.payload else { return (line, headers, String::new()) };
        headers.push_str(&format!("Content-Type: {}\r\n", payload.media));
        (line, headers, payload.text((turn..turn + self.targets).map(id)))
    }

    /// What wrk runs. It goes on behind `turn`, sends no more than `most` requests, lets each connection rest for
    /// `pause` milliseconds before it asks, and prints `figures`: requests, errors, and the microseconds in which half and 99 of
    /// 100 were answered.
    pub(crate) fn script(&self, turn: i64, jobs: i64, most: i64, pause: u32) -> String {
        let refused = if self.status >= 400 { "summary.requests - " } else { "" };
        let id = self.written.lua(&self.order.lua(jobs));
        let path = quoted_around_id(self.path);
        let ask = match self.payload {
            None => {
                format!("turn = turn + 1; local id = {id}; return wrk.format('{}', {path})", self.method)
            }
            Some(payload) => format!(
                "local parts = {{}}; for place = 1, {} do turn = turn + 1; local id = {id}; parts[place] = {} end\n\
                 return wrk.format('{}', {path}, nil, '{}' .. table.concat(parts, '{}') .. '{}')",
                self.targets,
                quoted_around_id(payload.each),
                self.method,
                payload.before,
                payload.between,
                payload.after
            ),
        };
        let mut script = String::new();
        if !self.login.is_empty() {
            script.push_str(&format!("wrk.headers['Authorization'] = '{}'\n", self.login));
        }
        if let Some(payload) = self.payload {
            script.push_str(&format!("wrk.headers['Content-Type'] = '{}'\n", payload.media));
        }
        script.push_str(&format!("local turn = {turn}\nlocal id = 0\nrequest = function() {ask} end\n"));
        // wrk asks before each request how long to wait: after the last one, beyond the end of the slice. So what was
        // sent is answered, and nothing that is under way is paid for and not counted.
        if most < i64::MAX || pause > 0 {
            script.push_str(&format!(
                "local sent = 0\ndelay = function() sent = sent + 1; return sent > {} and 3600000 or {pause} end\n",
                // Lua counts in floating point.
                most.min(1 << 50)
            ));
        }
        script.push_str(&format!(
            "done = function(summary, latency) local e = summary.errors\n\
             print('figures', summary.requests, {refused}e.status + e.connect + e.read + e.write + e.timeout, latency:percentile(50), latency:percentile(99)) end\n"
        ));
        script
    }
}

impl Payload {
    fn text(&self, ids: impl Iterator<Item = String>) -> String {
        let each: Vec<String> = ids.map(|id| self.each.replace("{id}", &id)).collect();
        format!("{}{}{}", self.before, each.join(self.between), self.after)
    }
}

/// A Lua expression for a text in which `{id}` stands for the id.
fn quoted_around_id(text: &str) -> String {
    format!("'{}'", text.replace("{id}", "' .. id .. '"))
}
