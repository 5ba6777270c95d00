//! The dialog of an export: where the file goes.

use std::path::PathBuf;

use egui::Ui;

use crate::console::command::Toast;
use crate::console::files::Present;
use crate::console::jobs::export::{ExportJob, Format};
use crate::console::jobs::user_index::UserIndex;
use crate::console::screens::ScreenCx;
use crate::console::widgets::{self, Answer, Dialog, Field};

/// An export that asks where to go.
pub(super) struct Export {
    format: Format,
    path: String,
    error: Option<String>,
    /// Whether the file of that name is to be replaced.
    replaces: bool,
    writing: Option<ExportJob>,
}

impl Export {
    pub(super) fn new(format: Format, pool: &str) -> Self {
        let folder = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let downloads = folder.join("Downloads");
        let folder = if downloads.is_dir() { downloads } else { folder };
        let path = folder.join(format!("users-{pool}.{}", format.extension()));
        Self {
            format,
            path: path.display().to_string(),
            error: None,
            replaces: false,
            writing: None,
        }
    }

    /// Draws the dialog; answers whether it is over.
    pub(super) fn show(
        &mut self,
        ui: &Ui,
        cx: &mut ScreenCx<'_>,
        places: Vec<u32>,
        index: &UserIndex,
    ) -> bool {
        match self.writing.as_ref().and_then(ExportJob::end) {
            Some(Ok(path)) => {
                let users = widgets::counted(places.len(), "user");
                cx.toast(Toast::ok(format!("Exported {users} to {path}")));
                return true;
            }
            Some(Err(reason)) => {
                self.writing = None;
                self.error = Some(reason);
            }
            None => {}
        }
        let title = format!("Export {}", widgets::counted(places.len(), "user"));
        let busy = self.writing.is_some();
        let verb = if self.replaces { "Replace" } else { "Export" };
        let ready = !self.path.trim().is_empty() && !places.is_empty();
        let answer = Dialog::new(&title, verb)
            .ready(ready)
            .busy(busy)
            .show(ui.ctx(), |ui| {
                let field = Field::new("File")
                    .mono()
                    .error(self.error.as_deref())
                    .help(match self.format {
                        Format::Csv => {
                            "Cells that a spreadsheet would run as a formula get an apostrophe in front."
                        }
                        Format::Json => "Every value stays as it is.",
                    });
                if widgets::text(ui, &mut self.path, field).changed() {
                    self.error = None;
                    self.replaces = false;
                }
            });
        match answer {
            Answer::Open => false,
            Answer::Cancelled => true,
            Answer::Confirmed => {
                let ctx = ui.ctx().clone();
                let path = self.path.trim().to_owned();
                // A look at the file is quick; on a network drive that is gone it is not worth less.
                if !self.replaces && std::path::Path::new(&path).is_file() {
                    self.error = Some("A file of this name is there already.".to_owned());
                    self.replaces = true;
                    return false;
                }
                let present = if self.replaces {
                    Present::Replace
                } else {
                    Present::Keep
                };
                let job = ExportJob::start(
                    self.format,
                    path,
                    present,
                    places.len(),
                    index.rows_of(places),
                    &cx.runtime(),
                    move || ctx.request_repaint(),
                );
                cx.add_job(title, job.clone());
                self.writing = Some(job);
                false
            }
        }
    }
}
