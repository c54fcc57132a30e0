//! How an environment's pages look.

use std::{fmt, fs};

use super::reader::Object;

/// In characters. A title and a message of these lengths fit on a page 320 pixels wide.
const LONGEST_TITLE: usize = 60;
const LONGEST_MESSAGE: usize = 500;
/// In bytes: a page must be smaller than 20 KB.
const LARGEST_LOGO: usize = 6 * 1024;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    /// Replaces the environment's name.
    pub title: Option<String>,
    /// Replaces the page's text about an environment that wakes.
    pub message: Option<String>,
    pub accent: Accent,
    /// A `data:` URL.
    pub logo: Option<String>,
    /// The text of a template that replaces the built-in page.
    pub template: Option<String>,
}

/// The colour of the progress bar and the buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent([u8; 3]);

impl Default for Accent {
    fn default() -> Self {
        Self([0x2f, 0x5b, 0xd0])
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Accent {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let number = digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digits)?;
        let [_, red, green, blue] = u32::from_str_radix(number, 16).ok()?.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// White or black, whichever has the greater contrast to it ([WCAG]).
    ///
    /// [WCAG]: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
    pub fn text(self) -> &'static str {
        let linear = |value: u8| {
            let share = f64::from(value) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 { "#fff" } else { "#000" }
    }
}

/// Reads an environment's object `theme`.
pub(super) fn read(mut object: Object<'_>) -> Theme {
    let title = object.optional_text("title", "1 to 60 characters without control characters", |text| {
        is_line(text, LONGEST_TITLE)
    });
    let message = object.optional_text("message", "1 to 500 characters without control characters", |text| {
        is_line(text, LONGEST_MESSAGE)
    });
    let accent =
        object.optional_text("accent", "a colour such as #2f5bd0", |text| Accent::parse(text).is_some());
    let logo = object.optional_text(
        "logo",
        "an image as a data: URL in base64 (PNG, JPEG, GIF, WebP or SVG) of at most 6,144 bytes",
        is_image,
    );
    let template = object.optional_text("template_file", "the path of a file", |text| !text.is_empty());
    let template = template.and_then(|path| match fs::read_to_string(&path) {
        Ok(source) => Some(source),
        Err(error) => {
            object.problem("template_file", format!("cannot be read: {error}"));
            None
        }
    });
    object.close();
    Theme {
        title,
        message,
        accent: accent.as_deref().and_then(Accent::parse).unwrap_or_default(),
        logo,
        template,
    }
}

fn is_line(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.chars().count())
        && !text.chars().any(char::is_control)
        && !text.trim().is_empty()
}

fn is_image(text: &str) -> bool {
    let kinds = ["png", "jpeg", "gif", "webp", "svg+xml"];
    let data = text.strip_prefix("data:image/").and_then(|rest| {
        let (kind, data) = rest.split_once(";base64,")?;
        kinds.contains(&kind).then_some(data)
    });
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    text.len() <= LARGEST_LOGO && data.is_some_and(|data| !data.is_empty() && data.bytes().all(base64))
}
