//! Marks on entities that searches leave and that need no wiping: each search has a number of its own.

use std::cell::RefCell;

/// A mark of up to 255 for each entity, all 0 when a search begins.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    search: u32,
    /// The number of the search that left a mark, then the mark.
    marks: Vec<u32>,
}

const BITS: u32 = 8;

impl Marks {
    /// Wipes all marks, for entities below `bound`. Cost: constant, but once in sixteen million times.
    fn begin(&mut self, bound: usize) {
        self.search += 1;
        if self.search >> (32 - BITS) != 0 {
            self.marks.fill(0);
            self.search = 1;
        }
        if self.marks.len() < bound {
            self.marks.resize(bound, 0);
        }
    }

    /// The mark of an entity.
    pub(crate) fn get(&self, entity: u32) -> u32 {
        let mark = self.marks[entity as usize];
        if mark >> BITS == self.search { mark & ((1 << BITS) - 1) } else { 0 }
    }

    /// Marks an entity.
    pub(crate) fn set(&mut self, entity: u32, mark: u32) {
        self.marks[entity as usize] = self.search << BITS | mark;
    }
}

/// A sum for each entity, all 0 when a search begins.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    search: u32,
    /// The number of the search that added last, and the sum.
    sums: Vec<(u32, f32)>,
}

impl Sums {
    /// Wipes all sums, for entities below `bound`. Cost: constant, but once in four billion times.
    fn begin(&mut self, bound: usize) {
        self.search = self.search.wrapping_add(1);
        if self.search == 0 {
            self.sums.fill((0, 0.0));
            self.search = 1;
        }
        if self.sums.len() < bound {
            self.sums.resize(bound, (0, 0.0));
        }
    }

    /// The sum of an entity.
    pub(crate) fn of(&self, entity: u32) -> f32 {
        let (search, sum) = self.sums[entity as usize];
        if search == self.search { sum } else { 0.0 }
    }

    /// Adds to the sum of an entity; returns whether it is the first time.
    pub(crate) fn add(&mut self, entity: u32, share: f32) -> bool {
        let sum = &mut self.sums[entity as usize];
        let is_first = sum.0 != self.search;
        *sum = (self.search, if is_first { share } else { sum.1 + share });
        is_first
    }
}

thread_local! {
    static KEPT_SUMS: RefCell<Vec<Sums>> = const { RefCell::new(Vec::new()) };
    /// The marks of a thread, for one search after the other.
    static KEPT: RefCell<Vec<Marks>> = const { RefCell::new(Vec::new()) };
}

/// Calls a search with fresh marks, which the thread keeps for the next one.
pub(crate) fn with_marks<T>(bound: usize, search: impl FnOnce(&mut Marks) -> T) -> T {
    let mut marks = KEPT.with_borrow_mut(Vec::pop).unwrap_or_default();
    marks.begin(bound);
    let found = search(&mut marks);
    KEPT.with_borrow_mut(|kept| kept.push(marks));
    found
}

/// Calls a search with fresh sums, which the thread keeps for the next one.
pub(crate) fn with_sums<T>(bound: usize, search: impl FnOnce(&mut Sums) -> T) -> T {
    let mut sums = KEPT_SUMS.with_borrow_mut(Vec::pop).unwrap_or_default();
    sums.begin(bound);
    let found = search(&mut sums);
    KEPT_SUMS.with_borrow_mut(|kept| kept.push(sums));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_another_search_are_none() {
        let mut marks = Marks::default();
        marks.begin(3);
        marks.set(2, 255);
        assert_eq!((marks.get(1), marks.get(2)), (0, 255));
        marks.begin(4);
        assert_eq!((marks.get(2), marks.get(3)), (0, 0));
        // The numbers of searches run out: it begins anew.
        marks.search = (1 << 24) - 1;
        marks.set(0, 7);
        marks.begin(4);
        assert_eq!((marks.search, marks.get(0)), (1, 0));
    }
}
