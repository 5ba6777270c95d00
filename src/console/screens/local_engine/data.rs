//! The data folder, a backup of it, and putting one back.

use std::path::PathBuf;

use egui::Ui;

use crate::console::command::{Command, Toast};
use crate::console::remote::Sent;
use crate::console::screens::ScreenCx;
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Answer, Button, Dialog, Field};
use crate::console::{BackupContents, files};
use crate::driver::CallError;
use crate::wire::engine::{BackupRequest, BackupResponse};

/// What must be typed before a backup takes the place of what is there.
const WORD: &str = "restore";
/// User pools of a backup that are named; the others are counted.
const NAMED: usize = 8;

/// Data and backup.
#[derive(Default)]
pub(super) struct Data {
    backup_path: String,
    backup: Option<Sent<BackupResponse>>,
    restore_path: String,
    choosing: Option<Sent<Option<PathBuf>>>,
    looking: Option<(PathBuf, Sent<BackupContents>)>,
    /// Why the chosen file cannot be restored.
    refused: Option<String>,
    found: Option<Found>,
}

/// A file that can be restored.
struct Found {
    file: PathBuf,
    contents: BackupContents,
    typed: String,
}

impl Data {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        self.take_in(cx);
        let engine = cx.connection.engine.clone();
        widgets::form(ui, |ui| {
            if let Some(engine) = &engine {
                let folder = engine.data_dir.display().to_string();
                widgets::card(
                    ui,
                    "Data folder",
                    "Everything the engine keeps: users, keys, uploads",
                    |_| {},
                    |ui| {
                        widgets::facts(ui, cx.commands, |ui, facts| facts.code(ui, "Folder", &folder));
                    },
                );
            }
            widgets::card(
                ui,
                "Backup",
                "A complete copy, made while the engine goes on",
                |_| {},
                |ui| self.back_up(ui, cx),
            );
            widgets::card(
                ui,
                "Restore",
                "Brings a backup back in place of what is here",
                |_| {},
                |ui| self.choose(ui, cx),
            );
        });
        self.confirm(ui, cx);
    }

    fn take_in(&mut self, cx: &mut ScreenCx<'_>) {
        match self.backup.as_ref().and_then(Sent::take) {
            Some(Ok(BackupResponse { path, bytes })) => {
                self.backup = None;
                self.restore_path.clone_from(&path);
                cx.toast(Toast {
                    detail: Some(path),
                    ..Toast::ok(format!("Backup written, {}", widgets::size(bytes)))
                });
            }
            Some(Err(reason)) => {
                self.backup = None;
                cx.toast(Toast::failed("The backup was not written", &reason));
            }
            None => {}
        }
        if let Some(chosen) = self.choosing.as_ref().and_then(Sent::take) {
            self.choosing = None;
            if let Ok(Some(file)) = chosen {
                self.restore_path = file.display().to_string();
                self.look(cx, file);
            }
        }
        let looked = self.looking.as_ref().and_then(|(_, sent)| sent.take());
        if let Some(looked) = looked
            && let Some((file, _)) = self.looking.take()
        {
            match looked {
                Ok(contents) => {
                    self.found = Some(Found {
                        file,
                        contents,
                        typed: String::new(),
                    });
                }
                Err(CallError::Unreachable(reason)) => self.refused = Some(reason),
                Err(reason) => self.refused = Some(reason.to_string()),
            }
        }
    }

    fn back_up(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let t = theme::tokens(ui);
        if cx.connection.engine.is_some() {
            let field = Field::new("File")
                .optional()
                .help("Empty: a name with the date in the data folder's backups")
                .placeholder("/media/usb/poolhouse.backup")
                .mono();
            widgets::text(ui, &mut self.backup_path, field);
        }
        let busy = self.backup.is_some();
        if ui
            .add(Button::primary("Back up now").icon(Icon::Archive).busy(busy))
            .clicked()
        {
            let path = (!self.backup_path.is_empty()).then(|| self.backup_path.clone());
            self.backup = Some(cx.change_quietly(BackupRequest { path }, &[]));
        }
        let hint = "Keep the key file of the data folder in another place: without it a backup cannot be read, with it it can.";
        ui.add(egui::Label::new(t.hint(hint)).wrap());
    }

    fn choose(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        let t = theme::tokens(ui);
        if cx.connection.engine.is_none() || cx.restorer.is_none() {
            let text = "This engine runs in another program. End it, then restore on its computer:";
            ui.add(egui::Label::new(t.body(text)).wrap());
            widgets::code_block(ui, "poolhouse restore <file>");
            return;
        }
        let field = Field::new("Backup file")
            .help("A file that a backup wrote")
            .placeholder("/media/usb/poolhouse.backup")
            .error(self.refused.as_deref())
            .mono();
        if widgets::text(ui, &mut self.restore_path, field).changed() {
            self.refused = None;
        }
        let busy = self.looking.is_some();
        let typed = self.restore_path.trim().to_owned();
        let (mut look, mut pick) = (false, false);
        ui.horizontal(|ui| {
            let button = Button::new("Look into it…").icon(Icon::ArchiveRestore).busy(busy);
            look = ui.add_enabled(!typed.is_empty() && !busy, button).clicked();
            if cx.has_file_dialog {
                pick = ui
                    .add_enabled(!busy, Button::ghost("Choose a file").icon(Icon::FolderOpen))
                    .clicked();
            }
        });
        ui.add(
            egui::Label::new(t.hint("The store that is here now is kept beside the restored one.")).wrap(),
        );
        if look {
            self.look(cx, PathBuf::from(typed));
        }
        if pick && self.choosing.is_none() {
            self.choosing = Some(cx.background(async {
                let kinds: [(&str, &[&str]); 2] = [("Backups", &["sqlite", "backup"]), ("All files", &["*"])];
                Ok(files::choose("Choose a backup", &kinds).await)
            }));
        }
    }

    fn look(&mut self, cx: &mut ScreenCx<'_>, file: PathBuf) {
        let Some(restorer) = cx.restorer else { return };
        self.refused = None;
        let looking = restorer.look(file.clone());
        let sent = cx.background(async move { looking.await.map_err(CallError::Unreachable) });
        self.looking = Some((file, sent));
    }

    fn confirm(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>) {
        let Some(Found {
            file,
            contents,
            typed,
        }) = &mut self.found
        else {
            return;
        };
        let dialog = Dialog::new("Restore a backup", "Restore")
            .danger()
            .ready(typed.trim() == WORD);
        let answer = dialog.show(ui.ctx(), |ui| {
            let t = theme::tokens(ui);
            let effect = "What the engine keeps now is replaced: every user pool, user, key and setting. Programs that are calling it are cut off for a moment, and imports under way end.";
            ui.add(egui::Label::new(t.body(effect)).wrap());
            let users: i64 = contents.pools.iter().map(|pool| pool.users).sum();
            widgets::facts(ui, cx.commands, |ui, facts| {
                facts.code(ui, "File", &file.display().to_string());
                if let Some(at) = contents.written_at {
                    facts.text(ui, "Written", &widgets::instant(at));
                }
                facts.text(ui, "Size", &widgets::size(contents.bytes));
                facts.text(ui, "User pools", &widgets::grouped_count(contents.pools.len()));
                facts.text(ui, "Users", &widgets::grouped(users));
                for pool in contents.pools.iter().take(NAMED) {
                    let held = widgets::counted(usize::try_from(pool.users).unwrap_or(0), "user");
                    facts.row(ui, &pool.name, |ui| {
                        ui.label(t.body(held)).on_hover_text(&pool.user_pool_id);
                    });
                }
            });
            if contents.pools.len() > NAMED {
                ui.label(t.hint(format!(
                    "and {} more",
                    widgets::grouped_count(contents.pools.len().saturating_sub(NAMED))
                )));
            }
            let label = format!("Type {WORD} to confirm");
            widgets::text(ui, typed, Field::new(&label).placeholder(WORD));
        });
        match answer {
            Answer::Open => {}
            Answer::Cancelled => self.found = None,
            Answer::Confirmed => {
                cx.commands.push(Command::Restore(file.clone()));
                self.found = None;
            }
        }
    }
}
