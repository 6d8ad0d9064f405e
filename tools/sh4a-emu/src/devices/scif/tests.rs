use super::*;

/// SCBRR 0, CKS 0 and one Pclk tick a cycle: a bit takes 32 cycles, a character of 10 bits 320.
fn port() -> Scif {
    let mut port = Scif::new(PeripheralClock::new(1, 1));
    put(&mut port, 0, SCBRR, Width::Byte, 0);
    put(&mut port, 0, SCSCR, Width::Half, (SCSCR_TE | SCSCR_RE).into());
    port
}

fn put(port: &mut Scif, now: Instant, offset: u32, width: Width, value: u32) {
    port.write(0, now, offset, width, value).expect("a register");
}

fn get(port: &mut Scif, now: Instant, offset: u32, width: Width) -> u32 {
    port.read(0, now, offset, width).expect("a register")
}

/// Feeds `bytes` as fast as the line takes them, following the port's own events; returns the time after the last one.
fn feed(port: &mut Scif, mut now: Instant, bytes: &[u8]) -> Instant {
    for &byte in bytes {
        while !port.offer(now, byte) {
            now = port.next_event(now).expect("the line becomes free");
            port.advance(now);
        }
    }
    while port.arriving.is_some() {
        now = port.next_event(now).expect("the last byte arrives");
        port.advance(now);
    }
    now
}

#[test]
fn transmits_at_once_and_reports_an_empty_fifo() {
    let mut port = port();
    for &byte in b"hello" {
        put(&mut port, 0, SCFTDR, Width::Byte, byte.into());
    }
    let mut out = Vec::new();
    port.drain(&mut out);
    assert_eq!(out, b"hello");
    assert_eq!(get(&mut port, 0, SCFSR, Width::Half), u32::from(SCFSR_TEND | SCFSR_TDFE));
    assert_eq!(get(&mut port, 0, SCFDR, Width::Half), 0);
}

#[test]
fn a_disabled_transmitter_sends_nothing() {
    let mut port = port();
    put(&mut port, 0, SCSCR, Width::Half, 0);
    put(&mut port, 0, SCFTDR, Width::Byte, 0x41);
    let mut out = Vec::new();
    port.drain(&mut out);
    assert!(out.is_empty());
}

#[test]
fn txi_follows_tie_because_the_fifo_is_always_empty() {
    let mut port = port();
    assert_eq!(port.outputs(), 0);
    put(&mut port, 0, SCSCR, Width::Half, (SCSCR_TE | SCSCR_TIE).into());
    assert_eq!(port.outputs(), 1 << OUTPUT_TXI);
}

#[test]
fn one_character_takes_ten_bits_and_raises_rdf_at_trigger_one() {
    let mut port = port();
    put(&mut port, 0, SCSCR, Width::Half, (SCSCR_TE | SCSCR_RE | SCSCR_RIE).into());
    assert!(port.offer(0, b'x'));
    assert!(!port.offer(0, b'y'), "the line carries one character at a time");
    assert_eq!(port.next_event(0), Some(320));
    port.advance(320);
    assert_eq!(port.outputs(), 1 << OUTPUT_RXI);
    assert_eq!(get(&mut port, 320, SCFRDR, Width::Byte), u32::from(b'x'));
    // RDF is latched: reading 1 and writing 0 clears it.
    assert_eq!(port.outputs(), 1 << OUTPUT_RXI);
    let status = get(&mut port, 320, SCFSR, Width::Half);
    put(&mut port, 320, SCFSR, Width::Half, status & !u32::from(SCFSR_RDF));
    assert_eq!(port.outputs(), 0);
}

#[test]
fn a_flag_that_was_not_read_as_one_is_not_cleared() {
    let mut port = port();
    feed(&mut port, 0, b"x");
    get(&mut port, 400, SCFRDR, Width::Byte);
    put(&mut port, 400, SCFSR, Width::Half, 0);
    assert_ne!(get(&mut port, 400, SCFSR, Width::Half) & u32::from(SCFSR_RDF), 0);
}

