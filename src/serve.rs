//! The HTTP server: listens, answers, drains.

use std::fs::File;
use std::io::BufReader;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App as Service, HttpServer, web};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::app::App;
use crate::config::Serving;
use crate::web::{draw_errors, outer, security_headers};
use crate::{jobs, routes, visits};

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Plain http would carry sessions over a network.
    #[error(
        "{0} is not loopback: give --tls-cert and --tls-key, or --behind-tls-proxy if a TLS proxy of yours stands in front"
    )]
    PlainHttp(SocketAddr),
    /// The base address speaks plain http, and browsers come by https.
    #[error("--base-url must begin with https://, as browsers do")]
    PlainBaseUrl,
    /// The certificate or key cannot be read.
    #[error("TLS: {0}")]
    Tls(String),
    /// The address cannot be listened on.
    #[error("{0}: {1}")]
    Listen(SocketAddr, std::io::Error),
}

/// Whether browsers reach this service by https.
pub fn is_https(serving: &Serving) -> bool {
    serving.behind_tls_proxy || serving.tls_cert.is_some()
}

/// With what every link begins. Without a base address it is what a request calls the host, and that anybody may
/// write where the proxy lets it through: it is warned of.
pub fn base_url(serving: &Serving) -> Result<Option<String>, ServeError> {
    match &serving.base_url {
        Some(base) if is_https(serving) && !base.starts_with("https://") => {
            Err(ServeError::PlainBaseUrl)
        }
        None => {
            tracing::warn!(
                "No --base-url: links and printed codes begin with the host that a request names. Say where browsers reach this service, like https://clinic.example.org"
            );
            Ok(None)
        }
        Some(base) => Ok(Some(base.clone())),
    }
}

/// A server on an open listener; polled, it serves until it is stopped.
pub fn server(
    app: &web::Data<App>,
    listener: TcpListener,
    serving: &Serving,
) -> Result<Server, ServeError> {
    let address = listener.local_addr().unwrap_or(serving.bind);
    if !is_https(serving) && !address.ip().is_loopback() {
        return Err(ServeError::PlainHttp(address));
    }
    app.pools.rest();
    let https = is_https(serving);
    let data = app.clone();
    let table = web::Data::new(routes::table());
    let server = HttpServer::new(move || {
        Service::new()
            .app_data(data.clone())
            .app_data(table.clone())
            .configure(|server| routes::serve(server, &table))
            .default_service(web::to(routes::nowhere))
            .wrap(from_fn(draw_errors))
            .wrap(from_fn(outer))
            .wrap(from_fn(move |request, next: actix_web::middleware::Next<_>| async move {
                let mut response = next.call(request).await?;
                let path = response.request().path().to_owned();
                security_headers(&path, response.headers_mut(), https);
                Ok(response)
            }))
            .wrap(Compress::default())
    })
    .client_request_timeout(Duration::from_secs(10))
    .keep_alive(Duration::from_secs(30))
    .shutdown_timeout(25)
    .disable_signals();
    let server = if serving.threads == 0 { server } else { server.workers(serving.threads) };
    let listen = |e| ServeError::Listen(address, e);
    let server = match (&serving.tls_cert, &serving.tls_key) {
        (Some(cert), Some(key)) => {
            server.listen_rustls_0_23(listener, tls(cert, key)?).map_err(listen)?
        }
        _ => server.listen(listener).map_err(listen)?,
    };
    Ok(server.run())
}

fn tls(cert: &Path, key: &Path) -> Result<rustls::ServerConfig, ServeError> {
    use rustls_pki_types::pem::PemObject;
    use rustls_pki_types::{CertificateDer, PrivateKeyDer};
    let said = |path: &Path, e: &dyn std::fmt::Display| {
        ServeError::Tls(format!("{}: {e}", path.display()))
    };
    let file = File::open(cert).map_err(|e| said(cert, &e))?;
    let chain = CertificateDer::pem_reader_iter(BufReader::new(file))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| said(cert, &e))?;
    let key_der = PrivateKeyDer::from_pem_file(key).map_err(|e| said(key, &e))?;
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| ServeError::Tls(e.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key_der)
        .map_err(|e| ServeError::Tls(e.to_string()))
}

/// What runs beside the server: the queue's bell and the jobs. Their connections need the runtime to say
/// goodbye, so they end before it does.
pub struct Beside([JoinHandle<()>; 2]);

impl Beside {
    /// Starts them.
    pub fn start(app: &web::Data<App>, bell_url: &str) -> Beside {
        Beside([
            actix_web::rt::spawn(visits::events::listen(app.clone(), bell_url.to_owned())),
            actix_web::rt::spawn(jobs::work(app.clone())),
        ])
    }

    /// Ends them and waits until they have.
    pub async fn stop(self) {
        for task in self.0 {
            task.abort();
            let _ = task.await;
        }
    }
}

/// Serves until SIGTERM or SIGINT, then says "not ready", waits for the balancer, and lets every
/// request in flight end.
pub async fn until_stopped(
    app: web::Data<App>,
    server: Server,
    drain: Duration,
) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tracing::info!("Serving");
    let handle = server.handle();
    let stopping = async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tracing::info!("Stopping: no new requests");
        app.drain();
        tokio::time::sleep(drain).await;
        handle.stop(true).await;
    };
    let (served, ()) = tokio::join!(server, stopping);
    served
}
