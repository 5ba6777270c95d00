//! Self-registration, verification, attributes.

use egui::Ui;
use egui_extras::Column;

use crate::console::remote::Sent;
use crate::console::screens::{Edit, Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Answer, Badge, Button, Dialog, Field, Listing};
use crate::rules::attributes;
use crate::wire::idp::{
    AddCustomAttributesRequest, AddCustomAttributesResponse, AttributeDataType, DescribeUserPoolRequest,
    NumberAttributeConstraintsType, SchemaAttributeType, StringAttributeConstraintsType,
    UpdateUserPoolRequest, VerifiedAttributeType,
};

/// The form.
#[derive(Default)]
pub struct SignUp {
    adding: Option<NewAttribute>,
    sent: Option<Sent<AddCustomAttributesResponse>>,
    listing: Listing,
}

/// A custom attribute as it is being described.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAttribute {
    /// Without `custom:`.
    pub name: String,
    /// What values it takes.
    pub data_type: AttributeDataType,
    /// Whether a user's value may change.
    pub mutable: bool,
    /// The shortest text or smallest number; empty for none.
    pub least: String,
    /// The longest text or largest number; empty for none.
    pub most: String,
}

impl Default for NewAttribute {
    fn default() -> Self {
        Self {
            name: String::new(),
            data_type: AttributeDataType::String,
            mutable: true,
            least: String::new(),
            most: String::new(),
        }
    }
}

impl NewAttribute {
    /// Draws the fields.
    pub fn ui(&mut self, ui: &mut Ui, taken: &[String]) {
        let wrong = self.name_wrong(taken);
        let field = Field::new("Name")
            .help("At most 20 characters; applications see it as custom:name")
            .limited_by("SchemaAttributeType", "Name")
            .error(wrong.as_deref())
            .placeholder("tenant")
            .mono()
            .permanent();
        widgets::text(ui, &mut self.name, field);
        let types = [
            (AttributeDataType::String, "String".to_owned()),
            (AttributeDataType::Number, "Number".to_owned()),
            (AttributeDataType::Boolean, "Boolean".to_owned()),
            (AttributeDataType::DateTime, "DateTime".to_owned()),
        ];
        widgets::choice(ui, &mut self.data_type, &types, Field::new("Type").permanent());
        let bounds = match self.data_type {
            AttributeDataType::String => Some(("Shortest", "Longest")),
            AttributeDataType::Number => Some(("Smallest", "Largest")),
            AttributeDataType::Boolean | AttributeDataType::DateTime | AttributeDataType::Unlisted(_) => None,
        };
        if let Some((least, most)) = bounds {
            ui.horizontal(|ui| {
                let wrong = self.bound_wrong();
                widgets::text(
                    ui,
                    &mut self.least,
                    Field::new(least).optional().width(160.0).error(wrong),
                );
                widgets::text(ui, &mut self.most, Field::new(most).optional().width(160.0));
            });
        }
        widgets::check(
            ui,
            &mut self.mutable,
            "Mutable",
            "A user's value may change after it was first set",
        );
    }

    fn name_wrong(&self, taken: &[String]) -> Option<String> {
        if self.name.is_empty() {
            return None;
        }
        if taken.iter().any(|name| name == &format!("custom:{}", self.name)) {
            return Some("The user pool has a custom attribute of that name".to_owned());
        }
        if self.name.chars().any(char::is_whitespace) {
            return Some("Letters, digits and signs, without spaces".to_owned());
        }
        None
    }

    fn bound_wrong(&self) -> Option<&'static str> {
        let number = |text: &str| text.trim().parse::<i64>().ok();
        if (!self.least.is_empty() && number(&self.least).is_none())
            || (!self.most.is_empty() && number(&self.most).is_none())
        {
            return Some("Whole numbers");
        }
        match (number(&self.least), number(&self.most)) {
            (Some(least), Some(most)) if least > most => Some("More than the other bound"),
            _ => None,
        }
    }

    /// Tells whether it can be sent.
    pub fn is_ready(&self, taken: &[String]) -> bool {
        !self.name.is_empty() && self.name_wrong(taken).is_none() && self.bound_wrong().is_none()
    }

    /// Returns it as it travels.
    pub fn to_wire(&self) -> SchemaAttributeType {
        let bound = |text: &String| (!text.is_empty()).then(|| text.trim().to_owned());
        let (least, most) = (bound(&self.least), bound(&self.most));
        let bounded = least.is_some() || most.is_some();
        SchemaAttributeType {
            name: Some(self.name.clone()),
            attribute_data_type: Some(self.data_type.clone()),
            mutable: Some(self.mutable),
            number_attribute_constraints: (bounded && self.data_type == AttributeDataType::Number).then(
                || NumberAttributeConstraintsType {
                    min_value: least.clone(),
                    max_value: most.clone(),
                },
            ),
            string_attribute_constraints: (bounded && self.data_type == AttributeDataType::String).then(
                || StringAttributeConstraintsType {
                    min_length: least.clone(),
                    max_length: most.clone(),
                },
            ),
            ..Default::default()
        }
    }
}

