//! Tables: a head that stays, rows that are only drawn when seen, a cursor the keyboard
//! moves, marks beside rows, accessible names.

use std::collections::BTreeSet;

use egui::{Align, Key, Layout, Sense, Ui, Vec2};
use egui_extras::{Column, TableBuilder};

use crate::console::theme::{self, size};

/// What a table keeps between frames. Rows are known by a key, not by their position.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The row under the keyboard's cursor.
    pub cursor: Option<usize>,
    /// The marked rows.
    pub marked: BTreeSet<String>,
    scroll_to_cursor: bool,
}

/// What happened to a table in a frame.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// The row that was clicked, or entered with the keyboard.
    pub opened: Option<usize>,
    /// The row whose context menu is asked for.
    pub secondary: Option<usize>,
}

/// A column: its head and how wide it is.
pub type Head<'a> = (&'a str, Column);

impl Listing {
    /// Draws a table.
    ///
    /// `name` is its accessible name, `key` names a row, `row_name` is what a screen reader
    /// calls it, `cell` draws a column of a row. With `marks` a box stands before each row.
    #[allow(clippy::too_many_arguments)]
    pub fn show(
        &mut self,
        ui: &mut Ui,
        name: &str,
        heads: &[Head<'_>],
        rows: usize,
        marks: bool,
        key: impl Fn(usize) -> String,
        row_name: impl Fn(usize) -> String,
        mut cell: impl FnMut(&mut Ui, usize, usize),
    ) -> Listed {
        let t = theme::tokens(ui);
        let mut listed = Listed::default();
        self.keyboard(ui, rows, marks, &key, &mut listed);

        ui.scope(|ui| {
            ui.spacing_mut().item_spacing = Vec2::new(0.0, 0.0);
            ui.visuals_mut().selection.bg_fill = t.selected();
            ui.visuals_mut().widgets.hovered.bg_fill = t.bg3;
            let mut table = TableBuilder::new(ui)
                .id_salt(name)
                .sense(Sense::click())
                .resizable(false)
                .auto_shrink([false, false])
                .min_scrolled_height(0.0)
                .cell_layout(Layout::left_to_right(Align::Center));
            if marks {
                table = table.column(Column::exact(36.0));
            }
            for (_, column) in heads {
                table = table.column(column.clip(true));
            }
            if self.scroll_to_cursor
                && let Some(cursor) = self.cursor
            {
                table = table.scroll_to_row(cursor, None);
                self.scroll_to_cursor = false;
            }
            table
                .header(size::ROW_HEAD, |mut head| {
                    if marks {
                        head.col(|ui| {
                            let all = rows > 0 && (0..rows).all(|row| self.marked.contains(&key(row)));
                            let mut ticked = all;
                            ui.add_space(12.0);
                            let tick = ui.checkbox(&mut ticked, "").accessible_name("Mark all rows");
                            if tick.changed() {
                                self.marked.clear();
                                if ticked {
                                    self.marked.extend((0..rows).map(&key));
                                }
                            }
                            underline(ui);
                        });
                    }
                    for (at, (word, _)) in heads.iter().enumerate() {
                        head.col(|ui| {
                            ui.add_space(margin(marks, at));
                            ui.label(t.caption(*word));
                            underline(ui);
                        });
                    }
                })
                .body(|body| {
                    body.rows(size::ROW, rows, |mut row| {
                        let index = row.index();
                        row.set_selected(self.cursor == Some(index) || self.marked.contains(&key(index)));
                        if marks {
                            row.col(|ui| {
                                let mut ticked = self.marked.contains(&key(index));
                                ui.add_space(12.0);
                                let tick = ui.checkbox(&mut ticked, "");
                                let tick = tick.accessible_name(format!("Mark {}", row_name(index)));
                                if tick.changed() {
                                    self.mark(key(index), ticked);
                                }
                                underline(ui);
                            });
                        }
                        for column in 0..heads.len() {
                            row.col(|ui| {
                                ui.add_space(margin(marks, column));
                                ui.spacing_mut().item_spacing.x = 6.0;
                                cell(ui, index, column);
                                underline(ui);
                            });
                        }
                        let response = row.response();
                        let (name, chosen) = (row_name(index), self.cursor == Some(index));
                        response.widget_info(|| {
                            egui::WidgetInfo::selected(egui::Role::Button, true, chosen, &name)
                        });
                        if response.clicked() {
                            self.cursor = Some(index);
                            listed.opened = Some(index);
                        }
                        if response.secondary_clicked() {
                            self.cursor = Some(index);
                            listed.secondary = Some(index);
                        }
                        response.on_hover_cursor(egui::CursorIcon::PointingHand);
                    });
                });
        });
        listed
    }

    /// Marks a row or takes the mark away.
    pub fn mark(&mut self, key: String, marked: bool) {
        if marked {
            self.marked.insert(key);
        } else {
            self.marked.remove(&key);
        }
    }

    /// J and K or the arrows move, X marks, Enter opens. Only while nothing else types.
    fn keyboard(
        &mut self,
        ui: &Ui,
        rows: usize,
        marks: bool,
        key: &impl Fn(usize) -> String,
        listed: &mut Listed,
    ) {
        if rows == 0 {
            self.cursor = None;
            return;
        }
        self.cursor = self.cursor.map(|cursor| cursor.min(rows - 1));
        if ui.ctx().text_edit_focused() || ui.memory(|memory| memory.top_modal_layer().is_some()) {
            return;
        }
        let focused = ui.memory(|memory| memory.focused().is_some());
        ui.input(|input| {
            if input.modifiers.any() {
                return;
            }
            let pressed = |key| input.key_pressed(key);
            let moved = if pressed(Key::J) || (!focused && pressed(Key::ArrowDown)) {
                Some(self.cursor.map_or(0, |cursor| (cursor + 1).min(rows - 1)))
            } else if pressed(Key::K) || (!focused && pressed(Key::ArrowUp)) {
                Some(self.cursor.map_or(0, |cursor| cursor.saturating_sub(1)))
            } else if !focused && pressed(Key::Home) {
                Some(0)
            } else if !focused && pressed(Key::End) {
                Some(rows - 1)
            } else {
                None
            };
            if moved.is_some() {
                self.cursor = moved;
                self.scroll_to_cursor = true;
            }
            if let Some(cursor) = self.cursor {
                if marks && pressed(Key::X) {
                    let key = key(cursor);
                    let marked = !self.marked.contains(&key);
                    self.mark(key, marked);
                }
                if !focused && pressed(Key::Enter) {
                    listed.opened = Some(cursor);
                }
            }
        });
    }
}

/// The first column stands where the page's title does.
fn margin(marks: bool, column: usize) -> f32 {
    if column == 0 && !marks {
        size::PAGE
    } else {
        size::GAP
    }
}

fn underline(ui: &Ui) {
    let t = theme::tokens(ui);
    let rect = ui.max_rect();
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, t.hairline());
}
