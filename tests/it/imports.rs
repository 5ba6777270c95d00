//! CSV import, from the upload to the last log line.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use poolhouse::base::clock::UnixMillis;
use poolhouse::driver::CallError;
use poolhouse::engine::auth::keys;
use poolhouse::engine::import_job::{self, Limits, run};
use poolhouse::rules::attributes;
use poolhouse::store::records::imports::{self, ImportJob};
use poolhouse::store::records::signing_keys;
use poolhouse::store::records::user_pools::{self, UserPool};
use poolhouse::store::records::users::{self, Select, User};
use poolhouse::wire::idp::{
    self, PasswordHashingAlgorithmType, SchemaAttributeType, UserImportJobStatusType as Status,
    UserImportJobType, UserPoolType, UserStatusType, UsernameConfigurationType, VerifiedAttributeType,
};

use super::support::TestEngine;

const ROLE: &str = "arn:aws:iam::123456789012:role/service-role/Import";
const COLUMNS: &str = "name,given_name,family_name,middle_name,nickname,preferred_username,profile,picture,website,\
    email,email_verified,gender,birthdate,zoneinfo,locale,phone_number,phone_number_verified,address,updated_at,\
    custom:tier,cognito:mfa_enabled,cognito:username";

/// Makes a user pool that verifies e-mail addresses and knows a custom attribute.
async fn pool(engine: &TestEngine) -> String {
    pool_with(engine, "us-east-1_imports01", |_| {}).await
}

async fn pool_with(engine: &TestEngine, id: &str, change: impl Fn(&mut UserPoolType)) -> String {
    let mut settings = UserPoolType {
        schema_attributes: Some(
            attributes::schema_of_new_pool(&[SchemaAttributeType {
                name: Some("tier".to_owned()),
                ..Default::default()
            }])
            .unwrap(),
        ),
        auto_verified_attributes: Some(vec![VerifiedAttributeType::Email]),
        username_configuration: Some(UsernameConfigurationType {
            case_sensitive: false,
        }),
        ..Default::default()
    };
    change(&mut settings);
    let pool = UserPool {
        id: id.to_owned(),
        region: "us-east-1".to_owned(),
        name: "people".to_owned(),
        version: 1,
        settings,
        ..UserPool::default()
    };
    let made = keys::create(engine, id).await.unwrap();
    engine
        .store
        .transact("make_pool", move |tx| -> poolhouse::store::Result<()> {
            user_pools::insert(tx, &pool)?;
            signing_keys::put(tx, &made)
        })
        .await
        .unwrap();
    id.to_owned()
}

/// One row with the columns of [`COLUMNS`].
fn row(username: &str, email: &str, birthdate: &str) -> String {
    format!("Person {username},,,,,,,,,{email},true,,{birthdate},,,,,Street 1\\, Town,,gold,,{username}\n")
}

fn rows(names: impl Iterator<Item = usize>) -> String {
    let mut text = format!("{COLUMNS}\n");
    for at in names {
        text.push_str(&row(
            &format!("user{at}"),
            &format!("user{at}@example.com"),
            "02/29/1988",
        ));
    }
    text
}

async fn create(engine: &TestEngine, pool: &str) -> (String, String) {
    create_with(engine, pool, None).await
}

async fn create_with(
    engine: &TestEngine,
    pool: &str,
    algorithm: Option<PasswordHashingAlgorithmType>,
) -> (String, String) {
    let made = engine
        .ok(&idp::CreateUserImportJobRequest {
            job_name: "first".to_owned(),
            user_pool_id: pool.to_owned(),
            cloud_watch_logs_role_arn: ROLE.to_owned(),
            password_hashing_algorithm: algorithm,
        })
        .await
        .user_import_job
        .unwrap();
    assert_eq!(made.status, Some(Status::Created));
    (made.job_id.unwrap(), made.pre_signed_url.unwrap())
}

async fn upload(engine: &TestEngine, url: &str, text: &[u8]) -> Result<(), CallError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text).unwrap();
    engine
        .driver()
        .transport()
        .upload(url.to_owned(), file.path().to_owned())
        .await
}

