//! Charts, drawn on the server as SVG: columns by day, one or several series side by side or on each other,
//! a line, or bars beside names. Each comes with its table; colours are classes, so that dark pages and
//! paper have their own. The same numbers make the same bytes.

mod scale;

use askama::Template;

use self::scale::{Scale, percent, tenths};
use super::Chrome;
use crate::error::Error;

/// Height of the area in pixels, and the room above it.
const HEIGHT: i64 = 180;
const TOP: i64 = 8;
/// Width of a line's own area; it is stretched to the page.
const WIDE: i64 = 10_000;
/// Most labels below the area: so many stand side by side on a phone.
const LABELS: usize = 5;
/// Most points of a line that get a dot each.
const DOTS: usize = 31;

/// How the numbers are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Upright columns, one beside the other.
    Columns,
    /// Upright columns, one on the other.
    Stacked,
    /// A line through the points.
    Line,
    /// Lying bars in the table itself, one behind the other: for names instead of days.
    Bars,
}

/// What the numbers are of: a day, a doctor.
#[derive(Debug, Clone, Default)]
pub struct Point {
    /// In full, for the table.
    pub label: String,
    /// Short, below a column.
    pub short: String,
    /// The table's cells, where they say more than the numbers.
    pub cells: Vec<String>,
}

impl Point {
    /// A name that is short enough.
    pub fn named(label: impl Into<String>) -> Point {
        Point { label: label.into(), ..Point::default() }
    }
}

/// One number for each point.
#[derive(Debug, Clone)]
pub struct Series {
    /// What is counted.
    pub name: String,
    /// In the order of the points; what is missing is nothing.
    pub values: Vec<i64>,
}

/// A chart before it is drawn.
#[derive(Debug, Clone)]
pub struct Plot {
    /// Part of the ids on the page.
    pub id: &'static str,
    /// The heading.
    pub title: String,
    /// One sentence below the heading; may be empty.
    pub note: String,
    /// How it is drawn.
    pub shape: Shape,
    /// What a point is, above the table's first column.
    pub of: String,
    /// The points in their order.
    pub points: Vec<Point>,
    /// What is counted, at most three.
    pub series: Vec<Series>,
    /// The table's other columns, where the points bring their cells.
    pub heads: Vec<String>,
    /// What is said where there is nothing to draw.
    pub nothing: String,
}

/// A line across the area with its number.
struct Rule {
    y: String,
    label: String,
}

/// A column or a bar, or a part of one.
struct Mark {
    class: usize,
    x: String,
    y: String,
    width: String,
    height: String,
    said: String,
}

/// A line and its dots.
struct Path {
    class: usize,
    points: String,
    dots: Vec<Mark>,
}

/// A row of the table.
struct Row {
    label: String,
    /// Each with the head of its column.
    cells: Vec<(String, String)>,
    bar: Vec<Mark>,
}

#[derive(Template)]
#[template(path = "web/plot/plot.html")]
struct Drawn<'a> {
    chrome: &'a Chrome,
    plot: &'a Plot,
    about: String,
    height: i64,
    foot: i64,
    rules: Vec<Rule>,
    labels: Vec<(String, &'a str)>,
    marks: Vec<Mark>,
    paths: Vec<Path>,
    heads: Vec<&'a str>,
    rows: Vec<Row>,
}

impl Plot {
    /// The chart and its table, as safe HTML.
    pub fn draw(&self, chrome: &Chrome) -> Result<String, Error> {
        let scale = Scale::upto(self.highest());
        let drawn = Drawn {
            chrome,
            plot: self,
            about: self.about(chrome),
            height: TOP + HEIGHT + 24,
            foot: TOP + HEIGHT + 20,
            rules: scale.rules().map(|n| rule(&scale, n, chrome)).collect(),
            labels: self.labels(),
            marks: self.columns(&scale, chrome),
            paths: self.paths(&scale, chrome),
            heads: self.heads(),
            rows: self.rows(chrome),
        };
        drawn.render().map_err(|e| Error::Internal(e.to_string()))
    }

    /// Nothing happened at all.
    fn is_empty(&self) -> bool {
        self.series.iter().flat_map(|s| &s.values).all(|value| *value == 0)
    }

    fn value(&self, series: usize, point: usize) -> i64 {
        let values = self.series.get(series).map(|s| s.values.as_slice());
        values.and_then(|v| v.get(point)).copied().unwrap_or(0).max(0)
    }

    fn sum(&self, point: usize) -> i64 {
        (0..self.series.len()).map(|s| self.value(s, point)).sum()
    }

    /// What the area must have room for.
    fn highest(&self) -> i64 {
        let of = |point| match self.shape {
            Shape::Stacked | Shape::Bars => self.sum(point),
            _ => (0..self.series.len()).map(|s| self.value(s, point)).max().unwrap_or(0),
        };
        (0..self.points.len()).map(of).max().unwrap_or(0)
    }

