//! The dialog that makes a picture a logo: choose a part, see what comes out.

use egui::{ColorImage, Rect, Role, Sense, TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo};
use image::DynamicImage;

use crate::console::theme;
use crate::console::widgets::{self, Answer, Button, Dialog, Field};
use crate::rules::branding::images::{Crop, MAX_LOGO_BYTES, SHOWN_HEIGHT, SHOWN_WIDTH};

/// A picture being cut.
pub struct Cropping {
    /// What the file is called.
    pub name: String,
    /// The whole picture.
    pub picture: DynamicImage,
    /// Why it cannot be used as it is.
    why: String,
    crop: Crop,
    texture: Option<TextureHandle>,
    /// The corner that is dragged.
    held: Option<Held>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
    Whole,
}

impl Cropping {
    /// Begins with the whole picture.
    pub fn new(name: String, picture: DynamicImage, why: String) -> Self {
        let crop = Crop {
            x: 0,
            y: 0,
            width: picture.width(),
            height: picture.height(),
        };
        Self {
            name,
            picture,
            why,
            crop,
            texture: None,
            held: None,
        }
    }

    /// The chosen part.
    pub fn crop(&self) -> Crop {
        self.crop
    }

    /// Draws the dialog.
    pub fn show(&mut self, ctx: &egui::Context, busy: bool, error: Option<&str>) -> Answer {
        Dialog::new("Fit logo", "Use as logo").width(620.0).busy(busy).show(ctx, |ui| {
            let t = theme::tokens(ui);
            if !self.why.is_empty() {
                widgets::banner(ui, crate::console::command::Tone::Info, &self.why, |_| {});
            }
            if let Some(error) = error {
                widgets::banner(ui, crate::console::command::Tone::Error, error, |_| {});
            }
            self.surface(ui);
            self.numbers(ui);
            ui.add(
                egui::Label::new(t.hint(format!(
                    "Pages show a logo in at most {SHOWN_WIDTH} × {SHOWN_HEIGHT} pixels. The part you choose is shrunk to twice that \
                     at most and to {} KB, and written anew without the camera's notes.",
                    MAX_LOGO_BYTES / 1024
                )))
                .wrap(),
            );
        })
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "pictures have at most 16,384 pixels on a side"
    )]
    fn surface(&mut self, ui: &mut Ui) {
        let t = theme::tokens(ui);
        let (wide, high) = (
            self.picture.width().max(1) as f32,
            self.picture.height().max(1) as f32,
        );
        let scale = (ui.available_width() / wide).min(300.0 / high).min(4.0);
        let (area, _) = ui.allocate_exact_size(
            Vec2::new(ui.available_width(), (high * scale).max(24.0)),
            Sense::hover(),
        );
        let rect = Rect::from_center_size(area.center(), Vec2::new(wide * scale, high * scale));
        let response = ui.interact(rect.expand(6.0), ui.scope_id().with("crop"), Sense::drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Picture; drag the corners to crop"));
        let texture = self.texture.get_or_insert_with(|| {
            let small = self.picture.thumbnail(1200, 900).into_rgba8();
            let side = |side: u32| usize::try_from(side).unwrap_or_default();
            let image = ColorImage::from_rgba_unmultiplied(
                [side(small.width()), side(small.height())],
                small.as_raw(),
            );
            ui.ctx().load_texture("crop", image, TextureOptions::LINEAR)
        });
        ui.painter().rect_filled(rect, 0, t.bg3);
        let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
        ui.painter()
            .image(texture.id(), rect, whole, egui::Color32::WHITE);
        let part = self.part(rect, scale);
        let veil = egui::Color32::BLACK.gamma_multiply(0.5);
        for shade in [
            Rect::from_min_max(rect.min, egui::pos2(rect.right(), part.top())),
            Rect::from_min_max(egui::pos2(rect.left(), part.bottom()), rect.max),
            Rect::from_min_max(
                egui::pos2(rect.left(), part.top()),
                egui::pos2(part.left(), part.bottom()),
            ),
            Rect::from_min_max(
                egui::pos2(part.right(), part.top()),
                egui::pos2(rect.right(), part.bottom()),
            ),
        ] {
            ui.painter().rect_filled(shade, 0, veil);
        }
        ui.painter().rect_stroke(
            part,
            0,
            egui::Stroke::new(1.5, t.accent_text),
            egui::StrokeKind::Middle,
        );
        for corner in [
            part.left_top(),
            part.right_top(),
            part.left_bottom(),
            part.right_bottom(),
        ] {
            let knob = Rect::from_center_size(corner, Vec2::splat(9.0));
            ui.painter().rect(
                knob,
                2,
                t.bg2,
                egui::Stroke::new(1.5, t.accent_text),
                egui::StrokeKind::Middle,
            );
        }
        self.drag(&response, rect, part, scale);
    }

    #[expect(clippy::cast_precision_loss, reason = "as above")]
    fn part(&self, rect: Rect, scale: f32) -> Rect {
        let Crop { x, y, width, height } = self.crop;
        Rect::from_min_size(
            rect.min + Vec2::new(x as f32, y as f32) * scale,
            Vec2::new(width as f32, height as f32) * scale,
        )
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the picture"
    )]
    fn drag(&mut self, response: &egui::Response, rect: Rect, part: Rect, scale: f32) {
        if response.drag_started()
            && let Some(at) = response.interact_pointer_pos()
        {
            let corners = [
                (part.left_top(), Held::TopLeft),
                (part.right_top(), Held::TopRight),
                (part.left_bottom(), Held::BottomLeft),
                (part.right_bottom(), Held::BottomRight),
            ];
            let near = corners.into_iter().find(|(corner, _)| corner.distance(at) < 14.0);
            self.held = near
                .map(|(_, held)| held)
                .or(part.contains(at).then_some(Held::Whole));
        }
        if response.drag_stopped() {
            self.held = None;
        }
        let (Some(held), Some(at)) = (self.held, response.interact_pointer_pos()) else {
            return;
        };
        let moved = response.drag_delta();
        let (left, top, right, bottom) = match held {
            Held::TopLeft => (at.x, at.y, part.right(), part.bottom()),
            Held::TopRight => (part.left(), at.y, at.x, part.bottom()),
            Held::BottomLeft => (at.x, part.top(), part.right(), at.y),
            Held::BottomRight => (part.left(), part.top(), at.x, at.y),
            Held::Whole => {
                let dx = moved
                    .x
                    .clamp(rect.left() - part.left(), rect.right() - part.right());
                let dy = moved
                    .y
                    .clamp(rect.top() - part.top(), rect.bottom() - part.bottom());
                (
                    part.left() + dx,
                    part.top() + dy,
                    part.right() + dx,
                    part.bottom() + dy,
                )
            }
        };
        let (wide, high) = (self.picture.width(), self.picture.height());
        let pixel =
            |at: f32, from: f32, most: u32| ((at - from) / scale).round().clamp(0.0, most as f32) as u32;
        let (x0, x1) = (pixel(left, rect.left(), wide), pixel(right, rect.left(), wide));
        let (y0, y1) = (pixel(top, rect.top(), high), pixel(bottom, rect.top(), high));
        if x1 > x0 && y1 > y0 {
            self.crop = Crop {
                x: x0,
                y: y0,
                width: x1.saturating_sub(x0),
                height: y1.saturating_sub(y0),
            };
        }
    }

    /// The same by keyboard.
    fn numbers(&mut self, ui: &mut Ui) {
        let (wide, high) = (self.picture.width(), self.picture.height());
        ui.horizontal(|ui| {
            let number = |ui: &mut Ui, label: &str, value: &mut u32, least: u32, most: u32| {
                let as_i32 = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
                let mut edited = as_i32(*value);
                widgets::whole_number(
                    ui,
                    &mut edited,
                    as_i32(least)..=as_i32(most),
                    "px",
                    Field::new(label).width(96.0),
                );
                *value = u32::try_from(edited)
                    .unwrap_or(least)
                    .clamp(least, most.max(least));
            };
            let Crop { x, y, width, height } = &mut self.crop;
            number(ui, "Left", x, 0, wide.saturating_sub(1));
            number(ui, "Top", y, 0, high.saturating_sub(1));
            number(ui, "Width", width, 1, wide.saturating_sub(*x));
            number(ui, "Height", height, 1, high.saturating_sub(*y));
        });
        ui.horizontal(|ui| {
            if ui.add(Button::new("Whole picture").small()).clicked() {
                self.crop = Crop {
                    x: 0,
                    y: 0,
                    width: wide,
                    height: high,
                };
            }
            if ui
                .add(Button::new("Trim edges").small())
                .on_hover_text("Cuts off edges of one colour")
                .clicked()
            {
                self.crop = trimmed(&self.picture);
            }
        });
    }
}

