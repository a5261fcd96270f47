//! What every `mgmtResponse` begins with.

use super::style::Style;
use crate::Echo;
use crate::grammar::json::Writer as Json;

const RESPONSE_TYPE: &str = "operation";

/// Quirk: the order of the members that stand for attributes changed with v2; a v1 server's raw bytes have the type
/// first. fixtures/cisco-prime/v1-reference-json.http
pub(super) fn attributes(style: Style, json: &mut Json, echo: &Echo) {
    if style.is_v1() {
        json.member_string("@responseType", RESPONSE_TYPE);
        json.member_string("@requestUrl", &style.json_url(&echo.request_url));
    } else {
        json.member_string("@requestUrl", &style.json_url(&echo.request_url));
        json.member_string("@responseType", RESPONSE_TYPE);
    }
    json.member_string("@rootUrl", &style.json_url(&echo.root_url));
}

pub(super) fn xml_attributes(echo: &Echo) -> [(&str, &str); 3] {
    [("responseType", RESPONSE_TYPE), ("requestUrl", &echo.request_url), ("rootUrl", &echo.root_url)]
}
