//! The palette: pages, user pools, users, groups, actions, found by what is typed.
//!
//! `@` finds users, `#` groups, `>` actions; without a sign everything is searched.

use egui::{
    Align2, Area, CornerRadius, Frame, Id, Key, Margin, Modifiers, Order, Role, Sense, Vec2, WidgetInfo,
};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::command::{Command, ThemeChoice};
use super::remote::Cache;
use super::route::{NAVIGATION, Page, Route};
use super::theme::{self, Icon};
use super::widgets;
use crate::wire::idp::{ListGroupsRequest, ListUserPoolsRequest, ListUsersRequest};

/// The palette's state.
pub struct Palette {
    open: bool,
    typed: String,
    /// The name and detail of what the arrows chose; without it the first line is chosen.
    chosen: Option<(String, String)>,
    matcher: Matcher,
    fresh: bool,
}

impl Default for Palette {
    fn default() -> Self {
        Self {
            open: false,
            typed: String::new(),
            chosen: None,
            matcher: Matcher::new(Config::DEFAULT),
            fresh: false,
        }
    }
}

/// A line of the palette.
struct Entry {
    kind: &'static str,
    icon: Icon,
    name: String,
    detail: String,
    /// Other words it is found by.
    words: String,
    command: Command,
}

impl Palette {
    /// Opens it with text in it.
    pub fn open(&mut self, typed: String) {
        self.open = true;
        self.typed = typed;
        self.chosen = None;
        self.fresh = true;
    }

