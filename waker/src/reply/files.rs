//! Files that robots and browsers request by themselves. They wake nothing.

use http::{Method, StatusCode};

use super::Reply;
use crate::event::Request;

const ROBOTS_TXT: &str = "User-agent: *\nDisallow: /\n";
const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#d08a00" d="M10 1a7 7 0 1 0 5 11A7 7 0 0 1 10 1z"/></svg>"##;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    Robots,
    Icon,
}

impl File {
    /// The requested file, if it is one of them.
    pub fn of(request: &Request) -> Option<Self> {
        if request.method != Method::GET && request.method != Method::HEAD {
            return None;
        }
        let name = request.path.strip_prefix('/')?;
        let icon = matches!(name, "favicon.ico" | "favicon.svg" | "favicon.png")
            || (name.starts_with("apple-touch-icon") && name.to_ascii_lowercase().ends_with("png"));
        if name == "robots.txt" { Some(Self::Robots) } else { icon.then_some(Self::Icon) }
    }

    /// Browsers use its media type, not the extension of its name.
    pub fn reply(self) -> Reply {
        let (media_type, body) = match self {
            Self::Robots => ("text/plain; charset=utf-8", ROBOTS_TXT),
            Self::Icon => ("image/svg+xml", ICON),
        };
        Reply::new(StatusCode::OK).body(media_type, body.to_owned())
    }
}
