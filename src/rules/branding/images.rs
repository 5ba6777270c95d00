//! The rules for a logo, and the way to make one fit.
//!
//! What a picture is, its bytes say, not its name. Its container is walked by hand first:
//! so the pixels it claims are known before any is decoded, a picture that ends early is told
//! from a whole one, and what hangs behind its end (an archive, a script) is seen.
//!
//! Source: Amazon Cognito developer guide, "Customizing classic hosted UI branding" (PNG or
//! JPEG, at most 100 KB, shown in 350 by 178 pixels; at most 135 KB with the style sheet).

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::grouped;
use crate::rules::finding::{Finding, Place};

/// The largest logo, in bytes.
pub const MAX_LOGO_BYTES: usize = 100 * 1024;
/// The largest style sheet and logo together, in bytes.
pub const MAX_TOGETHER_BYTES: usize = 135 * 1024;
/// The most pixels a logo may have in a row or column.
pub const MAX_SIDE: u32 = 4_096;
/// The most pixels a logo may have: 32 MiB when decoded.
pub const MAX_PIXELS: u64 = 8 * 1024 * 1024;
/// The box that pages show a logo in, in CSS pixels.
pub const SHOWN_WIDTH: u32 = 350;
pub const SHOWN_HEIGHT: u32 = 178;

/// The largest file that [`fit_logo`] takes, in bytes.
pub const MAX_SOURCE_BYTES: usize = 32 * 1024 * 1024;
const MAX_SOURCE_SIDE: u32 = 16_384;
const MAX_SOURCE_PIXELS: u64 = 50_000_000;

/// What a logo is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoKind {
    Png,
    Jpeg,
}

impl LogoKind {
    /// Returns the media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// Returns the usual ending of a file name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
        }
    }
}

/// A logo that was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoInfo {
    pub kind: LogoKind,
    pub width: u32,
    pub height: u32,
    pub bytes: usize,
    /// What works, perhaps not as meant.
    pub warnings: Vec<Finding>,
}

/// The part of a picture to keep, in its pixels as shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crop {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Looks at a logo as it is to be stored.
///
/// # Errors
///
/// Findings when it is empty, over [`MAX_LOGO_BYTES`], neither PNG nor JPEG, animated, larger
/// than [`MAX_SIDE`] or [`MAX_PIXELS`], followed by other data, cut off or damaged.
pub fn check_logo(logo: &[u8]) -> Result<LogoInfo, Vec<Finding>> {
    let mut errors = Vec::new();
    if logo.len() > MAX_LOGO_BYTES {
        errors.push(error(
            "logo.size",
            format!(
                "The picture has {} bytes; at most {} are allowed.",
                grouped(logo.len()),
                grouped(MAX_LOGO_BYTES)
            ),
        ));
    }
    let outline = match walk(logo) {
        Ok(outline) => outline,
        Err(finding) => {
            errors.push(finding);
            return Err(errors);
        }
    };
    let pixels = u64::from(outline.width).saturating_mul(u64::from(outline.height));
    if outline.width > MAX_SIDE || outline.height > MAX_SIDE || pixels > MAX_PIXELS {
        errors.push(error(
            "logo.pixels",
            format!(
                "The logo has {} × {} pixels; at most {} on a side and {} in all are allowed.",
                grouped(outline.width),
                grouped(outline.height),
                grouped(MAX_SIDE),
                grouped(MAX_PIXELS)
            ),
        ));
    }
    if outline.is_animated {
        errors.push(error("logo.animated", "Animated pictures are not allowed."));
    }
    if outline.end < logo.len() {
        errors.push(error(
            "logo.trailing",
            format!(
                "{} bytes of something else follow the picture.",
                grouped(logo.len().saturating_sub(outline.end))
            ),
        ));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let format = match outline.kind {
        LogoKind::Png => ImageFormat::Png,
        LogoKind::Jpeg => ImageFormat::Jpeg,
    };
    let decoded = decode(logo, format, MAX_SIDE, MAX_PIXELS).map_err(|finding| vec![finding])?;
    if (decoded.width(), decoded.height()) != (outline.width, outline.height) {
        return Err(vec![error(
            "logo.damaged",
            "The picture is not of the size it says.",
        )]);
    }
    let mut warnings = Vec::new();
    if outline.is_turned {
        warnings.push(warning(
            "logo.turned",
            "The camera noted that the picture is turned; not every browser heeds that.",
        ));
    }
    if outline.width < 16 || outline.height < 16 {
        warnings.push(warning(
            "logo.tiny",
            "The logo is very small; it will look coarse on the page.",
        ));
    }
    Ok(LogoInfo {
        kind: outline.kind,
        width: outline.width,
        height: outline.height,
        bytes: logo.len(),
        warnings,
    })
}

/// Checks that style sheet and logo fit one request.
pub fn check_together(css_bytes: usize, logo_bytes: usize) -> Option<Finding> {
    let sum = css_bytes.saturating_add(logo_bytes);
    (sum > MAX_TOGETHER_BYTES).then(|| {
        Finding::error(
            Place::Whole,
            "branding.size",
            format!(
                "Style sheet and logo have {} bytes together; at most {} are allowed.",
                grouped(sum),
                grouped(MAX_TOGETHER_BYTES)
            ),
        )
    })
}

/// Decodes a picture for showing and cropping: PNG, JPEG or WebP, turned as its camera noted.
///
/// # Errors
///
/// A finding when it is too large, no such picture, cut off or damaged.
pub fn open_source(file: &[u8]) -> Result<DynamicImage, Finding> {
    if file.len() > MAX_SOURCE_BYTES {
        return Err(error(
            "logo.size",
            format!(
                "The file has {} bytes; at most {} can be made smaller here.",
                grouped(file.len()),
                grouped(MAX_SOURCE_BYTES)
            ),
        ));
    }
    let Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) = image::guess_format(file)
    else {
        return Err(not_a_logo(file));
    };
    // A picture that ends early decodes to grey bands; better to say so.
    if format != ImageFormat::WebP {
        walk(file)?;
    }
    decode(file, format, MAX_SOURCE_SIDE, MAX_SOURCE_PIXELS)
}

