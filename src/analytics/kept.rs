//! Measures that are kept for the next who asks: made once, off the way of requests, by a thread of
//! their own, and given up when nobody can ask for them any more.

use std::{
    collections::HashMap,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{Measure, Projection};

/// The measures of one part of one revision.
#[derive(Debug)]
pub struct Measures(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    projection: Projection,
    made: Mutex<HashMap<Measure, State>>,
    is_made: Condvar,
    stop: AtomicBool,
}

#[derive(Debug, Clone)]
enum State {
    Making,
    Made(Arc<[f64]>),
}

/// A measure is not made yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} is being made and takes longer than an answer may: ask again in a while", .0.name())]
pub struct NotYet(pub Measure);

impl Measures {
    /// Measures of a projection, none of them made yet.
    pub fn new(projection: Projection) -> Self {
        Self(Arc::new(Shared { projection, ..Shared::default() }))
    }

    /// What the measures are of.
    pub fn projection(&self) -> &Projection {
        &self.0.projection
    }

    /// A measure of every entity, by id. Waits while it is made, until the deadline.
    ///
    /// # Errors
    /// If it is not made by then; it is made on.
    pub fn get(&self, measure: Measure, deadline: Option<Instant>) -> Result<Arc<[f64]>, NotYet> {
        let mut made = self.0.made.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match made.get(&measure) {
                Some(State::Made(values)) => return Ok(Arc::clone(values)),
                Some(State::Making) => {}
                None => {
                    made.insert(measure, State::Making);
                    let shared = Arc::clone(&self.0);
                    std::thread::spawn(move || shared.make(measure));
                }
            }
            made = match deadline {
                None => self.0.is_made.wait(made).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(NotYet(measure));
                    }
                    let waited = self.0.is_made.wait_timeout(made, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

/// How many measures are made now, of whatever graphs: no more at once than there are processors, so
/// that requests keep their share however many measures are asked for.
static MAKING: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// The right to make one measure, until it is dropped.
struct Turn;

impl Turn {
    /// Waits for a turn; `None` if `stop` was set before it came.
    fn wait(stop: &AtomicBool) -> Option<Self> {
        let most = std::thread::available_parallelism().map_or(1, usize::from);
        let (making, has_ended) = &MAKING;
        let mut making = making.lock().unwrap_or_else(PoisonError::into_inner);
        while *making >= most {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let waited = has_ended.wait_timeout(making, Duration::from_millis(100));
            making = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *making += 1;
        Some(Self)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *MAKING.0.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        MAKING.1.notify_one();
    }
}

impl Drop for Measures {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    fn make(&self, measure: Measure) {
        let values =
            Turn::wait(&self.stop).and_then(|_turn| measure.of(&self.projection, &self.stop));
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        match values {
            Some(values) => made.insert(measure, State::Made(values.into())),
            None => made.remove(&measure),
        };
        self.is_made.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_that_nobody_waits_for_any_more_is_given_up() {
        let stop = AtomicBool::new(false);
        let most = std::thread::available_parallelism().map_or(1, usize::from);
        let taken: Vec<Turn> = (0..most).filter_map(|_| Turn::wait(&stop)).collect();
        assert_eq!(taken.len(), most);
        stop.store(true, Ordering::Relaxed);
        assert!(Turn::wait(&stop).is_none(), "all are taken");
        drop(taken);
        assert!(Turn::wait(&stop).is_some(), "there is one at once");
    }
}
