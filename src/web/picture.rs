//! Pictures and PDFs, proved before they are kept: what a viewer could not show is refused while somebody stands there
//! who can send it again.

use std::io::Cursor;

use tokio::sync::Semaphore;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::error::{Error, FieldError};

/// How large a picture may be.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Fewest points of a side.
    pub least: u32,
    /// Most points of a side.
    pub most: u32,
    /// Most points in all.
    pub points: u64,
    /// How many times as long the longer side may be.
    pub ratio: u32,
    /// What is said where it is not within them.
    pub code: &'static str,
}

/// What a file may claim to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Portable Network Graphics.
    Png,
    /// JPEG, as cameras write it.
    Jpeg,
}

/// Pictures that are decoded at once: each may take a few hundred megabytes for a moment.
static TURNS: Semaphore = Semaphore::const_new(2);
/// Passes of a progressive picture: cameras write about ten, and each costs as much as a picture.
const SCANS: usize = 40;
/// Most memory for what a PNG brings besides its rows.
const BESIDE: usize = 16 * 1024 * 1024;

/// The bytes again, if a viewer can show them; decoded whole, off the request threads.
pub async fn proved(kind: Kind, bytes: Vec<u8>, bounds: Bounds) -> Result<Vec<u8>, Error> {
    let _turn = TURNS.acquire().await.map_err(|_| Error::Busy)?;
    let proving = actix_web::web::block(move || (prove(kind, &bytes, bounds), bytes));
    // A decoder that gives up altogether has not shown the picture either.
    let (outcome, bytes) = proving.await.map_err(|_| broken())?;
    outcome.map(|()| bytes).map_err(Error::from)
}

fn broken() -> FieldError {
    FieldError::new("file", "picture_broken")
}

fn prove(kind: Kind, bytes: &[u8], bounds: Bounds) -> Result<(), FieldError> {
    match kind {
        Kind::Png => png(bytes, bounds),
        Kind::Jpeg => jpeg(bytes, bounds),
    }
}

fn fits(bounds: Bounds, width: u64, height: u64) -> Result<(), FieldError> {
    let (low, high) = (width.min(height), width.max(height));
    let sides = low >= u64::from(bounds.least) && high <= u64::from(bounds.most);
    let shape = high <= low.saturating_mul(u64::from(bounds.ratio));
    if sides && shape && width * height <= bounds.points {
        return Ok(());
    }
    let error = FieldError::new("file", bounds.code).with("min", bounds.least);
    let error = error.with("max", bounds.most).with("ratio", bounds.ratio);
    Err(error.with("millions", bounds.points / 1_000_000))
}

/// Row by row: no more than a row of it is in memory.
fn png(bytes: &[u8], bounds: Bounds) -> Result<(), FieldError> {
    let limits = png::Limits { bytes: BESIDE };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let (width, height) = decoder.read_header_info().map_err(|_| broken())?.size();
    fits(bounds, width.into(), height.into())?;
    let mut reader = decoder.read_info().map_err(|_| broken())?;
    while reader.next_row().map_err(|_| broken())?.is_some() {}
    reader.finish().map_err(|_| broken())
}

fn jpeg(bytes: &[u8], bounds: Bounds) -> Result<(), FieldError> {
    let side = usize::try_from(bounds.most).unwrap_or(usize::MAX);
    let options = DecoderOptions::new_safe().jpeg_set_max_scans(SCANS);
    // Its own limits speak of damage; ours speak of the size.
    let options = options.set_max_width(side.max(65_535)).set_max_height(side.max(65_535));
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    decoder.decode_headers().map_err(|_| broken())?;
    let info = decoder.info().ok_or_else(broken)?;
    fits(bounds, info.width.into(), info.height.into())?;
    // Where the data breaks off the decoder goes on in grey, as viewers do: the end must be there.
    let end = picture_data(bytes).ok_or_else(broken)?;
    if !end.windows(2).any(|pair| pair == [0xff, 0xd9]) {
        return Err(broken());
    }
    decoder.decode().map(drop).map_err(|_| broken())
}

/// What follows the first scan's head. A small picture inside the large one's head has an end of its own, which is
/// not meant.
fn picture_data(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.get(2..)?;
    loop {
        let [0xff, marker, after @ ..] = rest else { return None };
        match *marker {
            0xff => rest = rest.get(1..)?,
            0x01 | 0xd0..=0xd7 => rest = after,
            marker => {
                let length = u16::from_be_bytes([*after.first()?, *after.get(1)?]);
                rest = after.get(usize::from(length)..)?;
                if marker == 0xda {
                    return Some(rest);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds =
        Bounds { least: 8, most: 400, points: 100_000, ratio: 10, code: "picture_size" };

    fn drawn(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        let mut writer = encoder.write_header().unwrap();
        // Noise, so that half of the file is half of the picture.
        let points: Vec<u8> =
            (0..width * height).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        writer.write_image_data(&points).unwrap();
        drop(writer);
        bytes
    }

    fn code(kind: Kind, bytes: &[u8]) -> Option<String> {
        prove(kind, bytes, BOUNDS).err().map(|error| error.code.to_string())
    }

    #[test]
    fn a_png_is_whole_and_of_a_size_that_makes_sense() {
        let whole = drawn(60, 40);
        assert_eq!(code(Kind::Png, &whole), None);
        assert_eq!(code(Kind::Png, &[&whole[..], b"a line of a mail"].concat()), None);
        for length in [8, 33, 45, whole.len() / 2, whole.len() - 1] {
            assert_eq!(code(Kind::Png, &whole[..length]).as_deref(), Some("picture_broken"));
        }
        let mut bad = whole.clone();
        bad[whole.len() / 2] ^= 0x55;
        assert_eq!(code(Kind::Png, &bad).as_deref(), Some("picture_broken"));
        for (width, height) in [(401, 60), (4, 60), (300, 20), (20, 300), (390, 300)] {
            let said = code(Kind::Png, &drawn(width, height));
            assert_eq!(said.as_deref(), Some("picture_size"), "{width}x{height}");
        }
    }

    #[test]
    fn the_size_is_refused_before_anything_is_unpacked() {
        // A head that promises three and a half billion points, and nothing behind it.
        let mut bomb = drawn(60, 40);
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let mut sum = crc(&bomb[12..29]).to_be_bytes().to_vec();
        bomb.splice(29..33, sum.drain(..));
        assert_eq!(code(Kind::Png, &bomb).as_deref(), Some("picture_size"));
    }

    /// CRC-32 of a chunk (PNG, annex D).
    fn crc(bytes: &[u8]) -> u32 {
        let mut sum = u32::MAX;
        for byte in bytes {
            sum ^= u32::from(*byte);
            for _ in 0..8 {
                sum = if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
            }
        }
        !sum
    }

    #[test]
    fn a_jpeg_must_reach_its_own_end() {
        // The end of a small picture inside the head is not the end.
        let head = [&[0xff, 0xd8, 0xff, 0xe1, 0, 6][..], &[1, 2, 0xff, 0xd9]].concat();
        assert_eq!(picture_data(&head), None);
        assert_eq!(code(Kind::Jpeg, &head).as_deref(), Some("picture_broken"));
    }
}
