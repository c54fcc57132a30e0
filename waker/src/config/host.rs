/// A host name of an environment: `app.example.com`, or `*.example.com` for every name below
/// `example.com`, at any depth.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostPattern {
    /// Lower case, without the wildcard's `*.`.
    name: String,
    wildcard: bool,
}

/// How closely a pattern matches a host; of two that match, the greater one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closeness {
    /// A wildcard, by the length of the name after `*.`.
    Wildcard(usize),
    Exact,
}

impl HostPattern {
    /// None unless every label is valid in a host name (RFC 1123).
    pub(super) fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let (name, wildcard) = match lower.strip_prefix("*.") {
            Some(rest) => (rest, true),
            None => (lower.as_str(), false),
        };
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        (name.len() <= 253 && name.split('.').all(label)).then(|| Self { name: name.to_owned(), wildcard })
    }

    /// How closely it matches `host`, which must come from [`normalise`].
    pub(super) fn closeness(&self, host: &str) -> Option<Closeness> {
        if !self.wildcard {
            return (host == self.name).then_some(Closeness::Exact);
        }
        let below = host.strip_suffix(self.name.as_str())?.strip_suffix('.')?;
        (!below.is_empty()).then_some(Closeness::Wildcard(self.name.len()))
    }
}

/// A `Host` header's value as a name: lower case, without port and final dot.
pub(super) fn normalise(host: &str) -> String {
    let host = host.trim();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_header_is_read_without_case_port_and_final_dot() {
        for (header, name) in [
            ("app.example.com", "app.example.com"),
            ("APP.Example.com:8443", "app.example.com"),
            ("app.example.com.", "app.example.com"),
            ("app.example.com.:80", "app.example.com"),
            ("[2001:db8::1]:80", "[2001:db8::1]"),
            ("", ""),
        ] {
            assert_eq!(normalise(header), name, "{header}");
        }
    }

    #[test]
    fn a_wildcard_matches_any_depth_below_but_not_the_name_itself() {
        let pattern = HostPattern::parse("*.Example.com").unwrap();
        assert_eq!(pattern.closeness("a.example.com"), Some(Closeness::Wildcard(11)));
        assert_eq!(pattern.closeness("a.b.example.com"), Some(Closeness::Wildcard(11)));
        assert_eq!(pattern.closeness("example.com"), None);
        assert_eq!(pattern.closeness(".example.com"), None);
        assert_eq!(pattern.closeness("badexample.com"), None);
    }

    #[test]
    fn what_is_no_host_name_is_refused() {
        let long_label = "a".repeat(64);
        let long_name = ["a"; 128].join(".");
        for text in
            ["", "*", "*.", "a..b", "-a.b", "a-.b", "a b", "a:80", "a.*.b", "ä.de", &long_label, &long_name]
        {
            assert_eq!(HostPattern::parse(text), None, "{text}");
        }
    }
}
