//! The window's state: `logic` takes in answers and applies commands, `ui` draws.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use egui::{Key, Modifiers};

use super::command::{Command, Effects, ThemeChoice, Toast};
use super::connection::{Connection, Environment};
use super::draft::{Applied, Change, Drafts, Refused};
use super::jobs::board::Board;
use super::palette::Palette;
use super::prefs::Prefs;
use super::remote::{Cache, Sent};
use super::route::{Page, Route};
use super::screens::Screen;
use super::toasts::Toasts;
use super::{Embedded, Launch, start, theme};
use crate::base::rng::SystemRng;
use crate::driver::CallError;
use crate::driver::profiles::{self, Profile};
use crate::wire::idp::DescribeUserPoolRequest;

/// The engine, or why there is none.
pub enum Link {
    /// It is being opened.
    Opening,
    /// It can be called.
    Open(Connection),
    /// It could not be opened; the text says why.
    Failed(String),
}

/// What stands over the screen.
#[derive(Default)]
pub(super) enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// What applying would change.
    Review,
    /// The keys.
    Shortcuts,
    /// Something would be lost; the command goes on when that is accepted.
    Leaving { what: Vec<String>, then: Command },
}

/// The window.
pub struct App {
    pub(super) launch: Launch,
    pub(super) link: Link,
    opening: Sent<Embedded>,
    pub(super) cache: Cache,
    pub(super) drafts: Drafts,
    pub(super) screens: BTreeMap<Route, Box<dyn Screen>>,
    pub(super) route: Route,
    pub(super) history: Vec<Route>,
    pub(super) prefs: Prefs,
    pub(super) toasts: Toasts,
    pub(super) palette: Palette,
    pub(super) jobs: Board,
    pub(super) profiles: Vec<Profile>,
    pub(super) overlay: Overlay,
    pub(super) applying: Option<Sent<Applied>>,
    pub(super) conflicts: Vec<(String, Vec<Change>)>,
    pub(super) commands: Vec<Command>,
    /// What the desktop prefers: 0 unknown, 1 light, 2 dark.
    system_theme: Arc<AtomicU8>,
    /// When G was pressed, to go somewhere with the next key.
    going_since: Option<f64>,
    may_close: bool,
    /// Whether the process was asked to end, which nothing holds back.
    is_ending: Arc<AtomicBool>,
}

impl App {
    /// Makes the window's state and begins to open the engine.
    pub fn new(cc: &eframe::CreationContext<'_>, launch: Launch) -> Self {
        let prefs = start::remembered(cc);
        Self::with_prefs(&cc.egui_ctx, launch, prefs)
    }

    /// Makes the window's state with given preferences, as tests do.
    pub fn with_prefs(ctx: &egui::Context, launch: Launch, prefs: Prefs) -> Self {
        theme::install(ctx);
        ctx.options_mut(|options| options.zoom_with_keyboard = true);
        let cache = Cache::new(launch.runtime.clone(), Arc::clone(&launch.clock), ctx.clone());
        let system_theme = Arc::new(AtomicU8::new(0));
        let mut app = Self {
            launch,
            link: Link::Opening,
            opening: Sent::default(),
            cache,
            drafts: Drafts::default(),
            screens: BTreeMap::new(),
            route: prefs.route.clone(),
            history: Vec::new(),
            toasts: Toasts::default(),
            palette: Palette::default(),
            jobs: Board::default(),
            profiles: Vec::new(),
            overlay: Overlay::None,
            applying: None,
            conflicts: Vec::new(),
            commands: Vec::new(),
            system_theme,
            going_since: None,
            may_close: false,
            is_ending: Arc::default(),
            prefs,
        };
        app.apply_theme(ctx);
        ctx.set_zoom_factor(app.prefs.zoom);
        app.open_engine(ctx);
        app.read_profiles();
        app
    }

    /// Closes the window when `ended` is told. Edits not applied are lost, as with any program
    /// that is asked to end.
    pub(super) fn watch_ending(&self, ctx: &egui::Context, ended: Arc<tokio::sync::Notify>) {
        let (is_ending, ctx) = (Arc::clone(&self.is_ending), ctx.clone());
        self.launch.runtime.spawn(async move {
            ended.notified().await;
            is_ending.store(true, Ordering::Relaxed);
            ctx.request_repaint();
        });
    }

