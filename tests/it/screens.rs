//! Every screen and the main dialogs, dark and light, compared with pictures in
//! `tests/fixtures/screens` that people have looked at.
//!
//! Nothing in them depends on the machine: the clock stands still, identifiers come from a
//! seed, times are in UTC, the fonts are the program's own, the text cursor does not blink.
//! Drivers of graphics round edges differently, and the pictures are kept with 256 colours;
//! so a pixel counts as different only when it is off by more than about 24 of 255 steps of
//! brightness ([`THRESHOLD`]), and [`PIXELS`] of them are forgiven. Letters that moved by a
//! pixel are many times more; a background that is one shade lighter is not noticed.
//! `UPDATE_SNAPSHOTS=1` writes the pictures anew; look at every one that changed.
//! `SCREENS_AT=1920x1080` draws at another size, into `target/screens`, comparing nothing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, Theme};
use egui_kittest::SnapshotOptions;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use poolhouse::base::clock::ManualClock;
use poolhouse::console::command::Command;
use poolhouse::console::route::{Page, Route};
use poolhouse::console::{BackupContents, BackupPool, Launch, Restorer};
use poolhouse::driver::{BoxFuture, CallError};
use poolhouse::engine::sample;
use poolhouse::wire::engine::CreateAccessKeyRequest;
use poolhouse::wire::idp;

use super::console::{House, Window, routes};
use super::endpoints::{Deed, Odd, lacks, wrong_keys};
use super::support::START;

/// How far a pixel may be off, as a distance of colours in YIQ, which grows with the square.
const THRESHOLD: f32 = 300.0;
/// Pixels that may be further off: a digit of the version in the corner, some edges.
const PIXELS: usize = 800;
/// Where a request id is shown, which depends on the order of calls.
const PIXELS_OF_AN_ID: usize = 4000;

const PEOPLE: &str = "username,email,given name,Surname,Phone\n\
                      ada,ada@example.com,Ada,Lovelace,+15550100\n\
                      grace,grace@example.com,Grace,Hopper,555-0101\n\
                      nobody,not an address,Nobody,,\n\
                      alan,alan@example.com,Alan,Turing,+15550103\n\
                      ada,ada@example.com,Ada,Again,+15550104\n";

/// Holds what a backup would.
struct Shelf;

impl Restorer for Shelf {
    fn look(&self, file: PathBuf) -> BoxFuture<Result<BackupContents, String>> {
        Box::pin(async move {
            if file.ends_with("letter.txt") {
                return Err(format!(
                    "This file cannot be restored: the database is damaged: not a database: {}",
                    file.display()
                ));
            }
            let pool = |name: &str, users| BackupPool {
                user_pool_id: String::new(),
                name: name.to_owned(),
                users,
            };
            Ok(BackupContents {
                written_at: Some(START),
                bytes: 48_123_904,
                pools: vec![pool("Customers", 98_214), pool("Staff", 412)],
            })
        })
    }

    fn restore(&self, _: PathBuf) -> BoxFuture<Result<Option<PathBuf>, String>> {
        Box::pin(async { Ok(None) })
    }
}

/// What the pictures show.
struct Stage {
    house: House,
    pool: String,
    client: String,
    user: String,
    empty: String,
}

