//! Which cases are played, by their names.

use globset::{Glob, GlobSet, GlobSetBuilder};

/// A choice of cases. Without any pattern, all of them.
#[derive(Clone, Debug)]
pub struct Filter {
    patterns: Option<GlobSet>,
}

impl Filter {
    /// Cases that fit any of these patterns: `*` and `?` as in a shell, and `*` does not end at a `/`.
    ///
    /// # Errors
    /// A sentence about the pattern that is none.
    pub fn new(patterns: &[String]) -> Result<Filter, String> {
        if patterns.is_empty() {
            return Ok(Filter { patterns: None });
        }
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            set.add(
                Glob::new(pattern)
                    .map_err(|error| format!("{error}; write such as 'oracle-ess/cancel-*'"))?,
            );
        }
        let set = set.build().map_err(|error| error.to_string())?;
        Ok(Filter { patterns: Some(set) })
    }

    /// Which of the patterns, by their places, fit a case of that name.
    #[must_use]
    pub fn fitting(&self, name: &str) -> Vec<usize> {
        let Some(patterns) = &self.patterns else { return Vec::new() };
        let case = name.rsplit('/').next().unwrap_or(name);
        [patterns.matches(name), patterns.matches(case)].concat()
    }

    /// Whether a case of that name, `<dialect>/<case>`, is chosen. A pattern without a `/` may fit the case alone.
    #[must_use]
    pub fn fits(&self, name: &str) -> bool {
        self.patterns.is_none() || !self.fitting(name).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_the_whole_name_or_the_case() {
        let fits = |pattern: &str, name| Filter::new(&[pattern.to_owned()]).unwrap().fits(name);
        assert!(fits("oracle-ess/*", "oracle-ess/get-running") && fits("get-*", "oracle-ess/get-running"));
        assert!(fits("*running", "oracle-ess/get-running") && !fits("get", "oracle-ess/get-running"));
        assert!(Filter::new(&[]).unwrap().fits("x/y"));
        assert!(Filter::new(&["[".to_owned()]).is_err());
    }
}
