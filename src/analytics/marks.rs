//! Marks on entities that searches leave and that need no wiping: each search has a number of its own.

use std::cell::RefCell;

/// Which of two searches that go at once: their marks on one entity stand side by side, so that one look
/// tells both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Ahead,
    Back,
}

/// Two marks of up to 255 for each entity, all 0 when a search begins.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    search: u16,
    /// The number of the search that left marks, then the mark of either side.
    marks: Vec<(u16, [u8; 2])>,
}

impl Marks {
    /// Wipes all marks, for entities below `bound`. Cost: constant, but once in 65,535 times.
    fn begin(&mut self, bound: usize) {
        self.search = self.search.wrapping_add(1);
        if self.search == 0 {
            self.marks.fill((0, [0; 2]));
            self.search = 1;
        }
        if self.marks.len() < bound {
            self.marks.resize(bound, (0, [0; 2]));
        }
    }

    /// The marks of an entity, of one side and of the other.
    pub(crate) fn both(&self, entity: u32, side: Side) -> (u8, u8) {
        let (search, marks) = self.marks[entity as usize];
        match side {
            _ if search != self.search => (0, 0),
            Side::Ahead => (marks[0], marks[1]),
            Side::Back => (marks[1], marks[0]),
        }
    }

    /// The mark of an entity of one side.
    pub(crate) fn get(&self, entity: u32, side: Side) -> usize {
        self.both(entity, side).0.into()
    }

    /// Marks an entity.
    pub(crate) fn set(&mut self, entity: u32, side: Side, mark: u8) {
        let entry = &mut self.marks[entity as usize];
        if entry.0 != self.search {
            *entry = (self.search, [0; 2]);
        }
        entry.1[side as usize] = mark;
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
        marks.set(2, Side::Back, 255);
        assert_eq!((marks.both(2, Side::Ahead), marks.get(2, Side::Back)), ((0, 255), 255));
        assert_eq!(marks.both(1, Side::Back), (0, 0));
        marks.begin(4);
        assert_eq!((marks.get(2, Side::Back), marks.get(3, Side::Ahead)), (0, 0));
        // The numbers of searches run out: it begins anew.
        marks.search = u16::MAX;
        marks.set(0, Side::Ahead, 7);
        marks.begin(4);
        assert_eq!((marks.search, marks.get(0, Side::Ahead)), (1, 0));
    }
}
