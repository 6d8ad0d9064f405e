//! One pointer against where it may lead.

use monitor_api::profile::{Kind, Type};
use monitor_api::{AccessError, Alarm, Finding, Name, Object, Suspects, View, VirtAddr};

use crate::image::Image;
use crate::kinds::{Kinds, Place, place};
use crate::{FOREIGN, POINTER, TABLE};

/// Structures in structures that are looked into.
pub(crate) const DEPTH: u32 = 6;
/// Elements of an array that are looked at; longer arrays of structures with functions are per-CPU or hash tables.
const ELEMENTS: u64 = 256;
/// Pointers that wait for another look.
pub(crate) const SUSPECTS: usize = 16;
/// Notifiers in a chain.
const NOTIFIERS: u32 = 256;

/// Whose functions a structure may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Anybody,
    /// It says that no module owns it.
    Kernel,
}

/// What every look needs.
pub(crate) struct Check<'c, 'v, 'a> {
    pub(crate) view: &'c View<'v>,
    pub(crate) image: &'c mut Image,
    pub(crate) kinds: &'c mut Kinds,
    pub(crate) alarm: &'c mut Alarm<'a>,
    /// What was wrong in the last scan.
    pub(crate) suspects: &'c mut Suspects<SUSPECTS>,
    /// Objects may be freed, and used for something else, while they are looked at: they must be wrong in two scans running.
    pub(crate) passing: bool,
    /// The pointers that led to what is looked at, where one of them is taken away before that is freed.
    pub(crate) ways: [Option<Way>; 2],
}

/// A pointer, and where it led.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    at: VirtAddr,
    to: VirtAddr,
}

/// Says whether a pointer leads where it may.
type Allowed = fn(&Image, VirtAddr) -> bool;

impl<'v> Check<'_, 'v, '_> {
    /// Follows the pointer at `at`, which is the one of that number on the way to an object: what is wrong with the object counts only if the pointer
    /// leads to it still when that has been seen.
    pub(crate) fn go(&mut self, number: usize, at: VirtAddr) -> Result<Option<VirtAddr>, AccessError> {
        let to = self.view.pointer(at)?;
        if let Some(way) = self.ways.get_mut(number) {
            *way = Some(Way { at, to });
        }
        Ok((to.get() != 0).then_some(to))
    }

    /// The pointer at `place`; a module that was just loaded is given a second look before it is a finding.
    pub(crate) fn pointer(
        &mut self,
        what: &'static str,
        place: VirtAddr,
        subject: &str,
        allowed: Allowed,
    ) -> Result<(), AccessError> {
        if allowed(self.image, self.view.pointer(place)?) {
            return Ok(());
        }
        self.image.find_modules(self.view)?;
        let found = self.view.pointer(place)?;
        // What was freed meanwhile holds whatever the next user of its memory has written: the links of free memory, often the same ones.
        for way in self.ways.iter().flatten() {
            if self.view.pointer(way.at)? != way.to {
                return Ok(());
            }
        }
        let key = place.get() & 0xffff_ffff | found.get() << 32;
        if !allowed(self.image, found) && (!self.passing || self.suspects.again(key)) {
            self.alarm.raise(Finding::new(what, place).subject(Name::new(subject)).values(0, found.get()));
        }
        Ok(())
    }

    /// The function pointer at `place`.
    pub(crate) fn code(&mut self, place: VirtAddr, subject: &str, owner: Owner) -> Result<(), AccessError> {
        let before = self.alarm.count();
        self.pointer(POINTER, place, subject, Image::has_code)?;
        if owner == Owner::Kernel && self.alarm.count() == before {
            self.pointer(FOREIGN, place, subject, Image::has_kernel_code)?;
        }
        Ok(())
    }

    /// The table that a member points to is part of the kernel or of a module.
    pub(crate) fn table(&mut self, object: Object<'_>, member: &str) -> Result<(), AccessError> {
        self.pointer(TABLE, object.field(member)?.address(), member, Image::has_data)
    }

