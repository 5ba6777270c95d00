use std::path::PathBuf;
use std::sync::Mutex;

use super::check::{Group, Repair, fixes};
use super::run::Phase;
use super::*;
use crate::base::clock::{ManualClock, UnixMillis};
use crate::driver::{BoxFuture, CallError, Outgoing, Transport};
use crate::rules::import::foreign::{Dialect, Encoding};
use crate::rules::import::transform::{Source as Origin, Step as Change};
use crate::wire::idp::{
    GetCSVHeaderResponse, PasswordHashingAlgorithmType, SchemaAttributeType,
    UserImportJobStatusType as Status, UserImportJobType, VerifiedAttributeType,
};

fn pool() -> UserPoolType {
    UserPoolType {
        schema_attributes: Some(
            attributes::schema_of_new_pool(&[SchemaAttributeType {
                name: Some("family_name".to_owned()),
                required: Some(true),
                ..Default::default()
            }])
            .unwrap(),
        ),
        auto_verified_attributes: Some(vec![VerifiedAttributeType::Email]),
        ..Default::default()
    }
}

fn wizard(pool: UserPoolType) -> Wizard {
    Wizard::new(pool, Handle::current(), Arc::new(|| {}))
}

/// Polls until `done`.
async fn until(wizard: &mut Wizard, done: impl Fn(&Wizard) -> bool) {
    for _ in 0..20_000 {
        wizard.poll();
        if done(wizard) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    panic!("nothing happened");
}

async fn pasted(pool: UserPoolType, text: &str) -> Wizard {
    let mut wizard = wizard(pool);
    wizard.paste(text.to_owned());
    until(&mut wizard, |wizard| !wizard.is_loading()).await;
    wizard
}

async fn checked(wizard: &mut Wizard) {
    wizard.go(Step::Check);
    until(wizard, |wizard| wizard.checked().is_some()).await;
}

fn groups(wizard: &Wizard) -> Vec<(Repair, String, usize)> {
    let columns = wizard.plan().columns();
    wizard
        .checked()
        .unwrap()
        .groups()
        .map(|(group, count)| (group.repair, columns[usize::from(group.column)].clone(), count))
        .collect()
}

const GERMAN: &str = "Benutzername;Vorname;Nachname;E-Mail-Adresse;Bestätigt;Handy;Geburtsdatum\n\
    jan;Jan;Müller;jan@example.com;ja;0170 5550100;5.3.1979\n\
    eva;Eva;\"Groß; Schäfer\";eva@example.com;ja;+49 170 5550101;6.4.1980\n\
    uwe;Uwe;Weiß;nirgends;nein;;\n\
    jan;Jan;Doppelt;jan2@example.com;ja;;\n";

async fn german() -> Wizard {
    let mut wizard = pasted(pool(), GERMAN).await;
    let verified = Origin::Column(4);
    wizard.change_plan(|plan| {
        plan.set_source("email_verified", verified);
        let column = plan.column("email_verified").unwrap();
        plan.add_step(column, Change::Boolean);
    });
    wizard
}

#[tokio::test]
async fn a_german_file_in_an_old_code_page_is_read_and_its_columns_are_known() {
    let bytes: Vec<u8> = GERMAN
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let mut wizard = wizard(pool());
    wizard.open(file.path().to_owned());
    until(&mut wizard, |wizard| !wizard.is_loading()).await;
    let source = wizard.source().unwrap();
    assert_eq!(wizard.step(), Step::Reading);
    assert_eq!(source.reading().encoding, Encoding::Windows1252);
    assert_eq!(
        source.reading().dialect,
        Dialect::Quoted {
            delimiter: b';',
            quote: Some(b'"')
        }
    );
    assert!(source.reading().has_header && source.len() == 4 && source.uneven() == 0);
    assert_eq!(source.row(1)[2], "Groß; Schäfer");
    assert_eq!(source.line(3), 5);
    for (target, at) in [
        ("cognito:username", 0),
        ("given_name", 1),
        ("family_name", 2),
        ("email", 3),
        ("phone_number", 5),
        ("birthdate", 6),
    ] {
        let column = wizard.plan().column(target).unwrap();
        let filling = &wizard.plan().fillings()[usize::from(column)];
        assert_eq!(filling.source, Origin::Column(at), "{target}");
        assert!(wizard.plan().confidence(column) >= 60, "{target}");
    }
    assert_eq!(wizard.plan().ignored(source), [4]);
}

#[tokio::test]
async fn reading_otherwise_gives_other_rows() {
    let mut wizard = pasted(pool(), GERMAN).await;
    let reading = wizard.source().unwrap().reading();
    wizard.read_as(Reading {
        has_header: false,
        ..reading
    });
    until(&mut wizard, |wizard| !wizard.is_loading()).await;
    let source = wizard.source().unwrap();
    assert_eq!(source.len(), 5);
    assert_eq!(source.columns()[0], "Column 1");
}

#[tokio::test]
async fn files_that_are_no_tables_are_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, word) in [
        ("book.xlsx", b"PK\x03\x04rest".as_slice(), "spreadsheet"),
        ("zero", b"a,b\n\0\0\0\0,c\n".as_slice(), "binary"),
        ("empty.csv", b"".as_slice(), "no rows"),
        ("header.csv", b"email,name\n".as_slice(), "no rows"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let mut wizard = wizard(pool());
        wizard.open(path);
        until(&mut wizard, |wizard| !wizard.is_loading()).await;
        let refused = wizard.refused().unwrap().to_string();
        assert!(refused.contains(word), "{name}: {refused}");
        assert_eq!(wizard.step(), Step::Source);
    }
    let mut wizard = wizard(pool());
    wizard.open(folder.path().join("missing.csv"));
    until(&mut wizard, |wizard| !wizard.is_loading()).await;
    assert!(wizard.refused().unwrap().to_string().contains("cannot be read"));
}

