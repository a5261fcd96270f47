//! `countermand conform`: fixtures against a gateway in this process, one that runs, or a foreign server. Chooses the
//! cases and the target and tells what came of it; how a case is played and judged is the conformance crate's.

mod arguments;

pub(super) mod files;

mod update;

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::time::Instant;

use countermand_conformance::report::{self, Counts, Style};
use countermand_conformance::run::{self, Outcome, Verdict};
use countermand_conformance::target::{Control, Credentials, Hook, Http, Settings, Skip, Target, Trouble};
use indicatif::{ProgressBar, ProgressStyle};

pub(super) use arguments::Arguments;

use crate::conform::InProcess;
use crate::exit::{self, Failure};

/// One in so many cases must be played, or the run proves nothing.
const FEW: usize = 10;

impl Arguments {
    pub(super) fn run(self) -> Result<(), Failure> {
        let fixtures = files::chosen(&self.fixtures, &self.filter)?;
        let target = self.target()?;
        let name = target.name();
        let progress = progress(fixtures.len());
        let begun = Instant::now();
        let verdicts = super::block_on(&mut tokio::runtime::Builder::new_multi_thread(), async {
            let told = |verdict: &Verdict| {
                if verdict.result.fell_short() {
                    progress.set_message("some fell short");
                }
                progress.inc(1);
            };
            run::play(target, fixtures.into_iter().map(Arc::new).collect(), told).await.map_err(ended)
        });
        progress.finish_and_clear();
        let verdicts = verdicts?;
        let time = begun.elapsed();
        let counts = Counts::of(&verdicts);
        if let Some(file) = &self.junit {
            let text =
                report::junit(&name, &verdicts, time).map_err(|problem| Failure::new(exit::IO, problem))?;
            std::fs::write(file, text).map_err(|error| {
                Failure::new(exit::IO, format!("cannot write {}: {error}", file.display()))
            })?;
        }
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{:#}", report::json(&name, &verdicts, time.as_millis()))?;
        } else {
            let style = Style { colour: colour(), verbose: self.verbose };
            write!(out, "{}", report::dialects(&verdicts, style))?;
            writeln!(out, "{counts} in {:.1} s, {name}", time.as_secs_f64())?;
        }
        if self.update || updates() {
            // Whoever reads the report as JSON reads nothing else there.
            return if self.json {
                update::rewrite(&verdicts, &mut std::io::stderr())
            } else {
                update::rewrite(&verdicts, &mut out)
            };
        }
        if counts.failed > 0 {
            return Err(Failure::told(exit::FAILED));
        }
        match too_few(&counts, &verdicts) {
            Some(problem) => Err(Failure::new(exit::FAILED, format!("conform: {problem}"))),
            None => Ok(()),
        }
    }

    fn target(&self) -> Result<Arc<dyn Target>, Failure> {
        let usage = |problem: String| Failure::new(exit::USAGE, format!("conform: {problem}"));
        let Some(url) = &self.target else {
            let target = InProcess::new();
            let failed = |error| Failure::new(exit::IO, format!("cannot write a temporary file: {error}"));
            return Ok(Arc::new(target.map_err(failed)?));
        };
        let control = self.control.as_ref().map(|url| {
            let token = self.token.as_deref().ok_or_else(|| {
                usage("--control needs a token; set COUNTERMAND_TOKEN, or give --token TOKEN".to_owned())
            })?;
            Control::new(url, token, &self.namespace)
                .map_err(|problem| usage(format!("--control: {problem}")))
        });
        let credentials = Credentials::basic(self.user.as_deref(), self.reader.as_deref());
        let settings = Settings {
            url: url.clone(),
            credentials: credentials.map_err(|problem| usage(format!("--user, --reader: {problem}")))?,
            control: control.transpose()?,
            hook: self.given_hook.as_deref().map(Hook::new),
            allow_side_effects: self.allow_side_effects,
        };
        Ok(Http::new(settings).map_err(|problem| usage(format!("--target: {problem}")))?)
    }
}

fn ended(trouble: Trouble) -> Failure {
    let code = if matches!(trouble, Trouble::TurnedAway(_)) { exit::FAILED } else { exit::IO };
    Failure::new(code, format!("conform: {trouble}"))
}

/// Where next to nothing was played: a job of a CI server that skips everything would be green for ever, and prove nothing.
fn too_few(counts: &Counts, verdicts: &[Verdict]) -> Option<String> {
    if counts.played() * FEW > verdicts.len() {
        return None;
    }
    let mut reasons: BTreeMap<&Skip, usize> = BTreeMap::new();
    for verdict in verdicts {
        if let Outcome::Skipped(skip) = &verdict.result {
            *reasons.entry(skip).or_default() += 1;
        }
    }
    let (skip, count) = reasons.into_iter().max_by_key(|(_, count)| *count)?;
    let all = verdicts.len();
    let played = match counts.played() {
        0 => "nothing was played".to_owned(),
        1 => format!("1 of {all} cases was played, which proves nothing"),
        played => format!("{played} of {all} cases were played, which proves nothing"),
    };
    let advice = skip.advice();
    Some(format!("{played}; {count} were skipped: {advice} (--verbose says what each case wants)"))
}

/// Drawn on stderr, and only where that is a terminal.
fn progress(cases: usize) -> ProgressBar {
    let progress = ProgressBar::new(u64::try_from(cases).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {msg}");
    progress.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    progress
}

/// <https://no-color.org>: any value that is not empty says no.
fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// `UPDATE_EXPECT=1`, as other tools of this kind have it.
fn updates() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1")
}
