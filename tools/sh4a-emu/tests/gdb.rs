//! gdb's remote protocol, spoken by this test and by gdb itself where it is installed.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread::JoinHandle;

use sh4a_emu::gdb::serve_stream;
use sh4a_emu::machine::{Config, Machine, Stop};

const START: u32 = 0x8c00_0000;

/// r1 counts up and is stored at 0x8c000100 each time; subroutine-free, endless.
const PROGRAM: [u16; 8] = [
    0xe100, // 0: mov   #0, r1
    0xd202, // 2: mov.l place, r2 (0xc)
    0x7101, // 4: add   #1, r1
    0x2212, // 6: mov.l r1, @r2
    0xaffc, // 8: bra   4
    0x0009, // a: nop
    0x0100, 0x8c00, // c: 0x8c000100
];

fn machine() -> Machine {
    let mut machine = Machine::new(Config::rp1());
    let bytes: Vec<u8> = PROGRAM.iter().flat_map(|word| word.to_le_bytes()).collect();
    machine.write_memory(0, 0x0c00_0000, &bytes).expect("DDR");
    machine.cpu_mut(0).set_pc(START);
    machine
}

/// A machine that waits for gdb on a fresh port.
fn listen() -> (u16, JoinHandle<Stop>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its number").port();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("gdb");
        serve_stream(&mut machine(), stream, 100_000_000).expect("a conversation")
    });
    (port, server)
}

/// The other end of the conversation.
struct Client(TcpStream);

impl Client {
    fn send(&mut self, packet: &str) {
        let sum = packet.bytes().fold(0u8, u8::wrapping_add);
        write!(self.0, "${packet}#{sum:02x}").expect("sent");
    }

    fn byte(&mut self) -> u8 {
        let mut byte = [0];
        self.0.read_exact(&mut byte).expect("an answer");
        byte[0]
    }

    fn answer(&mut self) -> String {
        while self.byte() != b'$' {}
        let mut text: Vec<u8> = Vec::new();
        loop {
            match self.byte() {
                b'#' => break,
                // Run length: the character before it, repeated (n - 29) times more.
                b'*' => {
                    let (count, last) = (self.byte() - 29, *text.last().expect("something to repeat"));
                    text.extend(std::iter::repeat_n(last, count.into()));
                }
                byte => text.push(byte),
            }
        }
        let _checksum = (self.byte(), self.byte());
        self.0.write_all(b"+").expect("sent");
        String::from_utf8(text).expect("ASCII")
    }

    fn ask(&mut self, packet: &str) -> String {
        self.send(packet);
        self.answer()
    }

    /// Register by gdb's number.
    fn register(&mut self, number: usize) -> u32 {
        let text = self.ask(&format!("p{number:x}"));
        u32::from_str_radix(&text, 16).expect("8 digits").swap_bytes()
    }
}

#[test]
fn the_protocol_reads_writes_steps_breaks_watches_and_interrupts() {
    let (port, server) = listen();
    let mut gdb = Client(TcpStream::connect(("127.0.0.1", port)).expect("connects"));
    gdb.ask("qSupported:multiprocess+;swbreak+;hwbreak+;vContSupported+");
    let why = gdb.ask("?");
    assert!(why.starts_with(['T', 'S']), "{why}");
    assert_eq!(gdb.ask("g").len(), 59 * 8, "59 registers of 32 bits");
    assert_eq!(gdb.register(16), START);
    assert_eq!(gdb.ask("m8c000000,4"), "00e102d2");

    // Two steps: r1 = 0, r2 = the place.
    gdb.ask("vCont;s:p1.1");
    gdb.ask("vCont;s:p1.1");
    assert_eq!((gdb.register(16), gdb.register(1), gdb.register(2)), (START + 4, 0, 0x8c00_0100));

    // A breakpoint at the store, met twice.
    assert_eq!(gdb.ask("Z0,8c000006,2"), "OK");
    gdb.ask("vCont;c");
    assert_eq!((gdb.register(16), gdb.register(1)), (START + 6, 1));
    gdb.ask("vCont;c");
    assert_eq!((gdb.register(16), gdb.register(1)), (START + 6, 2));
    assert_eq!(gdb.ask("z0,8c000006,2"), "OK");
    assert_eq!(gdb.ask("m8c000100,4"), "01000000");

    // A write watchpoint names its address.
    assert_eq!(gdb.ask("Z2,8c000100,4"), "OK");
    let stop = gdb.ask("vCont;c");
    assert!(stop.contains("watch:8c000100"), "{stop}");
    assert_eq!(gdb.ask("z2,8c000100,4"), "OK");

    // Registers and memory can be written.
    assert_eq!(gdb.ask("P1=00100000"), "OK");
    assert_eq!(gdb.register(1), 0x1000);
    assert_eq!(gdb.ask("M8c000100,4:efbeadde"), "OK");
    assert_eq!(gdb.ask("m8c000100,4"), "efbeadde");
    assert!(gdb.ask("m17000000,4").starts_with('E'), "nothing is there");

    // Ctrl-C ends an endless loop.
    gdb.send("vCont;c");
    gdb.0.write_all(&[3]).expect("sent");
    let stop = gdb.answer();
    assert!(stop.starts_with("T02") || stop.starts_with("S02"), "{stop}");
    assert!(gdb.register(1) >= 0x1000);
    gdb.send("k");
    assert_eq!(server.join().expect("no panic"), Stop::Host);
}

#[test]
fn gdb_itself_understands_it() {
    let Ok(version) = Command::new("gdb-multiarch").arg("--version").output() else {
        eprintln!("gdb-multiarch is not installed: this half is skipped");
        return;
    };
    assert!(version.status.success());
    let (port, server) = listen();
    let commands = [
        "set confirm off".to_owned(),
        "set architecture sh4".to_owned(),
        format!("target remote 127.0.0.1:{port}"),
        "break *0x8c000006".to_owned(),
        "continue".to_owned(),
        "continue".to_owned(),
        "stepi".to_owned(),
        "printf \"r1=%d pc=%x vbr=%x\\n\", $r1, $pc, $vbr".to_owned(),
        "x/1wx 0x8c000100".to_owned(),
        "info threads".to_owned(),
        "kill".to_owned(),
    ];
    let mut gdb = Command::new("gdb-multiarch");
    gdb.args(["-nx", "-batch"]).args(commands.iter().flat_map(|command| ["-ex", command]));
    let output = gdb.output().expect("gdb runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("r1=2 pc=8c000008 vbr=0"), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("0x8c000100:\t0x00000002"), "{text}");
    assert!(text.contains("core 0, running"), "{text}");
    assert_eq!(server.join().expect("no panic"), Stop::Host);
}
