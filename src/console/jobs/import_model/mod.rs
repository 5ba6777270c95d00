//! The import wizard without its window: what is chosen, found, repaired and run.
//!
//! [`source`] reads the file, [`plan`] says which column becomes which attribute, [`check`]
//! puts every row to the rules that the engine uses, [`edits`] keeps what was repaired by
//! hand beside the file (which is never changed), [`run`] makes the job and follows it,
//! [`report`] tells the end. [`Wizard`] leads through them in order.
//!
//! Nothing here blocks: what takes long is a job with progress and cancel, and calls `wake`
//! when there is news. To add a repair: a case in [`check::Repair`], its fixes in
//! [`check::fixes`].

use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::base::clock::Clock;
use crate::driver::Driver;
use crate::rules::attributes;
use crate::rules::import::foreign::Reading;
use crate::rules::import::header;
use crate::wire::idp::UserPoolType;

pub mod check;
pub mod edits;
pub mod plan;
pub mod report;
pub mod run;
pub mod source;

use check::{Check, Checked, Fix};
use edits::Edits;
use plan::Plan;
use report::Report;
use run::{Order, Run};
use source::{Loading, OpenError, Source};

/// Called when there is something new to show.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Where the wizard stands. Earlier steps can be gone back to until the job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A file is chosen.
    Source,
    /// How it is read: encoding, delimiter, header.
    Reading,
    /// Which column becomes which attribute.
    Mapping,
    /// What is wrong with which row.
    Check,
    /// The job is at work.
    Run,
    /// What became of it.
    Report,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 6] = [
        Self::Source,
        Self::Reading,
        Self::Mapping,
        Self::Check,
        Self::Run,
        Self::Report,
    ];

    /// Returns its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Source => "File",
            Self::Reading => "Reading",
            Self::Mapping => "Columns",
            Self::Check => "Check",
            Self::Run => "Run",
            Self::Report => "Report",
        }
    }
}

/// An import from the choice of a file to the report.
pub struct Wizard {
    /// The user pool, as it was when the wizard was opened.
    pool: Arc<UserPoolType>,
    template: Vec<String>,
    step: Step,
    loading: Option<Loading>,
    /// Why the last file could not be read.
    refused: Option<OpenError>,
    source: Option<Arc<Source>>,
    plan: Plan,
    edits: Edits,
    check: Option<Check>,
    checked: Option<Checked>,
    run: Option<Run>,
    report: Option<Report>,
    runtime: Handle,
    wake: Wake,
}

impl Wizard {
    /// Opens the wizard on a user pool as `DescribeUserPool` shows it.
    pub fn new(pool: UserPoolType, runtime: Handle, wake: Wake) -> Self {
        let template = header::template(&attributes::schema_of(&pool));
        Self {
            pool: Arc::new(pool),
            plan: Plan::empty(&template),
            template,
            step: Step::Source,
            loading: None,
            refused: None,
            source: None,
            edits: Edits::default(),
            check: None,
            checked: None,
            run: None,
            report: None,
            runtime,
            wake,
        }
    }

    /// Takes what the background has done since. Call it once a frame, before drawing.
    pub fn poll(&mut self) {
        if let Some(outcome) = self.loading.as_ref().and_then(Loading::take) {
            self.loading = None;
            match outcome {
                Ok(source) => self.take_source(source),
                Err(refused) => self.refused = Some(refused),
            }
        }
        if let Some(checked) = self.check.as_ref().and_then(Check::take) {
            self.check = None;
            self.checked = Some(checked);
        }
        if let (Some(run), Some(source)) = (&self.run, &self.source)
            && self.step == Step::Run
            && let Some(end) = run.end()
        {
            self.report = Some(Report::new(source, end));
            self.step = Step::Report;
        }
    }

    fn take_source(&mut self, source: Source) {
        let source = Arc::new(source);
        // Another file, or the same one read otherwise: columns may mean something else.
        let same_columns = self
            .source
            .as_ref()
            .is_some_and(|before| before.columns() == source.columns());
        if !same_columns {
            self.plan = Plan::suggest(&source, &self.pool, &self.template);
        }
        self.source = Some(source);
        self.refused = None;
        self.edits = Edits::default();
        self.forget_check();
        self.step = Step::Reading;
    }

