//! The top of a sheet: what nobody may overlook, the clinic and its doctors, and whom it is for.

use krilla::image::Image;

use super::compose::Setter;
use super::flow::{MM, Mark, Role};
use super::lines::{bold, plain, whole};
use super::stack::{Side, Stack};
use crate::prescriptions::{Printed, Sheet};

/// Most of a mark on the letterhead.
const LOGO: (f32, f32) = (34.0 * MM, 18.0 * MM);
/// A picture of more points than this is no mark: it would take the memory of many.
const LOGO_POINTS: u32 = 4_000_000;
/// The clinic's mark, if it can be drawn.
pub(super) fn logo(sheet: &Sheet) -> Option<Image> {
    let (kind, bytes) = sheet.letter.logo.as_ref().filter(|_| sheet.has_letterhead())?;
    let image = match kind.as_str() {
        "image/png" => Image::from_png(bytes.clone().into(), true),
        _ => Image::from_jpeg(bytes.clone().into(), true),
    };
    image.ok().filter(|image| image.size().0.saturating_mul(image.size().1) <= LOGO_POINTS)
}

impl Setter<'_> {
    pub(super) fn alarm(&mut self) {
        if let Some((alarm, because)) = self.sheet.alarm() {
            let mut column = Stack::new(6.0, self.width - 12.0, Side::Middle);
            column.add(&[bold(alarm)], self.size * 1.3);
            column.add(&[plain(because)], self.size);
            self.put(vec![column.framed(2.0, 6.0)], 0.0, Role::Paragraph);
        }
    }

    pub(super) fn letterhead(&mut self, logo: Option<Image>) {
        let (sheet, size) = (self.sheet, self.size);
        let small = size * 0.85;
        let practitioners = &sheet.letter.practitioners;
        let crowd = practitioners.len() > 5;
        let side = if self.is_slip() { Side::Middle } else { Side::Left };
        let mut left = self.column(side);
        let mut right = self.column(if self.is_slip() { Side::Middle } else { Side::Right });
        if !self.is_slip() {
            left.width = self.width * 0.56;
            right.width = self.width * 0.42;
            right.x = self.width - right.width;
        }
        if let Some(image) = logo {
            let (w, h) = image.size();
            let side = |n: u32| u16::try_from(n).map_or(f32::from(u16::MAX), f32::from).max(1.0);
            let scale = (LOGO.0 / side(w)).min(LOGO.1 / side(h));
            let (width, height) = (side(w) * scale, side(h) * scale);
            let x = if self.is_slip() { (self.width - width) / 2.0 } else { 0.0 };
            left.marks.push(Mark::Picture { x, y: 0.0, width, height, image });
            if self.is_slip() {
                left.space(height + 4.0);
            } else {
                left.x += width + 8.0;
                left.width -= width + 8.0;
            }
        }
        left.add(&[bold(sheet.letter.name.as_str())], size * 1.35);
        for said in [
            sheet.address(),
            sheet.reach(),
            sheet.hours(),
            sheet.registration().unwrap_or_default(),
        ] {
            left.add(&[plain(said)], small);
        }
        let lowest = left.marks.iter().map(|mark| match mark {
            Mark::Picture { y, height, .. } => y + height,
            _ => 0.0,
        });
        left.y = lowest.fold(left.y, f32::max);
        for d in practitioners {
            let licence = sheet.licence(d);
            if sheet.prescribes(d) {
                right.add(&[bold(d.name.as_str())], size * 1.1);
                right.add(&[plain(sheet.consulting(d))], small);
                right.add(&[plain(whole(&licence.unwrap_or_default()))], small);
            } else if !crowd {
                right.add(&[plain(self.colleague(d))], small * 0.95);
            }
        }
        if self.is_slip() {
            self.put(vec![left], 0.0, Role::Paragraph);
            self.put(vec![right], 2.0, Role::Paragraph);
        } else {
            self.put(vec![left, right], 8.0, Role::Paragraph);
        }
        if crowd {
            let others = practitioners.iter().filter(|d| !sheet.prescribes(d));
            let others: Vec<String> = others.map(|d| self.colleague(d)).collect();
            let mut column = self.column(side);
            column.add(&[plain(others.join(" · "))], small * 0.95);
            self.put(vec![column], 3.0, Role::Paragraph);
        }
        self.rule(1.2);
    }

    fn colleague(&self, d: &Printed) -> String {
        let licence = self.sheet.licence(d).map(|said| format!(", {}", whole(&said)));
        format!("{}{}", self.sheet.colleague(d), licence.unwrap_or_default())
    }

    pub(super) fn who(&mut self) {
        let (sheet, size) = (self.sheet, self.size);
        let mut left = self.column(Side::Left);
        let mut right = self.column(if self.is_slip() { Side::Left } else { Side::Right });
        if !self.is_slip() {
            left.width = self.width * 0.62;
            right.width = self.width * 0.36;
            right.x = self.width - right.width;
        }
        left.add(&[bold(sheet.person.name_line.as_str())], size * 1.25);
        left.add(&[plain(self.person())], size);
        left.add(&[plain(whole(sheet.phone().unwrap_or_default()))], size);
        left.add(&[plain(sheet.home())], size);
        right.add(&[bold(whole(&sheet.heading()))], size * 1.1);
        right.add(&[plain(whole(&sheet.dated()))], size);
        right.add(&[plain(sheet.corrects().unwrap_or_default())], size);
        if self.is_slip() {
            self.put(vec![right], 6.0, Role::Title);
            self.put(vec![left], 3.0, Role::Paragraph);
        } else {
            self.put(vec![left, right], 7.0, Role::Title);
        }
        let mut allergy = Stack::new(6.0, self.width - 12.0, Side::Left);
        allergy.add(&[bold(sheet.person.allergies_line.as_str())], size);
        // The frame is as wide as the words.
        let wide = allergy.marks.iter().map(|mark| match mark {
            Mark::Text { size, line, .. } => line.width() * size,
            _ => 0.0,
        });
        allergy.width = wide.fold(0.0, f32::max);
        self.put(vec![allergy.framed(1.2, 6.0)], 4.0, Role::Paragraph);
        self.rule(0.7);
    }

    pub(super) fn person(&self) -> String {
        let said: Vec<String> = self.sheet.facts().iter().map(|said| whole(said)).collect();
        said.join(" · ")
    }
}
