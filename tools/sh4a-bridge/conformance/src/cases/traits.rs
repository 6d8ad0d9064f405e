//! Trait objects, generics, default methods, associated constants, operators, `Any`, drop order.

use core::any::Any;
use core::cell::{Cell, RefCell};
use core::fmt::{Debug, Write};
use core::hint::black_box;
use core::ops::{Add, Index, IndexMut, Mul, Neg};

trait Device: Debug {
    const KIND: u8 = 7;
    fn read(&self, at: u32) -> u64;
    fn write(&mut self, at: u32, value: u64) -> Result<(), u32>;
    fn size(&self) -> u32 {
        16
    }
    fn name(&self) -> &'static str;
}

#[derive(Debug)]
struct Ram([u64; 4]);
#[derive(Debug)]
struct Rom(u64);

impl Device for Ram {
    const KIND: u8 = 9;
    fn read(&self, at: u32) -> u64 {
        self.0[at as usize % 4]
    }
    fn write(&mut self, at: u32, value: u64) -> Result<(), u32> {
        *self.0.get_mut(at as usize).ok_or(at)? = value;
        Ok(())
    }
    fn name(&self) -> &'static str {
        "ram"
    }
}

impl Device for Rom {
    fn read(&self, at: u32) -> u64 {
        self.0.rotate_right(at)
    }
    fn write(&mut self, at: u32, _: u64) -> Result<(), u32> {
        Err(at | 1 << 31)
    }
    fn size(&self) -> u32 {
        8
    }
    fn name(&self) -> &'static str {
        "rom"
    }
}

trait Bus {
    fn probe(&mut self, out: &mut dyn Write);
}

impl<T: Device> Bus for T {
    fn probe(&mut self, out: &mut dyn Write) {
        let result = (self.write(2, 1 << 33), self.write(77, 5));
        let _ = writeln!(out, "{} {} {} {:?} {} {:?}", self.name(), T::KIND, self.size(), result, self.read(2), self);
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Vector<const N: usize>([i32; N]);

impl<const N: usize> Add for Vector<N> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] + other.0[i]))
    }
}

impl<const N: usize> Mul<i32> for Vector<N> {
    type Output = Self;
    fn mul(self, by: i32) -> Self {
        Self(self.0.map(|x| x.wrapping_mul(by)))
    }
}

impl<const N: usize> Neg for Vector<N> {
    type Output = Self;
    fn neg(self) -> Self {
        self * -1
    }
}

impl<const N: usize> Index<usize> for Vector<N> {
    type Output = i32;
    fn index(&self, at: usize) -> &i32 {
        &self.0[at]
    }
}

impl<const N: usize> IndexMut<usize> for Vector<N> {
    fn index_mut(&mut self, at: usize) -> &mut i32 {
        &mut self.0[at]
    }
}

struct Loud<'a>(&'a RefCell<[u8; 8]>, &'a Cell<usize>, u8);

impl Drop for Loud<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut()[self.1.get()] = self.2;
        self.1.set(self.1.get() + 1);
    }
}

fn kind(value: &dyn Any) -> &'static str {
    if value.is::<u32>() {
        "u32"
    } else if let Some(text) = value.downcast_ref::<&str>() {
        text
    } else {
        "other"
    }
}

/// All of it.
pub fn run(out: &mut dyn Write) {
    let (mut ram, mut rom) = (Ram(black_box([1, 2, 3, 4])), Rom(black_box(0x0123_4567_89ab_cdef)));
    for bus in [&mut ram as &mut dyn Bus, &mut rom] {
        black_box(bus).probe(out);
    }
    let mut v = Vector(black_box([1, -2, 3])) + Vector([10, 20, i32::MAX / 4]) * 2;
    v[1] = -v[0];
    let _ = writeln!(out, "{v:?} {:?} {}", -v, v == Vector([0; 3]));
    let (log, at) = (RefCell::new([0; 8]), Cell::new(0));
    {
        let _first = Loud(&log, &at, 1);
        let kept = Loud(&log, &at, 2);
        drop(Loud(&log, &at, 3));
        let _array = [Loud(&log, &at, 4), Loud(&log, &at, 5)];
        drop(kept);
    }
    let _ = writeln!(out, "{:?} {}", log.borrow(), log.try_borrow_mut().is_ok());
    let _ = writeln!(out, "{} {} {}", kind(&black_box(5u32)), kind(&"text"), kind(&'c'));
}
