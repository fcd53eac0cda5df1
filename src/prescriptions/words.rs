//! A line in words, as it stands on screen and paper: "1 in the morning, 1 at night, after food, 5 days:
//! 10 tablets", with the pattern beside it.

use super::nouns::Line;
use crate::catalogue::Food;
use crate::web::Chrome;

/// A piece of a sentence.
pub struct Piece {
    /// What it says, with the spaces around it.
    pub text: String,
    /// A number with its unit: a line never wraps inside.
    pub together: bool,
}

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

/// Words that follow a number without being its unit.
const NO_UNITS: [&str; 6] = ["in", "at", "every", "as", "once", "×"];

/// Cuts a sentence so that each number stays with its unit.
pub fn pieces(text: &str) -> Vec<Piece> {
    let words: Vec<&str> = text.split(' ').collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut loose = String::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let unit = words.get(at + 1).filter(|next| {
            word.starts_with(char::is_numeric)
                && !word.ends_with(',')
                && next.starts_with(char::is_alphabetic)
                && !NO_UNITS.contains(next)
        });
        let space = if at == 0 { "" } else { " " };
        if let Some(unit) = unit {
            loose.push_str(space);
            if !loose.is_empty() {
                pieces.push(Piece { text: std::mem::take(&mut loose), together: false });
            }
            pieces.push(Piece { text: format!("{word} {unit}"), together: true });
            at += 2;
        } else {
            loose.push_str(space);
            loose.push_str(word);
            at += 1;
        }
    }
    if !loose.is_empty() {
        pieces.push(Piece { text: loose, together: false });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_with_its_unit_and_nothing_is_lost() {
        let text = "5 mL in the morning, 5 mL at night, after food, 5 days";
        let cut = pieces(text);
        assert_eq!(cut.iter().map(|p| p.text.as_str()).collect::<String>(), text);
        let together: Vec<&str> =
            cut.iter().filter(|p| p.together).map(|p| p.text.as_str()).collect();
        assert_eq!(together, ["5 mL", "5 mL", "5 days"]);
        assert!(pieces("1 in the morning, 1 at night").iter().all(|p| !p.together));
    }
}
