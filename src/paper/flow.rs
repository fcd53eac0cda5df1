//! From blocks to pages. A block is a line, or lines that stand beside each other; it is never cut. Blocks that are
//! kept together stay on a page where a page can hold them.

use std::sync::Arc;

use krilla::image::Image;

use super::lines::Line;
use super::qr::Code;

/// Points in a millimetre.
pub const MM: f32 = 72.0 / 25.4;

/// Something drawn, measured from the left of the text and the top of its block.
#[derive(Clone)]
pub enum Mark {
    /// A line of text with its baseline at `y`.
    Text {
        /// From the left.
        x: f32,
        /// The baseline.
        y: f32,
        /// Type size.
        size: f32,
        /// What it says.
        line: Line,
    },
    /// A rule.
    Rule {
        /// From the left.
        x: f32,
        /// From the top.
        y: f32,
        /// How long.
        length: f32,
        /// How thick.
        thick: f32,
    },
    /// A frame.
    Frame {
        /// From the left.
        x: f32,
        /// From the top.
        y: f32,
        /// How wide.
        width: f32,
        /// How high.
        height: f32,
        /// How thick.
        thick: f32,
    },
    /// A picture.
    Picture {
        /// From the left.
        x: f32,
        /// From the top.
        y: f32,
        /// How wide.
        width: f32,
        /// How high.
        height: f32,
        /// The picture.
        image: Image,
    },
    /// The code to look the sheet up by.
    Code {
        /// From the left.
        x: f32,
        /// From the top.
        y: f32,
        /// How wide and high.
        side: f32,
        /// Its dark fields.
        code: Arc<Code>,
    },
}

/// What a block is to somebody who has it read out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The heading of the sheet.
    Title,
    /// The heading of a section.
    Heading,
    /// Words.
    Paragraph,
    /// A medicine of the numbered list.
    Item,
}

/// Lines that are not cut.
#[derive(Clone)]
pub struct Block {
    /// Blank above it, except at the top of a page.
    pub gap: f32,
    /// How high it is.
    pub height: f32,
    /// What is drawn.
    pub marks: Vec<Mark>,
    /// What it is.
    pub role: Role,
    /// Blocks of one number are one paragraph or item.
    pub group: usize,
    /// Whether the next block belongs to it.
    pub keep: bool,
}

/// A block and where its top is, from the top of the page's text.
pub struct Placed {
    /// From the top.
    pub y: f32,
    /// The block.
    pub block: Block,
}

/// How high the blocks are when nothing breaks them.
pub fn height(blocks: &[Block]) -> f32 {
    let first = blocks.first().map_or(0.0, |block| block.gap);
    blocks.iter().map(|block| block.gap + block.height).sum::<f32>() - first
}

/// Puts blocks on pages: the first has room for `first`, every other for `others`.
pub fn pages(blocks: Vec<Block>, first: f32, others: f32) -> Vec<Vec<Placed>> {
    let mut pages: Vec<Vec<Placed>> = vec![Vec::new()];
    let mut y = 0.0;
    let mut blocks = blocks.into_iter().peekable();
    while blocks.peek().is_some() {
        let mut chain = Vec::new();
        for block in blocks.by_ref() {
            let more = block.keep;
            chain.push(block);
            if !more {
                break;
            }
        }
        let together = height(&chain);
        let room = |pages: &[Vec<Placed>]| if pages.len() == 1 { first } else { others };
        let gap = chain.first().map_or(0.0, |block| block.gap);
        // A chain that no page can hold is cut where the page ends.
        if y > 0.0 && y + gap + together > room(&pages) && together <= others {
            pages.push(Vec::new());
            y = 0.0;
        }
        for block in chain {
            let mut top = if y > 0.0 { y + block.gap } else { 0.0 };
            if y > 0.0 && top + block.height > room(&pages) {
                pages.push(Vec::new());
                top = 0.0;
            }
            y = top + block.height;
            if let Some(page) = pages.last_mut() {
                page.push(Placed { y: top, block });
            }
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(height: f32, keep: bool) -> Block {
        Block { gap: 2.0, height, marks: Vec::new(), role: Role::Paragraph, group: 0, keep }
    }

    fn tops(pages: &[Vec<Placed>]) -> Vec<Vec<f32>> {
        pages.iter().map(|page| page.iter().map(|placed| placed.y).collect()).collect()
    }

    #[test]
    fn blocks_fill_a_page_and_go_on_at_the_top_of_the_next() {
        let blocks = vec![block(10.0, false), block(10.0, false), block(10.0, false)];
        assert!((height(&blocks) - 34.0).abs() < 0.01);
        let laid = pages(blocks, 22.0, 30.0);
        assert_eq!(tops(&laid), [vec![0.0, 12.0], vec![0.0]]);
    }

    #[test]
    fn what_belongs_together_moves_together() {
        let blocks = vec![block(10.0, false), block(5.0, true), block(10.0, false)];
        assert_eq!(tops(&pages(blocks, 24.0, 24.0)), [vec![0.0], vec![0.0, 7.0]]);
    }

    #[test]
    fn what_no_page_can_hold_is_cut_and_not_lost() {
        let mut blocks: Vec<Block> = (0..9).map(|_| block(10.0, true)).collect();
        blocks.push(block(10.0, false));
        let laid = pages(blocks, 30.0, 30.0);
        assert_eq!(laid.iter().map(Vec::len).sum::<usize>(), 10);
        assert!(laid.iter().flatten().all(|placed| placed.y + placed.block.height <= 30.0));
    }
}
