//! Which format an answer has and a body is in: RFC 9110 §12.5.1 and §8.3.

use countermand_model::{Fault, FaultKind};
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};
use mediatype::{MediaType, names};

use crate::Format;
use crate::grammar::bytes::split_before;

/// A media type that a dialect writes or reads, with the format it stands for.
pub type Offer = (&'static str, Format);

/// What `Accept` likes best of what is offered, mostly [`Offer`]s; among equals the one offered first. Without the
/// header, the first.
///
/// # Errors
/// [`FaultKind::NotAcceptable`] when nothing is offered, or when the header excludes every offer. A header that is no list of media ranges is
/// read as far as it is one: old clients write odd things, and a refusal would break them.
pub fn answer<T: Copy + PartialEq>(headers: &HeaderMap, offers: &[(&'static str, T)]) -> Result<T, Fault> {
    let mut values = headers.get_all(ACCEPT).iter();
    // Programs say either that they take anything, or the one type that they take.
    if let (Some(only), None) = (values.next(), values.next())
        && let Some((_, liked)) = offers.iter().find(|(name, _)| only == "*/*" || only == essence(name))
    {
        return Ok(*liked);
    }
    let mut ranges = Vec::new();
    for value in headers.get_all(ACCEPT) {
        ranges.extend(value.to_str().unwrap_or_default().split(',').filter_map(Range::parse));
    }
    if let (true, Some((_, default))) = (ranges.is_empty(), offers.first()) {
        return Ok(*default);
    }
    let mut best: Option<(u16, T)> = None;
    for (name, offered) in offers {
        // A second name for the same answer is answered with the first, so it is of no use to who refuses that one.
        let written = offers.iter().find(|(_, other)| other == offered).map_or(*name, |(first, _)| *first);
        let refused = matches!(closest(&ranges, written), Some((2.., 0)));
        let quality = if refused { 0 } else { quality(&ranges, name) };
        if quality > 0 && best.is_none_or(|(so_far, _)| quality > so_far) {
            best = Some((quality, *offered));
        }
    }
    best.map(|(_, offered)| offered).ok_or_else(|| {
        let names: Vec<_> = offers.iter().map(|(name, _)| *name).collect();
        Fault::new(
            FaultKind::NotAcceptable,
            "The Accept header sent in the request does not match a supported type.",
        )
        .with_detail(format!("offered {}", names.join(", ")))
    })
}

/// The format a body is in, by `Content-Type`; without the header, `default`.
///
/// # Errors
/// [`FaultKind::UnsupportedMediaType`] for a type that is not read here, or a charset other than UTF-8 and, of XML, UTF-16.
pub fn body(headers: &HeaderMap, read: &[Offer], default: Format) -> Result<Format, Fault> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(default) };
    let refused = |detail: String| {
        let message = "The Content-Type header sent in the request does not match a supported type.";
        Fault::new(FaultKind::UnsupportedMediaType, message).with_detail(detail)
    };
    let text = value.to_str().map_err(|_| refused("not ASCII".to_owned()))?;
    let known =
        |text: &str| read.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, format)| *format);
    // Most clients write the type and nothing else, or the one charset that is always read.
    let (main, parameters) = split_before(text, b';');
    let is_usual = matches!(
        parameters,
        "" | ";charset=utf-8" | ";charset=UTF-8" | "; charset=utf-8" | "; charset=UTF-8"
    );
    if let (true, Some(format)) = (is_usual, known(main)) {
        return Ok(format);
    }
    // RFC 9110 §5.6.6: a parameter may be empty, so a `;` may end the value; mediatype wants one after each.
    let text = text.trim_end_matches([';', ' ', '\t']);
    let media = MediaType::parse(text).map_err(|error| refused(format!("{text:?}: {error}")))?;
    let format = known(essence(text)).ok_or_else(|| refused(text.to_owned()))?;
    let charsets: &[&str] = match format {
        Format::Json => &["utf-8", "utf8", "us-ascii"],
        // Which of them it is, the document's own bytes say.
        Format::Xml => &["utf-8", "utf8", "us-ascii", "utf-16", "utf-16le", "utf-16be"],
    };
    if let Some(charset) = mediatype::ReadParams::get_param(&media, names::CHARSET) {
        let name = charset.unquoted_str();
        if !charsets.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            return Err(refused(format!("charset {name}")));
        }
    }
    Ok(format)
}

/// A media type without its parameters.
fn essence(name: &str) -> &str {
    split_before(name, b';').0.trim_ascii_end()
}

/// One media range of an `Accept` header.
struct Range<'h> {
    main: &'h str,
    sub: &'h str,
    /// In thousandths.
    quality: u16,
}

