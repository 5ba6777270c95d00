//! Powers modulo the 3072-bit prime of SRP, in constant time.
//!
//! The only `unsafe` of the program: everything here goes through [`Bn`], [`Scratch`] and
//! [`Mont`], which own one pointer each and free it once. Numbers enter and leave as 384
//! bytes, always full width, so that the library never learns how long a secret is.
//!
//! Source: RFC 3526 §4 (group 15); RFC 5054 appendix A (the same prime, but generator 2 as
//! the vendor's clients use it).

#![allow(unsafe_code)]

use std::ptr::NonNull;
use std::sync::LazyLock;

use aws_lc_sys as lc;
use zeroize::Zeroize;

/// Bytes of a number.
pub const BYTES: usize = 384;
const WORDS: usize = 48;
/// Bits of an exponent. RFC 5054 §3.1 asks for at least 256 of the private values.
pub const EXPONENT_BYTES: usize = 32;
const WINDOWS: usize = EXPONENT_BYTES * 2;
const WINDOW_VALUES: usize = 16;

/// The library ran out of memory: nothing else makes these calls fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl std::fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no memory for big numbers")
    }
}

impl std::error::Error for OutOfMemory {}

type Result<T, E = OutOfMemory> = std::result::Result<T, E>;

/// A number below the prime. Wiped when dropped.
#[derive(Clone)]
pub struct Number([u64; WORDS]);

impl Drop for Number {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Default for Number {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Number {
    const ZERO: Self = Self([0; WORDS]);

    /// Reads a big-endian number; `None` when it is not below the prime. Leading zeros
    /// are skipped, so any length is read.
    pub fn from_be_bytes(bytes: &[u8]) -> Option<Self> {
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
        let number = Self::read(bytes.get(start..)?)?;
        let (_, borrow) = number.subtract(&GROUP.prime);
        (borrow == 1).then_some(number)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut number = Self::ZERO;
        if bytes.len() > BYTES {
            return None;
        }
        for (word, chunk) in number.0.iter_mut().zip(bytes.rchunks(8)) {
            for byte in chunk {
                *word = (*word << 8) | u64::from(*byte);
            }
        }
        Some(number)
    }

    /// Returns the number as 384 big-endian bytes.
    pub fn to_be_bytes(&self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        for (chunk, word) in bytes.rchunks_mut(8).zip(self.0) {
            chunk.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }

    fn to_le_bytes(&self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        for (chunk, word) in bytes.chunks_mut(8).zip(self.0) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    fn from_le_bytes(bytes: &[u8; BYTES]) -> Self {
        let mut number = Self::ZERO;
        for (word, chunk) in number.0.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*chunk);
        }
        number
    }

    /// Tells whether the number is zero, in constant time.
    pub fn is_zero(&self) -> bool {
        self.0.iter().fold(0, |seen, word| seen | word) == 0
    }

    /// Returns the difference modulo 2^3072 and 1 when it was negative.
    fn subtract(&self, other: &Self) -> (Self, u64) {
        let mut out = Self::ZERO;
        let mut borrow = false;
        for ((to, left), right) in out.0.iter_mut().zip(self.0).zip(other.0) {
            let (first, one) = left.overflowing_sub(right);
            let (second, two) = first.overflowing_sub(u64::from(borrow));
            *to = second;
            borrow = one | two;
        }
        (out, u64::from(borrow))
    }

