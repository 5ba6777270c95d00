//! The engine: Blitz (Stylo for styles, Taffy for layout, Parley for text), drawn by
//! vello_cpu into memory.
//!
//! A beta that may panic on what nobody writes (`margin: -1e30px`): a panic ends one picture.
//! It runs no scripts and has no network of its own; [`DataOnly`] gives it `data:` addresses
//! and counts the rest. What it does not paint (placeholders, hidden passwords) the templates
//! bring as values, see `rules::branding::pages::Pose`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyrender::{ImageRenderer as _, PaintScene as _};
use anyrender_vello_cpu::VelloCpuImageRenderer;
use blitz_dom::{DocumentConfig, FontContext, UserAgentStylesheet};
use blitz_html::HtmlDocument;
use blitz_traits::net::{Bytes, NetHandler, NetProvider, Request};
use blitz_traits::shell::{ColorScheme, Viewport};
use peniko::kurbo::{Affine, Rect};
use peniko::{Blob, Color, Fill};

use super::{Frame, Job, MAX_HEIGHT, PreviewEngine};

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/LiberationSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../../assets/fonts/LiberationSans-Bold.ttf");

/// The families of the pages; on no free system is one of them, and each looks like ours.
const FAMILIES: &[&str] = &["Helvetica Neue", "Helvetica", "Arial"];

/// What browsers do and Blitz does not by itself.
const LIKE_BROWSERS: &str = "input[type=checkbox] { color: #0075ff; }";

/// The most pixels in a picture: 64 MiB.
const MAX_PIXELS: u64 = 16 * 1024 * 1024;

/// Draws with Blitz.
pub struct BlitzEngine {
    fonts: FontContext,
}

impl Default for BlitzEngine {
    fn default() -> Self {
        Self::new()
    }
}

impl BlitzEngine {
    /// Loads the fonts.
    pub fn new() -> Self {
        let mut fonts = FontContext::new();
        for family in FAMILIES {
            for file in [REGULAR, BOLD] {
                fonts.collection.register_fonts(
                    Blob::new(Arc::new(file)),
                    Some(fontique::FontInfoOverride {
                        family_name: Some(family),
                        ..fontique::FontInfoOverride::default()
                    }),
                );
            }
        }
        fonts
            .collection
            .register_fonts(Blob::new(Arc::new(blitz_dom::BULLET_FONT)), None);
        Self { fonts }
    }

    fn draw(&self, job: &Job, width: u32, least_height: u32) -> Frame {
        let net = Arc::new(DataOnly::default());
        let config = DocumentConfig {
            viewport: Some(Viewport::new(width, least_height, job.scale, ColorScheme::Light)),
            ua_stylesheets: vec![
                UserAgentStylesheet::default_sheet(),
                UserAgentStylesheet::parse(LIKE_BROWSERS),
            ],
            net_provider: Some(Arc::clone(&net) as Arc<dyn NetProvider>),
            font_ctx: Some(self.fonts.clone()),
            ..DocumentConfig::default()
        };
        let mut document = HtmlDocument::from_html(&job.html, config);
        document.resolve(0.0);
        // Pictures arrive as messages while the page is laid out; a second look places them.
        document.resolve(0.0);
        let content = f64::from(document.root_element().final_layout().size.height) * f64::from(job.scale);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float casts to the nearest, the bounds follow"
        )]
        let content = content.ceil() as u32;
        let room = u32::try_from(MAX_PIXELS / u64::from(width.max(1))).unwrap_or(MAX_HEIGHT);
        let height = content.max(least_height).min(MAX_HEIGHT).min(room).max(1);
        let mut rgba = Vec::new();
        VelloCpuImageRenderer::new(width, height).render_to_vec(
            |scene| {
                scene.fill(
                    Fill::NonZero,
                    Affine::IDENTITY,
                    Color::WHITE,
                    None,
                    &Rect::new(0.0, 0.0, f64::from(width), f64::from(height)),
                );
                blitz_paint::paint_scene(scene, &mut document, f64::from(job.scale), width, height, 0, 0);
            },
            &mut rgba,
        );
        Frame {
            width,
            height,
            rgba,
            blocked: net.blocked.load(Ordering::Relaxed),
            failure: None,
        }
    }
}

impl PreviewEngine for BlitzEngine {
    fn render(&mut self, job: &Job) -> Frame {
        let scale = if job.scale.is_finite() {
            job.scale.clamp(0.1, 4.0)
        } else {
            1.0
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped before"
        )]
        let pixels = |side: u32| (f64::from(side.clamp(1, MAX_HEIGHT)) * f64::from(scale)).round() as u32;
        let width = pixels(job.width).clamp(1, MAX_HEIGHT);
        let height = pixels(job.height).clamp(1, MAX_HEIGHT);
        let job = Job { scale, ..job.clone() };
        catch_unwind(AssertUnwindSafe(|| self.draw(&job, width, height))).unwrap_or_else(|_| {
            // The fonts are the only state; what a panic left of their caches is not trusted.
            *self = Self::new();
            Frame::failed(
                width,
                height,
                "The preview cannot draw this style sheet. A browser may.",
            )
        })
    }
}

/// Gives the bytes of `data:` addresses and nothing else.
#[derive(Default)]
struct DataOnly {
    blocked: AtomicUsize,
}

