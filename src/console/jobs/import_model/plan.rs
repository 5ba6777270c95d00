//! Which column of the file becomes which attribute, and by which steps.

use super::source::Source;
use crate::rules::attributes;
use crate::rules::import::mapping::{self, Suggestion};
use crate::rules::import::transform::{DateOrder, Filling, Source as Origin, Step};
use crate::rules::import::{MFA_ENABLED, PASSWORD_HASH, USERNAME};
use crate::rules::usernames::Naming;
use crate::wire::idp::{PasswordHashingAlgorithmType as Algorithm, UserPoolType};

/// How many rows are looked at for proposals.
const SAMPLES: u32 = 50;

/// The fillings of an import, one for each column of its native file, in that order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    fillings: Vec<Filling>,
    confidences: Vec<u8>,
    algorithm: Option<Algorithm>,
}

impl Plan {
    /// Fills nothing.
    pub fn empty(template: &[String]) -> Self {
        Self {
            fillings: template
                .iter()
                .map(|target| Filling {
                    target: target.clone(),
                    ..Filling::default()
                })
                .collect(),
            confidences: vec![0; template.len()],
            algorithm: None,
        }
    }

    /// Proposes fillings by the names of the columns and what is in them.
    pub fn suggest(source: &Source, pool: &UserPoolType, template: &[String]) -> Self {
        let samples = source.samples(SAMPLES);
        let mut targets = template.to_vec();
        targets.push(PASSWORD_HASH.to_owned());
        let suggestions = mapping::suggest(source.columns(), &samples, &targets);
        let column_of = |wanted: &str| -> Option<(usize, u8)> {
            suggestions
                .iter()
                .enumerate()
                .find_map(|(at, found)| match found {
                    Suggestion {
                        target: Some(target),
                        confidence,
                    } if target == wanted => Some((at, *confidence)),
                    Suggestion { .. } => None,
                })
        };
        let cells = |at: usize| {
            samples
                .iter()
                .filter_map(move |row| row.get(at))
                .map(String::as_str)
                .filter(|cell| !cell.is_empty())
        };
        let mut plan = Self::empty(template);
        if let Some((at, _)) = column_of(PASSWORD_HASH) {
            plan.set_algorithm(cells(at).find_map(algorithm_of));
        }
        for (filling, confidence) in plan.fillings.iter_mut().zip(&mut plan.confidences) {
            let Some((at, sure)) = column_of(&filling.target) else {
                continue;
            };
            filling.source = Origin::Column(at);
            filling.steps = steps_for(&filling.target, cells(at));
            *confidence = sure;
        }
        // Where an address may be a username, it is the likeliest one.
        let naming = Naming::of(pool);
        if let (None, Some((at, _))) = (column_of(USERNAME), column_of("email"))
            && !naming.email_alias
        {
            plan.set_source(USERNAME, Origin::Column(at));
            plan.set_confidence(USERNAME, 50);
        }
        if column_of("name").is_none()
            && let (Some((given, _)), Some((family, _))) = (column_of("given_name"), column_of("family_name"))
            && is_required(pool, "name")
        {
            let joined = Origin::Concat {
                columns: vec![given, family],
                separator: " ".to_owned(),
            };
            plan.set_source("name", joined);
            plan.set_confidence("name", 60);
        }
        plan
    }

    /// Returns the fillings, in the order of the file that is made.
    pub fn fillings(&self) -> &[Filling] {
        &self.fillings
    }

    /// Returns the columns of the file that is made.
    pub fn columns(&self) -> Vec<String> {
        self.fillings
            .iter()
            .map(|filling| filling.target.clone())
            .collect()
    }

    /// Returns how sure the proposal of a column is, 0 to 100.
    pub fn confidence(&self, column: u16) -> u8 {
        self.confidences.get(usize::from(column)).copied().unwrap_or(0)
    }

    /// Returns the algorithm of the password hashes, when there are any.
    pub const fn algorithm(&self) -> Option<&Algorithm> {
        self.algorithm.as_ref()
    }

    /// Says of which algorithm the password hashes are, or that there are none; the column
    /// comes and goes with it.
    pub fn set_algorithm(&mut self, algorithm: Option<Algorithm>) {
        let has_column = self
            .fillings
            .last()
            .is_some_and(|last| last.target == PASSWORD_HASH);
        match (&algorithm, has_column) {
            (Some(_), false) => {
                self.fillings.push(Filling {
                    target: PASSWORD_HASH.to_owned(),
                    ..Filling::default()
                });
                self.confidences.push(0);
            }
            (None, true) => {
                self.fillings.pop();
                self.confidences.pop();
            }
            _ => {}
        }
        self.algorithm = algorithm;
    }