    /// Tells whether it is open.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Draws it; answers what was chosen.
    pub fn show(
        &mut self,
        ctx: &egui::Context,
        cache: &mut Cache,
        user_pool_id: Option<&str>,
        connected: bool,
    ) -> Option<Command> {
        const MOST: usize = 40;
        let (down, up, enter, escape) = ctx.input_mut(|input| {
            (
                input.consume_key(Modifiers::NONE, Key::ArrowDown),
                input.consume_key(Modifiers::NONE, Key::ArrowUp),
                input.consume_key(Modifiers::NONE, Key::Enter),
                input.consume_key(Modifiers::NONE, Key::Escape),
            )
        });
        if escape {
            self.open = false;
            return None;
        }
        let (found, is_searching) = self.find(cache, user_pool_id, connected, MOST);
        // Answers that come in move the lines; the choice stays with its line.
        let key = |entry: &Entry| (entry.name.clone(), entry.detail.clone());
        let mut chosen = found
            .iter()
            .position(|entry| self.chosen.as_ref() == Some(&key(entry)))
            .unwrap_or(0);
        let moved = up || down;
        if moved {
            chosen = if down {
                chosen.saturating_add(1)
            } else {
                chosen.saturating_sub(1)
            };
            chosen = chosen.min(found.len().saturating_sub(1));
            self.chosen = found.get(chosen).map(key);
        }
        let mut taken = enter.then_some(chosen);

        let t = theme::tokens_of(ctx);
        let window = ctx.content_rect();
        let veil = egui::Color32::BLACK.gamma_multiply(if t.dark { 0.5 } else { 0.22 });
        let area = Area::new(Id::unique("palette"))
            .order(Order::Foreground)
            .anchor(Align2::CENTER_TOP, [0.0, 72.0]);
        let frame = Frame::NONE
            .fill(t.bg2)
            .stroke(t.hairline())
            .corner_radius(CornerRadius::same(12))
            .shadow(t.floating());
        let modal = egui::Modal::new(Id::unique("palette"))
            .area(area)
            .frame(frame)
            .backdrop_color(veil);
        let shown = modal.show(ctx, |ui| {
            ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
                node.set_role(egui::accesskit::Role::Dialog);
                node.set_label("Search or run");
            });
            ui.set_width(620.0_f32.min(window.width() - 48.0));
            ui.spacing_mut().item_spacing.y = 0.0;
            Frame::NONE
                .inner_margin(Margin::symmetric(16, 12))
                .show(ui, |ui| {
                    ui.horizontal(|ui| {
                        widgets::icon(ui, Icon::Search, t.text3);
                        let edit = egui::TextEdit::singleline(&mut self.typed)
                            .frame(Frame::NONE)
                            .font(theme::body(15.0))
                            .text_color(t.text1)
                            .align(egui::Align2::LEFT_CENTER)
                            .hint_text(
                                egui::RichText::new("Search pages, @users, #groups, >actions").color(t.text3),
                            )
                            .desired_width(f32::INFINITY);
                        let response = ui.add(edit).accessible_name("Search or run");
                        if self.fresh {
                            response.request_focus();
                            self.fresh = false;
                        }
                        if response.changed() {
                            self.chosen = None;
                        }
                    });
                });
            widgets::hairline(ui);
            let height = (window.height() - 240.0).clamp(160.0, 420.0);
            egui::ScrollArea::vertical()
                .max_height(height)
                // Else what comes in later gets no more room than what was there before.
                .min_scrolled_height(height)
                .show(ui, |ui| {
                    Frame::NONE.inner_margin(Margin::same(8)).show(ui, |ui| {
                        ui.spacing_mut().item_spacing.y = 1.0;
                        ui.set_width(ui.available_width());
                        let mut kind = "";
                        for (index, entry) in found.iter().enumerate() {
                            if entry.kind != kind {
                                kind = entry.kind;
                                ui.add_space(if index == 0 { 2.0 } else { 8.0 });
                                ui.horizontal(|ui| {
                                    ui.add_space(8.0);
                                    ui.label(t.caption(kind));
                                });
                                ui.add_space(2.0);
                            }
                            let response = line(ui, entry, index == chosen);
                            if index == chosen && moved {
                                response.scroll_to_me(None);
                            }
                            if response.clicked() {
                                taken = Some(index);
                            }
                        }
                        if found.is_empty() {
                            ui.vertical_centered(|ui| {
                                ui.add_space(20.0);
                                ui.label(t.hint(if is_searching {
                                    "Searching…"
                                } else {
                                    "Nothing is called that"
                                }));
                                ui.add_space(20.0);
                            });
                        }
                    });
                });
        });
        if shown.should_close() {
            self.open = false;
        }
        let command = taken
            .and_then(|index| found.into_iter().nth(index))
            .map(|entry| entry.command);
        if command.is_some() {
            self.open = false;
        }
        command
    }

    fn find(
        &mut self,
        cache: &mut Cache,
        user_pool_id: Option<&str>,
        connected: bool,
        most: usize,
    ) -> (Vec<Entry>, bool) {
        let typed = self.typed.trim_start().to_owned();
        let (sign, wanted) = match typed.chars().next() {
            Some(sign @ ('@' | '#' | '>')) => (Some(sign), typed.chars().skip(1).collect::<String>()),
            _ => (None, typed.clone()),
        };
        let wanted = wanted.trim().to_owned();
        let mut entries = Vec::new();
        if sign.is_none() {
            pages(&mut entries, user_pool_id);
        }
        if connected && sign.is_none() {
            pools(&mut entries, cache);
        }
        if matches!(sign, None | Some('>')) {
            actions(&mut entries, user_pool_id.filter(|_| connected));
        }
        let mut is_searching = false;
        if let Some(user_pool_id) = user_pool_id.filter(|_| connected && !wanted.is_empty()) {
            if matches!(sign, None | Some('@')) {
                is_searching |= users(&mut entries, cache, user_pool_id, &wanted);
            }
            if matches!(sign, None | Some('#')) {
                is_searching |= groups(&mut entries, cache, user_pool_id, &wanted);
            }
        }
        if wanted.is_empty() {
            entries.truncate(most);
            let order = |entry: &Entry| KINDS.iter().position(|kind| *kind == entry.kind);
            entries.sort_by_key(order);
            return (entries, is_searching);
        }
        let mut buffer = Vec::new();
        let pattern = Pattern::parse(&wanted, CaseMatching::Ignore, Normalization::Smart);
        let mut ranked: Vec<(u32, Entry)> = entries
            .into_iter()
            .filter_map(|entry| {
                let fuzzy = pattern
                    .score(Utf32Str::new(&entry.name, &mut buffer), &mut self.matcher)
                    .unwrap_or(0);
                Some((rank(&entry, &wanted, fuzzy)?, entry))
            })
            .collect();
        // Equals stay in the order of their kinds.
        let order = |entry: &Entry| KINDS.iter().position(|kind| *kind == entry.kind);
        ranked.sort_by(|(one, left), (other, right)| {
            other.cmp(one).then_with(|| order(left).cmp(&order(right)))
        });
        // The best hit comes first, its kind with it.
        let mut kinds: Vec<&'static str> = Vec::new();
        for (_, entry) in &ranked {
            if !kinds.contains(&entry.kind) {
                kinds.push(entry.kind);
            }
        }
        ranked.truncate(most);
        ranked.sort_by_key(|(_, entry)| kinds.iter().position(|kind| *kind == entry.kind));
        let found = ranked.into_iter().map(|(_, entry)| entry).collect();
        (found, is_searching)
    }
}

