//! `poolhouse operations`: what of both APIs is answered.

use std::fmt::Write as _;

use super::{complain, say};
use crate::engine::ops;
use crate::wire::{self, Auth, OperationInfo};

/// Prints a line for each operation of the two APIs, with `own` of the engine's own instead;
/// the sum goes to standard error.
pub fn run(own: bool) {
    let mut out = String::new();
    let (mut all, mut answered) = (0_usize, 0_usize);
    let mut row = |info: &OperationInfo| {
        let found = ops::find(info.service, info.name).is_some();
        all = all.saturating_add(1);
        answered = answered.saturating_add(usize::from(found));
        let _ = writeln!(
            out,
            "{:<44} {:<17} {:<17} {}",
            info.name,
            info.service.signing_name(),
            auth(info),
            if found { "answered" } else { "-" }
        );
    };
    if own {
        wire::engine::OPERATIONS.iter().for_each(&mut row);
    } else {
        wire::operations().for_each(&mut row);
    }
    say(&out);
    complain(&format!("{answered} of {all} operations are answered."));
}

fn auth(info: &OperationInfo) -> &'static str {
    match info.auth {
        Auth::Signed => "signed",
        Auth::AccessToken => "access token",
        Auth::Public => "public",
        Auth::TokenOrSession => "token or session",
        Auth::SignedOrClient => "signed or client",
    }
}
