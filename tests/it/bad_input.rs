//! The window when something is wrong outside of it: what is said where the user is, and that
//! nothing is lost.

use std::fs::File;
use std::path::Path;

use eframe::egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use poolhouse::base::clock::SystemClock;
use poolhouse::cli::embedded;
use poolhouse::config::{Config, Given};
use poolhouse::console::route::{Page, Route};
use poolhouse::console::{Launch, Renderer};
use poolhouse::wire::idp;

use super::console::{House, Window};

fn open(launch: Launch) -> Window {
    Window::open(launch, Theme::Dark, [1280.0, 800.0], false)
}

/// What the program itself opens in a window, on a folder of its own.
struct Program {
    runtime: tokio::runtime::Runtime,
    house: std::sync::Arc<embedded::House>,
}

impl Program {
    fn on(data: &Path, change: impl FnOnce(&mut Config)) -> Self {
        let given = Given {
            listen: Some("127.0.0.1:0".to_owned()),
            data: Some(data.to_owned()),
            sample_pool: Some(false),
            ..Given::default()
        };
        let none = data.with_extension("toml");
        std::fs::write(&none, "").unwrap();
        let mut config = Config::load(given, Some(&none)).unwrap();
        change(&mut config);
        Self {
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap(),
            house: embedded::House::new(config),
        }
    }

    fn launch(&self) -> Launch {
        Launch {
            runtime: self.runtime.handle().clone(),
            clock: std::sync::Arc::new(SystemClock),
            opener: Some(self.house.opener()),
            restorer: Some(std::sync::Arc::new(std::sync::Arc::clone(&self.house))),
            has_file_dialog: true,
            profiles_file: None,
            renderer: Renderer::Auto,
        }
    }
}

/// Writes `path` into the first step of the import wizard and opens the file.
fn choose(window: &mut Window, path: &Path) {
    window.0.get_by_label("Path of the file").focus();
    window.0.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.settle();
    window
        .0
        .get_by_label("Path of the file")
        .type_text(&path.display().to_string());
    window.settle();
    window.click("Open");
}

#[test]
fn a_file_that_is_no_table_is_refused_in_the_first_step_and_a_good_one_goes_on() {
    let house = House::new();
    let (pool, _) = house.people();
    let mut window = open(house.launch());
    window.go(Route::pool(&pool, Page::Imports));
    window.0.get_all_by_label("Import users").next().unwrap().click();
    window.settle();

    let folder = tempfile::tempdir().unwrap();
    let written = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let huge = folder.path().join("huge.csv");
    // Sparse: it takes no room.
    File::create(&huge).unwrap().set_len(300 * 1024 * 1024).unwrap();
    for (path, said) in [
        (folder.path().join("missing.csv"), "The file cannot be read"),
        (folder.path().to_owned(), "The file cannot be read"),
        (huge, "The file has 300 MB; at most 256 MB are read."),
        (written("book.xlsx", b"PK\x03\x04rest"), "spreadsheet"),
        (written("zeros.csv", b"a,b\n\0\0\0\0,c\n"), "binary"),
        (written("empty.csv", b""), "The file has no rows."),
    ] {
        choose(&mut window, &path);
        assert!(
            window.0.query_all_by_label_contains(said).next().is_some(),
            "{} is not told: {said}",
            path.display()
        );
        assert!(window.0.query_by_label("Drop a CSV file here").is_some());
    }
    // Of another encoding than it says: read all the same, with a warning and the choice.
    let mixed = b"\xef\xbb\xbfusername,name\nada,Ada\ngrace,Gr\xe9\xe4ce\n";
    choose(&mut window, &written("mixed.csv", mixed));
    window
        .0
        .get_by_label_contains("Some characters do not belong to this encoding");
    window.0.get_by_label("Encoding");
    // An old code page alone is found by itself.
    window.click("Back");
    choose(
        &mut window,
        &written("old.csv", b"username;name\nada;Gr\xfc\xdfe aus K\xf6ln\n"),
    );
    assert!(
        window
            .0
            .query_by_label_contains("Some characters do not belong")
            .is_none()
    );
    window.0.get_by_label("Gr\u{fc}\u{df}e aus K\u{f6}ln");
}

