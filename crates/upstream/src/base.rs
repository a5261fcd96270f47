//! The URL that a server's requests stand below. Configuration is its only source: no part of it comes from a caller.

use std::fmt;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Uri};

/// A scheme, an authority and a path: what stands before the path and query of every request to one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    scheme: Scheme,
    authority: Authority,
    /// Empty, or beginning with `/` and not ending with one.
    path: String,
}

/// A path and query that is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseError {
    /// It is none: it does not begin with `/` or `?`, or has characters that no request line carries.
    NotATarget,
    /// It has a segment `.` or `..`, also percent-encoded. Servers remove these, and would so leave the base.
    DotSegment,
}

impl fmt::Display for BaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BaseError::NotATarget => "not a path and query that can be asked for",
            BaseError::DotSegment => "a path with a segment . or .., which would leave the server's URL",
        })
    }
}

impl std::error::Error for BaseError {}

impl Base {
    /// Reads a URL such as `https://prime.example/webacs/api`. A slash at its end means nothing.
    ///
    /// # Errors
    /// A sentence that says how to write it.
    pub fn parse(url: &str) -> Result<Base, String> {
        let advice =
            |problem: &str| format!("{url:?} {problem}; write it as \"https://prime.example/webacs/api\"");
        if url.contains('#') {
            return Err(advice("has a fragment"));
        }
        let uri: Uri = url.parse().map_err(|_| advice("is not a URL"))?;
        let parts = uri.into_parts();
        let scheme = parts.scheme.filter(|scheme| [Scheme::HTTP, Scheme::HTTPS].contains(scheme));
        let (Some(scheme), Some(authority)) = (scheme, parts.authority) else {
            return Err(advice("is not a URL of http or https"));
        };
        if authority.as_str().contains('@') {
            return Err(advice("names a user, which belongs into user and password_file"));
        }
        let rest = parts.path_and_query.unwrap_or_else(|| PathAndQuery::from_static("/"));
        if rest.query().is_some() {
            return Err(advice("has a query"));
        }
        let path = rest.path().trim_end_matches('/');
        if climbs(path) {
            return Err(advice("has a segment . or .."));
        }
        Ok(Base { scheme, authority, path: path.to_owned() })
    }

    /// What to ask the server for: a path and query below this URL; `None` is the URL itself. It is taken as it is;
    /// nothing is decoded, and no slash is added or removed.
    ///
    /// # Errors
    /// It is not one that may be sent.
    pub fn join(&self, target: Option<&PathAndQuery>) -> Result<PathAndQuery, BaseError> {
        let below = target.map_or("", PathAndQuery::as_str);
        if !(below.is_empty() || below.starts_with(['/', '?'])) {
            return Err(BaseError::NotATarget);
        }
        if target.is_some_and(|target| climbs(target.path())) {
            return Err(BaseError::DotSegment);
        }
        match target {
            Some(target) if self.path.is_empty() && below.starts_with('/') => Ok(target.clone()),
            // The path of a URL is never empty on the wire.
            _ if self.path.is_empty() => PathAndQuery::try_from(format!("/{below}")),
            _ => PathAndQuery::try_from(format!("{}{below}", self.path)),
        }
        .map_err(|_| BaseError::NotATarget)
    }

    /// Its scheme and authority, to connect to.
    pub(crate) fn server(&self) -> Uri {
        let root = PathAndQuery::from_static("/");
        let uri = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone());
        uri.path_and_query(root).build().expect("a part of a URL that was read")
    }

    /// Host and port, as configured: what `Host` says.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The path in front of every request: empty, or beginning with `/` and not ending with one.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value of `Host`.
    #[must_use]
    pub fn host(&self) -> HeaderValue {
        HeaderValue::from_str(self.authority.as_str()).expect("an authority is visible ASCII")
    }

    /// Whether it is reached by TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

/// Whether a path has a dot segment (RFC 3986 §3.3), in any way of writing one. What follows a `;` is a parameter of the
/// segment: servlet containers take it off before they look at the dots. What stands between two slashes that are
/// encoded counts as a segment too: many servers decode first.
fn climbs(path: &str) -> bool {
    const SLASHES: [&str; 4] = ["%2f", "%2F", "%5c", "%5C"];
    // Most paths have no dot at all.
    if !path.bytes().any(|byte| matches!(byte, b'.' | b'%')) {
        return false;
    }
    if SLASHES.iter().any(|slash| path.contains(slash)) {
        return climbs(&SLASHES.iter().fold(path.to_owned(), |path, slash| path.replace(slash, "/")));
    }
    path.split(['/', '\\']).any(|segment| {
        let name = segment.split(';').next().unwrap_or_default();
        let plain = name.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(base: &str, target: &str) -> Result<String, BaseError> {
        let target = Some(target).filter(|target| !target.is_empty()).map(PathAndQuery::try_from).transpose();
        let target = target.map_err(|_| BaseError::NotATarget)?;
        Base::parse(base).unwrap().join(target.as_ref()).map(|target| target.to_string())
    }

    #[test]
    fn a_target_stands_below_the_base_as_it_is() {
        let base = "https://prime.example:8443/webacs/api/";
        let cases = [
            ("/v4/op/x.json", "/webacs/api/v4/op/x.json"),
            ("?a=b/../c", "/webacs/api?a=b/../c"),
            ("", "/webacs/api"),
            ("//a%2Fb;x=1?q=%20", "/webacs/api//a%2Fb;x=1?q=%20"),
        ];
        for (target, expected) in cases {
            assert_eq!(joined(base, target).as_deref(), Ok(expected));
        }
        assert_eq!(joined("http://a", "").as_deref(), Ok("/"));
        assert_eq!(joined("http://a", "?x").as_deref(), Ok("/?x"));
        assert_eq!(joined("http://a", "/x//y?z").as_deref(), Ok("/x//y?z"));
    }

    #[test]
    fn nothing_leaves_the_base() {
        for target in [
            "/..",
            "/a/../b",
            "/%2e%2E/b",
            "/.%2e;x/b",
            "/./a",
            "/a/..?q",
            "/..;a=b",
            "/a/%2e",
            "/a\\..\\b",
            "/a%2F..%2fb",
            "/a%5c%2e%2e",
        ] {
            assert_eq!(joined("http://a/b", target), Err(BaseError::DotSegment), "{target}");
        }
        for target in ["*", "/a b", "/a\r\nx: y", "/a\0"] {
            assert_eq!(joined("http://a/b", target), Err(BaseError::NotATarget), "{target}");
        }
        assert!(joined("http://a/b", "/...").is_ok() && joined("http://a/b", "/a..").is_ok());
        assert!(joined("http://a/b", "/a%2Fb..%2f...").is_ok());
    }

    #[test]
    fn what_is_no_base_is_told_how_to_write_it() {
        let cases = [
            ("prime.example", "not a URL of"),
            ("ftp://prime.example", "not a URL of"),
            ("http://ana:secret@prime.example", "names a user"),
            ("http://prime.example/?a", "has a query"),
            ("http://prime.example/#a", "has a fragment"),
            ("http://prime.example/a/../b", "has a segment"),
            ("http://prime example", "is not a URL"),
        ];
        for (url, says) in cases {
            let problem = Base::parse(url).unwrap_err();
            assert!(problem.contains(says) && problem.contains("write it as"), "{url}: {problem}");
        }
    }
}
