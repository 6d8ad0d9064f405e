//! Every interleaving: all cores take their steps in every order, and nothing that the protocol promises is broken.
//!
//! The model is exact where the protocol is: it runs [`spumone_core::cluster::Node::step`] itself, one shared access at a
//! time. Around it, each core has vCPUs that may at any moment do what guests do, each kind a bounded number of times, and
//! interrupts that may be taken at any moment at which the real ones could.

mod check;
mod livelock;
mod machine;
mod mutants;
mod possible;
mod promises;
mod stimuli;
