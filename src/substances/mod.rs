//! What words mean in medicine: which substances a name or a brand stands for, and to which kinds they belong.
//! Spellings that people use, misspellings, and the names in Devanagari count as the name.

mod book;
mod reader;

pub use book::Meaning;
pub use reader::{Allergy, Medicine, Reader, names};
