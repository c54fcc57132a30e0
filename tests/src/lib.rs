//! The local AWS, on which Reveille runs in tests and in `cargo demo`.

pub mod aws_models;
pub mod binaries;
pub mod demo;
pub mod endpoint;
pub mod event_log;
pub mod gate;
pub mod in_process;
pub mod measure;
pub mod microburst;
pub mod ministack;
pub mod moto;
pub mod npm;
pub mod pace;
pub mod postgres;
pub mod python;
pub mod raw_http;
pub mod stack;
pub mod tools;
pub mod web_socket;
pub mod zip;
