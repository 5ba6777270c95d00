//! What was repaired by hand: values and left-out rows, laid over the file.

use std::collections::{BTreeMap, BTreeSet};

/// The overlay. Rows count the rows of the file from 0, columns those of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    values: BTreeMap<(u32, u16), String>,
    skipped: BTreeSet<u32>,
}

impl Edits {
    /// Sets a value.
    pub fn set(&mut self, row: u32, column: u16, value: String) {
        self.values.insert((row, column), value);
    }

    /// Gives a value of the file back its own.
    pub fn undo(&mut self, row: u32, column: u16) {
        self.values.remove(&(row, column));
    }

    /// Leaves a row out, or takes it in again.
    pub fn skip(&mut self, row: u32, skipped: bool) {
        if skipped {
            self.skipped.insert(row);
        } else {
            self.skipped.remove(&row);
        }
    }

    /// Tells whether a row is left out.
    pub fn is_skipped(&self, row: u32) -> bool {
        self.skipped.contains(&row)
    }

    /// Returns the rows that are left out.
    pub const fn skipped(&self) -> &BTreeSet<u32> {
        &self.skipped
    }

    /// Tells whether a value was set by hand.
    pub fn is_edited(&self, row: u32, column: u16) -> bool {
        self.values.contains_key(&(row, column))
    }

    /// Returns how many values were set by hand.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Tells whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.skipped.is_empty()
    }

    /// Puts the values of a row in the place of those of the file.
    pub fn lay_over(&self, row: u32, values: &mut [String]) {
        for ((_, column), value) in self.values.range((row, 0)..=(row, u16::MAX)) {
            if let Some(place) = values.get_mut(usize::from(*column)) {
                place.clone_from(value);
            }
        }
    }
}