async fn start(engine: &TestEngine, pool: &str, job: &str) -> Result<UserImportJobType, CallError> {
    let started = engine
        .call(&idp::StartUserImportJobRequest {
            user_pool_id: pool.to_owned(),
            job_id: job.to_owned(),
        })
        .await?;
    Ok(started.user_import_job.unwrap())
}

async fn describe(engine: &TestEngine, pool: &str, job: &str) -> UserImportJobType {
    engine
        .ok(&idp::DescribeUserImportJobRequest {
            user_pool_id: pool.to_owned(),
            job_id: job.to_owned(),
        })
        .await
        .user_import_job
        .unwrap()
}

/// Waits until a job has ended.
async fn ended(engine: &TestEngine, pool: &str, job: &str) -> UserImportJobType {
    loop {
        let job = describe(engine, pool, job).await;
        match job.status.clone().unwrap() {
            Status::Pending | Status::InProgress | Status::Stopping => tokio::task::yield_now().await,
            _ => return job,
        }
    }
}

/// Imports a text as a whole.
async fn import(engine: &TestEngine, pool: &str, text: &[u8]) -> (UserImportJobType, Vec<String>) {
    let (job, url) = create(engine, pool).await;
    upload(engine, &url, text).await.unwrap();
    assert_eq!(
        start(engine, pool, &job).await.unwrap().status,
        Some(Status::Pending)
    );
    (ended(engine, pool, &job).await, log(engine, pool, &job).await)
}

async fn log(engine: &TestEngine, pool: &str, job: &str) -> Vec<String> {
    let (pool, job) = (pool.to_owned(), job.to_owned());
    let lines = engine
        .store
        .read(move |r| imports::log_lines(r, &pool, &job, None, 10_000))
        .await
        .unwrap();
    lines.into_iter().map(|(_, text)| text).collect()
}

fn counts(job: &UserImportJobType) -> (i64, i64, i64) {
    (
        job.imported_users.unwrap(),
        job.skipped_users.unwrap(),
        job.failed_users.unwrap(),
    )
}

async fn users_of(engine: &TestEngine, pool: &str) -> Vec<User> {
    let pool = pool.to_owned();
    engine
        .store
        .read(move |r| users::list(r, &pool, &Select::All, None, 10_000))
        .await
        .unwrap()
        .0
}

/// Returns the names of the files that uploads left.
fn uploads(engine: &TestEngine) -> usize {
    std::fs::read_dir(engine.folder.path().join("uploads")).map_or(0, Iterator::count)
}

/// Says whether the uploaded files go within five seconds: a job's file is deleted after its end is committed.
async fn uploads_go(engine: &TestEngine) -> bool {
    for _ in 0..100 {
        if uploads(engine) == 0 {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn the_header_has_the_vendors_order() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let header = engine
        .ok(&idp::GetCSVHeaderRequest {
            user_pool_id: pool.clone(),
        })
        .await;
    assert_eq!(
        header.csv_header.unwrap().join(","),
        COLUMNS.replace([' ', '\n'], "")
    );
    assert_eq!(header.user_pool_id, Some(pool));
}

#[tokio::test]
async fn a_good_file_makes_users_whose_password_must_be_reset() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let (job, log) = import(&engine, &pool, rows(0..3).as_bytes()).await;
    assert_eq!(job.status, Some(Status::Succeeded));
    assert_eq!(counts(&job), (3, 0, 0));
    assert!(job.start_date.is_some() && job.completion_date.is_some() && job.completion_message.is_none());
    assert_eq!(
        log,
        [2, 3, 4].map(|line| format!("[SUCCEEDED] Line Number {line} - The import succeeded."))
    );
    let users = users_of(&engine, &pool).await;
    let user = users.iter().find(|user| user.username == "user1").unwrap();
    assert_eq!(user.status, UserStatusType::ResetRequired);
    assert!(user.enabled && user.credential.is_none());
    assert_eq!(user.attributes["birthdate"], "1988-02-29");
    assert_eq!(user.attributes["address"], "Street 1, Town");
    assert_eq!(user.attributes["email_verified"], "true");
    assert_eq!(user.attributes["custom:tier"], "gold");
    assert!(uploads_go(&engine).await, "the file is deleted after the job");
}

#[tokio::test]
async fn twenty_bad_rows_of_a_thousand_fail_alone_and_say_why() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let mut text = format!("{COLUMNS}\r\n");
    for at in 0..1000 {
        let (name, email) = (format!("user{at}"), format!("user{at}@example.com"));
        let line = match at % 50 {
            7 => row(&name, "nowhere", "02/29/1988"),
            _ => row(&name, &email, "02/29/1988"),
        };
        text.push_str(line.trim_end());
        text.push_str("\r\n");
    }
    let (job, log) = import(&engine, &pool, text.as_bytes()).await;
    assert_eq!(
        (job.status.clone(), counts(&job)),
        (Some(Status::Succeeded), (980, 0, 20))
    );
    assert_eq!(log.len(), 1000);
    assert_eq!(log[7], "[FAILED] Line Number 9 - Invalid email address format.");
    assert_eq!(log.iter().filter(|line| line.starts_with("[FAILED]")).count(), 20);
    assert!(
        !log.iter().any(|line| line.contains("nowhere")),
        "no user data in the log"
    );
    assert_eq!(users_of(&engine, &pool).await.len(), 980);
}

