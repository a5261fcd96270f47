//! What is refused and where; and that our idea of XML is roxmltree's.

use proptest::prelude::*;

use super::*;
use crate::Malformed;

/// Reads all texts and attributes of a document, in order, whatever its names.
fn swallow(bytes: &[u8], root: &str) -> Result<Vec<String>, Malformed> {
    fn swallow_element(element: &mut Element<'_, '_>, seen: &mut Vec<String>) -> Result<(), Malformed> {
        seen.push(element.name().to_owned());
        seen.extend(element.attribute("a").map(String::from));
        if element.name() == "text" {
            seen.push(element.text()?.into_owned());
            return Ok(());
        }
        element.children(|child| swallow_element(child, seen))
    }
    let mut seen = Vec::new();
    read(bytes, root, |root| swallow_element(root, &mut seen))?;
    Ok(seen)
}

/// Whether a document is read, whatever its root is called.
fn accepts(bytes: &[u8]) -> bool {
    let Err(error) = read(bytes, "", |_| Ok(())) else { return true };
    // A path, not a line: all that is wrong so far is the root's name, and the error tells it.
    error.place.strip_prefix('/').is_some_and(|root| read(bytes, root, |_| Ok(())).is_ok())
}

#[test]
fn what_is_not_xml_is_refused_with_its_place() {
    let deep = "<a>".repeat(100_000);
    let many = format!("<a {}/>", (0..100).map(|n| format!("a{n}='' ")).collect::<String>());
    let cases: &[(&str, &str)] = &[
        ("", "line 1 column 1"),
        ("  \n ", "line 2 column 2"),
        ("order", "line 1 column 1"),
        ("<a>", "line 1 column 4"),
        ("<a>\n<b></a>", "line 2 column 4"),
        ("<a></a>\njunk", "line 1 column 8"),
        ("<a/><a/>", "line 1 column 5"),
        ("<a/><![CDATA[]]>", "line 1 column 5"),
        ("<a/>&amp;", "line 1 column 5"),
        ("<!DOCTYPE a><a/>", "line 1 column 1"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "line 1 column 1"),
        ("<a>&b;</a>", "line 1 column 4"),
        ("<a>&</a>", "line 1 column 4"),
        ("<a>&#0;</a>", "line 1 column 4"),
        ("<a>&#x110000;</a>", "line 1 column 4"),
        ("<a>&#+7;</a>", "line 1 column 4"),
        ("<a>\u{1}</a>", "line 1 column 4"),
        ("<a>\u{ffff}</a>", "line 1 column 4"),
        ("<a>é]]></a>", "line 1 column 5"),
        ("<a b='<'/>", "line 1 column 7"),
        ("<a b='&c;'/>", "line 1 column 7"),
        ("<a b='1' b='2'/>", "line 1 column 10"),
        ("<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", "line 1 column 35"),
        ("<a b='1'c='2'/>", "line 1 column 9"),
        ("<a b/>", "line 1 column 4"),
        ("<a b \u{feff}='1'/>", "line 1 column 4"),
        ("<a b=c/>", "line 1 column 4"),
        ("<1/>", "line 1 column 1"),
        ("<a:b/>", "line 1 column 1"),
        ("<xmlns:a/>", "line 1 column 1"),
        ("<a xmlns:p=''/>", "line 1 column 4"),
        ("<a></ a>", "line 1 column 4"),
        ("<a><!-- -- --></a>", "line 1 column 4"),
        ("<a><!-- ---></a>", "line 1 column 4"),
        ("<a><?xml version='1.0'?></a>", "line 1 column 4"),
        ("<a><?XML b?></a>", "line 1 column 4"),
        ("<a><?1?></a>", "line 1 column 4"),
        (" <?xml version='1.0'?><a/>", "line 1 column 2"),
        ("<?xml?><a/>", "line 1 column 6"),
        ("<?xml version='1.1'?><a/>", "line 1 column 7"),
        ("<?xml encoding='utf-8' version='1.0'?><a/>", "line 1 column 24"),
        ("<?xml version='1.0' encoding='latin1'?><a/>", "line 1 column 21"),
        ("<?xml version='1.0' standalone='maybe'?><a/>", "line 1 column 21"),
        ("\u{feff}\u{feff}<a/>", "line 1 column 1"),
        (&deep, "line 1 column 193"),
        (&many, "line 1 column 218"),
    ];
    for (text, place) in cases {
        let error = read(text.as_bytes(), "a", |_| Ok(())).unwrap_err();
        assert_eq!(error.place, *place, "{text:.80}: {error}");
    }
    assert_eq!(read(b"<a>\xff</a>", "a", |_| Ok(())).unwrap_err().place, "byte 4");
}