impl NetProvider for DataOnly {
    fn fetch(&self, _document: usize, request: Request, handler: Box<dyn NetHandler>) {
        let address = request.url.as_str();
        let bytes = data_url::DataUrl::process(address)
            .ok()
            .and_then(|url| url.decode_to_vec().ok())
            .map(|(bytes, _)| bytes);
        let bytes = bytes.unwrap_or_else(|| {
            self.blocked.fetch_add(1, Ordering::Relaxed);
            Vec::new()
        });
        // An answer in any case: a page waits for its style sheets before it is laid out.
        handler.bytes(address.to_owned(), Bytes::from(bytes));
    }
}

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use super::*;
    use crate::console::preview::{DESKTOP_WIDTH, PHONE_WIDTH};
    use crate::rules::branding::pages::{
        Field, Page, PageKind, PasswordRule, Pose, Provider, ProviderKind, data_url,
    };
    use crate::rules::branding::{TEMPLATE, images};

    fn page(kind: PageKind, css: &str) -> Page {
        let logo =
            image::DynamicImage::ImageRgb8(image::RgbImage::from_pixel(120, 40, image::Rgb([200, 30, 90])));
        let logo = images::fit(&logo, None).unwrap();
        Page {
            kind,
            pose: Pose::Filled,
            title: "Harbour".into(),
            css: Some(css.to_owned()),
            logo_url: Some(data_url("image/png", &logo)),
            providers: vec![Provider {
                kind: ProviderKind::Enterprise,
                name: "Corporate".into(),
                href: String::new(),
            }],
            fields: vec![Field {
                name: "email".into(),
                label: "Email".into(),
                value: String::new(),
            }],
            password_rules: vec![PasswordRule {
                text: "At least 8 characters".into(),
                is_met: true,
            }],
            ..Page::default()
        }
    }

    fn job(html: String, width: u32) -> Job {
        Job {
            html,
            width,
            height: 720,
            scale: 1.0,
        }
    }

    fn has_colour(frame: &Frame, rgb: [u8; 3]) -> bool {
        frame.rgba.chunks_exact(4).any(|pixel| pixel[..3] == rgb)
    }

    #[test]
    fn every_page_is_drawn_at_both_widths() {
        let mut engine = BlitzEngine::new();
        for kind in PageKind::ALL {
            for width in [DESKTOP_WIDTH, PHONE_WIDTH] {
                let frame = engine.render(&job(page(*kind, "").render(), width));
                assert_eq!(frame.failure, None);
                assert_eq!(frame.width, width);
                assert_eq!(frame.rgba.len(), (frame.width * frame.height * 4) as usize);
                // The button's and the logo's own colours.
                assert!(has_colour(&frame, [0x33, 0x7a, 0xb7]), "{kind:?} {width}");
                assert!(has_colour(&frame, [200, 30, 90]), "{kind:?} {width}");
                assert!(frame.rgba.chunks_exact(4).all(|pixel| pixel[3] == 255));
                if let Ok(folder) = std::env::var("PREVIEW_PICTURES") {
                    image::save_buffer(
                        format!("{folder}/{kind:?}-{width}.png"),
                        &frame.rgba,
                        frame.width,
                        frame.height,
                        image::ColorType::Rgba8,
                    )
                    .unwrap();
                }
            }
        }
    }

    #[test]
    fn a_changed_background_changes_the_picture() {
        let mut engine = BlitzEngine::new();
        let css = ".background-customizable { background-color: #123456 } \
                   .submitButton-customizable { background-color: #abcdef }";
        let frame = engine.render(&job(page(PageKind::SignIn, css).render(), DESKTOP_WIDTH));
        assert!(has_colour(&frame, [0x12, 0x34, 0x56]));
        assert!(has_colour(&frame, [0xab, 0xcd, 0xef]));
        assert!(!has_colour(&frame, [0x33, 0x7a, 0xb7]));
    }

    #[test]
    fn nothing_is_fetched() {
        let html = "<html><head><link rel=stylesheet href=http://127.0.0.1:1/x.css></head><body>\
                    <img src=http://127.0.0.1:1/x.png><img src=file:///etc/hostname>\
                    <p style='background:url(http://127.0.0.1:1/y.png)'>x</p></body></html>";
        let frame = BlitzEngine::new().render(&job(html.to_owned(), PHONE_WIDTH));
        assert_eq!(frame.failure, None);
        assert!(frame.blocked >= 3, "{}", frame.blocked);
    }

    #[test]
    fn damaged_style_sheets_never_end_the_thread() {
        let mut engine = BlitzEngine::new();
        let html = |css: &str| {
            page(PageKind::SignIn, "")
                .render()
                .replace("</style>", &format!("{css}</style>"))
        };
        for cut in (0..TEMPLATE.len()).step_by(97) {
            let frame = engine.render(&job(html(&TEMPLATE[..cut]), PHONE_WIDTH));
            assert_eq!(frame.width, PHONE_WIDTH);
        }
        for css in [
            ".card { margin: -1e30px }",
            ".card { width: 1e38px; height: 1e38px; padding: 1e38px }",
            "* { display: contents } ",
            "* { position: fixed; font-size: 1e9px }",
            "html { height: 100000000px }",
        ] {
            let frame = engine.render(&job(html(css), PHONE_WIDTH));
            assert!(frame.height <= MAX_HEIGHT);
        }
        let after = engine.render(&job(page(PageKind::SignIn, "").render(), PHONE_WIDTH));
        assert_eq!(after.failure, None);
    }

    #[test]
    fn odd_sizes_are_drawn() {
        let mut engine = BlitzEngine::new();
        for (width, height, scale) in [(0, 0, 1.0), (1, 1, 0.0), (5_000, 5_000, 9.0), (10, 10, f32::NAN)] {
            let frame = engine.render(&Job {
                html: "<p>x".into(),
                width,
                height,
                scale,
            });
            assert_eq!(frame.rgba.len(), (frame.width * frame.height * 4) as usize);
        }
    }
}
