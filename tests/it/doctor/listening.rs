//! Where the service listens, and how.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;

use actix_web::web::Data;
use polyclinic::app::{App, Settings};
use polyclinic::auth::keys::Keys;
use polyclinic::config::Serving;
use polyclinic::telemetry::LogFormat;
use polyclinic::{prometheus, serve};

use super::{KEY, text};
use crate::world::World;

fn serving(listener: &TcpListener) -> Serving {
    Serving {
        bind: listener.local_addr().unwrap(),
        base_url: None,
        metrics_bind: None,
        behind_tls_proxy: false,
        tls_cert: None,
        tls_key: None,
        pool_size: 2,
        threads: 1,
        drain_seconds: 0,
        log_format: LogFormat::Text,
    }
}

#[tokio::test]
async fn plain_http_is_for_loopback_only() {
    let world = World::open().await;
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let plain = serving(&listener);
    let refused = serve::server(&world.app, listener, &plain).err().expect("refused").to_string();
    assert!(refused.contains("not loopback") && refused.contains("--tls-cert"), "{refused}");
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let proxied = Serving { behind_tls_proxy: true, ..serving(&listener) };
    assert!(serve::server(&world.app, listener, &proxied).is_ok());
}

/// One https request, by a client that trusts the given certificate.
fn https(port: u16, trusted: &rcgen::Certificate, request: &str) -> String {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted.der().clone()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let mut connection = rustls::ClientConnection::new(std::sync::Arc::new(config), name).unwrap();
    let mut socket = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    let mut stream = rustls::Stream::new(&mut connection, &mut socket);
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(n) = stream.read(&mut chunk) {
        reply.extend_from_slice(&chunk[..n]);
        if n == 0 {
            break;
        }
    }
    text(&reply)
}

#[tokio::test]
async fn https_answers_with_cookies_that_only_travel_by_https() {
    let world = World::open().await;
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let dir = std::env::temp_dir().join(format!("polyclinic-tls-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let write = |name: &str, text: String| -> PathBuf {
        let path = dir.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let cert = write("cert.pem", certified.cert.pem());
    let key = write("key.pem", certified.signing_key.serialize_pem());
    let settings = Settings { https: true, ..Settings::default() };
    let app =
        App::new(world.app.pools.clone(), Keys::from_base64(KEY).unwrap(), settings).await.unwrap();
    // Any address will do now.
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let tls = Serving { tls_cert: Some(cert), tls_key: Some(key.clone()), ..serving(&listener) };
    let server = serve::server(&Data::new(app), listener, &tls).unwrap();
    let handle = server.handle();
    tokio::spawn(server);
    let body = "identifier=doctor&password=correct+horse+battery";
    let request = format!(
        "POST /clinic/north/login HTTP/1.1\r\nhost: localhost:{port}\r\norigin: https://localhost:{port}\r\n\
         connection: close\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let trusted = certified.cert;
    let reply = tokio::task::spawn_blocking(move || https(port, &trusted, &request)).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 303"), "{reply}");
    let cookie = reply.lines().find(|line| line.starts_with("set-cookie:")).expect("a cookie");
    for part in ["__Host-polyclinic-north=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(reply.contains("strict-transport-security: max-age="), "{reply}");
    handle.stop(false).await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let broken = Serving { tls_cert: Some(key.clone()), tls_key: Some(key), ..serving(&listener) };
    assert!(serve::server(&world.app, listener, &broken).is_err(), "a key is no certificate");
    std::fs::remove_dir_all(&dir).unwrap();
}

#[tokio::test]
async fn metrics_are_on_the_private_address_and_never_on_the_public_one() {
    let world = World::open().await;
    let listener = prometheus::listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let private = listener.local_addr().unwrap();
    let app = world.app.clone();
    // The framework's servers want a local runtime of their own.
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            prometheus::serve(app, listener).unwrap();
            std::future::pending::<()>().await;
        });
    });
    let doctor = world.north.doctor().await;
    assert_eq!(doctor.get("me").await.status, 200);
    let odd = doctor.request("GET", "me").build().unwrap().url().clone();
    let anybody = world.anybody();
    anybody.send(anybody.request("BREW", odd.path())).await;
    assert_eq!(world.anybody().get("/metrics").await.status, 404);
    let scraped = reqwest::Client::builder()
        .build()
        .unwrap()
        .get(format!("http://{private}/metrics"))
        .send()
        .await
        .unwrap();
    assert!(scraped.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    let figures = scraped.text().await.unwrap();
    for line in [
        "# HELP polyclinic_requests_total",
        "route=\"/clinic/{slug}/api/v1/me\"",
        "polyclinic_request_seconds_bucket",
        "method=\"other\"",
        "polyclinic_pool_connections{pool=\"app\",state=\"idle\"}",
        "polyclinic_pool_limit{pool=\"platform\"} 1",
    ] {
        assert!(figures.contains(line), "{line}: {figures}");
    }
    assert!(!figures.contains("BREW") && !figures.contains("north"), "{figures}");
}

#[test]
fn the_address_of_links_is_one_that_browsers_can_use() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let plain = serving(&listener);
    assert_eq!(serve::base_url(&plain).unwrap(), None, "warned of");
    let proxied = Serving { behind_tls_proxy: true, ..serving(&listener) };
    assert_eq!(serve::base_url(&proxied).unwrap(), None, "warned of");
    let at = |base: &str| Serving { base_url: Some(base.into()), ..proxied.clone() };
    assert!(serve::base_url(&at("http://clinic.example.org")).is_err());
    let right = serve::base_url(&at("https://clinic.example.org")).unwrap();
    assert_eq!(right.as_deref(), Some("https://clinic.example.org"));
}