#[test]
fn what_is_xml_is_read() {
    let cases = [
        "<order/>",
        "<?xml version=\"1.0\" ?>\n<!-- - --><order>\r\n</order ><?p i?>\n",
        "\u{feff}<?xml version='1.0' encoding=\"utf-8\" standalone='yes'?><order/>",
        "<ns2:order xmlns:ns2='urn:x' ns2:b=''/>",
        "<order xml:space='preserve' xmlns='u'><text>]]&gt;</text></order>",
    ];
    for text in cases {
        let read = read(text.as_bytes(), "order", |_| Ok(()));
        assert_eq!(read, Ok(()), "{text}");
        assert!(roxmltree::Document::parse(text).is_ok(), "{text}");
    }
}

/// UTF-16, the low or the high byte first, of text that says for itself whether it begins with a byte order mark.
fn utf16(text: &str, low_first: bool) -> Vec<u8> {
    text.encode_utf16()
        .flat_map(|unit| if low_first { unit.to_le_bytes() } else { unit.to_be_bytes() })
        .collect()
}

#[test]
fn utf_16_is_read_where_the_bytes_are_utf_16() {
    let marked = "\u{feff}<text>1</text>";
    let declared = "<?xml version='1.0' encoding='UTF-16'?><text>1</text>";
    for bytes in [utf16(marked, true), utf16(marked, false), utf16(declared, true), utf16(declared, false)] {
        assert_eq!(swallow(&bytes, "text").unwrap(), ["text", "1"]);
    }
    let wrong = |bytes: &[u8]| swallow(bytes, "text").unwrap_err().to_string();
    assert_eq!(wrong(declared.as_bytes()), "line 1 column 21: the encoding is not UTF-8");
    let utf8 = declared.replace("16", "8");
    assert_eq!(wrong(&utf16(&utf8, true)), "line 1 column 21: the encoding is not UTF-16");
    let other_order = declared.replace("UTF-16", "utf-16be");
    assert_eq!(wrong(&utf16(&other_order, true)), "line 1 column 21: the encoding is not UTF-16");
    let cut = utf16(marked, true);
    assert_eq!(wrong(&cut[..cut.len() - 1]), "byte 29: the body is not UTF-16");
    // Half of a pair of surrogates.
    assert_eq!(wrong(b"\xff\xfe<\0\0\xd8a\0"), "byte 5: the body is not UTF-16");
    // Without a mark and without a declaration nothing tells it from UTF-8 with a character that XML has not.
    assert!(wrong(&utf16("<a/>", true)).contains("U+0000"));
}

#[test]
fn text_is_what_xml_says_it_is() {
    let text = "<text a=\"1&#10;\t'&lt;\">a&amp;b<![CDATA[<c>\r\n&]]>\r\u{e9}<!-- --></text>";
    assert_eq!(swallow(text.as_bytes(), "text").unwrap(), ["text", "1\n '<", "a&b<c>\n&\n\u{e9}"]);
}

#[test]
fn an_element_is_found_by_its_path() {
    let place = |text: &str| swallow(text.as_bytes(), "a").unwrap_err().place;
    assert_eq!(place("<a>x</a>"), "/a");
    assert_eq!(place("<a><b/>x</a>"), "/a");
    assert_eq!(place("<a><b/><c/><b><text/><text><d/></text></b></a>"), "/a/b[2]/text[2]");
    assert_eq!(place("<a><b><b/></b><p:b xmlns:p='u'>x</p:b></a>"), "/a/b[2]");
    assert_eq!(place("<b/>"), "/b");
}

#[test]
fn what_the_caller_leaves_is_passed_over_and_still_checked() {
    let names = |text: &str| {
        let mut names = Vec::new();
        read(text.as_bytes(), "a", |root| {
            root.children(|child| {
                names.push(child.name().to_owned());
                Ok(())
            })
        })
        .map(|()| names)
    };
    assert_eq!(names("<a><b>text<c/></b><d/></a>").unwrap(), ["b", "d"]);
    assert_eq!(names("<a><b>&c;</b><d/></a>").unwrap_err().place, "line 1 column 7");
    assert_eq!(names("<a><b/></a><c/>").unwrap_err().place, "line 1 column 12");
}

/// A tree as the writer takes it; the text only where there are no children.
#[derive(Clone, Debug)]
struct Tree {
    attribute: Option<String>,
    text: String,
    children: Vec<Tree>,
}