/// Makes a logo out of a picture: crops it, shrinks it to twice the size it is shown at and
/// writes it anew, so that nothing but pixels is left of the file.
///
/// A picture with transparency becomes PNG; another one becomes whichever of PNG and JPEG
/// fits first. The result always passes [`check_logo`].
///
/// # Errors
///
/// Findings of [`open_source`], or when the crop is empty.
pub fn fit_logo(file: &[u8], crop: Option<Crop>) -> Result<Vec<u8>, Vec<Finding>> {
    let picture = open_source(file).map_err(|finding| vec![finding])?;
    fit(&picture, crop)
}

/// [`fit_logo`] of a picture that is already open.
///
/// # Errors
///
/// A finding when the crop is empty.
pub fn fit(picture: &DynamicImage, crop: Option<Crop>) -> Result<Vec<u8>, Vec<Finding>> {
    let crop = crop.unwrap_or(Crop {
        x: 0,
        y: 0,
        width: picture.width(),
        height: picture.height(),
    });
    let width = crop.width.min(picture.width().saturating_sub(crop.x));
    let height = crop.height.min(picture.height().saturating_sub(crop.y));
    if width == 0 || height == 0 {
        return Err(vec![error("logo.crop", "Nothing is left of the picture.")]);
    }
    let mut part = picture.crop_imm(crop.x, crop.y, width, height);
    let (most_wide, most_high) = (SHOWN_WIDTH.saturating_mul(2), SHOWN_HEIGHT.saturating_mul(2));
    if width > most_wide || height > most_high {
        part = part.resize(most_wide, most_high, image::imageops::FilterType::CatmullRom);
    }
    // Sixteen bits a channel are of no use on a page.
    let mut part = if part.color().has_alpha() && !is_opaque(&part) {
        DynamicImage::ImageRgba8(part.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(part.into_rgb8())
    };
    let mut is_first = true;
    loop {
        // A photograph that is too large as PNG stays so for long; it is not tried again.
        if (is_first || part.color().has_alpha())
            && let Some(png) = write_png(&part).filter(|png| png.len() <= MAX_LOGO_BYTES)
        {
            return Ok(png);
        }
        is_first = false;
        if !part.color().has_alpha() {
            for quality in [92, 85, 75, 60] {
                if let Some(jpeg) = write_jpeg(&part, quality).filter(|jpeg| jpeg.len() <= MAX_LOGO_BYTES) {
                    return Ok(jpeg);
                }
            }
        }
        let smaller = |side: u32| (side.saturating_mul(4) / 5).max(1);
        if part.width() <= 1 && part.height() <= 1 {
            return Err(vec![error(
                "logo.size",
                "The picture cannot be made small enough.",
            )]);
        }
        part = part.resize_exact(
            smaller(part.width()),
            smaller(part.height()),
            image::imageops::FilterType::CatmullRom,
        );
    }
}

fn is_opaque(picture: &DynamicImage) -> bool {
    picture.to_rgba8().pixels().all(|pixel| pixel.0[3] == u8::MAX)
}

fn write_png(picture: &DynamicImage) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Default, FilterType::Adaptive);
    picture.write_with_encoder(encoder).ok().map(|()| out)
}

