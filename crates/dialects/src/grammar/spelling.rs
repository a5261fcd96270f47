//! What a misspelt name was probably meant to be.

/// The candidate a misspelt name most likely meant; `None` when nothing is near: fewer than half of its letters, or
/// one where it is very short, may differ.
#[must_use]
pub fn nearest<'c>(word: &str, candidates: &[&'c str]) -> Option<&'c str> {
    candidates
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), *candidate))
        .filter(|(distance, candidate)| *distance * 2 < candidate.len().max(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What to write in place of a name that is none of the candidates: the nearest of them, or else which there are.
#[must_use]
pub fn advice(word: &str, candidates: &[&str]) -> String {
    nearest(word, candidates).map_or_else(
        || format!("there are {}", candidates.join(", ")),
        |nearest| format!("did you mean {nearest}?"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_guessed() {
        let words = ["delivery", "lifetime", "id"];
        for (word, meant) in
            [("delivry", Some("delivery")), ("lifteime", Some("lifetime")), ("di", Some("id")), ("zzz", None)]
        {
            assert_eq!(nearest(word, &words), meant, "{word}");
        }
        assert_eq!(nearest("any", &[]), None);
    }
}
