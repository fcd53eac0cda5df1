//! The attacker's toolbox: every other statement and function that `PostgreSQL` offers, tried as the
//! clinic login inside north.

use sqlx::Connection;

use super::attempt::{Outcome, attempt, send};
use super::stage::Stage;

/// Refused with insufficient privilege.
const DENIED: &[&str] = &[
    "set role polyclinic_owner",
    "set role polyclinic_gate",
    "set role postgres",
    "set role polyclinic_auth",
    "set local session authorization polyclinic_owner",
    "set session authorization postgres",
    "lock table polyclinic.patients in share mode",
    "lock table polyclinic.patients in share row exclusive mode",
    "lock table polyclinic.patients in exclusive mode",
    "lock table polyclinic.patients in access exclusive mode",
    "truncate polyclinic.patients",
    "truncate polyclinic.history",
    "delete from polyclinic.patients",
    "alter table polyclinic.patients disable row level security",
    "alter table polyclinic.patients no force row level security",
    "alter table polyclinic.patients disable trigger all",
    "drop policy same_clinic on polyclinic.patients",
    "create policy mine on polyclinic.patients using (true)",
    "create trigger mine after insert on polyclinic.patients for each row execute function polyclinic.stamp()",
    "create view polyclinic.mine as select 1",
    "create schema mine",
    "create temp table mine (n int)",
    "create table public.mine (n int)",
    "create function public.mine() returns int language sql as 'select 1'",
    "create rule mine as on select to polyclinic.patients do instead select 1",
    "create index on polyclinic.patients (given_name)",
    "create statistics polyclinic.mine on given_name, family_name from polyclinic.patients",
    "comment on table polyclinic.patients is 'mine'",
    "grant select on polyclinic.refresh_tokens to public",
    "reindex table polyclinic.patients",
    "drop table polyclinic.patients",
    "do $$ begin perform 1; end $$",
    "insert into polyclinic.history (table_name, row_id, operation, changes) values ('patients', '1', 'insert', '{}')",
    "select * from gate.keys",
    "update gate.permissions set roles = '{patient}'",
    "update gate.roles set mask = -1",
    "select * from platform.accounts",
    "select * from platform.directory",
    "select * from platform.jobs",
    "select * from platform.break_glass",
    "copy polyclinic.patients from program 'true'",
    "copy (select 1) to program 'true'",
    "copy polyclinic.patients to '/tmp/mine'",
    "copy polyclinic.patients from '/etc/passwd'",
    "select pg_read_file('postgresql.conf')",
    "select pg_ls_dir('.')",
    "select set_config('gate.ctx', 'x', true)",
    "select set_config('gate.ctx', 'x', false)",
    "select pg_sleep(0)",
    "select pg_terminate_backend(1)",
    "select pg_cancel_backend(1)",
    "select pg_advisory_lock(1)",
    "select pg_try_advisory_xact_lock(1)",
    "select pg_notify('polyclinic_queue', '1')",
    "select lo_from_bytea(0, '\\x00')",
    "select lo_create(0)",
    "select lo_import('/etc/passwd')",
    "select lo_get(1)",
    "select * from pg_catalog.pg_stat_activity",
    "select * from pg_catalog.pg_locks",
    "select * from pg_catalog.pg_statistic",
    "select * from pg_catalog.pg_authid",
    "select * from pg_catalog.pg_largeobject",
    "select pg_relation_size('polyclinic.patients')",
    "select pg_stat_get_live_tuples('polyclinic.patients'::regclass)",
    "select query_to_xml('select * from polyclinic.patients', true, true, '')",
    "select table_to_xml('polyclinic.patients', true, true, '')",
    "select schema_to_xml('polyclinic', true, true, '')",
    "select database_to_xml(true, true, '')",
    "select * from ts_stat('select to_tsvector(given_name) from polyclinic.patients')",
    "alter role polyclinic_app bypassrls",
    "alter role polyclinic_app superuser",
    "alter system set row_security = off",
    "alter database postgres set row_security = off",
    "create role mine superuser",
    "create extension pgcrypto schema polyclinic",
    "create server mine foreign data wrapper mine",
    "create publication mine for all tables",
    "security label on table polyclinic.patients is 'x'",
    "call gate.wall('polyclinic.patients')",
    "call gate.guard('polyclinic.patients', 'patient_id')",
    "select gate.sign(1, null, null, null, -1, 2::smallint)",
    "select gate.maintain(1)",
    "select gate.rotate_key()",
    "select gate.verified()",
    "select gate.enter_job('00000000-0000-0000-0000-000000000000')",
    "select gate.create_user('south', null, null, null, null, null, null, null, 1)",
    "select gate.break_glass('south', 'because I want to see it')",
];

#[tokio::test]
async fn every_tool_that_could_reach_over_the_wall_is_taken_away() {
    let mut stage = Stage::open().await;
    let before = stage.south().await;
    for role in ["admin", "doctor", "patient"] {
        stage.inside(role).await;
        for sql in DENIED {
            let outcome = attempt(stage.app(), sql).await;
            // Some are refused before the privilege is looked at; none is done.
            let refused =
                ["42501", "42704", "0A000", "22023", "25001", "42809"].contains(&outcome.code());
            assert!(refused, "{role}: {sql}: {outcome:?}");
        }
        send(stage.app(), "commit").await;
    }
    // Outside a transaction too.
    for sql in [
        "vacuum polyclinic.patients",
        "alter system set row_security = off",
        "create database mine",
        "checkpoint",
        "cluster polyclinic.patients",
        "drop owned by polyclinic_owner",
        "reassign owned by polyclinic_owner to polyclinic_app",
    ] {
        let outcome = send(stage.app(), sql).await;
        // VACUUM skips with a warning what one does not own.
        assert!(outcome.code() == "42501" || sql.starts_with("vacuum"), "{sql}: {outcome:?}");
    }
    assert_eq!(stage.south().await, before);
}

