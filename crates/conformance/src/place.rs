//! Places in an answer, and patterns of places. A place in a JSON document is written as a JSON pointer (RFC 6901), one
//! in an XML document as the path of element names, a header as `header:name`. Knows no document.

use std::fmt;

/// A place in a document, from its root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    steps: Vec<Step>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    /// A member's name, an item's index from 0, an element's name, or `@` and an attribute's name.
    name: String,
    /// Which of the elements of that name, from 1; `None` where there is just one.
    nth: Option<usize>,
}

impl Path {
    /// The root of a document.
    #[must_use]
    pub fn root() -> Path {
        Path::default()
    }

    /// One step further: a member, an item or an attribute.
    #[must_use]
    pub fn then(&self, name: impl Into<String>) -> Path {
        self.then_nth(name, None)
    }

    /// One step further, to the nth element of a name.
    #[must_use]
    pub fn then_nth(&self, name: impl Into<String>, nth: Option<usize>) -> Path {
        let mut steps = self.steps.clone();
        steps.push(Step { name: name.into(), nth });
        Path { steps }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            write!(f, "/{}", step.name.replace('~', "~0").replace('/', "~1"))?;
            if let Some(nth) = step.nth {
                write!(f, "[{nth}]")?;
            }
        }
        Ok(())
    }
}

/// A pattern of places, as `mask` and `times` of a fixture write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    text: String,
    pattern: Pattern,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    /// A header, in lower case.
    Header(String),
    /// A path; `*` stands for any one step.
    Path(Vec<String>),
}

impl Mask {
    /// Reads a pattern.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to write.
    pub fn read(text: &str) -> Result<Mask, String> {
        let pattern = if let Some(name) = text.strip_prefix("header:") {
            let name = http::HeaderName::try_from(name)
                .map_err(|_| format!("{name:?} is not a header's name; write such as \"header:date\""))?;
            Pattern::Header(name.as_str().to_owned())
        } else if let Some(path) = text.strip_prefix('/') {
            Pattern::Path(path.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect())
        } else {
            return Err(format!(
                "{text:?} is not a place; write a header as \"header:date\", a JSON pointer as \"/links/*/href\", \
                 an element as \"/jobs/job/id\", an attribute as \"/jobs/@count\""
            ));
        };
        Ok(Mask { text: text.to_owned(), pattern })
    }

    /// Whether it stands for a header.
    #[must_use]
    pub fn covers_header(&self, name: &str) -> bool {
        matches!(&self.pattern, Pattern::Header(header) if header.eq_ignore_ascii_case(name))
    }

    /// Whether it stands for a place in a document. What is below such a place is covered with it.
    #[must_use]
    pub fn covers(&self, path: &Path) -> bool {
        matches!(&self.pattern, Pattern::Path(pattern) if pattern.len() == path.steps.len())
            && self.holds(path)
    }

    /// Whether it stands for a place in a document, or for one around it.
    #[must_use]
    pub fn holds(&self, path: &Path) -> bool {
        let Pattern::Path(pattern) = &self.pattern else { return false };
        pattern.len() <= path.steps.len()
            && pattern.iter().zip(&path.steps).all(|(want, step)| fits(want, step))
    }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A step fits its own name, whichever of its kind it is; `name[2]` fits the second only.
fn fits(want: &str, step: &Step) -> bool {
    want == "*" || want == step.name || step.nth.is_some_and(|nth| want == format!("{}[{nth}]", step.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_covers_what_it_names() {
        let href = Path::root().then("links").then("3").then("href");
        assert_eq!(href.to_string(), "/links/3/href");
        for (pattern, covered) in
            [("/links/*/href", true), ("/links/3/href", true), ("/links/2/href", false), ("/links", false)]
        {
            assert_eq!(Mask::read(pattern).unwrap().covers(&href), covered, "{pattern}");
        }
        let second = Path::root().then("jobs").then_nth("job", Some(2));
        for (pattern, covered) in [("/jobs/job", true), ("/jobs/job[2]", true), ("/jobs/job[1]", false)] {
            assert_eq!(Mask::read(pattern).unwrap().covers(&second), covered, "{pattern}");
        }
        let link = Path::root().then("links").then("3");
        let mask = Mask::read("/links/*").unwrap();
        assert!(mask.holds(&link) && mask.holds(&href) && !mask.holds(&Path::root().then("links")));
        assert!(Mask::read("header:Date").unwrap().covers_header("date"));
        assert!(Mask::read("/a~1b").unwrap().covers(&Path::root().then("a/b")));
    }

    #[test]
    fn what_is_no_place_is_refused_with_examples() {
        assert!(Mask::read("date").unwrap_err().contains("header:date"));
        assert!(Mask::read("header:a b").unwrap_err().contains("not a header's name"));
    }
}
