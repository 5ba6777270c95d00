//! The branding studio in the whole window, against an engine double that keeps one branding
//! per app client in memory: what is typed, dropped and clicked, and what is sent for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use poolhouse::base::clock::ManualClock;
use poolhouse::console::command::ThemeChoice;
use poolhouse::console::connection::{Connection, Environment};
use poolhouse::console::prefs::Prefs;
use poolhouse::console::route::{Page, Route};
use poolhouse::console::{App, Launch, Renderer};
use poolhouse::driver::{BoxFuture, CallError, Driver, Outgoing, Transport};
use poolhouse::rules::branding::images;
use serde_json::{Value, json};

const POOL: &str = "eu-central-1_Harbour01";

#[derive(Default)]
struct Kept {
    /// By client id: style sheet and logo.
    brandings: BTreeMap<String, (Option<String>, Option<Vec<u8>>)>,
    sent: Vec<Value>,
    refuses: Option<String>,
}

#[derive(Clone, Default)]
struct Double(Arc<Mutex<Kept>>);

impl Double {
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap()
    }

    fn branding(&self, asked: &str) -> Value {
        let kept = self.kept();
        let found = [asked, "ALL"]
            .into_iter()
            .find_map(|id| kept.brandings.get(id).map(|branding| (id, branding)));
        let Some((id, (css, logo))) = found else {
            return json!({"UICustomization": {}});
        };
        let mut told = json!({"UserPoolId": POOL, "ClientId": id, "CSSVersion": "20261123",
            "LastModifiedDate": 1_795_000_000.0, "CreationDate": 1_795_000_000.0});
        if let Some(css) = css {
            told["CSS"] = json!(css);
        }
        if logo.is_some() {
            told["ImageUrl"] = json!(format!("double:{id}"));
        }
        json!({"UICustomization": told})
    }
}

impl Transport for Double {
    fn call(&self, outgoing: Outgoing) -> BoxFuture<Result<Vec<u8>, CallError>> {
        let asked: Value = serde_json::from_slice(&outgoing.body).unwrap();
        let client = asked["ClientId"].as_str().unwrap_or("ALL").to_owned();
        let answer = match outgoing.operation {
            "ListUserPools" => json!({"UserPools": [{"Id": POOL, "Name": "Harbour customers"}]}),
            "DescribeUserPool" => json!({"UserPool": {
                "Id": POOL, "Name": "Harbour customers", "UsernameAttributes": ["email"],
                "SchemaAttributes": [{"Name": "email", "Required": true}, {"Name": "given_name", "Required": true}],
                "Policies": {"PasswordPolicy": {"MinimumLength": 10, "RequireNumbers": true, "RequireUppercase": true}},
            }}),
            "ListUserPoolClients" => json!({"UserPoolClients": [
                {"ClientId": "web1", "ClientName": "Web shop", "UserPoolId": POOL},
                {"ClientId": "app2", "ClientName": "Mobile app", "UserPoolId": POOL},
            ]}),
            "GetUICustomization" => self.branding(&client),
            "SetUICustomization" => {
                let mut kept = self.kept();
                if let Some(refusal) = kept.refuses.clone() {
                    return Box::pin(async move { Err(CallError::Unreachable(refusal)) });
                }
                use base64::Engine as _;
                let logo = asked["ImageFile"]
                    .as_str()
                    .map(|text| base64::engine::general_purpose::STANDARD.decode(text).unwrap());
                let css = asked["CSS"].as_str().map(str::to_owned);
                kept.brandings.insert(client.clone(), (css, logo));
                kept.sent.push(asked);
                drop(kept);
                self.branding(&client)
            }
            other => panic!("{other} was not expected"),
        };
        Box::pin(async move { Ok(answer.to_string().into_bytes()) })
    }

    fn upload(&self, _url: String, _file: PathBuf) -> BoxFuture<Result<(), CallError>> {
        Box::pin(async { Ok(()) })
    }

    fn download(&self, url: String) -> BoxFuture<Result<Vec<u8>, CallError>> {
        let id = url.trim_start_matches("double:").to_owned();
        let logo = self
            .kept()
            .brandings
            .get(&id)
            .and_then(|branding| branding.1.clone());
        Box::pin(async move { logo.ok_or_else(|| CallError::Unreachable("no such logo".into())) })
    }

    fn endpoint(&self) -> String {
        "double".into()
    }

    fn region(&self) -> String {
        "eu-central-1".into()
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|reason| reason.to_string())
    }
}

