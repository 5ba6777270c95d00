//! The screens.
//!
//! A screen is a struct of plain state. Each frame its `ui` draws and collects: it asks
//! for what it shows with [`ScreenCx::get`], edits settings through [`ScreenCx::edit`],
//! sends changes with [`ScreenCx::change`], and says everything else with a
//! [`Command`](super::command::Command). Nothing in it waits.
//!
//! To add a screen:
//!
//! 1. Write `screens/<name>.rs` (or `screens/pool/<name>.rs`) with a `#[derive(Default)]`
//!    struct and `impl Screen`. Begin with [`widgets::header`](super::widgets::header),
//!    then [`widgets::page`](super::widgets::page) for a scrolled form, or draw a
//!    [`Listing`](super::widgets::Listing) straight away for a table.
//! 2. If it is a new place, add a variant to [`Route`] or [`Page`] with its name, icon and
//!    synonyms; the navigation and the palette follow from that.
//! 3. Add a line to [`make`].
//!
//! ```ignore
//! fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
//!     widgets::header(ui, "Groups", "", |ui| {
//!         if ui.add(Button::primary("Create group").icon(Icon::Plus)).clicked() {
//!             self.creating = Some(Form::default());
//!         }
//!     });
//!     let request = ListGroupsRequest { user_pool_id: cx.pool_id(), ..Default::default() };
//!     let groups = cx.get_all(&request);
//!     let again = widgets::shown(ui, "The groups could not be loaded", &groups, |ui, groups| { … });
//!     if again {
//!         cx.refresh(&["ListGroups"]);
//!     }
//! }
//! ```
//!
//! A change names what it made stale, and says how it went:
//!
//! ```ignore
//! self.sent = Some(cx.change(request, "Group created", "The group was not created", &["ListGroups"]));
//! // In later frames: the dialog closes when it worked, and keeps the error when not.
//! if let Some(outcome) = self.sent.as_ref().and_then(Sent::take) { … }
//! ```
//!
//! Settings are never sent by a button of their own: a form writes to the draft, and the
//! bar of pending changes applies it.
//!
//! ```ignore
//! let asked = DescribeUserPoolRequest { user_pool_id: cx.pool_id() };
//! match cx.edit::<UpdateUserPoolRequest>(&asked) {
//!     Edit::Ready(draft) => { … form fields write to draft.edited … }
//!     Edit::Loading(millis) => widgets::loading(ui, millis),
//!     Edit::Failed(reason) => { widgets::failed(ui, "The user pool could not be read", &reason); }
//! }
//! ```

use std::sync::Arc;

use egui::Ui;

use super::Restorer;
use super::command::{Command, Effects, Toast, Tone};
use super::connection::Connection;
use super::draft::{Draft, Drafts, Settings};
use super::jobs::board::{Board, Work};
use super::prefs::Prefs;
use super::remote::{Cache, Paged, Remote, Sent, is_gone};
use super::route::{Page, Route};
use super::widgets;
use crate::base::clock::UnixMillis;
use crate::driver::profiles::Profile;
use crate::driver::{CallError, Driver};
use crate::wire::Operation;
use crate::wire::idp::{DescribeUserPoolRequest, DescribeUserPoolResponse};

pub mod connections;
pub mod create_user_pool;
pub mod jobs;
pub mod local_engine;
pub mod pool;
pub mod preferences;
pub mod user_pools;

/// One screen.
pub trait Screen {
    /// Draws it and collects what the user does.
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>);

    /// Begins what its main button begins, if it has one that can be called from elsewhere.
    fn begin(&mut self) {}

    /// Tells whether something is on its way that the cache knows nothing of.
    fn is_busy(&self) -> bool {
        false
    }

    /// Says what would be lost if the window closed now; `None` when nothing. The navigation
    /// marks the page.
    fn unsaved(&self) -> Option<String> {
        None
    }
}

