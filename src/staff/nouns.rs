//! The words of the feature: who somebody is to the clinic.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Error;
use crate::patients;
use crate::practitioners::PractitionerId;
use crate::web::{Fields, Parse, id, words};

id!(
    /// A person's id in one clinic.
    UserId
);

words!(
    /// What somebody is to the clinic; the grid says what each may do.
    Role {
        Receptionist = "receptionist", Doctor = "doctor", Nurse = "nurse", LabTech = "lab_tech",
        Pharmacist = "pharmacist", Cashier = "cashier", Admin = "admin", Patient = "patient",
    }
);

impl Role {
    /// The roles of those who work here.
    pub fn staff() -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(|role| *role != Role::Patient)
    }
}

words!(
    /// Whether somebody may sign in: not yet, yes, no longer.
    UserStatus { Invited = "invited", Active = "active", Inactive = "inactive" }
);

/// What everybody here has.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Named {
    /// Name as colleagues and patients read it.
    #[schema(min_length = 1, max_length = 150)]
    pub name: String,
    /// What the person types to sign in: small letters, digits and `. _ @ + -`, unique in the clinic.
    #[schema(pattern = "^[a-z0-9][a-z0-9._@+-]{1,99}$")]
    pub identifier: String,
    /// Email, good for signing in too.
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// Phone as people write it.
    #[schema(max_length = 25)]
    pub phone: Option<String>,
    /// What the person is to the clinic.
    pub role: Role,
}

/// What a doctor has besides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Practice {
    /// Field of work.
    #[schema(max_length = 100)]
    pub specialization: Option<String>,
    /// Degrees.
    #[schema(max_length = 150)]
    pub qualification: Option<String>,
    /// Registration number with the medical council, unique in the clinic.
    #[schema(max_length = 50)]
    pub licence_number: Option<String>,
}

/// Somebody who is to work here.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invitation {
    /// Name, sign-in name and role.
    #[serde(flatten)]
    pub named: Named,
    /// For a doctor.
    pub practitioner: Option<Practice>,
}

/// A doctor's entry among the practitioners.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = StaffPractitioner)]
pub struct Practitioner {
    /// The practitioner.
    pub practitioner_id: PractitionerId,
    /// What is printed beside the name.
    #[serde(flatten)]
    pub practice: Practice,
    /// Whether new visits and prescriptions may name this practitioner.
    pub active: bool,
}

/// Somebody who signs in to this clinic.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = StaffMember)]
pub struct User {
    /// The person in this clinic.
    pub user_id: UserId,
    /// Name, sign-in name and role.
    #[serde(flatten)]
    pub named: Named,
    /// Whether the person may sign in.
    pub status: UserStatus,
    /// The entry among the practitioners, for those who are or were doctors.
    pub practitioner: Option<Practitioner>,
    /// When the newest session was opened.
    pub last_signed_in_at: Option<DateTime<Utc>>,
    /// Raised by every change.
    pub version: i32,
    /// When the person was invited.
    pub created_at: DateTime<Utc>,
    /// When the person was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Which people, from where on.
#[derive(Debug, Clone)]
pub struct Query {
    /// Only this role.
    pub role: Option<Role>,
    /// Only this status.
    pub status: Option<UserStatus>,
    /// Leave out patients' logins.
    pub staff_only: bool,
    /// Rows to return; one more is read, to know whether there is another page.
    pub limit: i64,
    /// Name and id after which to begin.
    pub after: Option<(String, UserId)>,
}

/// A sign-in name, in small letters however it is typed.
pub(crate) fn identifier(fields: &mut Fields) -> String {
    let text = fields.text("identifier", 100).to_lowercase();
    let bytes = text.as_bytes();
    let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let shaped = bytes.len() >= 2
        && bytes.first().is_some_and(plain)
        && bytes.iter().all(|b| plain(b) || b"._@+-".contains(b));
    if !text.is_empty() && !shaped {
        fields.refuse("identifier", "invalid");
    }
    text
}

/// An email that is good for signing in: the database folds it as we do.
fn email(fields: &mut Fields) -> Option<String> {
    let text = patients::email(fields, "email")?;
    if !text.is_ascii() {
        fields.refuse("email", "not_ascii");
        return None;
    }
    Some(text)
}

impl Parse for Named {
    fn parse(fields: &mut Fields) -> Named {
        Named {
            name: fields.name("name", 150),
            identifier: identifier(fields),
            email: email(fields),
            phone: patients::phone(fields, "phone"),
            role: fields.choice("role"),
        }
    }
}

impl Parse for Practice {
    fn parse(fields: &mut Fields) -> Practice {
        Practice {
            specialization: fields.text_opt("specialization", 100),
            qualification: fields.text_opt("qualification", 150),
            licence_number: fields.text_opt("licence_number", 50),
        }
    }
}

impl Parse for Invitation {
    fn parse(fields: &mut Fields) -> Invitation {
        Invitation { named: Named::parse(fields), practitioner: fields.part("practitioner") }
    }
}

impl Invitation {
    /// Refuses what cannot be invited: a patient's login belongs to a patient's record, and only a doctor
    /// is entered among the practitioners.
    pub fn refuse_unfit(&self) -> Result<(), Error> {
        let told = self.practitioner.as_ref().is_some_and(|p| *p != Practice::default());
        if self.named.role == Role::Patient {
            return Err(Error::field("role", "patient"));
        }
        if told && self.named.role != Role::Doctor {
            return Err(Error::field("role", "not_a_doctor"));
        }
        Ok(())
    }
}
