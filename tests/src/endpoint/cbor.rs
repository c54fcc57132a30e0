//! As much of CBOR (RFC 8949) as a call of `CloudWatch` needs.

pub fn map(fields: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let entries = fields.iter().map(|(key, value)| [text(key), value.clone()].concat());
    [vec![head(5, fields.len())], entries.collect()].concat().concat()
}

pub fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [vec![head(4, items.len())], items.to_vec()].concat().concat()
}

pub fn text(text: &str) -> Vec<u8> {
    [head(3, text.len()), text.as_bytes().to_vec()].concat()
}

pub fn number(number: f64) -> Vec<u8> {
    [vec![0xfb], number.to_be_bytes().to_vec()].concat()
}

/// Seconds since the epoch, with the tag of a time.
pub fn time(seconds: f64) -> Vec<u8> {
    [vec![0xc1], number(seconds)].concat()
}

/// A major type with a length in eight bytes.
fn head(major: u8, len: usize) -> Vec<u8> {
    [vec![(major << 5) | 0x1b], (len as u64).to_be_bytes().to_vec()].concat()
}