impl<'h> Range<'h> {
    fn parse(text: &'h str) -> Option<Range<'h>> {
        let mut parts = text.split(';').map(str::trim);
        let (main, sub) = match parts.next()? {
            // Java's HttpURLConnection sends `*` beside `*/*` where nobody sets another Accept.
            "*" => ("*", "*"),
            range => range.split_once('/')?,
        };
        let quality = parts
            .filter_map(|part| part.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .map_or(Some(1000), |(_, value)| thousandths(value.trim()))?;
        Some(Range { main, sub, quality })
    }

    /// How closely it names a type: 3 exactly, 2 by its main type, 1 as anything, 0 not at all.
    fn closeness(&self, main: &str, sub: &str) -> u8 {
        match (self.main, self.sub) {
            ("*", "*") => 1,
            (given, "*") if given.eq_ignore_ascii_case(main) => 2,
            (given, under) if given.eq_ignore_ascii_case(main) && under.eq_ignore_ascii_case(sub) => 3,
            _ => 0,
        }
    }
}

/// A q-value, RFC 9110 §12.4.2, as thousandths. Clients write two forms that are not in its grammar, and are
/// understood: `.2`, as Java's HttpURLConnection does, and more than three digits, of which the first three count.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = if whole.is_empty() && !fraction.is_empty() { "0" } else { whole };
    if !matches!(whole, "0" | "1") || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let quality = format!("{whole}{fraction:0<3.3}").parse().ok()?;
    (quality <= 1000).then_some(quality)
}

/// What the closest range says of a type; 0 where none names it.
fn quality(ranges: &[Range<'_>], name: &str) -> u16 {
    closest(ranges, name).map_or(0, |(_, quality)| quality)
}

/// The closeness and the quality of the closest range that names a type.
fn closest(ranges: &[Range<'_>], name: &str) -> Option<(u8, u16)> {
    let (main, sub) = essence(name).split_once('/').unwrap_or((name, ""));
    ranges
        .iter()
        .map(|range| (range.closeness(main, sub), range.quality))
        .filter(|(closeness, _)| *closeness > 0)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERS: &[Offer] =
        &[("text/xml", Format::Xml), ("application/xml", Format::Xml), ("application/json", Format::Json)];

    fn accept(value: &str) -> Option<Format> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, value.parse().unwrap());
        answer(&headers, OFFERS).ok()
    }

    #[test]
    fn the_best_liked_offer_wins() {
        let cases = [
            ("*/*", Some(Format::Xml)),
            ("application/json", Some(Format::Json)),
            ("application/json;q=0.5, text/xml;q=0.4", Some(Format::Json)),
            ("application/*;q=0.9, text/xml;q=0.1", Some(Format::Xml)),
            ("text/xml;q=0, application/xml;q=0, */*", Some(Format::Json)),
            ("image/png", None),
            ("application/json;q=0", None),
            ("nonsense", Some(Format::Xml)),
            ("APPLICATION/JSON", Some(Format::Json)),
            ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", Some(Format::Xml)),
            ("application/json; q=.9, text/xml; q=.2", Some(Format::Json)),
            ("application/json;q=0.33333, text/xml;q=0.3333", Some(Format::Xml)),
            ("application/json;q=1.001, text/xml;q=0.1", Some(Format::Xml)),
            ("application/json;q=., text/xml;q=0.1", Some(Format::Xml)),
            ("*", Some(Format::Xml)),
            ("application/json;charset=utf-8", Some(Format::Json)),
            ("text/xml;q=0, */*", Some(Format::Json)),
            ("text/*;q=0, application/xml, application/json;q=0.1", Some(Format::Json)),
            ("application/xml, */*;q=0", Some(Format::Xml)),
        ];
        for (value, expected) in cases {
            assert_eq!(accept(value), expected, "Accept: {value}");
        }
        assert_eq!(answer(&HeaderMap::new(), OFFERS), Ok(Format::Xml));
    }

    #[test]
    fn a_body_is_what_its_type_says() {
        let body_of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, value.parse().unwrap());
            body(&headers, OFFERS, Format::Xml).map_err(|fault| fault.kind)
        };
        assert_eq!(body_of("application/json; charset=UTF-8"), Ok(Format::Json));
        assert_eq!(body_of("text/xml;charset=\"utf-8\""), Ok(Format::Xml));
        assert_eq!(body_of("text/xml; charset=iso-8859-1"), Err(FaultKind::UnsupportedMediaType));
        assert_eq!(body_of("text/xml; charset=utf-16"), Ok(Format::Xml));
        assert_eq!(body_of("application/json; charset=utf-16"), Err(FaultKind::UnsupportedMediaType));
        assert_eq!(body_of("application/json;"), Ok(Format::Json));
        assert_eq!(body_of("text/xml; charset=utf-8 ; "), Ok(Format::Xml));
        assert_eq!(body_of("text/plain"), Err(FaultKind::UnsupportedMediaType));
        assert_eq!(body_of("json"), Err(FaultKind::UnsupportedMediaType));
    }
}
