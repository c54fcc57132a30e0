//! Many months, on two threads.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use waker::config::Environment;

use super::{
    cloud::environments::{app, environment, one, service},
    conditions::Conditions,
    designs::Design,
    month::{Broken, Month},
    sums::Sums,
};

const THREADS: usize = 2;

/// The app alone; with a worker after it; after a cache.
#[derive(Debug)]
pub struct Shapes {
    environments: Vec<Environment>,
    conditions: Conditions,
}

impl Shapes {
    pub fn new() -> Self {
        let app = |after: &[&str]| app("app", 2, after);
        let shapes = [
            vec![app(&[])],
            vec![app(&[]), service("worker", &["app"])],
            vec![service("cache", &[]), app(&["cache"])],
        ];
        let environments = shapes.iter().map(|services| one(environment(0, "app", services))).collect();
        Self { environments, conditions: Conditions::default() }
    }

    pub fn under(conditions: Conditions) -> Self {
        Self { conditions, ..Self::new() }
    }

    pub fn month(&self, design: Design, seed: u64) -> Month<'_> {
        let environment = &self.environments[seed as usize % self.environments.len()];
        Month::new(environment, design, self.conditions, seed)
    }

    /// The sums of the seeds from 0 on, or the first breach and its seed.
    pub fn months(&self, design: Design, seeds: u64, must_hold: bool) -> Result<Sums, (u64, Broken)> {
        let next = AtomicU64::new(0);
        let total = Mutex::new(Ok(Sums::default()));
        let lock = || total.lock().unwrap_or_else(PoisonError::into_inner);
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    while lock().is_ok() {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= seeds {
                            break;
                        }
                        let month = self.month(design, seed).run(must_hold);
                        let mut total = lock();
                        match (&mut *total, month) {
                            (Ok(total), Ok(sums)) => total.add(&sums),
                            (total, Err(broken)) => *total = Err((seed, broken)),
                            (Err(_), Ok(_)) => {}
                        }
                    }
                });
            }
        });
        total.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
