//! The one integration binary; a sentence a module.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used
)]

// App clients: defaults, what is refused, updates that reset, secrets.
mod app_clients;
// The branding studio: what is typed, dropped and clicked, and what is sent for it.
#[cfg(feature = "console")]
mod branding;
// The window when something is wrong outside: files, store, port, disk.
#[cfg(feature = "console")]
mod bad_input;
// The window on endpoints that lack, hold back, refuse, or know more than it does.
#[cfg(feature = "console")]
mod endpoints;
// The program itself: exit codes, messages, one line when ready.
mod cli;
// Devices: confirmed, listed, forgotten, proven, and what they spare.
mod devices;
// Drivers, in this process and over the network, tell the same.
mod driver;
// The window on an engine of the test's own: every screen draws, and does what is clicked.
#[cfg(feature = "console")]
mod console;
// What frames cost with very many users; runs only when asked for.
#[cfg(feature = "console")]
mod large;
// Every screen and the main dialogs, dark and light, against pictures that people have looked at.
#[cfg(feature = "console")]
mod screens;
// Each module uses only what stands below it.
mod floors;
// The driver against an endpoint that is not ours.
mod foreign;
// Tokens of a pool's identity providers in a token exchange: which count, and for whom.
mod foreign_tokens;
// Custom sign-ins: which functions are asked what, in which order, and who gets in.
mod custom_auth;
// What each operation answers when a function that it calls fails.
mod failing_functions;
// A function that user pools call, for the tests of triggers; holds no test of its own.
mod functions;
// Groups and their members.
mod groups;
// Identities of identity pools: guests, logins, what is linked and merged.
mod identities;
// What identity pools give: roles, credentials, who takes them.
mod identity_credentials;
// Logins of other providers: what their tokens must be, and what is asked of them.
mod identity_logins;
// Identity pools as an admin makes them: settings, roles, tags.
mod identity_pools;
// CSV import: from the upload to the last log line.
mod imports;
// The server on a real socket: what it answers to whatever comes.
mod http;
// Requests made from the service model, right and wrong ones, against the server.
mod generated;
// Requests made from the service model; holds no test of its own.
mod requests;
// The errors that the model alone says how to raise, of every operation that declares them.
mod declared_errors;
// Refusals that need a state of their own: users who are not ready, plans, limits, logins at odds.
mod refusals;
// Who may call what: every operation with every way to present oneself.
mod authorization;
// What holds for the whole repository.
mod invariants;
// Signing in with second factors, and with codes as the first.
mod second_factors;
// Second factors: what a pool offers, what a user switches on, authenticator apps.
mod mfa;
// What neither strangers nor the holder of a mailbox can do to a user.
mod abuse;
// What is told of users where they are hidden, and how guesses are counted.
mod masking;
// The engine against small models of what is documented.
mod properties;
// Levels of proof, and how one is raised.
mod step_up;
// How users sign in, stay signed in and are signed out, and what they change on themselves.
mod sign_in;
// What any store keeps its word on, and what the embedded one does besides.
mod store;
// ListUsers: filters, pages, choice of attributes.
mod list_users;
// The user pool of a first start.
mod sample;
// Sign-up, confirmation, forgotten passwords, and what is hidden of users.
mod sign_up;
// An engine for the other tests; holds none of its own.
mod support;
// Functions that user pools call: what they are told, what they decide, how they fail.
mod triggers;
// Users as an admin makes, finds, changes and removes them.
mod users;
// Resource servers, their scopes, and the app clients that ask for them.
mod resource_servers;
// Feature plans: what each allows, and what keeps a user pool from a lower one.
mod feature_plans;
// Identity providers, their identifiers, and the identities linked to users.
mod identity_providers;
// Domains of user pools: of the service, and hosts of the customer's own.
mod domains;
// Styles of managed login pages: settings, pictures, and whose they are.
mod managed_login;
// Terms documents of app clients.
mod terms;
// Passkeys: registered, shown, and what proves nothing.
mod passkeys;
// Sessions: what a pool allows, who is signed in, who is out.
mod sessions;
// Tokens without a sign-in: rotated, a client's own, derived from another.
mod tokens;
// Threat protection: risks and what follows, leaked passwords, the history of users.
mod threat_protection;
// The page behind the link that confirms a sign-up.
mod confirm_user;
// The page behind the links of an e-mail about a risky sign-in.
mod feedback;
// The logs of user pools, delivered to files and over HTTP.
mod logs;
// Request rates, and what raises them.
mod quotas;
// Replicas in a second Region, and what a call there may do.
mod replicas;
// Tags of user pools.
mod tags;
// Classic branding: what is set, what is refused, what a client falls back to.
mod ui_customization;
// User pools: defaults, updates that reset, schema, MFA configuration, deletion.
mod user_pools;
// What travels holds every operation, member and enum value of the service model.
mod wire;
