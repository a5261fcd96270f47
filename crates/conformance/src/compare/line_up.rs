//! Which item of one list stands for which of another, so that one item more is one difference and not as many as
//! follow it.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// A pair of items by their indexes, or one that the other list has not.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// Lines up two lists by what their items are called, or are.
pub(super) fn line_up(expected: &[String], seen: &[String]) -> Vec<Pair> {
    if expected == seen {
        return (0..expected.len()).map(|index| (Some(index), Some(index))).collect();
    }
    let mut pairs = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, expected, seen) {
        match op {
            DiffOp::Equal { old_index, new_index, len } => {
                pairs.extend((0..len).map(|place| (Some(old_index + place), Some(new_index + place))));
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                pairs.extend((old_index..old_index + old_len).map(|index| (Some(index), None)));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                pairs.extend((new_index..new_index + new_len).map(|index| (None, Some(index))));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                pairs.extend((0..old_len.max(new_len)).map(|place| {
                    let index = |start: usize, len: usize| (place < len).then_some(start + place);
                    (index(old_index, old_len), index(new_index, new_len))
                }));
            }
        }
    }
    pairs
}
