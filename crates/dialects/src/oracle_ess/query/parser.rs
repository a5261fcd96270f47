//! Tokens as an expression: what binds what, and how much of it there may be. What a comparison may say is
//! `terms.rs`'s.
//!
//! The grammar is RFC 7644 §3.4.2.2 without its `[…]`: `not` takes parentheses, `and` binds closer than `or`.

use super::Mistake;
use super::lexer::{Token, tokens};
use super::terms::{self, Term};

/// How many characters a filter may have, how deep its parentheses may nest, and how many comparisons it may make: far
/// more than was seen, and together less than what an engine is asked to look up at once (all three inferred).
pub(super) const LENGTH: usize = 8192;
pub(super) const NESTING: usize = 8;
pub(super) const TERMS: usize = 200;

/// A condition, in the structure it was written in.
#[derive(Debug, PartialEq)]
pub(super) enum Expression {
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
    Term(Term),
}

/// Reads a whole filter.
///
/// # Errors
/// The first mistake, with its position.
pub(super) fn parse(filter: &str) -> Result<Expression, Mistake> {
    let length = filter.chars().count();
    if length > LENGTH {
        return Err(Mistake::new(LENGTH + 1, format!("the filter is longer than {LENGTH} characters")));
    }
    let ahead = tokens(filter)?.into_iter().peekable();
    let mut parser = Parser { ahead, last: length.max(1), depth: 0, terms: 0 };
    let expression = parser.any_of()?;
    match parser.ahead.next() {
        None => Ok(expression),
        Some((position, token)) => Err(Mistake::unexpected(position, "\"and\" or \"or\"", &token)),
    }
}

struct Parser {
    ahead: std::iter::Peekable<std::vec::IntoIter<(usize, Token)>>,
    /// The position of the last character, which is where something is missing that should have followed.
    last: usize,
    depth: usize,
    terms: usize,
}

impl Parser {
    fn any_of(&mut self) -> Result<Expression, Mistake> {
        let first = self.all_of()?;
        let mut parts = vec![first];
        while self.takes("or") {
            parts.push(self.all_of()?);
        }
        Ok(if parts.len() > 1 { Expression::Or(parts) } else { parts.remove(0) })
    }

    fn all_of(&mut self) -> Result<Expression, Mistake> {
        let first = self.one()?;
        let mut parts = vec![first];
        while self.takes("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() > 1 { Expression::And(parts) } else { parts.remove(0) })
    }

    fn one(&mut self) -> Result<Expression, Mistake> {
        let expected = "the name of a member";
        match self.next(expected)? {
            (position, Token::Open) => self.enclosed(position),
            (_, Token::Bare(word)) if word.eq_ignore_ascii_case("not") => {
                let expected = "a parenthesis after \"not\"";
                match self.next(expected)? {
                    (position, Token::Open) => Ok(Expression::Not(Box::new(self.enclosed(position)?))),
                    (position, token) => Err(Mistake::unexpected(position, expected, &token)),
                }
            }
            (position, Token::Bare(word)) => self.term(position, &word).map(Expression::Term),
            (position, token) => Err(Mistake::unexpected(position, expected, &token)),
        }
    }

    /// What stands between parentheses, of which the first is taken already.
    fn enclosed(&mut self, opened: usize) -> Result<Expression, Mistake> {
        self.depth += 1;
        if self.depth > NESTING {
            return Err(Mistake::new(opened, format!("parentheses nest deeper than {NESTING}")));
        }
        let inside = self.any_of()?;
        self.depth -= 1;
        match self.ahead.next() {
            Some((_, Token::Close)) => Ok(inside),
            Some((position, token)) => {
                Err(Mistake::unexpected(position, "\"and\", \"or\" or a closing parenthesis", &token))
            }
            None => Err(Mistake::new(opened, "the parenthesis that opens here is not closed")),
        }
    }

    fn term(&mut self, position: usize, written: &str) -> Result<Term, Mistake> {
        self.terms += 1;
        if self.terms > TERMS {
            return Err(Mistake::new(position, format!("there are more than {TERMS} comparisons")));
        }
        let name = terms::name(position, written)?;
        let (operator_at, token) = self.next("an operator")?;
        match terms::operator(operator_at, &token)? {
            None => Ok(Term::Present(name)),
            Some(operator) => {
                let (position, token) = self.next("a value")?;
                terms::compared(name, (operator_at, operator), (position, &token))
            }
        }
    }

    fn next(&mut self, expected: &str) -> Result<(usize, Token), Mistake> {
        self.ahead
            .next()
            .ok_or_else(|| Mistake::new(self.last, format!("{expected} was expected after this")))
    }

    /// Takes that word, if it comes next.
    fn takes(&mut self, wanted: &str) -> bool {
        let is_next = |(_, token): &(usize, Token)| matches!(token, Token::Bare(word) if word.eq_ignore_ascii_case(wanted));
        self.ahead.next_if(is_next).is_some()
    }
}
