//! Which path of the legacy server a path of ours is. What the mount or the server's URL puts in front is exchanged;
//! what follows goes on as it came, byte for byte.

use countermand_upstream::Base;
use http::Uri;
use http::uri::PathAndQuery;

use crate::mount::{Found, below};

/// Where the legacy server has what the dialect has at its own paths.
pub(super) struct Places {
    server: Base,
    /// The path of its URL.
    path: String,
}

impl Places {
    pub(super) fn of(base: &Base) -> Places {
        let scheme = if base.is_tls() { "https" } else { "http" };
        let server = Base::parse(&format!("{scheme}://{}", base.authority()));
        Places { server: server.expect("a part of a URL that was read"), path: base.path().to_owned() }
    }

    /// The server itself, without a path.
    pub(super) fn server(&self) -> Base {
        self.server.clone()
    }

    /// The path and query to ask for. The `url` of an upstream stands for the dialect's [`root`](countermand_dialects::Dialect::root); what
    /// the dialect has beside its root is beside that.
    pub(super) fn target(&self, found: &Found<'_>, asked: &Uri) -> Result<Uri, String> {
        let (mount, dialect) = (found.mount, found.mount.dialect);
        let is_same = mount.prefix.is_empty() && mount.path.is_none() && self.path == dialect.root;
        if let (true, Some(target)) = (is_same, asked.path_and_query()) {
            return Ok(Uri::from(target.clone()));
        }
        let own = format!("{}{}", found.base.map_or("", |base| dialect.paths[base]), found.rest);
        let mut target = self.moved(dialect.root, &own);
        if let Some(query) = asked.query() {
            target.push('?');
            target.push_str(query);
        }
        PathAndQuery::try_from(target).map(Uri::from).map_err(|error| error.to_string())
    }

    fn moved(&self, root: &str, own: &str) -> String {
        match (self.path.strip_suffix(root), below(root, own)) {
            (Some(before), _) => format!("{before}{own}"),
            (None, Some(rest)) => format!("{}{rest}", self.path),
            (None, None) => own.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use countermand_upstream::Base;

    use super::Places;

    #[test]
    fn what_stands_in_front_is_exchanged_and_the_rest_is_as_it_came() {
        let check = |url: &str, root: &str, own: &str, expected: &str| {
            let places = Places::of(&Base::parse(url).unwrap());
            assert_eq!(places.moved(root, own), expected, "{url}");
        };
        let root = "/webacs/api";
        check("http://h/webacs/api", root, "/webacs/api/v1//a%2Fb;x", "/webacs/api/v1//a%2Fb;x");
        check("http://h/old/webacs/api", root, "/webacs/api/v1", "/old/webacs/api/v1");
        check("http://h/old/webacs/api", root, "/webacs/login", "/old/webacs/login");
        check("http://h/elsewhere", root, "/webacs/api/v1", "/elsewhere/v1");
        check("http://h/elsewhere", root, "/webacs/login", "/webacs/login");
        check("http://h", "", "/requests/1", "/requests/1");
        check("http://h/odag", "", "/requests/1", "/odag/requests/1");
    }
}