#[tokio::test]
async fn what_is_wrong_is_sorted_by_what_mends_it() {
    let mut wizard = german().await;
    checked(&mut wizard).await;
    assert_eq!(
        groups(&wizard),
        [
            (Repair::Phone, "phone_number".to_owned(), 1),
            (Repair::Email, "email".to_owned(), 1),
            (Repair::Verify, "email_verified".to_owned(), 1),
        ]
    );
    // The number is mended for every row at once; now the last row is a good one, and a second Jan.
    let column = wizard.plan().column("phone_number").unwrap();
    let group = Group {
        repair: Repair::Phone,
        column,
    };
    assert!(fixes(group, wizard.plan()).len() >= 3);
    wizard.fix(
        group,
        &Fix::AddStep(Change::Phone {
            prefix: "+49".to_owned(),
        }),
    );
    until(&mut wizard, |wizard| wizard.checked().is_some()).await;
    assert_eq!(wizard.value(0, column), "+491705550100");
    let found = groups(&wizard);
    assert!(
        found.contains(&(Repair::Duplicate, "cognito:username".to_owned(), 1)),
        "{found:?}"
    );
    assert_eq!(wizard.why(3), ["The same user as in line 2."]);
    assert_eq!(wizard.ready(), 2);
}

#[tokio::test]
async fn a_row_is_repaired_in_place_and_the_file_stays_as_it_is() {
    let mut wizard = german().await;
    checked(&mut wizard).await;
    let email = wizard.plan().column("email").unwrap();
    let verified = wizard.plan().column("email_verified").unwrap();
    let before = wizard.source().unwrap().row(2);
    assert_eq!(wizard.why(2).len(), 2);
    wizard.edit(2, email, "uwe@example.com".to_owned());
    wizard.edit(2, verified, "true".to_owned());
    assert!(wizard.why(2).is_empty());
    assert!(!wizard.checked().unwrap().is_bad(2));
    assert!(wizard.edits().is_edited(2, email));
    assert_eq!(wizard.source().unwrap().row(2), before);
    wizard.skip(2, true);
    assert_eq!(wizard.why(2), ["Left out."]);
    let without = wizard.ready();
    wizard.skip(2, false);
    assert_eq!(wizard.ready(), without + 1);
}

