//! The jobs of a running gateway as a stage: set for a case, cleared after it.
//!
//! All cases use the same few numbers, and a list shows every job of a namespace. So cases that need the control API
//! are played one after another, and between two of them nothing is left to see: each job is replaced by one that no
//! dialect sees, under the same number, for the control API lets nobody take a job away. A namespace per case would
//! let them run side by side, but which namespace a mount sees is written in the gateway's configuration.

use std::collections::BTreeSet;

use countermand_model::State;

use super::control::Control;
use super::{Look, Trouble};
use crate::fixture::{Given, MEMBERS, object};

/// The name of a job that stands where a case had one.
const PUT_AWAY: &str = "put away by countermand conform";

/// The stage. At most one case is on it.
pub(super) struct Stage {
    control: Control,
    /// Numbers under which something was put away: a job with one of them is replaced, not made.
    used: BTreeSet<i64>,
    /// What is on the stage now.
    set: Vec<Given>,
}

impl Stage {
    /// Looks whether the stage is empty. With `clear`, puts away whatever is there.
    pub(super) async fn open(control: Control, clear: bool) -> Result<Stage, Trouble> {
        let there = control.jobs().await?;
        let strangers: Vec<_> = there
            .iter()
            .filter(|(_, name)| name.as_deref() != Some(PUT_AWAY))
            .map(|(number, _)| *number)
            .collect();
        if !clear && let Some(first) = strangers.first() {
            let advice =
                "take an empty gateway, another --namespace, or put them away with --allow-side-effects";
            let count = strangers.len();
            let problem = format!("{} has {count} jobs already, such as {first}; {advice}", control.place());
            return Err(Trouble::Gone(problem));
        }
        let used = there.iter().map(|(number, _)| *number).collect();
        let set = strangers.into_iter().map(|number| Given { number, members: Vec::new() }).collect();
        let mut stage = Stage { control, used, set };
        stage.clear().await?;
        Ok(stage)
    }

    /// Describes the jobs of a case, in their order.
    pub(super) async fn set(&mut self, given: &[Given], now: &str) -> Result<(), Trouble> {
        for job in given {
            self.look_for_others(job.number).await?;
            // A job starts afresh when its state changes, so what was put away must be in another state first.
            if self.used.contains(&job.number) && job.member("state") == Some("\"succeeded\"") {
                self.control.put(job.number, put_away("failed")).await?;
            }
            self.used.insert(job.number);
            self.set.push(job.clone());
            self.control.put(job.number, whole(job, Some(now))).await?;
        }
        Ok(())
    }

    /// Puts away what is on the stage: children before their parents, which are then jobs without any.
    pub(super) async fn clear(&mut self) -> Result<(), Trouble> {
        let set = std::mem::take(&mut self.set);
        for job in children_first(&set) {
            // Once to take from it what its state is derived from, once more to end it.
            for _ in 0..2 {
                self.control.put(job.number, put_away("succeeded")).await?;
            }
        }
        Ok(())
    }

    /// Looks whether somebody else set a job on the empty stage: another run at the same time, whose cases would fail as
    /// ours would, and neither could tell why.
    async fn look_for_others(&self, number: i64) -> Result<(), Trouble> {
        if self.set.iter().any(|own| own.number == number) {
            return Ok(());
        }
        match self.control.names(number).await? {
            Some((name, _)) if name != PUT_AWAY => Err(Trouble::Gone(format!(
                "job {number} came to {} meanwhile; let one run at a time play there, and nothing else register jobs",
                self.control.place()
            ))),
            Some(_) | None => Ok(()),
        }
    }

    /// The state of a job. One that was put away is not there, as it would not be in a gateway of the case's own.
    pub(super) async fn look(&self, number: i64) -> Result<Look, Trouble> {
        let Some((name, state)) = self.control.names(number).await? else { return Ok(Look::Absent) };
        if name == PUT_AWAY {
            return Ok(Look::Absent);
        }
        let unknown = || Trouble::Case(format!("the control API says that job {number} is {state:?}"));
        State::from_name(&state).map(Look::State).ok_or_else(unknown)
    }
}

/// The jobs in the order in which they are put away.
pub(crate) fn children_first(set: &[Given]) -> impl Iterator<Item = &Given> {
    let is_child = |job: &&Given| job.member("parent").is_some();
    set.iter().filter(is_child).chain(set.iter().filter(move |job| !is_child(job)))
}

/// A job that nobody sees.
pub(crate) fn put_away(state: &str) -> String {
    let blank = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let members = MEMBERS.iter().filter_map(|member| match member.name {
        "kind" => Some(blank("kind", "\"single\"")),
        "dialects" => Some(blank("dialects", "[]")),
        "name" => Some(blank("name", &format!("{PUT_AWAY:?}"))),
        "state" => Some(blank("state", &format!("{state:?}"))),
        name => member.blank.map(|text| blank(name, text)),
    });
    object(members.collect::<Vec<_>>().iter())
}

/// The description of a job with every member, so that nothing stays of what had its number before. Without `now`, it
/// stays when it was registered, if nothing is said of that.
pub(crate) fn whole(job: &Given, now: Option<&str>) -> String {
    let members = MEMBERS.iter().filter_map(|member| {
        let blank = match member.name {
            "created_at" => now.map(|now| format!("{now:?}")),
            _ => member.blank.map(str::to_owned),
        };
        let text = job.member(member.name).map(str::to_owned).or(blank)?;
        Some((member.name.to_owned(), text))
    });
    object(members.collect::<Vec<_>>().iter())
}