#[tokio::test]
async fn the_same_file_again_imports_nothing() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let text = rows(0..5);
    assert_eq!(
        counts(&import(&engine, &pool, text.as_bytes()).await.0),
        (5, 0, 0)
    );
    // Case does not matter in this pool, neither between files nor within one.
    let again = text.replace("user1\n", "USER1\n")
        + &row("Fresh", "f@example.com", "")
        + &row("fresh", "g@example.com", "");
    let (job, log) = import(&engine, &pool, again.as_bytes()).await;
    assert_eq!(counts(&job), (1, 6, 0));
    assert_eq!(log[6], "[SKIPPED] Line Number 8 - The user already exists.");
    let (job, _) = import(&engine, &pool, text.as_bytes()).await;
    assert_eq!(job.status, Some(Status::Failed));
    assert_eq!(
        job.completion_message.as_deref(),
        Some("Too many users have failed or been skipped during the import.")
    );
}

#[tokio::test]
async fn a_job_that_was_cut_off_goes_on_and_imports_no_row_twice() {
    let mut engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let (job, url) = create(&engine, &pool).await;
    let mut text = rows(0..300);
    for at in (0..300).step_by(3) {
        // Half of them twice: what is written twice would show.
        text.push_str(&row(&format!("user{at}"), "again@example.com", ""));
    }
    upload(&engine, &url, text.as_bytes()).await.unwrap();
    import_job::begin(engine.engine(), pool.clone(), job.clone())
        .await
        .unwrap();
    let limits = Limits {
        rows: 23,
        bytes: 1 << 20,
        ..Limits::default()
    };
    for _ in 0..5 {
        for _ in 0..2 {
            assert!(
                run::one_batch(engine.engine(), &pool, &job, limits)
                    .await
                    .unwrap()
            );
        }
        assert_eq!(
            describe(&engine, &pool, &job).await.status,
            Some(Status::InProgress)
        );
        if describe(&engine, &pool, &job).await.imported_users < Some(150) {
            // Read again, and dropped before it is written.
            let lost = run::one_batch(engine.engine(), &pool, &job, limits);
            drop(lost);
        }
    }
    // The next engine takes the job up by itself.
    engine = engine.reopen().await;
    let done = ended(&engine, &pool, &job).await;
    assert_eq!(
        (done.status.clone(), counts(&done)),
        (Some(Status::Succeeded), (300, 100, 0))
    );
    assert_eq!(users_of(&engine, &pool).await.len(), 300);
    assert_eq!(log(&engine, &pool, &job).await.len(), 400);
    // Those from before the cut are found by a filter too.
    for at in [0, 45, 46, 230, 299] {
        let found = engine
            .ok(&idp::ListUsersRequest {
                user_pool_id: pool.clone(),
                filter: Some(format!("username = \"user{at}\"")),
                ..Default::default()
            })
            .await;
        assert_eq!(found.users.unwrap_or_default().len(), 1, "user{at}");
    }
    assert!(uploads_go(&engine).await);
}

