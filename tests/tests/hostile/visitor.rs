//! A visitor with bad intentions: how a request is generated.

use fastrand::Rng;

use crate::hostile::environments::{ALL, GUARDED, HELD, TOKEN, host};
use crate::hostile::request::{Draft, Form};
use crate::hostile::strings::{chance, injected, odd, pick, secret};

const METHODS: [&str; 24] = [
    "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "POST", "POST", "POST", "POST", "HEAD", "HEAD",
    "PUT", "DELETE", "OPTIONS", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "get", "G E T", "",
];
const WAKE: &str = "/.reveille/wake";
const OWN_PATHS: [&str; 9] = [
    "/.reveille/status",
    "/.reveille/status",
    WAKE,
    WAKE,
    WAKE,
    "/.reveille/",
    "/.reveille/status/",
    "/.reveille/WAKE",
    "/.reveille/%77ake",
];
const SCANNED: [&str; 8] = [
    "/wp-login.php",
    "/.env",
    "/a/.git/config",
    "/%2Eenv",
    "/%77p-admin/",
    "/x/../../etc/passwd",
    "/favicon.ico",
    "/robots.txt",
];
const ROBOTS: [&str; 5] = [
    "ELB-HealthChecker/2.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "UptimeRobot/2.0",
    "sqlmap/1.8",
    "Googlebot/2.1 é",
];
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const NAMES: [&str; 22] = [
    "accept",
    "accept-language",
    "authorization",
    "content-length",
    "content-type",
    "cookie",
    "if-none-match",
    "range",
    "referer",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "te",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-amzn-trace-id",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-original-url",
    "x-reveille-token",
    "access-control-request-method",
];

impl Draft {
    pub fn new(rng: &mut Rng, cookie: &str) -> Self {
        // A held client takes a second.
        let environment = if chance(rng, 1) { HELD } else { pick(rng, &ALL) };
        let environment = if environment == HELD && !chance(rng, 5) { GUARDED } else { environment };
        let mut draft = Self {
            form: if rng.bool() { Form::Single } else { Form::Multi },
            method: pick(rng, &METHODS).to_owned(),
            has_credential: false,
            reached: Vec::new(),
            path: String::new(),
            query: Vec::new(),
            headers: Vec::new(),
            body: String::new(),
            base64: false,
            refused: false,
            from_own_page: false,
            from_inside: false,
        };
        draft.choose_path(rng);
        if draft.path == WAKE && chance(rng, 70) {
            "POST".clone_into(&mut draft.method);
        }
        draft.refused |= draft.method == "TRACE";
        draft.choose_host(rng, environment);
        draft.choose_network(rng);
        draft.choose_agent(rng);
        draft.choose_query(rng, environment);
        draft.choose_origin(rng, environment);
        draft.choose_body(rng);
        draft.choose_credential(rng, cookie);
        for _ in 0..rng.u8(..5) {
            draft.add_odd_header(rng);
        }
        rng.shuffle(&mut draft.headers);
        draft
    }