struct Studio {
    harness: Harness<'static, App>,
    _runtime: tokio::runtime::Runtime,
}

impl Studio {
    fn open(double: &Double, theme: ThemeChoice, size: [f32; 2]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let launch = Launch {
            runtime: runtime.handle().clone(),
            clock: Arc::new(ManualClock::at(poolhouse::base::clock::UnixMillis(
                1_795_000_060_000,
            ))),
            opener: None,
            has_file_dialog: poolhouse::console::files::has_dialog(),
            profiles_file: None,
            restorer: None,
            renderer: Renderer::Auto,
        };
        let prefs = Prefs {
            theme,
            ..Prefs::default()
        };
        let driver = Driver::new(Arc::new(double.clone()), false);
        let mut harness = Harness::builder()
            .with_size(size)
            .with_max_steps(64)
            .wgpu()
            .build_eframe(move |cc| {
                let mut app = App::with_prefs(&cc.egui_ctx, launch, prefs);
                app.use_connection(Connection {
                    name: "Double".into(),
                    environment: Environment::Local,
                    driver,
                    engine: None,
                });
                app.command(poolhouse::console::command::Command::Go(Route::pool(
                    POOL,
                    Page::BrandingStudio,
                )));
                app
            });
        harness.step();
        let mut studio = Self {
            harness,
            _runtime: runtime,
        };
        studio.wait("the style sheet editor", |studio| {
            studio
                .harness
                .query_by_role_and_label(egui::Role::MultilineTextInput, "Style sheet")
                .is_some()
        });
        studio
    }

    /// Draws until something is so.
    fn wait(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> bool) {
        for _ in 0..600 {
            self.harness.step();
            if is_so(self) {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        self.picture("in-vain");
        panic!("waited in vain for {what}");
    }

    fn shows(&mut self, rgb: [u8; 3]) -> bool {
        let picture = self.harness.render().unwrap();
        let close = |pixel: &image::Rgba<u8>| (0..3).all(|i| pixel.0[i].abs_diff(rgb[i]) <= 2);
        picture.pixels().filter(|pixel| close(pixel)).count() > 200
    }

    fn style(&mut self, css: &str) {
        let editor = self
            .harness
            .get_by_role_and_label(egui::Role::MultilineTextInput, "Style sheet");
        editor.focus();
        self.harness.step();
        self.harness
            .key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        self.harness.step();
        let editor = self
            .harness
            .get_by_role_and_label(egui::Role::MultilineTextInput, "Style sheet");
        editor.type_text(css);
        self.harness.run_steps(3);
    }

    fn drop_file(&mut self, path: &Path) {
        self.harness
            .input_mut()
            .dropped_files
            .push(Arc::new(Dropped(path.to_owned())));
        self.harness.step();
    }

    fn click(&mut self, label: &str) {
        // A dialog finds its size in its first frames; a click before would miss.
        self.harness.run_steps(4);
        self.harness.get_by_label(label).click();
        self.harness.run_steps(3);
    }

    /// The navigation has words of the same name; the pages stand at the right.
    fn page(&mut self, name: &str) {
        let nodes = self.harness.query_all_by_label(name);
        let right_most = nodes.max_by(|one, other| one.rect().left().total_cmp(&other.rect().left()));
        right_most.unwrap().click();
        self.harness.run_steps(3);
    }

    fn save(&mut self) {
        self.click("Save…");
        self.click("Save");
    }

    /// Keeps a picture to look at when asked for by the environment.
    fn picture(&mut self, name: &str) {
        if let Ok(folder) = std::env::var("STUDIO_PICTURES") {
            std::thread::sleep(Duration::from_millis(400));
            self.harness.run_steps(4);
            self.harness
                .render()
                .unwrap()
                .save(format!("{folder}/{name}.png"))
                .unwrap();
        }
    }
}

/// The checksum of a PNG's chunks: CRC-32 of ISO 3309.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}

fn logo() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(240, 80, |x, y| {
        let (dx, dy) = (i64::from(x) - 40, i64::from(y) - 40);
        image::Rgb(if dx * dx + dy * dy < 900 {
            [240, 180, 40]
        } else {
            [20, 70, 120]
        })
    });
    images::fit(&image::DynamicImage::ImageRgb8(picture), None).unwrap()
}

#[test]
fn a_typed_style_changes_the_preview_and_is_saved_with_the_stored_logo() {
    let double = Double::default();
    let stored = logo();
    double.kept().brandings.insert(
        "ALL".into(),
        (
            Some(".label-customizable { font-weight: 400; }".into()),
            Some(stored.clone()),
        ),
    );
    let mut studio = Studio::open(&double, ThemeChoice::Light, [1280.0, 800.0]);
    studio.wait("the default button", |studio| studio.shows([0x33, 0x7a, 0xb7]));
    studio.wait("the stored logo", |studio| {
        studio.harness.query_by_label("Stored logo").is_some()
    });

    studio.style(".submitButton-customizable { background-color: #7b1fa2; }");
    studio.wait("the styled button", |studio| studio.shows([0x7b, 0x1f, 0xa2]));
    studio.picture("typed-light-1280");
    studio.click("Save…");
    studio.picture("review-light-1280");
    studio.click("Save");
    studio.wait("the saved branding", |_| double.kept().sent.len() == 1);
    let sent = double.kept().sent[0].clone();
    assert_eq!(sent["ClientId"], "ALL");
    assert_eq!(
        sent["CSS"],
        ".submitButton-customizable { background-color: #7b1fa2; }"
    );
    assert_eq!(double.kept().brandings["ALL"].1.as_ref(), Some(&stored));
    studio.wait("a clean draft", |studio| {
        studio.harness.query_by_label("Edited").is_none()
    });
}

#[test]
fn the_engine_inside_the_program_gives_a_logo_back() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    let engine = runtime.block_on(crate::support::TestEngine::new());
    let back = runtime.block_on(async {
        use poolhouse::wire::idp;
        let driver = engine.driver();
        let pool = driver
            .call(&idp::CreateUserPoolRequest {
                pool_name: "Harbour".into(),
                ..Default::default()
            })
            .await
            .unwrap();
        let set = idp::SetUICustomizationRequest {
            user_pool_id: pool.user_pool.unwrap().id.unwrap(),
            image_file: Some(poolhouse::wire::Blob(logo())),
            ..Default::default()
        };
        let answer = driver.call(&set).await.unwrap();
        let url = answer.ui_customization.image_url.unwrap();
        let elsewhere = driver
            .transport()
            .download("http://127.0.0.1/x/assets/y.png".into())
            .await;
        assert!(elsewhere.is_err());
        driver.transport().download(url).await.unwrap()
    });
    assert_eq!(back, logo());
}

