//! Dialogs: a title that names the deed, a body that names the effect, and a button that
//! repeats the verb. Escape cancels, but asks before it throws away what was typed. What
//! cannot be undone asks for its name in letters.

use egui::text::LayoutJob;
use egui::{CornerRadius, Frame, Id, Margin, Ui};
use serde_json::Value;

use super::{Button, Field, Kind, text};
use crate::console::draft::Change;
use crate::console::theme;

/// How a dialog ended this frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is still open.
    Open,
    /// Escape, the backdrop, or the safe button.
    Cancelled,
    /// The button with the verb.
    Confirmed,
}

/// A dialog in the middle of the window.
#[must_use = "show it"]
pub struct Dialog<'a> {
    title: &'a str,
    width: f32,
    verb: &'a str,
    kind: Kind,
    ready: bool,
    busy: bool,
    /// Whether something was typed that Escape may not throw away unasked.
    touched: bool,
    /// What the safe button says; `None` leaves it out.
    cancel: Option<&'a str>,
}

impl<'a> Dialog<'a> {
    /// A dialog whose title names the deed and whose button says `verb`.
    pub fn new(title: &'a str, verb: &'a str) -> Self {
        Self {
            title,
            width: 560.0,
            verb,
            kind: Kind::Primary,
            ready: true,
            busy: false,
            touched: false,
            cancel: Some("Cancel"),
        }
    }

    /// 440 for a confirmation, 560 for a form, 760 for a comparison.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// Makes the button red.
    pub fn danger(mut self) -> Self {
        self.kind = Kind::Danger;
        self
    }

    /// Whether the button can be pressed.
    pub fn ready(mut self, ready: bool) -> Self {
        self.ready = ready;
        self
    }

    /// Whether what the button started is still going on.
    pub fn busy(mut self, busy: bool) -> Self {
        self.busy = busy;
        self
    }

    /// Whether something was typed: Escape and the backdrop then ask before they throw it
    /// away. The safe button does not ask.
    pub fn keeps(mut self, touched: bool) -> Self {
        self.touched = touched;
        self
    }

    /// What the safe button says.
    pub fn cancel(mut self, cancel: &'a str) -> Self {
        self.cancel = Some(cancel);
        self
    }

    /// Leaves the safe button out, where there is nothing to decide.
    pub fn only_verb(mut self) -> Self {
        self.cancel = None;
        self
    }

    /// Draws it. The contents scroll when they are long.
    pub fn show(self, ctx: &egui::Context, contents: impl FnOnce(&mut Ui)) -> Answer {
        let t = theme::tokens_of(ctx);
        let mut answer = Answer::Open;
        let id = Id::unique(("dialog", self.title));
        let asked = id.with("asked");
        let is_asking = self.touched && ctx.data(|data| data.get_temp(asked).unwrap_or(false));
        let mut asks = is_asking;
        let frame = Frame::NONE
            .fill(t.bg2)
            .stroke(t.hairline())
            .corner_radius(CornerRadius::same(12))
            .shadow(t.floating());
        let veil = egui::Color32::BLACK.gamma_multiply(if t.dark { 0.6 } else { 0.35 });
        let shown = egui::Modal::new(id)
            .frame(frame)
            .backdrop_color(veil)
            .show(ctx, |ui| {
                let title = self.title.to_owned();
                ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
                    node.set_role(egui::accesskit::Role::Dialog);
                    node.set_label(title);
                });
                let width = self.width.min(ui.ctx().content_rect().width() - 48.0);
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = 0.0;
                Frame::NONE
                    .inner_margin(Margin {
                        left: 20,
                        right: 20,
                        top: 16,
                        bottom: 12,
                    })
                    .show(ui, |ui| {
                        // A name may have hundreds of letters; the pointer shows all of them.
                        let font = theme::semibold(17.0);
                        let mut title = LayoutJob::simple(self.title.to_owned(), font, t.text1, width);
                        title.wrap.max_rows = 2;
                        title.wrap.break_anywhere = has_long_word(self.title);
                        ui.add(egui::Label::new(title).wrap())
                    });
                let room = ui.ctx().content_rect().height() - 156.0;
                egui::ScrollArea::vertical()
                    .max_height(room.max(120.0))
                    .show(ui, |ui| {
                        Frame::NONE
                            .inner_margin(Margin {
                                left: 20,
                                right: 20,
                                top: 2,
                                bottom: 18,
                            })
                            .show(ui, |ui| {
                                ui.set_width(ui.available_width());
                                ui.spacing_mut().item_spacing.y = 12.0;
                                contents(ui);
                            });
                    });
                super::hairline(ui);
                Frame::NONE
                    .inner_margin(Margin::symmetric(20, 12))
                    .show(ui, |ui| {
                        ui.spacing_mut().item_spacing.x = 8.0;
                        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                            if is_asking {
                                match question(ui) {
                                    Answer::Open => {}
                                    Answer::Cancelled => asks = false,
                                    Answer::Confirmed => answer = Answer::Cancelled,
                                }
                                return;
                            }
                            ui.add_enabled_ui(self.ready, |ui| {
                                if ui
                                    .add(Button::new(self.verb).kind(self.kind).busy(self.busy))
                                    .clicked()
                                {
                                    answer = Answer::Confirmed;
                                }
                            });
                            let Some(cancel) = self.cancel else { return };
                            let safe = ui.add(Button::new(cancel));
                            if safe.clicked() {
                                answer = Answer::Cancelled;
                            }
                            // The safe button has the focus where the deed is grave.
                            if self.kind == Kind::Danger && ui.memory(|memory| memory.focused().is_none()) {
                                safe.request_focus();
                            }
                        });
                    });
            });
        if answer == Answer::Open && shown.should_close() && !self.busy {
            if self.touched {
                // Escape takes the question back, too.
                asks = !is_asking;
            } else {
                answer = Answer::Cancelled;
            }
        }
        let asks = asks && answer == Answer::Open;
        if asks != is_asking {
            ctx.data_mut(|data| data.insert_temp(asked, asks));
            ctx.request_repaint();
        }
        answer
    }
}

