//! Puts every row to the rules of the engine, and sorts what is wrong by what mends it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;

use super::Wake;
use super::edits::Edits;
use super::plan::Plan;
use super::source::Source;
use crate::rules::finding::{Finding, Place};
use crate::rules::import::header::Header;
use crate::rules::import::row::{Row, Rules};
use crate::rules::import::transform::{DateOrder, Step, unwritable};
use crate::rules::import::{MAX_ROW_CHARS, MAX_USERS, MFA_ENABLED, USERNAME};
use crate::rules::usernames::Name;
use crate::wire::idp::UserPoolType;

/// Up to so many changed rows are checked again at once; more begin a new check.
pub const RECHECK_AT_ONCE: usize = 2000;

/// Rows between two looks at cancel and two wakes.
const CHUNK: u32 = 2048;

/// What mends a row. Findings that are mended alike are shown together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Repair {
    /// A value must be there.
    Fill,
    /// A telephone number needs its country.
    Phone,
    /// An address is none.
    Email,
    /// A date is written otherwise.
    Date,
    /// Yes or no is written otherwise.
    Boolean,
    /// A time is written otherwise.
    Time,
    /// Neither address nor number is verified.
    Verify,
    /// A value is too long or too short.
    Length,
    /// A value holds a line break.
    LineBreak,
    /// Another row of the file has the same name.
    Duplicate,
    /// A username is not allowed.
    Username,
    /// A password hash is not of the algorithm.
    Hash,
    /// Multi-factor authentication is asked for against the user pool.
    Mfa,
    /// A value does not fit the attribute.
    Value,
    /// The row as a whole is too long.
    Row,
}

impl Repair {
    /// Returns the title of a group.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Fill => "Missing value",
            Self::Phone => "Phone number without country",
            Self::Email => "Not an e-mail address",
            Self::Date => "Date in another form",
            Self::Boolean => "Neither true nor false",
            Self::Time => "Not a time in seconds",
            Self::Verify => "Nothing verified",
            Self::Length => "Too long or too short",
            Self::LineBreak => "Line break inside a value",
            Self::Duplicate => "Twice in the file",
            Self::Username => "Username not allowed",
            Self::Hash => "Password hash not accepted",
            Self::Mfa => "MFA against the user pool",
            Self::Value => "Value does not fit",
            Self::Row => "Row too long",
        }
    }

    fn of(finding: &Finding) -> Self {
        match finding.code.unwrap_or_default() {
            "import.username_missing"
            | "import.required"
            | "import.email_missing"
            | "import.phone_missing" => Self::Fill,
            "import.phone_number" => Self::Phone,
            "import.email" => Self::Email,
            "import.birthdate" => Self::Date,
            "import.boolean" => Self::Boolean,
            "import.updated_at" => Self::Time,
            "import.not_verified" => Self::Verify,
            "import.length" => Self::Length,
            "import.control_character" => Self::LineBreak,
            DUPLICATE => Self::Duplicate,
            "import.username" | "import.username_differs" => Self::Username,
            "import.password_hash" => Self::Hash,
            "import.mfa_enabled" => Self::Mfa,
            "import.row_length" | "import.field_count" | "import.encoding" => Self::Row,
            _ => Self::Value,
        }
    }
}

const DUPLICATE: &str = "import.duplicate";

/// Findings of one kind in one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    /// What mends them.
    pub repair: Repair,
    /// The column of the plan.
    pub column: u16,
}

/// Something that mends a whole group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Another step for the column, in every row.
    AddStep(Step),
    /// The cells of another column of the file.
    FromColumn(usize),
    /// The same value in each row of the group.
    Value(String),
    /// Line breaks become spaces.
    Spaces,
    /// The rows are left out.
    Skip,
}

