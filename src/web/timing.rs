//! How long each stage of a request took, for the `Server-Timing` header.

use std::cell::Cell;
use std::fmt::Write;
use std::rc::Rc;
use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest};

#[derive(Default)]
struct Stages {
    gate: Cell<Duration>,
    sql: Cell<Duration>,
}

/// The stages of one request, shared between its handler and the outermost layer.
#[derive(Clone, Default)]
pub struct Timing(Rc<Stages>);

impl Timing {
    /// The timing of this request; the first caller begins it.
    pub fn of(request: &HttpRequest) -> Timing {
        let mut extensions = request.extensions_mut();
        if let Some(timing) = extensions.get::<Timing>() {
            return timing.clone();
        }
        let timing = Timing::default();
        extensions.insert(timing.clone());
        timing
    }

    /// Adds time spent waiting for a connection, beginning and entering.
    pub fn gate(&self, spent: Duration) {
        self.0.gate.set(self.0.gate.get() + spent);
    }

    /// Adds time spent in the clinic, commit included.
    pub fn sql(&self, spent: Duration) {
        self.0.sql.set(self.0.sql.get() + spent);
    }

    /// The header's value. Milliseconds, as the specification of Server Timing asks.
    pub fn header(&self, total: Duration) -> String {
        let ms = |d: Duration| d.as_secs_f64() * 1000.0;
        let mut text = String::new();
        for (name, spent) in [("gate", self.0.gate.get()), ("sql", self.0.sql.get())] {
            if !spent.is_zero() {
                let _ = write!(text, "{name};dur={:.2}, ", ms(spent));
            }
        }
        let _ = write!(text, "total;dur={:.2}", ms(total));
        text
    }
}
