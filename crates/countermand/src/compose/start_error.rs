//! Why a gateway did not start: what, where, and what to do about it.

use std::fmt;
use std::net::SocketAddr;

use countermand_edge::listen::TlsError;
use countermand_edge::{MountError, RealmError};
use countermand_ledger::OpenError;

use crate::exit::{self, Failure};

/// Why a gateway did not start. Nothing is left running.
#[derive(Debug)]
pub enum StartError {
    /// The ledger did not open; says which file.
    Ledger(OpenError),
    /// A file of users has mistakes.
    Realms(Vec<RealmError>),
    /// Two mounts are at one path.
    Mounts(MountError),
    /// An address cannot be listened at.
    Listen {
        /// Who would have been served there.
        what: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A certificate cannot be used.
    Tls(TlsError),
    /// The process cannot hear signals.
    Signals(std::io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Ledger(error) => write!(f, "cannot open the ledger: {error}"),
            StartError::Realms(errors) => {
                let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
                f.write_str(&errors.join("; "))
            }
            StartError::Mounts(error) => error.fmt(f),
            StartError::Listen { what, address, source } => {
                write!(
                    f,
                    "cannot listen at {address} for {what}: {source}; choose another address or end who has it"
                )
            }
            StartError::Tls(error) => error.fmt(f),
            StartError::Signals(error) => write!(f, "cannot listen for signals: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Failure {
        match error {
            StartError::Realms(errors) => {
                Failure { code: exit::CONFIG, lines: errors.iter().map(ToString::to_string).collect() }
            }
            StartError::Mounts(_) | StartError::Tls(_) => Failure::new(exit::CONFIG, error.to_string()),
            StartError::Ledger(_) | StartError::Listen { .. } | StartError::Signals(_) => {
                Failure::new(exit::IO, error.to_string())
            }
        }
    }
}
