//! The client against a server that speaks the real protocol: answers, and every way to fail.

#![allow(clippy::unwrap_used)]

use futures::{StreamExt, future::join_all};
use llm::{Llm, LlmError, Message, OpenAi, Prompt, Role, Schema, Settings, collect};
use model::llm::{ModelSettings, ModelTest, Provider};
use std::time::{Duration, Instant};
use testkit::model_server::{Behaviour, ModelServer, Turn};

async fn server() -> ModelServer {
    ModelServer::start(Behaviour { key: Some("sk-good".into()), ..Behaviour::default() })
        .await
        .unwrap()
}

fn settings(url: &str) -> Settings {
    Settings {
        base_url: url.into(),
        api_key: Some("sk-good".to_owned().into()),
        model: "scripted".into(),
        temperature: 0.0,
        timeout: Duration::from_secs(5),
    }
}

fn prompt() -> Prompt {
    let schema = Schema { name: "draft".into(), json: serde_json::json!({"type": "object"}) };
    let messages =
        vec![Message::new(Role::System, "You write SQL."), Message::new(Role::User, "How many?")];
    Prompt { messages, schema: Some(schema) }
}

async fn ask(settings: Settings) -> Result<String, LlmError> {
    let model = OpenAi::new(settings)?;
    collect(model.reply(&prompt()).await?, |_| ()).await
}

/// The error that this turn gives.
async fn fails(turn: Turn) -> LlmError {
    let server = server().await;
    server.set(|b| b.default = turn);
    ask(settings(&server.url())).await.unwrap_err()
}

fn error(status: u16, code: &str, message: &str) -> Turn {
    Turn::Error { status, code: code.into(), message: message.into(), retry_after: None }
}

#[tokio::test]
async fn streams_an_answer() {
    let server = server().await;
    server.then(Turn::Reply("one two three".into()));
    let model = OpenAi::new(settings(&format!(" {}/ ", server.url()))).unwrap();
    let mut pieces = Vec::new();
    let text = collect(model.reply(&prompt()).await.unwrap(), |p| pieces.push(p.to_owned())).await;
    assert_eq!(text.unwrap(), "one two three");
    assert_eq!(pieces, ["one ", "two ", "three"]);
    let request = &server.requests()[0];
    assert_eq!(request["response_format"]["json_schema"]["name"], "draft");
    assert_eq!(request["messages"][0]["role"], "system");
    assert_eq!(request["temperature"], 0.0);
}

#[tokio::test]
async fn learns_what_the_endpoint_does_not_know() {
    let server = server().await;
    server.set(|b| (b.schemas, b.json, b.temperature) = (false, false, false));
    let model = OpenAi::new(settings(&server.url())).unwrap();
    for _ in 0..2 {
        assert_eq!(collect(model.reply(&prompt()).await.unwrap(), |_| ()).await.unwrap(), "ready");
    }
    let requests = server.requests();
    let formats: Vec<_> = requests.iter().map(|r| r["response_format"]["type"].as_str()).collect();
    assert_eq!(formats, [Some("json_schema"), Some("json_object"), None, None, None]);
    assert!(requests[4]["temperature"].is_null(), "and it stays learnt: {requests:?}");
}

#[tokio::test]
async fn keys_and_models() {
    let server = server().await;
    let with = |key: Option<&str>, model: &str| Settings {
        api_key: key.map(|k| k.to_owned().into()),
        model: model.into(),
        ..settings(&server.url())
    };
    assert_eq!(ask(with(Some("sk-secret-wrong"), "scripted")).await, Err(LlmError::BadKey));
    assert_eq!(ask(with(None, "scripted")).await, Err(LlmError::BadKey));
    let unknown = ask(with(Some("sk-good"), "gpt-99")).await.unwrap_err();
    assert_eq!(unknown, LlmError::UnknownModel("gpt-99".into()));
    server.set(|b| b.key = None);
    assert_eq!(ask(with(None, "scripted")).await.unwrap(), "ready");
}