    /// What somebody is told who does not see it: the whole, and the most.
    fn about(&self, chrome: &Chrome) -> String {
        let whole: i64 = (0..self.points.len()).map(|p| self.sum(p)).sum();
        let most = (0..self.points.len()).rev().max_by_key(|p| self.sum(*p));
        let Some(most) = most else { return String::new() };
        let at = self.points.get(most).map_or("", |p| p.label.as_str());
        let text = chrome.t("plot.about").replacen("{whole}", &chrome.count(whole), 1);
        text.replacen("{most}", &chrome.count(self.sum(most)), 1).replacen("{at}", at, 1)
    }

    /// Which points are named below the area: the last one always.
    fn labels(&self) -> Vec<(String, &str)> {
        let count = self.points.len();
        let step = count.div_ceil(LABELS).max(1);
        let named =
            self.points.iter().enumerate().filter(|(i, _)| (count - 1 - i).is_multiple_of(step));
        named.map(|(i, point)| (percent(centre(i, count)), point.short.as_str())).collect()
    }

    fn said(&self, chrome: &Chrome, series: usize, point: usize) -> String {
        let label = self.points.get(point).map_or("", |p| p.label.as_str());
        let count = chrome.count(self.value(series, point));
        match self.series.get(series) {
            Some(s) if self.series.len() > 1 => format!("{label}, {}: {count}", s.name),
            _ => format!("{label}: {count}"),
        }
    }

    fn columns(&self, scale: &Scale, chrome: &Chrome) -> Vec<Mark> {
        let side = match self.shape {
            Shape::Columns => self.series.len().max(1),
            Shape::Stacked => 1,
            Shape::Line | Shape::Bars => return Vec::new(),
        };
        let slot = scale::WHOLE / scale::int(self.points.len().max(1));
        let width = slot * 4 / 5 / scale::int(side);
        let mut marks = Vec::new();
        for point in 0..self.points.len() {
            let left = slot * scale::int(point) + slot / 10;
            let mut below = 0;
            for class in 0..self.series.len() {
                let value = self.value(class, point);
                if value == 0 {
                    continue;
                }
                let beside = if side > 1 { width * scale::int(class) } else { 0 };
                let height = scale.height(below + value) - scale.height(below);
                let top = TOP * 10 + HEIGHT * 10 - scale.height(below) - height;
                marks.push(Mark {
                    class: class + 1,
                    x: percent(left + beside),
                    y: tenths(top),
                    width: percent(width),
                    height: tenths(height),
                    said: self.said(chrome, class, point),
                });
                if self.shape == Shape::Stacked {
                    below += value;
                }
            }
        }
        marks
    }

    fn paths(&self, scale: &Scale, chrome: &Chrome) -> Vec<Path> {
        if self.shape != Shape::Line {
            return Vec::new();
        }
        let count = self.points.len();
        let path = |series: usize| {
            let at = |point: usize| {
                let x = centre(point, count) * WIDE / scale::WHOLE;
                let y = HEIGHT * 10 - scale.height(self.value(series, point));
                format!("{x},{y}")
            };
            let points: Vec<String> = (0..count).map(at).collect();
            let dot = |point: usize| Mark {
                class: series + 1,
                x: percent(centre(point, count)),
                y: tenths(TOP * 10 + HEIGHT * 10 - scale.height(self.value(series, point))),
                width: String::new(),
                height: String::new(),
                said: self.said(chrome, series, point),
            };
            let dots = if count <= DOTS { (0..count).map(dot).collect() } else { Vec::new() };
            Path { class: series + 1, points: points.join(" "), dots }
        };
        (0..self.series.len()).map(path).collect()
    }

    fn heads(&self) -> Vec<&str> {
        if self.heads.is_empty() {
            return self.series.iter().map(|s| s.name.as_str()).collect();
        }
        self.heads.iter().map(String::as_str).collect()
    }

    fn rows(&self, chrome: &Chrome) -> Vec<Row> {
        let highest = self.highest().max(1);
        let row = |(i, point): (usize, &Point)| {
            let counted = || (0..self.series.len()).map(|s| chrome.count(self.value(s, i)));
            let cells: Vec<String> =
                if point.cells.is_empty() { counted().collect() } else { point.cells.clone() };
            let cells = self.heads().into_iter().map(str::to_owned).zip(cells).collect();
            let mut left = 0;
            let mut part = |class: usize| {
                let value = self.value(class, i);
                let (x, width) = (left, value * scale::WHOLE / highest);
                left += width;
                Mark {
                    class: class + 1,
                    x: percent(x),
                    y: "0".into(),
                    width: percent(width),
                    height: "16".into(),
                    said: self.said(chrome, class, i),
                }
            };
            let lying = self.shape == Shape::Bars;
            let bar =
                if lying { (0..self.series.len()).map(&mut part).collect() } else { Vec::new() };
            Row { label: point.label.clone(), cells, bar }
        };
        self.points.iter().enumerate().map(row).collect()
    }
}

/// The middle of a point's place.
fn centre(point: usize, count: usize) -> i64 {
    scale::WHOLE * (2 * scale::int(point) + 1) / (2 * scale::int(count.max(1)))
}

fn rule(scale: &Scale, number: i64, chrome: &Chrome) -> Rule {
    let y = TOP * 10 + HEIGHT * 10 - scale.height(number);
    Rule { y: tenths(y), label: chrome.count(number) }
}

#[cfg(test)]
mod tests;
