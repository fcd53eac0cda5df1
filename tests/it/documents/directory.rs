//! Documents in a directory instead of the database.

use pretty_assertions::assert_eq;

use super::{PDF, attach, attached, fetched, id};
use crate::rows::value;
use crate::world::{Actor, World};

#[tokio::test]
async fn in_a_directory_each_clinic_has_a_folder_and_no_name_is_guessed() {
    let dir = std::env::temp_dir()
        .join(format!("polyclinic-documents-{}", uuid::Uuid::now_v7().simple()));
    let world = World::keeping_documents_in(&dir).await;
    let (north, south) = (world.north.receptionist().await, world.south.receptionist().await);
    let large = [&b"%PDF-1.4\n"[..], &vec![7; 300_000], PDF].concat();
    let mut kept = Vec::new();
    for (actor, clinic) in [(&north, &world.north), (&south, &world.south)] {
        let patient = clinic.patient("Asha").await;
        let document =
            attached(actor, id(&patient, "patient_id"), "category=other&title=x", &large).await;
        let (_, bytes) = fetched(actor, id(&document, "document_id"), "").await;
        assert!(bytes == large);
        kept.push(id(&document, "document_id").to_owned());
        // What is refused leaves no file.
        let refused =
            attach(actor, &uuid::Uuid::now_v7().to_string(), "category=other&title=x", PDF).await;
        assert_eq!(refused.problem(), "404 not_found");
    }
    let files = files(&dir);
    assert_eq!(files.len(), 2, "{files:?}");
    let folders: std::collections::BTreeSet<_> =
        files.iter().map(|f| f.split('/').next().unwrap()).collect();
    assert_eq!(folders.len(), 2, "{files:?}");
    let mut owner = world.connect("postgres").await;
    assert_eq!(value(&mut owner, "select count(*) from polyclinic.document_pieces").await, "0");
    for file in &files {
        let name = file.rsplit('/').next().unwrap();
        assert!(name.len() == 64 && !kept.iter().any(|id| file.contains(id.as_str())), "{file}");
    }
    // A file that was tampered with breaks off; another clinic's row leads nowhere.
    assert_eq!(
        south.get(&format!("documents/{}/content", kept[0])).await.problem(),
        "404 not_found"
    );
    std::fs::write(dir.join(&files[0]), PDF).unwrap();
    let broken = async |actor: &Actor, document: &str| {
        let path = format!("documents/{document}/content");
        let reply = actor.request("GET", &path).send().await.unwrap();
        reply.status() == 500 || reply.bytes().await.is_err()
    };
    let broke = (broken(&north, &kept[0]).await, broken(&south, &kept[1]).await);
    assert!(broke.0 != broke.1, "one of the two is short: {broke:?}");
    std::fs::remove_dir_all(&dir).unwrap();
}

/// Files below a directory, by their path from there.
fn files(dir: &std::path::Path) -> Vec<String> {
    let (mut found, mut left) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.push(path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}