    /// Watches which theme the desktop prefers. The window calls it; tests do not.
    pub(super) fn watch_system_theme(&self, ctx: &egui::Context) {
        let (seen, ctx) = (Arc::clone(&self.system_theme), ctx.clone());
        let note = move |mode: dark_light::Mode| {
            let value = match mode {
                dark_light::Mode::Dark => 2,
                dark_light::Mode::Light => 1,
                dark_light::Mode::Unspecified => 0,
            };
            seen.store(value, Ordering::Relaxed);
            ctx.request_repaint();
        };
        // The question goes over the desktop's bus and may take long; the watcher blocks.
        let watching = std::thread::Builder::new()
            .name("theme".to_owned())
            .spawn(move || {
                if let Ok(mode) = dark_light::detect() {
                    note(mode);
                }
                if let Ok(watcher) = dark_light::subscribe() {
                    for mode in watcher.iter() {
                        note(mode);
                    }
                }
            });
        if let Err(reason) = watching {
            tracing::debug!(%reason, "the desktop's theme is not followed");
        }
    }

    fn read_profiles(&mut self) {
        let Some(file) = self.launch.profiles_file.clone() else {
            return;
        };
        let read = self.launch.runtime.spawn_blocking(move || profiles::load(&file));
        self.cache.background(read, |effects, outcome| match outcome {
            Ok(Ok(profiles)) => effects.push(Command::ProfilesRead(profiles)),
            Ok(Err(reason)) => effects.toast(Toast::error("The saved connections could not be read", reason)),
            Err(reason) => effects.toast(Toast::error(
                "The saved connections could not be read",
                reason.to_string(),
            )),
        });
    }

    fn save_profiles(&mut self, connections: Vec<Profile>) {
        self.profiles = connections.clone();
        let Some(file) = self.launch.profiles_file.clone() else {
            return;
        };
        let saved = self
            .launch
            .runtime
            .spawn_blocking(move || profiles::save(&file, &connections));
        self.cache.background(saved, |effects, outcome| {
            let refused = match outcome {
                Ok(Ok(())) => return,
                Ok(Err(reason)) => reason,
                Err(reason) => reason.to_string(),
            };
            effects.toast(Toast::error("The connections were not saved", refused));
        });
    }

    fn connect_to(&mut self, profile: Profile) {
        let clock = Arc::clone(&self.launch.clock);
        // The key files are read, which may take long on a network drive.
        let opened = self.launch.runtime.spawn_blocking(move || {
            let driver = profile.connect(&profiles::SharedFiles::of_user(), clock, Arc::new(SystemRng))?;
            Ok::<_, String>(Connection {
                name: profile.name,
                environment: profile.environment.into(),
                driver,
                engine: None,
            })
        });
        self.cache.background(opened, |effects, outcome| {
            let refused = match outcome {
                Ok(Ok(connection)) => {
                    effects.push(Command::Use(Box::new(connection)));
                    return;
                }
                Ok(Err(reason)) => reason,
                Err(reason) => reason.to_string(),
            };
            effects.toast(Toast::error("The connection was not opened", refused));
        });
    }

    /// Begins to open the engine inside the program.
    pub(super) fn open_engine(&mut self, ctx: &egui::Context) {
        let Some(opener) = self.launch.opener.clone() else {
            self.link = Link::Failed("No engine runs inside this window. Choose a connection.".to_owned());
            self.route = Route::Connections;
            return;
        };
        self.link = Link::Opening;
        self.opening = Sent::default();
        let (opened, ctx) = (self.opening.clone(), ctx.clone());
        self.launch.runtime.spawn(async move {
            let outcome = opener().await;
            opened.put(outcome.map_err(CallError::Unreachable));
            ctx.request_repaint();
        });
    }

    /// Lets go of the engine inside the program, has a backup put in its place, and opens it
    /// again: on the backup, or as it was when the backup was refused.
    fn restore(&mut self, ctx: &egui::Context, file: PathBuf) {
        let (Some(opener), Some(restorer)) = (self.launch.opener.clone(), self.launch.restorer.clone())
        else {
            return;
        };
        self.link = Link::Opening;
        self.cache.connect(None);
        self.drafts.clear();
        self.screens.clear();
        self.opening = Sent::default();
        let (opened, ctx) = (self.opening.clone(), ctx.clone());
        let work = async move {
            let restored = restorer.restore(file).await;
            let outcome = opener().await;
            opened.put(outcome.map_err(CallError::Unreachable));
            ctx.request_repaint();
            restored
        };
        self.cache.background(work, |effects, restored| {
            effects.toast(match restored {
                Ok(kept) => Toast {
                    detail: kept
                        .map(|kept| format!("The store that was there is kept as {}", kept.display())),
                    ..Toast::ok("Backup restored")
                },
                Err(reason) => Toast::error("The backup was not restored", reason),
            });
        });
    }

