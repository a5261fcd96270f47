//! A connection to a legacy server: where it is, by whose certificates it is known, and what became of a request. It sends what
//! it is given, once; which requests may be sent again, what they mean and who asks is not known here.
//!
//! Reading order: [`Base`] is the server's URL, [`Trust`] its TLS, [`Link`] the way there, [`NoAnswer`] what is known
//! of a request that came to nothing.

mod answer;

mod base;

mod connector;

mod credentials;

mod kept;

mod line;

mod link;

mod no_answer;

mod trust;

pub use answer::Answer;
pub use base::{Base, BaseError};
pub use credentials::{basic, bearer};
pub use link::{Connection, Link};
pub use no_answer::{Cause, NoAnswer};
pub use trust::{Trust, TrustError, TrustFiles};