/// Makes the screen of a route.
pub fn make(route: &Route) -> Box<dyn Screen> {
    match route {
        Route::Connections => Box::<connections::Connections>::default(),
        Route::UserPools => Box::<user_pools::UserPools>::default(),
        Route::CreateUserPool => Box::<create_user_pool::CreateUserPool>::default(),
        Route::LocalEngine => Box::<local_engine::LocalEngine>::default(),
        Route::Jobs => Box::<jobs::Jobs>::default(),
        Route::Preferences => Box::<preferences::Preferences>::default(),
        Route::UserPool { page, .. } => match page {
            Page::Overview => Box::<pool::overview::Overview>::default(),
            Page::AppClients => Box::<pool::app_clients::AppClients>::default(),
            Page::AppClient(client_id) => Box::new(pool::app_client::AppClient::new(client_id)),
            Page::Users => Box::<pool::users::Users>::default(),
            Page::User(username) => Box::new(pool::users::User::new(username)),
            Page::Groups => Box::<pool::groups::Groups>::default(),
            Page::Group(name) => Box::new(pool::groups::Group::new(name)),
            Page::Imports => Box::<pool::imports::Imports>::default(),
            Page::AuthenticationMethods => Box::<pool::authentication::AuthenticationMethods>::default(),
            Page::SignIn => Box::<pool::sign_in::SignIn>::default(),
            Page::SignUp => Box::<pool::sign_up::SignUp>::default(),
            Page::BrandingStudio => Box::<pool::branding::BrandingStudio>::default(),
            Page::Settings => Box::<pool::settings::Settings>::default(),
        },
    }
}

/// What a screen reaches of the rest.
pub struct ScreenCx<'a> {
    /// Where we are.
    pub route: &'a Route,
    /// The engine being administered.
    pub connection: &'a Connection,
    /// What the window remembers.
    pub prefs: &'a Prefs,
    /// The saved connections.
    pub profiles: &'a [Profile],
    /// Whether an engine can run inside this program.
    pub has_embedded: bool,
    /// Whether the desktop's file dialog can be opened.
    pub has_file_dialog: bool,
    /// Puts backups in the place of what the engine inside this program keeps.
    pub restorer: Option<&'a Arc<dyn Restorer>>,
    /// What the user wants of the shell.
    pub commands: &'a mut Vec<Command>,
    /// What runs, and what has ended.
    pub jobs: &'a mut Board,
    pub(super) cache: &'a mut Cache,
    pub(super) drafts: &'a mut Drafts,
    pub(super) said: &'a [(UnixMillis, Toast)],
    pub(super) now: UnixMillis,
}

/// A draft, or why there is none yet.
pub enum Edit<'a, U: Settings> {
    /// Write to `edited`.
    Ready(&'a mut Draft<U>),
    /// For so many milliseconds.
    Loading(i64),
    /// The object could not be read.
    Failed(CallError),
}