impl Screen for SignUp {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        widgets::header(
            ui,
            "Sign-up",
            "Who may register, what is verified, which attributes users have",
            |_| {},
        );
        let asked = DescribeUserPoolRequest {
            user_pool_id: cx.pool_id(),
        };
        let pool = cx.get(&asked);
        let schema = pool
            .value
            .as_ref()
            .and_then(|answer| answer.user_pool.as_ref())
            .map(attributes::schema_of)
            .unwrap_or_default();
        let read_only = cx.is_read_only();
        let mut add = false;
        match cx.edit::<UpdateUserPoolRequest>(&asked) {
            Edit::Loading(millis) => widgets::loading(ui, millis),
            Edit::Failed(reason) => {
                if widgets::failed(ui, "The user pool could not be read", &reason) {
                    cx.refresh(&["DescribeUserPool"]);
                }
            }
            Edit::Ready(draft) => widgets::form(ui, |ui| {
                ui.add_enabled_ui(!read_only, |ui| {
                    registration(ui, draft);
                    verification(ui, draft);
                });
                required(ui, &schema);
                add = self.custom(ui, &schema, read_only);
            }),
        }
        if add {
            self.adding = Some(NewAttribute::default());
        }
        self.dialog(ui, cx, &schema);
    }

    fn unsaved(&self) -> Option<String> {
        self.adding
            .as_ref()
            .filter(|new| **new != NewAttribute::default())
            .map(|_| "Sign-up: a custom attribute not added".to_owned())
    }
}

type PoolDraft = crate::console::draft::Draft<UpdateUserPoolRequest>;

fn registration(ui: &mut Ui, draft: &mut PoolDraft) {
    let read = |pool: &UpdateUserPoolRequest| {
        pool.admin_create_user_config
            .as_ref()
            .and_then(|config| config.allow_admin_create_user_only)
            .unwrap_or(false)
    };
    let changed = draft.differs(read);
    let mut open = !read(&draft.edited);
    widgets::card(
        ui,
        "Self-service sign-up",
        "",
        |_| {},
        |ui| {
            let help = if open {
                "Anyone who reaches an app client can create an account"
            } else {
                "Only administrators create accounts, here or through the API"
            };
            if widgets::toggle(ui, &mut open, "Let people register themselves", help, changed).changed() {
                draft
                    .edited
                    .admin_create_user_config
                    .get_or_insert_default()
                    .allow_admin_create_user_only = Some(!open);
            }
        },
    );
}

fn verification(ui: &mut Ui, draft: &mut PoolDraft) {
    let email = VerifiedAttributeType::Email;
    let phone = VerifiedAttributeType::PhoneNumber;
    widgets::card(
        ui,
        "Attribute verification",
        "New users prove with a code that an address or number is theirs, and are confirmed by it",
        |_| {},
        |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            let list = &mut draft.edited.auto_verified_attributes;
            widgets::check_member(ui, list, &email, "Verify e-mail addresses", "");
            widgets::check_member(ui, list, &phone, "Verify phone numbers", "");
            ui.add_space(4.0);
            let verified = draft.edited.auto_verified_attributes.clone().unwrap_or_default();
            let t = theme::tokens(ui);
            ui.label(t.label("Keep the original value active while a change is not verified"));
            ui.label(t.hint("Without it a mistyped new address locks the user out."));
            let settings = draft
                .edited
                .user_attribute_update_settings
                .get_or_insert_default();
            let kept = &mut settings.attributes_require_verification_before_update;
            // The engine refuses what is not verified at all.
            if let Some(kept) = kept {
                kept.retain(|attribute| verified.contains(attribute));
            }
            if kept.as_ref().is_some_and(Vec::is_empty) {
                *kept = None;
            }
            ui.add_enabled_ui(verified.contains(&email), |ui| {
                widgets::check_member(ui, kept, &email, "For e-mail addresses", "");
            });
            ui.add_enabled_ui(verified.contains(&phone), |ui| {
                widgets::check_member(ui, kept, &phone, "For phone numbers", "");
            });
            // A structure nobody filled is absent, as it was.
            if kept.is_none() && draft.saved.user_attribute_update_settings.is_none() {
                draft.edited.user_attribute_update_settings = None;
            }
        },
    );
}

fn required(ui: &mut Ui, schema: &[SchemaAttributeType]) {
    let required: Vec<&str> = schema
        .iter()
        .filter(|attribute| attribute.required == Some(true))
        .filter_map(|attribute| attribute.name.as_deref())
        .filter(|name| *name != "sub")
        .collect();
    widgets::card(
        ui,
        "Required attributes",
        "Every new user must have them",
        |ui| {
            widgets::permanent(ui);
        },
        |ui| {
            let t = theme::tokens(ui);
            if required.is_empty() {
                ui.label(t.hint("None besides the username"));
                return;
            }
            ui.horizontal_wrapped(|ui| {
                for name in required {
                    widgets::chip(ui, name);
                }
            });
        },
    );
}

