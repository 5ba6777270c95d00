//! Form fields: label above, control, help or error below.

use egui::{CornerRadius, Margin, Response, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, Vec2, WidgetInfo};

use super::{focus_ring, icon_sized, paint_icon_sized, permanent};
use crate::console::theme::{self, Icon, size};
use crate::wire::{Service, model};

/// What stands around a control.
#[derive(Clone, Copy, Debug, Default)]
pub struct Field<'a> {
    label: &'a str,
    help: &'a str,
    error: Option<&'a str>,
    placeholder: &'a str,
    most_chars: Option<usize>,
    was: Option<&'a str>,
    changed: bool,
    permanent: bool,
    optional: bool,
    mono: bool,
    member: &'a str,
    width: Option<f32>,
}

impl<'a> Field<'a> {
    /// A field called `label`.
    pub fn new(label: &'a str) -> Self {
        Self {
            label,
            ..Self::default()
        }
    }

    /// A sentence under the control.
    pub fn help(mut self, help: &'a str) -> Self {
        self.help = help;
        self
    }

    /// What is wrong and how to mend it; shown instead of the help.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// An example inside the empty control.
    pub fn placeholder(mut self, placeholder: &'a str) -> Self {
        self.placeholder = placeholder;
        self
    }

    /// The most characters; shows a counter and stops typing there.
    pub fn most_chars(mut self, most: usize) -> Self {
        self.most_chars = Some(most);
        self
    }

    /// Takes the most characters from the service model: of `member` of `shape`, which is a
    /// shape's name or an operation's.
    pub fn limited_by(mut self, shape: &str, member: &str) -> Self {
        let limits = model::limits(Service::Idp, shape, member);
        debug_assert!(limits.is_some(), "{shape}.{member} is not in the service model");
        let most = limits.and_then(|limits| limits.max);
        self.most_chars = most.and_then(|most| usize::try_from(most).ok());
        self
    }

    /// Marks the field as edited.
    pub fn changed(mut self, changed: bool) -> Self {
        self.changed = changed;
        self
    }

    /// The stored value, shown under an edited field.
    pub fn was(mut self, was: &'a str) -> Self {
        self.was = Some(was);
        self
    }

    /// Marks what can only be chosen at creation.
    pub fn permanent(mut self) -> Self {
        self.permanent = true;
        self
    }

    /// Says that the field may stay empty.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Uses the code font.
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    /// The member of the API it edits, in the label's tooltip.
    pub fn member(mut self, member: &'a str) -> Self {
        self.member = member;
        self
    }

    /// The width of the control; as wide as there is room when not given.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    fn head(&self, ui: &mut Ui) -> Response {
        let t = theme::tokens(ui);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            if self.changed {
                let (rect, dot) = ui.allocate_exact_size(Vec2::new(6.0, 16.0), Sense::hover());
                ui.painter().circle_filled(rect.center(), 3.0, t.accent_text);
                dot.on_hover_text("Edited, not yet applied");
            }
            let label = ui.label(t.label(self.label));
            let label = if self.member.is_empty() {
                label
            } else {
                label.on_hover_text(self.member)
            };
            if self.optional {
                ui.label(t.hint("optional"));
            }
            if self.permanent {
                permanent(ui);
            }
            label
        })
        .inner
    }

    fn foot(&self, ui: &mut Ui, count: Option<usize>) {
        let t = theme::tokens(ui);
        let counter = match (count, self.most_chars) {
            (Some(count), Some(most)) if count * 10 >= most * 7 => Some((count, most)),
            _ => None,
        };
        let was = if self.changed { self.was } else { None };
        if self.error.is_none() && self.help.is_empty() && counter.is_none() && was.is_none() {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = Vec2::new(6.0, 2.0);
            if let Some(error) = self.error {
                icon_sized(ui, Icon::CircleAlert, 13.0, t.err);
                ui.label(t.hint(error).color(t.err));
            } else if !self.help.is_empty() {
                ui.label(t.hint(self.help));
            }
            if let Some(was) = was {
                ui.label(
                    t.hint(format!("was: {}", if was.is_empty() { "empty" } else { was }))
                        .color(t.accent_text),
                );
            }
            if let Some((count, most)) = counter {
                let colour = if count > most { t.err } else { t.text3 };
                ui.label(t.hint(format!("{count} of {most}")).color(colour));
            }
        });
    }

    fn around(
        &self,
        ui: &mut Ui,
        count: Option<usize>,
        control: impl FnOnce(&mut Ui) -> Response,
    ) -> Response {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            let label = self.head(ui);
            let response = control(ui).labelled_by(label.id);
            self.foot(ui, count);
            response
        })
        .inner
    }

    fn edit<'t>(&self, ui: &Ui, value: &'t mut String) -> TextEdit<'t> {
        let t = theme::tokens(ui);
        let width = self.width.unwrap_or(f32::INFINITY).min(ui.available_width());
        let font = if self.mono {
            theme::mono(theme::text::CODE)
        } else {
            theme::body(theme::text::BODY)
        };
        let mut edit = TextEdit::singleline(value)
            .font(font)
            .text_color(t.text1)
            .align(egui::Align2::LEFT_CENTER)
            .margin(Margin::symmetric(10, 7))
            .desired_width(width)
            .min_size(Vec2::new(0.0, size::CONTROL));
        if !self.placeholder.is_empty() {
            edit = edit.hint_text(egui::RichText::new(self.placeholder).color(t.disabled));
        }
        if let Some(most) = self.most_chars {
            edit = edit.char_limit(most);
        }
        edit
    }
}

