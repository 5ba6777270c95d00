//! Operations on request rates that an account has raised.
//!
//! Source: user pools API reference, UpdateProvisionedLimit and LimitDefinitionType.

use crate::engine::dispatch::{Handler, Route};
use crate::engine::quotas::{self, Category};
use crate::engine::{Cx, Error, Result};
use crate::wire::fault::Code;
use crate::wire::idp::{
    GetProvisionedLimitRequest, GetProvisionedLimitResponse, LimitClass, LimitDefinitionType, LimitType,
    UpdateProvisionedLimitRequest, UpdateProvisionedLimitResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<GetProvisionedLimitRequest>(),
    Route::of::<UpdateProvisionedLimitRequest>(),
];

/// The attribute that names the category.
const CATEGORY: &str = "Category";

impl Handler for GetProvisionedLimitRequest {
    async fn handle(self, cx: &Cx) -> Result<GetProvisionedLimitResponse> {
        let category = category_of(&self.limit_definition)?;
        Ok(GetProvisionedLimitResponse {
            limit: shown(cx, self.limit_definition, category),
        })
    }
}

/// A value between everybody's rate and the highest one; everybody's rate takes a raise back.
impl Handler for UpdateProvisionedLimitRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateProvisionedLimitResponse> {
        let category = category_of(&self.limit_definition)?;
        let wanted = self.requested_limit_value;
        let name = category.as_str();
        let Some(most) = category.most() else {
            return Err(Error::invalid(format!("The limit of {name} cannot be changed.")));
        };
        let least = category.rate();
        if wanted < least {
            return Err(Error::invalid(format!(
                "The limit of {name} must be at least {least}."
            )));
        }
        if wanted > most {
            return Err(Error::new(
                Code::ServiceQuotaExceededException,
                format!("The limit of {name} must be at most {most}."),
            ));
        }
        let mut changed = (*cx.engine.settings()).clone();
        let key = quotas::key(&cx.region, category);
        if wanted == least {
            changed.provisioned_limits.remove(&key);
        } else {
            changed.provisioned_limits.insert(key, wanted);
        }
        cx.engine.change_settings(changed).await?;
        Ok(UpdateProvisionedLimitResponse {
            limit: shown(cx, self.limit_definition, category),
        })
    }
}

fn category_of(definition: &LimitDefinitionType) -> Result<Category> {
    if definition.limit_class != LimitClass::ApiCategory {
        return Err(Error::invalid(format!(
            "The limit class {} is unknown.",
            definition.limit_class
        )));
    }
    let name = definition
        .attributes
        .get(CATEGORY)
        .filter(|_| definition.attributes.len() == 1)
        .ok_or_else(|| Error::invalid("Attributes must have the key Category, and no other."))?;
    Category::of_name(name).ok_or_else(|| {
        let name: String = name.chars().take(64).collect();
        Error::not_found(format!("The category {name} does not exist."))
    })
}

fn shown(cx: &Cx, limit_definition: LimitDefinitionType, category: Category) -> LimitType {
    LimitType {
        limit_definition,
        provisioned_limit_value: quotas::provisioned(&cx.engine.settings(), &cx.region, category),
        free_limit_value: category.rate(),
    }
}