#[test]
fn below_the_trigger_dr_comes_after_fifteen_quiet_bits() {
    let mut port = port();
    put(&mut port, 0, SCFCR, Width::Half, 0x80); // trigger 8
    put(&mut port, 0, SCSCR, Width::Half, (SCSCR_RE | SCSCR_RIE).into());
    let now = feed(&mut port, 0, b"abc");
    assert_eq!(now, 3 * 320);
    assert_eq!(port.outputs(), 0);
    assert_eq!(port.next_event(now), Some(now + 15 * 32));
    port.advance(now + 15 * 32);
    assert_eq!(port.outputs(), 1 << OUTPUT_RXI);
    assert_eq!(get(&mut port, now + 480, SCFSR, Width::Half) & 3, u32::from(SCFSR_DR));
    assert_eq!(get(&mut port, now + 480, SCFDR, Width::Half), 3);
}

#[test]
fn eight_characters_reach_trigger_eight() {
    let mut port = port();
    put(&mut port, 0, SCFCR, Width::Half, 0x80);
    feed(&mut port, 0, b"1234567");
    assert_eq!(port.flags & SCFSR_RDF, 0);
    feed(&mut port, 3000, b"8");
    assert_ne!(port.flags & SCFSR_RDF, 0);
}

#[test]
fn a_full_fifo_holds_input_back_and_loses_nothing() {
    let mut port = port();
    let text: Vec<u8> = (0..100).collect();
    let (mut now, mut sent, mut got) = (0, 0, Vec::new());
    while got.len() < text.len() {
        while sent < text.len() && port.offer(now, text[sent]) {
            sent += 1;
        }
        if let Some(at) = port.next_event(now).filter(|_| port.receive.len() < FIFO_LEN && sent < text.len()) {
            now = at;
            port.advance(now);
            continue;
        }
        // The guest looks only when the FIFO is full or the sender has finished.
        now += 1000;
        port.advance(now);
        while get(&mut port, now, SCFDR, Width::Half) > 0 {
            got.push(get(&mut port, now, SCFRDR, Width::Byte) as u8);
        }
    }
    assert_eq!(got, text);
    assert_eq!(get(&mut port, now, SCLSR, Width::Half), 0);
}

#[test]
fn loop_back_can_overrun_and_says_so() {
    let mut port = port();
    put(&mut port, 0, SCFCR, Width::Half, SCFCR_LOOP.into());
    put(&mut port, 0, SCSCR, Width::Half, (SCSCR_TE | SCSCR_RE | SCSCR_REIE).into());
    for byte in 0..=16 {
        put(&mut port, 0, SCFTDR, Width::Byte, byte);
    }
    assert_eq!(get(&mut port, 0, SCFDR, Width::Half), 16);
    assert_eq!(get(&mut port, 0, SCLSR, Width::Half), 1);
    assert_eq!(port.outputs(), 1 << OUTPUT_BRI);
    put(&mut port, 0, SCLSR, Width::Half, 0);
    assert_eq!(port.outputs(), 0);
}

#[test]
fn break_and_error_have_their_own_lines() {
    let mut port = port();
    put(&mut port, 0, SCSCR, Width::Half, (SCSCR_RE | SCSCR_REIE).into());
    port.receive_break();
    assert_eq!(port.outputs(), 1 << OUTPUT_BRI);
    port.receive_error();
    assert_eq!(port.outputs(), 1 << OUTPUT_BRI | 1 << OUTPUT_ERI);
}

#[test]
fn receive_reset_empties_the_fifo() {
    let mut port = port();
    feed(&mut port, 0, b"abc");
    put(&mut port, 2000, SCFCR, Width::Half, SCFCR_RFRST.into());
    assert_eq!(get(&mut port, 2000, SCFDR, Width::Half), 0);
    assert_eq!(get(&mut port, 2000, SCFSR, Width::Half) & 3, 0);
}

#[test]
fn with_qemus_flags_a_transmitter_looks_busy_once_after_each_byte() {
    const FREE: u32 = (SCFSR_TEND | SCFSR_TDFE) as u32;
    let status = |port: &mut Scif| get(port, 0, SCFSR, Width::Half) & FREE;
    let mut chip = port();
    put(&mut chip, 0, SCFTDR, Width::Byte, b'a'.into());
    assert_eq!(status(&mut chip), FREE);
    let mut qemus = port().with_qemus_flags();
    assert_eq!(status(&mut qemus), FREE);
    put(&mut qemus, 0, SCFTDR, Width::Byte, b'a'.into());
    // As Linux does after a byte: both flags cleared.
    put(&mut qemus, 0, SCFSR, Width::Half, 0);
    assert_eq!((status(&mut qemus), status(&mut qemus)), (0, FREE));
    let mut sent = Vec::new();
    qemus.drain(&mut sent);
    assert_eq!(sent, b"a");
}
