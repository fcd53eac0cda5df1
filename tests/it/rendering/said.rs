//! What a page says: its text nodes and the attributes that are read to people. Not what was typed or is
//! written the same everywhere: text areas, keys of the keyboard, options that are their own value, what is
//! marked as not to be translated.

use std::collections::BTreeSet;

/// Attributes whose text people read or hear, some of them by a script.
pub const SPOKEN: &[&str] = &[
    "title",
    "placeholder",
    "aria-label",
    "alt",
    "data-label",
    "data-confirm",
    "data-then",
    "data-found",
    "data-none",
    "data-choices",
    "data-loaded",
    "data-full",
];

/// Elements whose text is nobody's words.
const SILENT: &[&str] = &["script", "style", "svg", "textarea", "kbd"];

/// A tag: its name and attributes.
pub struct Tag<'a> {
    pub name: &'a str,
    pub attributes: Vec<(&'a str, String)>,
}

impl<'a> Tag<'a> {
    /// Reads what stands between `<` and `>`.
    pub fn read(inside: &'a str) -> Tag<'a> {
        let name = inside.split(|c: char| c.is_whitespace() || c == '/').next().unwrap();
        let (mut attributes, mut rest) = (Vec::new(), &inside[name.len()..]);
        while let Some((before, after)) = rest.split_once("=\"") {
            let (value, left) = after.split_once('"').unwrap_or((after, ""));
            let key = before.rsplit(char::is_whitespace).next().unwrap();
            attributes.push((key, plain(value)));
            rest = left;
        }
        Tag { name, attributes }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }
}

/// Where a tag that begins at `<` ends: at the first `>` outside of quotes.
pub fn end_of_tag(html: &str) -> usize {
    let mut quoted = false;
    for (at, c) in html.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at,
            _ => {}
        }
    }
    html.len() - 1
}

/// Everything said on a page in its own language.
pub fn said(html: &str) -> Vec<String> {
    let language = html.split_once("<html lang=\"").map_or("", |(_, rest)| &rest[..2]);
    let (mut texts, mut rest) = (Vec::new(), html);
    while let Some((text, tagged)) = rest.split_once('<') {
        texts.push(plain(text));
        let end = end_of_tag(tagged);
        let tag = Tag::read(&tagged[..end]);
        rest = &tagged[end + 1..];
        for spoken in SPOKEN {
            texts.extend(tag.get(spoken).map(str::to_owned));
        }
        let foreign = tag.get("translate") == Some("no")
            || tag.name != "html" && tag.get("lang").is_some_and(|lang| lang != language);
        let coded = tag.name == "option"
            && tag.get("value").unwrap_or(rest.split('<').next().unwrap())
                == plain(rest.split('<').next().unwrap());
        if foreign || coded || SILENT.contains(&tag.name) {
            let close = format!("</{}", tag.name);
            rest = rest.split_once(&close).map_or("", |(_, left)| left);
            rest = rest.split_once('>').map_or("", |(_, left)| left);
        }
    }
    texts.push(plain(rest));
    texts.retain(|text| !text.is_empty());
    texts
}

/// Text without entities and needless blanks.
pub fn plain(text: &str) -> String {
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        whole.push_str(before);
        let Some((name, left)) = after.split_once(';').filter(|(name, _)| name.len() < 8) else {
            whole.push('&');
            rest = after;
            continue;
        };
        let number = name.strip_prefix('#').map(|n| match n.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => n.parse(),
        });
        match (name, number) {
            ("amp", _) => whole.push('&'),
            ("lt", _) => whole.push('<'),
            ("gt", _) => whole.push('>'),
            ("quot", _) => whole.push('"'),
            ("nbsp", _) => whole.push(' '),
            (_, Some(Ok(number))) => whole.extend(char::from_u32(number)),
            _ => panic!("what is &{name};?"),
        }
        rest = left;
    }
    whole.push_str(rest);
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words of Latin letters, two or more.
pub fn latin(text: &str) -> BTreeSet<String> {
    // An id of this request or thing is no word.
    let text = text
        .split(' ')
        .filter(|word| uuid::Uuid::parse_str(word.trim_matches(['.', '।'])).is_err());
    let words = text.flat_map(|word| word.split(|c: char| !c.is_alphabetic()));
    words.filter(|w| w.len() > 1 && w.is_ascii()).map(str::to_owned).collect()
}

#[test]
fn a_page_says_what_a_reader_reads_and_hears() {
    let page = r#"<!doctype html><html lang="hi"><head><title>कतार &#60;1&#62;</title><style>a{b}</style></head>
        <body class="x"><p title="Two &gt; words">नमस्ते <b>Asha</b></p><svg><text>A</text></svg>
        <textarea name="a">Typed</textarea><a href="/x" lang="en">English</a><kbd>Esc</kbd>
        <td translate="no">work_type</td><select><option>INR</option><option value="f">Female</option></select>
        <button data-confirm="Really?" value="x">Go</button></body></html>"#;
    let expected = ["कतार <1>", "Two > words", "नमस्ते", "Asha", "Female", "Really?", "Go"];
    assert_eq!(said(page), expected);
}
