//! A command to other targets, and what of them its answer shows.

use countermand_model::{Cancel, Command, Order, Status, Target};

/// The same command to other targets: as many as a command of its kind names, at least one where it names any.
pub(crate) fn with(command: &Command, targets: Vec<Target>) -> Command {
    let mut command = command.clone();
    match &mut command {
        Command::Cancel(Cancel { targets: old, .. })
        | Command::Hold(Order { targets: old, .. })
        | Command::Release(Order { targets: old, .. }) => *old = targets,
        Command::Acknowledge { target, .. }
        | Command::DeleteOutput { target }
        | Command::Delete { target }
        | Command::Status(Status { target, .. })
        | Command::Permissions { target }
        | Command::Report { target, .. }
        | Command::CheckIn { target } => {
            if let Some(first) = targets.into_iter().next() {
                *target = first;
            }
        }
        Command::Confirm { .. } | Command::List { .. } | Command::Runs { .. } => {}
    }
    command
}

/// Whether the answer to a command shows each job as it is afterwards.
pub(super) fn are_shown(command: &Command) -> bool {
    match command {
        Command::Cancel(cancel) => cancel.wants_after,
        Command::Hold(order) | Command::Release(order) => order.wants_after,
        Command::Acknowledge { .. } => true,
        Command::DeleteOutput { .. }
        | Command::Delete { .. }
        | Command::Status(_)
        | Command::Confirm { .. }
        | Command::List { .. }
        | Command::Runs { .. }
        | Command::Permissions { .. }
        | Command::Report { .. }
        | Command::CheckIn { .. } => false,
    }
}