/// A line of text.
pub fn text(ui: &mut Ui, value: &mut String, field: Field<'_>) -> Response {
    let count = value.chars().count();
    field.around(ui, Some(count), |ui| {
        let response = {
            let edit = field.edit(ui, value);
            ui.add(edit)
        };
        if field.error.is_some() {
            mark_wrong(ui, &response);
        }
        response
    })
}

/// Several lines of text.
pub fn text_area(ui: &mut Ui, value: &mut String, rows: usize, field: Field<'_>) -> Response {
    let count = value.chars().count();
    field.around(ui, Some(count), |ui| {
        let t = theme::tokens(ui);
        let font = if field.mono {
            theme::mono(theme::text::CODE)
        } else {
            theme::body(theme::text::BODY)
        };
        let width = field.width.unwrap_or(f32::INFINITY).min(ui.available_width());
        let mut edit = TextEdit::multiline(value)
            .font(font)
            .text_color(t.text1)
            .margin(Margin::symmetric(10, 7))
            .desired_rows(rows)
            .desired_width(width);
        if !field.placeholder.is_empty() {
            edit = edit.hint_text(egui::RichText::new(field.placeholder).color(t.disabled));
        }
        let response = ui.add(edit);
        if field.error.is_some() {
            mark_wrong(ui, &response);
        }
        response
    })
}

/// A secret, hidden until its eye is pressed.
pub fn password(ui: &mut Ui, value: &mut crate::base::secret::Secret, field: Field<'_>) -> Response {
    field.around(ui, None, |ui| {
        ui.horizontal(|ui| {
            let state = ui.scope_id().with(("eye", field.label));
            let mut seen = ui.data(|data| data.get_temp::<bool>(state).unwrap_or(false));
            let width = field.width.unwrap_or(f32::INFINITY).min(ui.available_width()) - 40.0;
            let response = {
                let narrow = field.width(width);
                let edit = narrow.edit(ui, value.expose_mut()).password(!seen);
                ui.add(edit)
            };
            if field.error.is_some() {
                mark_wrong(ui, &response);
            }
            let (sign, name) = if seen {
                (Icon::EyeOff, "Hide")
            } else {
                (Icon::Eye, "Show")
            };
            let name = format!("{name} {}", field.label);
            if ui.add(super::IconButton::new(sign, &name)).clicked() {
                seen = !seen;
                ui.data_mut(|data| data.insert_temp(state, seen));
            }
            response
        })
        .inner
    })
}

