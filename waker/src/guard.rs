//! Which requests may wake an environment.
//!
//! ```text
//! request -> network --no--> Refused(Network)
//!              |
//!            token? --valid--> ByToken, without the checks below
//!              |
//!            method, path, agent --refused--> Refused
//!              |
//!            wake = request --> Admitted | click --> NeedsClick | token --> NeedsToken
//! ```
//!
//! A request that is not admitted still reaches an environment that is awake: the guard limits the cost
//! of wakes, not the use of the app.

mod cookie;
mod defaults;
mod network;
mod origin;
mod path;
mod token;

use std::time::SystemTime;

use http::{HeaderName, Method, header};

pub use origin::is_same_origin;
pub use token::{PARAMETER, TokenSource};

use crate::{
    config::{Guard, Pattern, WakeBy},
    event::Request,
};

/// What a request may do to a sleeping environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Wakes it, within the budget.
    Admitted,
    /// Wakes it, without a budget.
    ByToken(TokenSource),
    /// Wakes it after a click.
    NeedsClick,
    NeedsToken,
    Refused(Refusal),
}

/// The rule that refuses a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Network,
    Method,
    Path,
    Agent,
}

impl Refusal {
    /// A stable identifier for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Network => "refused_network",
            Self::Method => "refused_method",
            Self::Path => "refused_path",
            Self::Agent => "refused_agent",
        }
    }

    /// One sentence for a person.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Network => "The application is asleep, and requests from this network do not wake it.",
            Self::Method => "The application is asleep, and requests with this method do not wake it.",
            Self::Path => "The application is asleep, and requests for this path do not wake it.",
            Self::Agent => "The application is asleep, and automated visitors do not wake it.",
        }
    }
}

impl Guard {
    /// `environment` is the environment's name, for which a cookie is valid.
    pub fn admit(&self, environment: &str, request: &Request, now: SystemTime) -> Admission {
        if self.refuses_network(request) {
            return Admission::Refused(Refusal::Network);
        }
        if let Some(given) = self.token.as_ref().and_then(|token| token.given(environment, request, now)) {
            return Admission::ByToken(given);
        }
        if let Some(refusal) = self.refusal(request) {
            return Admission::Refused(refusal);
        }
        match self.wake {
            WakeBy::Request => Admission::Admitted,
            WakeBy::Click => Admission::NeedsClick,
            WakeBy::Token => Admission::NeedsToken,
        }
    }

    pub fn refuses_network(&self, request: &Request) -> bool {
        !self.networks.is_empty() && !network::is_from(&self.networks, request)
    }

    /// Whether the request comes from the guard's networks or has its token. False for a guard that has
    /// neither.
    pub fn knows(&self, environment: &str, request: &Request, now: SystemTime) -> bool {
        let token = self.token.as_ref();
        network::is_from(&self.networks, request)
            || token.is_some_and(|token| token.given(environment, request, now).is_some())
    }

    fn refusal(&self, request: &Request) -> Option<Refusal> {
        let canonical = path::canonical(&request.path);
        let paths = [request.path.as_str(), &canonical];
        let is_method = |method: &Method| method.as_str().eq_ignore_ascii_case(request.method.as_str());
        let any = |patterns: &[Pattern], text: &str| patterns.iter().any(|pattern| pattern.matches(text));
        let is_refused =
            |agent: &str| any(&self.agents, agent) || (self.default_agents && defaults::is_automated(agent));
        if self.methods.iter().any(is_method) {
            Some(Refusal::Method)
        } else if paths
            .into_iter()
            .any(|path| any(&self.paths, path) || (self.default_paths && defaults::is_scanner_path(path)))
        {
            Some(Refusal::Path)
        } else if request.texts(header::USER_AGENT).any(|agent| is_refused(&agent))
            || (self.default_agents && is_prefetch(request))
        {
            Some(Refusal::Agent)
        } else {
            None
        }
    }
}

/// Whether a browser loads the page ahead of time, perhaps for nothing ([`Sec-Purpose`]; `Purpose` in
/// older browsers).
///
/// [`Sec-Purpose`]: https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Purpose
fn is_prefetch(request: &Request) -> bool {
    ["sec-purpose", "purpose", "x-moz"]
        .into_iter()
        .flat_map(|name| request.texts(HeaderName::from_static(name)))
        .any(|purpose| purpose.split([';', ',']).any(|word| word.trim().eq_ignore_ascii_case("prefetch")))
}

#[cfg(test)]
pub(crate) use cookie::seal;
#[cfg(test)]
mod tests;
