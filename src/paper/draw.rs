//! The pages as a PDF: tagged, so that it can be read out, with its title and language, and the same bytes each time.

use std::num::NonZeroU16;

use chrono::{DateTime, Datelike, Timelike, Utc};
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::{self, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, ListNumbering, Node, SpanTag, Tag, TagGroup, TagTree,
};
use krilla::{Document, SerializeSettings};

use super::flow::{Mark, Placed, Role};
use super::lines::Line;
use crate::error::Error;

/// A page: what its text says, and what stands around it.
pub struct Page {
    /// The text, below the repeated head.
    pub placed: Vec<Placed>,
    /// Repeated at the top, with the top of the text below it.
    pub head: Vec<Mark>,
    /// From the top of the page to its text.
    pub top: f32,
    /// Repeated at the foot.
    pub foot: Vec<Mark>,
    /// From the top of the page to its foot.
    pub foot_top: f32,
}

/// A document to be drawn.
pub struct Paper {
    /// Width and height of every page.
    pub size: (f32, f32),
    /// From the left of the page to its text, and from its top to what is repeated there.
    pub margin: (f32, f32),
    /// Its pages.
    pub pages: Vec<Page>,
    /// Written across every page: VOID, DRAFT.
    pub across: Option<Line>,
    /// Its title.
    pub title: String,
    /// The language's tag.
    pub language: String,
    /// What the picture and the code show, to whom they are read out.
    pub logo: String,
    /// See `logo`.
    pub code: String,
    /// Its date: when it was signed.
    pub at: DateTime<Utc>,
}

fn failed(what: impl std::fmt::Debug) -> Error {
    Error::Internal(format!("pdf: {what:?}"))
}

fn ink(lightness: u8) -> Fill {
    Fill {
        paint: luma::Color::new(lightness).into(),
        opacity: NormalizedF32::ONE,
        rule: krilla::paint::FillRule::default(),
    }
}

/// Draws the document.
pub fn pdf(paper: &Paper) -> Result<Vec<u8>, Error> {
    let mut document = Document::new_with(SerializeSettings::default());
    let mut tree = Tree::default();
    for page in &paper.pages {
        let size =
            PageSettings::from_wh(paper.size.0, paper.size.1).ok_or_else(|| failed("size"))?;
        let mut sheet = document.start_page_with(size);
        let mut surface = sheet.surface();
        if let Some(line) = &paper.across {
            across(&mut surface, line, paper.size);
        }
        let (left, head_top) = paper.margin;
        aside(&mut surface, &page.head, (left, head_top), ArtifactType::Header);
        for placed in &page.placed {
            tree.begin(placed);
            for mark in &placed.block.marks {
                let origin = (left, page.top + placed.y);
                let (tag, figure) = match mark {
                    Mark::Text { .. } => (ContentTag::Span(SpanTag::empty()), None),
                    Mark::Picture { .. } => (ContentTag::Other, Some(&paper.logo)),
                    Mark::Code { .. } => (ContentTag::Other, Some(&paper.code)),
                    Mark::Rule { .. } | Mark::Frame { .. } => {
                        (ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)), None)
                    }
                };
                let is_matter = !matches!(tag, ContentTag::Artifact(_));
                let id = surface.start_tagged(tag);
                draw(&mut surface, mark, origin);
                surface.end_tagged();
                if is_matter {
                    tree.add(id.into(), figure);
                }
            }
        }
        aside(&mut surface, &page.foot, (left, page.foot_top), ArtifactType::Footer);
        surface.finish();
        sheet.finish();
    }
    document.set_tag_tree(tree.finish(&paper.language));
    document.set_metadata(about(paper));
    document.finish().map_err(failed)
}

fn about(paper: &Paper) -> Metadata {
    let at = paper.at;
    let byte = |n: u32| u8::try_from(n).unwrap_or_default();
    let date = metadata::DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(byte(at.month()))
        .day(byte(at.day()))
        .hour(byte(at.hour()))
        .minute(byte(at.minute()))
        .second(byte(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(paper.title.clone())
        .language(paper.language.clone())
        .creator("polyclinic".into())
        .creation_date(date)
}

/// What is no part of the matter: read out once, not on every page.
fn aside(surface: &mut Surface, marks: &[Mark], origin: (f32, f32), kind: ArtifactType) {
    for mark in marks {
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        draw(surface, mark, origin);
        surface.end_tagged();
    }
}

/// Large and pale across the page, as outlines: who copies the text does not copy it.
fn across(surface: &mut Surface, line: &Line, (width, height): (f32, f32)) {
    let size = (width * 0.8 / line.width().max(1.0)).min(150.0);
    let (x, y) = ((width - line.width() * size) / 2.0, height / 2.0 + size * 0.35);
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Watermark)));
    surface.push_transform(&Transform::from_rotate_at(-35.0, width / 2.0, height / 2.0));
    text(surface, line, (x, y), size, ink(226), true);
    surface.pop();
    surface.end_tagged();
}

