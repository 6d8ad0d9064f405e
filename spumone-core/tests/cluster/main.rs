//! The protocol between cores: what single operations do, and that nothing goes wrong in any order of their steps.

mod behaviour;
mod messages;
mod model;
mod world;
