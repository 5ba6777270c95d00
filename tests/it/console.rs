//! The window on an engine of the test's own: found and clicked as a user does.
//!
//! With `CONSOLE_PICTURES=<folder>` the routes are also drawn to PNG files there, for
//! people to look at; nothing is compared.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{self, Key, Modifiers, Theme, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use poolhouse::console::command::{Command, ThemeChoice};
use poolhouse::console::prefs::Prefs;
use poolhouse::console::route::{Page, Route};
use poolhouse::console::{App, Embedded, EngineInfo, Launch, Renderer};
use poolhouse::driver::BoxFuture;
use poolhouse::wire::idp;

use super::support::{START, TestEngine};
use poolhouse::base::clock::{ManualClock, SystemClock};
use poolhouse::base::rng::SeededRng;
use poolhouse::cli::embedded;
use poolhouse::config::{Config, Given};
use poolhouse::wire::engine::BackupRequest;

/// A runtime, an engine on it, and what a window needs to open.
pub struct House {
    pub runtime: tokio::runtime::Runtime,
    pub engine: TestEngine,
}

impl House {
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        // Pictures show identifiers: they are the same each time.
        let engine = runtime.block_on(TestEngine::with(|options| {
            options.rng = Arc::new(SeededRng::new(7));
        }));
        Self { runtime, engine }
    }

    pub fn launch(&self) -> Launch {
        let driver = self.engine.driver();
        let info = EngineInfo {
            address: Some("http://127.0.0.1:9229".to_owned()),
            unheard: None,
            data_dir: PathBuf::from("/var/lib/poolhouse"),
        };
        let embedded = Embedded { driver, info };
        Launch {
            runtime: self.runtime.handle().clone(),
            clock: Arc::new(ManualClock::at(START)),
            opener: Some(Arc::new(move || {
                let embedded = embedded.clone();
                Box::pin(async move { Ok(embedded) }) as BoxFuture<_>
            })),
            has_file_dialog: true,
            profiles_file: None,
            restorer: None,
            renderer: Renderer::Auto,
        }
    }

    fn window(&self, theme: Theme, size: [f32; 2], drawn: bool) -> Window {
        Window::open(self.launch(), theme, size, drawn)
    }

    /// A user pool with an app client, two users and a group in it.
    pub fn people(&self) -> (String, String) {
        self.runtime.block_on(async {
            let pool = self
                .engine
                .user_pool_with(idp::CreateUserPoolRequest {
                    pool_name: "customers".to_owned(),
                    auto_verified_attributes: Some(vec![idp::VerifiedAttributeType::Email]),
                    ..Default::default()
                })
                .await;
            let client = self
                .engine
                .call(&idp::CreateUserPoolClientRequest {
                    user_pool_id: pool.clone(),
                    client_name: "web".to_owned(),
                    generate_secret: Some(true),
                    callback_urls: Some(vec!["https://app.example.com/callback".to_owned()]),
                    ..Default::default()
                })
                .await;
            let client = client
                .ok()
                .and_then(|made| made.user_pool_client)
                .and_then(|client| client.client_id)
                .unwrap_or_default();
            (pool, client)
        })
    }
}