impl ScreenCx<'_> {
    /// The id of the user pool that the route is in; empty outside of one.
    pub fn pool_id(&self) -> String {
        self.route.user_pool_id().unwrap_or_default().to_owned()
    }

    /// What is known of the user pool that the route is in.
    pub fn pool(&mut self) -> Remote<DescribeUserPoolResponse> {
        let asked = DescribeUserPoolRequest {
            user_pool_id: self.pool_id(),
        };
        self.get(&asked)
    }

    /// Reads an answer, asking when there is none yet.
    pub fn get<O: Operation + Clone>(&mut self, request: &O) -> Remote<O::Response> {
        self.cache.get(request)
    }

    /// Reads the answers of every page put together.
    pub fn get_all<O: Paged>(&mut self, request: &O) -> Remote<O::Response> {
        self.cache.get_all(request)
    }

    /// Sends a change; `on_done` runs between two frames with the outcome.
    pub fn send<O: Operation>(
        &mut self,
        request: O,
        on_done: impl FnOnce(&mut Effects, Result<O::Response, CallError>) + Send + 'static,
    ) {
        self.cache.send(request, on_done);
    }

    /// Sends a change, says in a message how it went, and asks again for `refreshes`. The
    /// outcome can be read from what is returned.
    pub fn change<O: Operation>(
        &mut self,
        request: O,
        done: impl Into<String>,
        not_done: impl Into<String>,
        refreshes: &'static [&'static str],
    ) -> Sent<O::Response> {
        let (done, not_done) = (done.into(), not_done.into());
        self.cache
            .send_and_tell(request, move |effects, outcome| match outcome {
                Ok(_) => {
                    effects.refresh(refreshes);
                    effects.toast(Toast::ok(done));
                }
                Err(reason) => effects.toast(Toast::failed(not_done, reason)),
            })
    }

    /// As [`change`](Self::change), for a form that stays open and shows a refusal itself.
    pub fn change_from_form<O: Operation>(
        &mut self,
        request: O,
        done: impl Into<String>,
        refreshes: &'static [&'static str],
    ) -> Sent<O::Response> {
        let done = done.into();
        self.cache.send_and_tell(request, move |effects, outcome| {
            if outcome.is_ok() {
                effects.refresh(refreshes);
                effects.toast(Toast::ok(done));
            }
        })
    }

    /// Sends a change without a message; the screen shows the outcome itself.
    pub fn change_quietly<O: Operation>(
        &mut self,
        request: O,
        refreshes: &'static [&'static str],
    ) -> Sent<O::Response> {
        self.cache.send_and_tell(request, move |effects, outcome| {
            if outcome.is_ok() {
                effects.refresh(refreshes);
            }
        })
    }

    /// Does anything that takes time with the driver, such as several calls in a row. The
    /// outcome can be read from what is returned.
    pub fn work<T, F>(
        &mut self,
        work: impl FnOnce(Driver) -> F,
        on_done: impl FnOnce(&mut Effects, &Result<T, CallError>) + Send + 'static,
    ) -> Sent<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, CallError>> + Send + 'static,
    {
        self.cache.work_and_tell(work, on_done)
    }

    /// Does anything that takes time without the engine at hand. The outcome can be read
    /// from what is returned.
    pub fn background<T: Send + 'static>(
        &mut self,
        work: impl Future<Output = Result<T, CallError>> + Send + 'static,
    ) -> Sent<T> {
        let sent = Sent::default();
        let told = sent.clone();
        self.cache.background(work, move |_, outcome| told.put(outcome));
        sent
    }

    /// Opens the draft of an object.
    pub fn edit<U: Settings + Send>(&mut self, asked: &U::Describe) -> Edit<'_, U> {
        let stored = self.cache.get(asked);
        if stored.value.is_none() {
            return match stored.error {
                Some(reason) => {
                    if is_gone(&reason) {
                        let lost = self.drafts.forget(asked);
                        if !lost.is_empty() {
                            self.toast(Toast {
                                tone: Tone::Warning,
                                title: "Edits thrown away".to_owned(),
                                detail: Some(format!("No longer there: {}.", lost.join(", "))),
                            });
                        }
                    }
                    Edit::Failed(reason)
                }
                None => Edit::Loading(stored.loading_millis),
            };
        }
        match self.drafts.of::<U>(asked, stored.value.as_ref()) {
            Some(draft) => Edit::Ready(draft),
            None => Edit::Failed(CallError::Undecodable(format!(
                "{} answered no object",
                <U::Describe as Operation>::NAME
            ))),
        }
    }

    /// Draws what stands in place of an object that is not there yet; tells whether it is there.
    /// A page of fields asks first, because what stands in its place has the whole page.
    pub fn is_there<U: Settings + Send>(&mut self, ui: &mut Ui, asked: &U::Describe, what: &str) -> bool {
        let failure = match self.edit::<U>(asked) {
            Edit::Ready(_) => return true,
            Edit::Loading(millis) => {
                widgets::loading(ui, millis);
                return false;
            }
            Edit::Failed(reason) => reason,
        };
        if widgets::failed(ui, what, &failure) {
            self.refresh(&[<U::Describe as Operation>::NAME]);
        }
        false
    }

    /// Asks again for everything these operations answered.
    pub fn refresh(&mut self, operations: &[&'static str]) {
        self.commands.push(Command::Refresh(operations.to_vec()));
    }

    /// Shows a screen.
    pub fn go(&mut self, route: Route) {
        self.commands.push(Command::Go(route));
    }

    /// Shows a page of the same user pool.
    pub fn go_to(&mut self, page: Page) {
        let route = Route::pool(self.pool_id(), page);
        self.go(route);
    }

    /// Shows a message.
    pub fn toast(&mut self, toast: Toast) {
        self.commands.push(Command::Toast(toast));
    }

    /// Puts text on the clipboard and says so.
    pub fn copy(&mut self, what: impl Into<String>, text: impl Into<String>) {
        self.commands.push(Command::Copy {
            what: what.into(),
            text: text.into(),
        });
    }

    /// The present instant.
    pub fn now(&self) -> UnixMillis {
        self.now
    }

    /// Everything said in messages so far, the latest last.
    pub fn said(&self) -> &[(UnixMillis, Toast)] {
        self.said
    }

    /// The clock, for jobs.
    pub fn clock(&self) -> Arc<dyn crate::base::clock::Clock> {
        Arc::clone(self.cache.clock())
    }

    /// The runtime, for jobs.
    pub fn runtime(&self) -> tokio::runtime::Handle {
        self.cache.runtime().clone()
    }

    /// What calls the engine, for jobs.
    pub fn driver(&self) -> Driver {
        self.connection.driver.clone()
    }

    /// Shows a job on the board; more of it is found on this screen.
    pub fn add_job(&mut self, title: impl Into<String>, work: impl Work + 'static) {
        self.jobs.add(title.into(), self.route.clone(), self.now, work);
    }

    /// Whether changes are refused on this connection.
    pub fn is_read_only(&self) -> bool {
        self.connection.driver.is_read_only()
    }
}
