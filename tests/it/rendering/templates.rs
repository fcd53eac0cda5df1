//! The templates themselves: no word of theirs is outside of the catalogue.

use super::said::{SPOKEN, Tag, end_of_tag, plain};
use crate::sources;

/// What stands between tags without being read: a class of the body, attributes that a macro writes.
const UNREAD: &[(&str, &str)] = &[
    ("{% block page %}", "{% endblock %}"),
    ("{%- macro said(", "{%- endmacro -%}"),
    ("{%- macro wrong(", "{%- endmacro -%}"),
    ("{%- macro told(", "{%- endmacro -%}"),
];

/// Arguments of ui.html's macros that take a text, not a key.
const TEXTS: &[&str] = &["text", "title", "ask", "then", "time"];

/// A template without what is filled in: `{{ … }}` leaves a mark, `{% … %}` nothing. Gives the text
/// literals that are handed to macros, too.
fn without_code(template: &str) -> (String, Vec<String>) {
    let (mut page, mut handed, mut rest) = (String::new(), Vec::new(), template);
    while let Some((before, code)) = rest.split_once('{') {
        page.push_str(before);
        let close = match code.chars().next() {
            Some('{') => "}}",
            Some('%') => "%}",
            _ => {
                page.push('{');
                rest = code;
                continue;
            }
        };
        let (code, left) = code.split_once(close).unwrap_or((code, ""));
        for argument in TEXTS {
            for (at, mark) in code.match_indices(&format!("{argument}=\"")) {
                let begins = code[..at].ends_with(['(', ' ']);
                let text = code[at + mark.len()..].split('"').next().unwrap();
                if begins && text.chars().any(char::is_alphabetic) && !code.contains("macro ") {
                    handed.push(text.to_owned());
                }
            }
        }
        page.push_str(if close == "}}" { "\u{fffc}" } else { "" });
        rest = left;
    }
    page.push_str(rest);
    (page, handed)
}

/// Literal words between the tags or in attributes that are read to people.
fn literals(template: &str) -> Vec<String> {
    let mut template = template.to_owned();
    for (from, to) in UNREAD {
        while let Some(at) = template.find(from) {
            let end = template[at..].find(to).map_or(template.len(), |end| at + end + to.len());
            template.replace_range(at..end, "");
        }
    }
    let (page, mut found) = without_code(&template);
    let page = page.replace('\u{fffc}', "");
    let wordy = |text: &str| text.chars().any(char::is_alphabetic);
    let mut rest = page.as_str();
    while let Some((text, tagged)) = rest.split_once('<') {
        found.extend(Some(plain(text)).filter(|text| wordy(text)));
        let end = end_of_tag(tagged);
        let tag = Tag::read(&tagged[..end]);
        for spoken in SPOKEN {
            found.extend(tag.get(spoken).filter(|text| wordy(text)).map(str::to_owned));
        }
        rest = &tagged[end + 1..];
        // What is printed on a key of the keyboard, and what is written the same everywhere.
        if tag.name == "kbd" || tag.get("translate") == Some("no") {
            let close = format!("</{}>", tag.name);
            rest = rest.split_once(&close).map_or("", |(_, left)| left);
        }
    }
    found.extend(Some(rest.trim().to_owned()).filter(|text| wordy(text)));
    found
}

#[test]
fn no_word_of_a_template_is_outside_of_the_catalogue() {
    let mut found = Vec::new();
    for (file, text) in sources::templates() {
        found.extend(literals(&text).into_iter().map(|words| format!("{file}: {words}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_literal_word_in_a_template_is_noticed() {
    let template = r#"<p class="quiet">{{ chrome.t("a.b") }} · 3 {% if x %}Hello{% endif %}</p>
        <input placeholder="Name" value="{{ x }}"><a href="/x" title="{{ t }}">{{ ui::danger(text="Void it", name="x") }}</a>
        <kbd>Esc</kbd><b>{# no comment #}°</b>"#;
    let template = template.replace("{# no comment #}", "");
    assert_eq!(literals(&template), ["Void it", "· 3 Hello", "Name"]);
}

#[test]
fn the_styleguide_shows_every_piece_of_the_pages() {
    let templates = sources::templates();
    let of = |name: &str| &templates.iter().find(|(file, _)| file.ends_with(name)).unwrap().1;
    let (pieces, guide) = (of("web/ui.html"), of("styleguide.html"));
    let names = pieces.split("{%- macro ").skip(1).map(|rest| rest.split('(').next().unwrap());
    // What others are made of is seen in them.
    let inner = ["above", "said", "theirs", "wrong"];
    let missing: Vec<_> = names
        .filter(|name| !inner.contains(name) && !guide.contains(&format!("ui::{name}(")))
        .collect();
    assert!(missing.is_empty(), "not in src/styleguide/styleguide.html: {missing:?}");
}
