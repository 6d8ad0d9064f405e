//! The target part of the uITRON kernel: entries, dispatcher, C interface and drivers for SH-4A, on SPUMONE and on the
//! bare machine. Linked into one relocatable object, to which an application's C objects are added.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]
#![allow(unreachable_pub, reason = "nothing is public but the C interface")]
#![allow(non_upper_case_globals, reason = "symbols have the names that C and assembly use")]

mod calls;
mod console;
mod cpu;
mod describe;
mod exceptions;
mod inspect;
mod interrupts;
mod logtask;
mod machine;
mod port;
mod print;
mod runtime;
mod section;
mod serial;
mod start;
mod stop;
mod tables;
mod tasks;
mod tmu;
