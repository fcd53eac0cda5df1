//! Numbers, money and dates as people of a place read them. Digits are 0 to 9 in every language: a dose
//! is never misread.

use chrono::{Datelike, NaiveDate};

use super::text::Lang;

/// A number of things: 5,110; in India 1,23,456.
pub fn number(locale: &str, number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(locale, &number.unsigned_abs().to_string()))
}

/// An amount in the smallest unit of its currency: ₹1,23,456.50.
pub fn money(locale: &str, currency: &str, amount: i64) -> String {
    let digits = decimals(currency);
    let text = format!("{:0>width$}", amount.unsigned_abs(), width = digits + 1);
    let (whole, part) = text.split_at(text.len() - digits);
    let sign = if amount < 0 { "-" } else { "" };
    let point = if part.is_empty() { "" } else { "." };
    let whole = grouped(locale, whole);
    match symbol(currency) {
        Some(symbol) => format!("{sign}{symbol}{whole}{point}{part}"),
        None => format!("{sign}{currency}\u{a0}{whole}{point}{part}"),
    }
}

impl Lang {
    /// A date: 03-Mar-2026, with the language's own short name of the month.
    pub fn date(&self, date: NaiveDate) -> String {
        let month = format!("month.{}", date.month());
        format!("{:02}-{}-{}", date.day(), self.t(&month), date.year())
    }
}

/// Thousands set apart; in India and in its languages everything above by hundreds.
fn grouped(locale: &str, digits: &str) -> String {
    let by_hundreds = match locale.split_once('-') {
        Some((_, region)) => region == "IN",
        None => ["hi", "mr"].contains(&locale),
    };
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        let left = digits.len() - i;
        let cut =
            left == 3 || left > 3 && (left - 3).is_multiple_of(if by_hundreds { 2 } else { 3 });
        if i > 0 && cut {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How many decimals a currency has (ISO 4217).
fn decimals(currency: &str) -> usize {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// The sign of a currency that nobody takes for another's; the rest are named by their code.
fn symbol(currency: &str) -> Option<&'static str> {
    match currency {
        "INR" => Some("₹"),
        "EUR" => Some("€"),
        "GBP" => Some("£"),
        "USD" => Some("$"),
        "BDT" => Some("৳"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::text::Texts;

    #[test]
    fn numbers_are_grouped_as_the_place_does() {
        for locale in ["en-IN", "hi-IN", "mr-IN", "mr", "hi"] {
            assert_eq!(number(locale, 0), "0");
            assert_eq!(number(locale, 100), "100");
            assert_eq!(number(locale, 5110), "5,110", "{locale}");
            assert_eq!(number(locale, 123_456), "1,23,456", "{locale}");
            assert_eq!(number(locale, 12_345_678), "1,23,45,678", "{locale}");
        }
        for locale in ["en-US", "en", "hi-FJ"] {
            assert_eq!(number(locale, 5110), "5,110");
            assert_eq!(number(locale, 1_234_567), "1,234,567", "{locale}");
        }
        assert_eq!(number("en-IN", -123_456), "-1,23,456");
        assert_eq!(number("en", i64::MIN), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn money_has_the_decimals_of_its_currency() {
        assert_eq!(money("en-IN", "INR", 12_345_650), "₹1,23,456.50");
        assert_eq!(money("mr-IN", "INR", 5), "₹0.05");
        assert_eq!(money("en-US", "USD", -123_456_789), "-$1,234,567.89");
        assert_eq!(money("en-JP", "JPY", 1234), "JPY\u{a0}1,234");
        assert_eq!(money("en-KW", "KWD", 1), "KWD\u{a0}0.001");
    }

    #[test]
    fn a_date_names_the_month_in_every_language() {
        let texts = Texts::load().unwrap();
        let third = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap();
        assert_eq!(texts.of("en-IN").date(third), "03-Mar-2026");
        assert_eq!(texts.of("hi-IN").date(third), "03-मार्च-2026");
        assert_eq!(texts.of("mr-IN").date(third), "03-मार्च-2026");
        for lang in texts.all() {
            let months: std::collections::BTreeSet<_> =
                (1..=12).map(|m| lang.date(NaiveDate::from_ymd_opt(2026, m, 1).unwrap())).collect();
            assert_eq!(months.len(), 12, "{}", lang.tag());
            assert!(months.iter().all(|m| !m.contains(' ')), "{months:?}");
        }
    }
}
