//! Templates of prescriptions: what a doctor prescribes again and again, found by name or keyword. Each is its
//! practitioner's own, who may share it with the colleagues; a template says nothing of any patient.

mod api;
mod nouns;
mod pages;
mod store;

pub use nouns::{NewTemplate, Summary, Template, TemplateId, TemplateLine};

use crate::error::Error;
use crate::practitioners;
use crate::prescriptions::{self, Prescription};
use crate::tenant::{Db, permission};
use crate::web::{Routes, fold};

permission!(
    /// See, write and use templates: whoever prescribes.
    Write = "prescriptions:write"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
    api::routes(config);
}

/// Most templates that a search answers: more than one reads through.
pub const MOST: i64 = 50;

/// The own templates and those that colleagues share, by name. Of each word that is looked for, one of the
/// name or of the keywords begins with it. Those that were set aside come only where they are asked for.
pub async fn list(db: &mut Db, q: &str, set_aside: bool) -> Result<Vec<Summary>, Error> {
    let own = practitioners::own(db).await?.practitioner_id;
    let folded = fold(q);
    let like = |word: &str| {
        let plain = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        format!("% {plain}%")
    };
    let told = |word: &&str| word.chars().any(char::is_alphanumeric);
    let words: Vec<String> = folded.split_whitespace().filter(told).take(5).map(like).collect();
    if words.is_empty() && !folded.is_empty() {
        return Ok(Vec::new());
    }
    store::list(db, own, &words, set_aside).await
}

/// The template, or 404: a colleague's that is not shared is not there.
pub async fn present(db: &mut Db, id: TemplateId) -> Result<Template, Error> {
    store::find(db, id).await?.ok_or(Error::NotFound)
}

/// The one template that is meant: by its whole name, or the only one that is found. Several are named, so
/// that nobody guesses.
pub async fn meant(db: &mut Db, q: &str) -> Result<Template, Error> {
    let found = list(db, q, false).await?;
    let name = fold(q);
    let whole = found.iter().find(|t| t.own && fold(&t.name) == name);
    let whole = whole.or_else(|| found.iter().find(|t| fold(&t.name) == name));
    let one = match (whole, found.as_slice()) {
        (Some(one), _) | (None, [one]) => one,
        (None, []) => return Err(Error::field("template", "unknown")),
        (None, several) => {
            let names: Vec<&str> = several.iter().take(8).map(|t| t.name.as_str()).collect();
            let error = crate::error::FieldError::new("template", "several");
            return Err(error.with("names", names.join(", ")).into());
        }
    };
    present(db, one.template_id).await
}

/// Lines as they are kept: filled from the catalogue, counted only where somebody said how many.
async fn resolve(db: &mut Db, new: &NewTemplate) -> Result<store::Resolved, Error> {
    let lines = prescriptions::lines_of(db, &new.content.lines).await?;
    let tests = prescriptions::tests_of(db, &new.content.tests).await?;
    let said = new.content.lines.iter().map(|line| line.quantity);
    let lines = lines.into_iter().zip(said).map(|(line, said)| TemplateLine::new(line, said));
    Ok(store::Resolved { lines: lines.collect(), tests })
}

/// Adds a template to the own ones.
pub async fn add(db: &mut Db, new: &NewTemplate) -> Result<Template, Error> {
    let own = practitioners::own(db).await?;
    let resolved = resolve(db, new).await?;
    let id = TemplateId::fresh();
    store::insert(db, id, own.practitioner_id, new, &resolved).await?;
    present(db, id).await
}

/// The template, if it is the own one (else 403) and the caller read this version (else 412).
async fn own(db: &mut Db, id: TemplateId, version: i32) -> Result<Template, Error> {
    let template = present(db, id).await?;
    if !template.own {
        return Err(Error::Refused("not_your_template"));
    }
    if template.version == version { Ok(template) } else { Err(Error::Stale) }
}

/// Writes an own template anew.
pub async fn amend(
    db: &mut Db,
    id: TemplateId,
    version: i32,
    new: &NewTemplate,
) -> Result<Template, Error> {
    own(db, id, version).await?;
    let resolved = resolve(db, new).await?;
    if !store::update(db, id, version, new, &resolved).await? {
        return Err(Error::Stale);
    }
    present(db, id).await
}

/// Sets an own template aside, or brings it back.
pub async fn set_active(
    db: &mut Db,
    id: TemplateId,
    version: i32,
    active: bool,
) -> Result<Template, Error> {
    own(db, id, version).await?;
    if !store::set_active(db, id, version, active).await? {
        return Err(Error::Stale);
    }
    present(db, id).await
}

/// What a prescription would be as a template: all that it says but the patient.
pub fn of_prescription(rx: &Prescription) -> NewTemplate {
    NewTemplate { active: true, content: prescriptions::again(rx), ..NewTemplate::default() }
}
