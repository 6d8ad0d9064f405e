//! A guest together with the profile that was checked against it.
#![expect(
    clippy::large_enum_variant,
    clippy::result_large_err,
    reason = "an error names both banners, there is no allocator to box them, and attaching is rare"
)]

use core::fmt;

use crate::address::VirtAddr;
use crate::budget::Budget;
use crate::error::AccessError;
use crate::host::Host;
use crate::profile::Profile;
use crate::view::View;

/// Bytes of a banner that are compared.
const BANNER: usize = 256;
/// Bytes of a build id (SHA-1).
const BUILD_ID: usize = 20;
/// Where a Linux kernel keeps its banner.
const BANNER_SYMBOL: &str = "linux_banner";

/// A guest whose kernel is the one that the profile is of.
///
/// ```
/// use monitor_api::{Budget, Guest, Image, PhysAddr, profile::Profile};
///
/// # let mut builder = kernel_profile::Builder::new("Linux version 6.1\n");
/// # builder.symbol("linux_banner", 0x8c00_0000, 19);
/// # let profile = builder.finish();
/// let memory = b"Linux version 6.1\n\0..";
/// let host = Image::new(PhysAddr::new(0x0c00_0000), memory);
/// let guest = Guest::attach(&host, Profile::open(&profile)?)?;
/// let budget = Budget::bytes(1000);
/// assert_eq!(guest.view(&budget).u8(guest.profile().symbol("linux_banner").unwrap().address)?, b'L');
///
/// let other = Image::new(PhysAddr::new(0x0c00_0000), b"Linux version 5.9\n\0...");
/// let error = Guest::attach(&other, Profile::open(&profile)?).unwrap_err().to_string();
/// assert!(error.contains("6.1") && error.contains("5.9"), "{error}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Guest<'a> {
    host: &'a dyn Host,
    profile: Profile<'a>,
}

impl<'a> Guest<'a> {
    /// Compares the profile's banner and build id with what the guest's memory says.
    ///
    /// # Errors
    /// [`AttachError`].
    ///
    /// ```
    /// use monitor_api::{AttachError, Guest, profile::Profile};
    ///
    /// let mut host = kernel_profile::Sample::linux();
    /// let bytes = host.profile();
    /// let profile = Profile::open(&bytes)?;
    /// assert!(Guest::attach(&host, profile).is_ok());
    ///
    /// host.bytes(0x8c00_0080, &[0xff]); // another build id
    /// assert!(matches!(Guest::attach(&host, profile), Err(AttachError::OtherBuild { .. })));
    /// host.bytes(0x8c00_000e, b"5.9"); // another version
    /// assert!(matches!(Guest::attach(&host, profile), Err(AttachError::OtherKernel { .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn attach(host: &'a dyn Host, profile: Profile<'a>) -> Result<Self, AttachError> {
        let guest = Self { host, profile };
        let budget = Budget::bytes(u64::MAX);
        let view = guest.view(&budget);
        if !profile.banner().is_empty() {
            let symbol = profile.symbol(BANNER_SYMBOL).ok_or(AttachError::NoBanner)?;
            let wanted = Banner::new(profile.banner().as_bytes());
            let mut found = [0; BANNER];
            // As much as the profile's own, so that nothing behind a shorter memory is asked for.
            let length = (profile.banner().len() + 1).min(BANNER);
            let into = found.get_mut(..length).unwrap_or_default();
            view.read(symbol.address, into)
                .map_err(|error| AttachError::Unreadable { address: symbol.address, error })?;
            let found = Banner::new(&found);
            if found != wanted {
                return Err(AttachError::OtherKernel { profile: wanted, found });
            }
        }
        guest.compare_build_id(&view)?;
        Ok(guest)
    }

    fn compare_build_id(&self, view: &View<'_>) -> Result<(), AttachError> {
        let Some(address) = self.profile.build_id_address() else { return Ok(()) };
        let mut found = BuildId([0; BUILD_ID]);
        view.read(address, &mut found.0).map_err(|error| AttachError::Unreadable { address, error })?;
        let profile = BuildId::from_hex(self.profile.build_id());
        if profile == found { Ok(()) } else { Err(AttachError::OtherBuild { profile, found }) }
    }

    /// What monitors see of it, paid for by `budget`.
    ///
    /// ```
    /// use monitor_api::{Budget, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().attached(|guest, _| {
    /// // A budget for each step: what one has used up the next one has again.
    /// for _step in 0..2 {
    ///     let budget = Budget::bytes(20);
    ///     let view = guest.view(&budget);
    ///     assert_eq!(view.u32(VirtAddr::new(0x8c00_0110)), Ok(4)); // the sequence counter
    ///     assert!(view.u32(VirtAddr::new(0x8c00_0110)).is_err());
    /// }
    /// # Ok(()) });
    /// ```
    pub fn view<'v>(&self, budget: &'v Budget) -> View<'v>
    where
        'a: 'v,
    {
        View::new(self.host, self.profile, budget)
    }

    /// The profile.
    ///
    /// ```
    /// # kernel_profile::Sample::linux().attached(|guest, budget| {
    /// assert!(guest.profile().banner().starts_with("Linux version 6.1"));
    /// # Ok(()) });
    /// ```
    pub const fn profile(&self) -> Profile<'a> {
        self.profile
    }

    /// The host.
    ///
    /// ```
    /// # kernel_profile::Sample::linux().attached(|guest, budget| {
    /// // The clock by which a host gives a step its time.
    /// let deadline = guest.host().now() + 200_000;
    /// assert_eq!(deadline, 1_200_000); // the clock is at 1 ms
    /// # Ok(()) });
    /// ```
    pub const fn host(&self) -> &'a dyn Host {
        self.host
    }
}