#[tokio::test]
async fn the_check_waits_for_what_must_be_filled() {
    let mut wizard = pasted(pool(), "Colour,Size\nred,1\nblue,2\n").await;
    assert!(!wizard.can_go(Step::Check));
    assert_eq!(
        wizard.plan().gaps(wizard.pool()),
        ["family_name", "cognito:username"]
    );
    wizard.change_plan(|plan| {
        plan.set_source("cognito:username", Origin::Column(0));
        plan.set_source("family_name", Origin::Constant("Nobody".to_owned()));
    });
    assert!(wizard.can_go(Step::Check));
    checked(&mut wizard).await;
    assert_eq!(wizard.ready(), 0, "nothing is verified");
}

#[tokio::test]
async fn hashes_are_known_by_their_looks() {
    let hash = format!("$2b$10${}", "a".repeat(53));
    let text =
        format!("username,surname,email,email_verified,password_hash\nmaria,L,m@example.com,yes,{hash}\n");
    let mut wizard = pasted(pool(), &text).await;
    assert_eq!(
        wizard.plan().algorithm(),
        Some(&PasswordHashingAlgorithmType::Bcrypt)
    );
    checked(&mut wizard).await;
    assert_eq!(wizard.ready(), 1, "{:?}", wizard.why(0));
    wizard.change_plan(|plan| plan.set_algorithm(None));
    assert!(!wizard.plan().columns().contains(&"password_hash".to_owned()));
}

/// An endpoint that imports: every second row of what it is given.
#[derive(Default)]
struct Endpoint {
    calls: Mutex<Vec<&'static str>>,
    file: Mutex<String>,
    looks: Mutex<u32>,
    /// Goes on until it is stopped.
    endless: bool,
    stopped: Mutex<bool>,
}

struct Shared(Arc<Endpoint>);

impl Transport for Shared {
    fn call(&self, outgoing: Outgoing) -> BoxFuture<Result<Vec<u8>, CallError>> {
        let endpoint = Arc::clone(&self.0);
        Box::pin(async move { endpoint.answer(outgoing.operation) })
    }
    fn upload(&self, url: String, file: PathBuf) -> BoxFuture<Result<(), CallError>> {
        assert_eq!(url, "http://upload");
        *self.0.file.lock().unwrap() = std::fs::read_to_string(file).unwrap();
        Box::pin(async { Ok(()) })
    }
    fn download(&self, _: String) -> BoxFuture<Result<Vec<u8>, CallError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
    fn endpoint(&self) -> String {
        "test".into()
    }
    fn region(&self) -> String {
        "us-east-1".into()
    }
}