pub struct Window(pub Harness<'static, App>);

impl Window {
    pub fn open(launch: Launch, theme: Theme, size: [f32; 2], drawn: bool) -> Self {
        let prefs = Prefs {
            theme: match theme {
                Theme::Dark => ThemeChoice::Dark,
                Theme::Light => ThemeChoice::Light,
            },
            utc: true,
            ..Prefs::default()
        };
        let builder = Harness::builder()
            .with_size(Vec2::from(size))
            .with_theme(theme)
            .allow_missing_glyphs()
            .with_max_steps(40);
        let builder = if drawn { builder.wgpu() } else { builder };
        let mut window = Self(builder.build_eframe(move |cc| App::with_prefs(&cc.egui_ctx, launch, prefs)));
        window.settle();
        window
    }

    /// Steps until every answer is in and nothing moves.
    pub fn settle(&mut self) {
        let began = Instant::now();
        let mut quiet = 0;
        while quiet < 3 {
            self.0.step();
            if self.0.state().is_settled() {
                quiet += 1;
            } else {
                quiet = 0;
                std::thread::sleep(Duration::from_millis(2));
            }
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "the window does not come to rest"
            );
        }
        self.0.run_ok();
    }

    /// Steps until a text is seen.
    pub fn until(&mut self, text: &str) {
        let began = Instant::now();
        while self.0.query_all_by_label(text).next().is_none() {
            assert!(began.elapsed() < Duration::from_secs(20), "{text:?} is not shown");
            std::thread::sleep(Duration::from_millis(5));
            self.0.step();
        }
    }

    pub fn go(&mut self, route: Route) {
        self.0.state_mut().command(Command::Go(route));
        self.settle();
    }

    pub fn click(&mut self, label: &str) {
        self.0.get_by_label(label).click();
        self.settle();
    }

    fn picture(&mut self, folder: &std::path::Path, name: &str) {
        let image = self.0.render().unwrap();
        image.save(folder.join(format!("{name}.png"))).unwrap();
    }
}

pub fn routes(pool: &str, client: &str) -> Vec<(&'static str, Route)> {
    let page = |page| Route::pool(pool, page);
    vec![
        ("pools", Route::UserPools),
        ("create", Route::CreateUserPool),
        ("overview", page(Page::Overview)),
        ("clients", page(Page::AppClients)),
        ("client", page(Page::AppClient(client.to_owned()))),
        ("users", page(Page::Users)),
        ("groups", page(Page::Groups)),
        ("imports", page(Page::Imports)),
        ("authentication", page(Page::AuthenticationMethods)),
        ("signin", page(Page::SignIn)),
        ("signup", page(Page::SignUp)),
        ("branding", page(Page::BrandingStudio)),
        ("settings", page(Page::Settings)),
        ("engine", Route::LocalEngine),
        ("jobs", Route::Jobs),
        ("connections", Route::Connections),
        ("preferences", Route::Preferences),
    ]
}

#[test]
fn every_route_draws_in_both_themes_with_every_control_named() {
    let house = House::new();
    let (pool, client) = house.people();
    let folder = std::env::var_os("CONSOLE_PICTURES").map(PathBuf::from);
    let wanted = std::env::var("CONSOLE_ROUTES").unwrap_or_default();
    let sizes: &[[f32; 2]] = if folder.is_some() {
        &[[1280.0, 800.0], [1920.0, 1080.0]]
    } else {
        &[[1280.0, 800.0]]
    };
    for theme in [Theme::Light, Theme::Dark] {
        for size in sizes {
            let mut window = house.window(theme, *size, folder.is_some());
            for (name, route) in routes(&pool, &client) {
                if !wanted.is_empty() && !wanted.split(',').any(|wanted| wanted == name) {
                    continue;
                }
                window.go(route.clone());
                assert_eq!(window.0.state().route(), &route);
                window.0.check_accessibility();
                if let Some(folder) = &folder {
                    let theme = if theme == Theme::Dark { "dark" } else { "light" };
                    window.picture(folder, &format!("{name}-{theme}-{}", size[0]));
                }
            }
        }
    }
}

#[test]
fn palette_opens_with_the_keyboard_and_leads_to_a_page() {
    let house = House::new();
    let (pool, _) = house.people();
    let mut window = house.window(Theme::Dark, [1280.0, 800.0], false);
    window.go(Route::pool(pool.clone(), Page::Overview));
    window.0.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.settle();
    window
        .0
        .get_by_role_and_label(egui::accesskit::Role::TextInput, "Search or run")
        .type_text("hosted ui");
    window.settle();
    window.0.key_press(Key::Enter);
    window.settle();
    assert_eq!(window.0.state().route(), &Route::pool(pool, Page::BrandingStudio));
}

