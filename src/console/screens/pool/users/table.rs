//! The table of users: drawn from the local index, sorted and marked without touching rows that are not seen.

use std::collections::HashSet;
use std::sync::Arc;

use egui::{Align, Key, Layout, Sense, Ui, Vec2};
use egui_extras::{Column, TableBuilder};

use super::status::{disabled_badge, status_badge};
use crate::base::clock::UnixMillis;
use crate::console::jobs::user_index::{Found, SortBy, UserIndex, UserRow};
use crate::console::theme::{self, Icon, size};
use crate::console::widgets;
use crate::wire::Timestamp;

/// What the table keeps between frames. Places are those of the index, which never move.
#[derive(Default)]
pub struct UserTable {
    /// The row under the keyboard's cursor, by its position in the answer.
    pub cursor: Option<usize>,
    /// Marked users by their place in the index.
    pub marked: HashSet<u32>,
    /// Where a range of marks begins.
    anchor: Option<usize>,
    scroll: bool,
}

/// What happened in a frame.
#[derive(Default)]
pub struct Outcome {
    /// The user to open, by place.
    pub opened: Option<u32>,
    /// A head was clicked.
    pub sort: Option<SortBy>,
}

const HEADS: [(&str, SortBy); 6] = [
    ("Username", SortBy::Username),
    ("Name", SortBy::Name),
    ("Email", SortBy::Email),
    ("Status", SortBy::Status),
    ("Created", SortBy::Created),
    ("Changed", SortBy::Modified),
];

/// How many columns there is room for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Room {
    /// The smallest window, or large letters.
    Little,
    Usual,
    Much,
}

impl Room {
    fn of(width: f32) -> Self {
        match width {
            ..900.0 => Self::Little,
            ..=1180.0 => Self::Usual,
            _ => Self::Much,
        }
    }

    /// The width of a column in points; 0 is what remains, `None` leaves it out.
    fn width(self, column: SortBy) -> Option<f32> {
        let of = |little: Option<f32>, usual: Option<f32>, much: f32| match self {
            Self::Little => little,
            Self::Usual => usual,
            Self::Much => Some(much),
        };
        match column {
            SortBy::Username => Some(0.0),
            SortBy::Name => of(None, Some(150.0), 220.0),
            SortBy::Email => of(Some(224.0), Some(280.0), 300.0),
            // A badge for the status, and one for a user who is disabled.
            SortBy::Status => of(Some(202.0), Some(250.0), 270.0),
            SortBy::Created => of(Some(106.0), Some(110.0), 110.0),
            SortBy::Modified => of(None, None, 110.0),
            SortBy::Listed => None,
        }
    }
}

