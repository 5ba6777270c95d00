//! What surrounds a screen: strip, bar, navigation, pending changes, status.

use egui::{CornerRadius, Frame, Margin, Panel, Rect, Role, Sense, Ui, Vec2, WidgetInfo};

use super::app::{App, Link, Overlay};
use super::command::Command;
use super::connection::Connection;
use super::jobs::board::Entry;
use super::route::{NAVIGATION, Page, Route};
use super::screens::{self, ScreenCx};
use super::theme::{self, Icon, size};
use super::widgets::{self, Answer, Button, Dialog, IconButton};
use crate::wire::idp::ListUserPoolsRequest;

impl App {
    /// Draws the whole window.
    pub(super) fn shell(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let t = theme::tokens(ui);
        let connection = match &self.link {
            Link::Open(connection) => Some(connection.clone()),
            Link::Opening | Link::Failed(_) => None,
        };
        if let Some(connection) = &connection {
            let strip = connection.environment;
            Panel::top("strip")
                .exact_size(strip.strip())
                .show_separator_line(false)
                .frame(Frame::NONE.fill(strip.colour(t)))
                .show(ui, |_| {});
        }
        Panel::top("bar")
            .exact_size(size::TOP_BAR)
            .show_separator_line(true)
            .frame(Frame::NONE.fill(t.bg1).inner_margin(Margin::symmetric(12, 0)))
            .show(ui, |ui| self.top_bar(ui, connection.as_ref()));
        Panel::bottom("status")
            .exact_size(size::STATUS_BAR)
            .frame(Frame::NONE.fill(t.bg1).inner_margin(Margin::symmetric(12, 0)))
            .show(ui, |ui| self.status_bar(ui, connection.as_ref()));
        let dirty = self.drafts.is_dirty();
        if dirty {
            Panel::bottom("pending")
                .exact_size(48.0)
                .frame(Frame::NONE.fill(t.bg1).inner_margin(Margin::symmetric(16, 0)))
                .show(ui, |ui| self.pending_bar(ui));
        }
        let narrow = ui.available_width() < 900.0;
        let slim = self.prefs.slim_navigation || narrow;
        Panel::left("navigation")
            .exact_size(if slim { size::NAV_SLIM } else { size::NAV })
            .resizable(false)
            .frame(Frame::NONE.fill(t.bg1))
            .show(ui, |ui| self.navigation(ui, slim));
        egui::CentralPanel::no_frame()
            .frame(Frame::NONE.fill(t.bg0))
            .show(ui, |ui| self.screen(ui, connection.as_ref()));

        self.overlays(&ctx, connection.as_ref());
        let now = self.launch.clock.now();
        let above = size::STATUS_BAR + if dirty { 48.0 } else { 0.0 };
        self.toasts.show(&ctx, now, above, &mut self.commands);
    }

    fn screen(&mut self, ui: &mut Ui, connection: Option<&Connection>) {
        ui.spacing_mut().item_spacing.y = 0.0;
        let none = Connection::none();
        // Without an engine one can still choose another, and set things up.
        let alone = matches!(self.route, Route::Connections | Route::Preferences).then_some(&none);
        let Some(connection) = connection.or(alone) else {
            match &self.link {
                Link::Failed(reason) => {
                    let t = theme::tokens(ui);
                    let again = widgets::empty(
                        ui,
                        Icon::Unplug,
                        "The engine could not be opened",
                        &widgets::sentence(reason),
                        self.launch.opener.is_some().then_some("Try again"),
                    );
                    ui.vertical_centered(|ui| {
                        ui.label(
                            t.hint("A remote engine can be administered without it: choose Connections."),
                        );
                    });
                    if again {
                        self.commands.push(Command::OpenEmbedded);
                    }
                }
                Link::Opening | Link::Open(_) => widgets::loading(ui, 1000),
            }
            return;
        };
        let route = self.route.clone();
        let screen = self
            .screens
            .entry(route.clone())
            .or_insert_with(|| screens::make(&route));
        let mut cx = ScreenCx {
            route: &route,
            connection,
            prefs: &self.prefs,
            profiles: &self.profiles,
            has_embedded: self.launch.opener.is_some(),
            has_file_dialog: self.launch.has_file_dialog,
            restorer: self.launch.restorer.as_ref(),
            commands: &mut self.commands,
            jobs: &mut self.jobs,
            cache: &mut self.cache,
            drafts: &mut self.drafts,
            said: &self.toasts.history,
            now: self.launch.clock.now(),
        };
        ui.push_id(&route, |ui| {
            ui.set_min_size(ui.available_size());
            screen.ui(ui, &mut cx);
        });
    }

