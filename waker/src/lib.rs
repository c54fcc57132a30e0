//! The waker.
