//! Tokens of C, as far as static API files use them.

use crate::source::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Name,
    Number,
    Text,
    Character,
    Sign,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) shape: Shape,
    /// As it stands in the file, quotes and all.
    pub(crate) text: String,
    pub(crate) span: Span,
    /// Something blank stands before it.
    pub(crate) spaced: bool,
}

impl Token {
    pub(crate) fn is(&self, sign: &str) -> bool {
        self.shape == Shape::Sign && self.text == sign
    }
}

/// The tokens as C text on one line.
pub(crate) fn text(tokens: &[Token]) -> String {
    let mut text = String::new();
    for (index, token) in tokens.iter().enumerate() {
        if index > 0 && token.spaced {
            text.push(' ');
        }
        text.push_str(&token.text);
    }
    text
}

/// From the first to the last token.
pub(crate) fn span(tokens: &[Token]) -> Option<Span> {
    Some(tokens.first()?.span.to(&tokens.last()?.span))
}
