//! Name resolution in Rust, from `/etc/hosts` and `/etc/resolv.conf`.
//!
//! Not the C library's: statically linked, glibc's `getaddrinfo` follows the image's
//! `nsswitch.conf` and loads the image's NSS modules into this process. And not a complete resolver
//! library: those weigh half a megabyte, most of it for caches and for records other than
//! addresses.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use domain::base::Name;
use resolv_conf::Config;
use thiserror::Error;

use super::dns::{DnsError, Servers};

/// Resolves names by the system's files as they are at that moment.
#[derive(Clone, Debug)]
pub(crate) struct Resolver {
    hosts: PathBuf,
    resolv_conf: PathBuf,
    /// The name servers' port.
    port: u16,
}

/// Why a name has no addresses.
#[derive(Debug, Error)]
pub(crate) enum ResolveError {
    #[error("there is no such name")]
    NoSuchName,
    #[error("it cannot be a name")]
    NotAName,
    #[error(transparent)]
    Dns(#[from] DnsError),
}

impl Default for Resolver {
    fn default() -> Self {
        Self { hosts: "/etc/hosts".into(), resolv_conf: "/etc/resolv.conf".into(), port: 53 }
    }
}

impl Resolver {
    /// The addresses of a name, at least one. An address resolves to itself.
    pub(crate) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        // A byte that is not UTF-8 invalidates only its own word.
        let hosts = fs::read(&self.hosts).unwrap_or_default();
        let listed = listed(&String::from_utf8_lossy(&hosts), host);
        if !listed.is_empty() {
            return Ok(listed);
        }
        // A missing file counts as empty, like in the C library.
        let config = fs::read(&self.resolv_conf).unwrap_or_default();
        let (config, _ignored) = Config::parse_with_errors(&config);
        let servers = self.servers(&config);
        let mut failure = ResolveError::NoSuchName;
        for candidate in candidates(host, &config) {
            let name = candidate.parse::<Name<Vec<u8>>>().map_err(|_| ResolveError::NotAName)?;
            match servers.addresses(&name).await {
                Ok(found) if found.is_empty() => {}
                Ok(found) => return Ok(found),
                Err(error) => failure = error.into(),
            }
        }
        Err(failure)
    }

    fn servers(&self, config: &Config) -> Servers {
        let mut addresses: Vec<_> =
            config.nameservers.iter().map(|address| SocketAddr::new(address.into(), self.port)).collect();
        if addresses.is_empty() {
            addresses.push((Ipv4Addr::LOCALHOST, self.port).into());
        }
        let limit = Duration::from_secs(config.timeout.max(1).into());
        Servers { addresses, limit, rounds: config.attempts.max(1) }
    }
}

/// The addresses that `/etc/hosts` gives a name. Source: hosts(5).
fn listed(hosts: &str, name: &str) -> Vec<IpAddr> {
    let name = name.trim_end_matches('.');
    let address = |line: &str| {
        let mut fields = line.split('#').next()?.split_whitespace();
        let address = fields.next()?;
        fields.any(|field| field.eq_ignore_ascii_case(name)).then(|| address.parse().ok())?
    };
    hosts.lines().filter_map(address).collect()
}

/// The full names to query, in order. Source: resolv.conf(5), `search` and `ndots`.
fn candidates(host: &str, config: &Config) -> Vec<String> {
    let as_it_is = format!("{}.", host.trim_end_matches('.'));
    if host.ends_with('.') {
        return vec![as_it_is];
    }
    let dots = host.bytes().filter(|byte| *byte == b'.').count();
    let suffixes = config.get_last_search_or_domain().map(|suffix| suffix.trim_matches('.').to_owned());
    let mut names: Vec<_> =
        suffixes.filter(|suffix| !suffix.is_empty()).map(|suffix| format!("{host}.{suffix}.")).collect();
    let first = usize::try_from(config.ndots).is_ok_and(|ndots| dots >= ndots);
    names.insert(if first { 0 } else { names.len() }, as_it_is);
    names
}

#[cfg(test)]
mod tests {
    use super::super::dns::tests::Server;
    use super::*;
    use std::time::Instant;

    /// A resolver with these contents of its files, and that name server.
    fn resolver(
        hosts: impl AsRef<[u8]>,
        resolv_conf: &str,
        server: &Server,
    ) -> (tempfile::TempDir, Resolver) {
        let folder = tempfile::tempdir().unwrap();
        let resolver = Resolver {
            hosts: folder.path().join("hosts"),
            resolv_conf: folder.path().join("resolv.conf"),
            port: server.port(),
        };
        fs::write(&resolver.hosts, hosts).unwrap();
        fs::write(&resolver.resolv_conf, format!("nameserver 127.0.0.1\n{resolv_conf}")).unwrap();
        (folder, resolver)
    }

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[tokio::test]
    async fn an_address_and_a_listed_name_need_no_query() {
        let server = Server::start(&[]).await;
        let hosts = "127.0.0.1 localhost # comment\n#10.0.0.9 db\n10.0.0.1\tDB db.local\nfd00::1 db\n";
        let (_folder, resolver) = resolver(hosts, "", &server);
        assert_eq!(resolver.addresses("fd00::2").await.unwrap(), addresses(&["fd00::2"]));
        assert_eq!(resolver.addresses("db").await.unwrap(), addresses(&["10.0.0.1", "fd00::1"]));
        assert_eq!(resolver.addresses("db.local.").await.unwrap(), addresses(&["10.0.0.1"]));
        assert_eq!(server.asked(), [""; 0]);
    }