impl UserTable {
    /// Draws the table. Only rows in sight are laid out; the index is locked for one row at a time.
    pub fn show(&mut self, ui: &mut Ui, index: &UserIndex, found: &Arc<Found>, now: UnixMillis) -> Outcome {
        let mut outcome = Outcome::default();
        let rows = found.rows.len();
        self.keyboard(ui, found, &mut outcome);
        let room = Room::of(ui.available_width());
        ui.scope(|ui| {
            let t = theme::tokens(ui);
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            ui.visuals_mut().selection.bg_fill = t.selected();
            ui.visuals_mut().widgets.hovered.bg_fill = t.bg3;
            let heads: Vec<_> = HEADS.iter().filter(|head| room.width(head.1).is_some()).collect();
            let mut table = TableBuilder::new(ui)
                .id_salt("users")
                .sense(Sense::click())
                .resizable(false)
                .auto_shrink([false, false])
                .cell_layout(Layout::left_to_right(Align::Center))
                .column(Column::exact(40.0));
            for (_, sort) in &heads {
                table = table.column(match room.width(*sort) {
                    Some(width) if width > 0.0 => Column::exact(width).clip(true),
                    _ => Column::remainder().at_least(120.0).clip(true),
                });
            }
            if self.scroll
                && let Some(cursor) = self.cursor
            {
                table = table.scroll_to_row(cursor, None);
                self.scroll = false;
            }
            table
                .header(size::ROW_HEAD, |mut head| {
                    head.col(|ui| {
                        let mut all = rows > 0 && self.marked.len() >= rows;
                        ui.add_space(12.0);
                        if ui
                            .checkbox(&mut all, "")
                            .accessible_name("Mark all users")
                            .changed()
                        {
                            self.marked.clear();
                            if all {
                                self.marked.extend(found.rows.iter().copied());
                            }
                        }
                        underline(ui);
                    });
                    for (word, sort) in &heads {
                        head.col(|ui| {
                            if head_cell(ui, word, found.query.sort == *sort, found.query.descending) {
                                outcome.sort = Some(*sort);
                            }
                            underline(ui);
                        });
                    }
                })
                .body(|body| {
                    body.rows(size::ROW, rows, |mut row| {
                        let at = row.index();
                        let Some(place) = found.rows.get(at).copied() else {
                            return;
                        };
                        let marked = self.marked.contains(&place);
                        row.set_selected(marked || self.cursor == Some(at));
                        let drawn = index.with_row(place, |user| {
                            row.col(|ui| {
                                let mut ticked = marked;
                                ui.add_space(12.0);
                                let tick = ui.checkbox(&mut ticked, "");
                                let tick = tick.accessible_name(format!("Mark {}", user.username));
                                if tick.changed() {
                                    let range = ui.input(|input| input.modifiers.shift);
                                    self.mark(found, at, ticked, range);
                                }
                                underline(ui);
                            });
                            for (_, sort) in &heads {
                                row.col(|ui| {
                                    ui.add_space(12.0);
                                    ui.spacing_mut().item_spacing.x = 6.0;
                                    cell(ui, user, *sort, now);
                                    underline(ui);
                                });
                            }
                            user.username.to_string()
                        });
                        let Some(username) = drawn else { return };
                        let response = row.response();
                        let chosen = self.cursor == Some(at);
                        response.widget_info(|| {
                            egui::WidgetInfo::selected(egui::Role::Button, true, chosen, &username)
                        });
                        if response.clicked() {
                            self.cursor = Some(at);
                            outcome.opened = Some(place);
                        }
                        response.on_hover_cursor(egui::CursorIcon::PointingHand);
                    });
                });
        });
        outcome
    }

    fn mark(&mut self, found: &Found, at: usize, marked: bool, range: bool) {
        let from = if range { self.anchor.unwrap_or(at) } else { at };
        let span = found.rows.get(from.min(at)..=from.max(at)).unwrap_or_default();
        for place in span {
            if marked {
                self.marked.insert(*place);
            } else {
                self.marked.remove(place);
            }
        }
        self.anchor = Some(at);
    }