/// Returns the part without edges of the colour of its first pixel.
fn trimmed(picture: &DynamicImage) -> Crop {
    let pixels = picture.to_rgba8();
    let Some(edge) = pixels.pixels().next().copied() else {
        return Crop {
            x: 0,
            y: 0,
            width: 0,
            height: 0,
        };
    };
    let close = |pixel: &image::Rgba<u8>| {
        let both_clear = pixel.0[3] < 8 && edge.0[3] < 8;
        both_clear
            || pixel
                .0
                .iter()
                .zip(edge.0)
                .all(|(one, other)| one.abs_diff(other) < 10)
    };
    let (mut x0, mut y0, mut x1, mut y1) = (u32::MAX, u32::MAX, 0, 0);
    for (x, y, pixel) in pixels.enumerate_pixels() {
        if !close(pixel) {
            (x0, y0) = (x0.min(x), y0.min(y));
            (x1, y1) = (x1.max(x), y1.max(y));
        }
    }
    if x0 > x1 || y0 > y1 {
        return Crop {
            x: 0,
            y: 0,
            width: pixels.width(),
            height: pixels.height(),
        };
    }
    Crop {
        x: x0,
        y: y0,
        width: x1.saturating_sub(x0).saturating_add(1),
        height: y1.saturating_sub(y0).saturating_add(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_of_one_colour_are_trimmed() {
        let picture = image::RgbImage::from_fn(20, 10, |x, y| {
            let inside = (5..15).contains(&x) && (2..8).contains(&y);
            image::Rgb(if inside { [10, 20, 30] } else { [255, 255, 255] })
        });
        assert_eq!(
            trimmed(&DynamicImage::ImageRgb8(picture)),
            Crop {
                x: 5,
                y: 2,
                width: 10,
                height: 6
            }
        );
        let plain = DynamicImage::ImageRgb8(image::RgbImage::new(4, 4));
        assert_eq!(trimmed(&plain).width, 4);
    }
}