impl Tree {
    fn write(&self, xml: &mut Writer) {
        let attributes: Vec<_> = self.attribute.iter().map(|value| ("a", value.as_str())).collect();
        let name = if self.children.is_empty() { "text" } else { "node" };
        xml.element(name, &attributes, |xml| {
            xml.text(if self.children.is_empty() { &self.text } else { "" });
            self.children.iter().for_each(|child| child.write(xml));
        });
    }

    /// What [`swallow`] makes of it.
    fn list(&self, list: &mut Vec<String>) {
        list.push(if self.children.is_empty() { "text" } else { "node" }.to_owned());
        list.extend(self.attribute.as_deref().map(held));
        if self.children.is_empty() {
            list.push(held(&self.text));
        }
        self.children.iter().for_each(|child| child.list(list));
    }
}

/// A text as XML can hold it.
fn held(text: &str) -> String {
    text.chars().map(|char| if super::characters::is_char(char) { char } else { '\u{fffd}' }).collect()
}

fn trees() -> impl Strategy<Value = Tree> {
    let text = prop_oneof![".*", "[\\x00-\\x7f]{0,8}", "[<>&'\"\\]\r\n\t \u{fffe}]{0,8}"];
    let leaf = (proptest::option::of(text.clone()), text.clone()).prop_map(|(attribute, text)| Tree {
        attribute,
        text,
        children: Vec::new(),
    });
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (proptest::option::of(text.clone()), proptest::collection::vec(inner, 0..4))
            .prop_map(|(attribute, children)| Tree { attribute, text: String::new(), children })
    })
}

/// Scraps of markup that a mutation puts somewhere.
const SCRAPS: &[&str] = &[
    "<",
    ">",
    "/",
    "&",
    ";",
    "&amp;",
    "&#1;",
    "&#x41;",
    "&b;",
    "<!--",
    "-->",
    "-",
    "--",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<?xml version='1.0'?>",
    "<?xml ",
    "xml",
    "xmlns",
    "xmlns:p='u'",
    "p:",
    ":",
    " ",
    "\n",
    "\r",
    "\t",
    "'",
    "\"",
    "=",
    "a='1'",
    " b=\"2\"",
    "<a>",
    "</a>",
    "<b/>",
    "<p:b/>",
    "é",
    "\u{fffe}",
    "\u{1}",
    "\u{feff}",
    "text",
    "<!DOCTYPE a>",
    "encoding='latin1'",
    "standalone='yes'",
    "1",
    ".",
    "\u{b7}",
];

const DOCUMENTS: &[&str] = &[
    "<?xml version=\"1.0\" ?><order><ids><id>15</id><id>25</id></ids></order>",
    "<a b=\"1\" c='2'><!-- c --><d>t&amp;&#65;</d><![CDATA[x]]><?p i?></a>\n",
    "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<p:a xmlns:p='u' p:b='v' xml:lang='en'><p:c/></p:a>",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back_here_and_in_roxmltree(tree in trees()) {
        let mut xml = Writer::new();
        tree.write(&mut xml);
        let bytes = xml.finish();
        let mut expected = Vec::new();
        tree.list(&mut expected);
        let root = expected[0].clone();
        prop_assert_eq!(swallow(&bytes, &root), Ok(expected.clone()));

        let text = std::str::from_utf8(&bytes).unwrap();
        let document = roxmltree::Document::parse(text).unwrap();
        let mut found = Vec::new();
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            found.push(node.tag_name().name().to_owned());
            found.extend(node.attribute("a").map(str::to_owned));
            if node.tag_name().name() == "text" {
                found.push(node.text().unwrap_or_default().to_owned());
            }
        }
        prop_assert_eq!(found, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8192, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_here_roxmltree_accepts_too(
        document in 0..DOCUMENTS.len(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..3_usize, 0..SCRAPS.len(), 0..6_usize), 1..4),
    ) {
        let mut text: Vec<char> = DOCUMENTS[document].chars().collect();
        for (place, kind, scrap, length) in edits {
            let start = place.index(text.len() + 1);
            let end = (start + length).min(text.len());
            match kind {
                0 => drop(text.splice(start..start, SCRAPS[scrap].chars())),
                1 => drop(text.splice(start..end, SCRAPS[scrap].chars())),
                _ => drop(text.drain(start..end)),
            }
        }
        let text: String = text.into_iter().collect();
        if accepts(text.as_bytes()) {
            let parsed = roxmltree::Document::parse(&text);
            prop_assert!(parsed.is_ok(), "{}: {:?}", text, parsed.err());
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        prop_assert!(!accepts(&bytes) || roxmltree::Document::parse(std::str::from_utf8(&bytes).unwrap()).is_ok());
    }
}
