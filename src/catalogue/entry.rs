//! What medicines and tests have in common: a row of a file, and which of two is the duplicate.

use serde::Serialize;
use uuid::Uuid;

use super::{Medicine, MedicineId, NewMedicine, NewTest, Query, Test, TestId, label, store};
use crate::error::Error;
use crate::tenant::Db;
use crate::web::{Parse, fold};

/// Entries read at a time.
const PAGE: i64 = 500;

/// Something of which a catalogue is made, a medicine or a test.
pub(super) trait Entry: Parse + Serialize + Clone + 'static {
    /// The columns, by the names of their fields. The first stands for the row.
    const COLUMNS: &'static [&'static str];
    /// Columns without which nothing can be added.
    const NEEDED: &'static [&'static str];
    /// The field that holds an id of this kind.
    const ID: &'static str;

    /// What tells it from others.
    fn key(&self) -> Vec<String>;
    /// How people call it.
    fn label(&self) -> String;
    /// Whether it is offered.
    fn active(&self) -> bool;
    /// Takes over what a duplicate says and this one does not.
    fn unite(&mut self, other: &Self);
    /// Its name, folded.
    fn name_key(&self) -> String;
    /// Entries whose names begin so, after the one with this name and id, by name.
    async fn page(
        db: &mut Db,
        prefix: &str,
        after: Option<(String, Uuid)>,
    ) -> Result<Vec<Known<Self>>, Error>;
    /// Entries with one of these folded names.
    async fn known(db: &mut Db, names: &[String]) -> Result<Vec<Known<Self>>, Error>;
    /// The entry of an id.
    async fn find(db: &mut Db, id: Uuid) -> Result<Option<Known<Self>>, Error>;
    /// Takes a duplicate out of use and lets it, and those that pointed to it, point to the one that is kept.
    async fn point(db: &mut Db, duplicate: &Known<Self>, kept: Uuid) -> Result<bool, Error>;
    /// Adds it.
    async fn insert(&self, db: &mut Db) -> Result<(), Error>;
    /// Puts it in the place of the one that is known.
    async fn replace(&self, db: &mut Db, known: &Known<Self>) -> Result<bool, Error>;
}

/// An entry that is there.
#[derive(Debug, Clone)]
pub(super) struct Known<T> {
    pub(super) id: Uuid,
    pub(super) version: i32,
    pub(super) told: T,
}

