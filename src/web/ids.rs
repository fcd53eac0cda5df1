//! Two macros for the nouns of every feature: typed ids and closed sets of words.

/// Declares a typed id: passing a `VisitId` for a `PatientId` does not compile.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
                 sqlx::Type, utoipa::ToSchema)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        #[schema(value_type = uuid::Uuid)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A fresh id, ordered by time (UUID version 7, RFC 9562).
            pub fn fresh() -> $name {
                $name(uuid::Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> Result<$name, ()> {
                // Only the lower-case hyphenated form: one thing has one address.
                let id: uuid::Uuid = text.parse().map_err(|_| ())?;
                if id.to_string() == text { Ok($name(id)) } else { Err(()) }
            }
        }
    };
}
pub(crate) use id;

/// Declares a closed set of words, stored as text and checked by the table:
/// `words!(Sex { Male = "male", Female = "female" })`. The first is the default.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $first:ident = $first_text:literal $(, $variant:ident = $text:literal)* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, sqlx::Type)]
        #[sqlx(type_name = "text")]
        pub enum $name {
            #[doc = concat!("`", $first_text, "`")]
            #[default]
            #[serde(rename = $first_text)]
            #[sqlx(rename = $first_text)]
            $first,
            $(
                #[doc = concat!("`", $text, "`")]
                #[serde(rename = $text)]
                #[sqlx(rename = $text)]
                $variant,
            )*
        }

        impl $name {
            /// Every word of the set.
            pub const ALL: &'static [$name] = &[$name::$first $(, $name::$variant)*];

            /// The word as stored and sent.
            pub fn as_str(self) -> &'static str {
                match self {
                    $name::$first => $first_text,
                    $($name::$variant => $text,)*
                }
            }
        }

        // Not derived: the derive does not see a name that comes out of this macro and documents the variant's.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let words = $name::ALL.iter().map(|word| word.as_str());
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(words))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> Result<$name, ()> {
                $name::ALL.iter().copied().find(|word| word.as_str() == text).ok_or(())
            }
        }
    };
}
pub(crate) use words;