#[test]
fn a_dropped_picture_becomes_the_logo() {
    let double = Double::default();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("harbour.png");
    std::fs::write(&file, logo()).unwrap();
    let mut studio = Studio::open(&double, ThemeChoice::Dark, [1280.0, 800.0]);
    studio.drop_file(&file);
    studio.wait("the logo", |studio| {
        studio.harness.query_by_label("harbour.png").is_some()
    });
    studio.wait("the logo in the preview", |studio| studio.shows([20, 70, 120]));
    studio.save();
    studio.wait("the saved branding", |_| double.kept().sent.len() == 1);
    assert_eq!(
        double.kept().brandings["ALL"].1.as_deref(),
        Some(logo().as_slice())
    );
}

#[test]
fn a_picture_that_is_too_large_is_cropped_and_shrunk() {
    let double = Double::default();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("photo.jpg");
    let mut state = 7_u32;
    image::RgbImage::from_fn(800, 600, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, r, g, b] = state.to_be_bytes();
        image::Rgb([r, g, b])
    })
    .save(&file)
    .unwrap();
    let mut studio = Studio::open(&double, ThemeChoice::Light, [1280.0, 800.0]);
    studio.drop_file(&file);
    studio.wait("the dialog", |studio| {
        studio.harness.query_by_label("Use as logo").is_some()
    });
    studio.picture("crop-light-1280");
    studio.click("Use as logo");
    studio.wait("the logo", |studio| {
        studio.harness.query_by_label("photo.jpg").is_some()
    });
    studio.save();
    studio.wait("the saved branding", |_| double.kept().sent.len() == 1);
    let stored = double.kept().brandings["ALL"].1.clone().unwrap();
    images::check_logo(&stored).unwrap();
}

