//! Packets of gdb's remote serial protocol, as the side that asks. (The crates for it are for the side that answers.)

use std::io::{BufReader, Read, Write};

use anyhow::{Context, Result, bail, ensure};

/// A longer answer is none.
const MAX: usize = 1 << 20;

/// One end of a connection.
pub(super) struct Line<S> {
    stream: BufReader<S>,
}

impl<S: Read + Write> Line<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask(&mut self, question: &str) -> Result<String> {
        self.send(question)?;
        self.answer().with_context(|| format!("no answer to {question}"))
    }

    /// Comes into step with the stub, and gives how many characters a packet may have. QEMU tells on its own that the guest stopped,
    /// before or after its first answer.
    pub(super) fn begin(&mut self) -> Result<usize> {
        const UNASKED: usize = 8;
        self.send("qSupported:swbreak+")?;
        for _ in 0..UNASKED {
            let answer = self.answer()?;
            if let Some(size) = answer.split(';').find_map(|feature| feature.strip_prefix("PacketSize=")) {
                return usize::from_str_radix(size, 16).with_context(|| format!("no size of packets: {answer}"));
            }
        }
        bail!("no answer to qSupported among {UNASKED} packets")
    }

    /// Sends a packet without waiting for an answer.
    pub(super) fn send(&mut self, text: &str) -> Result<()> {
        let sum = text.bytes().fold(0u8, u8::wrapping_add);
        self.stream.get_mut().write_all(format!("${text}#{sum:02x}").as_bytes()).context("the gdb connection broke")
    }

    /// What Ctrl-C sends.
    pub(super) fn interrupt(&mut self) -> Result<()> {
        self.stream.get_mut().write_all(&[3]).context("the gdb connection broke")
    }

    /// The next packet; confirmed.
    pub(super) fn answer(&mut self) -> Result<String> {
        // Confirmations of what we sent, and whatever came before.
        while self.byte()? != b'$' {}
        let (mut text, mut sum) = (Vec::new(), 0u8);
        loop {
            let byte = self.byte()?;
            if byte == b'#' {
                break;
            }
            sum = sum.wrapping_add(byte);
            match byte {
                // The character before, so many times more.
                b'*' => {
                    let count = self.byte()?;
                    sum = sum.wrapping_add(count);
                    let last = *text.last().context("a repetition of nothing")?;
                    text.extend(std::iter::repeat_n(last, usize::from(count.saturating_sub(29))));
                }
                b'}' => {
                    let escaped = self.byte()?;
                    sum = sum.wrapping_add(escaped);
                    text.push(escaped ^ 0x20);
                }
                byte => text.push(byte),
            }
            ensure!(text.len() <= MAX, "a packet of more than {MAX} bytes");
        }
        let said = [self.byte()?, self.byte()?];
        let said = std::str::from_utf8(&said).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if said != Some(sum) {
            bail!("a packet arrived damaged");
        }
        self.stream.get_mut().write_all(b"+").context("the gdb connection broke")?;
        String::from_utf8(text).context("an answer that is no text")
    }

    fn byte(&mut self) -> Result<u8> {
        let mut byte = [0];
        self.stream.read_exact(&mut byte).context("the gdb connection broke")?;
        Ok(byte[0])
    }
}

/// Bytes out of hexadecimal digits.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let digit = |digit: u8| (digit as char).to_digit(16);
    pairs.iter().map(|[high, low]| Some((digit(*high)? << 4 | digit(*low)?) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// What the other side said, and what it was told.
    struct Script(Cursor<Vec<u8>>, Vec<u8>);

    impl Read for Script {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(into)
        }
    }

    impl Write for Script {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.1.write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn ask(said: &str) -> (Result<String>, String) {
        let mut line = Line::new(Script(Cursor::new(said.into()), Vec::new()));
        let answer = line.ask("m8c000000,4");
        (answer, String::from_utf8(line.stream.into_inner().1).unwrap())
    }

    #[test]
    fn an_answer_is_taken_and_confirmed() {
        // The sum of "0*" and " ": 0x30 + 0x2a + 0x20 = 0x7a; a space repeats three times more.
        let (answer, sent) = ask("+$0* #7a");
        assert_eq!(answer.unwrap(), "0000");
        assert_eq!(sent, "$m8c000000,4#88+");
    }

    #[test]
    fn damage_and_the_end_of_the_line_are_errors() {
        assert!(ask("+$00#61").0.is_err());
        assert!(ask("+$00").0.is_err());
        assert!(ask("+$*!#4b").0.is_err());
    }

    /// QEMU's first words: that the guest stopped, and the answer.
    #[test]
    fn the_stub_says_how_long_packets_may_be() {
        let begin = |said: &str| Line::new(Script(Cursor::new(said.into()), Vec::new())).begin();
        assert_eq!(begin("$T05#b9+$PacketSize=1000;vCont+#61").unwrap(), 0x1000);
        assert_eq!(begin("+$vCont+;PacketSize=1000#61").unwrap(), 0x1000);
        assert!(begin("+$PacketSize=big#62").is_err());
    }

    #[test]
    fn hexadecimal_comes_in_pairs() {
        assert_eq!(unhex("00fF"), Some(vec![0, 255]));
        assert_eq!((unhex("0"), unhex("0g")), (None, None));
    }
}