    /// Returns the column of an attribute.
    pub fn column(&self, target: &str) -> Option<u16> {
        let at = self
            .fillings
            .iter()
            .position(|filling| filling.target == target)?;
        u16::try_from(at).ok()
    }

    /// Says where the values of an attribute come from.
    pub fn set_source(&mut self, target: &str, origin: Origin) {
        if let Some(filling) = self.fillings.iter_mut().find(|filling| filling.target == target) {
            filling.source = origin;
        }
        self.set_confidence(target, 100);
    }

    fn set_confidence(&mut self, target: &str, sure: u8) {
        let at = self.fillings.iter().position(|filling| filling.target == target);
        if let Some(confidence) = at.and_then(|at| self.confidences.get_mut(at)) {
            *confidence = sure;
        }
    }

    /// Changes the filling of a column in any way.
    pub fn change(&mut self, column: u16, change: impl FnOnce(&mut Filling)) {
        if let Some(filling) = self.fillings.get_mut(usize::from(column)) {
            change(filling);
        }
    }

    /// Adds a step to a column, in the place of an earlier one of its kind.
    pub fn add_step(&mut self, column: u16, step: Step) {
        self.change(column, |filling| {
            filling.steps.retain(|earlier| earlier.name() != step.name());
            filling.steps.push(step);
        });
    }

    /// Returns the columns of the file that become nothing.
    pub fn ignored(&self, source: &Source) -> Vec<usize> {
        (0..source.columns().len())
            .filter(|at| {
                !self.fillings.iter().any(|filling| match &filling.source {
                    Origin::Column(used) => used == at,
                    Origin::Concat { columns, .. } => columns.contains(at),
                    Origin::Nothing | Origin::Constant(_) => false,
                })
            })
            .collect()
    }

    /// Returns the attributes that must be filled and are not; the check waits for them.
    pub fn gaps(&self, pool: &UserPoolType) -> Vec<&str> {
        self.fillings
            .iter()
            .filter(|filling| filling.source == Origin::Nothing && filling.default.is_none())
            .map(|filling| filling.target.as_str())
            .filter(|target| *target == USERNAME || *target == PASSWORD_HASH || is_required(pool, target))
            .collect()
    }

    /// Returns the values of a row of the file.
    pub fn values<S: AsRef<str>>(&self, row: &[S]) -> Vec<String> {
        self.fillings.iter().map(|filling| filling.value(row)).collect()
    }
}

/// Returns the algorithm that made a hash, by its looks.
pub fn algorithm_of(hash: &str) -> Option<Algorithm> {
    let hash = hash.trim();
    if hash.starts_with("$argon2id$") {
        return Some(Algorithm::Argon2id);
    }
    if hash.starts_with("$pbkdf2-sha256$") {
        return Some(Algorithm::Pbkdf2Sha256);
    }
    if ["$2a$", "$2b$", "$2x$", "$2y$"]
        .iter()
        .any(|prefix| hash.starts_with(prefix))
    {
        return Some(Algorithm::Bcrypt);
    }
    let numbers = hash
        .split('$')
        .take(3)
        .filter(|part| part.parse::<u32>().is_ok())
        .count();
    (numbers == 3 && hash.matches('$').count() == 4).then_some(Algorithm::Scrypt)
}

fn is_required(pool: &UserPoolType, name: &str) -> bool {
    attributes::find(&attributes::schema_of(pool), name)
        .is_some_and(|attribute| attribute.required == Some(true))
}

/// Returns the steps that the values of an attribute need: none where they are good as they are.
fn steps_for<'a>(target: &str, mut cells: impl Iterator<Item = &'a str>) -> Vec<Step> {
    match target {
        "phone_number" if cells.any(|cell| !attributes::is_phone_number(cell)) => vec![Step::Phone {
            prefix: String::new(),
        }],
        "birthdate" => vec![Step::Date {
            order: DateOrder::Auto,
        }],
        "updated_at" => vec![Step::EpochSeconds],
        "email_verified" | "phone_number_verified" | MFA_ENABLED => vec![Step::Boolean],
        _ => Vec::new(),
    }
}
