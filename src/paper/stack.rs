//! Lines below each other, for the parts of a sheet that stand side by side.

use super::flow::{Block, Mark, Role};
use super::lines::{Span, fill};

/// How lines of a column begin or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// At its left.
    Left,
    /// In its middle.
    Middle,
    /// At its right.
    Right,
}

/// From one line's top to the next one's, in parts of the type size: vowel signs above and below need it.
pub const LEADING: f32 = 1.42;
/// From a line's top to its baseline.
pub const BASE: f32 = 1.06;

/// A column that grows downwards.
#[derive(Clone)]
pub struct Stack {
    /// Where it begins.
    pub x: f32,
    /// How wide it is.
    pub width: f32,
    /// How its lines stand.
    pub side: Side,
    /// How high it is by now.
    pub y: f32,
    /// What is drawn in it.
    pub marks: Vec<Mark>,
}

impl Stack {
    /// An empty column.
    pub fn new(x: f32, width: f32, side: Side) -> Stack {
        Stack { x, width, side, y: 0.0, marks: Vec::new() }
    }

    /// Adds a paragraph.
    pub fn add(&mut self, spans: &[Span], size: f32) {
        if spans.iter().all(|span| span.text.trim().is_empty()) {
            return;
        }
        for line in fill(spans, self.width / size) {
            let rest = self.width - line.width() * size;
            let shift = match self.side {
                Side::Left => 0.0,
                Side::Middle => rest / 2.0,
                Side::Right => rest,
            };
            self.marks.push(Mark::Text { x: self.x + shift, y: self.y + size * BASE, size, line });
            self.y += size * LEADING;
        }
    }

    /// Leaves space.
    pub fn space(&mut self, points: f32) {
        self.y += points;
    }

    /// A rule as wide as the column.
    pub fn rule(&mut self, thick: f32) {
        self.marks.push(Mark::Rule { x: self.x, y: self.y, length: self.width, thick });
    }

    /// The column with a frame around it and room between.
    #[must_use]
    pub fn framed(mut self, thick: f32, room: f32) -> Stack {
        for mark in &mut self.marks {
            if let Mark::Text { y, .. } = mark {
                *y += room * 0.6;
            }
        }
        self.y += room * 1.2;
        let x = self.x - room;
        let frame =
            Mark::Frame { x, y: 0.0, width: self.width + 2.0 * room, height: self.y, thick };
        self.marks.push(frame);
        self
    }
}

/// Columns side by side as one block.
pub fn beside(columns: Vec<Stack>, gap: f32, role: Role, group: usize) -> Block {
    let height = columns.iter().map(|column| column.y).fold(0.0, f32::max);
    let marks = columns.into_iter().flat_map(|column| column.marks).collect();
    Block { gap, height, marks, role, group, keep: false }
}

/// A column line by line, so that it may go on on the next page; `keep` holds it together where it can be.
pub fn by_line(column: Stack, gap: f32, role: Role, group: usize, keep: bool) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for mark in column.marks {
        match mark {
            Mark::Text { x, size, line, .. } => blocks.push(Block {
                gap: if blocks.is_empty() { gap } else { 0.0 },
                height: size * LEADING,
                marks: vec![Mark::Text { x, y: size * BASE, size, line }],
                role,
                group,
                keep,
            }),
            other => {
                if let Some(block) = blocks.last_mut() {
                    block.marks.push(other);
                }
            }
        }
    }
    // A lone first or last line looks lost.
    let last = blocks.len().saturating_sub(1);
    for (n, block) in blocks.iter_mut().enumerate() {
        block.keep = n < last && (keep || n == 0 || n + 2 > last);
    }
    blocks
}
