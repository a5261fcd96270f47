//! Where the copies stand: so many places and no more. Each question has a few places that it may stand in, by a keyed
//! hash; a new one takes an empty place there or displaces the one that has stood longest.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use countermand_model::{Job, Target};

use super::{Moment, Place};

/// How many copies there are at most.
pub(super) const PLACES: usize = 1 << 14;

/// In how many places a question may stand: so many are a board.
const WAYS: usize = 4;
const BOARDS: usize = PLACES / WAYS;

/// A job as it was read.
pub(super) struct Copy {
    namespace: Box<str>,
    dialect: &'static str,
    target: Target,
    /// When the reading began.
    pub(super) moment: Moment,
    /// The rows it was made from.
    pub(super) rows: [i64; 2],
    pub(super) job: Job,
}

/// All copies.
pub(super) struct Shelf {
    boards: Box<[Mutex<Board>]>,
    keys: RandomState,
}

#[derive(Default)]
struct Board {
    places: [Option<Arc<Copy>>; WAYS],
    /// The one that has stood longest, once all are taken.
    oldest: usize,
}

impl Default for Shelf {
    fn default() -> Shelf {
        Shelf {
            boards: std::iter::repeat_with(Mutex::default).take(BOARDS).collect(),
            keys: RandomState::new(),
        }
    }
}

impl Copy {
    pub(super) fn new(place: Place<'_>, moment: Moment, rows: [i64; 2], job: Job) -> Copy {
        let Place { namespace, dialect, target } = place;
        Copy { namespace: namespace.into(), dialect, target: target.clone(), moment, rows, job }
    }

    fn place(&self) -> Place<'_> {
        Place { namespace: &self.namespace, dialect: self.dialect, target: &self.target }
    }
}

impl Shelf {
    /// The copy that was made for this question, good or not.
    pub(super) fn find(&self, place: Place<'_>) -> Option<Arc<Copy>> {
        let board = self.board(place).lock().unwrap_or_else(PoisonError::into_inner);
        board.places.iter().flatten().find(|copy| copy.place() == place).cloned()
    }

    /// Puts a copy where it may stand.
    pub(super) fn put(&self, place: Place<'_>, copy: Copy) {
        let copy = Some(Arc::new(copy));
        let mut board = self.board(place).lock().unwrap_or_else(PoisonError::into_inner);
        let is_free =
            |standing: &Option<Arc<Copy>>| standing.as_ref().is_none_or(|copy| copy.place() == place);
        let displaced = match board.places.iter().position(is_free) {
            Some(free) => std::mem::replace(&mut board.places[free], copy),
            None => {
                let oldest = board.oldest;
                board.oldest = (oldest + 1) % WAYS;
                std::mem::replace(&mut board.places[oldest], copy)
            }
        };
        drop(board);
        // Nobody waits for its memory to be given back.
        drop(displaced);
    }

    fn board(&self, place: Place<'_>) -> &Mutex<Board> {
        let hash = self.keys.hash_one(place);
        &self.boards[usize::try_from(hash % BOARDS as u64).expect("it is less than BOARDS")]
    }
}
