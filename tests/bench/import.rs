//! How fast a file of users comes in, beside what reading and inserting alone would take.
//!
//! `cargo bench --bench import` (or `-- --rows 50000`). One file of about 200 bytes a row goes
//! through the engine as an import job; then, in the same run, the same file is read and
//! checked alone, and the same users are inserted alone, in sorted batches of the same size,
//! one transaction each. What counts is the share, and how far memory rose above idle.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used
)]

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use poolhouse::base::ids;
use poolhouse::base::rng::SystemRng;
use poolhouse::driver::Driver;
use poolhouse::driver::in_process::InProcess;
use poolhouse::engine::Engine;
use poolhouse::engine::auth::lookup;
use poolhouse::engine::import_job::Limits;
use poolhouse::engine::open::Options;
use poolhouse::rules::attributes;
use poolhouse::rules::import::header;
use poolhouse::rules::import::native::Lines;
use poolhouse::rules::import::row::Rules;
use poolhouse::store;
use poolhouse::store::records::bulk_users::{self, NewUser, Run};
use poolhouse::store::records::user_pools::{self, UserPool};
use poolhouse::store::records::users::User;
use poolhouse::wire::idp::{self, UserImportJobStatusType as Status, UserStatusType};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut rows = 500_000;
    while let Some(argument) = arguments.next() {
        if argument == "--rows" {
            rows = arguments
                .next()
                .and_then(|rows| rows.parse().ok())
                .expect("--rows N");
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.csv");
    write_file(&file, rows);
    let bytes = std::fs::metadata(&file).unwrap().len();
    println!("{rows} rows, {:.1} MB", bytes as f64 / 1e6);

    let (engine, pool) = runtime.block_on(open(&folder.path().join("import")));
    let idle = memory("VmRSS:");
    reset_peak();
    let took = runtime.block_on(import(&engine, &pool.id, &file, rows));
    let peak = memory("VmHWM:");
    let imported = rate("import through the engine", rows, took);
    println!(
        "memory: idle {} MB, peak {} MB, {} MB above idle",
        idle / 1024,
        peak / 1024,
        peak.saturating_sub(idle) / 1024
    );
    drop(engine);

    let started = Instant::now();
    let read = read_alone(&file, &pool);
    assert_eq!(read, rows);
    let parsed = rate("reading and checking alone", rows, started.elapsed());

    let (engine, pool) = runtime.block_on(open(&folder.path().join("insert")));
    let took = runtime.block_on(insert_alone(&engine, &pool, &file));
    let inserted = rate("inserting alone", rows, took);
    println!(
        "import / inserting alone: {:.2}; import / reading alone: {:.2}",
        imported / inserted,
        imported / parsed
    );
}

fn rate(what: &str, rows: usize, took: Duration) -> f64 {
    let rate = rows as f64 / took.as_secs_f64();
    println!("{what}: {:.2} s, {rate:.0} rows/s", took.as_secs_f64());
    rate
}

/// Writes rows with what people fill in: names, address, verified e-mail, birthdate.
fn write_file(path: &Path, rows: usize) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let columns = header::template(&attributes::standard_schema());
    writeln!(out, "{}", columns.join(",")).unwrap();
    for at in 0..rows {
        // Scattered, as names are: sorted input would flatter the indexes.
        let scattered = (at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 34;
        writeln!(
            out,
            "Given{scattered} Family{at},Given{scattered},Family{at},,,,,,,\
             person.{scattered}.{at}@example.com,true,,02/28/1988,,de-DE,+4917{at:09},false,\
             Long Street {at}\\, 12345 Town,,,person{scattered}x{at}"
        )
        .unwrap();
    }
    out.flush().unwrap();
}

async fn open(folder: &Path) -> (Arc<Engine>, UserPool) {
    let engine = Engine::open(Options::new(folder)).await.unwrap();
    let driver = Driver::new(Arc::new(InProcess::new(Arc::clone(&engine))), false);
    let made = driver
        .call(&idp::CreateUserPoolRequest {
            pool_name: "people".to_owned(),
            auto_verified_attributes: Some(vec![idp::VerifiedAttributeType::Email]),
            ..Default::default()
        })
        .await
        .unwrap();
    let id = made.user_pool.and_then(|pool| pool.id).unwrap();
    let pool = engine
        .store
        .read(move |r| user_pools::get(r, &id))
        .await
        .unwrap()
        .unwrap();
    (engine, pool)
}

async fn import(engine: &Arc<Engine>, pool: &str, file: &Path, rows: usize) -> Duration {
    let driver = Driver::new(Arc::new(InProcess::new(Arc::clone(engine))), false);
    let job = driver
        .call(&idp::CreateUserImportJobRequest {
            job_name: "bench".to_owned(),
            user_pool_id: pool.to_owned(),
            cloud_watch_logs_role_arn: "arn:aws:iam::123456789012:role/Import".to_owned(),
            password_hashing_algorithm: None,
        })
        .await
        .unwrap()
        .user_import_job
        .unwrap();
    let (job_id, url) = (job.job_id.unwrap(), job.pre_signed_url.unwrap());
    driver.transport().upload(url, file.to_owned()).await.unwrap();
    let started = Instant::now();
    driver
        .call(&idp::StartUserImportJobRequest {
            user_pool_id: pool.to_owned(),
            job_id: job_id.clone(),
        })
        .await
        .unwrap();
    loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let job = driver
            .call(&idp::DescribeUserImportJobRequest {
                user_pool_id: pool.to_owned(),
                job_id: job_id.clone(),
            })
            .await
            .unwrap()
            .user_import_job
            .unwrap();
        match job.status.unwrap() {
            Status::Pending | Status::InProgress => {}
            Status::Succeeded => {
                assert_eq!(job.imported_users, Some(i64::try_from(rows).unwrap()));
                return started.elapsed();
            }
            other => panic!("{other}: {:?}", job.completion_message),
        }
    }
}