#[test]
fn palette_puts_a_user_before_pages_and_begins_actions() {
    let house = House::new();
    let (pool, _) = house.people();
    house.runtime.block_on(house.engine.user(&pool, "settler", &[]));
    let mut window = house.window(Theme::Dark, [1280.0, 800.0], false);
    let mut search = |from: Page, text: &str| {
        window.go(Route::pool(pool.clone(), from));
        window.0.key_press_modifiers(Modifiers::COMMAND, Key::K);
        window.settle();
        window
            .0
            .get_by_role_and_label(egui::accesskit::Role::TextInput, "Search or run")
            .type_text(text);
        window.settle();
        window.0.key_press(Key::Enter);
        window.settle();
        window.0.state().route().clone()
    };
    assert_eq!(
        search(Page::Overview, "settl"),
        Route::pool(pool.clone(), Page::User("settler".to_owned()))
    );
    assert_eq!(
        search(Page::Overview, ">create gr"),
        Route::pool(pool.clone(), Page::Groups)
    );
    window.0.get_by_label("Group name");
}

#[test]
fn user_pool_is_created_by_clicking() {
    let house = House::new();
    let mut window = house.window(Theme::Light, [1280.0, 800.0], false);
    window.0.get_by_label("No user pools yet");
    window
        .0
        .get_all_by_label("Create user pool")
        .next()
        .unwrap()
        .click();
    window.settle();
    assert_eq!(window.0.state().route(), &Route::CreateUserPool);
    let name = window.0.get_by_label("User pool name");
    name.focus();
    name.type_text("shop");
    window.settle();
    window
        .0
        .get_by_role_and_label(egui::accesskit::Role::Button, "Create user pool")
        .click();
    window.settle();
    let pools = house
        .runtime
        .block_on(house.engine.ok(&idp::ListUserPoolsRequest {
            max_results: 60,
            ..Default::default()
        }));
    let pools = pools.user_pools.unwrap();
    assert_eq!(pools[0].name.as_deref(), Some("shop"));
    let id = pools[0].id.clone().unwrap();
    assert_eq!(window.0.state().route(), &Route::pool(id, Page::Overview));
}

#[test]
fn an_edit_waits_in_the_bar_until_it_is_applied() {
    let house = House::new();
    let (pool, _) = house.people();
    let mut window = house.window(Theme::Dark, [1280.0, 800.0], false);
    window.go(Route::pool(pool.clone(), Page::SignUp));
    window
        .0
        .get_by_role_and_label(egui::accesskit::Role::CheckBox, "Let people register themselves")
        .click();
    window.settle();
    window.0.get_by_label("1 pending change");
    let described = idp::DescribeUserPoolRequest { user_pool_id: pool };
    let closed = |answer: idp::DescribeUserPoolResponse| {
        answer
            .user_pool
            .and_then(|pool| pool.admin_create_user_config)
            .and_then(|config| config.allow_admin_create_user_only)
            .unwrap_or(false)
    };
    assert!(!closed(house.runtime.block_on(house.engine.ok(&described))));
    window.click("Review and apply");
    window.click("Apply 1");
    assert!(window.0.query_by_label("1 pending change").is_none());
    assert!(closed(house.runtime.block_on(house.engine.ok(&described))));
}