impl fmt::Debug for Guest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guest").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// What a kernel says of itself, cut to 256 bytes.
///
/// ```
/// use monitor_api::{AttachError, Guest, profile::Profile};
///
/// # let mut host = kernel_profile::Sample::linux();
/// # let bytes = host.profile();
/// host.bytes(0x8c00_0000, b"\xff\xfe");
/// let Err(AttachError::OtherKernel { profile, found }) = Guest::attach(&host, Profile::open(&bytes)?) else { panic!() };
/// assert_eq!(profile.to_string(), "Linux version 6.1.0 (sample)");
/// // Whatever lies there is not printed as if it were one.
/// assert_eq!(found.to_string(), "(no banner where this profile looks for one)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Banner([u8; BANNER]);

impl Banner {
    /// Up to the first zero byte.
    fn new(text: &[u8]) -> Self {
        let mut banner = [0; BANNER];
        for (place, byte) in banner.iter_mut().zip(text.iter().take_while(|byte| **byte != 0)) {
            *place = *byte;
        }
        Self(banner)
    }

    /// The text up to the first byte that is none.
    ///
    /// ```
    /// use monitor_api::{AttachError, Guest, profile::Profile};
    ///
    /// # let mut host = kernel_profile::Sample::linux();
    /// # let bytes = host.profile();
    /// host.bytes(0x8c00_000e, b"5.9");
    /// let Err(AttachError::OtherKernel { found, .. }) = Guest::attach(&host, Profile::open(&bytes)?) else { panic!() };
    /// assert_eq!(found.as_str(), "Linux version 5.9.0 (sample)"); // without the end of the line
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn as_str(&self) -> &str {
        let valid = self.0.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        valid.split('\0').next().unwrap_or_default().trim_end()
    }
}

impl fmt::Display for Banner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.as_str();
        f.write_str(if text.starts_with("Linux version") {
            text
        } else {
            "(no banner where this profile looks for one)"
        })
    }
}

impl fmt::Debug for Banner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// The identifier that a linker gave a kernel (SHA-1).
///
/// ```
/// use monitor_api::{AttachError, Guest, profile::Profile};
///
/// # let mut host = kernel_profile::Sample::linux();
/// # let bytes = host.profile();
/// host.bytes(0x8c00_0080, &[0xff]); // the first of its 20 bytes
/// let Err(AttachError::OtherBuild { profile, found }) = Guest::attach(&host, Profile::open(&bytes)?) else { panic!() };
/// assert_eq!(profile.to_string(), "000102030405060708090a0b0c0d0e0f10111213");
/// assert_eq!(found.to_string(), "ff0102030405060708090a0b0c0d0e0f10111213");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BuildId([u8; BUILD_ID]);

impl BuildId {
    fn from_hex(text: &str) -> Self {
        let digit = |at: usize| text.as_bytes().get(at).and_then(|digit| (*digit as char).to_digit(16)).unwrap_or(0);
        Self(core::array::from_fn(|at| (digit(2 * at) << 4 | digit(2 * at + 1)) as u8))
    }
}

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a profile cannot be used for a guest.
///
/// ```
/// use monitor_api::{AttachError, Guest, Image, PhysAddr, profile::Profile};
///
/// # let bytes = kernel_profile::Sample::linux().profile();
/// // A guest that has no memory yet.
/// let nothing = Image::new(PhysAddr::new(0x0c00_0000), &[]);
/// let error = Guest::attach(&nothing, Profile::open(&bytes)?).unwrap_err();
/// assert!(matches!(error, AttachError::Unreadable { address, .. } if address.get() == 0x8c00_0000));
/// assert!(error.to_string().contains("is it running yet?"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttachError {
    /// The profile has a banner but not the place where the guest keeps it.
    NoBanner,
    /// The guest's memory cannot be read where its banner or build id should be.
    Unreadable {
        /// Where.
        address: VirtAddr,
        /// Why.
        error: AccessError,
    },
    /// The guest runs another kernel.
    OtherKernel {
        /// What the profile is for.
        profile: Banner,
        /// What the guest has in the place of its banner.
        found: Banner,
    },
    /// The same version, but another build of it.
    OtherBuild {
        /// What the profile is for.
        profile: BuildId,
        /// What the guest runs.
        found: BuildId,
    },
}

impl fmt::Display for AttachError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBanner => write!(f, "the profile does not say where {BANNER_SYMBOL} is: make it again"),
            Self::Unreadable { address, error } => {
                write!(f, "the guest's kernel cannot be read at {address}, is it running yet? {error}")
            }
            Self::OtherKernel { profile, found } => {
                write!(f, "wrong profile: it is for\n    {profile}\nbut the guest says\n    {found}")
            }
            Self::OtherBuild { profile, found } => write!(
                f,
                "wrong profile: it is for build {profile}, but the guest runs build {found} of the same version"
            ),
        }
    }
}

impl core::error::Error for AttachError {}
