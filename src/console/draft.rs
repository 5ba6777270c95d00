//! What is edited but not yet applied.
//!
//! One draft per stored object, shared by every screen that edits a part of it: all the
//! settings pages of a user pool edit the same `UpdateUserPool`. Applying does describe →
//! merge → re-check → update, so that a member nobody touched is sent as it is on the
//! server now, and a member someone else changed meanwhile is noticed.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::driver::{BoxFuture, CallError, Driver};
use crate::wire::Operation;

/// An update that is edited as a whole: the request of an `Update…` or `Set…` operation.
pub trait Settings: Operation + Clone + PartialEq {
    /// The operation that reads the same object.
    type Describe: Operation + Clone;
    /// The member of the answer that the object is in; empty when it is the answer itself.
    const OBJECT: &'static str;
    /// Where it stands when several are applied; smaller first.
    const ORDER: u8;
    /// The operations to ask again after an update.
    const REFRESHES: &'static [&'static str];

    /// Makes the update that changes nothing from what the object is now. `None` when the
    /// answer holds no object.
    fn from_described(
        asked: &Self::Describe,
        answer: &<Self::Describe as Operation>::Response,
    ) -> Option<Self>;

    /// What people call the object, `User pool` or `App client "web"`.
    fn subject(&self) -> String;
}

/// A member that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The names on the way to it.
    pub path: Vec<String>,
    /// What is stored; `None` when it is absent.
    pub saved: Option<Value>,
    /// What it shall be; `None` when it is taken away.
    pub edited: Option<Value>,
}

impl Change {
    /// The names on the way, joined by dots.
    pub fn name(&self) -> String {
        self.path.join(".")
    }
}

/// The state of an object on the server and as edited.
pub struct Draft<U: Settings> {
    asked: U::Describe,
    /// As it is stored.
    pub saved: U,
    /// As it shall be. Forms write here.
    pub edited: U,
    undo: Vec<U>,
    redo: Vec<U>,
    /// The state after the last frame, to notice edits.
    settled: U,
    /// The answer that `saved` was made from.
    source: Option<Arc<<U::Describe as Operation>::Response>>,
    /// Members that someone else changed while they were edited here.
    conflicts: Vec<Change>,
}

impl<U: Settings> Draft<U> {
    fn new(asked: U::Describe, saved: U, source: Arc<<U::Describe as Operation>::Response>) -> Self {
        Self {
            asked,
            edited: saved.clone(),
            settled: saved.clone(),
            saved,
            undo: Vec::new(),
            redo: Vec::new(),
            source: Some(source),
            conflicts: Vec::new(),
        }
    }

    /// Tells whether anything is edited.
    pub fn is_dirty(&self) -> bool {
        self.saved != self.edited
    }

    /// Tells whether the member that `read` picks is edited.
    pub fn differs<V: PartialEq>(&self, read: impl Fn(&U) -> V) -> bool {
        read(&self.saved) != read(&self.edited)
    }

    /// Takes a newer state from the server without losing what is edited.
    fn rebase(&mut self, saved: U, source: Arc<<U::Describe as Operation>::Response>) {
        if saved != self.saved {
            if self.is_dirty() {
                let edits = changes(&self.saved, &self.edited);
                let merged = merge(&saved, &edits);
                self.conflicts = merged.conflicts;
                self.edited = merged.value.unwrap_or_else(|| saved.clone());
            } else {
                self.edited = saved.clone();
            }
            self.saved = saved;
            self.settled = self.edited.clone();
        }
        self.source = Some(source);
    }
}

/// A draft of any object, for the bar that gathers them.
pub trait AnyDraft: Send {
    /// What people call the object.
    fn subject(&self) -> String;
    /// The operation that applies it.
    fn operation(&self) -> &'static str;
    /// Tells whether anything is edited.
    fn is_dirty(&self) -> bool;
    /// What is edited.
    fn changes(&self) -> Vec<Change>;
    /// Members that someone else changed meanwhile.
    fn conflicts(&self) -> &[Change];
    /// How many members are sent as they are.
    fn carried(&self) -> usize;
    /// Throws the edits away.
    fn discard(&mut self);
    /// Notices edits since the last frame, for undo.
    fn settle(&mut self);
    /// Takes back the last edit; `false` when there is none.
    fn undo(&mut self) -> bool;
    /// Does again what was taken back; `false` when there is none.
    fn redo(&mut self) -> bool;
    /// Describe → merge → re-check → update. Answers the members that were sent back without
    /// being known here.
    fn apply(&self, driver: Driver, anyway: bool) -> BoxFuture<Result<Vec<String>, Refused>>;
    /// After it was applied: what was edited is what is stored.
    fn applied(&mut self);
    /// The operations to ask again.
    fn refreshes(&self) -> &'static [&'static str];
    /// For the typed draft.
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

