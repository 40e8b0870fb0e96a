//! Serving until the process is told to stop.

use std::{io, time::Duration};

use axum::Router;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// How long requests in flight may take once the process was told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Serves until SIGINT or SIGTERM, then lets the requests in flight finish, for ten seconds at most.
/// `stop` tells answers that go on to end; it is the sender of what the router was given.
///
/// # Errors
/// If signals cannot be listened for, or the socket fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: watch::Sender<bool>,
) -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut stopped = stop.subscribe();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        tokio::select! {
            _ = interrupt.recv() => tracing::info!("stopping: interrupted"),
            _ = terminate.recv() => tracing::info!("stopping: told to terminate"),
        }
        stop.send_replace(true);
    });
    let overdue = async {
        if stopped.wait_for(|is_stopped| *is_stopped).await.is_ok() {
            tokio::time::sleep(DRAIN).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        result = serving.into_future() => result,
        () = overdue => {
            tracing::warn!("stopped with requests in flight: they took over {DRAIN:?}");
            Ok(())
        }
    }
}
