//! Colours, sizes and type, all from tokens.
//!
//! Nothing else in the console makes a colour: it asks [`tokens`] for one. The values
//! stand in `assets/theme/light.ron` and `dark.ron`, which hold the same keys.

use std::sync::{Arc, LazyLock};

use egui::epaint::text::VariationCoords;
use egui::{
    Color32, CornerRadius, FontData, FontFamily, FontId, Margin, RichText, Shadow, Stroke, TextStyle, Theme,
    Vec2,
};
use serde::{Deserialize, Deserializer};

pub use lucide_icons::Icon;

/// Sizes in points. The base unit is 4.
pub mod size {
    /// Around the content of a page.
    pub const PAGE: f32 = 24.0;
    /// Between cards, and inside them.
    pub const CARD: f32 = 16.0;
    /// Between parts of one thing.
    pub const GAP: f32 = 12.0;
    /// Between things that belong together.
    pub const SMALL: f32 = 8.0;
    /// Between an icon and its word.
    pub const TINY: f32 = 4.0;
    /// The widest a form gets.
    pub const FORM: f32 = 800.0;
    /// The height of a button or a field.
    pub const CONTROL: f32 = 32.0;
    /// The height of a small button.
    pub const CONTROL_SMALL: f32 = 26.0;
    /// The height of a table row.
    pub const ROW: f32 = 36.0;
    /// The height of a table's head.
    pub const ROW_HEAD: f32 = 32.0;
    /// The height of the bar on top.
    pub const TOP_BAR: f32 = 44.0;
    /// The height of the bar at the bottom.
    pub const STATUS_BAR: f32 = 26.0;
    /// The width of the navigation.
    pub const NAV: f32 = 232.0;
    /// The width of the navigation without words.
    pub const NAV_SLIM: f32 = 52.0;
    /// The width of the panel beside a table.
    pub const DETAIL: f32 = 420.0;
    /// The corner radius of cards.
    pub const RADIUS_CARD: u8 = 10;
    /// The corner radius of buttons and fields.
    pub const RADIUS: u8 = 6;
    /// An icon beside body text.
    pub const ICON: f32 = 16.0;
}

/// The colours of a theme, by their use.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Whether this is the dark theme.
    pub dark: bool,
    /// Behind everything.
    #[serde(deserialize_with = "colour")]
    pub bg0: Color32,
    /// Navigation and bars.
    #[serde(deserialize_with = "colour")]
    pub bg1: Color32,
    /// Cards and tables.
    #[serde(deserialize_with = "colour")]
    pub bg2: Color32,
    /// Chips, code, quiet buttons.
    #[serde(deserialize_with = "colour")]
    pub bg3: Color32,
    /// What the pointer is on.
    #[serde(deserialize_with = "colour")]
    pub hover: Color32,
    /// Hairlines.
    #[serde(deserialize_with = "colour")]
    pub line: Color32,
    /// Borders of inputs, at least 3:1.
    #[serde(deserialize_with = "colour")]
    pub line_strong: Color32,
    /// Body text.
    #[serde(deserialize_with = "colour")]
    pub text1: Color32,
    /// Labels.
    #[serde(deserialize_with = "colour")]
    pub text2: Color32,
    /// Hints.
    #[serde(deserialize_with = "colour")]
    pub text3: Color32,
    /// Text of what is switched off.
    #[serde(deserialize_with = "colour")]
    pub disabled: Color32,
    /// Links, what is selected, the focus ring.
    #[serde(deserialize_with = "colour")]
    pub accent_text: Color32,
    /// The primary button.
    #[serde(deserialize_with = "colour")]
    pub accent_fill: Color32,
    /// The primary button under the pointer.
    #[serde(deserialize_with = "colour")]
    pub accent_hover: Color32,
    /// Text on a filled button.
    #[serde(deserialize_with = "colour")]
    pub on_accent: Color32,
    /// Success, confirmed.
    #[serde(deserialize_with = "colour")]
    pub ok: Color32,
    /// Attention.
    #[serde(deserialize_with = "colour")]
    pub warn: Color32,
    /// Failure, destruction.
    #[serde(deserialize_with = "colour")]
    pub err: Color32,
    /// Information.
    #[serde(deserialize_with = "colour")]
    pub info: Color32,
    /// Federated.
    #[serde(deserialize_with = "colour")]
    pub violet: Color32,
    /// Reset required.
    #[serde(deserialize_with = "colour")]
    pub orange: Color32,
    /// Neutral.
    #[serde(deserialize_with = "colour")]
    pub gray: Color32,
    /// A button that destroys.
    #[serde(deserialize_with = "colour")]
    pub danger_fill: Color32,
    /// A button that destroys, under the pointer.
    #[serde(deserialize_with = "colour")]
    pub danger_hover: Color32,
    /// The strip of a connection to this machine.
    #[serde(deserialize_with = "colour")]
    pub env_local: Color32,
    /// The strip of a development connection.
    #[serde(deserialize_with = "colour")]
    pub env_dev: Color32,
    /// The strip of a staging connection.
    #[serde(deserialize_with = "colour")]
    pub env_stage: Color32,
    /// The strip of a production connection.
    #[serde(deserialize_with = "colour")]
    pub env_prod: Color32,
    /// How much of its colour a badge's ground holds.
    pub badge_tint: f32,
    /// How much accent the ground of a selected row holds.
    pub selection_tint: f32,
    /// How dark shadows are.
    pub shadow: f32,
}

