//! A user's own template, in minijinja's language, checked before it is used.
//!
//! Its variables are the fields of the built-in page's [`View`]; an unknown one is an error. Values are
//! escaped for HTML, except `style`, `script` and `settings`, which come from the waker.

use minijinja::{AutoEscape, Environment as Engine, UndefinedBehavior, Value, value::Serde};

use super::view::{Form, View};

/// A load balancer accepts a megabyte from a function; a page must load fast.
const LARGEST: usize = 64 * 1024;
const NAME: &str = "page";

pub(super) struct OwnTemplate(Engine<'static>);

#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("must be at most {LARGEST} bytes long")]
    Large,
    #[error("is not a valid template: {0}")]
    Syntax(String),
    #[error("cannot be rendered as a page of kind {kind}: {cause}")]
    Render { kind: String, cause: String },
    #[error("must contain {{{{ {0} }}}}")]
    Missing(&'static str),
}

impl OwnTemplate {
    pub(super) fn parse(source: &str) -> Result<Self, TemplateError> {
        if source.len() > LARGEST {
            return Err(TemplateError::Large);
        }
        let mut engine = Engine::new();
        engine.set_undefined_behavior(UndefinedBehavior::Strict);
        engine.set_auto_escape_callback(|_| AutoEscape::Html);
        let added = engine.add_template_owned(NAME, source.to_owned());
        added.map_err(|error| TemplateError::Syntax(error.to_string()))?;
        Ok(Self(engine))
    }

    /// Renders it for a page of each kind, and checks that everything is there that makes the page go
    /// on by itself.
    pub(super) fn check(&self, samples: &[View<'_>]) -> Result<(), TemplateError> {
        for view in samples {
            let html = self.render(view).map_err(|error| TemplateError::Render {
                kind: format!("{:?}", view.kind).to_lowercase(),
                cause: error.to_string(),
            })?;
            for (name, value) in
                [("script", view.script), ("settings", view.settings.as_str()), ("nonce", &view.nonce)]
            {
                if !html.contains(value) {
                    return Err(TemplateError::Missing(name));
                }
            }
            let action = |form: &Form| html.replace(&view.settings, "").contains(&escaped(&form.action));
            if view.form.as_ref().is_some_and(|form| !action(form)) {
                return Err(TemplateError::Missing("form.action"));
            }
        }
        Ok(())
    }

    pub(super) fn render(&self, view: &View<'_>) -> Result<String, minijinja::Error> {
        let own = |text: &str| Value::from_safe_string(text.to_owned());
        let context = minijinja::context! {
            style => own(view.style),
            script => own(view.script),
            settings => own(&view.settings),
            ..Value::from(Serde(view))
        };
        self.0.get_template(NAME)?.render(context)
    }
}

/// As minijinja escapes a path.
fn escaped(path: &str) -> String {
    path.replace('/', "&#x2f;")
}
