//! Keys as oracles: a foreign key or a unique key that reached over the wall would tell what is behind.

use super::attempt::{Outcome, rehearse, send};
use super::stage::Stage;
use crate::rows::{ask, value};
use crate::world::ROLES;

/// The outcome without the ids and values that were sent.
fn said(outcome: &Outcome, sent: &[String]) -> String {
    sent.iter().fold(format!("{outcome:?}"), |text, id| text.replace(id.as_str(), "?"))
}

#[tokio::test]
async fn a_foreign_id_is_refused_in_the_words_of_an_unknown_one() {
    let mut stage = Stage::open().await;
    let (mut cases, mut written) = (0, 0);
    let tables = stage.catalog.tables.clone();
    for table in &tables {
        for parent in &table.parents {
            let columns: Vec<_> = parent.columns.iter().map(|(_, their)| their.clone()).collect();
            let sql = format!(
                "select {} from polyclinic.{} where clinic_id = $C order by 1 limit 1",
                columns.join(", "),
                parent.table
            );
            let ids = |clinic: i64| sql.replace("$C", &clinic.to_string());
            let (north, south) = (stage.north, stage.south);
            let foreign = ask(&mut stage.superuser, &ids(south)).await.remove(0);
            let own = ask(&mut stage.superuser, &ids(north)).await.remove(0);
            // What is no id, such as a revision, is the same on both sides.
            let is_id = |text: &String| uuid::Uuid::parse_str(text).is_ok();
            let unknown: Vec<_> = foreign
                .iter()
                .map(|id| match id {
                    Some(id) if is_id(id) => Some(uuid::Uuid::now_v7().to_string()),
                    other => other.clone(),
                })
                .collect();
            let mut inserts = Vec::new();
            for ids in [&foreign, &unknown, &own] {
                let with: Vec<_> = parent
                    .columns
                    .iter()
                    .zip(ids)
                    .map(|((own, _), id)| (own.as_str(), format!("'{}'", id.as_deref().unwrap())))
                    .collect();
                inserts
                    .push(stage.catalog.literal(&mut stage.superuser, table, north, &with).await);
            }
            // All three say the same but for the ids.
            let first = inserts[0].clone();
            let [foreign_text, unknown_text] =
                [&foreign, &unknown].map(|ids| ids.iter().flatten().cloned().collect::<Vec<_>>());
            let ids_only =
                |texts: &[String]| texts.iter().filter(|t| is_id(t)).cloned().collect::<Vec<_>>();
            let (foreign_ids, unknown_ids) = (ids_only(&foreign_text), ids_only(&unknown_text));
            let with = |ids: &[String]| {
                foreign_text
                    .iter()
                    .zip(ids)
                    .fold(first.clone(), |sql, (a, b)| sql.replace(a.as_str(), b))
            };
            let sets: Vec<_> = parent.columns.iter().map(|(own, _)| own.clone()).collect();
            for role in ROLES {
                stage.inside(role).await;
                let (a, b) = (first.clone(), with(&unknown_text));
                let (a, b) = (rehearse(stage.app(), &a).await, rehearse(stage.app(), &b).await);
                assert!(
                    matches!(a, Outcome::Refused { .. }),
                    "{role}: {}: {a:?}",
                    parent.constraint
                );
                assert_eq!(
                    said(&a, &foreign_ids),
                    said(&b, &unknown_ids),
                    "{role}: {}",
                    parent.constraint
                );
                let set = |ids: &[String]| {
                    let pairs: Vec<_> =
                        sets.iter().zip(ids).map(|(c, id)| format!("{c} = '{id}'")).collect();
                    format!("update polyclinic.{} set {}", table.name, pairs.join(", "))
                };
                let (a, b) = (
                    rehearse(stage.app(), &set(&foreign_text)).await,
                    rehearse(stage.app(), &set(&unknown_text)).await,
                );
                let silent = matches!(&a, Outcome::Refused { .. })
                    || matches!(&a, Outcome::Done { changed: 0, .. });
                assert!(silent, "{role}: {}: {a:?}", parent.constraint);
                assert_eq!(
                    said(&a, &foreign_ids),
                    said(&b, &unknown_ids),
                    "{role}: {}",
                    parent.constraint
                );
                // The probe is worth something only if an own id passes for somebody.
                let insert = inserts[2].clone();
                written += usize::from(matches!(
                    rehearse(stage.app(), &insert).await,
                    Outcome::Done { .. }
                ));
                send(stage.app(), "rollback").await;
                cases += 2;
            }
        }
    }
    println!("foreign keys: {cases} pairs, {written} own rows written for comparison");
    assert!(cases > 250 && written > 5, "{cases}, {written}");
}

#[tokio::test]
async fn what_south_has_taken_is_free_in_north() {
    let mut stage = Stage::open().await;
    let (north, south) = (stage.north, stage.south);
    let keys = ask(&mut stage.superuser,
        "select c.relname, x.relname, string_agg(a.attname, ',')
         from pg_index i
         join pg_class c on c.oid = i.indrelid
         join pg_class x on x.oid = i.indexrelid
         join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
         where i.indisunique and c.relnamespace = 'polyclinic'::regnamespace and c.relkind = 'r' and not c.relispartition
           and a.attname <> 'clinic_id' and a.attgenerated = ''
         group by 1, 2 order by 1, 2").await;
    let mut cases = 0;
    for key in keys {
        let [table, index, columns] = <[_; 3]>::try_from(key).unwrap().map(Option::unwrap);
        let table = stage.catalog.table(&table).clone();
        let points =
            |c: &str| table.parents.iter().any(|p| p.columns.iter().any(|(own, _)| own == c));
        let columns: Vec<_> = columns.split(',').filter(|c| !points(c)).collect();
        let mut with = Vec::new();
        for column in columns {
            let sql = format!("select quote_literal({column}) from polyclinic.{0} s where clinic_id = {south} and {column} is not null
                 and {column} not in (select n.{column} from polyclinic.{0} n where clinic_id = {north} and n.{column} is not null) order by 1 limit 1", table.name);
            let taken = value(&mut stage.superuser, &sql).await;
            if !taken.is_empty() {
                with.push((column, taken));
            }
        }
        if with.is_empty() {
            continue;
        }
        let insert = stage.catalog.literal(&mut stage.superuser, &table, north, &with).await;
        send(&mut stage.superuser, "begin").await;
        let outcome = rehearse(&mut stage.superuser, &insert).await;
        send(&mut stage.superuser, "rollback").await;
        // North's own rows may be in the way of another key of the table.
        let own = matches!(&outcome, Outcome::Refused { said, .. } if said.contains("duplicate") && !said.contains(&index));
        assert!(
            matches!(outcome, Outcome::Done { changed: 1, .. }) || own,
            "{index}: {insert}: {outcome:?}"
        );
        cases += 1;
    }
    assert!(cases > 15, "{cases} unique keys");
}
