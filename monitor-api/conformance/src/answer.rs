//! How answers are written.

use core::fmt;

use monitor_api::{AccessError, Translation};

/// What was found, or why nothing was.
pub(crate) struct Answer<T>(pub(crate) Result<T, AccessError>);

impl<T: fmt::Display> fmt::Display for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(found) => found.fmt(f),
            // With the values that failed.
            Err(error) => write!(f, "({error})"),
        }
    }
}

/// Where an address leads, how far, and who may do what there.
pub(crate) struct Place(pub(crate) Translation);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Translation { physical, bytes, writable, executable, user } = self.0;
        let letter = |right, letter| if right { letter } else { '-' };
        let (w, x, u) = (letter(writable, 'w'), letter(executable, 'x'), letter(user, 'u'));
        write!(f, "{physical} {bytes} {w}{x}{u}")
    }
}