#[test]
fn a_backup_is_restored_without_ending_the_program() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config_file = folder.path().join("poolhouse.toml");
    std::fs::write(&config_file, "").unwrap();
    let given = Given {
        listen: Some("127.0.0.1:0".parse().unwrap()),
        data: Some(folder.path().join("data")),
        sample_pool: Some(false),
        ..Given::default()
    };
    let house = embedded::House::new(Config::load(given, Some(&config_file)).unwrap());
    let launch = Launch {
        runtime: runtime.handle().clone(),
        clock: Arc::new(SystemClock),
        opener: Some(house.opener()),
        restorer: Some(Arc::new(Arc::clone(&house))),
        has_file_dialog: true,
        profiles_file: None,
        renderer: Renderer::Auto,
    };
    let driver = || runtime.block_on(house.opener()()).unwrap().driver;
    let create = |name: &str| {
        let request = idp::CreateUserPoolRequest {
            pool_name: name.to_owned(),
            ..Default::default()
        };
        runtime.block_on(driver().call(&request)).unwrap();
    };
    let names = || {
        let request = idp::ListUserPoolsRequest {
            max_results: 60,
            ..Default::default()
        };
        let pools = runtime.block_on(driver().call(&request)).unwrap().user_pools;
        let names = pools.into_iter().flatten().filter_map(|pool| pool.name);
        names.collect::<Vec<_>>()
    };
    create("kept");
    let copy = folder.path().join("copy.sqlite");
    let asked = BackupRequest {
        path: Some(copy.display().to_string()),
    };
    runtime.block_on(driver().call(&asked)).unwrap();
    create("made later");
    let other = folder.path().join("letter.txt");
    std::fs::write(&other, "Dear reader, this is no backup at all.").unwrap();

    let mut window = Window::open(launch, Theme::Light, [1280.0, 800.0], false);
    window.go(Route::LocalEngine);
    window.click("Data and backup");
    let field = window.0.get_by_label("Backup file");
    field.focus();
    field.type_text(&other.display().to_string());
    window.settle();
    window.click("Look into it…");
    window.0.get_by_label_contains("not a database");
    assert_eq!(names().len(), 2);

    let field = window.0.get_by_label("Backup file");
    field.focus();
    window.0.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.settle();
    window
        .0
        .get_by_label("Backup file")
        .type_text(&copy.display().to_string());
    window.settle();
    window.click("Look into it…");
    window.0.get_by_label("kept");
    let word = window.0.get_by_label("Type restore to confirm");
    word.focus();
    word.type_text("restore");
    window.settle();
    window
        .0
        .get_by_role_and_label(egui::accesskit::Role::Button, "Restore")
        .click();
    window.settle();
    assert_eq!(names(), ["kept"]);
    window.go(Route::UserPools);
    window.0.get_by_label("kept");
    assert!(window.0.query_by_label("made later").is_none());
    let before = folder.path().join("data/poolhouse.sqlite.before-restore-1");
    assert!(before.is_file());
}

#[test]
fn unsaved_branding_is_marked_in_the_navigation_of_other_pages() {
    let house = House::new();
    let (pool, _) = house.people();
    let mut window = house.window(Theme::Light, [1280.0, 800.0], false);
    let told = |window: &Window| {
        let entry = window
            .0
            .get_by_role_and_label(egui::accesskit::Role::Button, "Branding studio");
        entry.accesskit_node().description()
    };
    window.go(Route::pool(pool.clone(), Page::BrandingStudio));
    window.click("Start from the template");
    window.go(Route::pool(pool.clone(), Page::Users));
    assert_eq!(
        told(&window).as_deref(),
        Some("Branding: style sheet or logo not saved")
    );
    window.go(Route::pool(pool, Page::BrandingStudio));
    window.click("Discard");
    assert_eq!(told(&window), None);
}

#[test]
fn settings_of_a_user_pool_deleted_elsewhere_give_way_to_the_reason() {
    let house = House::new();
    let (pool, _) = house.people();
    let mut window = house.window(Theme::Light, [1280.0, 800.0], false);
    window.go(Route::pool(pool.clone(), Page::SignUp));
    window
        .0
        .get_by_role_and_label(egui::accesskit::Role::CheckBox, "Let people register themselves")
        .click();
    window.settle();
    window.0.get_by_label("1 pending change");
    let gone = idp::DeleteUserPoolRequest { user_pool_id: pool };
    house.runtime.block_on(house.engine.ok(&gone));
    window.0.state_mut().command(Command::RefreshAll);
    window.settle();
    window.0.get_by_label("Try again");
    assert!(window.0.query_all_by_label("Edits thrown away").next().is_some());
    assert!(window.0.query_by_label("1 pending change").is_none());
    assert!(
        window
            .0
            .query_by_role_and_label(egui::accesskit::Role::CheckBox, "Let people register themselves")
            .is_none()
    );
}