    /// Returns where we are.
    pub fn route(&self) -> &Route {
        &self.route
    }

    /// Tells whether nothing is on its way: every answer is in and the engine is open.
    pub fn is_settled(&self) -> bool {
        let screen_busy = self
            .screens
            .get(&self.route)
            .is_some_and(|screen| screen.is_busy());
        !self.cache.is_busy()
            && !matches!(self.link, Link::Opening)
            && self.commands.is_empty()
            && !screen_busy
            && self.jobs.running().next().is_none()
    }

    /// Asks for an effect from outside, as tests do.
    pub fn command(&mut self, command: Command) {
        self.commands.push(command);
    }

    fn connect(&mut self, connection: Connection) {
        self.cache.connect(Some(connection.driver.clone()));
        self.drafts.clear();
        self.screens.clear();
        self.history.clear();
        self.link = Link::Open(connection);
    }

    /// Uses another engine from now on and shows its user pools.
    pub fn use_connection(&mut self, connection: Connection) {
        self.connect(connection);
        self.route = Route::UserPools;
    }

    fn change_region(&mut self, region: &str) {
        let Link::Open(connection) = &self.link else {
            return;
        };
        let connection = connection.clone();
        if let Some(driver) = connection.driver.in_region(region) {
            self.use_connection(Connection { driver, ..connection });
        }
    }

    fn apply(&mut self, ctx: &egui::Context, command: Command) {
        let now = self.launch.clock.now();
        match command {
            Command::Go(route) => self.go(route),
            Command::Begin(route) => self.begin(route),
            Command::Back => {
                if let Some(route) = self.history.pop() {
                    self.route = route;
                }
            }
            Command::Refresh(operations) => self.cache.refresh(&operations),
            Command::Deleted(asked) => {
                self.drafts.forget(&asked);
                if let Ok(DescribeUserPoolRequest { user_pool_id }) = serde_json::from_value(asked.clone())
                    && asked.as_object().is_some_and(|members| members.len() == 1)
                {
                    self.screens
                        .retain(|route, _| route.user_pool_id() != Some(&user_pool_id));
                }
            }
            Command::RefreshAll => self.cache.refresh_all(),
            Command::Toast(toast) => self.toasts.push(toast, now),
            Command::Palette(text) => self.palette.open(text),
            Command::Shortcuts => self.overlay = Overlay::Shortcuts,
            Command::Theme(choice) => {
                self.prefs.theme = choice;
                self.apply_theme(ctx);
            }
            Command::ToggleTheme => {
                let dark = ctx.theme() == egui::Theme::Dark;
                self.prefs.theme = if dark {
                    ThemeChoice::Light
                } else {
                    ThemeChoice::Dark
                };
                self.apply_theme(ctx);
            }
            Command::Utc(utc) => self.prefs.utc = utc,
            Command::ToggleNavigation => self.prefs.slim_navigation = !self.prefs.slim_navigation,
            Command::Zoom(factor) => {
                self.prefs.zoom = factor.clamp(0.85, 2.0);
                ctx.set_zoom_factor(self.prefs.zoom);
            }
            Command::Review => {
                if self.drafts.is_dirty() {
                    self.conflicts.clear();
                    self.overlay = Overlay::Review;
                }
            }
            Command::Apply { anyway } => self.apply_drafts(anyway),
            Command::Discard => {
                self.drafts.discard();
                self.overlay = Overlay::None;
                self.toasts.push(Toast::info("Edits thrown away"), now);
            }
            Command::Undo => {
                self.drafts.undo();
            }
            Command::Redo => {
                self.drafts.redo();
            }
            Command::Use(connection) => {
                let lost = self.unsaved();
                if lost.is_empty() {
                    self.use_connection(*connection);
                } else {
                    self.overlay = Overlay::Leaving {
                        what: lost,
                        then: Command::Use(connection),
                    };
                }
            }
            Command::OpenEmbedded => {
                let lost = self.unsaved();
                if lost.is_empty() {
                    self.route = Route::UserPools;
                    self.open_engine(ctx);
                } else {
                    self.overlay = Overlay::Leaving {
                        what: lost,
                        then: Command::OpenEmbedded,
                    };
                }
            }
            Command::Region(region) => {
                let lost = self.unsaved();
                if lost.is_empty() {
                    self.change_region(&region);
                } else {
                    self.overlay = Overlay::Leaving {
                        what: lost,
                        then: Command::Region(region),
                    };
                }
            }
            Command::Restore(file) => self.restore(ctx, file),
            Command::Connect(profile) => self.connect_to(*profile),
            Command::SaveProfiles(profiles) => self.save_profiles(profiles),
            Command::ProfilesRead(profiles) => self.profiles = profiles,
            Command::Copy { what, text } => {
                ctx.copy_text(text);
                self.toasts.push(Toast::ok(format!("{what} copied")), now);
            }
            Command::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
        }
    }