    #[tokio::test]
    async fn a_byte_that_is_not_utf_8_spoils_its_own_word_only() {
        let server = Server::start(&[]).await;
        let hosts = b"# Z\xfcrich\n10.0.0.1 db\n10.0.0.2 d\xfc app\n";
        let (_folder, resolver) = resolver(hosts, "", &server);
        assert_eq!(resolver.addresses("db").await.unwrap(), addresses(&["10.0.0.1"]));
        assert_eq!(resolver.addresses("app").await.unwrap(), addresses(&["10.0.0.2"]));
        assert_eq!(server.asked(), [""; 0]);
    }

    #[tokio::test]
    async fn both_kinds_of_addresses_are_found_behind_an_alias() {
        let server = Server::start(&[
            ("db.example", "CNAME my_cluster.rds"),
            ("my_cluster.rds", "A 10.0.0.1"),
            ("my_cluster.rds", "A 10.0.0.2"),
            ("my_cluster.rds", "AAAA fd00::1"),
        ])
        .await;
        let (_folder, resolver) = resolver("", "", &server);
        let expected = addresses(&["10.0.0.1", "10.0.0.2", "fd00::1"]);
        assert_eq!(resolver.addresses("db.example").await.unwrap(), expected);
        assert_eq!(resolver.addresses("my_cluster.rds").await.unwrap(), expected);
    }

    #[tokio::test]
    async fn silence_about_one_kind_does_not_hold_up_the_other() {
        let server = Server::start(&[
            ("v4.example", "A 10.0.0.1"),
            ("v4.example", "SILENT AAAA"),
            ("v6.example", "AAAA fd00::1"),
            ("v6.example", "SILENT A"),
            ("none.example", "NXDOMAIN"),
            ("none.example", "SILENT AAAA"),
        ])
        .await;
        // Ten seconds and more if it waited for the whole time-out.
        let (_folder, resolver) = resolver("", "options timeout:5 attempts:2", &server);
        let started = Instant::now();
        assert_eq!(resolver.addresses("v4.example").await.unwrap(), addresses(&["10.0.0.1"]));
        assert_eq!(resolver.addresses("v6.example").await.unwrap(), addresses(&["fd00::1"]));
        let error = resolver.addresses("none.example").await.unwrap_err().to_string();
        assert_eq!(error, "there is no such name");
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    }

    #[tokio::test]
    async fn the_only_kind_there_is_has_its_whole_time() {
        // A response without an address of the first family does not shorten the wait for the
        // second.
        let server = Server::start(&[("v6.example", "AAAA fd00::1"), ("v6.example", "SILENT AAAA")]).await;
        let (_folder, resolver) = resolver("", "options timeout:1 attempts:2", &server);
        let error = resolver.addresses("v6.example").await.unwrap_err().to_string();
        assert!(error.ends_with("cannot be asked: timed out"), "{error}");
        assert_eq!(server.asked().len(), 3);
    }

    #[tokio::test]
    async fn an_answer_that_is_too_long_is_asked_for_over_tcp() {
        let records: Vec<_> = (1..=99).map(|n| ("many.example", format!("A 10.0.0.{n}"))).collect();
        let records: Vec<_> = records.iter().map(|(name, record)| (*name, record.as_str())).collect();
        let server = Server::start(&records).await;
        let (_folder, resolver) = resolver("", "", &server);
        assert_eq!(resolver.addresses("many.example").await.unwrap().len(), 99);
    }

    #[tokio::test]
    async fn search_domains_are_tried_as_ndots_says() {
        let server = Server::start(&[("db.b.example", "A 10.0.0.1")]).await;
        let (_folder, resolver) = resolver("", "search a.example b.example", &server);
        assert_eq!(resolver.addresses("db").await.unwrap(), addresses(&["10.0.0.1"]));
        assert_eq!(server.asked(), ["db.a.example", "db.a.example", "db.b.example", "db.b.example"]);
        assert_eq!(resolver.addresses("db.b").await.unwrap_err().to_string(), "there is no such name");
        assert_eq!(server.asked()[4..6], ["db.b", "db.b"]);
    }

    #[tokio::test]
    async fn a_server_that_fails_is_not_taken_for_a_missing_name() {
        let server = Server::start(&[("bad.example", "SERVFAIL")]).await;
        let (_folder, resolver) = resolver("", "options attempts:2", &server);
        let error = resolver.addresses("bad.example").await.unwrap_err().to_string();
        assert_eq!(error, format!("the name server 127.0.0.1:{} answers SERVFAIL", server.port()));
        assert_eq!(server.asked().len(), 4);
    }

    #[tokio::test]
    async fn a_wrong_answer_is_passed_over_for_the_right_one() {
        let server = Server::start(&[("db.example", "FORGED"), ("db.example", "A 10.0.0.1")]).await;
        let (_folder, resolver) = resolver("", "", &server);
        assert_eq!(resolver.addresses("db.example").await.unwrap(), addresses(&["10.0.0.1"]));
    }

    #[tokio::test]
    async fn what_cannot_be_a_name_is_none() {
        let server = Server::start(&[]).await;
        let (_folder, resolver) = resolver("", "", &server);
        for host in ["a..b", &"a".repeat(64)] {
            let error = resolver.addresses(host).await.unwrap_err().to_string();
            assert_eq!(error, "it cannot be a name");
        }
    }
}