impl Endpoint {
    fn answer(&self, operation: &'static str) -> Result<Vec<u8>, CallError> {
        self.calls.lock().unwrap().push(operation);
        let mut job = UserImportJobType {
            job_id: Some("import-1".to_owned()),
            status: Some(Status::Created),
            ..Default::default()
        };
        let rows = self.file.lock().unwrap().lines().count().saturating_sub(1);
        match operation {
            "GetCSVHeader" => {
                let answer = GetCSVHeaderResponse {
                    csv_header: Some(header::template(&attributes::schema_of(&pool()))),
                    user_pool_id: None,
                };
                return Ok(serde_json::to_vec(&answer).unwrap());
            }
            "CreateUserImportJob" => job.pre_signed_url = Some("http://upload".to_owned()),
            "StartUserImportJob" => job.status = Some(Status::Pending),
            "StopUserImportJob" => {
                *self.stopped.lock().unwrap() = true;
                job.status = Some(Status::Stopping);
            }
            "DescribeUserImportJob" => {
                let mut looks = self.looks.lock().unwrap();
                *looks += 1;
                job.imported_users = Some(1);
                job.status = Some(match (*looks, *self.stopped.lock().unwrap()) {
                    (_, true) => Status::Stopped,
                    (1, _) => Status::InProgress,
                    _ if self.endless => Status::InProgress,
                    _ => {
                        job.imported_users = Some(i64::try_from(rows.div_ceil(2)).unwrap());
                        job.skipped_users = Some(i64::try_from(rows / 2).unwrap());
                        Status::Succeeded
                    }
                });
            }
            "GetImportJobLog" => {
                let lines: Vec<_> = (0..rows)
                    .map(|at| {
                        let outcome = if at % 2 == 0 { "[SUCCEEDED]" } else { "[SKIPPED]" };
                        serde_json::json!({
                            "Line": at + 2,
                            "Message": format!("{outcome} Line Number {} - The user already exists.", at + 2),
                        })
                    })
                    .collect();
                return Ok(
                    serde_json::to_vec(&serde_json::json!({ "Lines": lines, "More": false })).unwrap(),
                );
            }
            other => panic!("{other}"),
        }
        Ok(serde_json::to_vec(&serde_json::json!({ "UserImportJob": job })).unwrap())
    }
}

fn order(folder: &tempfile::TempDir) -> Order {
    Order {
        user_pool_id: "us-east-1_abc".to_owned(),
        job_name: "first".to_owned(),
        role_arn: "arn:aws:iam::123456789012:role/import".to_owned(),
        work_dir: folder.path().to_owned(),
    }
}

async fn started(endpoint: &Arc<Endpoint>, folder: &tempfile::TempDir) -> Wizard {
    let mut wizard = german().await;
    checked(&mut wizard).await;
    let column = wizard.plan().column("phone_number").unwrap();
    wizard.fix(
        Group {
            repair: Repair::Phone,
            column,
        },
        &Fix::Value(String::new()),
    );
    assert_eq!(wizard.ready(), 2);
    let clock = Arc::new(ManualClock::at(UnixMillis(1_767_225_600_000)));
    let driver = Driver::new(Arc::new(Shared(Arc::clone(endpoint))), false);
    wizard.start(driver, clock, order(folder));
    assert_eq!(wizard.step(), Step::Run);
    assert!(!wizard.can_go(Step::Mapping));
    wizard
}

#[tokio::test]
async fn good_rows_go_out_in_the_vendors_form_and_outcomes_come_back_to_their_rows() {
    let (endpoint, folder) = (Arc::new(Endpoint::default()), tempfile::tempdir().unwrap());
    let mut wizard = started(&endpoint, &folder).await;
    until(&mut wizard, |wizard| wizard.step() == Step::Report).await;
    let calls = endpoint.calls.lock().unwrap().clone();
    assert_eq!(
        calls,
        [
            "GetCSVHeader",
            "CreateUserImportJob",
            "StartUserImportJob",
            "DescribeUserImportJob",
            "DescribeUserImportJob",
            "GetImportJobLog"
        ]
    );
    let file = endpoint.file.lock().unwrap().clone();
    let lines: Vec<_> = file.lines().collect();
    assert_eq!(lines.len(), 3, "{file}");
    assert_eq!(
        lines[1],
        ",Jan,Müller,,,,,,,jan@example.com,true,,03/05/1979,,,,,,,,jan"
    );
    assert!(lines[2].contains("Groß; Schäfer"));
    let report = wizard.report().unwrap();
    assert_eq!(
        (report.rows(), report.kept_back(), report.counts()),
        (4, 2, (1, 1, 0))
    );
    assert_eq!(report.status(), Some(&Status::Succeeded));
    assert_eq!(report.error(), None);
    let rows: Vec<u32> = report.not_imported().map(|(row, _)| row).collect();
    assert_eq!(rows, [1]);
    let rejects = report::rejects(wizard.source().unwrap(), |row| {
        let why = wizard.why(row).join(" ");
        report
            .outcome(row)
            .map(ToString::to_string)
            .or((!why.is_empty()).then_some(why))
    });
    assert!(rejects.starts_with("Benutzername,Vorname,"), "{rejects}");
    assert_eq!(rejects.lines().count(), 4, "{rejects}");
    assert!(rejects.contains("3,The user already exists."), "{rejects}");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "the file is gone"
    );
}

