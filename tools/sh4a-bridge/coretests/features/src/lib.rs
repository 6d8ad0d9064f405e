//! Library features that only `std` declares and that coretests switches on.
#![no_std]
#![feature(staged_api)]
#![allow(internal_features)]
#![unstable(feature = "float_gamma", issue = "none")]
