//! The values that a page shows, before it is HTML.

use askama::Template;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::Serialize;
use serde_json::json;

use super::language::Texts;
use crate::{
    config::Environment,
    environment::plan::Phase,
    event::{STATUS_PATH, WAKE_PATH},
    status::{EnvironmentState, Progress, Status, StepName, StepState},
};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// A moon, and a check mark.
const ICON_WAITING: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%23d08a00' d='M10 1a7 7 0 1 0 5 11A7 7 0 0 1 10 1z'/%3E%3C/svg%3E";
const ICON_READY: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='none' stroke='%231a8a4a' stroke-width='3' d='M2 9l4 4 8-10'/%3E%3C/svg%3E";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Waiting,
    Failed,
    Click,
    Token,
    Refused,
}

/// The variables of a template, built-in or a user's own.
#[derive(Debug, Serialize, Template)]
#[template(path = "page.html")]
pub struct View<'a> {
    pub kind: Kind,
    pub lang: &'static str,
    /// The environment's name, or the theme's title.
    pub name: &'a str,
    /// Heading and title of the page.
    pub title: String,
    pub intro: &'a str,
    /// What is happening, or why nothing is.
    pub sentence: Option<&'static str>,
    pub advice: Option<&'static str>,
    /// The page answers a form, which has not reached the application.
    pub not_sent: Option<&'static str>,
    /// Empty if nothing is being woken.
    pub steps: Vec<StepView>,
    /// In per cent.
    pub progress: u8,
    pub bar_label: &'static str,
    pub time: String,
    pub form: Option<Form>,
    /// The label of the link that retries.
    pub again: Option<&'static str>,
    /// Seconds after which a browser without scripts reloads.
    pub refresh: Option<u32>,
    pub logo: Option<&'a str>,
    pub accent: String,
    /// Black or white, whichever is more readable on the accent.
    pub on_accent: &'static str,
    pub icon: &'static str,
    pub nonce: String,
    pub style: &'static str,
    pub script: &'static str,
    /// The script's settings, as JSON without a less-than sign.
    pub settings: String,
}

#[derive(Debug, Serialize)]
pub struct StepView {
    pub label: &'static str,
    /// `pending`, `active` or `done`.
    pub state: &'static str,
    pub state_label: &'static str,
}

#[derive(Debug, Serialize)]
pub struct Form {
    pub action: String,
    /// Where to go on; a path with its query.
    pub to: String,
    pub button: &'static str,
    pub token_label: Option<&'static str>,
}

/// What differs between the pages.
#[derive(Default)]
pub(super) struct Content<'a> {
    pub kind: Kind,
    pub title: &'static str,
    pub intro: &'a str,
    pub sentence: Option<&'static str>,
    pub advice: Option<&'static str>,
    pub not_sent: Option<&'static str>,
    pub form: Option<Form>,
    /// The label of the link that sends a form again, once the application may answer.
    pub send_again: Option<&'static str>,
    pub again: Option<&'static str>,
    pub refresh: Option<u32>,
}

impl<'a> View<'a> {
    pub(super) fn new(
        environment: &'a Environment,
        texts: &Texts,
        content: Content<'a>,
        status: &Status,
    ) -> Self {
        let theme = &environment.theme;
        let name = theme.title.as_deref().unwrap_or(&environment.name);
        let waiting = content.kind == Kind::Waiting;
        let steps: &[Progress] = if waiting { &status.steps } else { &[] };
        Self {
            kind: content.kind,
            lang: texts.tag,
            name,
            title: content.title.replace("{name}", name),
            intro: content.intro,
            sentence: content.sentence,
            advice: content.advice,
            not_sent: content.not_sent,
            steps: steps.iter().map(|step| shown(texts, *step)).collect(),
            progress: if waiting { status.progress } else { 0 },
            bar_label: texts.time.progress,
            time: if waiting { time(texts, status) } else { String::new() },
            settings: settings(environment, name, texts, &content, status),
            form: content.form,
            again: content.again,
            refresh: content.refresh,
            logo: theme.logo.as_deref(),
            accent: theme.accent.to_string(),
            on_accent: theme.accent.text(),
            icon: ICON_WAITING,
            nonce: nonce(),
            style: STYLE,
            script: SCRIPT,
        }
    }
}

fn shown(texts: &Texts, step: Progress) -> StepView {
    let state = match step.state {
        StepState::Pending => "pending",
        StepState::Active => "active",
        StepState::Done => "done",
    };
    StepView { label: texts.step(step.step), state, state_label: texts.state(step.state) }
}

/// In the form in which the script updates it.
fn time(texts: &Texts, status: &Status) -> String {
    let Some(elapsed) = status.elapsed_seconds else { return String::new() };
    let left = match status.eta_seconds {
        Some(left) if left >= 90 => texts.time.left_minutes.replace("{n}", &left.div_ceil(60).to_string()),
        Some(left) => texts.time.left_seconds.replace("{n}", &left.to_string()),
        None => texts.time.longer.to_owned(),
    };
    format!("{} · {left}", texts.time.elapsed.replace("{n}", &elapsed.to_string()))
}

fn settings(
    environment: &Environment,
    name: &str,
    texts: &Texts,
    content: &Content<'_>,
    status: &Status,
) -> String {
    let query = format!("?environment={}", environment.name);
    let phases = [
        Phase::Looking,
        Phase::StartingDatabase,
        Phase::ResumingDatabase,
        Phase::StartingTasks,
        Phase::CheckingHealth,
        Phase::TurningRoute,
        Phase::Ready,
    ];
    let mut phases: serde_json::Map<_, _> =
        phases.into_iter().map(|phase| (phase.code().to_owned(), texts.phase(phase).into())).collect();
    phases.insert("pulling_image".to_owned(), texts.phases.pulling_image.into());
    let settings = json!({
        "kind": content.kind,
        "send_again": content.send_again,
        "status": format!("{STATUS_PATH}{query}"),
        "wake": format!("{WAKE_PATH}{query}"),
        "elapsed": if status.state == EnvironmentState::Waking { status.elapsed_seconds } else { None },
        "eta": status.eta_seconds,
        "ready": texts.titles.ready.replace("{name}", name),
        "icon": ICON_READY,
        "phases": phases,
        "steps": {
            "database": texts.step(StepName::Database), "image": texts.step(StepName::Image),
            "tasks": texts.step(StepName::Tasks), "health": texts.step(StepName::Health),
            "route": texts.step(StepName::Route),
        },
        "states": {
            "pending": texts.states.pending, "active": texts.states.active, "done": texts.states.done,
        },
        "texts": {
            "elapsed": texts.time.elapsed, "left_seconds": texts.time.left_seconds,
            "left_minutes": texts.time.left_minutes, "longer": texts.time.longer,
            "offline": texts.time.offline, "asleep_again": texts.asks.again, "wake": texts.asks.wake,
        },
    });
    // Within a script element only `</` and `<!--` have a meaning.
    settings.to_string().replace('<', "\\u003c")
}

/// 128 random bits, new for each page.
fn nonce() -> String {
    let mut bytes = [0; 16];
    // It never fails on Linux, where it is a system call. Even with a nonce that can be guessed, no
    // foreign script is in the page.
    let _ = SystemRandom::new().fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