/// A whole number in a range, with its unit behind it.
pub fn whole_number(
    ui: &mut Ui,
    value: &mut i32,
    range: std::ops::RangeInclusive<i32>,
    unit: &str,
    field: Field<'_>,
) -> Response {
    field.around(ui, None, |ui| {
        let suffix = if unit.is_empty() {
            String::new()
        } else {
            format!(" {unit}")
        };
        let drag = egui::DragValue::new(value)
            .range(range)
            .clamp_existing_to_range(false)
            .suffix(suffix)
            .speed(0.2);
        ui.add_sized(Vec2::new(field.width.unwrap_or(140.0), size::CONTROL), drag)
    })
}

/// One of several values, from a list that opens.
pub fn choice<V: Clone + PartialEq>(
    ui: &mut Ui,
    value: &mut V,
    options: &[(V, String)],
    field: Field<'_>,
) -> Response {
    field.around(ui, None, |ui| {
        let shown = options
            .iter()
            .find(|(option, _)| option == value)
            .map_or_else(|| "—".to_owned(), |(_, name)| name.clone());
        let width = field.width.unwrap_or(280.0).min(ui.available_width());
        ui.scope(|ui| {
            ui.spacing_mut().interact_size.y = size::CONTROL;
            let mut changed = false;
            let mut response = egui::ComboBox::from_id_salt(field.label)
                .width(width)
                .truncate()
                .selected_text(shown)
                .icon(|ui, rect, _, _| {
                    let t = theme::tokens(ui);
                    paint_icon_sized(ui, Icon::ChevronDown, rect.center(), 14.0, t.text3);
                })
                .show_ui(ui, |ui| {
                    for (option, name) in options {
                        changed |= ui
                            .selectable_value(value, option.clone(), name.as_str())
                            .changed();
                    }
                })
                .response;
            if changed {
                response.mark_changed();
            }
            response
        })
        .inner
    })
}

/// A box to tick, with a sentence of help under its word.
pub fn check(ui: &mut Ui, value: &mut bool, label: &str, help: &str) -> Response {
    boxed(ui, label, help, |ui, label| ui.checkbox(value, label))
}

/// A box to tick that adds a value to a list or takes it away. An empty list is absent.
pub fn check_member<V: Clone + PartialEq>(
    ui: &mut Ui,
    list: &mut Option<Vec<V>>,
    value: &V,
    label: &str,
    help: &str,
) -> Response {
    let mut ticked = list.as_ref().is_some_and(|list| list.contains(value));
    let response = check(ui, &mut ticked, label, help);
    if response.changed() {
        let mut values = list.take().unwrap_or_default();
        values.retain(|present| present != value);
        if ticked {
            values.push(value.clone());
        }
        *list = (!values.is_empty()).then_some(values);
    }
    response
}

/// A list of lines, one field each, with a button to add another. An empty list is absent.
pub fn text_list(
    ui: &mut Ui,
    list: &mut Option<Vec<String>>,
    most: usize,
    field: Field<'_>,
    mut wrong: impl FnMut(&str) -> Option<String>,
) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        field.head(ui);
        let mut values = list.clone().unwrap_or_default();
        let before = values.clone();
        let mut gone = None;
        for (index, value) in values.iter_mut().enumerate() {
            ui.horizontal(|ui| {
                let name = format!("{} {}", field.label, index + 1);
                let line = Field {
                    help: "",
                    error: None,
                    width: Some(ui.available_width() - 40.0),
                    ..field
                };
                let response = {
                    let edit = line.edit(ui, value);
                    ui.add(edit)
                }
                .accessible_name(&name);
                let remove = format!("Remove {name}");
                if ui.add(super::IconButton::new(Icon::X, &remove)).clicked() {
                    gone = Some(index);
                }
                if !value.is_empty() && wrong(value).is_some() {
                    mark_wrong(ui, &response);
                }
            });
            if let Some(reason) = Some(&*value)
                .filter(|value| !value.is_empty())
                .and_then(|value| wrong(value))
            {
                let t = theme::tokens(ui);
                ui.horizontal(|ui| {
                    icon_sized(ui, Icon::CircleAlert, 13.0, t.err);
                    ui.label(t.hint(reason).color(t.err));
                });
            }
        }
        if let Some(gone) = gone {
            values.remove(gone);
        }
        field.foot(ui, None);
        let mut letters = field.label.trim_end_matches('s').chars();
        let first = letters.next().map(|first| first.to_lowercase().to_string());
        let add = format!("Add {}{}", first.unwrap_or_default(), letters.as_str());
        let add = ui.add_enabled(
            values.len() < most,
            super::Button::new(&add).icon(Icon::Plus).small(),
        );
        if add.clicked() {
            values.push(String::new());
        }
        if values != before {
            *list = (!values.is_empty()).then_some(values);
        }
    });
}

