//! `poolhouse serve`: the engine without a window.

use std::time::Duration;

use tracing::{info, warn};

use super::{Failure, runtime, say, start};
use crate::config::Config;
use crate::http;

/// Serves until the process is asked to end. Prints one line with the address when ready.
pub fn run(config: &Config) -> Result<(), Failure> {
    start::check_exposure(config)?;
    let runtime = runtime()?;
    let outcome = runtime.block_on(serve(config));
    runtime.shutdown_timeout(Duration::from_secs(5));
    outcome
}

async fn serve(config: &Config) -> Result<(), Failure> {
    // Before the address is told, so that no signal is lost between.
    let ended = start::end_asked_for()?;
    let listener = start::listen(config.listen).await?;
    let engine = start::engine(config).await?;
    let at = listener.local_addr().map_err(Failure::failed)?;
    let address = start::announce(config, &engine, at);
    if !at.ip().is_loopback() {
        warn!(%at, "other machines can reach this address, and nothing on it is encrypted");
    }
    if config.any_credentials {
        warn!("any signature is trusted");
    }
    let everywhere = if at.ip().is_unspecified() {
        " and at every other address of this machine"
    } else {
        ""
    };
    say(&format!("Poolhouse listens at {address}{everywhere}\n"));
    let served = http::serve(engine, listener, start::http_options(config), ended).await;
    info!("ended");
    served.map_err(Failure::failed)
}