#[tokio::test]
async fn two_workers_on_one_job_import_no_row_twice() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let (job, url) = create(&engine, &pool).await;
    upload(&engine, &url, rows(0..200).as_bytes()).await.unwrap();
    import_job::begin(engine.engine(), pool.clone(), job.clone())
        .await
        .unwrap();
    let limits = Limits {
        rows: 10,
        bytes: 1 << 20,
        ..Limits::default()
    };
    let work = || run::to_the_end(Arc::downgrade(engine.engine()), pool.clone(), job.clone(), limits);
    tokio::join!(work(), work());
    let done = ended(&engine, &pool, &job).await;
    assert_eq!(counts(&done), (200, 0, 0));
}

#[tokio::test]
async fn a_stopped_job_keeps_what_it_has_and_does_not_start_again() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let (job, url) = create(&engine, &pool).await;
    upload(&engine, &url, rows(0..100).as_bytes()).await.unwrap();
    import_job::begin(engine.engine(), pool.clone(), job.clone())
        .await
        .unwrap();
    let limits = Limits {
        rows: 30,
        bytes: 1 << 20,
        ..Limits::default()
    };
    assert!(
        run::one_batch(engine.engine(), &pool, &job, limits)
            .await
            .unwrap()
    );
    let stop = idp::StopUserImportJobRequest {
        user_pool_id: pool.clone(),
        job_id: job.clone(),
    };
    let stopping = engine.ok(&stop).await.user_import_job.unwrap();
    assert_eq!(stopping.status, Some(Status::Stopping));
    assert!(
        !run::one_batch(engine.engine(), &pool, &job, limits)
            .await
            .unwrap()
    );
    let stopped = describe(&engine, &pool, &job).await;
    assert_eq!(
        (stopped.status.clone(), counts(&stopped)),
        (Some(Status::Stopped), (30, 0, 0))
    );
    assert_eq!(
        stopped.completion_message.as_deref(),
        Some("The Import Job was stopped by the developer.")
    );
    assert_eq!(engine.refused(&stop).await.0, "PreconditionNotMetException");
    assert!(start(&engine, &pool, &job).await.is_err());
    assert!(uploads_go(&engine).await);
}

#[tokio::test]
async fn a_job_starts_only_when_everything_is_there() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let (job, url) = create(&engine, &pool).await;
    let refused = |found: Result<UserImportJobType, CallError>| match found {
        Err(CallError::Fault(fault)) => (fault.code, fault.message),
        other => panic!("{other:?}"),
    };
    let unmet = "PreconditionNotMetException".to_owned();
    let (code, text) = refused(start(&engine, &pool, &job).await);
    assert_eq!(code, unmet);
    assert!(text.contains("not been uploaded"));
    upload(&engine, &url, rows(0..1).as_bytes()).await.unwrap();

    let silent = pool_with(&engine, "us-east-1_silent", |settings| {
        settings.auto_verified_attributes = None;
    })
    .await;
    let (other, other_url) = create(&engine, &silent).await;
    upload(&engine, &other_url, rows(0..1).as_bytes()).await.unwrap();
    let (code, text) = refused(start(&engine, &silent, &other).await);
    assert_eq!(code, unmet);
    assert!(text.contains("auto verified"));

    // One at a time in the Region, whichever pool it is in.
    import_job::begin(engine.engine(), pool.clone(), job.clone())
        .await
        .unwrap();
    let second = pool_with(&engine, "us-east-1_second", |_| {}).await;
    let (other, other_url) = create(&engine, &second).await;
    upload(&engine, &other_url, rows(0..1).as_bytes()).await.unwrap();
    let (code, text) = refused(start(&engine, &second, &other).await);
    assert_eq!(code, unmet);
    assert!(text.contains("active"));
    let running = second.clone();
    let is_running = engine
        .store
        .read(move |r| import_job::is_running(r, &running))
        .await;
    assert!(!is_running.unwrap());

    assert_eq!(
        refused(start(&engine, &pool, "import-unknown").await).0,
        "ResourceNotFoundException"
    );
    assert_eq!(
        refused(start(&engine, &second, &job).await).0,
        "ResourceNotFoundException",
        "a job of another pool"
    );
}