    /// Reads a file in the background.
    pub fn open(&mut self, path: PathBuf) {
        if self.is_running() {
            return;
        }
        self.refused = None;
        self.loading = Some(Loading::start(
            source::From::File(path),
            None,
            self.template.clone(),
            &self.runtime,
            Arc::clone(&self.wake),
        ));
    }

    /// Reads a pasted table.
    pub fn paste(&mut self, text: String) {
        if self.is_running() {
            return;
        }
        self.refused = None;
        self.loading = Some(Loading::start(
            source::From::Text(text),
            None,
            self.template.clone(),
            &self.runtime,
            Arc::clone(&self.wake),
        ));
    }

    /// Reads the file again, in another way.
    pub fn read_as(&mut self, reading: Reading) {
        if self.is_running() {
            return;
        }
        let Some(source) = &self.source else { return };
        self.loading = Some(Loading::start(
            source.from().clone(),
            Some(reading),
            self.template.clone(),
            &self.runtime,
            Arc::clone(&self.wake),
        ));
    }

    /// Returns where the wizard stands.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// Tells whether a step can be gone to now.
    pub fn can_go(&self, step: Step) -> bool {
        if self.is_running() {
            return step == Step::Run;
        }
        match step {
            Step::Source => true,
            Step::Reading => self.source.is_some() && self.report.is_none(),
            Step::Mapping => self.is_whole() && self.report.is_none(),
            Step::Check => self.is_whole() && self.report.is_none() && self.plan.gaps(&self.pool).is_empty(),
            Step::Run => false,
            Step::Report => self.report.is_some(),
        }
    }

    /// Tells whether there is a source and each of its rows ends: rows in an open quotation would
    /// be lost in a cell.
    fn is_whole(&self) -> bool {
        self.source
            .as_ref()
            .is_some_and(|source| source.unclosed().is_none())
    }

    /// Goes to a step, when that is possible. Going to the check begins it.
    pub fn go(&mut self, step: Step) {
        if !self.can_go(step) {
            return;
        }
        self.step = step;
        if step == Step::Check && self.checked.is_none() && self.check.is_none() {
            self.start_check();
        }
    }

    /// Tells whether a file is being read.
    pub const fn is_loading(&self) -> bool {
        self.loading.is_some()
    }

