//! Every hypercall with bad numbers and pointers: each gets its error code, and the guest goes on.
#![no_std]
#![no_main]

use guest_kit::TmuPlace;
use selftest::Test;
use spumone_abi as abi;
use spumone_abi::client::{Error, check};

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, guest: u32) -> ! {
    let mut test = Test::begin(table, "bad-calls");
    let hypervisor = test.hypervisor;
    let timer = TmuPlace::TMU3.intevt;
    let answers = [
        ("irq_enable of a code that cannot be", hypervisor.irq_enable(0x461, 12), Error::Invalid),
        ("irq_enable of a huge code", hypervisor.irq_enable(u32::MAX, 12), Error::Invalid),
        ("irq_enable of another's source", hypervisor.irq_enable(TmuPlace::TMU0.intevt, 12), Error::Permission),
        ("irq_enable below the partition", hypervisor.irq_enable(timer, 7), Error::Permission),
        ("irq_enable at level 0", hypervisor.irq_enable(timer, 0), Error::Invalid),
        ("irq_enable at level 16", hypervisor.irq_enable(timer, 16), Error::Invalid),
        ("irq_disable of another's source", hypervisor.irq_disable(TmuPlace::TMU0.intevt), Error::Permission),
        ("ipi_send to nobody there", hypervisor.ipi_send(2, 0), Error::Invalid),
        ("ipi_send of message 8", hypervisor.ipi_send(1, 8), Error::Invalid),
        ("info of an unknown item", hypervisor.info(1000), Error::Invalid),
        ("guest_pause, and it watches nobody", hypervisor.guest_pause(guest), Error::Permission),
        ("guest_resume, and it watches nobody", hypervisor.guest_resume(guest ^ 1), Error::Permission),
        ("guest_reset, and it watches nobody", hypervisor.guest_reset(guest), Error::Permission),
        ("guest_reset of nobody", hypervisor.guest_reset(u32::MAX), Error::Permission),
        ("vcpu_registers, and it watches nobody", hypervisor.vcpu_registers(guest, 0).map(|_| 0), Error::Permission),
        ("console_read with nothing typed", hypervisor.console_read(), Error::Again),
    ];
    for (what, answer, error) in answers {
        test.expect(answer == Err(error), what);
    }
    let calls = hypervisor.table();
    let pointers = [0u32, 1, 0x7fff_ffff, 0x8000_0000, 0xe500_e000, 0xffff_fff0];
    for pointer in pointers {
        // SAFETY: that SPUMONE refuses these pointers is what this tests.
        let (written, named) = unsafe {
            (
                (calls.console_write)(pointer as usize as *const u8, 64),
                (calls.guest_name)(guest, pointer as usize as *mut u8, 16),
            )
        };
        test.expect(check(written) == Err(Error::Fault), "console_write from a bad pointer");
        test.expect(check(named) == Err(Error::Fault), "guest_name to a bad pointer");
    }
    // SAFETY: as above.
    let (long, start, other) = unsafe {
        (
            (calls.console_write)(guest_main as *const () as *const u8, u32::MAX),
            (calls.vcpu_start)(7, 0, 0),
            (calls.vcpu_start)(0, 0, 0),
        )
    };
    test.expect(check(long) == Err(Error::Fault), "console_write of 4 GB");
    test.expect(check(start) == Err(Error::Invalid), "vcpu_start of a vCPU that is not there");
    test.expect(check(other) == Err(Error::State), "vcpu_start of the running vCPU");
    let mut name = [0; 16];
    test.expect(hypervisor.guest_name(99, &mut name) == Err(Error::Invalid), "guest_name of nobody");
    test.expect(hypervisor.guest_name(guest, &mut name).is_ok_and(|name| !name.is_empty()), "guest_name");
    test.expect(hypervisor.info(abi::SPUMONE_INFO_GUEST) == Ok(guest), "info: guest");
    test.end()
}