    fn header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.push((name.to_owned(), value.into()));
    }

    fn choose_path(&mut self, rng: &mut Rng) {
        self.path = match rng.u8(..100) {
            0..25 => "/a/b".to_owned(),
            25..50 => pick(rng, &OWN_PATHS).to_owned(),
            50..60 => {
                self.refused = true;
                pick(rng, &SCANNED).to_owned()
            }
            60..75 => format!("/{}", odd(rng)),
            _ => odd(rng),
        };
    }

    fn choose_host(&mut self, rng: &mut Rng, environment: &'static str) {
        let name = host(environment);
        let value = match rng.u8(..100) {
            0..80 => name,
            80..83 => name.to_uppercase(),
            83..86 => format!("{name}:8443"),
            86..89 => format!("{name}."),
            stranger => {
                let value = match stranger {
                    89 => format!("{name}.evil.example"),
                    90 => format!("evil.example/{name}"),
                    91 => format!("{name}@evil.example"),
                    92 => format!("evil{name}"),
                    93 => "stranger.example".to_owned(),
                    94..97 => odd(rng),
                    _ => return,
                };
                return self.header("host", value);
            }
        };
        self.reached.push(environment);
        self.header("host", value);
        if self.form == Form::Multi && chance(rng, 3) {
            let other = pick(rng, &ALL);
            self.reached.push(other);
            self.header("host", host(other));
        }
    }

    /// The load balancer adds the last address; the client may have forged those before it.
    fn choose_network(&mut self, rng: &mut Rng) {
        let claim = if rng.bool() { "203.0.113.7, ".to_owned() } else { String::new() };
        let last = match rng.u8(..10) {
            0..3 => {
                self.from_inside = true;
                "203.0.113.9".to_owned()
            }
            3 => {
                self.from_inside = true;
                "203.0.113.9:4711".to_owned()
            }
            4..8 => "198.51.100.1".to_owned(),
            8 => "203.0.113.9, 198.51.100.1".to_owned(),
            // None of these ends with an address of the network.
            _ => odd(rng),
        };
        self.header("x-forwarded-for", format!("{claim}{last}"));
    }

    fn choose_agent(&mut self, rng: &mut Rng) {
        let agent = match rng.u8(..10) {
            0..6 => BROWSER.to_owned(),
            6 => {
                self.refused = true;
                pick(rng, &ROBOTS).to_owned()
            }
            7 => odd(rng),
            _ => return,
        };
        self.header("user-agent", agent);
        if chance(rng, 50) {
            self.header("accept", pick(rng, &["text/html", "application/json", "*/*", "text/html;q=0"]));
        }
    }

    fn choose_query(&mut self, rng: &mut Rng, environment: &str) {
        for _ in 0..rng.u8(..4) {
            let value = if chance(rng, 20) { injected(rng) } else { odd(rng) };
            self.query.push((odd(rng), value));
        }
        if chance(rng, 30) {
            let named = if chance(rng, 50) { environment } else { pick(rng, &ALL) };
            self.query.push(("environment".to_owned(), named.to_owned()));
        }
        if chance(rng, 5) {
            self.query.push(("reveille_token".to_owned(), secret(rng)));
        }
    }

    /// Whether the environment's own page sent the request, as browsers indicate it.
    fn choose_origin(&mut self, rng: &mut Rng, environment: &str) {
        let own = format!("https://{}", host(environment));
        let from_own_page = match rng.u8(..10) {
            0..2 => {
                self.header("sec-fetch-site", "same-origin");
                true
            }
            // Its host may differ, and then this proves nothing.
            2 => {
                self.header("origin", own);
                true
            }
            3 => {
                self.header(
                    "sec-fetch-site",
                    pick(rng, &["cross-site", "same-site", "none", "", "SAME-ORIGIN"]),
                );
                self.header("origin", own);
                false
            }
            4 => {
                let other =
                    ["null", "https://evil.example", "https://evil.example:443/", "\u{0}", "https://"];
                self.header("origin", pick(rng, &other));
                false
            }
            5 => {
                self.header("origin", format!("{own}.evil.example"));
                false
            }
            6 => {
                self.header("origin", "https://front.example.com");
                self.header("access-control-request-method", "PUT");
                false
            }
            7 if self.form == Form::Multi => {
                self.header("sec-fetch-site", "same-origin");
                self.header("sec-fetch-site", "cross-site");
                false
            }
            _ => false,
        };
        self.from_own_page = from_own_page && self.method == "POST" && self.path == WAKE;
    }

    fn choose_body(&mut self, rng: &mut Rng) {
        self.base64 = rng.bool();
        self.body = match rng.u8(..100) {
            0..40 => String::new(),
            40..60 => odd(rng),
            60..80 => format!("to={}&token={}&a={}", odd(rng), secret(rng), injected(rng)),
            80..90 => format!("to=%2F%2Fevil.example%2F{}", rng.u8(..)),
            90..99 => secret(rng),
            _ => "x".repeat(rng.usize(..700_000)),
        };
    }

    /// Sometimes the right token or cookie, more often a wrong one.
    fn choose_credential(&mut self, rng: &mut Rng, cookie: &str) {
        let (choice, right) = (rng.u8(..30), rng.bool());
        let token = if right { TOKEN.to_owned() } else { secret(rng) };
        match choice {
            0 => self.header("x-reveille-token", token),
            1 => self.query.push(("reveille_token".to_owned(), token)),
            2 => {
                self.header("cookie", format!("a=b; reveille_token={}", if right { cookie } else { &token }));
            }
            3 => self.body = format!("to=/a&token={token}"),
            // The signature of another expiry.
            4 => self.header("cookie", format!("reveille_token=9{cookie}")),
            _ => return,
        }
        self.has_credential = right && choice < 4;
    }

    fn add_odd_header(&mut self, rng: &mut Rng) {
        let name = if chance(rng, 90) { pick(rng, &NAMES).to_owned() } else { odd(rng) };
        let value = match (name.as_str(), rng.u8(..10)) {
            ("cookie" | "authorization" | "x-reveille-token", 0..8) => format!("{}\u{1}", secret(rng)),
            ("cookie" | "authorization" | "x-reveille-token", _) => secret(rng),
            ("accept", 0..7) => "text/html,application/xhtml+xml".to_owned(),
            ("content-type", 0..3) => "application/grpc".to_owned(),
            ("sec-fetch-mode", 0..7) => "navigate".to_owned(),
            ("x-forwarded-proto", 0..7) => "https".to_owned(),
            (_, 0..3) => injected(rng),
            _ => odd(rng),
        };
        self.header(&name, value);
    }
}
