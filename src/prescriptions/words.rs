//! A line in words, as it stands on screen and paper: "1 in the morning, 1 at night, after food, 5 days:
//! 10 tablets", with the pattern beside it.

use super::nouns::{Line, Prescription};
use crate::catalogue::Food;
use crate::web::{Chrome, Piece, pieces};

/// A line in words.
pub struct Said {
    /// The generic name.
    pub medicine: String,
    /// Its strength; may be empty.
    pub strength: String,
    /// What it comes as.
    pub form: String,
    /// How to take it.
    pub how: Vec<Piece>,
    /// `1-0-1`; empty where the words say it all.
    pub pattern: String,
    /// `10 tablets`.
    pub quantity: String,
    /// What else to mind; may be empty.
    pub instructions: String,
}

impl Said {
    /// The line in the words of the page's language.
    pub fn new(chrome: &Chrome, line: &Line) -> Said {
        let dose = line.dose.as_deref().map(|dose| chrome.word("dose", dose));
        let mut how =
            vec![line.schedule.words(dose.as_deref(), |key, value| chrome.tx(key, value))];
        if line.food != Food::Any {
            how.push(chrome.word("food", line.food.as_str()));
        }
        if let Some(route) = &line.route {
            how.push(chrome.word("route", route));
        }
        match line.days {
            Some(1) => how.push(chrome.t("rx.for_one_day").to_owned()),
            Some(days) => how.push(chrome.tx("rx.for_days", days.to_string())),
            None => {}
        }
        let unit = if line.quantity == 1 { "one" } else { "many" };
        let unit = chrome.word(&format!("quantity.{unit}"), line.form.as_str());
        Said {
            medicine: line.medicine.clone(),
            strength: line.strength.clone().unwrap_or_default(),
            form: chrome.word("form", line.form.as_str()),
            how: pieces(&how.join(", ")),
            pattern: line.schedule.pattern().unwrap_or_default(),
            quantity: format!(
                "{} {unit}",
                crate::catalogue::wording::tidy(&line.quantity.to_string())
            ),
            instructions: line.instructions.clone().unwrap_or_default(),
        }
    }
}

impl Said {
    /// How to take it and how many to give: `1 in the morning, 1 at night, 5 days (1-0-1): 10 tablets`. A
    /// number and its unit are held together by a space that does not break.
    pub fn sentence(&self) -> String {
        let hold = |text: &str| text.replace(' ', "\u{a0}");
        let held =
            |piece: &Piece| if piece.together { hold(&piece.text) } else { piece.text.clone() };
        let text: String = self.how.iter().map(held).collect();
        let pattern = match self.pattern.as_str() {
            "" => String::new(),
            pattern => format!(" ({pattern})"),
        };
        format!("{text}{pattern}: {}", hold(&self.quantity))
    }
}

/// The reason that is kept where nobody gave one: the number of what took its place.
pub(super) fn replaced_by(number: &str) -> String {
    format!("replaced by {number}")
}

impl Prescription {
    /// Why it is void, in the reader's language; what somebody wrote stays as it was written.
    pub fn void_said(&self, reader: &Chrome) -> String {
        let kept = self.void_reason.as_deref().unwrap_or_default();
        match self.replaced_by_number.as_deref() {
            Some(number) if kept == replaced_by(number) => reader.tx("rx.replaced_by", number),
            _ => kept.to_owned(),
        }
    }
}
