//! The console on its own engine.

use std::sync::Arc;
use std::time::Duration;

use super::embedded::House;
use super::{Failure, runtime, start};
use crate::base::clock::SystemClock;
use crate::config::{self, Config};
use crate::console::{self, Launch};

/// Opens the window and stays until it is closed.
pub fn run(config: Config) -> Result<(), Failure> {
    start::check_exposure(&config)?;
    let runtime = runtime()?;
    let profiles_file = config.connections_file.clone();
    let renderer = match config.renderer {
        config::Renderer::Auto => console::Renderer::Auto,
        config::Renderer::Glow => console::Renderer::Glow,
        config::Renderer::Wgpu => console::Renderer::Wgpu,
    };
    let house = House::new(config);
    let launch = Launch {
        runtime: runtime.handle().clone(),
        clock: Arc::new(SystemClock),
        profiles_file: Some(profiles_file),
        has_file_dialog: console::files::has_dialog(),
        renderer,
        opener: Some(house.opener()),
        restorer: Some(Arc::new(Arc::clone(&house))),
    };
    let ended = Arc::new(tokio::sync::Notify::new());
    let asked = {
        // Signals are heard by the runtime.
        let _inside = runtime.enter();
        start::end_asked_for()?
    };
    let window = Arc::clone(&ended);
    runtime.spawn(async move {
        asked.await;
        window.notify_one();
    });
    let outcome = console::run(launch, &ended);
    // The server finishes what is under way, then the store closes with the last handle.
    drop(house);
    runtime.shutdown_timeout(Duration::from_secs(5));
    outcome.map_err(Failure::Failed)
}