fn write_jpeg(picture: &DynamicImage, quality: u8) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, quality);
    picture.write_with_encoder(encoder).ok().map(|()| out)
}

/// Decodes after the claimed size was found bearable.
fn decode(file: &[u8], format: ImageFormat, max_side: u32, max_pixels: u64) -> Result<DynamicImage, Finding> {
    let damaged = |reason: image::ImageError| match reason {
        image::ImageError::Limits(_) => error("logo.pixels", "The picture has too many pixels."),
        _ => error("logo.damaged", "The picture is damaged and cannot be read."),
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(max_side);
    limits.max_image_height = Some(max_side);
    // Eight bytes a pixel are the most any of the formats needs; as much again for the decoder.
    limits.max_alloc = Some(max_pixels.saturating_mul(16));
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width).saturating_mul(u64::from(height)) > max_pixels {
        return Err(error(
            "logo.pixels",
            format!(
                "The picture has {} × {} pixels; at most {} in all are allowed.",
                grouped(width),
                grouped(height),
                grouped(max_pixels)
            ),
        ));
    }
    limits.reserve(decoder.total_bytes()).map_err(damaged)?;
    decoder.set_limits(limits).map_err(damaged)?;
    let turn = decoder.orientation().map_err(damaged)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    if max_side == MAX_SOURCE_SIDE {
        picture.apply_orientation(turn);
    }
    Ok(picture)
}

/// What the container says, no pixel decoded.
#[derive(Debug)]
struct Outline {
    kind: LogoKind,
    width: u32,
    height: u32,
    is_animated: bool,
    is_turned: bool,
    /// Where the picture ends.
    end: usize,
}

fn walk(file: &[u8]) -> Result<Outline, Finding> {
    if file.is_empty() {
        return Err(error("logo.empty", "The file is empty."));
    }
    if let Some(rest) = file.strip_prefix(b"\x89PNG\r\n\x1a\n") {
        walk_png(rest, 8)
    } else if file.starts_with(&[0xff, 0xd8, 0xff]) {
        walk_jpeg(file)
    } else {
        Err(not_a_logo(file))
    }
}

/// PNG specification (third edition), §5.3 chunk layout.
fn walk_png(mut rest: &[u8], mut at: usize) -> Result<Outline, Finding> {
    let mut size = None;
    let mut is_animated = false;
    let mut has_pixels = false;
    loop {
        let Some((length, tail)) = rest.split_first_chunk::<4>() else {
            return Err(cut_off());
        };
        let Some((name, tail)) = tail.split_first_chunk::<4>() else {
            return Err(cut_off());
        };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let (Some(body), Some(after)) = (tail.get(..length), tail.get(length.saturating_add(4)..)) else {
            return Err(cut_off());
        };
        at = at.saturating_add(length).saturating_add(12);
        rest = after;
        match (name, size) {
            (b"IHDR", None) => {
                let [w0, w1, w2, w3, h0, h1, h2, h3, ..] = *body else {
                    return Err(error("logo.damaged", "The header of the picture is damaged."));
                };
                size = Some((
                    u32::from_be_bytes([w0, w1, w2, w3]),
                    u32::from_be_bytes([h0, h1, h2, h3]),
                ));
            }
            (_, None) => return Err(error("logo.damaged", "The header of the picture is missing.")),
            (b"acTL", _) => is_animated = true,
            (b"IDAT", _) => has_pixels = true,
            (b"IEND", Some((width, height))) => {
                if !has_pixels || width == 0 || height == 0 {
                    return Err(error("logo.damaged", "The picture has no pixels."));
                }
                return Ok(Outline {
                    kind: LogoKind::Png,
                    width,
                    height,
                    is_animated,
                    is_turned: false,
                    end: at,
                });
            }
            _ => {}
        }
    }
}