    /// J and K or the arrows move, X marks, Enter opens, Ctrl+A marks all. Only while nothing else types.
    fn keyboard(&mut self, ui: &Ui, found: &Found, outcome: &mut Outcome) {
        let rows = found.rows.len();
        if rows == 0 {
            self.cursor = None;
            return;
        }
        self.cursor = self.cursor.map(|cursor| cursor.min(rows.saturating_sub(1)));
        if ui.ctx().text_edit_focused() || ui.memory(|memory| memory.top_modal_layer().is_some()) {
            return;
        }
        let focused = ui.memory(|memory| memory.focused().is_some());
        let (mut mark, mut all) = (None, false);
        ui.input(|input| {
            if input.modifiers.command && input.key_pressed(Key::A) {
                all = true;
                return;
            }
            if input.modifiers.ctrl || input.modifiers.alt || input.modifiers.command {
                return;
            }
            let pressed = |key| input.key_pressed(key);
            let page = 20;
            let last = rows.saturating_sub(1);
            let here = self.cursor;
            let moved = if pressed(Key::J) || (!focused && pressed(Key::ArrowDown)) {
                Some(here.map_or(0, |cursor| cursor.saturating_add(1).min(last)))
            } else if pressed(Key::K) || (!focused && pressed(Key::ArrowUp)) {
                Some(here.map_or(0, |cursor| cursor.saturating_sub(1)))
            } else if pressed(Key::PageDown) {
                Some(here.map_or(0, |cursor| cursor.saturating_add(page).min(last)))
            } else if pressed(Key::PageUp) {
                Some(here.map_or(0, |cursor| cursor.saturating_sub(page)))
            } else if !focused && pressed(Key::Home) {
                Some(0)
            } else if !focused && pressed(Key::End) {
                Some(last)
            } else {
                None
            };
            if moved.is_some() {
                self.cursor = moved;
                self.scroll = true;
            }
            if pressed(Key::X) {
                mark = self.cursor.map(|cursor| (cursor, input.modifiers.shift));
            }
            if !focused && pressed(Key::Enter) {
                outcome.opened = self.cursor.and_then(|cursor| found.rows.get(cursor)).copied();
            }
        });
        if let Some((cursor, range)) = mark
            && let Some(place) = found.rows.get(cursor)
        {
            let marked = !self.marked.contains(place);
            self.mark(found, cursor, marked || range, range);
        }
        if all {
            self.marked.extend(found.rows.iter().copied());
        }
    }
}

fn head_cell(ui: &mut Ui, word: &str, sorted: bool, descending: bool) -> bool {
    let t = theme::tokens(ui);
    let rect = ui.available_rect_before_wrap();
    let response = ui.interact(rect, ui.scope_id().with(word), Sense::click());
    response.widget_info(|| {
        let order = match (sorted, descending) {
            (false, _) => "",
            (true, false) => ", sorted ascending",
            (true, true) => ", sorted descending",
        };
        egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Sort by {word}{order}"))
    });
    ui.add_space(12.0);
    ui.spacing_mut().item_spacing.x = 4.0;
    let colour = if sorted || response.hovered() || response.has_focus() {
        t.text1
    } else {
        t.text3
    };
    ui.label(t.caption(word).color(colour));
    if sorted {
        let icon = if descending {
            Icon::ArrowDown
        } else {
            Icon::ArrowUp
        };
        widgets::icon_sized(ui, icon, 12.0, t.text2);
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

fn cell(ui: &mut Ui, user: &UserRow, column: SortBy, now: UnixMillis) {
    let t = theme::tokens(ui);
    match column {
        SortBy::Username => {
            ui.add(
                egui::Label::new(t.strong(&*user.username))
                    .truncate()
                    .selectable(false),
            );
        }
        SortBy::Name => {
            ui.add(
                egui::Label::new(t.body(&*user.name).color(t.text2))
                    .truncate()
                    .selectable(false),
            );
        }
        SortBy::Email => {
            if user.email.is_empty() {
                ui.label(t.hint("—"));
                return;
            }
            let (icon, colour, meaning) = if user.email_verified {
                (Icon::BadgeCheck, t.ok, "Verified")
            } else {
                (Icon::BadgeAlert, t.text3, "Not verified")
            };
            widgets::icon_sized(ui, icon, 14.0, colour).on_hover_text(meaning);
            ui.add(
                egui::Label::new(t.body(&*user.email).color(t.text2))
                    .truncate()
                    .selectable(false),
            );
        }
        SortBy::Status => {
            status_badge(ui, &user.status);
            if !user.enabled {
                disabled_badge(ui);
            }
        }
        SortBy::Created => {
            widgets::ago(ui, now, Some(Timestamp(user.created)));
        }
        SortBy::Modified | SortBy::Listed => {
            widgets::ago(ui, now, Some(Timestamp(user.modified)));
        }
    }
}

fn underline(ui: &Ui) {
    let t = theme::tokens(ui);
    let rect = ui.max_rect();
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, t.hairline());
}