#[test]
fn a_store_that_cannot_be_opened_is_told_and_tried_again_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = Program::on(&data, |_| {});
    let embedded = first.runtime.block_on(first.house.opener()()).unwrap();
    let request = idp::CreateUserPoolRequest {
        pool_name: "kept".to_owned(),
        ..Default::default()
    };
    first.runtime.block_on(embedded.driver.call(&request)).unwrap();

    // In use by another.
    let second = Program::on(&data, |_| {});
    let mut window = open(second.launch());
    window.0.get_by_label("The engine could not be opened");
    window
        .0
        .get_by_label_contains("Another process uses the database");
    drop(embedded);
    first.runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    drop(first.house);
    window.click("Try again");
    window.0.get_by_label("kept");
    drop(window);
    second.runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    drop(second.house);

    // Damaged: said, and left alone.
    let file = data.join("poolhouse.sqlite");
    let good = std::fs::read(&file).unwrap();
    for name in ["poolhouse.sqlite-wal", "poolhouse.sqlite-shm"] {
        let _ = std::fs::remove_file(data.join(name));
    }
    let bad = vec![b'?'; good.len()];
    std::fs::write(&file, &bad).unwrap();
    let third = Program::on(&data, |_| {});
    let mut window = open(third.launch());
    window.0.get_by_label("The engine could not be opened");
    window.0.get_by_label_contains("poolhouse.sqlite");
    assert_eq!(std::fs::read(&file).unwrap(), bad);
    std::fs::write(&file, &good).unwrap();
    window.click("Try again");
    window.0.get_by_label("kept");
}

#[test]
fn a_taken_port_is_passed_over_unless_it_was_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap();
    let usual = Program::on(&folder.path().join("usual"), |config| {
        config.listen = at;
        config.listen_chosen = false;
    });
    let mut window = open(usual.launch());
    window.go(Route::LocalEngine);
    let shown = usual.runtime.block_on(usual.house.opener()()).unwrap();
    let address = shown.info.address.unwrap();
    assert_ne!(address, format!("http://{at}"));
    assert!(window.0.query_all_by_label(&address).next().is_some());

    let chosen = Program::on(&folder.path().join("chosen"), |config| {
        config.listen = at;
        config.listen_chosen = true;
    });
    let mut window = open(chosen.launch());
    // The window works without, and says so.
    window.0.get_by_label("No user pools yet");
    let alone = "Only this window reaches the engine";
    assert!(window.0.query_all_by_label_contains(alone).next().is_some());
    assert!(window.0.query_all_by_label("Listens nowhere").next().is_some());
    window.go(Route::LocalEngine);
    window.0.get_by_label_contains("It listens nowhere");
    let why = format!("{at} is taken by another program");
    assert!(window.0.query_all_by_label_contains(&why).next().is_some());
}

#[test]
fn a_full_disk_is_said_where_the_change_was_made_and_the_form_stays() {
    let house = House::new();
    let (pool, _) = house.people();
    let limit = |pages: i64| {
        let engine = std::sync::Arc::clone(house.engine.engine());
        let written: Result<(), poolhouse::store::Error> = house.runtime.block_on(async move {
            engine
                .store
                .transact("test", move |tx| {
                    // SQLite's own page limit answers as a full disk does.
                    tx.one(&format!("PRAGMA max_page_count = {pages}"), &[])
                        .map(|_| ())
                })
                .await
        });
        written.unwrap();
    };
    let group = |number: usize| idp::CreateGroupRequest {
        user_pool_id: pool.clone(),
        group_name: format!("filler-{number}"),
        description: Some("x".repeat(2048)),
        ..Default::default()
    };
    // The file cannot grow any more; what is free in it is used up first.
    limit(1);
    let refused =
        (0..5000).find_map(|number| house.runtime.block_on(house.engine.call(&group(number))).err());
    assert!(refused.unwrap().to_string().contains("The disk is full"));

    let mut window = open(house.launch());
    window.go(Route::pool(&pool, Page::Groups));
    window.click("Create group");
    let name = window.0.get_by_label("Group name");
    name.focus();
    name.type_text("pilots");
    window.settle();
    let text = window
        .0
        .get_by_role_and_label(Role::MultilineTextInput, "Description");
    text.focus();
    text.type_text(&"y".repeat(2000));
    window.settle();
    window.0.get_all_by_label("Create group").last().unwrap().click();
    window.settle();
    let said = "The disk is full; nothing was changed.";
    assert!(window.0.query_all_by_label_contains(said).next().is_some());
    // The form is still there, and goes through once there is room.
    let name = window.0.get_by_label("Group name");
    assert_eq!(name.accesskit_node().value().as_deref(), Some("pilots"));
    limit(1_000_000);
    window.0.get_all_by_label("Create group").last().unwrap().click();
    window.settle();
    assert!(
        window
            .0
            .query_by_role_and_label(Role::Dialog, "Create group")
            .is_none()
    );
    window.0.get_by_label("pilots");
}
