//! A path as the application probably reads it, in one spelling.

use percent_encoding::percent_decode_str;

/// Percent-decoded once, with `/` for a backslash, and without empty parts and `.`. Two dots stay: they
/// are refused.
pub(super) fn canonical(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy().replace('\\', "/");
    let mut canonical = String::with_capacity(decoded.len());
    for part in decoded.split('/').filter(|part| !part.is_empty() && *part != ".") {
        canonical.push('/');
        canonical.push_str(part);
    }
    if decoded.ends_with('/') || canonical.is_empty() {
        canonical.push('/');
    }
    canonical
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_has_one_spelling() {
        for (path, expected) in [
            ("/", "/"),
            ("", "/"),
            ("/a/b/", "/a/b/"),
            ("//a/./b", "/a/b"),
            ("/%61%2Fb", "/a/b"),
            ("/..\\a", "/../a"),
            ("/%2561", "/%61"),
            ("/%ff%", "/\u{fffd}%"),
        ] {
            assert_eq!(canonical(path), expected, "{path}");
        }
    }
}
