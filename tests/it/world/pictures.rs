//! Pictures that a viewer can show, as small as they can be.

/// A picture of 16 by 16 points.
pub const PNG: &[u8] = b"\x89PNG\x0d\x0a\x1a\x0a\0\0\0\x0dIHDR\0\0\0\x10\0\0\0\x10\x08\0\0\0\0:\x98\xa0\xbd\0\0\0\x0dIDATx\xdac`\x18\x05\xc8\0\0\x01\x10\0\x01\x7f\xcd\x03\xb5\0\0\0\0IEND\xaeB`\x82";
/// Another.
pub const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xdb\0C\0\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\xff\xc0\0\x0b\x08\0\x10\0\x10\x01\x01\x11\0\xff\xc4\0\x14\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xc4\0\x14\x10\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xda\0\x08\x01\x01\0\0?\0\0\xff\xd9";

/// A picture of noise: what is cut off it is missed.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    let points: Vec<u8> =
        (0..width * height).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    writer.write_image_data(&points).unwrap();
    drop(writer);
    bytes
}

/// A grey picture: of every square of 8 points the file says only that it is like the one before.
pub fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker][..], &length, body].concat()
    };
    let (w, h) = (width.to_be_bytes(), height.to_be_bytes());
    let one_code = |class: u8| [&[class, 1][..], &[0; 15], &[0]].concat();
    let squares = usize::from(width.div_ceil(8)) * usize::from(height.div_ceil(8));
    let mut data = vec![0_u8; squares.div_ceil(4)];
    if !squares.is_multiple_of(4) {
        *data.last_mut().unwrap() = 0xff >> (2 * (squares % 4));
    }
    [
        &[0xff, 0xd8][..],
        &segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        &segment(0xdb, &[&[0][..], &[1; 64]].concat()),
        &segment(0xc0, &[8, h[0], h[1], w[0], w[1], 1, 1, 0x11, 0]),
        &segment(0xc4, &one_code(0x00)),
        &segment(0xc4, &one_code(0x10)),
        &segment(0xda, &[1, 1, 0, 0, 63, 0]),
        &data,
        &[0xff, 0xd9],
    ]
    .concat()
}

/// A PNG whose head says another size, with the sum that belongs to it.
pub fn png_that_says(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(64, 64);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let mut sum = u32::MAX;
    for byte in &bytes[12..29] {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
        }
    }
    bytes[29..33].copy_from_slice(&(!sum).to_be_bytes());
    bytes
}
