//! Names that must be known: dialects, states, kinds, namespaces, and what was probably meant by a wrong one.

use countermand_dialects::{ALL, Dialect, by_name};
use countermand_model::{Kind, State, TriggerState};

use crate::Problem;
use crate::read::value::Value;

/// The namespace where none is named.
pub(crate) const DEFAULT_NAMESPACE: &str = "default";

/// A dialect by its name.
///
/// # Errors
/// A sentence with the nearest name.
pub(crate) fn dialect(name: &str) -> Result<&'static Dialect, String> {
    let names = ALL.iter().map(|dialect| dialect.name);
    by_name(name).ok_or_else(|| format!("there is no dialect `{name}`{}", did_you_mean(name, names)))
}

/// A state by its name.
///
/// # Errors
/// A sentence with the nearest name.
pub(crate) fn state(name: &str) -> Result<State, String> {
    let names = State::ALL.into_iter().map(State::name);
    State::from_name(name).ok_or_else(|| format!("there is no state `{name}`{}", did_you_mean(name, names)))
}

/// A kind by its name.
///
/// # Errors
/// A sentence with the nearest name.
pub(crate) fn kind(name: &str) -> Result<Kind, String> {
    let names = Kind::ALL.into_iter().map(Kind::name);
    Kind::from_name(name).ok_or_else(|| format!("there is no kind `{name}`{}", did_you_mean(name, names)))
}

/// A trigger's state by its name.
///
/// # Errors
/// A sentence with the nearest name.
pub(crate) fn trigger_state(name: &str) -> Result<TriggerState, String> {
    let names = TriggerState::ALL.into_iter().map(TriggerState::name);
    TriggerState::from_name(name)
        .ok_or_else(|| format!("there is no trigger state `{name}`{}", did_you_mean(name, names)))
}

/// A namespace: 1 to 64 ASCII letters, digits, `-`, `_` and `.`.
///
/// # Errors
/// A sentence.
pub(crate) fn namespace(name: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if (1..=64).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(name.to_owned());
    }
    Err("a namespace is 1 to 64 ASCII letters, digits, `-`, `_` or `.`".to_owned())
}

/// A job's number: 1 to 2^63−1.
pub(crate) fn job_number(value: &Value<'_>) -> Result<i64, Problem> {
    let number: i64 = value.read()?;
    if number < 1 {
        return Err(value.invalid("a job's number is from 1 to 9223372036854775807"));
    }
    Ok(number)
}

/// "; did you mean …?", or nothing where no name is near.
pub(crate) fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let lower = name.to_lowercase();
    known
        .map(|known| (strsim::damerau_levenshtein(&lower, known), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len() / 3 + 1)
        .map_or_else(String::new, |(_, known)| format!("; did you mean `{known}`?"))
}
