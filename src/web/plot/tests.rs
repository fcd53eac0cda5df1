//! What stands where.

use super::*;

fn plot_of(shape: Shape, series: &[&[i64]]) -> Plot {
    let points = series.first().map_or(0, |s| s.len());
    let point =
        |n: usize| Point { label: format!("Day {n}"), short: n.to_string(), cells: Vec::new() };
    let named =
        |(n, values): (usize, &&[i64])| Series { name: format!("<{n}>"), values: values.to_vec() };
    Plot {
        id: "p",
        title: "Visits".into(),
        note: String::new(),
        shape,
        of: "Day".into(),
        points: (1..=points).map(point).collect(),
        series: series.iter().enumerate().map(named).collect(),
        heads: Vec::new(),
        nothing: "Nothing yet".into(),
    }
}

fn places(marks: &[Mark]) -> Vec<String> {
    marks.iter().map(|m| format!("{} {} {}x{} s{}", m.x, m.y, m.width, m.height, m.class)).collect()
}

#[test]
fn a_scale_ends_at_a_round_number_above_the_highest() {
    let rules = |highest| Scale::upto(highest).rules().collect::<Vec<_>>();
    assert_eq!(rules(0), [0, 1]);
    assert_eq!(rules(3), [0, 1, 2, 3]);
    assert_eq!(rules(5), [0, 2, 4, 6]);
    assert_eq!(rules(17), [0, 5, 10, 15, 20]);
    assert_eq!(rules(40), [0, 10, 20, 30, 40]);
    assert_eq!(rules(41), [0, 20, 40, 60]);
    assert_eq!(rules(1999), [0, 500, 1000, 1500, 2000]);
    assert!(rules(i64::MAX / 16).len() <= 5);
}

#[test]
fn columns_stand_side_by_side_and_as_high_as_their_number() {
    let chrome = Chrome::plain();
    let plot = plot_of(Shape::Columns, &[&[2, 0, 4, 1]]);
    let marks = plot.columns(&Scale::upto(plot.highest()), &chrome);
    // Four places of 25 %, of which four fifths are column; nothing is drawn for nothing.
    assert_eq!(places(&marks), ["2.5% 98 20%x90 s1", "52.5% 8 20%x180 s1", "77.5% 143 20%x45 s1"]);
    let said: Vec<_> = marks.into_iter().map(|m| m.said).collect();
    assert_eq!(said, ["Day 1: 2", "Day 3: 4", "Day 4: 1"]);
}

#[test]
fn two_series_share_a_place_side_by_side_or_on_each_other() {
    let chrome = Chrome::plain();
    let two: &[&[i64]] = &[&[1, 3], &[3, 1]];
    let beside = plot_of(Shape::Columns, two);
    let marks = beside.columns(&Scale::upto(beside.highest()), &chrome);
    assert_eq!(
        places(&marks),
        ["5% 128 20%x60 s1", "25% 8 20%x180 s2", "55% 8 20%x180 s1", "75% 128 20%x60 s2"]
    );
    let stacked = plot_of(Shape::Stacked, two);
    assert_eq!(stacked.highest(), 4);
    let marks = stacked.columns(&Scale::upto(4), &chrome);
    assert_eq!(
        places(&marks),
        ["5% 143 40%x45 s1", "5% 8 40%x135 s2", "55% 53 40%x135 s1", "55% 8 40%x45 s2"]
    );
    assert_eq!(marks[1].said, "Day 1, <1>: 3");
}

#[test]
fn a_line_goes_through_the_middles() {
    let chrome = Chrome::plain();
    let line = plot_of(Shape::Line, &[&[0, 5, 10]]);
    let paths = line.paths(&Scale::upto(10), &chrome);
    assert_eq!(paths[0].points, "1666,1800 5000,900 8333,0");
    assert_eq!(paths[0].dots.len(), 3);
    assert_eq!(paths[0].dots[2].y, "8");
    let long: Vec<i64> = (0..40).collect();
    let long = plot_of(Shape::Line, &[&long]);
    assert!(long.paths(&Scale::upto(39), &chrome)[0].dots.is_empty());
}

#[test]
fn bars_lie_behind_each_other_as_long_as_their_share_of_the_longest() {
    let chrome = Chrome::plain();
    let bars = plot_of(Shape::Bars, &[&[6, 1], &[2, 1]]);
    let rows = bars.rows(&chrome);
    assert_eq!(places(&rows[0].bar), ["0% 0 75%x16 s1", "75% 0 25%x16 s2"]);
    assert_eq!(places(&rows[1].bar), ["0% 0 12.5%x16 s1", "12.5% 0 12.5%x16 s2"]);
    let cells: Vec<_> = rows[0].cells.iter().map(|(head, cell)| format!("{head} {cell}")).collect();
    assert_eq!(cells, ["<0> 6", "<1> 2"]);
}

#[test]
fn few_labels_stand_below_and_the_last_is_one() {
    let labels = |count: i64| {
        let values: Vec<i64> = (0..count).collect();
        let plot = plot_of(Shape::Columns, &[&values]);
        plot.labels().into_iter().map(|(_, text)| text.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(labels(5), ["1", "2", "3", "4", "5"]);
    assert_eq!(labels(7), ["1", "3", "5", "7"]);
    assert_eq!(labels(30), ["6", "12", "18", "24", "30"]);
    assert_eq!(labels(0), [""; 0]);
}

#[test]
fn what_is_drawn_is_told_escaped_and_the_same_every_time() {
    let chrome = Chrome::plain();
    let mut plot = plot_of(Shape::Columns, &[&[2, 9], &[1, 0]]);
    plot.title = "A & B".into();
    let html = plot.draw(&chrome).unwrap();
    assert_eq!(html, plot.draw(&chrome).unwrap());
    for said in [
        "A &#38; B",
        "&#60;0&#62;",
        r#"role="img""#,
        "12 in all; the most 9, Day 2.",
        r#"<th scope="row">Day 2</th>"#,
        r#"<rect class="s2""#,
    ] {
        assert!(html.contains(said), "{said} is not in {html}");
    }
    for never in ["<script", "style=", "<0>", "http"] {
        assert!(!html.contains(never), "{never}");
    }
    assert!(plot_of(Shape::Line, &[&[0, 0]]).draw(&chrome).unwrap().contains("Nothing yet"));
}
