//! The whole way: sample shop, real guard and connector; the engine, then a model that speaks the real protocol.

#![allow(clippy::unwrap_used)]

mod support;

use catalog::ValueIndex;
use connect::{ConnectOptions, Connector};
use llm::{OpenAi, Settings};
use model::{
    chart::ChartKind,
    connection::{Limits, Target},
    run::{Happening, RunStatus},
};
use pipeline::{
    Access, Exchange, Prepared, Question, Run,
    drafter::{Drafter, EngineDrafter, ModelDrafter},
    ports::SystemClock,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use support::Memory;
use testkit::model_server::{Behaviour, ModelServer, Turn};

struct Shop {
    _folder: tempfile::TempDir,
    connector: Arc<dyn Connector>,
    prepared: Arc<Prepared>,
}

async fn shop() -> Shop {
    let folder = tempfile::tempdir().unwrap();
    sample::build(&folder.path().join("shop.sqlite"), (2026, 7, 18)).unwrap();
    let connector = connect::open(ConnectOptions {
        target: Target::File { path: "shop.sqlite".into() },
        limits: Limits::default(),
        schemas: Vec::new(),
        sqlite_dir: Some(folder.path().to_owned()),
        allow_loopback: true,
        application: "querent".into(),
    })
    .unwrap();
    let catalog = connector.introspect(&|_| ()).await.unwrap();
    let prepared = Arc::new(Prepared::new(Arc::new(catalog), ValueIndex::default()));
    Shop { _folder: folder, connector, prepared }
}

impl Shop {
    fn run(&self, drafter: Arc<dyn Drafter>, question: Question) -> (Arc<Memory>, Run) {
        let sink = Arc::new(Memory::default());
        let run = Run {
            question,
            prepared: Arc::clone(&self.prepared),
            access: Arc::new(Access::default()),
            connector: Arc::clone(&self.connector),
            drafter,
            sink: sink.clone(),
            clock: Arc::new(SystemClock::default()),
            cancel: tokio_util::sync::CancellationToken::new(),
        };
        (sink, run)
    }

    async fn ask(&self, drafter: Arc<dyn Drafter>, question: &str) -> Arc<Memory> {
        let question = Question { text: question.into(), ..Question::default() };
        let (sink, run) = self.run(drafter, question);
        pipeline::perform(run).await;
        sink.assert_whole();
        sink
    }
}

async fn model(server: &ModelServer) -> Arc<dyn Drafter> {
    let settings = Settings {
        base_url: server.url(),
        api_key: None,
        model: "scripted".into(),
        temperature: 0.0,
        timeout: Duration::from_secs(5),
    };
    Arc::new(ModelDrafter::new(Arc::new(OpenAi::new(settings).unwrap())))
}

const MONTHLY: &str = "SELECT strftime('%Y-%m', ordered_at) AS month, sum(total_amount) AS revenue FROM orders \
                       WHERE ordered_at >= '2025-01-01' AND ordered_at < '2026-01-01' GROUP BY 1 ORDER BY 1";

fn reply(sql: &str) -> Turn {
    let reply = serde_json::json!({"sql": sql, "explanation": "Revenue by month.", "follow_ups": ["And by store?"]});
    Turn::Reply(reply.to_string())
}

#[tokio::test]
async fn the_engine_counts_orders() {
    let shop = shop().await;
    let sink = shop.ask(Arc::new(EngineDrafter), "how many orders are there?").await;
    let Happening::Answered(answer) = sink.last() else { panic!("{:?}", sink.last()) };
    assert!(answer.text.contains("24,000"), "{}", answer.text);
}

#[tokio::test]
async fn a_model_answers_with_a_line_chart() {
    let shop = shop().await;
    let server = ModelServer::start(Behaviour::default()).await.unwrap();
    server.then(reply(MONTHLY));
    let sink = shop.ask(model(&server).await, "monthly revenue last year").await;
    let Happening::Answered(answer) = sink.last() else { panic!("{:?}", sink.last()) };
    assert!(answer.text.starts_with("Revenue was 1."), "{}", answer.text);
    assert!(
        answer.text.contains("over 12 months; the highest month was December 2025"),
        "{}",
        answer.text
    );
    assert_eq!(answer.chart.unwrap().spec.kind, ChartKind::Line);
    assert_eq!(answer.follow_ups, ["And by store?"]);
    assert_eq!(answer.preview.rows.len(), 12);

    let prompt = server.requests()[0]["messages"][0]["content"].as_str().unwrap().to_owned();
    assert!(
        prompt.contains("table orders") && prompt.contains("customer_id INTEGER -> customers.id")
    );
    assert!(!prompt.contains("example.com"), "no cell value leaves the machine");
}

#[tokio::test]
async fn a_model_repairs_its_draft_once() {
    let shop = shop().await;
    let server = ModelServer::start(Behaviour::default()).await.unwrap();
    server.then(reply("SELECT revenue FROM orders")).then(reply(MONTHLY));
    let sink = shop.ask(model(&server).await, "monthly revenue last year").await;
    assert!(matches!(sink.last(), Happening::Answered(_)), "{:?}", sink.last());
    let requests = server.requests();
    let mend = requests[1]["messages"].as_array().unwrap().last().unwrap()["content"].to_string();
    assert!(mend.contains("SELECT revenue FROM orders") && mend.contains("revenue"), "{mend}");

    server.then(Turn::Reply("I would rather talk.".into())).then(reply(MONTHLY));
    let sink = shop.ask(model(&server).await, "monthly revenue last year").await;
    assert!(
        matches!(sink.last(), Happening::Answered(_)),
        "JSON is asked for again: {:?}",
        sink.last()
    );
}

#[tokio::test]
async fn a_model_can_neither_write_nor_be_lost() {
    let shop = shop().await;
    let server = ModelServer::start(Behaviour::default()).await.unwrap();
    for (turn, status) in [
        (reply("DELETE FROM orders"), RunStatus::Declined),
        (reply(""), RunStatus::Declined),
        (Turn::Cut("{\"sql\": ".into()), RunStatus::Failed),
        (
            Turn::Error {
                status: 401,
                code: String::new(),
                message: String::new(),
                retry_after: None,
            },
            RunStatus::Failed,
        ),
    ] {
        server.then(turn.clone());
        let sink = shop.ask(model(&server).await, "monthly revenue last year").await;
        assert_eq!(sink.last().ends(), Some(status), "{turn:?}: {:?}", sink.last());
    }
    let sink = shop.ask(Arc::new(EngineDrafter), "how many orders are there?").await;
    let Happening::Answered(answer) = sink.last() else { panic!() };
    assert!(answer.text.contains("24,000"), "nothing was deleted");
}

#[tokio::test]
async fn the_conversation_is_told() {
    let shop = shop().await;
    let server = ModelServer::start(Behaviour::default()).await.unwrap();
    server.then(reply(MONTHLY));
    let before = vec![Exchange { question: "orders by store".into(), sql: "SELECT 1".into() }];
    let question = Question { text: "and by month".into(), before, ..Question::default() };
    let (_, run) = shop.run(model(&server).await, question);
    pipeline::perform(run).await;
    let messages = server.requests()[0]["messages"].clone();
    assert_eq!(messages[1]["content"], "orders by store");
    assert!(messages[2]["content"].as_str().unwrap().contains("SELECT 1"));
    assert_eq!(messages[3]["content"], "and by month");
}

#[tokio::test]
async fn adds_little_to_the_models_own_time() {
    let shop = shop().await;
    let server = ModelServer::start(Behaviour::default()).await.unwrap();
    let few = "SELECT name, price FROM products WHERE id < 10 ORDER BY price DESC";
    server.set(|b| b.default = reply(few));
    let drafter = model(&server).await;
    let mut times = Vec::new();
    for _ in 0..40 {
        let start = Instant::now();
        let sink = shop.ask(Arc::clone(&drafter), "cheapest products").await;
        times.push(start.elapsed());
        assert!(matches!(sink.last(), Happening::Answered(_)), "{:?}", sink.last());
    }
    times.sort();
    println!("question to answer with a model of 0 ms: p50 {:?}, p95 {:?}", times[20], times[38]);
    // The target is 5 ms in a release build on a quiet machine; this only notices a blunder.
    assert!(times[20] < Duration::from_millis(100), "{times:?}");
}