/// ITU-T T.81, annex B.
fn walk_jpeg(file: &[u8]) -> Result<Outline, Finding> {
    let byte = |at: usize| file.get(at).copied().ok_or_else(cut_off);
    let mut size = None;
    let mut is_turned = false;
    let mut at = 2;
    loop {
        if byte(at)? != 0xff {
            return Err(error("logo.damaged", "The picture is damaged."));
        }
        // Fill bytes may precede a marker.
        while byte(at)? == 0xff {
            at = at.saturating_add(1);
        }
        let marker = byte(at)?;
        at = at.saturating_add(1);
        match marker {
            0xd9 => break,
            0x01 | 0xd0..=0xd7 => continue,
            0x00 | 0xd8 => return Err(error("logo.damaged", "The picture is damaged.")),
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes([byte(at)?, byte(at.saturating_add(1))?]));
        let next = at.saturating_add(length);
        let body = file.get(at.saturating_add(2)..next).ok_or_else(cut_off)?;
        match (marker, body) {
            (0xc0..=0xcf, [_, h0, h1, w0, w1, ..]) if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                size = Some((
                    u32::from(u16::from_be_bytes([*w0, *w1])),
                    u32::from(u16::from_be_bytes([*h0, *h1])),
                ));
            }
            (0xe1, [b'E', b'x', b'i', b'f', 0, 0, exif @ ..]) => {
                is_turned = image::metadata::Orientation::from_exif_chunk(exif)
                    .is_some_and(|turn| turn != image::metadata::Orientation::NoTransforms);
            }
            _ => {}
        }
        at = next;
        if marker == 0xda {
            // Entropy-coded data runs to the next marker that is neither stuffing nor a restart.
            loop {
                let rest = file.get(at..).ok_or_else(cut_off)?;
                let skip = rest.iter().position(|byte| *byte == 0xff).ok_or_else(cut_off)?;
                at = at.saturating_add(skip);
                match byte(at.saturating_add(1))? {
                    0x00 | 0xd0..=0xd7 => at = at.saturating_add(2),
                    0xff => at = at.saturating_add(1),
                    _ => break,
                }
            }
        }
    }
    match size {
        Some((width, height)) if width > 0 && height > 0 => Ok(Outline {
            kind: LogoKind::Jpeg,
            width,
            height,
            is_animated: false,
            is_turned,
            end: at,
        }),
        _ => Err(error("logo.damaged", "The picture has no pixels.")),
    }
}

fn not_a_logo(file: &[u8]) -> Finding {
    let start = String::from_utf8_lossy(file.get(..file.len().min(256)).unwrap_or_default()).to_lowercase();
    let is = match file {
        [b'G', b'I', b'F', b'8', ..] => "It is a GIF.",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "It is a WebP picture.",
        [b'B', b'M', ..] => "It is a bitmap.",
        [0, 0, 1, 0, ..] => "It is an icon.",
        [b'%', b'P', b'D', b'F', ..] => "It is a PDF.",
        _ if start.contains("<svg") || start.starts_with("<?xml") => "It is an SVG drawing.",
        _ if start.contains("<html") || start.contains("<!doctype") => "It is a page.",
        _ => "Its content is something else, whatever its name says.",
    };
    error("logo.kind", format!("A logo is a PNG or JPEG picture. {is}"))
}

fn cut_off() -> Finding {
    error("logo.cut-off", "The picture is cut off before its end.")
}

fn place() -> Place {
    Place::Field("ImageFile".to_owned())
}

fn error(code: &'static str, text: impl Into<String>) -> Finding {
    Finding::error(place(), code, text)
}