    fn top_bar(&mut self, ui: &mut Ui, connection: Option<&Connection>) {
        let t = theme::tokens(ui);
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            if ui
                .add(IconButton::new(
                    Icon::PanelLeft,
                    "Show or hide the navigation's words",
                ))
                .clicked()
            {
                self.commands.push(Command::ToggleNavigation);
            }
            if let Some(connection) = connection {
                self.connection_switcher(ui, connection);
                widgets::icon_sized(ui, Icon::ChevronRight, 14.0, t.text3);
                self.pool_switcher(ui);
            } else {
                ui.label(t.strong("Poolhouse"));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let dark = t.dark;
                let (sign, name) = if dark {
                    (Icon::Sun, "Use the light theme")
                } else {
                    (Icon::Moon, "Use the dark theme")
                };
                if ui.add(IconButton::new(sign, name)).clicked() {
                    self.commands.push(Command::ToggleTheme);
                }
                if ui
                    .add(IconButton::new(
                        Icon::RefreshCw,
                        "Ask again for everything shown (F5)",
                    ))
                    .clicked()
                {
                    self.commands.push(Command::RefreshAll);
                }
                ui.add_space(4.0);
                if search_box(ui) {
                    self.commands.push(Command::Palette(String::new()));
                }
            });
        });
    }

    fn connection_switcher(&mut self, ui: &mut Ui, connection: &Connection) {
        let t = theme::tokens(ui);
        let environment = connection.environment;
        // The environment's plate: white on its colour, as in the strip.
        let galley =
            ui.painter()
                .layout_no_wrap(environment.name().to_owned(), theme::medium(10.5), t.on_accent);
        let (rect, plate) = ui.allocate_exact_size(Vec2::new(galley.size().x + 28.0, 20.0), Sense::hover());
        plate.widget_info(|| WidgetInfo::labeled(Role::Label, true, environment.name()));
        ui.painter()
            .rect_filled(rect, CornerRadius::same(5), environment.colour(t));
        let at = egui::pos2(rect.left() + 12.0, rect.center().y);
        widgets::paint_icon_sized(ui, environment.icon(), at, 12.0, t.on_accent);
        let at = egui::pos2(rect.left() + 21.0, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, t.on_accent);

        let button = ui.add(
            Button::ghost(&connection.name)
                .trailing(Icon::ChevronDown)
                .small(),
        );
        widgets::menu(&button, |ui| {
            ui.set_min_width(240.0);
            if self.launch.opener.is_some() && widgets::menu_item(ui, Icon::House, "This computer").clicked()
            {
                self.commands.push(Command::OpenEmbedded);
            }
            for profile in &self.profiles {
                let environment = super::connection::Environment::from(profile.environment);
                if widgets::menu_item(ui, environment.icon(), &profile.name).clicked() {
                    self.commands.push(Command::Connect(Box::new(profile.clone())));
                }
            }
            widgets::hairline(ui);
            if widgets::menu_item(ui, Icon::PlugZap, "Manage connections…").clicked() {
                self.commands.push(Command::Go(Route::Connections));
            }
        });
        if connection.driver.is_read_only() {
            widgets::badge(ui, widgets::Badge::Gray, Icon::Lock, "Read-only");
        }
    }

    fn pool_switcher(&mut self, ui: &mut Ui) {
        let list = self.cache.get_all(&ListUserPoolsRequest {
            max_results: 60,
            ..Default::default()
        });
        let current = self.route.user_pool_id().map(str::to_owned);
        let pools = list
            .value
            .as_ref()
            .and_then(|list| list.user_pools.clone())
            .unwrap_or_default();
        let named = |id: &str| {
            pools
                .iter()
                .find(|pool| pool.id.as_deref() == Some(id))
                .and_then(|pool| pool.name.clone())
                .unwrap_or_else(|| id.to_owned())
        };
        const LONGEST: usize = 36;
        let name = current.as_deref().map_or_else(|| "User pools".to_owned(), named);
        // A name may have 128 characters; the search and the buttons beside it keep their room.
        let shown = if name.chars().count() > LONGEST {
            let start: String = name.chars().take(LONGEST - 1).collect();
            format!("{}…", start.trim_end())
        } else {
            name.clone()
        };
        let button = ui
            .add(Button::ghost(&shown).trailing(Icon::ChevronsUpDown).small())
            .on_hover_text(name);
        let page = match &self.route {
            Route::UserPool { page, .. } => page.listed_under(),
            _ => Page::Overview,
        };
        widgets::menu(&button, |ui| {
            ui.set_min_width(280.0);
            egui::ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
                for pool in &pools {
                    let Some(id) = &pool.id else { continue };
                    let name = pool.name.as_deref().unwrap_or(id);
                    let here = current.as_deref() == Some(id.as_str());
                    let item = Button::ghost(name).icon(Icon::Database).wide().selected(here);
                    if ui.add(item).on_hover_text(id).clicked() {
                        self.commands
                            .push(Command::Go(Route::pool(id.clone(), page.clone())));
                    }
                }
            });
            widgets::hairline(ui);
            if widgets::menu_item(ui, Icon::List, "All user pools").clicked() {
                self.commands.push(Command::Go(Route::UserPools));
            }
            if widgets::menu_item(ui, Icon::Plus, "Create user pool").clicked() {
                self.commands.push(Command::Go(Route::CreateUserPool));
            }
        });
    }

    fn navigation(&mut self, ui: &mut Ui, slim: bool) {
        let pool = self.route.user_pool_id().map(str::to_owned);
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                Frame::NONE
                    .inner_margin(Margin {
                        left: 8,
                        right: 8,
                        top: 10,
                        bottom: 10,
                    })
                    .show(ui, |ui| {
                        ui.spacing_mut().item_spacing.y = 2.0;
                        self.nav_item(
                            ui,
                            slim,
                            Route::UserPools,
                            self.route == Route::UserPools || self.route == Route::CreateUserPool,
                        );
                        if let Some(pool) = &pool {
                            let here = match &self.route {
                                Route::UserPool { page, .. } => Some(page.listed_under()),
                                _ => None,
                            };
                            for section in NAVIGATION {
                                nav_heading(ui, slim, section.heading);
                                for page in section.pages {
                                    let selected = here.as_ref() == Some(page);
                                    self.nav_item(
                                        ui,
                                        slim,
                                        Route::pool(pool.clone(), page.clone()),
                                        selected,
                                    );
                                }
                            }
                        }
                        nav_heading(ui, slim, "Tools");
                        for route in [
                            Route::LocalEngine,
                            Route::Jobs,
                            Route::Connections,
                            Route::Preferences,
                        ] {
                            let selected = self.route == route;
                            self.nav_item(ui, slim, route, selected);
                        }
                    });
            });
    }

    fn nav_item(&mut self, ui: &mut Ui, slim: bool, route: Route, selected: bool) {
        let t = theme::tokens(ui);
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 30.0), Sense::click());
        let name = route.name();
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, name));
        let hot = response.hovered() || response.has_focus();
        if selected {
            ui.painter()
                .rect_filled(rect, CornerRadius::same(size::RADIUS), t.selected());
        } else if hot {
            ui.painter()
                .rect_filled(rect, CornerRadius::same(size::RADIUS), t.bg3);
        }
        widgets::focus_ring(ui, &response, rect.shrink(2.0), size::RADIUS);
        let ink = if selected { t.accent_text } else { t.text2 };
        let sign = if selected { t.accent_text } else { t.text3 };
        let x = if slim { rect.center().x } else { rect.left() + 18.0 };
        widgets::paint_icon(
            ui,
            route.icon(),
            Rect::from_center_size(egui::pos2(x, rect.center().y), Vec2::splat(16.0)),
            sign,
        );
        if !slim {
            let font = if selected {
                theme::medium(13.0)
            } else {
                theme::body(13.0)
            };
            let galley = ui.painter().layout_no_wrap(name.to_owned(), font, ink);
            ui.painter().galley(
                egui::pos2(rect.left() + 36.0, rect.center().y - galley.size().y / 2.0),
                galley,
                ink,
            );
        }
        let running = if route == Route::Jobs {
            self.jobs.running().count()
        } else {
            0
        };
        if running > 0 {
            let at =
                rect.right_center() - Vec2::new(if slim { 8.0 } else { 16.0 }, if slim { 8.0 } else { 0.0 });
            ui.painter().circle_filled(at, 8.0, t.accent_fill);
            let count = ui
                .painter()
                .layout_no_wrap(running.to_string(), theme::medium(10.5), t.on_accent);
            ui.painter().galley(at - count.size() / 2.0, count, t.on_accent);
        }
        // What is edited on a page and not saved stays in sight from every other one.
        let unsaved = self.unsaved_under(&route);
        if let Some(unsaved) = &unsaved {
            let right = rect.right_center();
            let at = right
                - if slim {
                    Vec2::new(8.0, 8.0)
                } else {
                    Vec2::new(14.0, 0.0)
                };
            ui.painter().circle_filled(at, 3.5, t.accent_text);
            ui.ctx().accesskit_node_builder(response.id, |node| {
                node.set_description(unsaved.as_str());
            });
        }
        let response = match (&unsaved, slim) {
            (Some(unsaved), true) => response.on_hover_text(format!("{name}\n{unsaved}")),
            (Some(unsaved), false) => response.on_hover_text(unsaved),
            (None, true) => response.on_hover_text(name),
            (None, false) => response,
        };
        if response.clicked() {
            self.commands.push(Command::Go(route));
        }
    }

    /// Says what is edited and not saved on the pages that an entry of the navigation stands for.
    fn unsaved_under(&self, entry: &Route) -> Option<String> {
        let stands_for = |route: &Route| match (entry, route) {
            (
                Route::UserPool {
                    user_pool_id: here,
                    page,
                },
                Route::UserPool {
                    user_pool_id,
                    page: shown,
                },
            ) => here == user_pool_id && shown.listed_under() == *page,
            (Route::UserPools, Route::CreateUserPool) => true,
            _ => entry == route,
        };
        self.screens
            .iter()
            .filter(|(route, _)| **route != self.route && stands_for(route))
            .find_map(|(_, screen)| screen.unsaved())
    }

    fn pending_bar(&mut self, ui: &mut Ui) {
        let t = theme::tokens(ui);
        let count = self.drafts.count();
        let subjects: Vec<String> = self.drafts.dirty().map(super::draft::AnyDraft::subject).collect();
        let busy = self.applying.is_some();
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(10.0), Sense::hover());
            ui.painter().circle_filled(rect.center(), 4.0, t.accent_text);
            ui.label(t.strong(widgets::counted(count, "pending change")));
            ui.label(t.hint(format!("in {}", subjects.join(", "))));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui.add(Button::primary("Review and apply").busy(busy)).clicked() {
                    self.commands.push(Command::Review);
                }
                if ui.add_enabled(!busy, Button::new("Discard")).clicked() {
                    self.commands.push(Command::Discard);
                }
                if ui
                    .add_enabled(!busy, IconButton::new(Icon::Undo2, "Undo the last edit (Ctrl Z)"))
                    .clicked()
                {
                    self.commands.push(Command::Undo);
                }
            });
        });
    }

    fn status_bar(&mut self, ui: &mut Ui, connection: Option<&Connection>) {
        let t = theme::tokens(ui);
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            let small = |text: String| t.hint(text).size(11.5);
            match (connection, &self.link) {
                (Some(connection), _) => {
                    let answers = self.cache.answers();
                    let is_heard = connection
                        .engine
                        .as_ref()
                        .is_none_or(|engine| engine.unheard.is_none());
                    dot(ui, if answers && is_heard { t.ok } else { t.err });
                    let transport = connection.driver.transport();
                    let engine = connection.engine.as_ref();
                    if let Some(why) = engine.and_then(|engine| engine.unheard.as_ref()) {
                        ui.label(small("Listens nowhere".to_owned()).color(t.err))
                            .on_hover_text(widgets::sentence(why));
                    } else {
                        let address = engine
                            .and_then(|engine| engine.address.clone())
                            .unwrap_or_else(|| transport.endpoint());
                        let shown = ui.add(egui::Label::new(small(address.clone())).sense(Sense::click()));
                        if shown
                            .on_hover_text("Where SDKs reach this engine. Click to copy.")
                            .clicked()
                        {
                            self.commands.push(Command::Copy {
                                what: "Address".to_owned(),
                                text: address,
                            });
                        }
                    }
                    separator_dot(ui);
                    ui.label(small(transport.region()));
                    if !answers {
                        separator_dot(ui);
                        ui.label(small("does not answer".to_owned()));
                    }
                    if let Some(latency) = self.cache.latency_millis() {
                        separator_dot(ui);
                        ui.label(small(format!("{} ms", widgets::grouped(latency))));
                    }
                }
                (None, Link::Failed(_)) => {
                    dot(ui, t.err);
                    ui.label(small("Not connected".to_owned()));
                }
                (None, _) => {
                    dot(ui, t.warn);
                    ui.label(small("Opening the engine".to_owned()));
                }
            }
            self.jobs_status(ui);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(small(format!("Poolhouse {}", env!("CARGO_PKG_VERSION"))));
                separator_dot(ui);
                let keys = ui.add(egui::Label::new(small("Keys ?".to_owned())).sense(Sense::click()));
                if keys.on_hover_text("Show the keys").clicked() {
                    self.commands.push(Command::Shortcuts);
                }
            });
        });
    }

    /// What runs, at the bottom of the window; a click shows the jobs.
    fn jobs_status(&mut self, ui: &mut Ui) {
        let t = theme::tokens(ui);
        let running: Vec<&Entry> = self.jobs.running().collect();
        let words = match running.as_slice() {
            [] => return,
            [only] => match only.share() {
                Some(share) => format!("{} · {:.0} %", only.title, share * 100.0),
                None => only.title.clone(),
            },
            several => format!("{} jobs running", several.len()),
        };
        separator_dot(ui);
        widgets::icon_sized(ui, Icon::LoaderCircle, 12.0, t.accent_text);
        let label = egui::Label::new(t.hint(words).size(11.5).color(t.accent_text)).sense(Sense::click());
        if ui.add(label).on_hover_text("Show the jobs").clicked() {
            self.commands.push(Command::Go(Route::Jobs));
        }
    }

    fn overlays(&mut self, ctx: &egui::Context, connection: Option<&Connection>) {
        if self.palette.is_open() {
            let pool = self.route.user_pool_id().map(str::to_owned);
            if let Some(command) =
                self.palette
                    .show(ctx, &mut self.cache, pool.as_deref(), connection.is_some())
            {
                self.commands.push(command);
            }
        }
        match &self.overlay {
            Overlay::None => {}
            Overlay::Review => self.review(ctx),
            Overlay::Shortcuts => self.shortcuts(ctx),
            Overlay::Leaving { what, then } => {
                let (what, then) = (what.clone(), then.clone());
                let answer = Dialog::new("Leave without applying", "Throw away and leave")
                    .width(440.0)
                    .danger()
                    .cancel("Keep editing")
                    .show(ctx, |ui| {
                        let t = theme::tokens(ui);
                        ui.label(t.body("This would be lost:"));
                        for line in &what {
                            ui.label(t.body(format!("•  {line}")));
                        }
                    });
                match answer {
                    Answer::Open => {}
                    Answer::Cancelled => self.overlay = Overlay::None,
                    Answer::Confirmed => {
                        self.overlay = Overlay::None;
                        self.leave(ctx, then);
                    }
                }
            }
        }
    }

    fn review(&mut self, ctx: &egui::Context) {
        let count = self.drafts.count();
        if count == 0 && self.applying.is_none() {
            self.overlay = Overlay::None;
            return;
        }
        let conflicts = !self.conflicts.is_empty();
        let title = if count == 1 {
            "Apply 1 change".to_owned()
        } else {
            format!("Apply {count} changes")
        };
        let verb = if conflicts {
            "Overwrite and apply".to_owned()
        } else {
            format!("Apply {count}")
        };
        let dialog = Dialog::new(&title, &verb)
            .width(760.0)
            .busy(self.applying.is_some());
        let answer = dialog.show(ctx, |ui| {
            let t = theme::tokens(ui);
            for (subject, conflicts) in &self.conflicts {
                let message = format!("{subject} was changed on the server meanwhile, in the same members:");
                widgets::banner(ui, super::command::Tone::Warning, &message, |_| {});
                widgets::diff(ui, conflicts);
            }
            for draft in self.drafts.dirty() {
                widgets::card(
                    ui,
                    &draft.subject(),
                    draft.operation(),
                    |_| {},
                    |ui| {
                        widgets::diff(ui, &draft.changes());
                        ui.label(t.hint(format!(
                            "{} members are carried forward unchanged",
                            draft.carried()
                        )));
                    },
                );
            }
        });
        match answer {
            Answer::Open => {}
            Answer::Cancelled => self.overlay = Overlay::None,
            Answer::Confirmed => self.commands.push(Command::Apply { anyway: conflicts }),
        }
    }

    fn shortcuts(&mut self, ctx: &egui::Context) {
        const KEYS: &[(&str, &str)] = &[
            ("Ctrl K", "Search pages, users, groups, actions"),
            ("Ctrl P", "Switch user pool"),
            ("Ctrl S", "Review and apply pending changes"),
            ("Ctrl Z, Ctrl Shift Z", "Undo, redo an edit"),
            ("Ctrl B", "Show or hide the navigation's words"),
            ("F5", "Ask again for everything shown"),
            ("Alt Left", "Go back"),
            (
                "G then O U C G I A B S",
                "Overview, users, app clients, groups, imports, authentication, branding, settings",
            ),
            ("G then P L J", "User pools, local engine, jobs"),
            ("J K, arrows", "Move in a table"),
            ("Enter", "Open the row"),
            ("X", "Mark the row"),
            ("Ctrl +, Ctrl −, Ctrl 0", "Larger, smaller, normal size"),
            ("?", "This list"),
        ];
        let answer = Dialog::new("Keys", "Close")
            .width(620.0)
            .only_verb()
            .show(ctx, |ui| {
                let t = theme::tokens(ui);
                egui::Grid::new("keys")
                    .num_columns(2)
                    .spacing([24.0, 8.0])
                    .show(ui, |ui| {
                        for (keys, what) in KEYS {
                            ui.label(t.code(*keys).color(t.text1));
                            ui.label(t.body(*what));
                            ui.end_row();
                        }
                    });
            });
        if answer != Answer::Open {
            self.overlay = Overlay::None;
        }
    }
}