#[tokio::test]
async fn an_upload_needs_the_right_url_in_time() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let (job, url) = create(&engine, &pool).await;
    let (other, other_url) = create(&engine, &pool).await;
    assert!(url.starts_with(&format!("{}/imports/{pool}/{job}?token=", engine.endpoint())));
    let text = rows(0..1);
    let token = url.split_once("token=").unwrap().1;
    for bad in [
        format!("{url}x"),
        url.replace(token, ""),
        other_url.replace(other_url.split_once("token=").unwrap().1, token),
        url.replace(&job, "import-unknown"),
        url.replace(&pool, "us-east-1_unknown"),
        url.replace("/imports/", "/exports/"),
    ] {
        match upload(&engine, &bad, text.as_bytes()).await {
            Err(CallError::Fault(fault)) => {
                assert_eq!(fault.code, "NotAuthorizedException", "{bad}");
                assert_eq!(fault.message, "The upload URL is not valid.");
            }
            unexpected => panic!("{bad}: {unexpected:?}"),
        }
    }
    assert!(upload(&engine, &url, b"").await.is_err(), "an empty file");
    upload(&engine, &url, text.as_bytes()).await.unwrap();
    upload(&engine, &url, rows(0..2).as_bytes()).await.unwrap();
    assert_eq!(uploads(&engine), 1, "the later file replaces the earlier one");
    engine.clock.advance_secs(import_job::URL_VALID_FOR_SECS + 1);
    match upload(&engine, &url, text.as_bytes()).await {
        Err(CallError::Fault(fault)) => assert_eq!(fault.message, "The upload URL has expired."),
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(describe(&engine, &pool, &other).await.pre_signed_url, None);
}

#[tokio::test]
async fn a_job_that_was_not_started_within_a_day_expires_with_its_file() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let (job, url) = create(&engine, &pool).await;
    upload(&engine, &url, rows(0..1).as_bytes()).await.unwrap();
    assert_eq!(import_job::sweep(engine.engine()).await.unwrap(), 0);
    engine.clock.advance_secs(import_job::STARTABLE_FOR_SECS);
    assert_eq!(describe(&engine, &pool, &job).await.status, Some(Status::Expired));
    assert!(start(&engine, &pool, &job).await.is_err());
    assert_eq!(import_job::sweep(engine.engine()).await.unwrap(), 1);
    assert!(uploads_go(&engine).await);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_fails_as_a_whole() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let good = rows(0..2);
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (text, why) in [
        (format!("\u{feff}{good}").into_bytes(), "byte order mark"),
        (utf16, "NUL"),
        (
            good.replace("custom:tier", "custom:colour").into_bytes(),
            "custom:colour",
        ),
        (
            good.replace(",custom:tier", "").into_bytes(),
            "custom:tier is missing",
        ),
        (good.replace("gender,", "email,").into_bytes(), "more than once"),
        (good.replace('\n', "\r").into_bytes(), "carriage returns alone"),
        (vec![b'x'; 10 << 20], "The first line is not a header"),
        (b"\n\n".to_vec(), "no header"),
    ] {
        let (job, log) = import(&engine, &pool, &text).await;
        assert_eq!(job.status, Some(Status::Failed), "{why}");
        let message = job.completion_message.clone().unwrap();
        assert!(message.contains(why), "{why}: {message}");
        assert_eq!((counts(&job), log.len()), ((0, 0, 0), 0));
    }
    // Bad rows are rows; the others go on.
    let mut rows = good.into_bytes();
    rows.extend_from_slice(b"\xff\xfe\n\n\0\n");
    rows.extend_from_slice(&[b'x'; 70_000]);
    rows.extend_from_slice(b"\nshort,row\n");
    let (job, log) = import(&engine, &pool, &rows).await;
    assert_eq!(
        (job.status.clone(), counts(&job)),
        (Some(Status::Succeeded), (2, 0, 4)),
        "{log:?}"
    );
    assert!(log[4].contains("longer than 16000 characters"), "{log:?}");
}

#[tokio::test]
async fn a_header_alone_is_a_job_without_users() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let (job, log) = import(&engine, &pool, format!("{COLUMNS}\n").as_bytes()).await;
    assert_eq!(
        (job.status.clone(), counts(&job)),
        (Some(Status::Succeeded), (0, 0, 0))
    );
    assert!(log.is_empty());
}

