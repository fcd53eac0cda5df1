//! The doors: who may call which function, and what their text gives away.

use std::fmt::Write;

use super::attempt::attempt;
use super::stage::{LOGINS, Stage};
use crate::rows::ask;

#[tokio::test]
async fn each_login_may_call_exactly_the_doors_that_it_needs() {
    let mut stage = Stage::open().await;
    let functions = ask(&mut stage.superuser,
        "select p.oid::regprocedure::text,
                coalesce(string_agg(distinct r.rolname::text, ' ') filter (where has_function_privilege(r.oid, p.oid, 'execute')), '-')
         from pg_proc p
         cross join (select oid, rolname from pg_roles where rolname in ('polyclinic_app', 'polyclinic_auth', 'polyclinic_platform',
                     'polyclinic_worker', 'polyclinic_operator', 'polyclinic_migrator')) r
         where p.pronamespace in ('gate'::regnamespace, 'polyclinic'::regnamespace, 'platform'::regnamespace)
         group by p.oid order by p.oid::regprocedure::text collate \"C\"").await;
    let mut text = String::new();
    for row in functions {
        let [function, logins] = <[_; 2]>::try_from(row).unwrap().map(Option::unwrap);
        writeln!(text, "{function}: {}", logins.replace("polyclinic_", "")).unwrap();
    }
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("doors", text);
    });
}

#[tokio::test]
async fn what_a_login_may_not_call_it_cannot_call() {
    let mut stage = Stage::open().await;
    let mut cases = 0;
    for login in LOGINS {
        let closed = ask(&mut stage.superuser, &format!(
            "select case p.prokind when 'p' then 'call ' else 'select ' end || p.oid::regproc::text || '(' ||
                    array_to_string(array(select 'null::' || format_type(t, null) from unnest(p.proargtypes) t), ', ') || ')'
             from pg_proc p
             where p.pronamespace = 'gate'::regnamespace and p.prorettype <> 'trigger'::regtype
               and not has_function_privilege('{login}', p.oid, 'execute')")).await;
        assert!(closed.len() > 10, "{login}: {closed:?}");
        let db = stage.login(login);
        super::attempt::send(db, "begin").await;
        for call in closed.into_iter().flatten().flatten() {
            let outcome = attempt(db, &call).await;
            assert_eq!(outcome.code(), "42501", "{login}: {call}: {outcome:?}");
            cases += 1;
        }
    }
    println!("doors: {cases} calls refused");
}

#[tokio::test]
async fn no_function_and_no_setting_holds_the_key() {
    let mut stage = Stage::open().await;
    let keys = ask(&mut stage.superuser, "select encode(key, 'hex') from gate.keys").await;
    assert!(!keys.is_empty());
    let public = [
        "select coalesce(prosrc, '') || coalesce(encode(convert_to(pg_get_function_sqlbody(oid)::text, 'UTF8'), 'hex'), '') from pg_proc where pronamespace in ('gate'::regnamespace, 'polyclinic'::regnamespace)",
        "select setting from pg_settings",
        "select coalesce(pg_get_expr(polqual, polrelid), '') || coalesce(pg_get_expr(polwithcheck, polrelid), '') from pg_policy",
        "select description from pg_description",
        "select coalesce(pg_get_expr(adbin, adrelid), '') from pg_attrdef",
    ];
    let app = stage.app();
    for sql in public {
        let text = super::attempt::send(app, sql).await.text().to_lowercase();
        assert!(!text.is_empty(), "{sql}");
        for key in keys.iter().flatten().flatten() {
            // Half of it is enough to know the key by.
            for half in [&key[..64], &key[64..]] {
                assert!(!text.contains(half), "{sql} tells key material");
            }
        }
    }
    for sql in
        ["select * from gate.keys", "select count(*) from gate.keys", "copy gate.keys to stdout"]
    {
        assert_eq!(super::attempt::send(app, sql).await.code(), "42501", "{sql}");
    }
}
