//! A small drawing of values over time, made on the server. It says nothing alone: whoever draws it puts the
//! words and a table beside it.

/// A line for each series and a dot on its last value, in a box of 200 by 40.
#[derive(Debug, Clone, PartialEq)]
pub struct Sparkline {
    /// Points of each line, as `<polyline>` takes them.
    pub lines: Vec<String>,
    /// Where the dots are.
    pub dots: Vec<(String, String)>,
}

const WIDTH: f64 = 200.0;
const HEIGHT: f64 = 40.0;
/// Room for dot and stroke at each edge.
const EDGE: f64 = 4.0;

impl Sparkline {
    /// Draws series of the same length on one scale, first to last; a gap is passed over.
    pub fn draw(series: &[Vec<Option<f64>>]) -> Sparkline {
        let values = || series.iter().flatten().flatten().copied();
        let (least, most) = (values().fold(f64::MAX, f64::min), values().fold(f64::MIN, f64::max));
        let number = series.iter().map(Vec::len).max().unwrap_or(0);
        let steps = u32::try_from(number.saturating_sub(1)).map_or(1.0, f64::from).max(1.0);
        let x = |at: usize| {
            let at = u32::try_from(at).map_or(0.0, f64::from);
            format!("{:.1}", EDGE + at / steps * (WIDTH - 2.0 * EDGE))
        };
        let y = |value: f64| {
            let height = HEIGHT - 2.0 * EDGE;
            let part = if most > least { (value - least) / (most - least) } else { 0.5 };
            format!("{:.1}", HEIGHT - EDGE - part * height)
        };
        let points: Vec<Vec<(String, String)>> = series
            .iter()
            .map(|values| {
                let there = values.iter().enumerate().filter_map(|(at, v)| Some((at, (*v)?)));
                there.map(|(at, value)| (x(at), y(value))).collect()
            })
            .collect();
        let line = |points: &Vec<(String, String)>| {
            let points = points.iter().map(|(x, y)| format!("{x},{y}"));
            points.collect::<Vec<_>>().join(" ")
        };
        Sparkline {
            lines: points.iter().map(line).filter(|line| !line.is_empty()).collect(),
            dots: points.into_iter().filter_map(|mut points| points.pop()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_highest_is_at_the_top_and_the_last_at_the_right() {
        let drawn = Sparkline::draw(&[
            vec![Some(120.0), None, Some(160.0)],
            vec![Some(80.0), Some(90.0), None],
        ]);
        assert_eq!(drawn.lines, ["4.0,20.0 196.0,4.0", "4.0,36.0 100.0,32.0"]);
        assert_eq!(
            drawn.dots,
            [("196.0".to_owned(), "4.0".to_owned()), ("100.0".to_owned(), "32.0".to_owned())]
        );
    }

    #[test]
    fn what_never_changes_is_a_line_in_the_middle_and_nothing_is_nothing() {
        assert_eq!(Sparkline::draw(&[vec![Some(7.0), Some(7.0)]]).lines, ["4.0,20.0 196.0,20.0"]);
        assert_eq!(Sparkline::draw(&[vec![None, None]]), Sparkline { lines: vec![], dots: vec![] });
        assert_eq!(Sparkline::draw(&[]), Sparkline { lines: vec![], dots: vec![] });
    }

    proptest! {
        #[test]
        fn every_point_is_inside_the_box(values in prop::collection::vec(prop::option::of(-1e6..1e6_f64), 0..40)) {
            let drawn = Sparkline::draw(&[values]);
            for point in drawn.lines.iter().flat_map(|line| line.split(' ')) {
                let (x, y) = point.split_once(',').unwrap();
                prop_assert!((0.0..=200.0).contains(&x.parse::<f64>().unwrap()), "{point}");
                prop_assert!((0.0..=40.0).contains(&y.parse::<f64>().unwrap()), "{point}");
            }
        }
    }
}
