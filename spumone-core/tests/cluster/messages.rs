//! Messages survive the ring, and nothing else is taken for one.

use proptest::prelude::*;
use spumone_core::cluster::{CoreId, Ending, Message, Notice, Order, Request};
use spumone_core::irq::Code;
use spumone_core::vcpu::VcpuId;

fn vcpu() -> impl Strategy<Value = VcpuId> {
    (0..8u8).prop_map(VcpuId)
}

fn core() -> impl Strategy<Value = CoreId> {
    (0..4u8).prop_map(CoreId)
}

fn message() -> impl Strategy<Value = Message> {
    let code = (0..128u32).prop_map(|index| Code::new(index * 0x20).expect("a multiple of 0x20"));
    let order = prop_oneof![Just(Order::Pause), Just(Order::Resume), Just(Order::Renew)];
    prop_oneof![
        vcpu().prop_map(|vcpu| Message::Arrive { vcpu }),
        (vcpu(), core()).prop_map(|(vcpu, to)| Message::Request(Request::Move { vcpu, to })),
        (vcpu(), any::<u32>(), any::<u32>()).prop_map(|(vcpu, entry, arg)| Message::Request(Request::Start {
            vcpu,
            entry,
            arg
        })),
        (vcpu(), code, any::<u8>(), any::<bool>()).prop_map(|(vcpu, code, level, on)| Message::Request(Request::Irq {
            vcpu,
            code,
            level,
            on
        })),
        (vcpu(), proptest::option::of(core()))
            .prop_map(|(vcpu, core)| Message::Request(Request::SyscallCore { vcpu, core })),
        (0..8u8, any::<u8>(), any::<u32>()).prop_map(|(guest, life, status)| Message::End {
            guest,
            life,
            ending: Ending::Exited(status)
        }),
        (0..8u8, any::<u8>(), any::<u32>()).prop_map(|(guest, life, why)| Message::End {
            guest,
            life,
            ending: Ending::Parked(why)
        }),
        (0..8u8, order, any::<u32>()).prop_map(|(guest, order, number)| Message::Order { guest, order, number }),
        Just(Message::Attend),
        (0..8u8, any::<u8>(), any::<u8>()).prop_map(|(guest, low, high)| Message::Notice(Notice::Bounds {
            guest,
            low,
            high
        })),
    ]
}

/// Words near those of a message, so that some are one.
fn words() -> impl Strategy<Value = [u32; 4]> {
    let byte = || prop_oneof![4 => 0..16u8, 1 => any::<u8>()];
    let word = || prop_oneof![4 => Just(0u32), 1 => 0..0x1100u32, 1 => any::<u32>()];
    ([byte(), byte(), byte(), byte()], word(), word(), word())
        .prop_map(|(head, a, b, c)| [u32::from_le_bytes(head), a, b, c])
}

proptest! {
    #[test]
    fn a_message_comes_out_as_it_went_in(message in message()) {
        prop_assert_eq!(Message::decode(message.encode()), Some(message));
    }

    #[test]
    fn each_message_has_one_form(words in words()) {
        if let Some(message) = Message::decode(words) {
            prop_assert_eq!(message.encode(), words);
        }
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let arrive = Message::Arrive { vcpu: VcpuId(3) }.encode();
    let head = |bytes| [u32::from_le_bytes(bytes), 0, 0, 0];
    assert_eq!(arrive, head([1, 3, 0, 0]));
    for (why, words) in [
        ("no code", head([0, 0, 0, 0])),
        ("unknown code", head([12, 0, 0, 0])),
        ("no such vCPU", head([1, 8, 0, 0])),
        ("no such core", head([2, 0, 4, 0])),
        ("no such guest", head([6, 8, 0, 0])),
        ("no interrupt code", [u32::from_le_bytes([4, 0, 2, 1]), 0x410, 0, 0]),
        ("neither on nor off", [u32::from_le_bytes([4, 0, 2, 2]), 0x400, 0, 0]),
        ("a byte too much", head([1, 3, 1, 0])),
        ("a word too much", [arrive[0], 0, 0, 1]),
    ] {
        assert_eq!(Message::decode(words), None, "{why}");
    }
}
