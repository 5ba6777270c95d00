//! How smooth the window stays with 100,000 users, and while 500,000 more come in.
//!
//! Takes minutes and asserts no time, so it runs only when asked for:
//! `cargo test --test it large -- --ignored --nocapture`. A frame is what the processor does for
//! it without the graphics card: the answers taken in, the screen laid out, its shapes cut
//! into triangles. `LARGE_USERS` and `LARGE_IMPORT` say how many other than these.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{self, Event, Modifiers, MouseWheelUnit, Theme, TouchPhase, Vec2};
use poolhouse::base::clock::SystemClock;
use poolhouse::console::Launch;
use poolhouse::console::route::{Page, Route};
use poolhouse::driver::Driver;
use poolhouse::wire::idp::{self, UserImportJobStatusType as Status};

use super::console::{House, Window};

fn asked(name: &str, usual: u32) -> u32 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
}

fn write_people(path: &Path, header: &[String], from: u32, count: u32) {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    writeln!(out, "{}", header.join(",")).unwrap();
    for at in from..from + count {
        let cells = header.iter().map(|column| match column.as_str() {
            "cognito:username" => format!("person{at}"),
            "email" => format!("person{at}@example.com"),
            "email_verified" => "true".to_owned(),
            "phone_number_verified" | "cognito:mfa_enabled" => "false".to_owned(),
            "name" => format!("Person Number {at}"),
            "given_name" => "Person".to_owned(),
            "family_name" => format!("Number {at}"),
            _ => String::new(),
        });
        writeln!(out, "{}", cells.collect::<Vec<_>>().join(",")).unwrap();
    }
    out.flush().unwrap();
}

async fn begin(driver: &Driver, pool: &str, folder: &Path, from: u32, count: u32) -> String {
    let header = driver
        .call(&idp::GetCSVHeaderRequest {
            user_pool_id: pool.to_owned(),
        })
        .await
        .unwrap();
    let file = folder.join(format!("people-{from}.csv"));
    write_people(&file, &header.csv_header.unwrap(), from, count);
    let job = driver
        .call(&idp::CreateUserImportJobRequest {
            job_name: format!("from {from}"),
            user_pool_id: pool.to_owned(),
            cloud_watch_logs_role_arn: "arn:aws:iam::123456789012:role/import".to_owned(),
            ..Default::default()
        })
        .await
        .unwrap();
    let job = job.user_import_job.unwrap();
    let url = job.pre_signed_url.unwrap();
    driver.transport().upload(url, file).await.unwrap();
    let job_id = job.job_id.unwrap();
    driver
        .call(&idp::StartUserImportJobRequest {
            user_pool_id: pool.to_owned(),
            job_id: job_id.clone(),
        })
        .await
        .unwrap();
    job_id
}

async fn look(driver: &Driver, pool: &str, job_id: &str) -> (bool, i64) {
    let job = driver
        .call(&idp::DescribeUserImportJobRequest {
            user_pool_id: pool.to_owned(),
            job_id: job_id.to_owned(),
        })
        .await
        .unwrap();
    let job = job.user_import_job.unwrap();
    let ended = !matches!(
        job.status,
        Some(Status::Pending | Status::InProgress | Status::Stopping)
    );
    (ended, job.imported_users.unwrap_or(0))
}

/// Returns how long this thread has run on a processor, where the system tells: what a frame
/// costs when nothing else wants the processor.
fn on_processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// What frames cost.
#[derive(Default)]
struct Frames {
    busy: Vec<Duration>,
    costs: Vec<Duration>,
    gaps: Vec<Duration>,
    last: Option<Instant>,
}