/// Returns the fixes that are offered for a group; a person may fill in what they leave open.
pub fn fixes(group: Group, plan: &Plan) -> Vec<(String, Fix)> {
    let target = plan
        .fillings()
        .get(usize::from(group.column))
        .map_or("", |filling| filling.target.as_str());
    let mut fixes = match group.repair {
        Repair::Phone => vec![
            (
                "Add prefix".to_owned(),
                Fix::AddStep(Step::Phone {
                    prefix: "+1".to_owned(),
                }),
            ),
            ("Clear the numbers".to_owned(), Fix::Value(String::new())),
        ],
        Repair::Date => vec![
            (
                "Day comes first".to_owned(),
                Fix::AddStep(Step::Date {
                    order: DateOrder::DayMonthYear,
                }),
            ),
            (
                "Month comes first".to_owned(),
                Fix::AddStep(Step::Date {
                    order: DateOrder::MonthDayYear,
                }),
            ),
            ("Clear the dates".to_owned(), Fix::Value(String::new())),
        ],
        Repair::Boolean => vec![
            ("Read yes and no".to_owned(), Fix::AddStep(Step::Boolean)),
            ("Set to true".to_owned(), Fix::Value("true".to_owned())),
            ("Set to false".to_owned(), Fix::Value("false".to_owned())),
        ],
        Repair::Time => vec![
            (
                "Read dates and times".to_owned(),
                Fix::AddStep(Step::EpochSeconds),
            ),
            ("Clear the times".to_owned(), Fix::Value(String::new())),
        ],
        Repair::Verify => vec![(format!("Set {target} to true"), Fix::Value("true".to_owned()))],
        Repair::Length => vec![
            (
                "Cut to 2,048 characters".to_owned(),
                Fix::AddStep(Step::Truncate { chars: 2048 }),
            ),
            ("Clear the values".to_owned(), Fix::Value(String::new())),
        ],
        Repair::LineBreak => vec![("Put spaces instead".to_owned(), Fix::Spaces)],
        Repair::Hash => vec![(
            "Let these users reset their password".to_owned(),
            Fix::Value(String::new()),
        )],
        Repair::Mfa if target == MFA_ENABLED => {
            vec![("Leave it to the user pool".to_owned(), Fix::Value(String::new()))]
        }
        Repair::Email | Repair::Value if target != USERNAME => {
            vec![("Clear the values".to_owned(), Fix::Value(String::new()))]
        }
        Repair::Fill
        | Repair::Duplicate
        | Repair::Username
        | Repair::Mfa
        | Repair::Email
        | Repair::Value
        | Repair::Row => Vec::new(),
    };
    fixes.push(("Leave these rows out".to_owned(), Fix::Skip));
    fixes
}

/// What a check found. Rows that are left out have no findings.
#[derive(Debug)]
pub struct Checked {
    rules: Rules,
    columns: Vec<String>,
    groups: BTreeMap<Group, Vec<u32>>,
    bad: BTreeMap<u32, u16>,
    /// Which row holds a name first.
    names: HashMap<Name, u32>,
    rows: usize,
}

impl Checked {
    fn new(pool: &UserPoolType, plan: &Plan, rows: usize) -> Self {
        let columns = plan.columns();
        let header = Header::of_template(columns.clone());
        Self {
            rules: Rules::new(pool, &header, plan.algorithm()),
            columns,
            groups: BTreeMap::new(),
            bad: BTreeMap::new(),
            names: HashMap::new(),
            rows,
        }
    }

    /// Returns the groups with the number of their rows, in a fixed order.
    pub fn groups(&self) -> impl Iterator<Item = (Group, usize)> {
        self.groups.iter().map(|(group, rows)| (*group, rows.len()))
    }

    /// Returns the rows of a group, in the order of the file.
    pub fn rows_of(&self, group: Group) -> &[u32] {
        self.groups.get(&group).map_or(&[], Vec::as_slice)
    }

    /// Returns the rows that something is wrong with, in the order of the file.
    pub fn bad(&self) -> impl Iterator<Item = u32> {
        self.bad.keys().copied()
    }

    /// Returns how many rows something is wrong with.
    pub fn bad_len(&self) -> usize {
        self.bad.len()
    }

    /// Tells whether something is wrong with a row.
    pub fn is_bad(&self, row: u32) -> bool {
        self.bad.contains_key(&row)
    }

    /// Tells whether the file has more rows than one job takes.
    pub fn has_too_many_rows(&self) -> bool {
        self.rows as u64 > MAX_USERS
    }

    /// Returns the rows that will not be imported: bad ones, and those left out by hand.
    pub fn left_out(&self, edits: &Edits) -> BTreeSet<u32> {
        self.bad().chain(edits.skipped().iter().copied()).collect()
    }

    /// Returns the groups that a row is in.
    pub fn groups_of(&self, row: u32) -> impl Iterator<Item = Group> {
        self.groups
            .iter()
            .filter(move |(_, rows)| rows.binary_search(&row).is_ok())
            .map(|(group, _)| *group)
    }

    /// Returns everything that is wrong with a row, in sentences.
    pub fn why(&self, source: &Source, plan: &Plan, edits: &Edits, row: u32) -> Vec<String> {
        if edits.is_skipped(row) {
            return vec!["Left out.".to_owned()];
        }
        let values = values_of(&source.row(row), plan, edits, row);
        let (findings, names) = self.findings(&values);
        let twice = names
            .iter()
            .filter_map(|name| self.names.get(name))
            .find(|first| **first != row && !edits.is_skipped(**first) && !self.is_bad(**first));
        findings
            .iter()
            .map(ToString::to_string)
            .chain(twice.map(|first| format!("The same user as in line {}.", source.line(*first))))
            .collect()
    }

    /// Checks one row again after it was changed.
    pub fn recheck(&mut self, source: &Source, plan: &Plan, edits: &Edits, row: u32) {
        if self.bad.remove(&row).is_some() {
            self.groups.retain(|_, rows| {
                if let Ok(at) = rows.binary_search(&row) {
                    rows.remove(at);
                }
                !rows.is_empty()
            });
        }
        let values = values_of(&source.row(row), plan, edits, row);
        self.take(&values, edits, row);
    }