    /// Takes `other` where `mask` is all ones, keeps itself where it is zero.
    fn assign(&mut self, other: &Self, mask: u64) {
        for (to, from) in self.0.iter_mut().zip(other.0) {
            *to ^= mask & (*to ^ from);
        }
    }
}

/// Returns `g^exponent`, `g` being 2, by a table of the powers that each window can add.
///
/// # Errors
///
/// [`OutOfMemory`].
pub fn power_of_g(exponent: &[u8; EXPONENT_BYTES]) -> Result<Number> {
    let scratch = Scratch::new()?;
    let mut product: Option<Bn> = None;
    for (row, window) in GROUP.table.iter().zip(windows(exponent)) {
        let mut picked = Number::ZERO;
        for (at, entry) in (0_u64..).zip(row) {
            // Every entry is read, so that the cache does not tell which one was taken.
            picked.assign(entry, equal_mask(at, window));
        }
        let factor = Bn::from(&picked)?;
        product = Some(match product {
            None => factor,
            Some(so_far) => so_far.montgomery_times(&factor, &scratch)?,
        });
    }
    let product = product.ok_or(OutOfMemory)?;
    product.leave_montgomery(&scratch)?.number()
}

/// Returns `base^exponent`.
///
/// # Errors
///
/// [`OutOfMemory`].
pub fn power(base: &Number, exponent: &[u8; EXPONENT_BYTES]) -> Result<Number> {
    let scratch = Scratch::new()?;
    let (base, exponent) = (Bn::from(base)?, Bn::from_be(exponent)?);
    let out = Bn::new()?;
    // SAFETY: all pointers are live and owned by this thread, except the prime and its
    // Montgomery form, which nothing changes after they were made.
    let done = unsafe {
        lc::BN_mod_exp_mont_consttime(
            out.0.as_ptr(),
            base.0.as_ptr(),
            exponent.0.as_ptr(),
            GROUP.modulus.0.as_ptr(),
            scratch.0.as_ptr(),
            GROUP.mont.0.as_ptr(),
        )
    };
    checked(done)?;
    out.number()
}

/// Returns the product.
///
/// # Errors
///
/// [`OutOfMemory`].
pub fn multiply(left: &Number, right: &Number) -> Result<Number> {
    let scratch = Scratch::new()?;
    let left = Bn::from(left)?.enter_montgomery(&scratch)?;
    // One factor in Montgomery form: the form cancels in the product.
    left.montgomery_times(&Bn::from(right)?, &scratch)?.number()
}

/// Returns the sum.
pub fn add(left: &Number, right: &Number) -> Number {
    let mut sum = Number::ZERO;
    let mut carry = false;
    for ((to, a), b) in sum.0.iter_mut().zip(left.0).zip(right.0) {
        let (first, one) = a.overflowing_add(b);
        let (second, two) = first.overflowing_add(u64::from(carry));
        *to = second;
        carry = one | two;
    }
    let (reduced, borrow) = sum.subtract(&GROUP.prime);
    // The sum is at least the prime when it overflowed or the difference did not borrow.
    let over = u64::from(carry) | (borrow ^ 1);
    sum.assign(&reduced, over.wrapping_neg());
    sum
}

/// Returns the prime as 384 big-endian bytes.
pub fn prime() -> [u8; BYTES] {
    GROUP.prime.to_be_bytes()
}

/// Gives the 4-bit windows of an exponent, least significant first.
fn windows(exponent: &[u8; EXPONENT_BYTES]) -> impl Iterator<Item = u64> + '_ {
    exponent
        .iter()
        .rev()
        .flat_map(|byte| [u64::from(byte & 15), u64::from(byte >> 4)])
}

/// Returns all ones when both are equal, else zero, without a branch.
fn equal_mask(left: u64, right: u64) -> u64 {
    let difference = std::hint::black_box(left ^ right);
    // Only zero has the top bit clear in both itself and its negative.
    let differs = (difference | difference.wrapping_neg()) >> 63;
    differs.wrapping_sub(1)
}

struct Group {
    prime: Number,
    modulus: Bn,
    mont: Mont,
    /// `table[i][j]` is `g^(j · 16^i)` in Montgomery form.
    table: Vec<[Number; WINDOW_VALUES]>,
}

static GROUP: LazyLock<Group> = LazyLock::new(|| {
    // Made once, at start or in the first sign-in: without the memory for it no later
    // call could work either.
    Group::make().unwrap_or_else(|_| std::process::abort())
});

impl Group {
    fn make() -> Result<Self> {
        // SAFETY: a null argument asks for a new number, which `Bn::own` takes over.
        let modulus = Bn::own(unsafe { lc::BN_get_rfc3526_prime_3072(std::ptr::null_mut()) })?;
        let scratch = Scratch::new()?;
        // SAFETY: both pointers are live; the result is owned by `Mont`.
        let mont =
            NonNull::new(unsafe { lc::BN_MONT_CTX_new_for_modulus(modulus.0.as_ptr(), scratch.0.as_ptr()) });
        let mut group = Self {
            prime: modulus.number()?,
            modulus,
            mont: Mont(mont.ok_or(OutOfMemory)?),
            table: Vec::with_capacity(WINDOWS),
        };
        let mut one = Number::ZERO;
        let mut two = Number::ZERO;
        if let (Some(low), Some(base)) = (one.0.first_mut(), two.0.first_mut()) {
            (*low, *base) = (1, 2);
        }
        let one = Bn::from(&one)?.enter_montgomery_of(&group.mont, &scratch)?;
        let mut base = Bn::from(&two)?.enter_montgomery_of(&group.mont, &scratch)?;
        for _ in 0..WINDOWS {
            let mut row = [const { Number::ZERO }; WINDOW_VALUES];
            let mut entry = Bn::from(&one.number()?)?;
            for slot in &mut row {
                *slot = entry.number()?;
                entry = entry.montgomery_times_of(&base, &group.mont, &scratch)?;
            }
            // After sixteen steps the entry is the base of the next row.
            base = entry;
            group.table.push(row);
        }
        Ok(group)
    }
}

/// A number of the library.
struct Bn(NonNull<lc::BIGNUM>);

// SAFETY: a `Bn` is moved or read only; the library keeps no reference to it.
unsafe impl Send for Bn {}
// SAFETY: shared ones (the modulus) are passed as `const` pointers only.
unsafe impl Sync for Bn {}

impl Drop for Bn {
    fn drop(&mut self) {
        // SAFETY: the pointer came from the library, is owned, and is freed once. The
        // memory is wiped first.
        unsafe { lc::BN_clear_free(self.0.as_ptr()) }
    }
}

impl Bn {
    fn own(pointer: *mut lc::BIGNUM) -> Result<Self> {
        NonNull::new(pointer).map(Self).ok_or(OutOfMemory)
    }