fn warning(code: &'static str, text: impl Into<String>) -> Finding {
    Finding::warning(place(), code, text)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn noise(width: u32, height: u32) -> DynamicImage {
        let mut state = 1_u32;
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [_, r, g, b] = state.to_be_bytes();
            Rgb([r, g, b])
        }))
    }

    fn flat(width: u32, height: u32) -> DynamicImage {
        DynamicImage::ImageRgba8(RgbaImage::from_pixel(width, height, Rgba([20, 90, 200, 128])))
    }

    fn refuses(logo: &[u8], code: &str) {
        let findings = check_logo(logo).unwrap_err();
        assert!(
            findings.iter().any(|finding| finding.code == Some(code)),
            "{findings:?}"
        );
    }

    /// A PNG header that claims any size, with one honest chunk of pixels behind it.
    fn claiming(width: u32, height: u32) -> Vec<u8> {
        let mut png = write_png(&flat(8, 8)).unwrap();
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        let mut crc = !0_u32;
        for byte in &png[12..29] {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 {
                    (crc >> 1) ^ 0xedb8_8320
                } else {
                    crc >> 1
                };
            }
        }
        png[29..33].copy_from_slice(&(!crc).to_be_bytes());
        png
    }

    #[test]
    fn whole_pictures_are_taken() {
        let png = check_logo(&write_png(&flat(350, 178)).unwrap()).unwrap();
        assert_eq!((png.kind, png.width, png.height), (LogoKind::Png, 350, 178));
        let jpeg = check_logo(&write_jpeg(&noise(64, 40), 80).unwrap()).unwrap();
        assert_eq!((jpeg.kind, jpeg.width, jpeg.height), (LogoKind::Jpeg, 64, 40));
        assert!(jpeg.warnings.is_empty());
    }

    #[test]
    fn content_decides_what_a_file_is() {
        refuses(b"", "logo.empty");
        refuses(b"GIF89a....", "logo.kind");
        refuses(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.kind");
        refuses(b"plain text called logo.png", "logo.kind");
        refuses(b"\x89PNG\r\n\x1a\n", "logo.cut-off");
        refuses(b"\xff\xd8\xff", "logo.cut-off");
    }

    #[test]
    fn pictures_that_end_early_are_refused_wherever_they_end() {
        for picture in [
            write_png(&noise(40, 40)).unwrap(),
            write_jpeg(&noise(40, 40), 80).unwrap(),
        ] {
            for cut in (0..picture.len()).step_by(7) {
                assert!(check_logo(&picture[..cut]).is_err(), "{cut}");
                assert!(fit_logo(&picture[..cut], None).is_err(), "{cut}");
            }
        }
    }

    #[test]
    fn claims_are_checked_before_and_after_decoding() {
        refuses(&claiming(30_000, 30_000), "logo.pixels");
        refuses(&claiming(u32::MAX, u32::MAX), "logo.pixels");
        refuses(&claiming(0, 8), "logo.damaged");
        refuses(&claiming(600, 600), "logo.damaged");
        assert!(open_source(&claiming(16_000, 16_000)).is_err());
    }

    #[test]
    fn what_hangs_behind_a_picture_is_seen() {
        for picture in [
            write_png(&flat(20, 20)).unwrap(),
            write_jpeg(&noise(20, 20), 80).unwrap(),
        ] {
            let mut both = picture.clone();
            both.extend_from_slice(b"PK\x03\x04");
            refuses(&both, "logo.trailing");
            check_logo(&fit_logo(&both, None).unwrap()).unwrap();
        }
    }

    #[test]
    fn animation_is_refused() {
        let mut png = write_png(&flat(20, 20)).unwrap();
        let chunk = [
            0, 0, 0, 8, b'a', b'c', b'T', b'L', 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        png.splice(33..33, chunk);
        refuses(&png, "logo.animated");
    }

    #[test]
    fn large_files_are_refused_and_can_be_made_to_fit() {
        let large = write_png(&noise(900, 700)).unwrap();
        refuses(&large, "logo.size");
        let fitted = fit_logo(&large, None).unwrap();
        let info = check_logo(&fitted).unwrap();
        assert!(info.width <= 700 && info.height <= 356, "{info:?}");
        let cropped = fit_logo(
            &large,
            Some(Crop {
                x: 10,
                y: 20,
                width: 100,
                height: 50,
            }),
        )
        .unwrap();
        let info = check_logo(&cropped).unwrap();
        assert_eq!((info.width, info.height), (100, 50));
    }

    #[test]
    fn transparency_survives_fitting() {
        let fitted = fit_logo(&write_png(&flat(2_000, 400)).unwrap(), None).unwrap();
        let picture = image::load_from_memory(&fitted).unwrap();
        assert_eq!(picture.to_rgba8().get_pixel(5, 5).0[3], 128);
        assert_eq!((picture.width(), picture.height()), (700, 140));
    }

    #[test]
    fn an_empty_crop_is_refused() {
        let crop = Crop {
            x: 500,
            y: 0,
            width: 10,
            height: 10,
        };
        assert!(fit(&flat(20, 20), Some(crop)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn damaged_pictures_are_answered(at in 0usize..2000, to: u8, jpeg: bool) {
            let mut picture = if jpeg { write_jpeg(&noise(24, 24), 80) } else { write_png(&noise(24, 24)) }.unwrap();
            let at = at % picture.len();
            picture[at] = to;
            let _ = check_logo(&picture);
            let _ = fit_logo(&picture, None);
        }
    }
}
