//! The page that a browser shows while the application sleeps or wakes.
//!
//! ```text
//! Answer, Status -> Content: the kind of page and its texts, in the visitor's language
//!                -> View: the template's variables, with the theme
//!                -> HTML: page.html, or the theme's own template
//! ```
//!
//! The page is one document. Its script polls the status, takes the wake's next step when that needs a
//! visitor, and reloads the page when the application answers. Without scripts, the page refreshes
//! itself. If the page answers a form, a person must send the form again: the page says so, and offers
//! that instead of a reload.

mod document;
mod language;
mod template;
mod view;

use http::{HeaderValue, StatusCode, header};

use template::OwnTemplate;
pub use template::TemplateError;

use self::{
    language::Texts,
    view::{Content, Form, Kind, View},
};
use super::{Answer, Client, Reply, Visit, redirect};
use crate::{
    config::Environment,
    environment::{failure::Failure, plan::Phase},
    event::{Request, WAKE_PATH},
    guard::Refusal,
    status::{EnvironmentState, Progress, Status, StepName, StepState},
};

/// Seconds after which a browser without scripts reloads.
const REFRESH_WAITING: u32 = 3;
const RETRY_FAILED: u32 = 30;
const RETRY_ASKED: u32 = 120;

pub(super) fn reply(visit: &Visit<'_>, answer: Answer, status: &Status) -> Reply {
    let accept = visit.request.header(header::ACCEPT_LANGUAGE);
    let texts = language::preferred(accept);
    let (content, code, retry) = match answer {
        Answer::Ready | Answer::Waiting(_) | Answer::HoldAgain(_) => {
            waiting(visit, texts, answer.phase(), status)
        }
        Answer::Failed(failure) => failed(visit, texts, failure),
        Answer::NeedsClick => asked(visit, texts, Kind::Click, message(visit, texts.asks.click)),
        Answer::OverBudget => asked(visit, texts, Kind::Click, texts.asks.budget),
        Answer::NeedsToken => asked(visit, texts, Kind::Token, texts.asks.token),
        Answer::Refused(refusal) => refused(visit, texts, refusal),
    };
    let view = View::new(visit.environment, texts, content, status);
    let reply = document::reply(&view, visit.environment, code);
    match retry {
        Some(seconds) => reply.header(header::RETRY_AFTER, HeaderValue::from(seconds)),
        None => reply,
    }
}

type Page<'a> = (Content<'a>, StatusCode, Option<u32>);

fn waiting<'a>(visit: &Visit<'a>, texts: &'static Texts, phase: Phase, status: &Status) -> Page<'a> {
    let pulling =
        status.steps.iter().any(|step| step.step == StepName::Image && step.state == StepState::Active);
    let sentence = match phase {
        Phase::StartingTasks if pulling => texts.phases.pulling_image,
        phase => texts.phase(phase),
    };
    let not_sent = not_sent(visit, texts);
    let content = Content {
        kind: Kind::Waiting,
        title: texts.titles.waking,
        // The usual text says that the page goes on by itself.
        intro: not_sent.unwrap_or_else(|| message(visit, texts.intro)),
        sentence: Some(sentence),
        // A page that refreshes itself would request the address without the form.
        refresh: not_sent.is_none().then_some(REFRESH_WAITING),
        send_again: not_sent.map(|_| texts.form.send_again),
        ..Content::default()
    };
    (content, StatusCode::SERVICE_UNAVAILABLE, Some(REFRESH_WAITING))
}

/// The text for a form that has not reached the application.
fn not_sent(visit: &Visit<'_>, texts: &'static Texts) -> Option<&'static str> {
    (visit.client == Client::Form).then_some(texts.form.not_sent)
}

/// The theme's own text, if it has one.
fn message<'a>(visit: &Visit<'a>, text: &'static str) -> &'a str {
    visit.environment.theme.message.as_deref().unwrap_or(text)
}

fn failed<'a>(visit: &Visit<'a>, texts: &'static Texts, failure: Failure) -> Page<'a> {
    let not_sent = not_sent(visit, texts);
    let content = Content {
        kind: Kind::Failed,
        title: texts.titles.failed,
        intro: texts.cause(failure),
        advice: Some(texts.advice(failure)),
        not_sent,
        again: Some(texts.advice.try_again),
        send_again: not_sent.map(|_| texts.form.send_again),
        ..Content::default()
    };
    (content, StatusCode::SERVICE_UNAVAILABLE, Some(RETRY_FAILED))
}

/// The page that asks the visitor for a click or a token.
fn asked<'a>(visit: &Visit<'a>, texts: &'static Texts, kind: Kind, intro: &'a str) -> Page<'a> {
    let to = redirect::address(visit.request);
    let form = Form {
        action: format!("{WAKE_PATH}?environment={}", visit.environment.name),
        to: to.to_str().unwrap_or("/").to_owned(),
        button: texts.asks.wake,
        token_label: (kind == Kind::Token).then_some(texts.asks.token_label),
    };
    let not_sent = not_sent(visit, texts);
    let content = Content {
        kind,
        title: texts.titles.asleep,
        intro,
        not_sent,
        form: Some(form),
        send_again: not_sent.map(|_| texts.form.send_again),
        ..Content::default()
    };
    (content, StatusCode::SERVICE_UNAVAILABLE, Some(RETRY_ASKED))
}

fn refused<'a>(visit: &Visit<'a>, texts: &'static Texts, refusal: Refusal) -> Page<'a> {
    let (intro, code, retry) = match refusal {
        Refusal::Network => (texts.asks.network, StatusCode::FORBIDDEN, None),
        Refusal::Method | Refusal::Path | Refusal::Agent => {
            (texts.asks.refused, StatusCode::SERVICE_UNAVAILABLE, Some(super::RETRY_REFUSED))
        }
    };
    let not_sent = not_sent(visit, texts);
    let content =
        Content { kind: Kind::Refused, title: texts.titles.asleep, intro, not_sent, ..Content::default() };
    (content, code, retry)
}

/// Whether the environment's own template, if it has one, renders every kind of page.
pub fn check_template(environment: &Environment) -> Result<(), TemplateError> {
    let Some(source) = &environment.theme.template else { return Ok(()) };
    let template = OwnTemplate::parse(source)?;
    let texts = language::preferred(None);
    let request = Request::sample();
    let visit = Visit { environment, request: &request, client: Client::Navigation };
    let phase = Phase::ResumingDatabase;
    let step = Progress { step: StepName::Database, state: StepState::Active };
    let status = Status { steps: vec![step], ..Status::bare(environment, EnvironmentState::Waking, phase) };
    let pages = [
        waiting(&visit, texts, phase, &status),
        failed(&visit, texts, Failure::DatabaseUnusable),
        asked(&visit, texts, Kind::Click, texts.asks.click),
        asked(&visit, texts, Kind::Token, texts.asks.token),
        refused(&visit, texts, Refusal::Network),
    ];
    let views = pages.map(|(content, ..)| View::new(environment, texts, content, &status));
    template.check(&views)
}

#[cfg(test)]
mod tests;
