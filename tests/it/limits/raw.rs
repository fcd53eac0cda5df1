//! What no client library would send: bytes on a socket.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Guarded;

/// Sends bytes and reads until the answer is over, the peer closes, or the time is up.
pub async fn exchange(base: &str, bytes: &[u8], within: Duration) -> String {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).await.unwrap();
    // A server that refuses early may close before all is sent.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let reading = async {
        let mut chunk = [0; 4096];
        while let Ok(n @ 1..) = stream.read(&mut chunk).await {
            answer.extend_from_slice(&chunk[..n]);
            let text = String::from_utf8_lossy(&answer).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head
                .lines()
                .find_map(|l| l.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            if length.and_then(|l| l.parse::<usize>().ok()).is_some_and(|l| body.len() >= l) {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(within, reading).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn bytes_that_are_no_request_are_refused_or_dropped() {
    let mut guarded = Guarded::open().await;
    let doctor = guarded.world.north.doctor().await;
    guarded.count().await;
    let token = doctor.token.clone().unwrap();
    let auth = format!("Host: x\r\nAuthorization: Bearer {token}\r\n");
    let headers = |n: usize| (0..n).map(|i| format!("x-h{i}: 1\r\n")).collect::<Vec<_>>().concat();
    let requests: Vec<(&str, Vec<u8>)> = vec![
        ("10,000 headers", format!("GET /livez HTTP/1.1\r\nHost: x\r\n{}\r\n", headers(10_000)).into_bytes()),
        ("a header of a mebibyte", format!("GET /livez HTTP/1.1\r\nHost: x\r\nx-long: {}\r\n\r\n", "a".repeat(1 << 20)).into_bytes()),
        ("a path of a mebibyte", format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(1 << 20)).into_bytes()),
        ("a NUL in the path", format!("GET /clinic/north\0/api/v1/patients HTTP/1.1\r\n{auth}\r\n").into_bytes()),
        ("a NUL in a header", format!("GET /livez HTTP/1.1\r\nHost: x\r\nx-a: a\0b\r\n{auth}\r\n").into_bytes()),
        ("no HTTP", b"SSH-2.0-OpenSSH_9.0\r\n\r\n".to_vec()),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec()),
        ("two lengths", format!("POST /clinic/north/api/v1/patients HTTP/1.1\r\n{auth}Content-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}").into_bytes()),
        ("length and chunks", format!("POST /clinic/north/api/v1/patients HTTP/1.1\r\n{auth}Content-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /clinic/south/api/v1/patients HTTP/1.1\r\n\r\n").into_bytes()),
        ("a length that is none", format!("POST /clinic/north/api/v1/patients HTTP/1.1\r\n{auth}Content-Type: application/json\r\nContent-Length: -1\r\n\r\n").into_bytes()),
        ("a chunk that is none", format!("POST /clinic/north/api/v1/patients HTTP/1.1\r\n{auth}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n").into_bytes()),
        ("an unknown method", format!("STEAL /clinic/north/api/v1/patients HTTP/1.1\r\n{auth}\r\n").into_bytes()),
        ("TRACE", format!("TRACE /clinic/north/api/v1/patients HTTP/1.1\r\n{auth}\r\n").into_bytes()),
        ("CONNECT", format!("CONNECT example.org:443 HTTP/1.1\r\n{auth}\r\n").into_bytes()),
    ];
    for (what, bytes) in requests {
        let answer = exchange(&guarded.world.base, &bytes, Duration::from_secs(5)).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(refused, "{what}: {answer}");
        assert!(!answer.contains(&token), "{what}: {answer}");
    }
    guarded.unharmed(Duration::from_secs(20)).await;
}

#[tokio::test]
async fn who_sends_byte_by_byte_is_cut_and_holds_nothing() {
    let mut guarded = Guarded::open().await;
    let reception = guarded.world.north.receptionist().await;
    guarded.count().await;
    let head = format!(
        "POST /clinic/north/api/v1/patients HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{{",
        reception.token.as_deref().unwrap()
    );
    let started = Instant::now();
    // Bodies that begin and never end, and heads that never end: more of them than there are connections.
    let bodies = futures_util::future::join_all(
        (0..20).map(|_| exchange(&guarded.world.base, head.as_bytes(), Duration::from_secs(25))),
    );
    let heads = futures_util::future::join_all((0..20).map(|_| {
        exchange(
            &guarded.world.base,
            b"GET /livez HTTP/1.1\r\nHost: x\r\nx-a",
            Duration::from_secs(25),
        )
    }));
    let others = async {
        // Meanwhile everybody else is served.
        let mut served = 0;
        for _ in 0..50 {
            assert_eq!(reception.get("patients").await.status, 200);
            served += 1;
        }
        (served, started.elapsed())
    };
    let (bodies, heads, (served, spent)) = futures_util::future::join3(bodies, heads, others).await;
    assert_eq!(served, 50);
    assert!(spent < Duration::from_secs(10), "others waited {spent:?}");
    for answer in bodies.iter().chain(&heads) {
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    assert!(bodies.iter().any(|answer| answer.starts_with("HTTP/1.1 4")), "{bodies:?}");
    assert!(started.elapsed() < Duration::from_secs(24), "cut only after {:?}", started.elapsed());
    guarded.unharmed(Duration::from_secs(30)).await;
}
