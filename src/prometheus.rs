//! Figures for whoever watches the service, on a private address of its own and never on the public one:
//! requests, refused sign-ins, alarms, connections.

use std::net::{SocketAddr, TcpListener};
use std::sync::OnceLock;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{App as Service, HttpResponse, HttpServer, get};
use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::app::App;

/// Upper bounds of the buckets, in seconds.
const SECONDS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    /// The address cannot be listened on.
    #[error("metrics on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// Another recorder was there first.
    #[error("metrics: {0}")]
    Recorder(String),
}

/// Takes the private address and begins to count, before the first request comes.
pub fn listen(bind: SocketAddr) -> Result<TcpListener, MetricsError> {
    recorder()?;
    TcpListener::bind(bind).map_err(|e| MetricsError::Listen(bind, e))
}

/// The one recorder of this process.
fn recorder() -> Result<&'static PrometheusHandle, MetricsError> {
    static RECORDER: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();
    let installed = RECORDER.get_or_init(|| {
        let matcher = Matcher::Full("polyclinic_request_seconds".into());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(matcher, &SECONDS);
        let handle = builder.map_err(|e| e.to_string())?.install_recorder();
        describe();
        handle.map_err(|e| e.to_string())
    });
    installed.as_ref().map_err(|e| MetricsError::Recorder(e.clone()))
}

fn describe() {
    describe_counter!(
        "polyclinic_requests_total",
        "Requests answered, by route, method and status"
    );
    describe_histogram!("polyclinic_request_seconds", "Time to answer a request, by route");
    describe_counter!(
        "polyclinic_sign_in_failures_total",
        "Sign-ins refused for a wrong name or password"
    );
    describe_counter!(
        "polyclinic_dirty_connections_total",
        "Connections on which the gate found what an attack leaves behind: look at once"
    );
    describe_gauge!("polyclinic_pool_connections", "Database connections by pool, idle or in use");
    describe_gauge!("polyclinic_pool_limit", "Most connections a pool may open");
}

/// Serves `/metrics` on the private address until the process ends.
pub fn serve(app: Data<App>, listener: TcpListener) -> Result<(), MetricsError> {
    let handle = recorder()?;
    let address = listener.local_addr().unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 0)));
    let server = HttpServer::new(move || Service::new().app_data(app.clone()).service(scrape))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .map_err(|e| MetricsError::Listen(address, e))?
        .run();
    actix_web::rt::spawn(server);
    actix_web::rt::spawn(async {
        // Samples are folded into their buckets even when nobody scrapes.
        let mut tick = tokio::time::interval(Duration::from_secs(10));
        loop {
            tick.tick().await;
            handle.run_upkeep();
        }
    });
    tracing::info!(bind = %address, "Serving metrics");
    Ok(())
}

#[get("/metrics")]
async fn scrape(app: Data<App>) -> HttpResponse {
    for (name, pool) in app.pools.all() {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        let used = pool.size().saturating_sub(idle);
        gauge!("polyclinic_pool_connections", "pool" => name, "state" => "idle")
            .set(f64::from(idle));
        gauge!("polyclinic_pool_connections", "pool" => name, "state" => "used")
            .set(f64::from(used));
        let limit = pool.limit();
        gauge!("polyclinic_pool_limit", "pool" => name).set(f64::from(limit));
    }
    match recorder() {
        Ok(handle) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4; charset=utf-8")
            .body(handle.render()),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}
