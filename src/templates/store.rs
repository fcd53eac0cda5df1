//! All SQL about templates.

use sqlx::types::Json;
use uuid::Uuid;

use super::{MOST, NewTemplate, Summary, Template, TemplateId, TemplateLine};
use crate::error::Error;
use crate::practitioners::PractitionerId;
use crate::prescriptions::TestOrder;
use crate::tenant::Db;

/// What a template holds, with what the catalogue knows of it.
pub struct Resolved {
    /// Medicines.
    pub lines: Vec<TemplateLine>,
    /// Tests.
    pub tests: Vec<TestOrder>,
}

pub(super) async fn list(
    db: &mut Db,
    own: PractitionerId,
    words: &[String],
    set_aside: bool,
) -> Result<Vec<Summary>, Error> {
    let clinic = db.clinic();
    let rows = sqlx::query_file_as!(
        Summary,
        "src/templates/list.sql",
        clinic,
        own.0,
        words,
        set_aside,
        MOST
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows)
}

pub(super) async fn find(db: &mut Db, id: TemplateId) -> Result<Option<Template>, Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let row = sqlx::query_file!("src/templates/find.sql", clinic, id.0, user)
        .fetch_optional(db.sql()?)
        .await?;
    Ok(row.map(|t| Template {
        template_id: t.template_id,
        practitioner_id: t.practitioner_id,
        practitioner_name: t.practitioner_name,
        own: t.own,
        name: t.name,
        keywords: t.keywords,
        shared: t.shared,
        active: t.active,
        diagnosis: t.diagnosis,
        advice: t.advice,
        lines: t.lines.map(|lines| lines.0).unwrap_or_default(),
        tests: t.tests.map(|tests| tests.0).unwrap_or_default(),
        version: t.version,
        created_at: t.created_at,
        updated_at: t.updated_at,
    }))
}

pub(super) async fn insert(
    db: &mut Db,
    id: TemplateId,
    own: PractitionerId,
    new: &NewTemplate,
    resolved: &Resolved,
) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "insert into polyclinic.prescription_templates
           (clinic_id, template_id, practitioner_id, name, keywords, diagnosis, advice, shared, active)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        clinic,
        id.0,
        own.0,
        new.name,
        new.keywords,
        new.content.diagnosis,
        new.content.advice,
        new.shared,
        new.active
    )
    .execute(db.sql()?)
    .await?;
    write(db, id, 1, resolved).await
}

/// Writes the next revision of a template that still has this version.
pub(super) async fn update(
    db: &mut Db,
    id: TemplateId,
    version: i32,
    new: &NewTemplate,
    resolved: &Resolved,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let revision = sqlx::query_scalar!(
        "update polyclinic.prescription_templates
         set name = $4, keywords = $5, diagnosis = $6, advice = $7, shared = $8, active = $9, revision = revision + 1
         where clinic_id = $1 and template_id = $2 and version = $3
         returning revision",
        clinic,
        id.0,
        version,
        new.name,
        new.keywords,
        new.content.diagnosis,
        new.content.advice,
        new.shared,
        new.active
    )
    .fetch_optional(db.sql()?)
    .await?;
    let Some(revision) = revision else { return Ok(false) };
    write(db, id, revision, resolved).await?;
    Ok(true)
}

pub(super) async fn set_active(
    db: &mut Db,
    id: TemplateId,
    version: i32,
    active: bool,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.prescription_templates
         set active = $4
         where clinic_id = $1 and template_id = $2 and version = $3",
        clinic,
        id.0,
        version,
        active
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// All lines in one statement, all tests in another.
async fn write(
    db: &mut Db,
    id: TemplateId,
    revision: i32,
    resolved: &Resolved,
) -> Result<(), Error> {
    let clinic = db.clinic();
    let json = |value: Result<serde_json::Value, serde_json::Error>| {
        value.map_err(|e| Error::Internal(e.to_string()))
    };
    let lines = json(serde_json::to_value(&resolved.lines))?;
    let ids: Vec<Uuid> = resolved.lines.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "insert into polyclinic.template_lines
           (clinic_id, template_line_id, template_id, revision, position, medicine_id, medicine, form, strength, dose,
            schedule, food, days, quantity, route, instructions)
         select $1, ($4::uuid[])[l.position], $2, $3, l.position, l.medicine_id, l.medicine, l.form, l.strength, l.dose,
                l.schedule, l.food, l.days, l.quantity, l.route, l.instructions
         from jsonb_to_recordset($5) as l (position int, medicine_id uuid, medicine text, form text, strength text,
           dose text, schedule text, food text, days int, quantity int, route text, instructions text)",
        clinic,
        id.0,
        revision,
        &ids,
        lines
    )
    .execute(db.sql()?)
    .await?;
    let tests = json(serde_json::to_value(&resolved.tests))?;
    let ids: Vec<Uuid> = resolved.tests.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "insert into polyclinic.template_tests
           (clinic_id, template_test_id, template_id, revision, position, test_id, name, kind, instructions)
         select $1, ($4::uuid[])[t.position], $2, $3, t.position, t.test_id, t.name, t.kind, t.instructions
         from jsonb_to_recordset($5) as t (position int, test_id uuid, name text, kind text, instructions text)",
        clinic,
        id.0,
        revision,
        &ids,
        tests
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}