#[allow(clippy::disallowed_methods)]
fn colour<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Color32, D::Error> {
    let text = String::deserialize(deserializer)?;
    Color32::from_hex(&text).map_err(|_| serde::de::Error::custom(format!("{text} is not a colour")))
}

static DARK: LazyLock<Tokens> = LazyLock::new(|| read(include_str!("../../../assets/theme/dark.ron")));
static LIGHT: LazyLock<Tokens> = LazyLock::new(|| read(include_str!("../../../assets/theme/light.ron")));

/// Reads a theme that is part of the program; a test holds both files to be readable.
#[allow(clippy::panic)]
fn read(text: &str) -> Tokens {
    match ron::from_str(text) {
        Ok(tokens) => tokens,
        Err(reason) => panic!("the theme in the program is damaged: {reason}"),
    }
}

/// Returns the tokens of the theme that `ui` is drawn in.
pub fn tokens(ui: &egui::Ui) -> &'static Tokens {
    of(ui.visuals().dark_mode)
}

/// Returns the tokens of the theme that `ctx` draws in now.
pub fn tokens_of(ctx: &egui::Context) -> &'static Tokens {
    of(ctx.theme() == Theme::Dark)
}

fn of(dark: bool) -> &'static Tokens {
    if dark { &DARK } else { &LIGHT }
}

/// Inter at weight 560: captions, badges, labels of controls.
pub fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("medium".into()))
}

/// Inter at weight 640: titles.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("semibold".into()))
}

/// Inter at its body weight.
pub fn body(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// JetBrains Mono: identifiers, ARNs, code.
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// The icon font.
pub fn icons(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("icons".into()))
}

/// The sizes of type.
pub mod text {
    /// A page's title.
    pub const TITLE: f32 = 20.0;
    /// A section's title.
    pub const SECTION: f32 = 15.0;
    /// Body and tables.
    pub const BODY: f32 = 13.5;
    /// What is said beside.
    pub const SECONDARY: f32 = 12.0;
    /// Captions and badges.
    pub const CAPTION: f32 = 11.0;
    /// Code and identifiers.
    pub const CODE: f32 = 12.5;
}

impl Tokens {
    /// A page's title.
    pub fn title(&self, text: impl Into<String>) -> RichText {
        RichText::new(text).font(semibold(text::TITLE)).color(self.text1)
    }

    /// A section's or a card's title.
    pub fn section(&self, text: impl Into<String>) -> RichText {
        RichText::new(text)
            .font(semibold(text::SECTION))
            .color(self.text1)
    }

    /// Body text.
    pub fn body(&self, text: impl Into<String>) -> RichText {
        RichText::new(text).font(body(text::BODY)).color(self.text1)
    }

    /// Body text that stands out.
    pub fn strong(&self, text: impl Into<String>) -> RichText {
        RichText::new(text).font(medium(text::BODY)).color(self.text1)
    }

    /// A label above a field or beside a value.
    pub fn label(&self, text: impl Into<String>) -> RichText {
        RichText::new(text).font(medium(12.5)).color(self.text2)
    }

    /// Hints and help.
    pub fn hint(&self, text: impl Into<String>) -> RichText {
        RichText::new(text).font(body(text::SECONDARY)).color(self.text3)
    }