    fn new() -> Result<Self> {
        // SAFETY: no arguments; the result is owned.
        Self::own(unsafe { lc::BN_new() })
    }

    fn from(number: &Number) -> Result<Self> {
        let mut bytes = number.to_le_bytes();
        // SAFETY: the pointer and length name one live array; null asks for a new number.
        let made = unsafe { lc::BN_le2bn(bytes.as_ptr(), bytes.len(), std::ptr::null_mut()) };
        bytes.zeroize();
        Self::own(made)
    }

    fn from_be(bytes: &[u8; EXPONENT_BYTES]) -> Result<Self> {
        // SAFETY: as in `from`.
        Self::own(unsafe { lc::BN_bin2bn(bytes.as_ptr(), bytes.len(), std::ptr::null_mut()) })
    }

    fn number(&self) -> Result<Number> {
        let mut bytes = [0; BYTES];
        // SAFETY: the array has the length given; the call fails rather than writes more.
        let done = unsafe { lc::BN_bn2le_padded(bytes.as_mut_ptr(), bytes.len(), self.0.as_ptr()) };
        let number = Number::from_le_bytes(&bytes);
        bytes.zeroize();
        checked(done)?;
        Ok(number)
    }

    fn enter_montgomery(&self, scratch: &Scratch) -> Result<Self> {
        self.enter_montgomery_of(&GROUP.mont, scratch)
    }

    fn enter_montgomery_of(&self, mont: &Mont, scratch: &Scratch) -> Result<Self> {
        let out = Self::new()?;
        // SAFETY: all pointers are live; `mont` is only read.
        let done = unsafe {
            lc::BN_to_montgomery(
                out.0.as_ptr(),
                self.0.as_ptr(),
                mont.0.as_ptr(),
                scratch.0.as_ptr(),
            )
        };
        checked(done).map(|()| out)
    }

    fn leave_montgomery(&self, scratch: &Scratch) -> Result<Self> {
        let out = Self::new()?;
        // SAFETY: as in `enter_montgomery_of`.
        let done = unsafe {
            lc::BN_from_montgomery(
                out.0.as_ptr(),
                self.0.as_ptr(),
                GROUP.mont.0.as_ptr(),
                scratch.0.as_ptr(),
            )
        };
        checked(done).map(|()| out)
    }

    fn montgomery_times(&self, other: &Self, scratch: &Scratch) -> Result<Self> {
        self.montgomery_times_of(other, &GROUP.mont, scratch)
    }

    fn montgomery_times_of(&self, other: &Self, mont: &Mont, scratch: &Scratch) -> Result<Self> {
        let out = Self::new()?;
        // SAFETY: as in `enter_montgomery_of`; both factors are full width and below the prime.
        let done = unsafe {
            lc::BN_mod_mul_montgomery(
                out.0.as_ptr(),
                self.0.as_ptr(),
                other.0.as_ptr(),
                mont.0.as_ptr(),
                scratch.0.as_ptr(),
            )
        };
        checked(done).map(|()| out)
    }
}

/// What the library keeps of a modulus.
struct Mont(NonNull<lc::BN_MONT_CTX>);

// SAFETY: never changed after it was made; the library documents concurrent reads as safe.
unsafe impl Send for Mont {}
// SAFETY: as above.
unsafe impl Sync for Mont {}

impl Drop for Mont {
    fn drop(&mut self) {
        // SAFETY: owned, freed once.
        unsafe { lc::BN_MONT_CTX_free(self.0.as_ptr()) }
    }
}

/// Room for intermediate results; belongs to one call.
struct Scratch(NonNull<lc::BN_CTX>);

impl Scratch {
    fn new() -> Result<Self> {
        // SAFETY: no arguments; the result is owned.
        NonNull::new(unsafe { lc::BN_CTX_new() })
            .map(Self)
            .ok_or(OutOfMemory)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // SAFETY: owned, freed once.
        unsafe { lc::BN_CTX_free(self.0.as_ptr()) }
    }
}

fn checked(done: std::ffi::c_int) -> Result<()> {
    if done == 1 { Ok(()) } else { Err(OutOfMemory) }
}

#[cfg(test)]
pub(crate) mod oracle {
    //! The same arithmetic by another library.