impl Stage {
    fn new() -> Self {
        let house = House::new();
        let engine = &house.engine;
        let (pool, client, user, empty) = house.runtime.block_on(async {
            let pool = sample::open(engine.engine()).await.unwrap().unwrap();
            let clients = engine
                .ok(&idp::ListUserPoolClientsRequest {
                    user_pool_id: pool.clone(),
                    ..Default::default()
                })
                .await;
            let mut clients = clients.user_pool_clients.unwrap();
            clients.sort_by(|a, b| a.client_name.cmp(&b.client_name));
            let mut with_secret = None;
            for client in &clients {
                let described = engine
                    .ok(&idp::DescribeUserPoolClientRequest {
                        user_pool_id: pool.clone(),
                        client_id: client.client_id.clone().unwrap(),
                    })
                    .await;
                let described = described.user_pool_client.unwrap();
                if described.client_secret.is_some() {
                    with_secret = described.client_id;
                }
            }
            let client = with_secret.or_else(|| clients[0].client_id.clone()).unwrap();
            let users = engine
                .ok(&idp::ListUsersRequest {
                    user_pool_id: pool.clone(),
                    limit: Some(1),
                    ..Default::default()
                })
                .await;
            let user = users.users.unwrap()[0].username.clone().unwrap();
            engine.ok(&CreateAccessKeyRequest {}).await;
            let empty = idp::CreateUserPoolRequest {
                pool_name: "Partners".to_owned(),
                ..Default::default()
            };
            let empty = engine.user_pool_with(empty).await;
            (pool, client, user, empty)
        });
        Self {
            house,
            pool,
            client,
            user,
            empty,
        }
    }

    fn launch(&self) -> Launch {
        Launch {
            restorer: Some(Arc::new(Shelf)),
            ..self.house.launch()
        }
    }
}

/// Draws and compares.
struct Camera {
    folder: PathBuf,
    theme: &'static str,
    compares: bool,
    wanted: String,
    refused: Vec<String>,
}

impl Camera {
    fn take(&mut self, window: &mut Window, name: &str) {
        self.take_leniently(window, name, PIXELS);
    }

    fn take_leniently(&mut self, window: &mut Window, name: &str, pixels: usize) {
        if !self.is_wanted(name) {
            return;
        }
        window.0.event(Event::PointerGone);
        window.settle();
        self.shoot(window, name, pixels);
    }

    /// Takes a picture of a window that waits, and so never settles.
    fn take_waiting(&mut self, window: &mut Window, name: &str) {
        window.0.event(Event::PointerGone);
        for _ in 0..8 {
            std::thread::sleep(Duration::from_millis(5));
            window.0.step();
        }
        if self.is_wanted(name) {
            self.shoot(window, name, PIXELS);
        }
    }

    fn is_wanted(&self, name: &str) -> bool {
        let wanted = &self.wanted;
        wanted.is_empty() || wanted.split(',').any(|wanted| name.starts_with(wanted))
    }

    fn shoot(&mut self, window: &mut Window, name: &str, pixels: usize) {
        let name = format!("{name}-{}", self.theme);
        if !self.compares || std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::create_dir_all(&self.folder).unwrap();
            let image = window.0.render().unwrap();
            let file = self.folder.join(format!("{name}.png"));
            write_small(&file, image.width(), image.height(), image.as_raw());
            return;
        }
        let options = SnapshotOptions::new()
            .threshold(THRESHOLD)
            .max_failed_pixels(pixels)
            .output_path(&self.folder);
        if let Err(refused) = window.0.try_snapshot_options(&name, &options) {
            self.refused.push(refused.to_string());
        }
    }
}

