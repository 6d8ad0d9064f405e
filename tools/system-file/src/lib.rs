//! The system file: schema, validation and messages that name the place and the cure.
