//! The stable run-time API between monitors and any D-Visor.
#![no_std]