const KINDS: [&str; 5] = ["Pages", "User pools", "Users", "Groups", "Actions"];

/// Tells how well an entry answers to what is typed; `None` when it does not.
///
/// A name that is exactly it stands before one that begins so, that before words of the name,
/// and those before other words an entry is known by. Letters scattered over a name, `fuzzy`,
/// count least, and only when they stand near each other.
fn rank(entry: &Entry, wanted: &str, fuzzy: u32) -> Option<u32> {
    let (name, wanted) = (entry.name.to_lowercase(), wanted.to_lowercase());
    let begins = |text: &str| {
        wanted.split_whitespace().all(|part| {
            let at_start = |(at, _): (usize, &str)| {
                text.get(..at)
                    .and_then(|before| before.chars().next_back())
                    .is_none_or(|before| !before.is_alphanumeric())
            };
            text.match_indices(part).any(at_start)
        })
    };
    let all = || format!("{name} {} {}", entry.detail.to_lowercase(), entry.words);
    // What a letter scores by itself; gaps cost.
    let least = u32::try_from(wanted.chars().count())
        .unwrap_or(u32::MAX)
        .saturating_mul(16);
    let tier = if name == wanted {
        5
    } else if name.starts_with(&wanted) {
        4
    } else if begins(&name) {
        3
    } else if begins(&all()) {
        2
    } else if fuzzy >= least || matches!(entry.kind, "Users" | "Groups") {
        1
    } else {
        return None;
    };
    Some(tier * 1000 + fuzzy.min(999))
}

fn line(ui: &mut egui::Ui, entry: &Entry, chosen: bool) -> egui::Response {
    let t = theme::tokens(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 34.0), Sense::click());
    let name = entry.name.clone();
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &name));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    if chosen {
        ui.painter()
            .rect_filled(rect, CornerRadius::same(6), t.selected());
    } else if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(6), t.bg3);
    }
    let y = rect.center().y;
    widgets::paint_icon_sized(
        ui,
        entry.icon,
        egui::pos2(rect.left() + 20.0, y),
        15.0,
        if chosen { t.accent_text } else { t.text3 },
    );
    let galley = ui
        .painter()
        .layout_no_wrap(entry.name.clone(), theme::body(13.5), t.text1);
    let end = rect.left() + 38.0 + galley.size().x;
    ui.painter().galley(
        egui::pos2(rect.left() + 38.0, y - galley.size().y / 2.0),
        galley,
        t.text1,
    );
    if !entry.detail.is_empty() {
        let mut job =
            egui::text::LayoutJob::simple_singleline(entry.detail.clone(), theme::body(12.0), t.text3);
        job.wrap = egui::text::TextWrapping::truncate_at_width((rect.right() - 12.0 - end - 24.0).max(0.0));
        let detail = ui.painter().layout_job(job);
        let at = egui::pos2(rect.right() - 12.0 - detail.size().x, y - detail.size().y / 2.0);
        ui.painter().galley(at, detail, t.text3);
    }
    response
}

