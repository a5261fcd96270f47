//! The text of a filter as tokens, each with its place. What a word means is not known here.

use super::Mistake;

/// A piece of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `(`
    Open,
    /// `)`
    Close,
    /// What stood between double quotes, its escapes resolved.
    Quoted(String),
    /// Anything else up to a blank, a parenthesis or a quote: a name, an operator, a number.
    Bare(String),
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Token::Open => f.write_str("a parenthesis"),
            Token::Close => f.write_str("a closing parenthesis"),
            Token::Quoted(text) => write!(f, "the text {text:?}"),
            Token::Bare(word) => write!(f, "{word:?}"),
        }
    }
}

/// The tokens of a filter, each with its position: characters from 1.
///
/// # Errors
/// A text that is not closed, and an escape that JSON does not have.
pub(super) fn tokens(filter: &str) -> Result<Vec<(usize, Token)>, Mistake> {
    let mut reader = Reader { ahead: filter.chars(), position: 1 };
    let mut tokens = Vec::new();
    while let Some(letter) = reader.peek() {
        let position = reader.position;
        let token = match letter {
            '(' => reader.single(Token::Open),
            ')' => reader.single(Token::Close),
            '"' => Token::Quoted(reader.quoted()?),
            letter if letter.is_whitespace() => {
                reader.take();
                continue;
            }
            _ => Token::Bare(reader.bare()),
        };
        tokens.push((position, token));
    }
    Ok(tokens)
}

/// A text on its way through, and the position of what comes next.
struct Reader<'f> {
    ahead: std::str::Chars<'f>,
    position: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.ahead.clone().next()
    }

    fn take(&mut self) -> Option<char> {
        let letter = self.ahead.next()?;
        self.position += 1;
        Some(letter)
    }

    fn single(&mut self, token: Token) -> Token {
        self.take();
        token
    }

    fn bare(&mut self) -> String {
        let mut word = String::new();
        while let Some(letter) = self.peek() {
            if letter.is_whitespace() || matches!(letter, '(' | ')' | '"') {
                break;
            }
            word.push(letter);
            self.take();
        }
        word
    }

    /// A text with the escapes of JSON, as RFC 7644 §3.4.2.2 has it.
    fn quoted(&mut self) -> Result<String, Mistake> {
        let opened = self.position;
        self.take();
        let mut text = String::new();
        loop {
            let position = self.position;
            match self.take() {
                None => return Err(Mistake::new(opened, "the text that begins here is not closed by a \"")),
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escaped(position)?),
                Some(letter) => text.push(letter),
            }
        }
    }

    /// What stands for itself or another letter after a backslash.
    fn escaped(&mut self, position: usize) -> Result<char, Mistake> {
        let refused =
            || Mistake::new(position, "this is not one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u");
        match self.take() {
            Some(letter @ ('"' | '\\' | '/')) => Ok(letter),
            Some('b') => Ok('\u{8}'),
            Some('f') => Ok('\u{c}'),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('u') => self.unicode(position),
            Some(_) | None => Err(refused()),
        }
    }

    /// A letter by its number in UTF-16: four digits, or twice four for a pair.
    fn unicode(&mut self, position: usize) -> Result<char, Mistake> {
        let first = self.four_digits(position)?;
        let mut units = vec![first];
        if matches!(first, 0xd800..0xdc00) && self.ahead.as_str().starts_with("\\u") {
            self.take();
            self.take();
            units.push(self.four_digits(position)?);
        }
        let letter = String::from_utf16(&units).ok().and_then(|text| text.chars().next());
        letter.ok_or_else(|| {
            Mistake::new(position, "this half of a pair of \\u escapes is no letter by itself")
        })
    }

    fn four_digits(&mut self, position: usize) -> Result<u16, Mistake> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.take().and_then(|letter| letter.to_digit(16));
            let digit = digit.ok_or_else(|| Mistake::new(position, "\\u takes four hexadecimal digits"))?;
            unit = unit * 16 + digit;
        }
        Ok(u16::try_from(unit).expect("four hexadecimal digits are sixteen bits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(word: &str) -> Token {
        Token::Bare(word.to_owned())
    }

    fn quoted(text: &str) -> Token {
        Token::Quoted(text.to_owned())
    }

    #[test]
    fn positions_count_characters_from_one() {
        let expected = vec![
            (1, Token::Open),
            (2, bare("état")),
            (7, bare("eq")),
            (10, quoted("ü\"")),
            (15, Token::Close),
            (17, bare("-5")),
        ];
        assert_eq!(tokens("(état eq \"ü\\\"\") -5"), Ok(expected));
        assert_eq!(tokens(" \t"), Ok(Vec::new()));
        assert_eq!(tokens("a\"b\"c"), Ok(vec![(1, bare("a")), (2, quoted("b")), (5, bare("c"))]));
    }

    #[test]
    fn escapes_are_those_of_json() {
        let text = |escaped: &str| match tokens(&format!("\"{escaped}\"")) {
            Ok(tokens) => Ok(tokens),
            Err(mistake) => Err(mistake.position),
        };
        let is = |letters: &str| Ok(vec![(1, quoted(letters))]);
        assert_eq!(text(r#"\"\\\/\b\f\n\r\t"#), is("\"\\/\u{8}\u{c}\n\r\t"));
        assert_eq!(text(r"\u00fc\ud83d\ude00"), is("ü😀"));
        for (wrong, position) in
            [(r"a\x", 3), (r"\u00g0", 2), (r"\ud83d", 2), (r"\ud83d\u0041", 2), (r"\u12", 2)]
        {
            assert_eq!(text(wrong), Err(position), "{wrong}");
        }
        assert_eq!(tokens("a \"b").map_err(|mistake| mistake.position), Err(3));
        assert_eq!(tokens("a \"b\\").map_err(|mistake| mistake.position), Err(5));
    }
}