    /// Small capitals above a group.
    pub fn caption(&self, text: impl Into<String>) -> RichText {
        RichText::new(text)
            .font(medium(text::CAPTION))
            .color(self.text3)
            .extra_letter_spacing(0.3)
    }

    /// Identifiers, ARNs, code.
    pub fn code(&self, text: impl Into<String>) -> RichText {
        RichText::new(text).font(mono(text::CODE)).color(self.text2)
    }

    /// The ground of a badge or banner in `colour`.
    pub fn tint(&self, colour: Color32) -> Color32 {
        mix(self.bg2, colour, self.badge_tint)
    }

    /// The ground of what is selected.
    pub fn selected(&self) -> Color32 {
        mix(self.bg2, self.accent_text, self.selection_tint)
    }

    /// The shadow under what floats.
    pub fn floating(&self) -> Shadow {
        Shadow {
            offset: [0, 8],
            blur: 32,
            spread: 0,
            color: Color32::BLACK.gamma_multiply(if self.dark { 0.55 } else { 0.16 }),
        }
    }

    /// The hairline.
    pub fn hairline(&self) -> Stroke {
        Stroke::new(1.0, self.line)
    }
}

/// Mixes `part` of `over` into `under`; both opaque.
pub fn mix(under: Color32, over: Color32, part: f32) -> Color32 {
    under.lerp_to_gamma(over, part)
}

/// Installs fonts and both styles. Call once, before the first frame.
pub fn install(ctx: &egui::Context) {
    fonts(ctx);
    for (theme, tokens) in [(Theme::Dark, &*DARK), (Theme::Light, &*LIGHT)] {
        ctx.style_mut_of(theme, |style| apply(style, tokens));
    }
}

fn fonts(ctx: &egui::Context) {
    const INTER: &[u8] = include_bytes!("../../../assets/fonts/Inter.ttf");
    const MONO: &[u8] = include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf");
    let weight = |weight: f32| {
        let mut data = FontData::from_static(INTER);
        data.tweak.coords = VariationCoords::new([(b"wght", weight)]);
        Arc::new(data)
    };
    let mut fonts = egui::FontDefinitions::default();
    fonts.font_data.insert("inter".to_owned(), weight(430.0));
    fonts.font_data.insert("inter-medium".to_owned(), weight(560.0));
    fonts.font_data.insert("inter-semibold".to_owned(), weight(640.0));
    fonts
        .font_data
        .insert("jetbrains-mono".to_owned(), Arc::new(FontData::from_static(MONO)));
    fonts.font_data.insert(
        "lucide".to_owned(),
        Arc::new(FontData::from_static(lucide_icons::LUCIDE_FONT_BYTES)),
    );
    let fallback = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    let mut family = |family: FontFamily, first: &str| {
        let names = std::iter::once(first.to_owned())
            .chain(fallback.iter().cloned())
            .collect();
        fonts.families.insert(family, names);
    };
    family(FontFamily::Proportional, "inter");
    family(FontFamily::Name("medium".into()), "inter-medium");
    family(FontFamily::Name("semibold".into()), "inter-semibold");
    family(FontFamily::Monospace, "jetbrains-mono");
    family(FontFamily::Name("icons".into()), "lucide");
    ctx.set_fonts(fonts);
}

