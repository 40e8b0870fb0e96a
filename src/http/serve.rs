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
///
/// # Errors
/// If signals cannot be listened for, or the socket fails.
pub async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let (stop, mut stopped) = watch::channel(false);
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        tokio::select! {
            _ = interrupt.recv() => tracing::info!("stopping: interrupted"),
            _ = terminate.recv() => tracing::info!("stopping: told to terminate"),
        }
        // The receiver lives as long as the server below.
        let _ = stop.send(true);
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