    /// Shows a screen and begins what its main button begins.
    fn begin(&mut self, route: Route) {
        self.go(route.clone());
        let screen = self
            .screens
            .entry(route.clone())
            .or_insert_with(|| super::screens::make(&route));
        screen.begin();
    }

    fn go(&mut self, route: Route) {
        const MOST: usize = 100;
        if route == self.route {
            return;
        }
        self.toasts.leave_screen();
        if let Some(user_pool_id) = route.user_pool_id() {
            self.prefs.opened(user_pool_id);
        }
        self.history.push(std::mem::replace(&mut self.route, route));
        if self.history.len() > MOST {
            self.history.remove(0);
        }
    }

    fn apply_theme(&self, ctx: &egui::Context) {
        let preference = match (self.prefs.theme, self.system_theme.load(Ordering::Relaxed)) {
            (ThemeChoice::Light, _) | (ThemeChoice::System, 1) => egui::ThemePreference::Light,
            (ThemeChoice::Dark, _) | (ThemeChoice::System, 2) => egui::ThemePreference::Dark,
            (ThemeChoice::System, _) => egui::ThemePreference::System,
        };
        if ctx.options(|options| options.theme_preference) != preference {
            ctx.set_theme(preference);
        }
    }

    fn apply_drafts(&mut self, anyway: bool) {
        if self.applying.is_some() {
            return;
        }
        let Some(driver) = self.cache.driver().cloned() else {
            return;
        };
        let work = self.drafts.apply(&driver, anyway);
        self.applying = Some(
            self.cache
                .work_and_tell(|_| async move { Ok(work.await) }, |_, _| {}),
        );
    }

    fn take_applied(&mut self) {
        let Some(outcome) = self.applying.as_ref().and_then(Sent::take) else {
            return;
        };
        self.applying = None;
        let Ok(applied) = outcome else { return };
        let now = self.launch.clock.now();
        let unknown = applied.unknown.join(", ");
        self.drafts.mark_applied(&applied);
        self.cache.refresh(&applied.refreshes);
        match applied.refused {
            None => {
                self.overlay = Overlay::None;
                let detail = (!unknown.is_empty())
                    .then(|| format!("Sent back as they were, unknown to this console: {unknown}"));
                let done = Toast {
                    detail,
                    ..Toast::ok("Changes applied")
                };
                self.toasts.push(done, now);
            }
            Some((subject, Refused::Call(reason))) => {
                self.overlay = Overlay::None;
                self.toasts
                    .push(Toast::failed(format!("{subject} was not updated"), &reason), now);
            }
            Some((subject, Refused::Conflicts(conflicts))) => self.conflicts = vec![(subject, conflicts)],
        }
    }

    /// What would be lost if everything were closed now.
    fn unsaved(&self) -> Vec<String> {
        let mut lost: Vec<String> = self
            .drafts
            .dirty()
            .map(|draft| match draft.changes().len() {
                1 => format!("{}: 1 edit not applied", draft.subject()),
                edits => format!("{}: {edits} edits not applied", draft.subject()),
            })
            .collect();
        lost.extend(self.screens.values().filter_map(|screen| screen.unsaved()));
        lost
    }

    /// Goes on with what was held back because something would be lost.
    pub(super) fn leave(&mut self, ctx: &egui::Context, then: Command) {
        self.drafts.clear();
        self.screens.clear();
        if then == Command::Quit {
            self.may_close = true;
        }
        self.apply(ctx, then);
    }

