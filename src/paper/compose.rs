//! A sheet, set: which words stand where. It says what the print page says, in the same order.

use std::sync::Arc;

use krilla::image::Image;

use super::draw::{self, Page, Paper};
use super::flow::{self, Block, MM, Mark, Placed, Role};
use super::layout::Format;
use super::lines::{Line, Span, bold, fill, plain, whole};
use super::qr::Code;
use super::stack::{BASE, LEADING, Side, Stack, beside, by_line};
use crate::error::Error;
use crate::prescriptions::{Said, Section, Sheet};
use crate::web::{Piece, pieces};

/// The side of the code.
const CODE: f32 = 22.0 * MM;
/// A longer slip goes on on a second: the format of the file ends there.
const SLIP: f32 = 10_000.0;

/// The sheet as a PDF. A mark that cannot be read is left away.
pub fn pdf(sheet: &Sheet) -> Result<Vec<u8>, Error> {
    let logo = super::top::logo(sheet);
    let had_one = logo.is_some();
    match draw::pdf(&Setter::new(sheet).paper(logo)) {
        Err(_) if had_one => draw::pdf(&Setter::new(sheet).paper(None)),
        drawn => drawn,
    }
}

/// The words of a sentence; a number stays with its unit.
fn spans(cut: &[Piece]) -> Vec<Span> {
    let said = |p: &Piece| plain(if p.together { whole(&p.text) } else { p.text.clone() });
    cut.iter().map(said).collect()
}

/// Sets a sheet, block by block.
pub(super) struct Setter<'a> {
    pub(super) sheet: &'a Sheet,
    /// Width and height of the page; a slip's height comes out.
    page: (f32, f32),
    /// Top, right, bottom, left.
    margins: [f32; 4],
    pub(super) width: f32,
    /// Type size of the matter.
    pub(super) size: f32,
    pub(super) blocks: Vec<Block>,
    group: usize,
}