#[tokio::test]
async fn a_good_hash_confirms_and_a_bad_one_fails_its_row() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let (job, url) = create_with(&engine, &pool, Some(PasswordHashingAlgorithmType::Bcrypt)).await;
    let mut text = format!("{COLUMNS},password_hash\n");
    for (name, hash) in [
        ("hashed", format!("$2b$10${}", "a".repeat(53))),
        ("blank", String::new()),
        ("dear", format!("$2b$14${}", "a".repeat(53))),
    ] {
        let row = row(name, &format!("{name}@example.com"), "");
        writeln!(text, "{},{hash}", row.trim_end()).unwrap();
    }
    upload(&engine, &url, text.as_bytes()).await.unwrap();
    start(&engine, &pool, &job).await.unwrap();
    let done = ended(&engine, &pool, &job).await;
    assert_eq!(counts(&done), (2, 0, 1));
    assert_eq!(
        done.password_hashing_algorithm,
        Some(PasswordHashingAlgorithmType::Bcrypt)
    );
    let users = users_of(&engine, &pool).await;
    let of = |name: &str| users.iter().find(|user| user.username == name).unwrap();
    assert_eq!(of("hashed").status, UserStatusType::Confirmed);
    assert!(of("hashed").credential.is_some());
    assert_eq!(of("blank").status, UserStatusType::ResetRequired);
    let failed = log(&engine, &pool, &job).await.pop().unwrap();
    assert!(failed.contains("cost 14") && !failed.contains("aaaa"), "{failed}");

    let (job, url) = create_with(&engine, &pool, Some(PasswordHashingAlgorithmType::Scrypt)).await;
    upload(&engine, &url, rows(0..1).as_bytes()).await.unwrap();
    start(&engine, &pool, &job).await.unwrap();
    let done = ended(&engine, &pool, &job).await;
    assert_eq!(
        done.completion_message.as_deref(),
        Some("The column password_hash is missing.")
    );
}

#[tokio::test]
async fn an_alias_that_another_user_holds_skips_the_row() {
    let engine = TestEngine::new().await;
    let pool = pool_with(&engine, "us-east-1_aliases", |settings| {
        settings.alias_attributes = Some(vec![idp::AliasAttributeType::Email]);
    })
    .await;
    let text = format!(
        "{COLUMNS}\n{}{}{}",
        row("maria", "maria@example.com", ""),
        row("mia", "MARIA@example.com", ""),
        row("m@example.com", "x@example.com", "")
    );
    let (job, log) = import(&engine, &pool, text.as_bytes()).await;
    assert_eq!(counts(&job), (1, 1, 1));
    assert!(log[2].contains("cannot be of email format"), "{log:?}");
}

#[tokio::test]
async fn jobs_are_listed_newest_first_in_pages() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        engine.clock.advance_secs(1);
        made.push(create(&engine, &pool).await.0);
    }
    let mut listed = Vec::new();
    let mut token = None;
    loop {
        let page = engine
            .ok(&idp::ListUserImportJobsRequest {
                user_pool_id: pool.clone(),
                max_results: 2,
                pagination_token: token.take(),
            })
            .await;
        listed.extend(
            page.user_import_jobs
                .unwrap()
                .into_iter()
                .map(|job| job.job_id.unwrap()),
        );
        token = page.pagination_token;
        if token.is_none() {
            break;
        }
    }
    made.reverse();
    assert_eq!(listed, made);
    let unknown = idp::ListUserImportJobsRequest {
        user_pool_id: "us-east-1_unknown".to_owned(),
        max_results: 1,
        pagination_token: None,
    };
    assert_eq!(engine.refused(&unknown).await.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn a_thousand_jobs_are_the_most() {
    let engine = TestEngine::new().await;
    let pool = pool(&engine).await;
    let of = pool.clone();
    engine
        .store
        .transact("fill", move |tx| -> poolhouse::store::Result<()> {
            for at in 0..1000 {
                let job = ImportJob {
                    user_pool_id: of.clone(),
                    id: format!("import-{at}"),
                    status: Status::Succeeded,
                    created_at: UnixMillis(at),
                    ..ImportJob::default()
                };
                imports::put(tx, &job)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let one_more = idp::CreateUserImportJobRequest {
        job_name: "one more".to_owned(),
        user_pool_id: pool,
        cloud_watch_logs_role_arn: ROLE.to_owned(),
        password_hashing_algorithm: None,
    };
    assert_eq!(engine.refused(&one_more).await.0, "LimitExceededException");
}