/// What stands in an entry's columns, as text.
pub(super) fn cells<T: Entry>(told: &T) -> Vec<String> {
    let values = serde_json::to_value(told).unwrap_or_default();
    let cell = |column: &&str| match values.get(column) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(serde_json::Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    T::COLUMNS.iter().map(cell).collect()
}

impl From<Medicine> for Known<NewMedicine> {
    fn from(medicine: Medicine) -> Known<NewMedicine> {
        let (id, version) = (medicine.medicine_id.0, medicine.version);
        Known { id, version, told: medicine.told }
    }
}

impl From<Test> for Known<NewTest> {
    fn from(test: Test) -> Known<NewTest> {
        Known { id: test.test_id.0, version: test.version, told: test.told }
    }
}

impl Entry for NewMedicine {
    const COLUMNS: &'static [&'static str] = &[
        "name",
        "brand",
        "form",
        "strength",
        "route",
        "default_dose",
        "default_schedule",
        "default_food",
        "default_days",
        "allergy_terms",
        "active",
    ];
    const NEEDED: &'static [&'static str] = &["name", "form"];
    const ID: &'static str = "medicine_id";

    fn key(&self) -> Vec<String> {
        let strength = fold(self.strength.as_deref().unwrap_or_default());
        vec![self.name_key(), self.form.to_string(), strength]
    }

    fn label(&self) -> String {
        label(&self.name, self.strength.as_deref(), self.form)
    }

    fn active(&self) -> bool {
        self.active
    }

    fn unite(&mut self, other: &NewMedicine) {
        let fill = |mine: &mut Option<String>, other: &Option<String>| {
            if mine.is_none() {
                mine.clone_from(other);
            }
        };
        fill(&mut self.brand, &other.brand);
        fill(&mut self.strength, &other.strength);
        fill(&mut self.route, &other.route);
        fill(&mut self.default_dose, &other.default_dose);
        fill(&mut self.default_schedule, &other.default_schedule);
        self.default_food = self.default_food.or(other.default_food);
        self.default_days = self.default_days.or(other.default_days);
        // Whatever forbade one of them forbids the one that stays.
        let both = [&self.allergy_terms, &other.allergy_terms].into_iter().flatten();
        let mut terms: Vec<&str> = Vec::new();
        for term in both.flat_map(|terms| terms.split(',')).map(str::trim) {
            if !term.is_empty() && !terms.contains(&term) {
                terms.push(term);
            }
        }
        let united = terms.join(", ");
        if !united.is_empty() {
            self.allergy_terms = Some(united);
        }
    }

    fn name_key(&self) -> String {
        fold(&self.name)
    }

    async fn page(
        db: &mut Db,
        prefix: &str,
        after: Option<(String, Uuid)>,
    ) -> Result<Vec<Known<Self>>, Error> {
        let after = after.map(|(name, id)| (name, MedicineId(id)));
        let found = super::medicines(db, &Query::new(prefix, true, PAGE, after)).await?;
        Ok(found.into_iter().map(Known::from).collect())
    }

    async fn known(db: &mut Db, names: &[String]) -> Result<Vec<Known<Self>>, Error> {
        let found = store::medicines_of(db, &[], names).await?;
        Ok(found.into_iter().map(Known::from).collect())
    }

    async fn find(db: &mut Db, id: Uuid) -> Result<Option<Known<Self>>, Error> {
        Ok(store::medicine(db, MedicineId(id)).await?.map(Known::from))
    }

    async fn point(db: &mut Db, duplicate: &Known<Self>, kept: Uuid) -> Result<bool, Error> {
        store::point_medicine(db, duplicate.id, duplicate.version, kept).await
    }

    async fn insert(&self, db: &mut Db) -> Result<(), Error> {
        store::insert_medicine(db, MedicineId::fresh(), self).await
    }

    async fn replace(&self, db: &mut Db, known: &Known<Self>) -> Result<bool, Error> {
        store::update_medicine(db, MedicineId(known.id), known.version, self).await
    }
}

impl Entry for NewTest {
    const COLUMNS: &'static [&'static str] = &["name", "kind", "description", "active"];
    const NEEDED: &'static [&'static str] = &["name", "kind"];
    const ID: &'static str = "test_id";

    fn key(&self) -> Vec<String> {
        vec![self.name_key()]
    }

    fn label(&self) -> String {
        self.name.clone()
    }

    fn active(&self) -> bool {
        self.active
    }

    fn unite(&mut self, other: &NewTest) {
        if self.description.is_none() {
            self.description.clone_from(&other.description);
        }
    }

    fn name_key(&self) -> String {
        fold(&self.name)
    }

    async fn page(
        db: &mut Db,
        prefix: &str,
        after: Option<(String, Uuid)>,
    ) -> Result<Vec<Known<Self>>, Error> {
        let after = after.map(|(name, id)| (name, TestId(id)));
        let found = super::tests(db, &Query::new(prefix, true, PAGE, after)).await?;
        Ok(found.into_iter().map(Known::from).collect())
    }

    async fn known(db: &mut Db, names: &[String]) -> Result<Vec<Known<Self>>, Error> {
        let found = store::tests_of(db, &[], names).await?;
        Ok(found.into_iter().map(Known::from).collect())
    }

    async fn find(db: &mut Db, id: Uuid) -> Result<Option<Known<Self>>, Error> {
        Ok(store::test(db, TestId(id)).await?.map(Known::from))
    }

    async fn point(db: &mut Db, duplicate: &Known<Self>, kept: Uuid) -> Result<bool, Error> {
        store::point_test(db, duplicate.id, duplicate.version, kept).await
    }

    async fn insert(&self, db: &mut Db) -> Result<(), Error> {
        store::insert_test(db, TestId::fresh(), self).await
    }

    async fn replace(&self, db: &mut Db, known: &Known<Self>) -> Result<bool, Error> {
        store::update_test(db, TestId(known.id), known.version, self).await
    }
}
