//! JSON: a strict reader with located errors, and a writer of exact bytes.

mod reader;

mod writer;

pub use reader::{DEPTH_LIMIT, read};
pub use writer::{Slashes, Writer};