#[tokio::test]
async fn tells_addresses_apart() {
    let server = server().await;
    let at = |url: String| ask(settings(&url));
    assert_eq!(at(server.url().replace("/v1", "")).await, Err(LlmError::WrongAddress));
    assert!(matches!(
        fails(Turn::Raw { status: 405, body: String::new() }).await,
        LlmError::WrongAddress
    ));
    let page = Turn::Page("<!doctype html><title>Welcome</title>".into());
    assert_eq!(fails(page).await, LlmError::WrongAddress);
    let elsewhere = ModelServer::start(Behaviour::default()).await.unwrap();
    server.then(Turn::Redirect(format!("{}/chat/completions", elsewhere.url())));
    assert_eq!(at(server.url()).await, Err(LlmError::WrongAddress));
    assert!(elsewhere.requests().is_empty(), "the key did not travel along");

    let gone = elsewhere.url();
    drop(elsewhere);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(matches!(at(gone).await, Err(LlmError::Unreachable(_))));
    assert!(matches!(
        at("http://no-such-host.invalid/v1".into()).await,
        Err(LlmError::Unreachable(_))
    ));
    for bad in [
        "",
        "localhost:11434",
        "ftp://host/v1",
        "http://",
        "http://me:secret@host/v1",
        "https://host/v1?key=1",
    ] {
        assert!(matches!(at(bad.into()).await, Err(LlmError::Settings(_))), "{bad}");
    }
    let nameless = Settings { model: String::new(), ..settings(&server.url()) };
    assert!(matches!(ask(nameless).await, Err(LlmError::Settings(_))));
    let broken_key =
        Settings { api_key: Some("a\nb".to_owned().into()), ..settings(&server.url()) };
    assert!(matches!(ask(broken_key).await, Err(LlmError::Settings(_))));
}

#[tokio::test]
async fn waits_out_a_rate_limit_and_a_server_error() {
    let server = server().await;
    let limited = |after| Turn::Error {
        status: 429,
        code: "rate_limit_exceeded".into(),
        message: "slow down".into(),
        retry_after: Some(after),
    };
    server.then(limited(1)).then(error(503, "", "overloaded"));
    let start = Instant::now();
    assert_eq!(ask(settings(&server.url())).await.unwrap(), "ready");
    assert!(start.elapsed() >= Duration::from_secs(1), "Retry-After is honoured");
    assert_eq!(server.requests().len(), 3);

    server.then(limited(3600));
    let start = Instant::now();
    let after = Some(Duration::from_secs(3600));
    assert_eq!(ask(settings(&server.url())).await, Err(LlmError::RateLimited { after }));
    assert!(start.elapsed() < Duration::from_secs(1), "an hour is not waited for");

    assert_eq!(
        fails(error(429, "rate_limit_exceeded", "slow")).await,
        LlmError::RateLimited { after: None }
    );
    assert_eq!(fails(error(429, "insufficient_quota", "pay")).await, LlmError::Quota);
    let failed = fails(Turn::Raw { status: 500, body: "<h1>oops</h1>".into() }).await;
    assert_eq!(failed, LlmError::Server { status: 500, message: "<h1>oops</h1>".into() });
}

#[tokio::test]
async fn refusals() {
    let long = "This model's maximum context length is 8192 tokens.";
    assert_eq!(fails(error(400, "context_length_exceeded", "")).await, LlmError::ContextTooLong);
    assert_eq!(fails(error(400, "", long)).await, LlmError::ContextTooLong);
    assert_eq!(
        fails(Turn::Raw { status: 413, body: String::new() }).await,
        LlmError::ContextTooLong
    );
    let rejected = |message: &str| LlmError::Rejected { status: 400, message: message.into() };
    assert_eq!(fails(error(400, "", "no such thing")).await, rejected("no such thing"));
    // vLLM, Ollama, FastAPI, a proxy.
    for body in [
        r#"{"object":"error","message":"bad","code":400}"#,
        r#"{"error":"bad"}"#,
        r#"{"detail":"bad"}"#,
        "bad",
    ] {
        assert_eq!(
            fails(Turn::Raw { status: 400, body: body.into() }).await,
            rejected("bad"),
            "{body}"
        );
    }
    let endless = fails(Turn::Raw { status: 400, body: "x".repeat(200_000) }).await;
    assert!(endless.to_string().len() < 500);
    // The endpoint blames the format, whatever is asked: that ends, too.
    assert!(matches!(fails(error(400, "", "response_format!")).await, LlmError::Rejected { .. }));
}

