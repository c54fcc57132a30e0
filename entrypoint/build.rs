//! Takes from the embedded certificates what verification needs, their names and keys: a third
//! of their size.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

const ROOTS: &str = "roots/amazon-rds.pem";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={ROOTS}");
    // Of a static executable that can be placed anywhere, a twentieth are addresses to be
    // adjusted at its start; packed, next to nothing.
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    let mut anchors = String::from("&[\n");
    for certificate in CertificateDer::pem_file_iter(ROOTS).expect("the roots are PEM") {
        let certificate = certificate.expect("the roots are PEM");
        let anchor = webpki::anchor_from_trusted_cert(&certificate).expect("each root is a certificate");
        let name_constraints = anchor.name_constraints.map(|der| der.to_vec());
        writeln!(
            anchors,
            "TrustAnchor {{ subject: Der::from_slice(&{:?}), \
             subject_public_key_info: Der::from_slice(&{:?}), name_constraints: {} }},",
            anchor.subject.as_ref(),
            anchor.subject_public_key_info.as_ref(),
            name_constraints.map_or("None".into(), |der| format!("Some(Der::from_slice(&{der:?}))")),
        )
        .expect("a string can be written to");
    }
    anchors.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("amazon_rds.rs"), anchors).expect("OUT_DIR can be written to");
}