fn pages(entries: &mut Vec<Entry>, user_pool_id: Option<&str>) {
    let mut add = |route: Route, keys: &str| {
        entries.push(Entry {
            kind: "Pages",
            icon: route.icon(),
            name: route.name().to_owned(),
            detail: keys.to_owned(),
            words: route.synonyms().to_owned(),
            command: Command::Go(route),
        });
    };
    if let Some(user_pool_id) = user_pool_id {
        for page in NAVIGATION.iter().flat_map(|section| section.pages) {
            let keys = match page {
                Page::Overview => "G O",
                Page::Users => "G U",
                Page::AppClients => "G C",
                Page::Groups => "G G",
                Page::Imports => "G I",
                Page::AuthenticationMethods => "G A",
                Page::BrandingStudio => "G B",
                Page::Settings => "G S",
                _ => "",
            };
            add(Route::pool(user_pool_id, page.clone()), keys);
        }
    }
    add(Route::UserPools, "G P");
    add(Route::CreateUserPool, "");
    add(Route::LocalEngine, "G L");
    add(Route::Jobs, "G J");
    add(Route::Connections, "");
    add(Route::Preferences, "");
}

fn pools(entries: &mut Vec<Entry>, cache: &mut Cache) {
    let list = cache.get_all(&ListUserPoolsRequest {
        max_results: 60,
        ..Default::default()
    });
    let pools = list.value.as_ref().and_then(|list| list.user_pools.as_ref());
    for pool in pools.into_iter().flatten() {
        let Some(id) = &pool.id else { continue };
        entries.push(Entry {
            kind: "User pools",
            icon: Icon::Database,
            name: pool.name.clone().unwrap_or_else(|| id.clone()),
            detail: id.clone(),
            words: "pool".to_owned(),
            command: Command::Go(Route::pool(id.clone(), Page::Overview)),
        });
    }
}

fn actions(entries: &mut Vec<Entry>, user_pool_id: Option<&str>) {
    let mut add = |icon: Icon, name: &str, detail: &str, words: &str, command: Command| {
        entries.push(Entry {
            kind: "Actions",
            icon,
            name: name.to_owned(),
            detail: detail.to_owned(),
            words: words.to_owned(),
            command,
        });
    };
    if let Some(id) = user_pool_id {
        let begin = |page| Command::Begin(Route::pool(id, page));
        add(
            Icon::UserPlus,
            "Create user",
            "",
            "new add invite",
            begin(Page::Users),
        );
        add(
            Icon::Group,
            "Create group",
            "",
            "new add role",
            begin(Page::Groups),
        );
        add(
            Icon::AppWindow,
            "Create app client",
            "",
            "new add application",
            begin(Page::AppClients),
        );
        add(
            Icon::FileUp,
            "Import users",
            "",
            "csv upload migrate",
            begin(Page::Imports),
        );
    }
    for choice in ThemeChoice::ALL {
        let name = match choice {
            ThemeChoice::System => "Theme as the desktop",
            ThemeChoice::Light => "Light theme",
            ThemeChoice::Dark => "Dark theme",
        };
        add(choice.icon(), name, "", "appearance mode", Command::Theme(choice));
    }
    add(
        Icon::RefreshCw,
        "Refresh",
        "F5",
        "reload ask again",
        Command::RefreshAll,
    );
    add(
        Icon::GitCompareArrows,
        "Review pending changes",
        "Ctrl S",
        "apply save diff",
        Command::Review,
    );
    add(
        Icon::Undo2,
        "Discard pending changes",
        "",
        "throw away revert",
        Command::Discard,
    );
    add(
        Icon::PanelLeft,
        "Show or hide the navigation's words",
        "Ctrl B",
        "sidebar collapse",
        Command::ToggleNavigation,
    );
    add(Icon::Keyboard, "Keys", "?", "shortcuts help", Command::Shortcuts);
    add(Icon::LogOut, "Quit", "", "close exit", Command::Quit);
}

