//! All SQL about staff.

use super::{Invitation, Named, Practice, Practitioner, Query, Role, User, UserId, UserStatus};
use crate::auth::links::{LIFE_SECONDS, Link};
use crate::error::Error;
use crate::practitioners::PractitionerId;
use crate::tenant::Db;

/// A row as it is read, before its parts are put together.
struct Line {
    user_id: UserId,
    name: String,
    identifier: String,
    email: Option<String>,
    phone: Option<String>,
    role: Role,
    status: UserStatus,
    practitioner_id: Option<PractitionerId>,
    specialization: Option<String>,
    qualification: Option<String>,
    licence_number: Option<String>,
    practises: Option<bool>,
    last_signed_in_at: Option<chrono::DateTime<chrono::Utc>>,
    version: i32,
    created_at: chrono::DateTime<chrono::Utc>,
    updated_at: chrono::DateTime<chrono::Utc>,
}

impl From<Line> for User {
    fn from(line: Line) -> User {
        let practice = Practice {
            specialization: line.specialization,
            qualification: line.qualification,
            licence_number: line.licence_number,
        };
        User {
            user_id: line.user_id,
            named: Named {
                name: line.name,
                identifier: line.identifier,
                email: line.email,
                phone: line.phone,
                role: line.role,
            },
            status: line.status,
            practitioner: line.practitioner_id.map(|practitioner_id| Practitioner {
                practitioner_id,
                practice,
                active: line.practises.unwrap_or(false),
            }),
            last_signed_in_at: line.last_signed_in_at,
            version: line.version,
            created_at: line.created_at,
            updated_at: line.updated_at,
        }
    }
}

pub(super) async fn list(db: &mut Db, query: &Query) -> Result<Vec<User>, Error> {
    let clinic = db.clinic();
    let (name, id) = query.after.clone().unwrap_or((String::new(), UserId(uuid::Uuid::nil())));
    let lines = sqlx::query_as!(
        Line,
        r#"
        select u.user_id as "user_id: UserId", u.name, u.identifier, u.email, u.phone, u.role as "role: Role",
               u.status as "status: UserStatus", p.practitioner_id as "practitioner_id?: PractitionerId",
               p.specialization, p.qualification, p.licence_number, p.status = 'active' as "practises?",
               s.created_at as "last_signed_in_at?", u.version, u.created_at, u.updated_at
        from polyclinic.users u
        left join polyclinic.practitioners p on p.clinic_id = u.clinic_id and p.user_id = u.user_id
        left join lateral (
          select s.created_at
          from polyclinic.sessions s
          where s.clinic_id = $1
            and s.user_id = u.user_id
          order by s.created_at desc
          limit 1
        ) s on true
        where u.clinic_id = $1
          and (u.name, u.user_id) > ($2, $3)
          and ($4::text is null or u.role = $4)
          and ($5::text is null or u.status = $5)
          and not ($6 and u.role = 'patient')
        order by u.name, u.user_id
        limit $7
        "#,
        clinic,
        name,
        id.0,
        query.role.map(Role::as_str),
        query.status.map(UserStatus::as_str),
        query.staff_only,
        query.limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(lines.into_iter().map(User::from).collect())
}

pub(super) async fn find(db: &mut Db, id: UserId) -> Result<Option<User>, Error> {
    let clinic = db.clinic();
    let line = sqlx::query_as!(
        Line,
        r#"
        select u.user_id as "user_id: UserId", u.name, u.identifier, u.email, u.phone, u.role as "role: Role",
               u.status as "status: UserStatus", p.practitioner_id as "practitioner_id?: PractitionerId",
               p.specialization, p.qualification, p.licence_number, p.status = 'active' as "practises?",
               (select max(s.created_at)
                from polyclinic.sessions s
                where s.clinic_id = $1 and s.user_id = $2) as "last_signed_in_at?",
               u.version, u.created_at, u.updated_at
        from polyclinic.users u
        left join polyclinic.practitioners p on p.clinic_id = u.clinic_id and p.user_id = u.user_id
        where u.clinic_id = $1
          and u.user_id = $2
        "#,
        clinic,
        id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(line.map(User::from))
}

/// The account, its membership, the user and the link, by the door that may make them.
pub(super) async fn invite(
    db: &mut Db,
    id: UserId,
    new: &Invitation,
    link: &Link,
) -> Result<(), Error> {
    sqlx::query!(
        "select gate.invite($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        uuid::Uuid::now_v7(),
        new.named.role.as_str(),
        new.named.identifier,
        new.named.email,
        new.named.name,
        new.named.phone,
        link.sha256,
        LIFE_SECONDS
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn renew_link(db: &mut Db, id: UserId, link: &Link) -> Result<bool, Error> {
    let renewed =
        sqlx::query_scalar!("select gate.renew_link($1, $2, $3)", id.0, link.sha256, LIFE_SECONDS)
            .fetch_one(db.sql()?)
            .await?;
    Ok(renewed.unwrap_or(false))
}

/// The active administrators as they are once nobody else is changing them.
pub(super) async fn lock_admins(db: &mut Db) -> Result<Vec<UserId>, Error> {
    let clinic = db.clinic();
    let admins = sqlx::query_scalar!(
        r#"
        select u.user_id as "user_id: UserId"
        from polyclinic.users u
        where u.clinic_id = $1
          and u.role = 'admin'
          and u.status = 'active'
        order by u.user_id
        for update
        "#,
        clinic
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(admins)
}

pub(super) async fn update(
    db: &mut Db,
    id: UserId,
    version: i32,
    named: &Named,
    status: UserStatus,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.users
         set name = $4, identifier = $5, email = $6, phone = $7, role = $8, status = $9
         where clinic_id = $1 and user_id = $2 and version = $3",
        clinic,
        id.0,
        version,
        named.name,
        named.identifier,
        named.email,
        named.phone,
        named.role.as_str(),
        status.as_str()
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn end_sessions(db: &mut Db, id: UserId) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "update polyclinic.sessions
         set revoked_at = now()
         where clinic_id = $1 and user_id = $2 and revoked_at is null",
        clinic,
        id.0
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn begin_practice(
    db: &mut Db,
    id: UserId,
    name: &str,
    practice: &Practice,
    status: UserStatus,
) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "insert into polyclinic.practitioners
           (clinic_id, practitioner_id, user_id, name, specialization, qualification, licence_number, status)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        clinic,
        PractitionerId::fresh().0,
        id.0,
        name,
        practice.specialization,
        practice.qualification,
        practice.licence_number,
        status.as_str()
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn change_practice(
    db: &mut Db,
    id: UserId,
    name: &str,
    practice: &Practice,
    status: UserStatus,
) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "update polyclinic.practitioners
         set name = $3, specialization = $4, qualification = $5, licence_number = $6,
             status = $7
         where clinic_id = $1 and user_id = $2
           and (name, specialization, qualification, licence_number, status)
               is distinct from ($3, $4, $5, $6, $7)",
        clinic,
        id.0,
        name,
        practice.specialization,
        practice.qualification,
        practice.licence_number,
        status.as_str()
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}