impl SignUp {
    fn custom(&mut self, ui: &mut Ui, schema: &[SchemaAttributeType], read_only: bool) -> bool {
        let custom: Vec<&SchemaAttributeType> = schema
            .iter()
            .filter(|attribute| attribute.name.as_deref().is_some_and(|name| name.contains(':')))
            .collect();
        let purpose = format!(
            "{} of 50. They cannot be renamed, retyped or removed.",
            custom.len()
        );
        let mut add = false;
        widgets::card(
            ui,
            "Custom attributes",
            &purpose,
            |ui| {
                let button = Button::new("Add attribute").icon(Icon::Plus).small();
                add = ui.add_enabled(!read_only && custom.len() < 50, button).clicked();
            },
            |ui| {
                let t = theme::tokens(ui);
                if custom.is_empty() {
                    ui.label(
                        t.hint("None. Custom attributes hold what the standard ones have no place for."),
                    );
                    return;
                }
                let heads = [
                    ("Name", Column::remainder().at_least(160.0)),
                    ("Type", Column::exact(100.0)),
                    ("Bounds", Column::exact(150.0)),
                    ("", Column::exact(140.0)),
                ];
                let name = |row: usize| {
                    custom
                        .get(row)
                        .and_then(|attribute| attribute.name.clone())
                        .unwrap_or_default()
                };
                let height = theme::size::ROW_HEAD + theme::size::ROW * custom.len().min(8) as f32;
                ui.allocate_ui(egui::vec2(ui.available_width(), height), |ui| {
                    ui.set_max_height(height);
                    self.listing.show(
                        ui,
                        "Custom attributes",
                        &heads,
                        custom.len(),
                        false,
                        name,
                        name,
                        |ui, row, column| {
                            let Some(attribute) = custom.get(row) else { return };
                            match column {
                                0 => {
                                    ui.label(t.code(name(row)).color(t.text1));
                                }
                                1 => {
                                    let data_type = attribute.attribute_data_type.clone().unwrap_or_default();
                                    ui.label(t.body(data_type.as_str()));
                                }
                                2 => {
                                    ui.label(t.hint(bounds(attribute)));
                                }
                                _ => {
                                    if attribute.mutable == Some(false) {
                                        widgets::badge(ui, Badge::Gray, Icon::Lock, "Immutable");
                                    }
                                }
                            }
                        },
                    );
                });
            },
        );
        add
    }

    fn dialog(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>, schema: &[SchemaAttributeType]) {
        let busy = self.sent.is_some();
        match self.sent.as_ref().and_then(Sent::take) {
            Some(Ok(_)) => {
                self.sent = None;
                self.adding = None;
            }
            Some(Err(_)) => self.sent = None,
            None => {}
        }
        let Some(new) = &mut self.adding else { return };
        let taken: Vec<String> = schema
            .iter()
            .filter_map(|attribute| attribute.name.clone())
            .collect();
        let ready = new.is_ready(&taken);
        let dialog = Dialog::new("Add custom attribute", "Add permanently")
            .ready(ready)
            .busy(busy)
            .keeps(*new != NewAttribute::default());
        let answer = dialog.show(ui.ctx(), |ui| {
            let t = theme::tokens(ui);
            ui.label(t.hint("A custom attribute stays for as long as the user pool."));
            new.ui(ui, &taken);
        });
        match answer {
            Answer::Open => {}
            Answer::Cancelled => self.adding = None,
            Answer::Confirmed => {
                let request = AddCustomAttributesRequest {
                    user_pool_id: cx.pool_id(),
                    custom_attributes: vec![new.to_wire()],
                };
                let done = format!("custom:{} added", new.name);
                self.sent = Some(cx.change(
                    request,
                    done,
                    "The attribute was not added",
                    &["DescribeUserPool", "GetCSVHeader"],
                ));
            }
        }
    }
}

fn bounds(attribute: &SchemaAttributeType) -> String {
    let (least, most, unit) = match (
        &attribute.string_attribute_constraints,
        &attribute.number_attribute_constraints,
    ) {
        (Some(text), _) => (text.min_length.clone(), text.max_length.clone(), " characters"),
        (None, Some(number)) => (number.min_value.clone(), number.max_value.clone(), ""),
        (None, None) => (None, None, ""),
    };
    match (least, most) {
        (Some(least), Some(most)) => format!("{least} to {most}{unit}"),
        (Some(least), None) => format!("from {least}{unit}"),
        (None, Some(most)) => format!("to {most}{unit}"),
        (None, None) => "–".to_owned(),
    }
}