/// One of several ways, with a sentence of help under its word.
pub fn radio<V: PartialEq>(ui: &mut Ui, value: &mut V, option: V, label: &str, help: &str) -> Response {
    boxed(ui, label, help, |ui, label| ui.radio_value(value, option, label))
}

fn boxed(
    ui: &mut Ui,
    label: &str,
    help: &str,
    control: impl FnOnce(&mut Ui, egui::RichText) -> Response,
) -> Response {
    let t = theme::tokens(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.spacing_mut().interact_size.y = 24.0;
        let word = egui::RichText::new(label)
            .font(theme::body(theme::text::BODY))
            .color(t.text1);
        let response = control(ui, word);
        if !help.is_empty() {
            ui.horizontal(|ui| {
                ui.add_space(24.0);
                ui.add(egui::Label::new(t.hint(help)).wrap());
            });
        }
        response
    })
    .inner
}

/// A switch with its word and help at the left.
pub fn toggle(ui: &mut Ui, value: &mut bool, label: &str, help: &str, changed: bool) -> Response {
    const TRACK: Vec2 = Vec2::new(34.0, 20.0);
    let t = theme::tokens(ui);
    ui.horizontal(|ui| {
        let (rect, mut response) = ui.allocate_exact_size(TRACK, Sense::click());
        if response.clicked() {
            *value = !*value;
            response.mark_changed();
        }
        let (enabled, on, name) = (ui.is_enabled(), *value, label.to_owned());
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, on, &name));
        let how = ui.ctx().animate_bool(response.id, *value);
        let track = theme::mix(t.line_strong, t.accent_fill, how);
        ui.painter().rect_filled(rect, CornerRadius::same(10), track);
        let x = egui::lerp(rect.left() + 10.0..=rect.right() - 10.0, how);
        ui.painter()
            .circle_filled(egui::pos2(x, rect.center().y), 7.0, t.on_accent);
        focus_ring(ui, &response, rect, 10);
        ui.add_space(2.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.horizontal(|ui| {
                ui.label(t.body(label));
                if changed {
                    let (rect, dot) = ui.allocate_exact_size(Vec2::new(6.0, 16.0), Sense::hover());
                    ui.painter().circle_filled(rect.center(), 3.0, t.accent_text);
                    dot.on_hover_text("Edited, not yet applied");
                }
            });
            if !help.is_empty() {
                ui.add(egui::Label::new(t.hint(help)).wrap());
            }
        });
        response
    })
    .inner
}

/// A label above any control; the control is named by it.
pub fn labelled(ui: &mut Ui, field: Field<'_>, control: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 5.0;
        let label = field.head(ui);
        ui.label_inputs_by(label.id, control);
        field.foot(ui, None);
    });
}

/// A search box: a lens, and a cross once something is typed.
pub fn search(ui: &mut Ui, value: &mut String, name: &str, width: f32) -> Response {
    let t = theme::tokens(ui);
    let edit = TextEdit::singleline(value)
        .font(theme::body(theme::text::BODY))
        .text_color(t.text1)
        .align(egui::Align2::LEFT_CENTER)
        .hint_text(egui::RichText::new(name).color(t.text3))
        .margin(Margin {
            left: 32,
            right: 10,
            top: 6,
            bottom: 6,
        })
        .desired_width(width)
        .min_size(Vec2::new(0.0, size::CONTROL));
    let response = ui.add(edit).accessible_name(name);
    let at = egui::pos2(response.rect.left() + 18.0, response.rect.center().y);
    paint_icon_sized(ui, Icon::Search, at, 15.0, t.text3);
    response
}

fn mark_wrong(ui: &Ui, response: &Response) {
    let t = theme::tokens(ui);
    ui.painter().rect_stroke(
        response.rect,
        CornerRadius::same(size::RADIUS),
        Stroke::new(1.5, t.err),
        StrokeKind::Inside,
    );
}
