//! The initial contents of a global variable: bytes, and addresses at some places among them.

use std::fmt::Write as _;

/// Bytes with addresses.
#[derive(Default)]
pub(super) struct Image {
    /// Contents; zero where an address stands.
    pub bytes: Vec<u8>,
    /// Offset and C expression (of type `u32`) of each address, ascending.
    pub addresses: Vec<(usize, String)>,
}

/// A C declaration in three parts: what comes before the name, what after, and the initialiser.
pub(super) struct Declared {
    /// Type before the name.
    pub before: String,
    /// Array bound after the name.
    pub after: String,
    /// Initialiser; empty for all zero.
    pub init: String,
}

impl Image {
    /// The cheapest C for this image; `align` is the variable's alignment.
    pub(super) fn declare(&self, align: u32) -> Declared {
        let len = self.bytes.len();
        if self.addresses.is_empty() {
            let init = if self.bytes.iter().all(|&b| b == 0) { String::new() } else { string(&self.bytes) };
            return Declared { before: "u8".into(), after: format!("[{len}]"), init };
        }
        if align >= 4 && len.is_multiple_of(4) && self.addresses.iter().all(|(at, _)| at.is_multiple_of(4)) {
            return Declared { before: "u32".into(), after: format!("[{}]", len / 4), init: self.words() };
        }
        self.packed()
    }

    fn words(&self) -> String {
        let mut text = String::from("{");
        let mut addresses = self.addresses.iter().peekable();
        for (index, word) in self.bytes.chunks_exact(4).enumerate() {
            match addresses.next_if(|(at, _)| *at == index * 4) {
                Some((_, address)) => {
                    let _ = write!(text, "{address},");
                }
                None => {
                    let _ = write!(text, "{}u,", u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
                }
            }
        }
        text + "}"
    }

    fn packed(&self) -> Declared {
        let mut fields = String::new();
        let mut init = String::from("{");
        let mut at = 0;
        let run = |from: usize, to: usize, init: &mut String, fields: &mut String| {
            if from < to {
                let _ = write!(fields, "u8 b{from}[{}]; ", to - from);
                let _ = write!(init, "{},", string(&self.bytes[from..to]));
            }
        };
        for (offset, address) in &self.addresses {
            run(at, *offset, &mut init, &mut fields);
            let _ = write!(fields, "u32 a{offset}; ");
            let _ = write!(init, "{address},");
            at = offset + 4;
        }
        run(at, self.bytes.len(), &mut init, &mut fields);
        Declared {
            before: format!("struct __attribute__((packed)) {{ {fields}}}"),
            after: String::new(),
            init: init + "}",
        }
    }
}

/// A C string literal for exactly these bytes (the array bound leaves no room for a NUL).
fn string(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2 + 2);
    text.push('"');
    for &byte in bytes {
        match byte {
            b'"' | b'\\' | b'?' => {
                let _ = write!(text, "\\{}", byte as char);
            }
            b' '..=b'~' => text.push(byte as char),
            _ => {
                let _ = write!(text, "\\{byte:03o}");
            }
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::{Image, string};

    #[test]
    fn strings_escape_what_c_would_read_differently() {
        assert_eq!(string(b"a\"b\\c?\0z1"), "\"a\\\"b\\\\c\\?\\000z1\"");
    }

    #[test]
    fn aligned_addresses_become_words() {
        let image = Image { bytes: vec![1, 0, 0, 0, 0, 0, 0, 0], addresses: vec![(4, "(u32)x".into())] };
        let declared = image.declare(4);
        assert_eq!(
            (declared.before.as_str(), declared.after.as_str(), declared.init.as_str()),
            ("u32", "[2]", "{1u,(u32)x,}")
        );
    }

    #[test]
    fn other_addresses_become_packed_fields() {
        let image = Image { bytes: vec![7, 0, 0, 0, 0, 9], addresses: vec![(1, "(u32)x".into())] };
        let declared = image.declare(1);
        assert!(declared.before.contains("u8 b0[1]; u32 a1; u8 b5[1];"));
        assert_eq!(declared.init, "{\"\\007\",(u32)x,\"\\011\",}");
    }
}