fn apply(style: &mut egui::Style, t: &Tokens) {
    style.text_styles = [
        (TextStyle::Heading, semibold(text::TITLE)),
        (TextStyle::Body, body(text::BODY)),
        (TextStyle::Button, medium(text::BODY - 0.5)),
        (TextStyle::Small, body(text::SECONDARY)),
        (TextStyle::Monospace, mono(text::CODE)),
    ]
    .into();
    style.animation_time = 0.12;
    style.spacing.item_spacing = Vec2::new(size::SMALL, size::SMALL);
    style.spacing.button_padding = Vec2::new(10.0, 5.0);
    style.spacing.interact_size = Vec2::new(40.0, 28.0);
    style.spacing.icon_width = 16.0;
    style.spacing.icon_width_inner = 10.0;
    style.spacing.icon_spacing = 8.0;
    style.spacing.menu_margin = Margin::same(6);
    style.spacing.window_margin = Margin::same(16);
    style.spacing.combo_width = 160.0;
    style.spacing.tooltip_width = 320.0;
    style.spacing.text_edit_width = 320.0;
    style.spacing.scroll.bar_width = 8.0;
    style.spacing.scroll.floating = true;

    let radius = CornerRadius::same(size::RADIUS);
    let v = &mut style.visuals;
    v.dark_mode = t.dark;
    v.override_text_color = None;
    v.weak_text_color = Some(t.text3);
    v.hyperlink_color = t.accent_text;
    v.faint_bg_color = t.bg3;
    v.extreme_bg_color = if t.dark { t.bg0 } else { t.bg2 };
    v.text_edit_bg_color = Some(if t.dark { t.bg0 } else { t.bg2 });
    v.code_bg_color = t.bg3;
    v.warn_fg_color = t.warn;
    v.error_fg_color = t.err;
    v.window_corner_radius = CornerRadius::same(12);
    v.menu_corner_radius = CornerRadius::same(8);
    v.window_shadow = t.floating();
    v.popup_shadow = t.floating();
    v.window_fill = t.bg2;
    v.window_stroke = t.hairline();
    v.panel_fill = t.bg0;
    v.selection.bg_fill = t.selected();
    v.selection.stroke = Stroke::new(1.5, t.accent_text);
    v.striped = false;
    v.indent_has_left_vline = false;
    v.disabled_alpha = 0.55;

    let widgets = &mut v.widgets;
    for state in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        state.corner_radius = radius;
        state.expansion = 0.0;
    }
    widgets.noninteractive.bg_fill = t.bg2;
    widgets.noninteractive.weak_bg_fill = t.bg2;
    widgets.noninteractive.bg_stroke = t.hairline();
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, t.text1);
    widgets.inactive.bg_fill = if t.dark { t.bg0 } else { t.bg2 };
    widgets.inactive.weak_bg_fill = t.bg2;
    widgets.inactive.bg_stroke = Stroke::new(1.0, t.line_strong);
    widgets.inactive.fg_stroke = Stroke::new(1.5, t.text1);
    widgets.hovered.bg_fill = t.hover;
    widgets.hovered.weak_bg_fill = t.hover;
    widgets.hovered.bg_stroke = Stroke::new(1.0, t.text3);
    widgets.hovered.fg_stroke = Stroke::new(1.5, t.text1);
    widgets.active.bg_fill = t.hover;
    widgets.active.weak_bg_fill = t.hover;
    widgets.active.bg_stroke = Stroke::new(1.5, t.accent_text);
    widgets.active.fg_stroke = Stroke::new(1.5, t.text1);
    widgets.open.bg_fill = t.bg3;
    widgets.open.weak_bg_fill = t.bg3;
    widgets.open.bg_stroke = Stroke::new(1.0, t.accent_text);
    widgets.open.fg_stroke = Stroke::new(1.5, t.text1);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Color32) -> f32 {
        let linear = |part: u8| {
            let part = f32::from(part) / 255.0;
            if part <= 0.03928 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    fn contrast(one: Color32, other: Color32) -> f32 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    // WCAG 2.2 §1.4.3 and §1.4.11.
    #[test]
    fn text_and_borders_keep_their_contrast_in_both_themes() {
        for t in [&*DARK, &*LIGHT] {
            for ground in [t.bg0, t.bg1, t.bg2, t.bg3] {
                assert!(contrast(t.text1, ground) >= 9.5);
                assert!(contrast(t.text2, ground) >= 7.0);
                assert!(contrast(t.text3, ground) >= 4.5);
                assert!(contrast(t.accent_text, ground) >= 4.5);
            }
            for ground in [t.bg1, t.bg2] {
                assert!(contrast(t.line_strong, ground) >= 3.0);
                assert!(contrast(t.disabled, ground) >= 3.0);
            }
            for badge in [t.ok, t.warn, t.err, t.info, t.violet, t.orange, t.gray] {
                assert!(contrast(badge, t.bg2) >= 4.5);
                assert!(
                    contrast(badge, t.tint(badge)) >= 4.5,
                    "{badge:?} on its tint, dark {}",
                    t.dark
                );
            }
            for fill in [
                t.accent_fill,
                t.accent_hover,
                t.danger_fill,
                t.danger_hover,
                t.env_local,
                t.env_dev,
                t.env_stage,
                t.env_prod,
            ] {
                assert!(contrast(t.on_accent, fill) >= 4.5, "{fill:?}");
            }
            assert!(contrast(t.text1, t.selected()) >= 7.0);
        }
    }
}
