//! `poolhouse operations`: what of both APIs is answered.

use std::fmt::Write as _;

use super::say;
use crate::engine::ops;
use crate::wire::{self, Auth, OperationInfo};

/// Prints a line for each operation and one with the sums.
pub fn run() {
    let mut out = String::new();
    let (mut all, mut answered) = (0_usize, 0_usize);
    for info in wire::operations().chain(wire::engine::OPERATIONS) {
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
    }
    let _ = writeln!(out, "{answered} of {all} operations are answered.");
    say(&out);
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