fn nav_heading(ui: &mut Ui, slim: bool, heading: &str) {
    let t = theme::tokens(ui);
    if heading.is_empty() {
        ui.add_space(6.0);
        return;
    }
    ui.add_space(9.0);
    if slim {
        let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 1.0), Sense::hover());
        ui.painter().hline(
            rect.shrink2(Vec2::new(8.0, 0.0)).x_range(),
            rect.center().y,
            t.hairline(),
        );
        ui.add_space(4.0);
    } else {
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            ui.label(t.caption(heading));
        });
        ui.add_space(2.0);
    }
}

fn search_box(ui: &mut Ui) -> bool {
    let t = theme::tokens(ui);
    let width = 280.0_f32.min(ui.available_width());
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 30.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Search or run"));
    let hot = response.hovered() || response.has_focus();
    let fill = if hot { t.hover } else { t.bg3 };
    ui.painter().rect(
        rect,
        CornerRadius::same(size::RADIUS),
        fill,
        t.hairline(),
        egui::StrokeKind::Inside,
    );
    widgets::focus_ring(ui, &response, rect, size::RADIUS);
    widgets::paint_icon_sized(
        ui,
        Icon::Search,
        egui::pos2(rect.left() + 16.0, rect.center().y),
        14.0,
        t.text3,
    );
    let galley = ui
        .painter()
        .layout_no_wrap("Search or run…".to_owned(), theme::body(12.5), t.text3);
    let words_end = rect.left() + 30.0 + galley.size().x;
    ui.painter().with_clip_rect(rect).galley(
        egui::pos2(rect.left() + 30.0, rect.center().y - galley.size().y / 2.0),
        galley,
        t.text3,
    );
    let keys = ui
        .painter()
        .layout_no_wrap("Ctrl K".to_owned(), theme::body(11.0), t.text3);
    let keys_begin = rect.right() - 10.0 - keys.size().x;
    // In a narrow window the words go first.
    if keys_begin > words_end + 8.0 {
        let at = egui::pos2(keys_begin, rect.center().y - keys.size().y / 2.0);
        ui.painter().galley(at, keys, t.text3);
    }
    response.clicked()
}

fn dot(ui: &mut Ui, colour: egui::Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(8.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 3.5, colour);
}

fn separator_dot(ui: &mut Ui) {
    let t = theme::tokens(ui);
    let (rect, _) = ui.allocate_exact_size(Vec2::new(4.0, 8.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 1.2, t.disabled);
}