#[tokio::test]
async fn streams_that_go_wrong() {
    assert!(matches!(fails(Turn::Garbage).await, LlmError::Malformed(_)));
    assert!(matches!(fails(Turn::Empty).await, LlmError::Malformed(_)));
    assert!(matches!(fails(Turn::Reply("word ".repeat(60_000))).await, LlmError::Malformed(_)));
    assert_eq!(fails(Turn::Cut("SELECT".into())).await, LlmError::Interrupted);
    assert_eq!(fails(Turn::Length("SELECT".into())).await, LlmError::CutOff);
    assert!(matches!(fails(Turn::Filtered).await, LlmError::Declined(_)));
    let failed = Turn::ErrorInStream { text: "SEL".into(), message: "out of memory".into() };
    assert_eq!(
        fails(failed).await,
        LlmError::Server { status: 500, message: "out of memory".into() }
    );
    let plain = Turn::Raw { status: 200, body: "<html>a portal</html>".into() };
    assert_eq!(fails(plain).await, LlmError::Interrupted);
}

#[tokio::test]
async fn nothing_lasts_longer_than_allowed() {
    for turn in [Turn::Stall, Turn::StallAfter("SELECT".into())] {
        let server = server().await;
        server.set(|b| b.default = turn);
        let limit = Duration::from_millis(300);
        let start = Instant::now();
        let late = ask(Settings { timeout: limit, ..settings(&server.url()) }).await;
        assert_eq!(late, Err(LlmError::Timeout(limit)));
        assert!(start.elapsed() < Duration::from_secs(2));
    }
}

#[tokio::test]
async fn nothing_follows_an_error_and_a_dropped_reply_is_let_go() {
    let server = server().await;
    server.then(Turn::Cut("SELECT".into()));
    let model = OpenAi::new(settings(&server.url())).unwrap();
    let items: Vec<_> = model.reply(&prompt()).await.unwrap().collect().await;
    assert_eq!(items, [Ok("SELECT".to_owned()), Err(LlmError::Interrupted)]);
    server.then(Turn::StallAfter("SELECT".into()));
    let mut reply = model.reply(&prompt()).await.unwrap();
    assert_eq!(reply.next().await, Some(Ok("SELECT".into())));
    drop(reply);
    assert_eq!(collect(model.reply(&prompt()).await.unwrap(), |_| ()).await.unwrap(), "ready");
}

#[tokio::test]
async fn many_at_once() {
    let server = server().await;
    server.set(|b| b.delay_ms = 50);
    let model = OpenAi::new(settings(&server.url())).unwrap();
    let start = Instant::now();
    let prompt = prompt();
    let asked =
        (0..64).map(|_| async { collect(model.reply(&prompt).await.unwrap(), |_| ()).await });
    assert!(join_all(asked).await.iter().all(|a| a.as_deref() == Ok("ready")));
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[tokio::test]
async fn the_models_page_test() {
    let server = server().await;
    let mut settings = ModelSettings {
        provider: Provider::OpenAiCompatible,
        base_url: server.url(),
        api_key: Some("sk-good".into()),
        has_api_key: true,
        model: "scripted".into(),
        ..ModelSettings::default()
    };
    let ModelTest::Ok { reply, .. } = llm::test(&settings).await else { panic!("it works") };
    assert_eq!(reply, "ready");
    settings.api_key = Some("sk-secret-wrong".into());
    let ModelTest::Failed { message, hint } = llm::test(&settings).await else { panic!("bad key") };
    assert!(!message.contains("sk-secret") && !hint.is_empty(), "{message}");
    settings.provider = Provider::BuiltIn;
    assert!(matches!(llm::test(&settings).await, ModelTest::Ok { .. }));
}
