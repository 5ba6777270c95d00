//! The settings of a group, new or stored.

use egui::Ui;

use super::STALE;
use crate::console::command::Tone;
use crate::console::remote::Sent;
use crate::console::screens::ScreenCx;
use crate::console::screens::pool::users::refused;
use crate::console::widgets::{self, Answer, Dialog, Field};
use crate::driver::CallError;
use crate::wire::idp::{
    CreateGroupRequest, CreateGroupResponse, GroupType, UpdateGroupRequest, UpdateGroupResponse,
};

/// The settings of a group, new or stored.
#[derive(Default)]
pub(super) struct Form {
    name: String,
    description: String,
    role_arn: String,
    precedence: String,
    /// What the fields held when the form opened.
    before: [String; 4],
    created: Option<Sent<CreateGroupResponse>>,
    updated: Option<Sent<UpdateGroupResponse>>,
    error: Option<CallError>,
}

impl Form {
    pub(super) fn of(group: &GroupType) -> Self {
        let mut form = Self {
            name: group.group_name.clone().unwrap_or_default(),
            description: group.description.clone().unwrap_or_default(),
            role_arn: group.role_arn.clone().unwrap_or_default(),
            precedence: group
                .precedence
                .map(|number| number.to_string())
                .unwrap_or_default(),
            ..Self::default()
        };
        form.before = form.typed().map(str::to_owned);
        form
    }

    fn typed(&self) -> [&str; 4] {
        [&self.name, &self.description, &self.role_arn, &self.precedence]
    }

    /// Tells whether anything was typed.
    pub(super) fn is_touched(&self) -> bool {
        self.typed() != self.before.each_ref().map(String::as_str)
    }

    /// Reads the precedence; the error says what it must be.
    fn precedence(&self) -> Result<Option<i32>, &'static str> {
        let text = self.precedence.trim();
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<i32>() {
            Ok(number) if number >= 0 => Ok(Some(number)),
            Ok(_) | Err(_) => Err("A whole number from 0 to 2,147,483,647"),
        }
    }

    fn fields(&mut self, ui: &mut Ui, with_name: bool) {
        if let Some(error) = refused(self.error.as_ref()) {
            widgets::banner(ui, Tone::Error, &error, |_| {});
        }
        if with_name {
            let wrong = self
                .name
                .chars()
                .any(char::is_whitespace)
                .then_some("A name has no spaces");
            let field = Field::new("Group name")
                .limited_by("CreateGroup", "GroupName")
                .permanent()
                .error(wrong);
            widgets::text(ui, &mut self.name, field);
        }
        let field = Field::new("Description")
            .optional()
            .limited_by("CreateGroup", "Description");
        widgets::text_area(ui, &mut self.description, 2, field);
        let wrong = self.precedence().err();
        let field = Field::new("Precedence")
            .optional()
            .width(160.0)
            .error(wrong)
            .help("The smallest number wins; its role becomes the preferred one.");
        widgets::text(ui, &mut self.precedence, field);
        let field = Field::new("IAM role")
            .optional()
            .mono()
            .placeholder("arn:aws:iam::123456789012:role/name");
        widgets::text(
            ui,
            &mut self.role_arn,
            field.help("Stands in cognito:roles of the ID token."),
        );
    }

    fn is_ready(&self) -> bool {
        let name = self.name.trim();
        !name.is_empty() && !name.chars().any(char::is_whitespace) && self.precedence().is_ok()
    }

    /// Draws the dialog of a new group; answers whether it is over.
    pub(super) fn show_create(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>) -> bool {
        if let Some(outcome) = self.created.as_ref().and_then(Sent::take) {
            self.created = None;
            match outcome {
                Ok(_) => return true,
                Err(reason) => self.error = Some(reason),
            }
        }
        let dialog = Dialog::new("Create group", "Create group")
            .ready(self.is_ready())
            .busy(self.created.is_some())
            .keeps(self.is_touched());
        match dialog.show(ui.ctx(), |ui| self.fields(ui, true)) {
            Answer::Open => false,
            Answer::Cancelled => true,
            Answer::Confirmed => {
                self.error = None;
                let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
                let request = CreateGroupRequest {
                    group_name: self.name.trim().to_owned(),
                    user_pool_id: cx.pool_id(),
                    description: some(&self.description),
                    role_arn: some(&self.role_arn),
                    precedence: self.precedence().unwrap_or_default(),
                };
                let done = format!("Group {} created", request.group_name);
                self.created = Some(cx.change_from_form(request, done, STALE));
                false
            }
        }
    }

    /// Draws the dialog of a stored group; answers whether it is over.
    pub(super) fn show_edit(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>) -> bool {
        if let Some(outcome) = self.updated.as_ref().and_then(Sent::take) {
            self.updated = None;
            match outcome {
                Ok(_) => return true,
                Err(reason) => self.error = Some(reason),
            }
        }
        let title = format!("Edit {}", self.name);
        let dialog = Dialog::new(&title, "Save")
            .ready(self.is_ready())
            .busy(self.updated.is_some())
            .keeps(self.is_touched());
        match dialog.show(ui.ctx(), |ui| self.fields(ui, false)) {
            Answer::Open => false,
            Answer::Cancelled => true,
            Answer::Confirmed => {
                self.error = None;
                let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
                let request = UpdateGroupRequest {
                    group_name: self.name.clone(),
                    user_pool_id: cx.pool_id(),
                    // A description can be emptied; a role and a precedence, once given, can only be changed.
                    description: Some(self.description.trim().to_owned()),
                    role_arn: some(&self.role_arn),
                    precedence: self.precedence().unwrap_or_default(),
                };
                let done = format!("Group {} saved", self.name);
                self.updated = Some(cx.change_from_form(request, done, STALE));
                false
            }
        }
    }
}