#[tokio::test]
async fn whatever_reads_reads_north_only() {
    let mut stage = Stage::open().await;
    let (north, south) = (stage.north.to_string(), stage.south);
    stage.inside("admin").await;
    for sql in [
        "select distinct clinic_id from (table polyclinic.patients) t",
        "with w as (select clinic_id from polyclinic.patients) select distinct clinic_id from w",
        "with w as (update polyclinic.patients set city = city returning clinic_id) select distinct clinic_id from w",
        "select distinct clinic_id from polyclinic.patients tablesample bernoulli (100)",
        "select distinct p.clinic_id from polyclinic.patients p full join polyclinic.visits v on true",
        "select distinct clinic_id from polyclinic.patients group by rollup (clinic_id) having clinic_id is not null",
        "select distinct clinic_id from only polyclinic.patients",
        "select distinct clinic_id from polyclinic.history",
        "select distinct r.clinic_id from polyclinic.patients, lateral (select clinic_id from polyclinic.users) r",
        "select distinct (to_jsonb(p) ->> 'clinic_id') from polyclinic.patients p",
    ] {
        let seen = attempt(stage.app(), sql).await;
        assert_eq!(seen.text(), north, "{sql}");
    }
    for sql in [
        format!(
            "merge into polyclinic.patients p using (values ({south})) v (c) on p.clinic_id = v.c when matched then update set city = 'x'"
        ),
        format!(
            "update polyclinic.patients p set city = 'x' from polyclinic.users u where u.clinic_id = {south}"
        ),
        format!(
            "select 1 from polyclinic.patients where ctid = any (array(select ('(' || b || ',' || i || ')')::tid from generate_series(0, 20) b, generate_series(1, 60) i)) and clinic_id = {south}"
        ),
    ] {
        let outcome = attempt(stage.app(), &sql).await;
        let nothing = matches!(&outcome, Outcome::Done { rows, changed: 0 } if rows.is_empty());
        assert!(nothing, "{sql}: {outcome:?}");
    }
    for table in stage
        .catalog
        .tables
        .iter()
        .filter(|t| t.name.starts_with("history_"))
        .map(|t| t.name.clone())
        .collect::<Vec<_>>()
    {
        let outcome = attempt(stage.app(), &format!("select * from polyclinic.{table}")).await;
        assert_eq!(outcome.code(), "42501", "{table}");
    }
    send(stage.app(), "rollback").await;
}

#[tokio::test]
async fn copy_carries_out_north_and_carries_in_nothing() {
    let mut stage = Stage::open().await;
    let (north, south) = (stage.north, stage.south);
    let tables: Vec<_> = stage.catalog.tables.iter().map(|t| t.name.clone()).collect();
    let (mut read, mut foreign) = (0, Vec::new());
    for table in tables {
        for sql in [
            format!("copy polyclinic.{table} to stdout"),
            format!("copy (select * from polyclinic.{table}) to stdout"),
        ] {
            let mut db = stage.world.connect("polyclinic_app").await;
            send(&mut db, &format!("begin; {}", stage.enter("admin"))).await;
            let Ok(stream) = db.copy_out_raw(&sql).await else { continue };
            let chunks: Vec<_> =
                futures_util::TryStreamExt::try_collect(stream).await.unwrap_or_default();
            for line in chunks.concat().split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
                read += 1;
                if !line.starts_with(format!("{north}\t").as_bytes()) {
                    foreign.push(String::from_utf8_lossy(line).into_owned());
                }
            }
            let _ = db.close().await;
        }
    }
    assert_eq!(foreign, [""; 0]);
    assert!(read > 50, "{read} rows of north");
    let before = stage.south().await;
    let mut db = stage.world.connect("polyclinic_app").await;
    send(&mut db, &format!("begin; {}", stage.enter("receptionist"))).await;
    let refused = match db.copy_in_raw("copy polyclinic.patients (clinic_id, patient_id, number, given_name, birth_date, sex) from stdin").await {
        Err(_) => true,
        Ok(mut copy) => {
            let row = format!("{south}\t{}\tPT-X\tMallory\t1990-01-01\tother\n", uuid::Uuid::now_v7());
            copy.send(row.as_bytes()).await.is_err() || copy.finish().await.is_err()
        }
    };
    assert!(refused);
    send(&mut db, "commit").await;
    assert_eq!(stage.south().await, before);
}

#[tokio::test]
async fn there_is_no_view_over_the_clinics_that_anybody_owns_away() {
    let mut stage = Stage::open().await;
    let views = crate::rows::ask(&mut stage.superuser,
        "select c.oid::regclass::text from pg_class c
         where c.relnamespace in ('polyclinic'::regnamespace, 'platform'::regnamespace, 'gate'::regnamespace, 'public'::regnamespace)
           and (c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions @> '{security_invoker=true}', false))").await;
    assert!(views.is_empty(), "{views:?}");
}