    fn keys(&mut self, ctx: &egui::Context) {
        const PATIENCE_SECS: f64 = 1.2;
        let typing = ctx.text_edit_focused();
        let pool = self.route.user_pool_id().map(str::to_owned);
        let command = ctx.input_mut(|input| {
            let mut ctrl = |key| input.consume_key(Modifiers::COMMAND, key);
            if ctrl(Key::K) {
                return Some(Command::Palette(String::new()));
            }
            if ctrl(Key::P) {
                return Some(Command::Palette("pool ".to_owned()));
            }
            if ctrl(Key::S) {
                return Some(Command::Review);
            }
            if ctrl(Key::B) {
                return Some(Command::ToggleNavigation);
            }
            if input.consume_key(Modifiers::ALT, Key::ArrowLeft) {
                return Some(Command::Back);
            }
            if input.consume_key(Modifiers::NONE, Key::F5) {
                return Some(Command::RefreshAll);
            }
            if typing {
                return None;
            }
            if input.consume_key(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z) {
                return Some(Command::Redo);
            }
            if input.consume_key(Modifiers::COMMAND, Key::Z) {
                return Some(Command::Undo);
            }
            None
        });
        if let Some(command) = command {
            self.commands.push(command);
            return;
        }
        if typing || self.palette.is_open() || !matches!(self.overlay, Overlay::None) {
            self.going_since = None;
            return;
        }
        let (time, typed) = ctx.input(|input| {
            let typed: String = input
                .events
                .iter()
                .filter_map(|event| match event {
                    egui::Event::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            (input.time, typed)
        });
        for letter in typed.chars() {
            let going = self
                .going_since
                .take()
                .is_some_and(|since| time - since < PATIENCE_SECS);
            if !going {
                match letter {
                    'g' => self.going_since = Some(time),
                    '?' => self.commands.push(Command::Shortcuts),
                    '/' => self.commands.push(Command::Palette(String::new())),
                    _ => {}
                }
                continue;
            }
            let page = match letter {
                'o' => Some(Page::Overview),
                'u' => Some(Page::Users),
                'c' => Some(Page::AppClients),
                'g' => Some(Page::Groups),
                'i' => Some(Page::Imports),
                'a' => Some(Page::AuthenticationMethods),
                'b' => Some(Page::BrandingStudio),
                's' => Some(Page::Settings),
                _ => None,
            };
            let route = match (page, &pool, letter) {
                (Some(page), Some(pool), _) => Some(Route::pool(pool.clone(), page)),
                (_, _, 'p') => Some(Route::UserPools),
                (_, _, 'l') => Some(Route::LocalEngine),
                (_, _, 'j') => Some(Route::Jobs),
                _ => None,
            };
            if let Some(route) = route {
                self.commands.push(Command::Go(route));
            }
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.apply_theme(ctx);
        super::widgets::show_utc(self.prefs.utc);
        if let Some(outcome) = self.opening.take() {
            match outcome {
                Ok(Embedded { driver, info }) => {
                    if let Some(why) = &info.unheard {
                        let toast = Toast::error(
                            "Only this window reaches the engine; SDKs and browsers do not",
                            super::widgets::sentence(why),
                        );
                        self.toasts.push(toast, self.launch.clock.now());
                    }
                    self.connect(Connection {
                        name: "This computer".to_owned(),
                        environment: Environment::Local,
                        driver,
                        engine: Some(info),
                    });
                }
                Err(CallError::Unreachable(reason)) => self.link = Link::Failed(reason),
                Err(reason) => self.link = Link::Failed(reason.to_string()),
            }
        }
        let mut effects = Effects::default();
        self.cache.receive(&mut effects);
        self.commands.append(&mut effects.commands);
        self.take_applied();
        let now = self.launch.clock.now();
        for toast in self.jobs.poll(now, &self.route) {
            self.toasts.push(toast, now);
        }
        if self.jobs.running().next().is_some() {
            ctx.request_repaint_after(std::time::Duration::from_millis(250));
        }
        self.keys(ctx);
        for command in std::mem::take(&mut self.commands) {
            self.apply(ctx, command);
        }
        self.drafts.settle();
        if self.prefs.zoom.to_bits() != ctx.zoom_factor().to_bits() {
            self.prefs.zoom = ctx.zoom_factor();
        }
        self.prefs.route = self.route.clone();

        if self.is_ending.load(Ordering::Relaxed) && !self.may_close {
            self.may_close = true;
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        if ctx.input(|input| input.viewport().close_requested()) && !self.may_close {
            let lost = self.unsaved();
            if !lost.is_empty() {
                ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
                self.overlay = Overlay::Leaving {
                    what: lost,
                    then: Command::Quit,
                };
            }
        }
        // A wake-up call can be lost in a start-up race; look again soon while something is due.
        if self.cache.is_busy() || matches!(self.link, Link::Opening) {
            ctx.request_repaint_after(std::time::Duration::from_millis(250));
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.shell(ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, Prefs::KEY, &self.prefs);
    }
}