/// Why a draft was not applied.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// The engine refused.
    Call(CallError),
    /// Someone else changed the same members; the stored values are given.
    Conflicts(Vec<Change>),
}

impl<U: Settings + Send> AnyDraft for Draft<U> {
    fn subject(&self) -> String {
        // As it is stored: the name may be what is being edited.
        self.saved.subject()
    }

    fn operation(&self) -> &'static str {
        U::NAME
    }

    fn is_dirty(&self) -> bool {
        self.saved != self.edited
    }

    fn changes(&self) -> Vec<Change> {
        changes(&self.saved, &self.edited)
    }

    fn conflicts(&self) -> &[Change] {
        &self.conflicts
    }

    fn carried(&self) -> usize {
        let changed = self.changes();
        let mut leaves = 0;
        count_leaves(&json(&self.edited), &mut leaves);
        leaves.saturating_sub(changed.iter().filter(|change| change.edited.is_some()).count())
    }

    fn discard(&mut self) {
        self.edited = self.saved.clone();
        self.settle();
        self.conflicts.clear();
    }

    fn settle(&mut self) {
        const MOST: usize = 100;
        if self.edited != self.settled {
            self.undo
                .push(std::mem::replace(&mut self.settled, self.edited.clone()));
            self.redo.clear();
            if self.undo.len() > MOST {
                self.undo.remove(0);
            }
        }
    }

    fn undo(&mut self) -> bool {
        let Some(earlier) = self.undo.pop() else {
            return false;
        };
        self.redo
            .push(std::mem::replace(&mut self.edited, earlier.clone()));
        self.settled = earlier;
        true
    }

    fn redo(&mut self) -> bool {
        let Some(later) = self.redo.pop() else {
            return false;
        };
        self.undo.push(std::mem::replace(&mut self.edited, later.clone()));
        self.settled = later;
        true
    }

    fn apply(&self, driver: Driver, anyway: bool) -> BoxFuture<Result<Vec<String>, Refused>> {
        let edits = self.changes();
        let asked = self.asked.clone();
        Box::pin(async move {
            let raw = driver.call_json::<U::Describe>(&json(&asked)).await;
            let raw = raw.map_err(Refused::Call)?;
            let answer = <U::Describe as Operation>::Response::deserialize(&raw).map_err(|reason| {
                let text = format!("the answer of {}: {reason}", U::Describe::NAME);
                Refused::Call(CallError::Undecodable(text))
            })?;
            let stored = U::from_described(&asked, &answer).ok_or_else(|| {
                Refused::Call(CallError::Undecodable(format!(
                    "{} answered no object",
                    U::Describe::NAME
                )))
            })?;
            let merged = merge(&stored, &edits);
            if !anyway && !merged.conflicts.is_empty() {
                return Err(Refused::Conflicts(merged.conflicts));
            }
            let update = merged.value.ok_or_else(|| {
                Refused::Call(CallError::Undecodable(
                    "the edits no longer fit the object".to_owned(),
                ))
            })?;
            let object = |answer: &Value| match U::OBJECT {
                "" => answer.clone(),
                name => answer.get(name).cloned().unwrap_or_default(),
            };
            let mut body = json(&update);
            let mut unknown = Vec::new();
            let path = &mut Vec::new();
            keep_unknown(
                path,
                &object(&raw),
                &object(&json(&answer)),
                &mut body,
                &mut unknown,
            );
            let done = driver.call_json::<U>(&body).await;
            done.map(|_| unknown).map_err(Refused::Call)
        })
    }

    fn applied(&mut self) {
        self.saved = self.edited.clone();
        self.settled = self.edited.clone();
        self.undo.clear();
        self.redo.clear();
        self.conflicts.clear();
        // `source` stays: until the new answer is in, the old one must not be taken for news.
    }

    fn refreshes(&self) -> &'static [&'static str] {
        U::REFRESHES
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Where a draft stands: the order of applying, the operation, the object.
type DraftKey = (u8, &'static str, String);

/// Every draft of the connection.
#[derive(Default)]
pub struct Drafts {
    drafts: BTreeMap<DraftKey, Box<dyn AnyDraft>>,
}

impl Drafts {
    /// Returns the draft of an object, made or moved on from what the server answered.
    pub fn of<U: Settings + Send>(
        &mut self,
        asked: &U::Describe,
        answer: Option<&Arc<<U::Describe as Operation>::Response>>,
    ) -> Option<&mut Draft<U>> {
        let object = serde_json::to_string(asked).unwrap_or_default();
        let key = (U::ORDER, U::NAME, object);
        if let Some(answer) = answer {
            match self
                .drafts
                .get_mut(&key)
                .and_then(|draft| draft.as_any_mut().downcast_mut::<Draft<U>>())
            {
                Some(draft) => {
                    let seen = draft
                        .source
                        .as_ref()
                        .is_some_and(|seen| Arc::ptr_eq(seen, answer));
                    if !seen && let Some(saved) = U::from_described(asked, answer) {
                        draft.rebase(saved, Arc::clone(answer));
                    }
                }
                None => {
                    let saved = U::from_described(asked, answer)?;
                    let draft = Draft::<U>::new(asked.clone(), saved, Arc::clone(answer));
                    self.drafts.insert(key.clone(), Box::new(draft));
                }
            }
        }
        self.drafts
            .get_mut(&key)
            .and_then(|draft| draft.as_any_mut().downcast_mut())
    }

    /// Returns the drafts that hold edits, in the order of applying.
    pub fn dirty(&self) -> impl Iterator<Item = &dyn AnyDraft> {
        self.drafts
            .values()
            .map(|draft| &**draft)
            .filter(|draft| draft.is_dirty())
    }

    /// Counts the members that are edited.
    pub fn count(&self) -> usize {
        self.dirty().map(|draft| draft.changes().len()).sum()
    }

    /// Tells whether anything is edited.
    pub fn is_dirty(&self) -> bool {
        self.dirty().next().is_some()
    }

    /// Throws every edit away.
    pub fn discard(&mut self) {
        for draft in self.drafts.values_mut() {
            draft.discard();
        }
    }

    /// Notices edits since the last frame.
    pub fn settle(&mut self) {
        for draft in self.drafts.values_mut() {
            draft.settle();
        }
    }

    /// Takes back the last edit of the first draft that has one.
    pub fn undo(&mut self) -> bool {
        self.drafts.values_mut().any(|draft| draft.undo())
    }

    /// Does again what was taken back.
    pub fn redo(&mut self) -> bool {
        self.drafts.values_mut().any(|draft| draft.redo())
    }

    /// Forgets the drafts of an object that is gone and of what was in it. Answers the
    /// subjects of those that held edits.
    pub fn forget(&mut self, asked: &impl serde::Serialize) -> Vec<String> {
        let asked = json(asked);
        let gone = |object: &str| {
            let Ok(Value::Object(object)) = serde_json::from_str(object) else {
                return false;
            };
            asked.as_object().is_some_and(|asked| {
                !asked.is_empty() && asked.iter().all(|(name, value)| object.get(name) == Some(value))
            })
        };
        let mut lost = Vec::new();
        self.drafts.retain(|(_, _, object), draft| {
            if !gone(object) {
                return true;
            }
            if draft.is_dirty() {
                lost.push(draft.subject());
            }
            false
        });
        lost
    }

    /// Forgets every draft, as when the connection changes.
    pub fn clear(&mut self) {
        self.drafts.clear();
    }

    /// Applies every dirty draft in order and stops at the first that is refused. Answers
    /// the operations that were applied, and what stopped.
    pub fn apply(&self, driver: &Driver, anyway: bool) -> BoxFuture<Applied> {
        let work: Vec<_> = self
            .drafts
            .iter()
            .filter(|(_, draft)| draft.is_dirty())
            .map(|(key, draft)| {
                (
                    key.clone(),
                    draft.subject(),
                    draft.refreshes(),
                    draft.apply(driver.clone(), anyway),
                )
            })
            .collect();
        Box::pin(async move {
            let mut applied = Applied::default();
            for (key, subject, refreshes, work) in work {
                match work.await {
                    Ok(unknown) => {
                        applied.done.push(key);
                        applied.unknown.extend(unknown);
                        applied.refreshes.extend_from_slice(refreshes);
                    }
                    Err(refused) => {
                        applied.refused = Some((subject, refused));
                        break;
                    }
                }
            }
            applied
        })
    }

    /// Marks what was applied.
    pub fn mark_applied(&mut self, applied: &Applied) {
        for key in &applied.done {
            if let Some(draft) = self.drafts.get_mut(key) {
                draft.applied();
            }
        }
    }
}

/// How applying went.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    done: Vec<DraftKey>,
    /// The operations to ask again.
    pub refreshes: Vec<&'static str>,
    /// Members that were sent back as they were, without being known here.
    pub unknown: Vec<String>,
    /// What stopped it, and for which object.
    pub refused: Option<(String, Refused)>,
}

impl Applied {
    /// How many objects were updated.
    pub fn count(&self) -> usize {
        self.done.len()
    }
}

fn json<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// Lists the members in which two states differ; lists are compared as wholes.
pub fn changes<T: serde::Serialize>(saved: &T, edited: &T) -> Vec<Change> {
    let mut found = Vec::new();
    compare(
        &mut Vec::new(),
        Some(&json(saved)),
        Some(&json(edited)),
        &mut found,
    );
    found
}

fn compare(path: &mut Vec<String>, saved: Option<&Value>, edited: Option<&Value>, found: &mut Vec<Change>) {
    if saved == edited {
        return;
    }
    let empty = Map::new();
    let (left, right) = match (saved, edited) {
        (Some(Value::Object(left)), Some(Value::Object(right))) => (left, right),
        (Some(Value::Object(left)), None) if !path.is_empty() && !left.is_empty() => (left, &empty),
        (None, Some(Value::Object(right))) if !path.is_empty() && !right.is_empty() => (&empty, right),
        _ => {
            found.push(Change {
                path: path.clone(),
                saved: saved.cloned(),
                edited: edited.cloned(),
            });
            return;
        }
    };
    let added = right.keys().filter(|name| !left.contains_key(*name));
    for name in left.keys().chain(added) {
        path.push(name.clone());
        compare(path, left.get(name), right.get(name), found);
        path.pop();
    }
}

/// Puts the members of an object that our types do not know into its update, because an update
/// resets what it does not name. `raw` is the object as it came, `known` what our types read of it.
///
/// A member of a structure that the update leaves out stays out with it, and so does one of a
/// list that was edited. `kept` gathers the names.
fn keep_unknown(
    path: &mut Vec<String>,
    raw: &Value,
    known: &Value,
    update: &mut Value,
    kept: &mut Vec<String>,
) {
    if let (Value::Array(raw), Value::Array(known)) = (raw, known) {
        let same = update.as_array() == Some(known);
        if let (true, Value::Array(update)) = (same, update) {
            for ((raw, known), update) in raw.iter().zip(known).zip(update) {
                keep_unknown(path, raw, known, update, kept);
            }
        }
        return;
    }
    let (Value::Object(raw), Value::Object(known), Value::Object(update)) = (raw, known, update) else {
        return;
    };
    for (name, raw) in raw.iter().filter(|(_, raw)| !raw.is_null()) {
        path.push(name.clone());
        match (known.get(name), update.get_mut(name)) {
            (Some(known), Some(update)) => keep_unknown(path, raw, known, update, kept),
            (None, None) => {
                update.insert(name.clone(), raw.clone());
                kept.push(path.join("."));
            }
            // The update does not take it, or it was edited away.
            (Some(_), None) | (None, Some(_)) => {}
        }
        path.pop();
    }
}

struct Merged<T> {
    value: Option<T>,
    conflicts: Vec<Change>,
}

/// Puts edits onto a newer state; what the newer state changed under an edit is a conflict.
fn merge<T: serde::Serialize + serde::de::DeserializeOwned>(stored: &T, edits: &[Change]) -> Merged<T> {
    let mut value = json(stored);
    let mut conflicts = Vec::new();
    for edit in edits {
        let present = edit
            .path
            .iter()
            .try_fold(&value, |at, name| at.get(name))
            .cloned();
        if present != edit.saved && present != edit.edited {
            conflicts.push(Change {
                saved: present,
                ..edit.clone()
            });
        }
        put(&mut value, &edit.path, edit.edited.as_ref());
    }
    Merged {
        value: serde_json::from_value(value).ok(),
        conflicts,
    }
}

fn put(value: &mut Value, path: &[String], edited: Option<&Value>) {
    let Some((name, rest)) = path.split_first() else {
        return;
    };
    let Value::Object(members) = value else { return };
    if rest.is_empty() {
        match edited {
            Some(edited) => {
                members.insert(name.clone(), edited.clone());
            }
            None => {
                members.shift_remove(name);
            }
        }
        return;
    }
    if edited.is_some() || members.contains_key(name) {
        let inner = members
            .entry(name.clone())
            .or_insert_with(|| Value::Object(Map::new()));
        put(inner, rest, edited);
        // A structure that lost its last member is absent, not empty.
        if edited.is_none() && inner.as_object().is_some_and(Map::is_empty) {
            members.shift_remove(name);
        }
    }
}

fn count_leaves(value: &Value, leaves: &mut usize) {
    match value {
        Value::Object(members) => members.values().for_each(|member| count_leaves(member, leaves)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => *leaves += 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn edits_survive_a_newer_state_and_untouched_members_follow_it() {
        let saved = json!({"Name": "a", "Policies": {"Min": 8, "Upper": true}, "Tags": {"k": "v"}});
        let edited = json!({"Name": "a", "Policies": {"Min": 12, "Upper": true}});
        let newer = json!({"Name": "b", "Policies": {"Min": 8, "Upper": false}, "Tags": {"k": "v"}});
        let merged = merge(&newer, &changes(&saved, &edited));
        assert_eq!(
            merged.value,
            Some(json!({"Name": "b", "Policies": {"Min": 12, "Upper": false}}))
        );
        assert!(merged.conflicts.is_empty());
    }

    #[test]
    fn a_member_changed_by_both_is_a_conflict() {
        let saved = json!({"Policies": {"Min": 8}});
        let edited = json!({"Policies": {"Min": 12}});
        let newer = json!({"Policies": {"Min": 10}});
        let merged = merge(&newer, &changes(&saved, &edited));
        assert_eq!(merged.conflicts.len(), 1);
        assert_eq!(merged.conflicts[0].name(), "Policies.Min");
        assert_eq!(merged.conflicts[0].saved, Some(json!(10)));
    }

    #[test]
    fn the_same_change_by_both_is_no_conflict() {
        let saved = json!({"Min": 8});
        let edited = json!({"Min": 12});
        let merged = merge(&edited, &changes(&saved, &edited));
        assert!(merged.conflicts.is_empty());
    }

    #[test]
    fn members_our_types_do_not_know_go_back_with_an_update() {
        let raw = json!({
            "Id": "p", "Policies": {"Min": 8, "New": {"a": 1}}, "Shield": "ON", "Gone": null,
            "List": [{"Known": 1, "New": 2}], "Edited": [{"Known": 1, "New": 2}], "Away": {"New": 1},
        });
        let known = json!({
            "Id": "p", "Policies": {"Min": 8}, "List": [{"Known": 1}], "Edited": [{"Known": 1}], "Away": {},
        });
        let mut update = json!({
            "PoolId": "p", "Policies": {"Min": 12}, "List": [{"Known": 1}], "Edited": [{"Known": 2}],
        });
        let mut kept = Vec::new();
        keep_unknown(&mut Vec::new(), &raw, &known, &mut update, &mut kept);
        assert_eq!(
            update,
            json!({
                "PoolId": "p", "Policies": {"Min": 12, "New": {"a": 1}}, "Shield": "ON",
                "List": [{"Known": 1, "New": 2}], "Edited": [{"Known": 2}],
            })
        );
        assert_eq!(kept, ["Policies.New", "Shield", "List.New"]);
    }

    #[test]
    fn changes_name_the_members_and_keep_lists_whole() {
        let found = changes(
            &json!({"A": {"B": [1]}, "C": 1}),
            &json!({"A": {"B": [1, 2]}, "D": {"E": 2}}),
        );
        let names: Vec<_> = found.iter().map(Change::name).collect();
        assert_eq!(names, ["A.B", "C", "D.E"]);
    }
}