impl Frames {
    /// Scrolls by `delta` and draws one frame, then waits for the next refresh of a screen.
    fn one(&mut self, window: &mut Window, delta: f32) {
        const REFRESH: Duration = Duration::from_millis(16);
        let began = Instant::now();
        let ran = on_processor();
        let input = window.0.input_mut();
        input.events.push(Event::PointerMoved(egui::pos2(760.0, 500.0)));
        input.events.push(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: Vec2::new(0.0, delta),
            phase: TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
        window.0.step();
        let shapes = window.0.output().shapes.clone();
        std::hint::black_box(window.0.ctx.tessellate(shapes, 1.0));
        let ended = Instant::now();
        self.busy.push(on_processor().saturating_sub(ran));
        self.costs.push(ended - began);
        if let Some(last) = self.last {
            self.gaps.push(ended - last);
        }
        self.last = Some(ended);
        std::thread::sleep(REFRESH.saturating_sub(began.elapsed()));
    }

    fn print(mut self, what: &str) {
        self.busy.sort_unstable();
        self.costs.sort_unstable();
        self.gaps.sort_unstable();
        let at = |list: &[Duration], share: f64| {
            let place = (list.len() as f64 * share) as usize;
            list.get(place.min(list.len().saturating_sub(1)))
                .copied()
                .unwrap_or_default()
        };
        println!(
            "{what}: {} frames, on the processor p50 {:.2?}, p99 {:.2?}, longest {:.2?}; in passing time p50 {:.2?}, \
             p99 {:.2?}, longest {:.2?}; longest between two {:.2?}",
            self.costs.len(),
            at(&self.busy, 0.5),
            at(&self.busy, 0.99),
            at(&self.busy, 1.0),
            at(&self.costs, 0.5),
            at(&self.costs, 0.99),
            at(&self.costs, 1.0),
            at(&self.gaps, 1.0),
        );
    }
}

#[test]
#[ignore = "measures for minutes and asserts no time"]
fn the_window_stays_smooth_with_many_users_and_during_an_import() {
    let (users, more) = (asked("LARGE_USERS", 100_000), asked("LARGE_IMPORT", 500_000));
    let house = House::new();
    let driver = house.engine.driver();
    let runtime = &house.runtime;
    let folder = tempfile::tempdir().unwrap();
    let pool = runtime.block_on(house.engine.user_pool_with(idp::CreateUserPoolRequest {
        auto_verified_attributes: Some(vec![idp::VerifiedAttributeType::Email]),
        ..Default::default()
    }));
    let began = Instant::now();
    let filled = runtime.block_on(async {
        let job = begin(&driver, &pool, folder.path(), 0, users).await;
        loop {
            let (ended, imported) = look(&driver, &pool, &job).await;
            if ended {
                return imported;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    assert_eq!(filled, i64::from(users));
    println!("{users} users imported in {:.1?}", began.elapsed());

    let launch = Launch {
        clock: Arc::new(SystemClock),
        ..house.launch()
    };
    let mut window = Window::open(launch, Theme::Dark, [1280.0, 800.0], false);
    window
        .0
        .state_mut()
        .command(poolhouse::console::command::Command::Go(Route::pool(
            pool.clone(),
            Page::Users,
        )));
    let began = Instant::now();
    let mut frames = Frames::default();
    while frames.costs.len() < 10 || !window.0.state().is_settled() {
        frames.one(&mut window, 0.0);
    }
    println!("the table is complete after {:.1?}", began.elapsed());
    frames.print("while the table fills");

    let mut frames = Frames::default();
    for at in 0..600 {
        frames.one(&mut window, if at % 60 < 40 { -900.0 } else { 700.0 });
    }
    frames.print("scrolling");

    let began = Instant::now();
    let job = runtime.block_on(begin(&driver, &pool, folder.path(), users, more));
    let mut frames = Frames::default();
    let mut imported;
    let mut looked = Instant::now();
    loop {
        frames.one(
            &mut window,
            if frames.costs.len() % 60 < 40 {
                -900.0
            } else {
                700.0
            },
        );
        if looked.elapsed() > Duration::from_secs(1) {
            let (ended, now) = runtime.block_on(look(&driver, &pool, &job));
            imported = now;
            // The look is not the window's.
            frames.last = None;
            looked = Instant::now();
            if ended {
                break;
            }
        }
    }
    let passed = began.elapsed();
    println!(
        "{imported} more users imported in {passed:.1?}, {:.0} a second",
        imported as f64 / passed.as_secs_f64()
    );
    frames.print("scrolling while it imports");
}