impl<'a> Setter<'a> {
    fn new(sheet: &'a Sheet) -> Setter<'a> {
        let (width, height, size) = match sheet.format {
            Format::A4 => (210.0, 297.0, 10.5),
            Format::A5 => (148.0, 210.0, 9.0),
            Format::Slip => (80.0, 0.0, 9.0),
        };
        let margins = sheet.letter.layout.margins(sheet.format).map(|mm| f32::from(mm) * MM);
        let [_, right, _, left] = margins;
        Setter {
            sheet,
            page: (width * MM, height * MM),
            margins,
            width: width * MM - left - right,
            size,
            blocks: Vec::new(),
            group: 0,
        }
    }

    pub(super) fn is_slip(&self) -> bool {
        self.sheet.format == Format::Slip
    }

    pub(super) fn column(&self, side: Side) -> Stack {
        Stack::new(0.0, self.width, side)
    }

    fn group(&mut self) -> usize {
        self.group += 1;
        self.group
    }

    pub(super) fn put(&mut self, columns: Vec<Stack>, gap: f32, role: Role) {
        let group = self.group();
        self.blocks.push(beside(columns, gap, role, group));
    }

    pub(super) fn rule(&mut self, thick: f32) {
        if let Some(block) = self.blocks.last_mut() {
            block.height += self.size * 0.6;
            let y = block.height;
            block.marks.push(Mark::Rule { x: 0.0, y, length: self.width, thick });
        }
    }

    fn paper(mut self, logo: Option<Image>) -> Paper {
        self.alarm();
        if self.sheet.has_letterhead() {
            self.letterhead(logo);
        }
        self.who();
        let sheet = self.sheet;
        for section in sheet.above() {
            self.section(&section);
        }
        if !sheet.lines.is_empty() {
            self.heading(sheet.words.t("rx.medicines"));
            for (n, line) in sheet.lines.iter().enumerate() {
                self.medicine(n + 1, line);
            }
        }
        for section in sheet.below() {
            self.section(&section);
        }
        self.end();
        self.finish()
    }

    fn heading(&mut self, title: &str) {
        let mut column = self.column(Side::Left);
        column.add(&[bold(title)], self.size * 1.02);
        let group = self.group();
        let mut block = beside(vec![column], self.size * 0.85, Role::Heading, group);
        block.keep = true;
        self.blocks.push(block);
    }

    fn section(&mut self, section: &Section) {
        let mut gap = self.size * 0.85;
        if !section.title.is_empty() {
            self.heading(&section.title);
            gap = 1.0;
        }
        for line in &section.lines {
            let mut column = self.column(Side::Left);
            column.add(&spans(line), self.size);
            let group = self.group();
            self.blocks.extend(by_line(column, gap, Role::Paragraph, group, false));
            gap = 1.0;
        }
    }

    fn medicine(&mut self, n: usize, said: &Said) {
        let size = self.size;
        let indent = size * 2.0;
        let quantity = fill(&[bold(whole(&said.quantity))], f32::MAX).pop().unwrap_or_default();
        let wide = quantity.width() * size;
        let mut name = vec![bold(said.medicine.as_str())];
        if !said.strength.is_empty() {
            name.push(plain(format!(" {}", whole(&said.strength))));
        }
        name.push(plain(format!(" {}", said.form)));
        let room = self.width - indent;
        // Beside a name of one line stands how many to give; under a longer one.
        let beside = fill(&name, (room - wide - size) / (size * 1.05)).len() < 2;
        let mut column = Stack::new(indent, room, Side::Left);
        column.add(&name, size * 1.05);
        let mut how = spans(&said.how);
        if !said.pattern.is_empty() {
            how.push(plain(format!(" ({})", said.pattern)));
        }
        column.add(&how, size);
        for line in said.instructions.lines() {
            column.add(&spans(&pieces(line)), size);
        }
        if !beside {
            column.add(&[bold(whole(&said.quantity))], size);
        }
        let group = self.group();
        let mut blocks = by_line(column, size * 0.45, Role::Item, group, true);
        if let Some(first) = blocks.first_mut() {
            let number = fill(&[bold(format!("{n}."))], f32::MAX).pop().unwrap_or_default();
            let y = size * 1.05 * BASE;
            first.marks.insert(0, Mark::Text { x: 0.0, y, size, line: number });
            if beside {
                first.marks.push(Mark::Text { x: self.width - wide, y, size, line: quantity });
            }
        }
        if let Some(last) = blocks.last_mut() {
            last.height += size * 0.35;
            let y = last.height;
            last.marks.push(Mark::Rule { x: 0.0, y, length: self.width, thick: 0.4 });
        }
        self.blocks.extend(blocks);
    }

    /// Chemist, code and the line to sign on.
    fn end(&mut self) {
        let (sheet, size) = (self.sheet, self.size);
        let small = size * 0.85;
        let mut chemist = self.column(Side::Left);
        let mut code = self.column(Side::Middle);
        let mut sign = self.column(Side::Middle);
        if !self.is_slip() {
            sign.width = if sheet.format == Format::A4 { 60.0 * MM } else { 48.0 * MM };
            sign.x = self.width - sign.width;
            code.width = CODE + 8.0 * MM;
            code.x = sign.x - code.width - 4.0 * MM;
            chemist.width = code.x - 4.0 * MM;
        }
        if !sheet.chemist().is_empty() {
            chemist.add(&[bold(sheet.words.t("rx.chemist"))], small);
            chemist.add(&[plain(sheet.chemist())], small);
        }
        if let Some(drawn) = sheet.check.as_deref().and_then(Code::of) {
            let x = code.x + (code.width - CODE) / 2.0;
            code.marks.push(Mark::Code { x, y: 0.0, side: CODE, code: Arc::new(drawn) });
            code.space(CODE + 2.0);
            code.add(&[plain(sheet.words.t("paper.check"))], small * 0.85);
        }
        sign.space(18.0 * MM);
        sign.rule(0.7);
        sign.space(2.0);
        let prescriber = sheet.prescriber();
        sign.add(&[plain(prescriber.map_or("", |d| d.name.as_str()))], size);
        let licence = prescriber.and_then(|d| sheet.licence(d));
        sign.add(&[plain(whole(&licence.unwrap_or_default()))], small);
        // Nobody signs an empty page.
        if let Some(last) = self.blocks.last_mut() {
            last.keep = true;
        }
        let gap = size * 1.2;
        if self.is_slip() {
            self.put(vec![sign], 0.0, Role::Paragraph);
            self.put(vec![code], gap, Role::Paragraph);
            self.put(vec![chemist], gap, Role::Paragraph);
        } else {
            // What is short stands at the foot of what is high.
            let high = [&chemist, &code, &sign].iter().map(|c| c.y).fold(0.0, f32::max);
            let lowered = |column: Stack| lower(column, high);
            let columns = vec![lowered(chemist), lowered(code), lowered(sign)];
            self.put(columns, gap, Role::Paragraph);
        }
    }

    fn foot(&self, page: usize, pages: usize) -> Stack {
        let sheet = self.sheet;
        let of =
            sheet.words.tx("paper.page", page.to_string()).replacen("{n}", &pages.to_string(), 1);
        let number = whole(&format!("{} · {of}", sheet.heading()));
        let said = [
            whole(&sheet.person.name_line),
            whole(&sheet.person.number),
            sheet.letter.name.clone(),
        ];
        let mut column = self.column(Side::Left);
        column.rule(0.4);
        column.space(3.0);
        column.add(&[bold(number), plain(format!(" · {}", said.join(" · ")))], self.size * 0.8);
        column
    }

    /// What every page but the first begins with: whose it is, and what nobody may overlook.
    fn head(&self) -> Stack {
        let (sheet, size) = (self.sheet, self.size);
        let mut column = self.column(Side::Left);
        if let Some((alarm, _)) = sheet.alarm() {
            column.add(&[bold(alarm)], size * 1.1);
        }
        let name = bold(sheet.person.name_line.as_str());
        column.add(&[name, plain(format!(" · {}", self.person()))], size);
        column.add(&[bold(sheet.person.allergies_line.as_str())], size);
        column.space(3.0);
        column.rule(0.7);
        column
    }

    fn finish(self) -> Paper {
        let [top, _, bottom, left] = self.margins;
        let head = self.head();
        let below_head = head.y + self.size;
        // As many lines as the foot can have.
        let foot_height = self.foot(88, 88).y;
        let height = if self.is_slip() {
            (flow::height(&self.blocks) + foot_height + self.size * LEADING + top + bottom)
                .min(SLIP)
        } else {
            self.page.1
        };
        let room = height - top - bottom - foot_height - self.size;
        let laid: Vec<Vec<Placed>> = flow::pages(self.blocks.clone(), room, room - below_head);
        let count = laid.len();
        let pages = laid.into_iter().enumerate().map(|(n, placed)| Page {
            placed,
            head: if n == 0 { Vec::new() } else { head.marks.clone() },
            top: if n == 0 { top } else { top + below_head },
            foot: self.foot(n + 1, count).marks,
            foot_top: height - bottom - foot_height,
        });
        let sheet = self.sheet;
        let words = &sheet.words;
        let mark = sheet.alarm().map(|_| words.word("paper_mark", sheet.rx.status.as_str()));
        let across: Option<Line> =
            mark.and_then(|mark| fill(&[bold(whole(&mark))], f32::MAX).into_iter().next());
        Paper {
            size: (self.page.0, height),
            margin: (left, top),
            pages: pages.collect(),
            across,
            title: format!("{} · {}", sheet.heading(), sheet.letter.name),
            language: words.lang().to_owned(),
            logo: sheet.letter.name.clone(),
            code: words.t("paper.code").to_owned(),
            at: sheet.rx.signed_at.unwrap_or(sheet.rx.updated_at),
        }
    }
}

fn lower(mut column: Stack, high: f32) -> Stack {
    let down = high - column.y;
    for mark in &mut column.marks {
        match mark {
            Mark::Text { y, .. }
            | Mark::Rule { y, .. }
            | Mark::Frame { y, .. }
            | Mark::Picture { y, .. }
            | Mark::Code { y, .. } => *y += down,
        }
    }
    column.y = high;
    column
}