fn text(surface: &mut Surface, line: &Line, at: (f32, f32), size: f32, fill: Fill, outlined: bool) {
    surface.set_stroke(None);
    surface.set_fill(Some(fill));
    let (mut x, y) = at;
    for run in &line.runs {
        if let Some(font) = run.face.font() {
            let (at, size) = (Point::from_xy(x, y), size * run.face.scale());
            surface.draw_glyphs(at, &run.glyphs, font, &run.text, size, outlined);
        }
        x += run.width * size;
    }
}

fn draw(surface: &mut Surface, mark: &Mark, (left, top): (f32, f32)) {
    match mark {
        Mark::Text { x, y, size, line } => {
            text(surface, line, (left + x, top + y), *size, ink(0), false);
        }
        Mark::Rule { x, y, length, thick } => {
            bars(surface, Rect::from_xywh(left + x, top + y - thick / 2.0, *length, *thick));
        }
        Mark::Frame { x, y, width, height, thick } => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(left + x, top + y, *width, *height) {
                path.push_rect(rect);
            }
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { width: *thick, ..Stroke::default() }));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Mark::Picture { x, y, width, height, image } => {
            if let Some(size) = Size::from_wh(*width, *height) {
                surface.push_transform(&Transform::from_translate(left + x, top + y));
                surface.draw_image(image.clone(), size);
                surface.pop();
            }
        }
        Mark::Code { x, y, side, code } => {
            let field = side / f32::from(code.size);
            let place = |n: u16| f32::from(n) * field;
            bars(
                surface,
                code.bars().iter().filter_map(|(column, row, length)| {
                    Rect::from_xywh(
                        left + x + place(*column),
                        top + y + place(*row),
                        place(*length),
                        field,
                    )
                }),
            );
        }
    }
}

fn bars(surface: &mut Surface, rects: impl IntoIterator<Item = Rect>) {
    let mut path = PathBuilder::new();
    rects.into_iter().for_each(|rect| path.push_rect(rect));
    surface.set_stroke(None);
    surface.set_fill(Some(ink(0)));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// The order in which the document is read out.
#[derive(Default)]
struct Tree {
    nodes: Vec<Node>,
    items: Vec<Node>,
    open: Option<(usize, Role, Vec<Node>)>,
}

impl Tree {
    fn begin(&mut self, placed: &Placed) {
        let block = &placed.block;
        if self.open.as_ref().is_none_or(|(group, ..)| *group != block.group) {
            self.close();
            self.open = Some((block.group, block.role, Vec::new()));
        }
    }

    fn add(&mut self, node: Node, figure: Option<&String>) {
        let node = match figure {
            Some(alt) => {
                Node::Group(TagGroup::with_children(Tag::Figure(Some(alt.clone())), vec![node]))
            }
            None => node,
        };
        if let Some((_, _, children)) = &mut self.open {
            children.push(node);
        }
    }

    fn close(&mut self) {
        let Some((_, role, children)) = self.open.take().filter(|open| !open.2.is_empty()) else {
            return;
        };
        if role == Role::Item {
            let body = TagGroup::with_children(Tag::LBody, children);
            let item = TagGroup::with_children(Tag::LI, vec![body.into()]);
            self.items.push(item.into());
            return;
        }
        self.close_list();
        let group = match role {
            Role::Title => TagGroup::with_children(Tag::Hn(NonZeroU16::MIN, None), children),
            Role::Heading => {
                let level = NonZeroU16::MIN.saturating_add(1);
                TagGroup::with_children(Tag::Hn(level, None), children)
            }
            Role::Paragraph | Role::Item => TagGroup::with_children(Tag::P, children),
        };
        self.nodes.push(group.into());
    }

    fn close_list(&mut self) {
        if !self.items.is_empty() {
            let items = std::mem::take(&mut self.items);
            self.nodes.push(TagGroup::with_children(Tag::L(ListNumbering::Decimal), items).into());
        }
    }

    fn finish(mut self, language: &str) -> TagTree {
        self.close();
        self.close_list();
        TagTree::from(self.nodes).with_lang(Some(language.to_owned()))
    }
}
