//! From a query to a command. Bodies are not looked at: both functions say "Request body: Not applicable".

use countermand_model::{Cancel, Command, Kin, Reach, Status, Target};

use super::DetailView;
use super::errors::{self, Mistake};
use super::routes::{self, Ambiguous};
use crate::grammar::number;
use crate::{Echo, Malformed};

/// Reads `action=getStatus&dataset=…&requestId=…`.
///
/// # Errors
/// As [`target`].
pub(super) fn get_status(codec: &DetailView, echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    Ok(Command::Status(Status { target: target(echo)?, results: codec.results(echo), kin: Kin::None }))
}

/// Reads `action=abortRequest&dataset=…&requestId=…`.
///
/// # Errors
/// As [`target`].
pub(super) fn abort_request(codec: &DetailView, echo: &Echo, _body: &[u8]) -> Result<Command, Malformed> {
    Ok(Command::Cancel(Cancel {
        targets: vec![target(echo)?],
        reach: Reach::One,
        settle: codec.settle,
        // A finished request is remembered for a while only, and only its times say for how long still.
        wants_after: true,
        ..Cancel::default()
    }))
}

/// "From 2 to 32 alphanumeric, underscore (_), and hyphen (-) characters are allowed."
pub(super) fn is_dataset(text: &str) -> bool {
    (2..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// A request id is opaque: `316829382_14` on one page, `12344` on another. It must survive a query and an error text.
pub(super) fn is_request_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 255 && !text.chars().any(char::is_control)
}

/// The request that is meant. What is missing or wrong is told in the order that the codes suggest (inferred): the
/// dataset (…0000E4) before the request id (…020008). An empty value counts as a missing one.
///
/// # Errors
/// With the function's own code and text.
fn target(echo: &Echo) -> Result<Target, Malformed> {
    let parameters = routes::parameters(&echo.query);
    let malformed = |mistake| errors::malformed(echo, mistake);
    let value = |name, missing, ambiguous| match routes::value(&parameters, name) {
        Ok(value) => value.ok_or_else(|| malformed(missing)),
        Err(Ambiguous) => Err(malformed(ambiguous)),
    };
    let dataset = value("dataset", Mistake::DatasetMissing, Mistake::DatasetAmbiguous)?;
    if !is_dataset(dataset) {
        return Err(malformed(Mistake::DatasetInvalid));
    }
    let written = value("requestId", Mistake::RequestIdMissing, Mistake::RequestIdAmbiguous)?;
    Ok(Target {
        written: written.to_owned(),
        number: number::canonical(written),
        dataset: Some(dataset.to_owned()),
    })
}
