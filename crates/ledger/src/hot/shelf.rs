//! Where the copies stand: so many places and no more. Each question has a few places that it may stand in, by a keyed
//! hash; a new one takes an empty place there or displaces the one that has stood longest.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use countermand_model::{Job, Target};

use super::{Moment, Place};

/// How many copies there are at most.
pub(super) const PLACES: usize = 1 << 14;

/// In how many places a question may stand: so many are a board. With few, chance would crowd some boards while others
/// stand half empty: of ten thousand jobs polled in turn, boards of 4 lose a fifth and boards of 32 none.
const WAYS: usize = 32;
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

/// Side by side, so that a look at the hashes finds the place.
#[derive(Default)]
struct Board {
    hashes: [u64; WAYS],
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
        let (hash, board) = self.board(place);
        let board = board.lock().unwrap_or_else(PoisonError::into_inner);
        let found = board.hashes.iter().position(|there| *there == hash)?;
        board.places[found].clone().filter(|copy| copy.place() == place)
    }

    /// Puts a copy where it may stand.
    pub(super) fn put(&self, copy: Copy) {
        let (hash, board) = self.board(copy.place());
        let copy = Some(Arc::new(copy));
        let mut board = board.lock().unwrap_or_else(PoisonError::into_inner);
        let before = board.hashes.iter().position(|there| *there == hash);
        let free = before.or_else(|| board.places.iter().position(Option::is_none));
        let place = free.unwrap_or_else(|| {
            let oldest = board.oldest;
            board.oldest = (oldest + 1) % WAYS;
            oldest
        });
        board.hashes[place] = hash;
        let displaced = std::mem::replace(&mut board.places[place], copy);
        drop(board);
        // Nobody waits for its memory to be given back.
        drop(displaced);
    }

    /// The hash of a question, and its board. Two questions of one hash displace each other.
    fn board(&self, place: Place<'_>) -> (u64, &Mutex<Board>) {
        let hash = self.keys.hash_one(place);
        (hash, &self.boards[usize::try_from(hash % BOARDS as u64).expect("it is less than BOARDS")])
    }
}
