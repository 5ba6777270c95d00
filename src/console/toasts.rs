//! Short messages in the corner, read aloud by screen readers.

use std::collections::VecDeque;

use egui::{Align2, Area, CornerRadius, Frame, Id, Margin, Order};

use super::command::{Command, Toast, Tone};
use super::theme::{self, Icon};
use super::widgets::{IconButton, icon};
use crate::base::clock::UnixMillis;

/// The messages on screen, and those that were.
#[derive(Default)]
pub struct Toasts {
    shown: VecDeque<Shown>,
    /// Everything said so far, the latest last.
    pub history: Vec<(UnixMillis, Toast)>,
    next: u64,
}

struct Shown {
    number: u64,
    toast: Toast,
    times: u32,
    at: UnixMillis,
}

impl Toasts {
    /// Shows a message. The same message again counts up instead of stacking.
    pub fn push(&mut self, toast: Toast, now: UnixMillis) {
        const MOST_SHOWN: usize = 5;
        const MOST_KEPT: usize = 200;
        self.history.push((now, toast.clone()));
        if self.history.len() > MOST_KEPT {
            self.history.remove(0);
        }
        if let Some(same) = self.shown.iter_mut().find(|shown| shown.toast == toast) {
            same.times += 1;
            same.at = now;
            return;
        }
        self.next += 1;
        self.shown.push_back(Shown {
            number: self.next,
            toast,
            times: 1,
            at: now,
        });
        if self.shown.len() > MOST_SHOWN {
            self.shown.pop_front();
        }
    }

    /// Takes errors away that were said of another screen; the list of what was said keeps them.
    pub fn leave_screen(&mut self) {
        self.shown.retain(|shown| shown.toast.tone != Tone::Error);
    }

    /// Draws the messages. Errors stay until they are closed, others five seconds.
    pub fn show(&mut self, ctx: &egui::Context, now: UnixMillis, above: f32, commands: &mut Vec<Command>) {
        const STAY_MILLIS: i64 = 5000;
        self.shown
            .retain(|shown| shown.toast.tone == Tone::Error || now.since(shown.at) < STAY_MILLIS);
        if self.shown.iter().any(|shown| shown.toast.tone != Tone::Error) {
            ctx.request_repaint_after(std::time::Duration::from_millis(500));
        }
        let mut bottom = above + 12.0;
        let mut closed = None;
        for shown in self.shown.iter().rev() {
            let area = Area::new(Id::unique(("toast", shown.number)))
                .order(Order::Foreground)
                // In the middle: what goes on is at the right of a foot, what goes back at its left.
                .anchor(Align2::CENTER_BOTTOM, [0.0, -bottom])
                .show(ctx, |ui| draw(ui, shown, commands, &mut closed));
            bottom += area.response.rect.height() + 8.0;
        }
        if let Some(number) = closed {
            self.shown.retain(|shown| shown.number != number);
        }
    }
}

fn draw(ui: &mut egui::Ui, shown: &Shown, commands: &mut Vec<Command>, closed: &mut Option<u64>) {
    let t = theme::tokens(ui);
    let (colour, sign, role) = match shown.toast.tone {
        Tone::Ok => (t.ok, Icon::CircleCheck, egui::accesskit::Role::Status),
        Tone::Info => (t.info, Icon::Info, egui::accesskit::Role::Status),
        Tone::Warning => (t.warn, Icon::TriangleAlert, egui::accesskit::Role::Alert),
        Tone::Error => (t.err, Icon::CircleX, egui::accesskit::Role::Alert),
    };
    let title = shown.toast.title.clone();
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(role);
        node.set_label(title);
        node.set_live(egui::accesskit::Live::Polite);
    });
    Frame::NONE
        .fill(t.bg2)
        .stroke(egui::Stroke::new(1.0, theme::mix(t.line, colour, 0.45)))
        .corner_radius(CornerRadius::same(8))
        .shadow(t.floating())
        .inner_margin(Margin::symmetric(12, 10))
        .show(ui, |ui| {
            ui.set_width(380.0);
            ui.horizontal_top(|ui| {
                // As high as the buttons at the right, so that one line stands in their middle.
                ui.vertical(|ui| {
                    ui.add_space(3.0);
                    icon(ui, sign, colour);
                });
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
                    if ui
                        .add(IconButton::new(Icon::X, "Close message").small())
                        .clicked()
                    {
                        *closed = Some(shown.number);
                    }
                    if let Some(detail) = &shown.toast.detail
                        && ui
                            .add(IconButton::new(Icon::Copy, "Copy details").small())
                            .clicked()
                    {
                        let text = format!("{}\n{detail}", shown.toast.title);
                        commands.push(Command::Copy {
                            what: "Details".to_owned(),
                            text,
                        });
                    }
                    ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                        ui.spacing_mut().item_spacing.y = 2.0;
                        ui.add_space(2.0);
                        let mut title = shown.toast.title.clone();
                        if shown.times > 1 {
                            title.push_str(&format!(" ({} times)", shown.times));
                        }
                        ui.add(egui::Label::new(t.strong(title)).wrap());
                        if let Some(detail) = &shown.toast.detail {
                            ui.add(egui::Label::new(t.hint(detail)).wrap());
                        }
                    });
                });
            });
        });
}