    fn take(&mut self, values: &[String], edits: &Edits, row: u32) {
        if edits.is_skipped(row) {
            return;
        }
        let (findings, names) = self.findings(values);
        let mut found: BTreeSet<Group> = findings.iter().map(|finding| self.group(finding)).collect();
        // A bad row takes no name away from a good one.
        if findings.is_empty() {
            let mut later = Vec::new();
            for name in names {
                let first = *self.names.entry(name.clone()).or_insert(row);
                if first == row {
                    continue;
                }
                if edits.is_skipped(first) || self.bad.contains_key(&first) {
                    self.names.insert(name, row);
                } else if first > row {
                    self.names.insert(name, row);
                    later.push(first);
                } else {
                    found.insert(self.duplicate());
                }
            }
            // A row that was mended takes its name back from the one below it.
            for other in later {
                self.mark(other, self.duplicate());
            }
        }
        for group in found {
            self.mark(row, group);
        }
    }

    fn mark(&mut self, row: u32, group: Group) {
        let rows = self.groups.entry(group).or_default();
        if let Err(at) = rows.binary_search(&row) {
            rows.insert(at, row);
            let count = self.bad.entry(row).or_default();
            *count = count.saturating_add(1);
        }
    }

    fn duplicate(&self) -> Group {
        Group {
            repair: Repair::Duplicate,
            column: self.column(USERNAME),
        }
    }

    fn findings(&self, values: &[String]) -> (Vec<Finding>, Vec<Name>) {
        let mut findings = unwritable(&self.columns, values);
        let chars = values.iter().fold(0_usize, |sum, value| {
            let escapes = value.matches(',').count();
            sum.saturating_add(value.chars().count())
                .saturating_add(escapes)
                .saturating_add(1)
        });
        if chars > MAX_ROW_CHARS {
            findings.push(Finding::error(
                Place::Whole,
                "import.row_length",
                format!("The row is longer than {MAX_ROW_CHARS} characters."),
            ));
        }
        let fields: Vec<Cow<'_, str>> = values.iter().map(|value| Cow::Borrowed(value.as_str())).collect();
        match self.rules.check(&fields) {
            Ok(row) if findings.is_empty() => (findings, self.names_of(&row)),
            Ok(_) => (findings, Vec::new()),
            Err(more) => {
                for finding in more {
                    if !findings.contains(&finding) {
                        findings.push(finding);
                    }
                }
                (findings, Vec::new())
            }
        }
    }

    fn names_of(&self, row: &Row) -> Vec<Name> {
        let mut names = row.names(self.rules.naming(), "");
        names.retain(|name| !name.value.is_empty());
        names
    }

    fn group(&self, finding: &Finding) -> Group {
        let column = match &finding.place {
            Place::Field(name) => self.column(name),
            Place::Whole | Place::Text { .. } => 0,
        };
        Group {
            repair: Repair::of(finding),
            column,
        }
    }

    fn column(&self, name: &str) -> u16 {
        let at = self.columns.iter().position(|column| column == name);
        at.and_then(|at| u16::try_from(at).ok()).unwrap_or(0)
    }
}

fn values_of<S: AsRef<str>>(cells: &[S], plan: &Plan, edits: &Edits, row: u32) -> Vec<String> {
    let mut values = plan.values(cells);
    edits.lay_over(row, &mut values);
    values
}

/// A check at work.
pub struct Check {
    rows: u32,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    done: AtomicU32,
    cancelled: AtomicBool,
    outcome: Mutex<Option<Checked>>,
}

impl Check {
    /// Begins to check every row.
    pub fn start(
        source: Arc<Source>,
        pool: Arc<UserPoolType>,
        plan: Plan,
        edits: Edits,
        runtime: &Handle,
        wake: Wake,
    ) -> Self {
        let rows = u32::try_from(source.len()).unwrap_or(u32::MAX);
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        runtime.spawn_blocking(move || {
            let mut checked = Checked::new(&pool, &plan, source.len());
            source.each(0, &mut |row, cells| {
                if row.is_multiple_of(CHUNK) {
                    shared.done.store(row, Ordering::Relaxed);
                    wake();
                    if shared.cancelled.load(Ordering::Relaxed) {
                        return false;
                    }
                }
                checked.take(&values_of(cells, &plan, &edits, row), &edits, row);
                true
            });
            if !shared.cancelled.load(Ordering::Relaxed) {
                shared.done.store(rows, Ordering::Relaxed);
                *shared.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(checked);
            }
            wake();
        });
        Self { rows, state }
    }

    /// Returns how many rows are checked and how many there are.
    pub fn progress(&self) -> (u32, u32) {
        (self.state.done.load(Ordering::Relaxed), self.rows)
    }

    /// Ends the check without an outcome.
    pub fn cancel(&self) {
        self.state.cancelled.store(true, Ordering::Relaxed);
    }

    /// Tells whether it was ended before its time.
    pub fn is_cancelled(&self) -> bool {
        self.state.cancelled.load(Ordering::Relaxed)
    }

    /// Takes the outcome, once it is there.
    pub fn take(&self) -> Option<Checked> {
        self.state
            .outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}