fn lines_and_rules(file: &Path, pool: &UserPool) -> (Lines<BufReader<File>>, Rules) {
    let input = BufReader::with_capacity(1 << 18, File::open(file).unwrap());
    let mut lines = Lines::new(input, 0, 1);
    let template = header::template(&attributes::schema_of(&pool.settings));
    let header = header::read(&template, None, lines.next_line().unwrap().unwrap().bytes).unwrap();
    (lines, Rules::new(&pool.settings, &header, None))
}

fn read_alone(file: &Path, pool: &UserPool) -> usize {
    let (mut lines, rules) = lines_and_rules(file, pool);
    let mut rows = 0;
    while let Some(line) = lines.next_line().unwrap() {
        std::hint::black_box(rules.check_line(&line).unwrap());
        rows += 1;
    }
    rows
}

/// Inserts the users of a file in batches, and their index rows in runs, as a job does;
/// only the inserting is timed.
async fn insert_alone(engine: &Arc<Engine>, pool: &UserPool, file: &Path) -> Duration {
    let (mut lines, rules) = lines_and_rules(file, pool);
    let limits = Limits::default();
    let (mut took, mut waiting) = (Duration::ZERO, 0);
    let mut ended = false;
    while !ended {
        let now = engine.clock.now();
        let mut batch = Vec::new();
        while batch.len() < limits.rows {
            let Some(line) = lines.next_line().unwrap() else {
                ended = true;
                break;
            };
            let row = rules.check_line(&line).unwrap();
            let user = User {
                user_pool_id: pool.id.clone(),
                sub: ids::ordered_uuid(&SystemRng, now),
                username: row.username.unwrap(),
                created_at: now,
                modified_at: now,
                status: UserStatusType::ResetRequired,
                enabled: true,
                attributes: row.attributes,
                ..User::default()
            };
            let logins = lookup::logins(pool, &user);
            batch.push(NewUser::of(&user, logins).unwrap());
        }
        waiting += batch.len();
        let id = pool.id.clone();
        let started = Instant::now();
        write(engine, move |tx| {
            let first = batch.iter().map(|user| user.sub).min();
            if let Some(first) = first {
                bulk_users::mark(tx, &id, "bench", &first)?;
            }
            bulk_users::insert_unindexed(tx, &id, &batch).map(drop)
        })
        .await;
        if waiting >= limits.waiting || ended {
            index_alone(engine, &pool.id, limits).await;
            waiting = 0;
        }
        took += started.elapsed();
    }
    took
}

async fn index_alone(engine: &Arc<Engine>, pool: &str, limits: Limits) {
    let id = pool.to_owned();
    let read = engine.store.read(move |r| -> store::Result<Run> {
        let mut run = Run::begin(r, &id, "bench")?.unwrap();
        while run.read(r, 5_000)? {}
        run.sort();
        Ok(run)
    });
    let run = Arc::new(read.await.unwrap());
    for from in (0..run.len()).step_by(limits.index_rows) {
        let (rows, to) = (Arc::clone(&run), run.len().min(from + limits.index_rows));
        write(engine, move |tx| rows.write(tx, from..to).map(drop)).await;
    }
    write(engine, move |tx| run.finish(tx)).await;
}

async fn write(engine: &Engine, job: impl Fn(&mut store::Tx<'_>) -> store::Result<()> + Send + 'static) {
    engine.store.transact("bench", job).await.unwrap();
}

/// Reads a figure of this process in KiB; 0 where the system has none.
fn memory(name: &str) -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find_map(|line| {
            line.strip_prefix(name)?
                .trim()
                .trim_end_matches(" kB")
                .parse()
                .ok()
        })
        .unwrap_or(0)
}

/// Lets the peak be that of what follows.
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
