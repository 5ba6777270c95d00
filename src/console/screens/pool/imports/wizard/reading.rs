//! The file is chosen, and how it is read.

use std::path::PathBuf;

use egui::{Frame, Margin, Ui};
use egui_extras::Column;

use super::{KINDS, Screen};
use crate::console::command::Tone;
use crate::console::files;
use crate::console::screens::ScreenCx;
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Button, Field, Listing};
use crate::rules::import::foreign::{Dialect, Encoding};

impl Screen {
    pub(super) fn source(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        widgets::form(ui, |ui| {
            let t = theme::tokens(ui);
            if let Some(refused) = self.wizard.refused() {
                widgets::banner(ui, Tone::Error, &refused.to_string(), |_| {});
            }
            let loading = self.wizard.is_loading();
            Frame::NONE
                .fill(t.bg2)
                .stroke(egui::Stroke::new(1.0, t.line_strong))
                .corner_radius(egui::CornerRadius::same(theme::size::RADIUS_CARD))
                .inner_margin(Margin::symmetric(24, 28))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.vertical_centered(|ui| {
                        widgets::icon_sized(ui, Icon::FileUp, 28.0, t.text3);
                        ui.label(t.section("Drop a CSV file here"));
                        ui.label(t.hint("CSV, TSV or semicolons, any encoding, up to 256 MB. At most 500,000 users per job."));
                        ui.add_space(8.0);
                        if self.dialog_available
                            && ui.add(Button::primary("Choose a file").icon(Icon::FolderOpen).busy(loading)).clicked()
                            && self.choosing.is_none()
                        {
                            self.choosing = Some(cx.work(
                                |_| async {
                                    Ok(files::choose("Choose a file of users",
                                        KINDS,
                                    )
                                    .await)
                                },
                                |_, _| {},
                            ));
                        }
                    });
                });
            ui.horizontal(|ui| {
                let width = (ui.available_width() - 66.0).max(120.0);
                let field = Field::new("Path of the file")
                    .mono()
                    .width(width)
                    .placeholder("users.csv");
                let typed = widgets::text(ui, &mut self.path, field);
                let entered = typed.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
                ui.vertical(|ui| {
                    ui.add_space(33.0);
                    let ready = !self.path.trim().is_empty();
                    ui.add_enabled_ui(ready, |ui| {
                        if (ui.add(Button::new("Open").busy(loading)).clicked() || entered) && ready {
                            self.wizard.open(PathBuf::from(self.path.trim()));
                        }
                    });
                });
            });
            let field = Field::new("Or paste a table")
                .mono()
                .optional()
                .help("With the names of the columns in the first line.");
            widgets::text_area(ui, &mut self.pasted, 5, field);
            ui.add_enabled_ui(!self.pasted.trim().is_empty(), |ui| {
                if ui
                    .add(
                        Button::new("Use the pasted table")
                            .icon(Icon::ClipboardPaste)
                            .busy(loading),
                    )
                    .clicked()
                {
                    self.wizard.paste(self.pasted.clone());
                }
            });
            let header = self.wizard.template().join(",");
            ui.horizontal(|ui| {
                ui.label(t.hint("The column names of this user pool:"));
                if ui
                    .add(Button::ghost("Copy the header line").icon(Icon::Copy).small())
                    .clicked()
                {
                    cx.copy("Header line", header);
                }
            });
        });
    }

    pub(super) fn reading(&mut self, ui: &mut Ui) {
        let Some(source) = self.wizard.source().cloned() else {
            return;
        };
        let mut reading = source.reading();
        let loading = self.wizard.is_loading();
        Frame::NONE
            .inner_margin(Margin {
                left: 24,
                right: 24,
                top: 20,
                bottom: 12,
            })
            .show(ui, |ui| {
                let t = theme::tokens(ui);
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing = egui::vec2(20.0, 12.0);
                    let mut encodings: Vec<(Encoding, String)> = Encoding::COMMON
                        .iter()
                        .map(|encoding| (*encoding, encoding.name().to_owned()))
                        .collect();
                    if !encodings
                        .iter()
                        .any(|(encoding, _)| *encoding == reading.encoding)
                    {
                        encodings.push((reading.encoding, reading.encoding.name().to_owned()));
                    }
                    widgets::choice(
                        ui,
                        &mut reading.encoding,
                        &encodings,
                        Field::new("Encoding").width(220.0),
                    );
                    let options = dialects(reading.dialect);
                    widgets::choice(
                        ui,
                        &mut reading.dialect,
                        &options,
                        Field::new("Delimiter").width(220.0),
                    );
                    ui.vertical(|ui| {
                        ui.add_space(24.0);
                        widgets::check(ui, &mut reading.has_header, "First row names the columns", "");
                    });
                });
                if reading != source.reading() && !loading {
                    self.wizard.read_as(reading);
                }
                ui.add_space(8.0);
                ui.label(t.hint(format!(
                    "{}, {}, {}",
                    widgets::counted(source.len(), "row"),
                    widgets::counted(source.columns().len(), "column"),
                    widgets::size(source.bytes())
                )));
                if let Some(line) = source.unclosed() {
                    let words = format!(
                        "A quotation mark opens in the row of line {line} and never closes: all that follows is one \
                         cell. Close it in the file, and open the file again."
                    );
                    widgets::banner(ui, Tone::Error, &words, |_| {});
                }
                if source.has_garbage() {
                    widgets::banner(
                        ui,
                        Tone::Warning,
                        "Some characters do not belong to this encoding. Another one may fit better.",
                        |_| {},
                    );
                }
                if source.uneven() > 0 {
                    let rows = widgets::counted(source.uneven(), "row");
                    let have = if source.uneven() == 1 { "has" } else { "have" };
                    let words = format!("{rows} {have} another number of cells than the first one.");
                    widgets::banner(ui, Tone::Warning, &words, |_| {});
                }
            });
        widgets::hairline(ui);
        let samples = source.samples(20);
        const WIDTH: f32 = 150.0;
        let mut heads: Vec<(&str, Column)> = source
            .columns()
            .iter()
            .map(|name| (name.as_str(), Column::initial(WIDTH).at_least(80.0)))
            .collect();
        #[allow(clippy::cast_precision_loss)]
        let fits = heads.len() as f32 * (WIDTH + ui.spacing().item_spacing.x) <= ui.available_width();
        if let (true, Some((_, last))) = (fits, heads.last_mut()) {
            *last = Column::remainder();
        }
        egui::ScrollArea::horizontal()
            .scroll([!fits, false])
            .show(ui, |ui| {
                Listing::default().show(
                    ui,
                    "First rows",
                    &heads,
                    samples.len(),
                    false,
                    |at| at.to_string(),
                    |at| format!("Row {}", at.saturating_add(1)),
                    |ui, row, column| {
                        let t = theme::tokens(ui);
                        let cell = samples
                            .get(row)
                            .and_then(|row| row.get(column))
                            .map_or("", String::as_str);
                        ui.add(egui::Label::new(t.code(cell)).truncate().selectable(false));
                    },
                );
            });
    }
}

fn dialects(now: Dialect) -> Vec<(Dialect, String)> {
    let mut all: Vec<Dialect> = [b',', b';', b'\t', b'|']
        .into_iter()
        .map(|delimiter| Dialect::Quoted {
            delimiter,
            quote: Some(b'"'),
        })
        .chain([Dialect::Native])
        .collect();
    if !all.contains(&now) {
        all.push(now);
    }
    all.into_iter().map(|dialect| (dialect, dialect.name())).collect()
}