    /// The same, for a member that not every kernel has.
    pub(crate) fn table_if_there(&mut self, object: Object<'_>, member: &str) -> Result<(), AccessError> {
        match self.table(object, member) {
            Err(AccessError::NoField { .. }) => Ok(()),
            result => result,
        }
    }

    /// The function that a member points to.
    pub(crate) fn function(&mut self, object: Object<'_>, member: &str) -> Result<(), AccessError> {
        self.code(object.field(member)?.address(), member, Owner::Anybody)
    }

    /// Every function pointer in an object, and in what lies in it.
    pub(crate) fn functions(&mut self, object: Object<'_>) -> Result<(), AccessError> {
        self.look((object.ty(), object.address()), DEPTH, object.ty().name(), Owner::Anybody)
    }

    pub(crate) fn look(
        &mut self,
        (ty, at): (Type<'_>, VirtAddr),
        depth: u32,
        name: &str,
        owner: Owner,
    ) -> Result<(), AccessError> {
        let beyond = AccessError::Unmapped { address: at };
        match place(ty) {
            Place::Code => self.code(at, name, owner)?,
            Place::Notifiers => self.notifiers(at, name)?,
            Place::Members if depth > 0 => {
                let owner = self.owner(ty, at)?.unwrap_or(owner);
                // Members without an inner name of a union are members like others, but lie in one place: which of them holds is not known.
                let mut end = 0;
                let mut members = ty.members().peekable();
                while let Some(member) = members.next() {
                    let own = member.offset.saturating_add(member.ty.size());
                    let alone = member.offset >= end && members.peek().is_none_or(|next| next.offset >= own);
                    end = end.max(own);
                    if alone && self.kinds.lead_to_code(member.ty) {
                        let inner = at.checked_add(member.offset).ok_or(beyond)?;
                        self.look((member.ty, inner), depth - 1, name, owner)?;
                    }
                }
            }
            Place::Elements(element, count) if depth > 0 && self.kinds.lead_to_code(element) => {
                for number in 0..count.min(ELEMENTS) {
                    let inner = at.checked_add(number * element.size()).ok_or(beyond)?;
                    self.look((element, inner), depth - 1, name, owner)?;
                }
            }
            Place::Members | Place::Elements(..) | Place::Other => {}
        }
        Ok(())
    }

    /// Whose a structure is, if it says so (`file_operations.owner`, `linux_binfmt.module`).
    fn owner(&self, ty: Type<'_>, at: VirtAddr) -> Result<Option<Owner>, AccessError> {
        let to_module = |ty: Type<'_>| matches!(ty.kind(), Kind::Pointer(Some(target)) if target.is_named("module"));
        let named =
            ["owner", "module"].into_iter().find_map(|name| ty.member(name).filter(|member| to_module(member.ty)));
        // A reference to a module is no owner where there is no code.
        let Some(member) = named.filter(|_| ty.members().any(|member| matches!(place(member.ty), Place::Code))) else {
            return Ok(None);
        };
        let owner = self.view.pointer(at.checked_add(member.offset).ok_or(AccessError::Unmapped { address: at })?)?;
        Ok(Some(if owner.get() == 0 { Owner::Kernel } else { Owner::Anybody }))
    }

    /// A chain of notifiers (include/linux/notifier.h), by where its first pointer is.
    fn notifiers(&mut self, head: VirtAddr, name: &str) -> Result<(), AccessError> {
        let mut at = self.view.pointer(head)?;
        for _ in 0..NOTIFIERS {
            if at.get() == 0 {
                return Ok(());
            }
            let block = self.view.object("notifier_block", at)?;
            self.code(block.field("notifier_call")?.address(), name, Owner::Anybody)?;
            at = block.pointer("next")?;
        }
        Err(AccessError::TooLong { head, limit: NOTIFIERS })
    }
}
