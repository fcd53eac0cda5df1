//! Somebody of a test, with a browser or a program, and what the service answers.

use base64::Engine;
use polyclinic::auth::csrf;
use serde_json::Value;

/// Somebody with a browser or a program.
#[derive(Clone)]
pub struct Actor {
    pub(super) base: String,
    pub slug: String,
    pub role: &'static str,
    pub token: Option<String>,
    pub secret: Option<Vec<u8>>,
    pub(super) client: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    /// The body as JSON; null where it is none.
    pub json: Value,
}

impl Reply {
    /// `404 not_found`: status and code of a problem.
    pub fn problem(&self) -> String {
        let kind = self.json["type"].as_str().unwrap_or_default();
        format!("{} {}", self.status, kind.trim_start_matches("/problems/"))
    }

    /// Fields that were refused, as `field: code`.
    pub fn refused(&self) -> Vec<String> {
        let errors = self.json["errors"].as_array().cloned().unwrap_or_default();
        let said = |e: &Value| {
            format!("{}: {}", e["field"].as_str().unwrap(), e["code"].as_str().unwrap())
        };
        errors.iter().map(said).collect()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

impl Actor {
    /// A request to a path of the API of the actor's clinic, or to any path that begins with a slash.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with('/') {
            format!("{}{path}", self.base)
        } else {
            format!("{}/clinic/{}/api/v1/{path}", self.base, self.slug)
        };
        let request = self.client.request(method.parse().unwrap(), url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status, headers, text, json }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request("POST", path).json(body)).await
    }

    pub async fn put(&self, path: &str, version: i64, body: &Value) -> Reply {
        let request = self.request("PUT", path).header("if-match", format!("\"v{version}\""));
        self.send(request.json(body)).await
    }

    pub async fn patch(&self, path: &str, version: i64, body: &Value) -> Reply {
        let request = self.request("PATCH", path).header("if-match", format!("\"v{version}\""));
        self.send(request.json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(self.request("DELETE", path)).await
    }

    /// The same person at another service.
    pub fn at(mut self, base: &str) -> Actor {
        base.clone_into(&mut self.base);
        self
    }

    /// The form token of this session.
    pub fn csrf(&self) -> String {
        csrf::token(self.secret.as_deref().unwrap_or_default())
    }

    /// A request of a browser, with the session's cookie.
    pub fn browser(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.base);
        self.client.request(method.parse().unwrap(), url).header("cookie", self.cookie())
    }

    /// The actor's browser cookie.
    pub fn cookie(&self) -> String {
        let secret = self.secret.as_deref().unwrap_or_default();
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(secret);
        format!("polyclinic-{}={text}", self.slug)
    }

    /// A page of the actor's clinic, in a browser: `queue` is `/clinic/<slug>/queue`.
    pub async fn page(&self, path: &str) -> Reply {
        let url = format!("{}/clinic/{}/{path}", self.base, self.slug);
        self.send(self.client.get(url).header("cookie", self.cookie())).await
    }

    /// A form of the actor's clinic, sent by a browser with its token.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = csrf::token(self.secret.as_deref().unwrap_or_default());
        let mut form = vec![("csrf", token.as_str())];
        form.extend_from_slice(fields);
        let url = format!("{}/clinic/{}/{path}", self.base, self.slug);
        self.send(self.client.post(url).header("cookie", self.cookie()).form(&form)).await
    }

    /// A file on a form of the actor's clinic, sent by a browser with its token unless `fields` has one.
    pub async fn upload(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        name: &str,
        file: &[u8],
    ) -> Reply {
        let token = csrf::token(self.secret.as_deref().unwrap_or_default());
        let mut all = fields.to_vec();
        if !fields.iter().any(|(name, _)| *name == "csrf") {
            all.insert(0, ("csrf", &token));
        }
        let mut body = Vec::new();
        for (name, value) in all {
            body.extend(
                format!(
                    "--cut\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .into_bytes(),
            );
        }
        let head = format!(
            "--cut\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/csv\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--cut--\r\n");
        let url = format!("{}/clinic/{}/{path}", self.base, self.slug);
        let request = self.client.post(url).header("cookie", self.cookie());
        self.send(request.header("content-type", "multipart/form-data; boundary=cut").body(body))
            .await
    }
}