/// Writes a picture with 256 colours, half the size: the most frequent ones as they are, the
/// others (edges of letters) as the nearest of those.
fn write_small(file: &Path, width: u32, height: u32, rgba: &[u8]) {
    let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
    let colours: Vec<[u8; 3]> = rgba.chunks_exact(4).map(|it| [it[0], it[1], it[2]]).collect();
    for colour in &colours {
        *counts.entry(*colour).or_default() += 1;
    }
    let mut by_count: Vec<([u8; 3], usize)> = counts.into_iter().collect();
    by_count.sort_by_key(|(colour, count)| (std::cmp::Reverse(*count), *colour));
    let palette: Vec<[u8; 3]> = by_count.iter().take(256).map(|(colour, _)| *colour).collect();
    let distance = |one: &[u8; 3], other: &[u8; 3]| -> u32 {
        let square = |at: usize| u32::from(one[at].abs_diff(other[at])).pow(2);
        square(0) + square(1) + square(2)
    };
    let nearest = |colour: &[u8; 3]| {
        let known = palette.iter().enumerate();
        let found = known.min_by_key(|(_, known)| distance(known, colour));
        u8::try_from(found.unwrap().0).unwrap()
    };
    let places: HashMap<[u8; 3], u8> = by_count
        .iter()
        .map(|(colour, _)| (*colour, nearest(colour)))
        .collect();
    let pixels: Vec<u8> = colours.iter().map(|colour| places[colour]).collect();
    let out = std::io::BufWriter::new(std::fs::File::create(file).unwrap());
    let mut encoder = png::Encoder::new(out, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
}

fn first(window: &mut Window, label: &str) {
    let node = window.0.get_all_by_label(label).next().unwrap();
    node.click();
    window.settle();
}

fn fill(window: &mut Window, label: &str, text: &str) {
    // A table's header may say the same.
    let node = window.0.get_by(|node| {
        node.label().as_deref() == Some(label)
            && matches!(node.role(), Role::TextInput | Role::MultilineTextInput)
    });
    node.focus();
    node.type_text(text);
    window.settle();
}

/// Closes a dialog or menu.
fn escape(window: &mut Window) {
    window.0.key_press(Key::Escape);
    window.settle();
}

#[test]
fn every_screen_looks_as_it_was_accepted() {
    let size = std::env::var("SCREENS_AT").ok();
    let parsed = size.as_deref().and_then(|size| {
        let (width, height) = size.split_once('x')?;
        Some([width.parse::<f32>().ok()?, height.parse::<f32>().ok()?])
    });
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut refused = Vec::new();
    for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut camera = Camera {
            folder: match &size {
                Some(size) => here.join("target/screens").join(size),
                None => here.join("tests/fixtures/screens"),
            },
            theme: name,
            compares: size.is_none(),
            wanted: std::env::var("SCREENS").unwrap_or_default(),
            refused: Vec::new(),
        };
        let stage = Stage::new();
        let mut window = Window::open(stage.launch(), theme, parsed.unwrap_or([1280.0, 800.0]), true);
        window
            .0
            .ctx
            .all_styles_mut(|style| style.visuals.text_cursor.blink = false);
        pages(&mut window, &mut camera, &stage);
        dialogs(&mut window, &mut camera, &stage);
        nothing_and_failures(&mut window, &mut camera, &stage);
        drawing(&mut camera, &stage, theme, parsed.unwrap_or([1280.0, 800.0]));
        smallest(&mut camera, &stage, theme, parsed.unwrap_or([960.0, 600.0]));
        import(&mut window, &mut camera, &stage);
        jobs(&mut window, &mut camera, &stage);
        elsewhere(&mut window, &mut camera, &stage);
        waiting(&mut camera, &stage, theme, parsed.unwrap_or([1280.0, 800.0]));
        let mut closed = Window::open(
            Launch {
                opener: Some(Arc::new(|| {
                    let reason = "another process uses the database /var/lib/poolhouse/poolhouse.sqlite (process 4711)";
                    Box::pin(async move { Err(reason.to_owned()) })
                })),
                clock: Arc::new(ManualClock::at(START)),
                ..stage.launch()
            },
            theme,
            parsed.unwrap_or([1280.0, 800.0]),
            true,
        );
        camera.take(&mut closed, "engine-failed");
        refused.append(&mut camera.refused);
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

fn pages(window: &mut Window, camera: &mut Camera, stage: &Stage) {
    for (name, route) in routes(&stage.pool, &stage.client) {
        if name == "jobs" {
            continue;
        }
        window.go(route);
        camera.take(window, name);
    }
    let page = |page| Route::pool(&stage.pool, page);
    window.go(page(Page::User(stage.user.clone())));
    camera.take(window, "user");
    window.go(page(Page::Group("board".to_owned())));
    camera.take(window, "group");
    window.go(page(Page::AppClient(stage.client.clone())));
    for (tab, name) in [
        ("Login pages", "client-login-pages"),
        ("Attribute permissions", "client-attributes"),
    ] {
        first(window, tab);
        camera.take(window, name);
    }
    window.go(Route::LocalEngine);
    for (tab, name) in [
        ("Access keys", "engine-keys"),
        ("Outbox", "engine-outbox"),
        ("Data and backup", "engine-data"),
    ] {
        first(window, tab);
        camera.take(window, name);
    }
}

fn dialogs(window: &mut Window, camera: &mut Camera, stage: &Stage) {
    let page = |page| Route::pool(&stage.pool, page);
    window.go(Route::LocalEngine);
    first(window, "Data and backup");
    fill(window, "Backup file", "/media/usb/letter.txt");
    first(window, "Look into it…");
    camera.take(window, "engine-data-refused");
    window.0.get_by_label("Backup file").focus();
    window.0.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.settle();
    fill(window, "Backup file", "/media/usb/poolhouse.backup");
    first(window, "Look into it…");
    camera.take(window, "dialog-restore");
    escape(window);

    window.go(page(Page::Users));
    first(window, "Create user");
    camera.take(window, "dialog-create-user");
    fill(window, "Username", "ada");
    escape(window);
    camera.take(window, "dialog-asks");
    first(window, "Throw away");
    first(window, "Filter");
    camera.take(window, "users-filter");
    escape(window);
    first(window, "Mark all users");
    camera.take(window, "users-marked");
    first(window, "Delete");
    camera.take(window, "dialog-delete-users");
    escape(window);
    first(window, "Mark all users");

    window.go(page(Page::Groups));
    first(window, "Create group");
    camera.take(window, "dialog-create-group");
    escape(window);

    window.go(page(Page::AppClients));
    first(window, "Create app client");
    camera.take(window, "dialog-create-client");
    escape(window);
    window.go(page(Page::AppClient(stage.client.clone())));
    first(window, "General");
    first(window, "Delete…");
    camera.take(window, "dialog-delete-client");
    escape(window);

    window.go(Route::Connections);
    first(window, "New connection");
    camera.take(window, "dialog-connection");
    escape(window);

    window.go(page(Page::SignUp));
    first(window, "Add attribute");
    camera.take(window, "dialog-add-attribute");
    escape(window);
    first(window, "Let people register themselves");
    camera.take(window, "signup-pending");
    first(window, "Review and apply");
    camera.take(window, "dialog-review");
    escape(window);
    window.0.state_mut().command(Command::Discard);
    window.settle();
    first(window, "Close message");

    window.0.state_mut().command(Command::Shortcuts);
    window.settle();
    camera.take(window, "dialog-keys");
    escape(window);
    window.0.state_mut().command(Command::Palette("us".to_owned()));
    window.settle();
    camera.take(window, "palette");
    escape(window);
}

fn nothing_and_failures(window: &mut Window, camera: &mut Camera, stage: &Stage) {
    for (name, shown) in [
        ("empty-users", Page::Users),
        ("empty-groups", Page::Groups),
        ("empty-clients", Page::AppClients),
        ("empty-imports", Page::Imports),
    ] {
        window.go(Route::pool(&stage.empty, shown));
        camera.take(window, name);
    }
    window.go(Route::Jobs);
    camera.take(window, "empty-jobs");
    for (name, shown) in [
        ("failed-overview", Page::Overview),
        ("failed-users", Page::Users),
        ("failed-signin", Page::SignIn),
    ] {
        window.go(Route::pool("us-east-1_Missing00", shown));
        camera.take_leniently(window, name, PIXELS_OF_AN_ID);
    }
}

fn import(window: &mut Window, camera: &mut Camera, stage: &Stage) {
    window.go(Route::pool(&stage.pool, Page::Imports));
    first(window, "Import users");
    camera.take(window, "import-file");
    fill(window, "Or paste a table", PEOPLE);
    first(window, "Use the pasted table");
    camera.take(window, "import-reading");
    first(window, "Map columns");
    camera.take(window, "import-columns");
    first(window, "Check rows");
    camera.take(window, "import-check");
    first(window, "Set email_verified to true");
    let start = window
        .0
        .get_all_by_role(Role::Button)
        .find(|node| {
            node.accesskit_node()
                .label()
                .is_some_and(|label| label.starts_with("Import "))
        })
        .unwrap();
    start.click();
    window.settle();
    camera.take(window, "import-report");
    first(window, "Done");
    camera.take(window, "import-job");
}

/// Endpoints that are not ours: what they lack, and how they refuse.
fn elsewhere(window: &mut Window, camera: &mut Camera, stage: &Stage) {
    let odd = Odd::new(&stage.house.engine.driver(), |outgoing| {
        match outgoing.operation {
            operation @ ("GetUICustomization" | "ListUserImportJobs" | "GetEngineInfo") => {
                Deed::Refuse(lacks(operation))
            }
            _ => Deed::Pass,
        }
    });
    window
        .0
        .state_mut()
        .use_connection(odd.connection("Shop, staging"));
    window.go(Route::pool(&stage.pool, Page::BrandingStudio));
    camera.take(window, "unavailable-branding");
    window.go(Route::pool(&stage.pool, Page::Imports));
    camera.take(window, "unavailable-imports");
    odd.now(|_| Deed::Refuse(wrong_keys()));
    window
        .0
        .state_mut()
        .use_connection(odd.connection("Shop, staging"));
    camera.take(window, "refused-keys");
    odd.now(|_| {
        Deed::Refuse(CallError::Unreachable(
            "nothing listens at pools.example.com:443.".to_owned(),
        ))
    });
    window
        .0
        .state_mut()
        .use_connection(odd.connection("Shop, staging"));
    camera.take(window, "refused-dead");
}

/// What is seen while an answer is on its way.
fn waiting(camera: &mut Camera, stage: &Stage, theme: Theme, size: [f32; 2]) {
    let clock = ManualClock::at(START);
    let launch = Launch {
        clock: Arc::new(clock.clone()),
        ..stage.launch()
    };
    let mut window = Window::open(launch, theme, size, true);
    window
        .0
        .ctx
        .all_styles_mut(|style| style.visuals.text_cursor.blink = false);
    let odd = Odd::new(&stage.house.engine.driver(), |_| Deed::Pass);
    window
        .0
        .state_mut()
        .use_connection(odd.connection("Shop, staging"));

    // An import in its middle, then cancelled.
    window.go(Route::pool(&stage.pool, Page::Imports));
    first(&mut window, "Import users");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("members.csv");
    let mut table = "username,email,email_verified\n".to_owned();
    for number in 0..5000 {
        table.push_str(&format!(
            "member-{number:04},member-{number:04}@example.com,true\n"
        ));
    }
    std::fs::write(&file, table).unwrap();
    fill(&mut window, "Path of the file", &file.display().to_string());
    first(&mut window, "Open");
    first(&mut window, "Map columns");
    first(&mut window, "Check rows");
    camera.take(&mut window, "import-good");
    let stopped = AtomicBool::new(false);
    odd.now(move |outgoing| match outgoing.operation {
        "StopUserImportJob" => {
            stopped.store(true, Ordering::Relaxed);
            Deed::Pass
        }
        "DescribeUserImportJob" if stopped.load(Ordering::Relaxed) => Deed::Change(|answer| {
            let job = &mut answer["UserImportJob"];
            job["Status"] = "Stopped".into();
            job["ImportedUsers"] = 2260.into();
            job["SkippedUsers"] = 37.into();
            job["FailedUsers"] = 3.into();
            job["CompletionMessage"] = "The job was stopped.".into();
        }),
        "DescribeUserImportJob" => Deed::Change(|answer| {
            let job = &mut answer["UserImportJob"];
            job["Status"] = "InProgress".into();
            job["ImportedUsers"] = 2210.into();
            job["SkippedUsers"] = 37.into();
            job["FailedUsers"] = 3.into();
        }),
        "GetImportJobLog" => Deed::Refuse(lacks("GetImportJobLog")),
        _ => Deed::Pass,
    });
    window.0.get_by_label("Import 5,000 users").click();
    window.until("Importing");
    clock.advance_secs(15);
    window.until("150 rows/s, 19 s left");
    camera.take_waiting(&mut window, "import-running");
    first(&mut window, "Cancel import");
    camera.take(&mut window, "import-stopped");

    // Lists that are long in coming.
    odd.now(|_| Deed::Hold);
    for (name, route) in [
        ("loading-pools", Route::UserPools),
        ("loading-users", Route::pool(&stage.pool, Page::Users)),
        ("loading-signup", Route::pool(&stage.pool, Page::SignUp)),
    ] {
        window
            .0
            .state_mut()
            .use_connection(odd.connection("Shop, staging"));
        window.0.state_mut().command(Command::Go(route));
        window.0.step();
        window.0.step();
        clock.advance_secs(4);
        camera.take_waiting(&mut window, name);
    }
}

/// The branding studio before its preview is there.
fn drawing(camera: &mut Camera, stage: &Stage, theme: Theme, size: [f32; 2]) {
    if !camera.is_wanted("loading-branding") {
        return;
    }
    let mut window = Window::open(stage.launch(), theme, size, true);
    window.go(Route::pool(&stage.pool, Page::Overview));
    let studio = Route::pool(&stage.pool, Page::BrandingStudio);
    window.0.state_mut().command(Command::Go(studio));
    // The first frame that has the preview asks for it, so it can never be there yet.
    window.until("Preview of the sign-in page, desktop");
    camera.shoot(&mut window, "loading-branding", PIXELS);
}

/// The smallest window there is, and a name as long as one may be.
fn smallest(camera: &mut Camera, stage: &Stage, theme: Theme, size: [f32; 2]) {
    let mut window = Window::open(stage.launch(), theme, size, true);
    window
        .0
        .ctx
        .all_styles_mut(|style| style.visuals.text_cursor.blink = false);
    window.go(Route::pool(&stage.pool, Page::Users));
    camera.take(&mut window, "small-users");
    first(&mut window, "Filter");
    camera.take(&mut window, "small-users-filter");
    escape(&mut window);
    window.go(Route::pool(&stage.pool, Page::BrandingStudio));
    camera.take(&mut window, "small-branding");

    let long = format!("customer-{}", "0123456789abcdef".repeat(8));
    let long = &long[..128];
    let runtime = &stage.house.runtime;
    runtime.block_on(stage.house.engine.user(&stage.empty, long, &[]));
    window.go(Route::pool(&stage.empty, Page::User(long.to_owned())));
    first(&mut window, "Delete");
    camera.take(&mut window, "small-dialog-delete");
}

fn jobs(window: &mut Window, camera: &mut Camera, stage: &Stage) {
    window.go(Route::pool(&stage.pool, Page::Users));
    first(window, "Mark all users");
    first(window, "Disable");
    let confirm = window.0.get_all_by_label("Disable").last().unwrap();
    confirm.click();
    window.settle();
    window.go(Route::Jobs);
    camera.take(window, "jobs");
    first(window, "Close message");

    // User pools of two Regions.
    let there = stage.house.engine.driver().in_region("eu-west-1").unwrap();
    let lagoon = idp::CreateUserPoolRequest {
        pool_name: "Lagoon".to_owned(),
        ..Default::default()
    };
    stage.house.runtime.block_on(there.call(&lagoon)).unwrap();
    window.0.state_mut().command(Command::RefreshAll);
    window.go(Route::UserPools);
    let region = window.0.get_by_role_and_label(Role::Button, "us-east-1");
    region.click();
    window.settle();
    camera.take(window, "pools-regions");
    escape(window);
}