    /// Tells whether a job is at work.
    pub fn is_running(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.end().is_none())
    }

    /// Returns why the last file could not be read.
    pub const fn refused(&self) -> Option<&OpenError> {
        self.refused.as_ref()
    }

    /// Returns the file.
    pub const fn source(&self) -> Option<&Arc<Source>> {
        self.source.as_ref()
    }

    /// Returns the user pool.
    pub fn pool(&self) -> &UserPoolType {
        &self.pool
    }

    /// Returns the columns that the user pool asks for.
    pub fn template(&self) -> &[String] {
        &self.template
    }

    /// Returns which column becomes which attribute.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Changes the plan. What was checked is checked again.
    pub fn change_plan(&mut self, change: impl FnOnce(&mut Plan)) {
        if self.is_running() {
            return;
        }
        change(&mut self.plan);
        self.forget_check();
        if self.step == Step::Check {
            self.start_check();
        }
    }

    /// Returns what was repaired by hand.
    pub const fn edits(&self) -> &Edits {
        &self.edits
    }

    /// Returns the check at work.
    pub const fn checking(&self) -> Option<&Check> {
        self.check.as_ref()
    }

    /// Returns what the check found.
    pub const fn checked(&self) -> Option<&Checked> {
        self.checked.as_ref()
    }

    /// Returns the job at work.
    pub const fn run(&self) -> Option<&Run> {
        self.run.as_ref()
    }

    /// Returns what became of the job.
    pub const fn report(&self) -> Option<&Report> {
        self.report.as_ref()
    }

    /// Sets one value of one row; `column` counts the columns of the plan. Only that row is checked again.
    pub fn edit(&mut self, row: u32, column: u16, value: String) {
        if self.is_running() {
            return;
        }
        self.edits.set(row, column, value);
        self.recheck(&[row]);
    }

    /// Leaves a row out, or takes it in again.
    pub fn skip(&mut self, row: u32, skipped: bool) {
        if self.is_running() {
            return;
        }
        self.edits.skip(row, skipped);
        self.recheck(&[row]);
    }

    /// Repairs every row of a group at once.
    pub fn fix(&mut self, group: check::Group, fix: &Fix) {
        if self.is_running() {
            return;
        }
        let Some(checked) = &self.checked else { return };
        let rows = checked.rows_of(group).to_vec();
        match fix {
            Fix::AddStep(step) => {
                let step = step.clone();
                self.change_plan(|plan| plan.add_step(group.column, step));
                return;
            }
            Fix::FromColumn(at) => {
                if let Some(source) = &self.source {
                    for row in &rows {
                        let cells = source.row(*row);
                        let value = cells.get(*at).cloned().unwrap_or_default();
                        self.edits.set(*row, group.column, value);
                    }
                }
            }
            Fix::Value(value) => {
                for row in &rows {
                    self.edits.set(*row, group.column, value.clone());
                }
            }
            Fix::Spaces => {
                for row in &rows {
                    let value = self.value(*row, group.column);
                    let value = value
                        .chars()
                        .map(|c| if c.is_control() { ' ' } else { c })
                        .collect();
                    self.edits.set(*row, group.column, value);
                }
            }
            Fix::Skip => {
                for row in &rows {
                    self.edits.skip(*row, true);
                }
            }
        }
        self.recheck(&rows);
    }

    /// Returns a value as it would be imported.
    pub fn value(&self, row: u32, column: u16) -> String {
        let Some(source) = &self.source else {
            return String::new();
        };
        let mut values = self.plan.values(&source.row(row));
        self.edits.lay_over(row, &mut values);
        values.get(usize::from(column)).cloned().unwrap_or_default()
    }

    /// Returns everything that is wrong with a row, in sentences.
    pub fn why(&self, row: u32) -> Vec<String> {
        let (Some(source), Some(checked)) = (&self.source, &self.checked) else {
            return Vec::new();
        };
        checked.why(source, &self.plan, &self.edits, row)
    }

    /// Returns how many rows can be imported now.
    pub fn ready(&self) -> usize {
        let (Some(source), Some(checked)) = (&self.source, &self.checked) else {
            return 0;
        };
        source.len().saturating_sub(checked.left_out(&self.edits).len())
    }

    fn start_check(&mut self) {
        let Some(source) = &self.source else { return };
        self.check = Some(Check::start(
            Arc::clone(source),
            Arc::clone(&self.pool),
            self.plan.clone(),
            self.edits.clone(),
            &self.runtime,
            Arc::clone(&self.wake),
        ));
    }

    fn recheck(&mut self, rows: &[u32]) {
        let Some(source) = &self.source else { return };
        match &mut self.checked {
            Some(checked) if rows.len() <= check::RECHECK_AT_ONCE => {
                for row in rows {
                    checked.recheck(source, &self.plan, &self.edits, *row);
                }
            }
            _ if self.step == Step::Check => {
                self.forget_check();
                self.start_check();
            }
            _ => self.forget_check(),
        }
    }

    fn forget_check(&mut self) {
        if let Some(check) = self.check.take() {
            check.cancel();
        }
        self.checked = None;
    }

    /// Makes the job of every good row and follows it. Does nothing while no row is good.
    pub fn start(&mut self, driver: Driver, clock: Arc<dyn Clock>, order: Order) {
        let (Some(source), Some(checked)) = (&self.source, &self.checked) else {
            return;
        };
        if self.is_running() || self.ready() == 0 {
            return;
        }
        self.run = Some(Run::start(
            driver,
            clock,
            order,
            Arc::clone(source),
            self.plan.clone(),
            self.edits.clone(),
            checked.left_out(&self.edits),
            &self.runtime,
            Arc::clone(&self.wake),
        ));
        self.step = Step::Run;
    }

    /// Stops the check or the job that is at work. What a job has imported stays.
    pub fn cancel(&mut self) {
        if let Some(check) = &self.check {
            check.cancel();
        }
        if let Some(run) = &self.run {
            run.cancel();
        }
    }
}

#[cfg(test)]
mod tests;
