//! What the benches share: figures of many samples, and how they are printed and kept.

pub mod cpu_quota;
pub mod memory;
pub mod report;
pub mod samples;
