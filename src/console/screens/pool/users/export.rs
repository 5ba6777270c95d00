//! The dialog of an export: where the file goes.

use std::path::PathBuf;

use egui::Ui;

use crate::console::command::Toast;
use crate::console::files::Present;
use crate::console::jobs::export::{ExportJob, Format};
use crate::console::jobs::user_index::UserIndex;
use crate::console::remote::Sent;
use crate::console::screens::ScreenCx;
use crate::console::widgets::{self, Answer, Dialog, Field};

/// An export that asks where to go.
pub(super) struct Export {
    format: Format,
    path: String,
    error: Option<String>,
    /// Whether the file of that name is to be replaced.
    replaces: bool,
    /// Whether a file of that name is there already; a network drive may take long to tell.
    looking: Option<Sent<bool>>,
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
            looking: None,
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
        let looked = self.looking.as_ref().and_then(Sent::take);
        if looked.is_some() {
            self.looking = None;
        }
        if let Some(Ok(true)) = looked {
            self.error = Some("A file of this name is there already.".to_owned());
            self.replaces = true;
        }
        let title = format!("Export {}", widgets::counted(places.len(), "user"));
        let busy = self.writing.is_some() || self.looking.is_some();
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
        let is_free = looked.is_some() && !self.replaces;
        match answer {
            Answer::Cancelled => true,
            Answer::Confirmed if !self.replaces => {
                let path = PathBuf::from(self.path.trim());
                self.looking = Some(cx.background(async move {
                    Ok(tokio::fs::metadata(path).await.is_ok_and(|there| there.is_file()))
                }));
                false
            }
            Answer::Open if !is_free => false,
            Answer::Open | Answer::Confirmed => {
                let ctx = ui.ctx().clone();
                let path = self.path.trim().to_owned();
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