#[tokio::test]
async fn a_run_that_is_cancelled_stops_its_job() {
    let endpoint = Arc::new(Endpoint {
        endless: true,
        ..Endpoint::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let mut wizard = started(&endpoint, &folder).await;
    until(&mut wizard, |wizard| {
        wizard.run().unwrap().progress().phase == Phase::Importing
            && wizard.run().unwrap().progress().imported == 1
    })
    .await;
    wizard.cancel();
    until(&mut wizard, |wizard| wizard.step() == Step::Report).await;
    assert_eq!(wizard.report().unwrap().status(), Some(&Status::Stopped));
    // One of the two rows was counted before the job stopped.
    assert_eq!(wizard.report().unwrap().unreached().len(), 1);
    assert!(endpoint.calls.lock().unwrap().contains(&"StopUserImportJob"));
}

#[tokio::test]
async fn a_read_only_connection_refuses_before_anything_leaves() {
    let (endpoint, folder) = (Arc::new(Endpoint::default()), tempfile::tempdir().unwrap());
    let mut wizard = german().await;
    checked(&mut wizard).await;
    let clock = Arc::new(ManualClock::default());
    let driver = Driver::new(Arc::new(Shared(Arc::clone(&endpoint))), true);
    wizard.start(driver, clock, order(&folder));
    until(&mut wizard, |wizard| wizard.step() == Step::Report).await;
    assert!(wizard.report().unwrap().error().unwrap().contains("read-only"));
    assert_eq!(*endpoint.calls.lock().unwrap(), ["GetCSVHeader"]);
}

#[tokio::test]
async fn the_samples_are_what_their_names_say() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples");
    for (name, rows, ready) in [
        ("users_native.csv", 5, 5),
        ("users_export.csv", 5, 2),
        ("users_german_windows1252.csv", 3, 1),
    ] {
        let pool = UserPoolType {
            auto_verified_attributes: Some(vec![VerifiedAttributeType::Email]),
            ..Default::default()
        };
        let mut wizard = wizard(pool);
        wizard.open(folder.join(name));
        until(&mut wizard, |wizard| !wizard.is_loading()).await;
        let verified = wizard
            .source()
            .unwrap()
            .columns()
            .iter()
            .position(|column| column == "Verified");
        if let Some(at) = verified {
            wizard.change_plan(|plan| {
                plan.set_source("email_verified", Origin::Column(at));
                let column = plan.column("email_verified").unwrap();
                plan.add_step(column, Change::Boolean);
            });
        }
        checked(&mut wizard).await;
        assert_eq!(
            (wizard.source().unwrap().len(), wizard.ready()),
            (rows, ready),
            "{name}: {:?}",
            groups(&wizard)
        );
    }
}

#[tokio::test]
async fn a_quotation_that_never_closes_keeps_the_wizard_from_losing_rows() {
    let mut wizard = german().await;
    for (text, line) in [
        ("email,name\na@example.com,\"open\nb@example.com,x\n", Some(2)),
        ("email,name\na@example.com,\"a\nb\"\nb@example.com,x", None),
        ("email,name\na@example.com,\"closed\"", None),
        ("email,name\na@example.com,5\" disk\n", None),
    ] {
        wizard.paste(text.to_owned());
        until(&mut wizard, |wizard| !wizard.is_loading()).await;
        assert_eq!(wizard.source().unwrap().unclosed(), line, "{text}");
        assert_eq!(wizard.can_go(Step::Mapping), line.is_none(), "{text}");
    }
}