/// Tells whether a text has a word that no line holds, which is broken where the line ends.
fn has_long_word(text: &str) -> bool {
    text.split(char::is_whitespace)
        .any(|word| word.chars().count() > LONGEST_IN_LABEL)
}

/// Asks in the place of the buttons whether what was typed shall go.
fn question(ui: &mut Ui) -> Answer {
    let t = theme::tokens(ui);
    let mut answer = Answer::Open;
    if ui.add(Button::new("Throw away").kind(Kind::Danger)).clicked() {
        answer = Answer::Confirmed;
    }
    let keep = ui.add(Button::new("Keep editing"));
    if keep.clicked() {
        answer = Answer::Cancelled;
    }
    if ui.memory(|memory| memory.focused().is_none()) {
        keep.request_focus();
    }
    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
        let words = t.strong("Throw away what was typed?");
        ui.add(egui::Label::new(words).truncate());
    });
    answer
}

/// Letters of a name that stand in the label; a longer name has lines of its own.
const LONGEST_IN_LABEL: usize = 36;

/// A dialog that asks for a name in letters before it lets something be destroyed.
#[derive(Clone, Debug, Default)]
pub struct TypedConfirmation {
    typed: String,
}

impl TypedConfirmation {
    /// Draws it: `title` names the deed, `effect` what happens, `name` what must be typed.
    pub fn show(
        &mut self,
        ctx: &egui::Context,
        title: &str,
        verb: &str,
        effect: &str,
        name: &str,
        busy: bool,
    ) -> Answer {
        let ready = self.typed == name;
        let dialog = Dialog::new(title, verb)
            .width(440.0)
            .danger()
            .ready(ready)
            .busy(busy);
        dialog.show(ctx, |ui| {
            let t = theme::tokens(ui);
            ui.add(egui::Label::new(t.body(effect)).wrap());
            let label = if name.chars().count() > LONGEST_IN_LABEL {
                let font = theme::mono(12.5);
                let mut whole = LayoutJob::simple(name.to_owned(), font, t.text1, 0.0);
                whole.wrap.break_anywhere = true;
                ui.add(egui::Label::new(whole).wrap());
                "Type this name to confirm".to_owned()
            } else {
                format!("Type {name} to confirm")
            };
            // No example inside: it would look like the name was typed already.
            text(ui, &mut self.typed, Field::new(&label));
        })
    }
}

/// Draws what differs: the member, the stored value, the edited value.
pub fn diff(ui: &mut Ui, changes: &[Change]) {
    let t = theme::tokens(ui);
    egui::Grid::new(ui.scope_id().with("diff"))
        .num_columns(2)
        .spacing(egui::vec2(16.0, 8.0))
        .min_col_width(120.0)
        .show(ui, |ui| {
            for change in changes {
                ui.scope(|ui| {
                    ui.set_max_width(300.0);
                    ui.add(egui::Label::new(t.code(change.name()).color(t.text1)).wrap());
                });
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    match (&change.saved, &change.edited) {
                        (Some(Value::Array(saved)), Some(Value::Array(edited))) => {
                            for gone in saved.iter().filter(|value| !edited.contains(value)) {
                                ui.label(t.code(format!("− {}", plain(gone))).color(t.err));
                            }
                            for new in edited.iter().filter(|value| !saved.contains(value)) {
                                ui.label(t.code(format!("+ {}", plain(new))).color(t.ok));
                            }
                            if saved.len() == edited.len() && saved.iter().all(|value| edited.contains(value))
                            {
                                ui.label(t.hint("in another order"));
                            }
                        }
                        (saved, edited) => {
                            ui.horizontal_wrapped(|ui| {
                                let of = |value: &Option<Value>| {
                                    value.as_ref().map_or_else(|| "not set".to_owned(), plain)
                                };
                                ui.label(t.code(of(saved)).color(t.text3).strikethrough());
                                super::icon_sized(ui, theme::Icon::ArrowRight, 13.0, t.text3);
                                ui.label(t.code(of(edited)).color(t.text1));
                            });
                        }
                    }
                });
                ui.end_row();
            }
        });
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}
