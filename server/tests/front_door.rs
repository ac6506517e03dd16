//! What every request meets: origin check, headers, bodies, unknown addresses, files, health.
#![allow(clippy::unwrap_used)]

use model::{error::ProblemCode, role::Role};
use serde_json::json;
use std::collections::BTreeSet;
use testkit::app::{On, TestApp};

const CURRENT: &str = "/api/account/current";
const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test(flavor = "multi_thread")]
async fn only_our_own_pages_may_change_anything() {
    let app = TestApp::start(On::Sqlite).await;
    let own = app.url.clone();
    let host = own.trim_start_matches("http://").to_owned();
    for (origin, more, accepted) in [
        (Some(own.as_str()), vec![], true),
        (Some(own.as_str()), vec![("sec-fetch-site", "same-origin")], true),
        (Some(own.as_str()), vec![("sec-fetch-site", "cross-site")], false),
        (None, vec![("sec-fetch-site", "same-origin")], true),
        (None, vec![("sec-fetch-site", "none")], false),
        (None, vec![], false),
        (None, vec![("referer", own.as_str())], false),
        (Some("null"), vec![], false),
        (Some("http://evil.example"), vec![], false),
        (Some("http://127.0.0.1:1"), vec![], false),
        // Without a trusted proxy, what it would say is not believed.
        (Some("http://evil.example"), vec![("x-forwarded-host", "evil.example")], false),
        (Some(&format!("http://{host}.evil.example")), vec![], false),
    ] {
        let mut browser = app.stranger();
        browser.origin = origin.map(str::to_owned);
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let headers = [&more[..], &[JSON]].concat();
            let answer = browser.send(method, CURRENT, &headers, b"{}".to_vec()).await;
            if !accepted {
                answer.expect_problem(ProblemCode::Forbidden);
            } else if method == "POST" {
                answer.expect_status(200);
            }
        }
        // Reading needs no origin.
        browser.get("/healthz").await.expect_status(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_url_is_the_only_origin() {
    let url = [("QUERENT_PUBLIC_URL", "https://querent.example")];
    let app = TestApp::with(On::Sqlite, &url).await;
    let mut browser = app.stranger();
    browser.post(CURRENT, &json!({})).await.expect_problem(ProblemCode::Forbidden);
    browser.origin = Some("https://querent.example".to_owned());
    let answer = browser.post(CURRENT, &json!({})).await.expect_status(200);
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_closed_to_scripts_and_secure_behind_tls() {
    for (variables, proto, secure) in [
        (vec![], "https", false),
        (vec![("QUERENT_TRUSTED_PROXY", "127.0.0.0/8")], "https", true),
        (vec![("QUERENT_TRUSTED_PROXY", "127.0.0.0/8")], "http", false),
        (vec![("QUERENT_PUBLIC_URL", "https://querent.example")], "http", true),
    ] {
        let app = TestApp::with(On::Sqlite, &variables).await;
        let hash = app.state.accounts.passwords.hash("plum otter lantern".into()).await.unwrap();
        let user = store::users::NewUser {
            email: "ann@example.com",
            name: "Ann",
            role: Role::Viewer,
            password_hash: Some(hash),
            must_change_password: false,
        };
        store::users::set_up(app.store(), "Acme", &user).await.unwrap();
        let mut browser = app.stranger();
        if variables.iter().any(|(name, _)| *name == "QUERENT_PUBLIC_URL") {
            browser.origin = Some("https://querent.example".to_owned());
        }
        let body = json!({ "email": "ann@example.com", "password": "plum otter lantern" });
        let headers = [JSON, ("x-forwarded-proto", proto)];
        let body = serde_json::to_vec(&body).unwrap();
        let answer = browser.send("POST", "/api/account/log_in", &headers, body).await;
        let answer = answer.expect_status(200);
        let parts: BTreeSet<String> =
            answer.header("set-cookie").split(';').map(|p| p.trim().to_lowercase()).collect();
        assert!(parts.contains("httponly") && parts.contains("samesite=lax"), "{parts:?}");
        assert!(parts.contains("path=/") && parts.contains("max-age=604800"), "{parts:?}");
        assert_eq!(parts.contains("secure"), secure, "{variables:?} {proto} {parts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_response_carries_the_security_headers() {
    let app = TestApp::start(On::Sqlite).await;
    let browser = app.stranger();
    let answers = [
        browser.get("/login").await,
        browser.get("/nowhere").await,
        browser.get("/healthz").await,
        browser.get("/pkg/start-60303ae22b.js").await,
        browser.get("/pkg/missing.js").await,
        browser.get("/api/nowhere").await,
        browser.post(CURRENT, &json!({})).await,
        browser.post("/api/users/list", &json!({})).await,
        browser.send("POST", CURRENT, &[], vec![0; 5 << 20]).await,
    ];
    for answer in &answers {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{}", answer.asked);
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{}: {policy}", answer.asked);
        assert!(policy.starts_with("default-src 'none'"), "{}: {policy}", answer.asked);
        assert!(
            !answer.header("x-request-id").is_empty() && !answer.header("cache-control").is_empty()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_run_with_the_pages_own_nonce_only() {
    let app = TestApp::start(On::Sqlite).await;
    let nonce_of = |policy: &str| {
        let script = policy.split(';').find(|p| p.trim().starts_with("script-src")).unwrap();
        assert!(!script.contains("unsafe-inline") && !script.contains("'unsafe-eval'"), "{script}");
        script.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned()
    };
    let mut nonces = BTreeSet::new();
    for path in ["/login", "/login", "/setup?token=x", "/nowhere"] {
        let page = app.stranger().get(path).await;
        let nonce = nonce_of(page.header("content-security-policy"));
        let html = page.text();
        assert!(page.header("content-type").starts_with("text/html"));
        for script in html.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: <script{tag}>");
        }
        assert!(html.contains("/pkg/start-60303ae22b.js"), "the manifest's addresses: {html}");
        assert_eq!(page.header("cache-control"), "no-store");
        nonces.insert(nonce);
    }
    assert_eq!(nonces.len(), 4, "a nonce is used once");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_addresses_are_404_in_the_callers_language() {
    let app = TestApp::start(On::Sqlite).await;
    let browser = app.stranger();
    let page = browser.get("/no/such/page").await.expect_status(404);
    assert!(page.text().contains("<html"), "{}", page.text());
    browser.get("/api/no/such").await.expect_problem(ProblemCode::NotFound);
    browser.post("/api/no/such", &json!({})).await.expect_problem(ProblemCode::NotFound);
    browser.post("/no/such/page", &json!({})).await.expect_problem(ProblemCode::NotFound);
    browser.get("/pkg/no.js").await.expect_status(404);
    for escape in ["/pkg/../manifest.json", "/pkg/..%2fmanifest.json", "/pkg/%2e%2e/querent.key"] {
        let answer = browser.get(escape).await;
        assert!(!answer.text().contains("main.css") || answer.status == 404, "{escape}");
        assert_ne!(answer.status, 200, "{escape}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hashed_files_are_kept_for_ever_and_compressed() {
    let app = TestApp::start(On::Sqlite).await;
    let browser = app.stranger();
    let script = browser.get("/pkg/start-60303ae22b.js").await.expect_status(200);
    assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(script.header("content-type").contains("javascript"));
    let accepts = [("accept-encoding", "br, gzip")];
    let packed = browser.send("GET", "/pkg/start-60303ae22b.js", &accepts, Vec::new()).await;
    assert_eq!(packed.header("content-encoding"), "br");
    let wasm = browser.get("/pkg/querent_bg-9f86d08188.wasm").await.expect_status(200);
    assert_eq!(wasm.header("content-type"), "application/wasm");
    browser.get("/favicon.svg").await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_bodies_get_a_clear_answer_and_the_server_stays_up() {
    let app = TestApp::start(On::Sqlite).await;
    let admin = app.somebody("Acme", "Eve", Role::Admin).await.client;
    let large = vec![b' '; 5 << 20];
    let binary: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let mut paths: Vec<String> =
        server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    paths.sort();
    for path in &paths {
        let send = async |body: Vec<u8>| admin.send("POST", path, &[JSON], body).await;
        send(large.clone()).await.expect_problem(ProblemCode::TooLarge);
        for body in [&binary, &deep, &b"null".to_vec(), &b"{\"\":".to_vec()] {
            // Functions without arguments take anything.
            let answer = send(body.clone()).await;
            if answer.status != 200 {
                let problem = answer.expect_problem(ProblemCode::Invalid);
                assert!(problem.message.chars().count() < 400, "{path}: {}", problem.message);
            }
        }
    }
    admin.log_in("eve@example.com", testkit::app::PASSWORD).await.expect_status(200);
    let email = "x".repeat(1 << 20);
    admin.log_in(&email, &email).await.expect_problem(ProblemCode::Unauthenticated);
    let long = json!({ "current": testkit::app::PASSWORD, "new": "ü".repeat(1 << 19) });
    let changed = admin.post("/api/account/change_password", &long).await;
    changed.expect_problem(ProblemCode::Invalid);
    assert!(admin.whoami().await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn health_tells_life_from_readiness() {
    let mut app = TestApp::start(On::Sqlite).await;
    let browser = app.stranger();
    assert_eq!(browser.get("/healthz").await.expect_status(200).text(), "ok\n");
    assert_eq!(browser.get("/readyz").await.expect_status(200).text(), "ready\n");
    app.store().close().await;
    browser.get("/healthz").await.expect_status(200);
    browser.get("/readyz").await.expect_problem(ProblemCode::Unreachable);
    // Everything else says so, too, and nothing panics.
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_gone_is_an_incident() {
    let app = TestApp::start(On::Sqlite).await;
    let ann = app.somebody("Acme", "Ann", Role::Viewer).await;
    app.store().close().await;
    let problem = ann.client.post(CURRENT, &json!({})).await.expect_problem(ProblemCode::Internal);
    assert!(problem.incident.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_recorded_survives_the_end() {
    let mut app = TestApp::start(On::Sqlite).await;
    let ann = app.somebody("Acme", "Ann", Role::Analyst).await;
    let file = app.home.path().join("querent.db");
    app.end().await;
    let store = store::Store::open(&store::Store::sqlite_url(&file)).await.unwrap();
    let kept = store::users::get(&store, ann.workspace, ann.user).await.unwrap();
    assert_eq!(kept.person.email, "ann@example.com");
}
