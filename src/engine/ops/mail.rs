//! What the vendor has no API for: how e-mails leave the engine.

use crate::engine::delivery::Mail;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::{Cx, Error, Result};
use crate::wire::NoOutput;
use crate::wire::engine::{GetMailSettingsRequest, GetMailSettingsResponse, SetMailSettingsRequest};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<GetMailSettingsRequest>(),
    Route::of::<SetMailSettingsRequest>(),
];

impl Handler for GetMailSettingsRequest {
    async fn handle(self, cx: &Cx) -> Result<GetMailSettingsResponse> {
        let mail = cx.engine.delivery.mail();
        Ok(GetMailSettingsResponse {
            server: mail.as_ref().map(Mail::shown),
            from: mail.map(|mail| mail.from),
            fixed: cx.engine.delivery.is_given(),
        })
    }
}

impl Handler for SetMailSettingsRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        if cx.engine.delivery.is_given() {
            return Err(Error::invalid(
                "The mail server was given by a flag or the configuration file; change it there.",
            ));
        }
        let mail = self
            .server
            .filter(|server| !server.is_empty())
            .map(|server| Mail {
                server,
                from: self.from.unwrap_or_else(|| Mail::default().from),
            });
        cx.engine.set_mail(mail).await?;
        Ok(NoOutput)
    }
}
