//! The settings of who may wake an environment. [`crate::guard`] applies them.

use http::Method;

use super::{Network, Pattern, TokenDigest, reader::Object};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WakeBy {
    /// Any request that is not refused.
    #[default]
    Request,
    /// A click on the page's button.
    Click,
    /// A token in the query, a header or a sealed cookie.
    Token,
}

/// An environment's guard. Its default is the configuration's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    pub wake: WakeBy,
    pub token: Option<TokenDigest>,
    /// If not empty, only requests from these networks wake it.
    pub networks: Vec<Network>,
    pub methods: Vec<Method>,
    pub paths: Vec<Pattern>,
    pub agents: Vec<Pattern>,
    /// The built-in lists apply in addition.
    pub default_paths: bool,
    pub default_agents: bool,
    /// Wakes per hour beyond which only a click or a token wakes; None: no limit.
    pub wakes_per_hour: Option<u32>,
}

/// More than visitors can use up with the shortest idle time.
pub const DEFAULT_WAKES_PER_HOUR: u32 = 12;

impl Default for Guard {
    fn default() -> Self {
        Self {
            wake: WakeBy::Request,
            token: None,
            networks: Vec::new(),
            methods: vec![Method::TRACE],
            paths: Vec::new(),
            agents: Vec::new(),
            default_paths: true,
            default_agents: true,
            wakes_per_hour: Some(DEFAULT_WAKES_PER_HOUR),
        }
    }
}

/// As many wakes as the history holds, less the requested one.
const MAX_WAKES_PER_HOUR: u32 = 14;

pub(super) fn read(mut object: Object<'_>) -> Guard {
    let wake = object.optional_text("wake", r#""request", "click" or "token""#, |text| {
        matches!(text, "request" | "click" | "token")
    });
    let wake = match wake.as_deref() {
        Some("click") => WakeBy::Click,
        Some("token") => WakeBy::Token,
        _ => WakeBy::Request,
    };
    let digest =
        object.optional_text("token_sha256", "the SHA-256 of the token in 64 hexadecimal digits", |text| {
            TokenDigest::parse(text).is_some()
        });
    let token = digest.as_deref().and_then(TokenDigest::parse);
    if wake == WakeBy::Token && token.is_none() {
        object.problem("token_sha256", "must be set where wake is token");
    }
    let networks = list(&mut object, "networks", |text| {
        Network::parse(text)
            .ok_or("must be a network such as 203.0.113.0/24, without bits set beyond its prefix".into())
    });
    let pattern =
        |text: &str| Pattern::parse(text).map_err(|error| format!("must be a regular expression: {error}"));
    let agents = list(&mut object, "refuse_agents", pattern);
    let paths = list(&mut object, "refuse_paths", pattern);
    let methods = list(&mut object, "refuse_methods", |text| {
        let method = Method::from_bytes(text.as_bytes()).ok();
        let method = method.filter(|_| !text.is_empty() && text == text.to_ascii_uppercase());
        method.ok_or("must be a method in upper case, such as PUT".into())
    });
    let default_agents = object.flag_or("default_agents", true);
    let default_paths = object.flag_or("default_paths", true);
    let budget = object.number("wakes_per_hour", DEFAULT_WAKES_PER_HOUR, 0..=MAX_WAKES_PER_HOUR);
    object.close();
    Guard {
        wake,
        token,
        networks,
        methods: if methods.is_empty() { Guard::default().methods } else { methods },
        paths,
        agents,
        default_paths,
        default_agents,
        wakes_per_hour: (budget > 0).then_some(budget),
    }
}

fn list<T>(object: &mut Object<'_>, name: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
    let mut values = Vec::new();
    for (path, item) in object.list(name) {
        match item.as_str().map(&parse) {
            Some(Ok(value)) => values.push(value),
            Some(Err(rule)) => object.problem_at(path, &rule),
            None => object.problem_at(path, "must be a string"),
        }
    }
    values
}
