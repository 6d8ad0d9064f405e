//! Watches `watched`, on a core of its own: asks wrongly, then lets it stand, looks at its registers, lets it go on and begin anew.
#![no_std]
#![no_main]

use guest_kit::{Frame, mmio, set_handlers, set_imask, vectors};
use selftest::{LIVES, REGISTERS, Test, VECTORS, WORK};
use spumone_abi as abi;
use spumone_abi::client::{Error, check};

/// Where the packer says what a guest of kind monitor is to do; this one does something else.
#[used]
#[unsafe(export_name = "__spumone_monitors")]
static mut TOLD: [u32; 256] = [0; 256];

/// Ticks of 4 ms within which something must have happened: a restart takes some of them.
const PATIENCE: u32 = 100;

fn on_interrupt(_intevt: u32, _frame: &mut Frame) {}

fn on_exception(expevt: u32, frame: &mut Frame) {
    panic!("exception {expevt:#x} at {:#x}", frame.spc);
}

/// What it is told, and what the memory of the other one shows.
struct Watcher {
    test: Test,
    guest: u32,
    /// The other one's memory, through P1.
    memory: u32,
}

impl Watcher {
    fn info(&self, item: u32) -> u32 {
        self.test.hypervisor.info(item).unwrap_or(u32::MAX)
    }

    fn state(&self) -> u32 {
        self.info(abi::SPUMONE_INFO_WATCHED_STATE)
    }

    fn work(&self) -> u32 {
        mmio::read32(self.memory + WORK)
    }

    fn sleeps(&mut self, ticks: u32) {
        let slept = self.test.hypervisor.sleep(ticks);
        self.test.expect(slept.is_ok(), "sleep");
    }

    fn comes(&mut self, state: u32, what: &str) {
        for _ in 0..PATIENCE {
            if self.state() == state {
                return;
            }
            self.sleeps(1);
        }
        self.test.expect(false, what);
    }

    /// It does something within two ticks.
    fn works(&mut self) -> bool {
        let before = self.work();
        self.sleeps(2);
        self.work() != before
    }

    fn asks_wrongly(&mut self) {
        let (hypervisor, guest) = (self.test.hypervisor, self.guest);
        for other in [guest + 1, hypervisor.info(abi::SPUMONE_INFO_GUEST).unwrap_or(0), 99, u32::MAX] {
            let answers = [
                hypervisor.guest_pause(other),
                hypervisor.guest_resume(other),
                hypervisor.guest_reset(other),
                hypervisor.vcpu_registers(other, 0).map(|_| 0),
            ];
            self.test.expect(answers == [Err(Error::Permission); 4], "calls about a guest that it does not watch");
        }
        for vcpu in [1, 8, u32::MAX] {
            let answer = hypervisor.vcpu_registers(guest, vcpu).map(|_| 0);
            self.test.expect(answer == Err(Error::Invalid), "vcpu_registers of a vCPU that is not there");
        }
        for pointer in [0u32, 1, 0x7fff_ffff, self.memory, 0xe500_e000, 0xffff_fff0] {
            // SAFETY: that SPUMONE refuses these pointers is what this tests.
            let answer = unsafe { (hypervisor.table().vcpu_registers)(guest, 0, pointer as usize as *mut _) };
            self.test.expect(check(answer) == Err(Error::Fault), "vcpu_registers to a bad pointer");
        }
        let answer = hypervisor.vcpu_registers(guest, 0).map(|_| 0);
        self.test.expect(answer == Err(Error::Again), "vcpu_registers of a vCPU that runs");
        let base = hypervisor.vcpu_vector_base(guest, 0);
        self.test.expect(base == Ok(self.memory + VECTORS), "where the vectors of a vCPU that runs are");
        let works = self.works();
        self.test.expect(works, "after that it works as before");
    }

    fn lets_it_stand(&mut self) {
        let (hypervisor, guest) = (self.test.hypervisor, self.guest);
        self.test.expect(hypervisor.guest_pause(guest) == Ok(0), "guest_pause");
        self.comes(abi::SPUMONE_GUEST_PAUSED, "it never stands");
        let works = self.works();
        self.test.expect(!works, "it works while it stands");
        match hypervisor.vcpu_registers(guest, 0) {
            Ok(registers) => {
                let expected = [REGISTERS, REGISTERS + 1];
                self.test.expect([registers.r[8], registers.r[9]] == expected, "R8 and R9");
                // The last one that was stored, or the next one.
                let ahead = registers.r[0].wrapping_sub(self.work());
                self.test.expect(ahead < 2, "R0 is what it counts");
                let inside = (self.memory..self.memory + (1 << 20)).contains(&registers.pc);
                self.test.expect(inside, "PC is in its program");
                self.test.expect(registers.sr & 0x7000_00f0 == 0x4000_0070, "SR: MD, IMASK 7");
            }
            Err(_) => self.test.expect(false, "vcpu_registers"),
        }
        self.test.expect(hypervisor.guest_resume(guest) == Ok(0), "guest_resume");
        self.comes(abi::SPUMONE_GUEST_ALIVE, "it never goes on");
        let works = self.works();
        self.test.expect(works, "it goes on");
    }

    fn starts_it_afresh(&mut self) {
        let (hypervisor, guest) = (self.test.hypervisor, self.guest);
        let lives = mmio::read32(self.memory + LIVES);
        self.test.expect(hypervisor.guest_reset(guest) == Ok(0), "guest_reset");
        self.test.expect(hypervisor.guest_reset(guest) == Err(Error::Again), "guest_reset while that is under way");
        self.test.expect(self.state() == abi::SPUMONE_GUEST_RESTARTING, "it is said to begin anew");
        self.comes(abi::SPUMONE_GUEST_ALIVE, "it never begins anew");
        self.test.expect(self.info(abi::SPUMONE_INFO_WATCHED_RESTARTS) == 1, "it has begun anew once");
        for _ in 0..PATIENCE {
            if self.works() {
                break;
            }
        }
        self.test.expect(mmio::read32(self.memory + LIVES).wrapping_sub(lives) == 1, "it has one more life");
        let works = self.works();
        self.test.expect(works, "it works in it");
    }
}

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "watcher");
    set_handlers(on_interrupt, on_exception);
    test.expect(test.hypervisor.set_vbr(vectors()).is_ok(), "set_vbr");
    set_imask(0);
    // SAFETY: a word of this guest's own that nobody writes at run time.
    let told = unsafe { (&raw const TOLD).cast::<u32>().read_volatile() };
    test.expect(told != 0, "the packer told it nothing");
    let start = test.hypervisor.info(abi::SPUMONE_INFO_WATCHED_START).unwrap_or(0);
    let guest = test.hypervisor.info(abi::SPUMONE_INFO_WATCHED).unwrap_or(u32::MAX);
    let mut watcher = Watcher { test, guest, memory: 0x8000_0000 | start };
    for _ in 0..PATIENCE {
        if watcher.works() {
            break;
        }
    }
    watcher.asks_wrongly();
    watcher.lets_it_stand();
    watcher.starts_it_afresh();
    watcher.test.end()
}