#[test]
fn escape_asks_before_it_throws_typed_text_away() {
    let house = House::new();
    let (pool, _) = house.people();
    let mut window = house.window(Theme::Light, [1280.0, 800.0], false);
    let escape = |window: &mut Window| {
        window.0.key_press(Key::Escape);
        window.settle();
    };
    let has = |window: &Window, label: &str| window.0.query_all_by_label(label).next().is_some();
    window.go(Route::pool(pool, Page::Groups));
    let open = |window: &mut Window| {
        window.0.get_all_by_label("Create group").next().unwrap().click();
        window.settle();
    };

    open(&mut window);
    escape(&mut window);
    assert!(!has(&window, "Group name"));

    open(&mut window);
    window.0.get_by_label("Group name").focus();
    window.0.get_by_label("Group name").type_text("board");
    window.settle();
    escape(&mut window);
    assert!(has(&window, "Throw away what was typed?"));
    escape(&mut window);
    assert!(!has(&window, "Throw away what was typed?"));
    window.0.event(egui::Event::PointerMoved(egui::pos2(20.0, 20.0)));
    for pressed in [true, false] {
        window.0.event(egui::Event::PointerButton {
            pos: egui::pos2(20.0, 20.0),
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    window.settle();
    window.click("Keep editing");
    assert_eq!(
        window.0.get_by_label("Group name").accesskit_node().value(),
        Some("board".to_owned())
    );
    escape(&mut window);
    window.click("Throw away");
    assert!(!has(&window, "Group name"));

    open(&mut window);
    window.0.get_by_label("Group name").type_text("board");
    window.settle();
    window.click("Cancel");
    assert!(!has(&window, "Group name"));
}

#[test]
fn edits_of_a_user_pool_go_with_it_when_it_is_deleted() {
    let house = House::new();
    let (pool, _) = house.people();
    let mut window = house.window(Theme::Light, [1280.0, 1400.0], false);
    window.go(Route::pool(pool.clone(), Page::SignUp));
    window
        .0
        .get_by_role_and_label(egui::accesskit::Role::CheckBox, "Let people register themselves")
        .click();
    window.settle();
    window.0.get_by_label("1 pending change");
    window.go(Route::pool(pool, Page::Settings));
    window.click("Delete user pool…");
    let name = window.0.get_by_label("Type customers to confirm");
    name.focus();
    name.type_text("customers");
    window.settle();
    window
        .0
        .get_by_role_and_label(egui::accesskit::Role::Button, "Delete user pool")
        .click();
    window.settle();
    assert_eq!(window.0.state().route(), &Route::UserPools);
    assert!(window.0.query_by_label("1 pending change").is_none());
}

#[test]
fn export_replaces_a_file_only_when_that_is_said_again() {
    let house = House::new();
    let (pool, _) = house.people();
    house.runtime.block_on(house.engine.user(&pool, "settler", &[]));
    let folder = tempfile::tempdir().unwrap();
    let goal = folder.path().join("users.csv");
    let mut window = house.window(Theme::Light, [1280.0, 800.0], false);
    window.go(Route::pool(pool, Page::Users));
    let mut export = |verbs: &[&str]| {
        window.click("Export");
        window.click("As CSV");
        let field = window.0.get_by_label("File");
        field.focus();
        window.0.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.0.get_by_label("File").type_text(goal.to_str().unwrap());
        window.settle();
        for verb in verbs {
            window.0.get_all_by_label(verb).last().unwrap().click();
            window.settle();
        }
    };
    export(&["Export"]);
    assert!(std::fs::read_to_string(&goal).unwrap().contains("settler"));
    std::fs::write(&goal, "mine").unwrap();
    export(&["Export"]);
    assert_eq!(std::fs::read_to_string(&goal).unwrap(), "mine");
    window.0.get_by_label("Replace").click();
    window.settle();
    assert!(std::fs::read_to_string(&goal).unwrap().contains("settler"));
}