/// Adds the users found; answers whether the engine has yet to answer.
fn users(entries: &mut Vec<Entry>, cache: &mut Cache, user_pool_id: &str, wanted: &str) -> bool {
    const MOST: i32 = 8;
    let mut is_searching = false;
    // A quotation mark ends the value of a filter; it is taken as meant to be found.
    let value = wanted.replace('\\', "\\\\").replace('"', "\\\"");
    let mut seen = Vec::new();
    for attribute in ["username", "email"] {
        let request = ListUsersRequest {
            user_pool_id: user_pool_id.to_owned(),
            filter: Some(format!("{attribute} ^= \"{value}\"")),
            limit: Some(MOST),
            ..Default::default()
        };
        let answer = cache.get(&request);
        is_searching |= answer.loading;
        let list = answer.value.as_ref().and_then(|list| list.users.as_ref());
        for user in list.into_iter().flatten() {
            let Some(username) = &user.username else { continue };
            if seen.contains(username) {
                continue;
            }
            seen.push(username.clone());
            let email = user
                .attributes
                .iter()
                .flatten()
                .find(|attribute| attribute.name == "email")
                .and_then(|attribute| attribute.value.clone());
            entries.push(Entry {
                kind: "Users",
                icon: Icon::User,
                name: username.clone(),
                detail: email.unwrap_or_default(),
                words: String::new(),
                command: Command::Go(Route::pool(user_pool_id, Page::User(username.clone()))),
            });
        }
    }
    is_searching
}

/// Adds the groups found; answers whether the engine has yet to answer.
fn groups(entries: &mut Vec<Entry>, cache: &mut Cache, user_pool_id: &str, wanted: &str) -> bool {
    let request = ListGroupsRequest {
        user_pool_id: user_pool_id.to_owned(),
        ..Default::default()
    };
    let answer = cache.get_all(&request);
    let folded = wanted.to_lowercase();
    let list = answer.value.as_ref().and_then(|list| list.groups.as_ref());
    for group in list.into_iter().flatten() {
        let Some(name) = &group.group_name else { continue };
        if name.to_lowercase().contains(&folded) {
            entries.push(Entry {
                kind: "Groups",
                icon: Icon::Group,
                name: name.clone(),
                detail: group.description.clone().unwrap_or_default(),
                words: String::new(),
                command: Command::Go(Route::pool(user_pool_id, Page::Group(name.clone()))),
            });
        }
    }
    answer.loading
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: &'static str, name: &str, words: &str) -> Entry {
        Entry {
            kind,
            icon: Icon::User,
            name: name.to_owned(),
            detail: String::new(),
            words: words.to_owned(),
            command: Command::Quit,
        }
    }

    fn score(entry: &Entry, wanted: &str) -> Option<u32> {
        let pattern = Pattern::parse(wanted, CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let fuzzy = pattern.score(Utf32Str::new(&entry.name, &mut Vec::new()), &mut matcher);
        rank(entry, wanted, fuzzy.unwrap_or(0))
    }

    #[test]
    fn what_is_called_so_stands_before_what_merely_holds_the_letters() {
        let board = entry("Groups", "board", "");
        let overview = entry("Pages", "Overview", "home dashboard arn jwks issuer");
        assert!(score(&board, "board") > score(&overview, "board"));
        assert_eq!(score(&overview, "board"), None);
        assert!(score(&overview, "dash").is_some());

        let ilse = entry("Users", "ilse.calder", "");
        for page in ["Local engine", "App clients", "Connections", "Settings"] {
            let page = entry("Pages", page, "password policy policies sms email totp");
            assert!(score(&ilse, "ilse") > score(&page, "ilse"), "{}", page.name);
        }
        let branding = entry("Pages", "Branding studio", "hosted ui customization css logo");
        assert!(score(&branding, "hosted ui") > score(&overview, "hosted ui"));
        assert!(score(&branding, "studio") > score(&branding, "logo"));
    }

    #[test]
    fn letters_left_out_still_find_a_page() {
        assert!(score(&entry("Pages", "Users", ""), "usrs").is_some());
        assert!(score(&entry("Pages", "App clients", ""), "appcl").is_some());
    }
}