    use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
    use crypto_bigint::{Odd, U256, U3072};

    use super::{Number, prime};

    type Form = FixedMontyForm<{ U3072::LIMBS }>;

    fn form(number: &Number) -> Form {
        let prime = Odd::new(U3072::from_be_slice(&prime())).unwrap();
        let number = U3072::from_be_slice(&number.to_be_bytes());
        Form::new(&number, &FixedMontyParams::new_vartime(prime))
    }

    fn number(form: &Form) -> Number {
        Number::from_be_bytes(form.retrieve().to_be_bytes().as_ref()).unwrap()
    }

    pub fn power(base: &Number, exponent: &[u8; 32]) -> Number {
        number(&form(base).pow(&U256::from_be_slice(exponent)))
    }

    pub fn multiply(left: &Number, right: &Number) -> Number {
        number(&form(left).mul(&form(right)))
    }

    pub fn subtract(left: &Number, right: &Number) -> Number {
        number(&form(left).sub(&form(right)))
    }

    pub fn add(left: &Number, right: &Number) -> Number {
        number(&form(left).add(&form(right)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::{Rng, SeededRng};

    fn random(rng: &dyn Rng) -> Number {
        let mut bytes = rng.bytes::<BYTES>();
        bytes[0] &= 0x7f;
        Number::from_be_bytes(&bytes).unwrap()
    }

    #[test]
    fn prime_is_group_15() {
        let prime = hex::encode(prime());
        assert!(prime.starts_with("ffffffffffffffffc90fdaa22168c234"));
        assert!(prime.ends_with("a93ad2caffffffffffffffff"));
        assert_eq!(prime.len(), 768);
    }

    #[test]
    fn powers_agree_with_another_library() {
        let rng = SeededRng::new(1);
        let rng: &dyn Rng = &rng;
        let two = Number::from_be_bytes(&[2]).unwrap();
        for round in 0..20 {
            let mut exponent = rng.bytes::<EXPONENT_BYTES>();
            if round == 0 {
                exponent = [0; EXPONENT_BYTES];
            }
            if round == 1 {
                exponent = [0xff; EXPONENT_BYTES];
            }
            let base = random(rng);
            assert_eq!(power_of_g(&exponent).unwrap().0, oracle::power(&two, &exponent).0);
            assert_eq!(
                power(&base, &exponent).unwrap().0,
                oracle::power(&base, &exponent).0
            );
        }
    }

    #[test]
    fn products_and_sums_agree_with_another_library() {
        let rng = SeededRng::new(2);
        let rng: &dyn Rng = &rng;
        let mut largest = prime();
        largest[BYTES - 1] -= 1;
        let largest = Number::from_be_bytes(&largest).unwrap();
        let mut pairs: Vec<(Number, Number)> = (0..30).map(|_| (random(rng), random(rng))).collect();
        pairs.push((largest.clone(), largest.clone()));
        pairs.push((largest, Number::from_be_bytes(&[1]).unwrap()));
        for (left, right) in pairs {
            assert_eq!(
                multiply(&left, &right).unwrap().0,
                oracle::multiply(&left, &right).0
            );
            assert_eq!(add(&left, &right).0, oracle::add(&left, &right).0);
        }
    }

    #[test]
    fn numbers_not_below_the_prime_are_refused() {
        assert!(Number::from_be_bytes(&prime()).is_none());
        assert!(Number::from_be_bytes(&[0xff; BYTES]).is_none());
        assert!(Number::from_be_bytes(&[1; BYTES + 1]).is_none());
        assert!(Number::from_be_bytes(&[]).unwrap().is_zero());
        assert!(Number::from_be_bytes(&[0; 1000]).unwrap().is_zero());
        let mut padded = vec![0; 10];
        padded.extend_from_slice(&[5; BYTES]);
        assert_eq!(Number::from_be_bytes(&padded).unwrap().to_be_bytes(), [5; BYTES]);
    }
}
