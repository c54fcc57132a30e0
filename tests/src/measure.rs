//! The benches' figures: samples, and how they are printed and stored.

pub mod cpu_quota;
pub mod memory;
pub mod report;
pub mod samples;