#[test]
fn what_is_no_picture_is_refused_where_the_logo_is() {
    let double = Double::default();
    let folder = tempfile::tempdir().unwrap();
    let good = logo();
    assert_eq!(&good[1..4], b"PNG");
    let mut enormous = good.clone();
    // Width and height in the header of a PNG, and its checksum.
    let header = [
        b"IHDR".as_slice(),
        &60_000_u32.to_be_bytes(),
        &60_000_u32.to_be_bytes(),
        &good[24..29],
    ]
    .concat();
    enormous.splice(12..29, header.iter().copied());
    enormous.splice(29..33, crc(&header).to_be_bytes());
    let mut studio = Studio::open(&double, ThemeChoice::Dark, [1280.0, 800.0]);
    for (name, bytes, said) in [
        (
            "logo.png",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            "It is an SVG drawing",
        ),
        ("half.png", good[..good.len() / 2].to_vec(), "The picture"),
        ("enormous.png", enormous, "pixels"),
        (
            "letter.jpg",
            b"Dear reader, this is no picture.".to_vec(),
            "Its content is something else",
        ),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        studio.drop_file(&file);
        studio.wait(&format!("the refusal of {name}"), |studio| {
            studio.harness.query_all_by_label_contains(said).next().is_some()
        });
    }
    assert!(double.kept().sent.is_empty());
}

#[test]
fn a_style_sheet_with_errors_cannot_be_saved_and_says_where() {
    let double = Double::default();
    let mut studio = Studio::open(&double, ThemeChoice::Dark, [1280.0, 800.0]);
    studio.style(".submitButton-customizable {\n  background-color: url(http://x/);\n  widht: 3px;\n}\nbody { color: red }\n.label-customizable { color: 12px }\n");
    assert!(studio.harness.query_by_label("3 errors, 1 warning").is_some());
    studio.wait("a preview", |studio| studio.shows([0x33, 0x7a, 0xb7]));
    studio.picture("errors-dark-1280");
    assert!(
        studio
            .harness
            .get_by_label("Save…")
            .accesskit_node()
            .is_disabled()
    );
    studio.click("Line 5");
    studio.click("Discard");
    assert!(studio.harness.query_by_label("Nothing to mend").is_some());
}

#[test]
fn a_refused_save_keeps_the_edits_and_says_why() {
    let double = Double::default();
    double.kept().refuses = Some("the cable is out".into());
    let mut studio = Studio::open(&double, ThemeChoice::Light, [1280.0, 800.0]);
    studio.style(".label-customizable { color: #112233 }");
    studio.save();
    studio.wait("the reason", |studio| {
        studio
            .harness
            .query_by_label_contains("The branding was not saved. The endpoint does not answer")
            .is_some()
    });
    assert!(studio.harness.query_by_label("Edited").is_some());
}

#[test]
fn an_app_client_inherits_until_it_has_its_own() {
    let double = Double::default();
    double.kept().brandings.insert(
        "ALL".into(),
        (
            Some(".background-customizable { background-color: #204060; }".into()),
            None,
        ),
    );
    let mut studio = Studio::open(&double, ThemeChoice::Light, [1920.0, 1080.0]);
    studio.wait("the pool's look", |studio| studio.shows([0x20, 0x40, 0x60]));
    studio.picture("pool-light-1920");
    studio
        .harness
        .get_by_role_and_label(egui::Role::ComboBox, "Applies to")
        .click();
    studio.harness.run_steps(3);
    studio.click("Web shop");
    studio.wait("the inherited look", |studio| {
        studio.harness.query_by_label("Inherited").is_some()
    });
    studio.style(".background-customizable { background-color: #604020; }");
    studio.wait("the own look", |studio| studio.shows([0x60, 0x40, 0x20]));
    studio.save();
    studio.wait("the own branding", |studio| {
        studio.harness.query_by_label("Own branding").is_some()
    });
    assert_eq!(double.kept().sent[0]["ClientId"], "web1");
    studio.picture("client-light-1920");
}

#[test]
fn every_page_is_shown_in_both_themes() {
    for (theme, name) in [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")] {
        for size in [[1280.0, 800.0], [1920.0, 1080.0]] {
            let double = Double::default();
            let css = include_str!("../../assets/samples/sample.css");
            double
                .kept()
                .brandings
                .insert("ALL".into(), (Some(css.to_owned()), Some(logo())));
            let mut studio = Studio::open(&double, theme, size);
            studio.click("Providers");
            for page in ["Sign-in", "Sign-up", "Forgot password"] {
                studio.page(page);
                studio.wait("the preview", |studio| studio.shows([0x1f, 0x4d, 0x4a]));
                studio.picture(&format!("{page}-{name}-{}", size[0]));
            }
        }
    }
}
