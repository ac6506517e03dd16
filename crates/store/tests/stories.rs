//! One story per concern, told to SQLite and to PostgreSQL.

#![allow(clippy::unwrap_used)]

use model::{
    account::{LinkKind, MemberState},
    catalog::{Catalog, Column, Schema, Table, TableKind, ValueKind},
    connection::{Colour, Limits, Target, Tls},
    dialect::Dialect,
    history::{HistoryFilter, HistoryKind},
    id::{ConnectionId, ConversationId, InviteId, RunId, UserId, WorkspaceId},
    llm::{ModelSettings, Provider},
    role::Role,
    run::{Clarification, Happening, RunEvent, RunStatus, Stage},
};
use secrecy::SecretString;
use store::{
    Store, StoreError, alive, catalogs,
    connections::{self, ConnectionValues},
    conversations, history,
    journal::Journal,
    links, models, retention,
    runs::{self, NewRun, RunEnd, StoredResult},
    sessions::{self, Lifetime},
    users::{self, NewUser},
    waiting,
};

const FUTURE: i64 = 9_999_999_999_000;
const LIFETIME: Lifetime = Lifetime { idle_ms: 60_000, absolute_ms: 120_000 };

/// Runs the story on a fresh SQLite file and on a fresh PostgreSQL database.
macro_rules! stories {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let url = store::Store::sqlite_url(&folder.path().join("a b.db"));
                super::$name(super::Store::open(&url).await.unwrap(), &url).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let database = testkit::databases::Database::postgres();
                let store = super::Store::open(&database.url()).await.unwrap();
                super::$name(store, &database.url()).await;
            })*
        }
    };
}

stories! {
    accounts, last_admin, links_work_once, live_sessions, connected_databases, newest_catalogues,
    model_settings, a_run_from_start_to_end, bad_entries_harm_no_other, history_pages,
    crashes_leave_nothing_running, a_wait_is_left_once, silent_runs_are_ended,
    what_is_old_is_forgotten, opening_twice, concurrent_writers, any_text_is_taken,
}

struct World {
    workspace: WorkspaceId,
    admin: UserId,
    other: WorkspaceId,
    connection: ConnectionId,
}

async fn world(store: &Store) -> World {
    let (workspace, admin) =
        users::set_up(store, "First", &user("Ann@Example.com", Role::Admin)).await.unwrap();
    let other = users::workspace_named(store, "Other").await.unwrap();
    users::add(store, other, &user("mallory@example.com", Role::Admin)).await.unwrap();
    let connection = ConnectionId::generate();
    connections::insert(store, workspace, connection, &values("Shop")).await.unwrap();
    World { workspace, admin, other, connection }
}

fn user(email: &str, role: Role) -> NewUser<'_> {
    NewUser {
        email,
        name: "Somebody",
        role,
        password_hash: Some(SecretString::from("$hash")),
        must_change_password: false,
    }
}

fn values(name: &str) -> ConnectionValues {
    ConnectionValues {
        name: name.into(),
        target: Target::Server {
            dialect: Dialect::Postgres,
            host: "db".into(),
            port: 5432,
            database: "shop".into(),
            user: "reader".into(),
            password: Some("must not be stored".into()),
            tls: Tls { key: Some("nor this".into()), ..Tls::default() },
        },
        secrets: Some(vec![0, 1, 255]),
        colour: Colour::Amber,
        limits: Limits::default(),
        schemas: vec!["public".into(), "söme \"schema\"".into()],
        sample: false,
    }
}

fn question(world: &World, text: &str) -> NewRun {
    NewRun {
        id: RunId::generate(),
        workspace: world.workspace,
        user: world.admin,
        connection: world.connection,
        conversation: None,
        starts_conversation: false,
        kind: HistoryKind::Question,
        question: text.into(),
        sql: None,
        started_at_ms: 1_700_000_000_000,
        end: None,
    }
}

fn end(status: RunStatus) -> RunEnd {
    RunEnd {
        status,
        problem: None,
        rows: Some(3),
        elapsed_us: Some(1_500),
        sql: Some("SELECT 1".into()),
        result: None,
        finished_at_ms: 1_700_000_000_100,
    }
}

fn not_found<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::NotFound { .. })), "{result:?}");
}

fn conflict<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Conflict { .. })), "{result:?}");
}

async fn accounts(store: Store, _: &str) {
    assert!(!users::any(&store).await.unwrap());
    let world = world(&store).await;
    assert!(users::any(&store).await.unwrap());
    conflict(users::set_up(&store, "Second", &user("x@example.com", Role::Admin)).await);
    conflict(users::add(&store, world.workspace, &user("ANN@example.com", Role::Viewer)).await);
    conflict(users::add(&store, world.other, &user("ann@example.com", Role::Viewer)).await);

    let ann = users::by_email(&store, " ANN@example.COM ").await.unwrap().unwrap();
    assert_eq!((ann.person.user, ann.person.workspace), (world.admin, world.workspace));
    assert_eq!(ann.person.workspace_name, "First");
    assert!(users::by_email(&store, "nobody@example.com").await.unwrap().is_none());
    not_found(users::get(&store, world.other, world.admin).await.map(|a| a.person));
    not_found(users::set_role(&store, world.other, world.admin, Role::Viewer).await);
    not_found(users::set_enabled(&store, world.other, world.admin, false).await);

    let invited = NewUser { password_hash: None, ..user("bob@example.com", Role::Analyst) };
    let bob = users::add(&store, world.workspace, &invited).await.unwrap();
    let members = users::members(&store, world.workspace).await.unwrap();
    assert_eq!(members.len(), 2);
    let state = |id| members.iter().find(|m| m.user == id).map(|m| m.state);
    assert_eq!(state(world.admin), Some(MemberState::Active));
    assert_eq!(state(bob), Some(MemberState::Invited));
    assert_eq!(users::home(&store, bob).await.unwrap(), world.workspace);
    users::set_enabled(&store, world.workspace, bob, false).await.unwrap();
    not_found(users::home(&store, bob).await);
}

async fn last_admin(store: Store, _: &str) {
    let World { workspace, admin, .. } = world(&store).await;
    conflict(users::set_role(&store, workspace, admin, Role::Analyst).await);
    conflict(users::set_enabled(&store, workspace, admin, false).await);
    // Somebody who has not accepted yet does not count.
    let invited = NewUser { password_hash: None, ..user("bob@example.com", Role::Admin) };
    users::add(&store, workspace, &invited).await.unwrap();
    conflict(users::set_role(&store, workspace, admin, Role::Analyst).await);
    assert_eq!(users::get(&store, workspace, admin).await.unwrap().person.role, Role::Admin);

    let eve = users::add(&store, workspace, &user("eve@example.com", Role::Admin)).await.unwrap();
    // Both at once: one of them must stay.
    let (one, two) = tokio::join!(
        users::set_role(&store, workspace, admin, Role::Viewer),
        users::set_role(&store, workspace, eve, Role::Viewer),
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
}

async fn links_work_once(store: Store, _: &str) {
    let world = world(&store).await;
    let hash = SecretString::from("$new");
    not_found(links::add(&store, world.other, world.admin, LinkKind::Reset, FUTURE).await);
    let first =
        links::add(&store, world.workspace, world.admin, LinkKind::Reset, FUTURE).await.unwrap();
    let second =
        links::add(&store, world.workspace, world.admin, LinkKind::Reset, FUTURE).await.unwrap();
    not_found(links::get(&store, first).await.map(|l| l.user));
    let link = links::get(&store, second).await.unwrap();
    assert_eq!(
        (link.purpose.kind, link.purpose.email.as_str()),
        (LinkKind::Reset, "ann@example.com")
    );

    let (one, two) = tokio::join!(
        links::accept(&store, second, "Ann", &hash),
        links::accept(&store, second, "Ann", &hash),
    );
    assert!(one.is_ok() != two.is_ok());
    not_found(links::get(&store, second).await.map(|l| l.user));
    let ann = users::get(&store, world.workspace, world.admin).await.unwrap();
    assert_eq!((ann.person.name.as_str(), ann.epoch), ("Ann", 2));

    let past =
        links::add(&store, world.workspace, world.admin, LinkKind::Invite, 1_000).await.unwrap();
    not_found(links::get(&store, past).await.map(|l| l.user));
    not_found(links::get(&store, InviteId::generate()).await.map(|l| l.user));

    let set_up = links::add_set_up(&store, FUTURE).await.unwrap();
    links::check_set_up(&store, set_up).await.unwrap();
    not_found(links::get(&store, set_up).await.map(|l| l.user));
    let later = links::add_set_up(&store, FUTURE).await.unwrap();
    not_found(links::check_set_up(&store, set_up).await);
    links::check_set_up(&store, later).await.unwrap();
}

async fn live_sessions(store: Store, _: &str) {
    let World { workspace, admin, other, .. } = world(&store).await;
    let live = async |digest: &str, lifetime| {
        sessions::live(&store, digest, lifetime).await.unwrap().map(|live| live.person)
    };
    let start = async |digest: &str| {
        sessions::insert(&store, digest, workspace, admin, LIFETIME).await.unwrap();
    };
    start("one").await;
    assert_eq!(live("one", LIFETIME).await.unwrap().email, "ann@example.com");
    assert!(live("two", LIFETIME).await.is_none());
    assert!(live("one", Lifetime { idle_ms: -1_000, ..LIFETIME }).await.is_none());
    not_found(sessions::insert(&store, "x", other, admin, LIFETIME).await);
    let over = Lifetime { absolute_ms: -1, ..LIFETIME };
    sessions::insert(&store, "old", workspace, admin, over).await.unwrap();
    assert!(live("old", LIFETIME).await.is_none());
    assert_eq!(sessions::sweep(&store, LIFETIME).await.unwrap(), 1);

    // A role acts at once; so does being disabled.
    users::add(&store, workspace, &user("eve@example.com", Role::Admin)).await.unwrap();
    users::set_role(&store, workspace, admin, Role::Viewer).await.unwrap();
    assert_eq!(live("one", LIFETIME).await.unwrap().role, Role::Viewer);
    users::set_enabled(&store, workspace, admin, false).await.unwrap();
    assert!(live("one", LIFETIME).await.is_none());
    not_found(sessions::insert(&store, "x", workspace, admin, LIFETIME).await);
    users::set_enabled(&store, workspace, admin, true).await.unwrap();
    assert!(live("one", LIFETIME).await.is_none(), "it ended, it does not come back");

    // However often it is asked for, an answer is never older than the last change.
    users::add(&store, workspace, &user("zoe@example.com", Role::Admin)).await.unwrap();
    start("busy").await;
    for role in [Role::Analyst, Role::Admin, Role::Viewer] {
        let asking = (0..8).map(|_| async { live("busy", LIFETIME).await.unwrap().role });
        let changing = users::set_role(&store, workspace, admin, role);
        let asking = async {
            for ask in asking {
                ask.await;
            }
        };
        let ((), changed) = tokio::join!(asking, changing);
        changed.unwrap();
        assert_eq!(live("busy", LIFETIME).await.unwrap().role, role);
    }

    start("two").await;
    sessions::touch(&store, "two", admin).await.unwrap();
    users::end_all_sessions(&store, admin).await.unwrap();
    assert!(live("two", LIFETIME).await.is_none());
    start("three").await;
    sessions::delete(&store, "three").await.unwrap();
    assert!(live("three", LIFETIME).await.is_none());
    start("four").await;
    users::set_password(&store, admin, &SecretString::from("$other")).await.unwrap();
    assert!(live("four", LIFETIME).await.is_none());
}

async fn connected_databases(store: Store, _: &str) {
    let world = world(&store).await;
    let row = connections::get(&store, world.workspace, world.connection).await.unwrap();
    assert_eq!(row.target, connections::without_secrets(&values("").target));
    assert_eq!((row.secrets.as_deref(), row.schemas.len()), (Some([0, 1, 255].as_slice()), 2));
    assert_eq!((row.colour, row.limits, row.catalog), (Colour::Amber, Limits::default(), None));
    let json = serde_json::to_string(&row.view(true, true)).unwrap();
    assert!(!json.contains("must not") && !json.contains("nor this"));

    conflict(
        connections::insert(&store, world.workspace, ConnectionId::generate(), &values("Shop"))
            .await,
    );
    // Names are a workspace's own.
    connections::insert(&store, world.other, ConnectionId::generate(), &values("Shop"))
        .await
        .unwrap();
    let changed = ConnectionValues { secrets: None, sample: true, ..values("Store") };
    connections::update(&store, world.workspace, world.connection, &changed).await.unwrap();
    let after = connections::get(&store, world.workspace, world.connection).await.unwrap();
    assert_eq!((after.name.as_str(), &after.secrets, after.sample), ("Store", &None, true));
    assert!(after.updated_at_ms > row.updated_at_ms);

    not_found(connections::get(&store, world.other, world.connection).await);
    not_found(connections::update(&store, world.other, world.connection, &changed).await);
    not_found(connections::delete(&store, world.other, world.connection).await);
    connections::delete(&store, world.workspace, world.connection).await.unwrap();
    not_found(connections::delete(&store, world.workspace, world.connection).await);
    assert!(connections::list(&store, world.workspace).await.unwrap().is_empty());
    assert!(connections::had_any(&store, world.workspace).await.unwrap());
}

fn catalog(table: &str) -> Catalog {
    let column = Column {
        name: "id".into(),
        type_name: "integer".into(),
        kind: ValueKind::Integer,
        nullable: false,
        default: None,
        comment: None,
        generated: None,
        labels: Vec::new(),
    };
    let table = Table {
        name: table.into(),
        kind: TableKind::Table,
        comment: None,
        row_estimate: Some(7),
        columns: vec![column],
        primary_key: vec!["id".into()],
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        definition: None,
        parents: Vec::new(),
        partition_key: None,
        partition_bound: None,
    };
    Catalog {
        dialect: Dialect::Postgres,
        server_version: "15".into(),
        database: "shop".into(),
        search_path: vec!["public".into()],
        schemas: vec![Schema { name: "public".into(), tables: vec![table], ..Schema::default() }],
    }
}

async fn newest_catalogues(store: Store, _: &str) {
    let World { workspace, other, connection, .. } = world(&store).await;
    assert!(catalogs::newest(&store, workspace, connection).await.unwrap().is_none());
    let put = async |print: &str, table: &str| {
        catalogs::put(&store, workspace, connection, print, &catalog(table)).await.unwrap()
    };
    let first = put("a", "orders").await;
    assert_eq!(put("a", "orders").await, first, "the same fingerprint is the same version");
    for n in 0..12 {
        put(&format!("b{n}"), &format!("orders{n}")).await;
    }
    let newest = catalogs::newest(&store, workspace, connection).await.unwrap().unwrap();
    assert_eq!((newest.fingerprint.as_str(), &newest.catalog), ("b11", &catalog("orders11")));
    let row = connections::get(&store, workspace, connection).await.unwrap();
    assert_eq!(row.catalog, Some((1, newest.read_at_ms)));
    assert!(catalogs::newest(&store, other, connection).await.unwrap().is_none());
    not_found(catalogs::put(&store, other, connection, "c", &catalog("x")).await);
}

async fn model_settings(store: Store, _: &str) {
    let World { workspace, other, .. } = world(&store).await;
    assert_eq!(models::get(&store, workspace).await.unwrap().settings, ModelSettings::default());
    let settings = ModelSettings {
        provider: Provider::OpenAiCompatible,
        base_url: "http://model/v1".into(),
        api_key: Some("must not be stored".into()),
        temperature: 0.25,
        ..ModelSettings::default()
    };
    models::put(&store, workspace, &settings, Some(vec![9])).await.unwrap();
    let row = models::get(&store, workspace).await.unwrap();
    assert_eq!(
        (row.api_key.as_deref(), row.settings.api_key.clone()),
        (Some([9].as_slice()), None)
    );
    assert!(row.settings.has_api_key);
    models::put(&store, workspace, &ModelSettings::default(), None).await.unwrap();
    assert!(!models::get(&store, workspace).await.unwrap().settings.has_api_key);
    assert!(models::get(&store, other).await.unwrap().api_key.is_none());
}

async fn a_run_from_start_to_end(store: Store, _: &str) {
    let world = world(&store).await;
    let journal = Journal::start(store.clone());
    let conversation = ConversationId::generate();
    let run = NewRun {
        conversation: Some(conversation),
        starts_conversation: true,
        ..question(&world, "How many\norders?")
    };
    journal.record_durable(run.clone()).await.unwrap();
    let stored = runs::get(&store, world.workspace, run.id).await.unwrap();
    assert_eq!((stored.status, stored.dialect), (RunStatus::Running, Dialect::Postgres));

    let event = |seq, what| RunEvent { seq, at_ms: 5, what };
    let events = vec![
        event(1, Happening::Started { question: "How many orders?".into(), drafter: "x".into() }),
        event(2, Happening::StageStarted { stage: Stage::Classify }),
    ];
    journal.append(run.id, events.clone(), None).await.unwrap();
    let last = event(3, Happening::Cancelled);
    let result = StoredResult { file: "results/x".into(), size_bytes: 12 };
    let ended = RunEnd { result: Some(result.clone()), ..end(RunStatus::Cancelled) };
    journal.append_durable(run.id, vec![last.clone()], Some(ended)).await.unwrap();
    let after = async |seq| runs::events_after(&store, world.workspace, run.id, seq).await.unwrap();
    assert_eq!(after(0).await, [events, vec![last.clone()]].concat());
    assert_eq!(after(2).await, [last]);
    assert_eq!(after(3).await, []);
    let stored = runs::get(&store, world.workspace, run.id).await.unwrap();
    assert_eq!((stored.status, stored.rows), (RunStatus::Cancelled, Some(3)));
    assert_eq!(stored.sql.as_deref(), Some("SELECT 1"));

    assert_eq!(runs::result(&store, world.workspace, run.id).await.unwrap(), Some(result.clone()));

    // Edit and re-ask.
    let again = NewRun {
        id: RunId::generate(),
        question: "How many?".into(),
        started_at_ms: run.started_at_ms + 1,
        starts_conversation: false,
        ..run.clone()
    };
    journal.record_durable(again.clone()).await.unwrap();
    runs::replace(&store, world.workspace, world.admin, run.id, again.id).await.unwrap();
    not_found(runs::replace(&store, world.other, world.admin, run.id, again.id).await);
    let listed = runs::of_conversation(&store, world.workspace, conversation).await.unwrap();
    assert_eq!(listed.iter().map(|r| r.id).collect::<Vec<_>>(), [again.id]);
    assert!(runs::of_conversation(&store, world.other, conversation).await.unwrap().is_empty());

    // Another workspace finds nothing.
    not_found(runs::get(&store, world.other, run.id).await);
    not_found(runs::events_after(&store, world.other, run.id, 0).await);
    not_found(runs::result(&store, world.other, run.id).await);
    not_found(conversations::get(&store, world.other, world.admin, conversation).await);
    not_found(conversations::get(&store, world.workspace, UserId::generate(), conversation).await);
    not_found(
        conversations::delete(&store, world.workspace, UserId::generate(), conversation).await,
    );

    let title = conversations::get(&store, world.workspace, world.admin, conversation).await;
    assert_eq!(title.unwrap().title, "How many orders?");
    let list = || conversations::list(&store, world.workspace, world.admin, world.connection);
    assert_eq!(list().await.unwrap().len(), 1);
    conversations::delete(&store, world.workspace, world.admin, conversation).await.unwrap();
    assert!(list().await.unwrap().is_empty());
    not_found(
        conversations::delete(&store, world.workspace, world.admin, ConversationId::generate())
            .await,
    );
}

async fn bad_entries_harm_no_other(store: Store, _: &str) {
    let world = world(&store).await;
    let journal = Journal::start(store.clone());
    let run = NewRun { end: Some(end(RunStatus::Done)), ..question(&world, "nul\0 🦀 ünï") };
    let other = question(&world, "fine");
    journal.record(run.clone()).await.unwrap();
    journal.record(run.clone()).await.unwrap();
    journal.record(other.clone()).await.unwrap();
    assert!(journal.record_durable(run.clone()).await.is_err(), "the id is taken");
    journal.flush().await.unwrap();
    runs::get(&store, world.workspace, other.id).await.unwrap();
    let stored = runs::get(&store, world.workspace, run.id).await.unwrap();
    assert_eq!(stored.question, "nul\u{2400} 🦀 ünï");

    // What was sent before the end is written; nothing after it.
    let many: Vec<NewRun> = (0..1_000).map(|n| question(&world, &n.to_string())).collect();
    for run in &many {
        journal.record(run.clone()).await.unwrap();
    }
    journal.close().await;
    for run in &many {
        runs::get(&store, world.workspace, run.id).await.unwrap();
    }
    assert!(matches!(journal.record(run).await, Err(StoreError::Closed)));
    journal.close().await;
}

async fn history_pages(store: Store, _: &str) {
    let world = world(&store).await;
    let journal = Journal::start(store.clone());
    for n in 0..60 {
        let run = question(&world, &format!("Question {n} about ÜBUNGEN and 100%"));
        journal.record(NewRun { started_at_ms: run.started_at_ms + n / 2, ..run }).await.unwrap();
    }
    let statement = NewRun {
        kind: HistoryKind::Statement,
        sql: Some("SELECT a_b FROM t".into()),
        started_at_ms: 1_800_000_000_000,
        end: Some(RunEnd { problem: Some("no".into()), ..end(RunStatus::Failed) }),
        ..question(&world, "")
    };
    journal
        .record(NewRun { end: Some(RunEnd { sql: None, ..end(RunStatus::Failed) }), ..statement })
        .await
        .unwrap();
    journal.flush().await.unwrap();

    let page = async |filter: HistoryFilter| {
        history::page(&store, world.workspace, Some(world.admin), &filter).await.unwrap()
    };
    let first = page(HistoryFilter::default()).await;
    assert_eq!((first.entries.len(), first.more), (50, true));
    assert_eq!(first.entries[0].sql.as_deref(), Some("SELECT a_b FROM t"));
    assert_eq!(
        (first.entries[0].connection_name.as_str(), first.entries[0].by.as_str()),
        ("Shop", "Somebody")
    );
    assert_eq!(first.entries[0].started_at, "2027-01-15T08:00:00Z");
    let before = first.entries.last().map(|entry| entry.id);
    let second = page(HistoryFilter { before, ..HistoryFilter::default() }).await;
    assert_eq!((second.entries.len(), second.more), (11, false));
    let mut ids: Vec<RunId> =
        first.entries.iter().chain(&second.entries).map(|entry| entry.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 61, "pages neither overlap nor leave a gap");

    let found = async |search: &str| {
        page(HistoryFilter { search: search.into(), ..HistoryFilter::default() })
            .await
            .entries
            .len()
    };
    assert_eq!(found("übungen 59").await, 1);
    assert_eq!(found("a_b").await, 1);
    assert_eq!(found("axb").await, 0);
    assert_eq!(found("100%").await, 50);
    assert_eq!(found("1%0").await, 0);
    let kind = Some(HistoryKind::Statement);
    assert_eq!(page(HistoryFilter { kind, ..HistoryFilter::default() }).await.entries.len(), 1);
    let status = Some(RunStatus::Failed);
    assert_eq!(page(HistoryFilter { status, ..HistoryFilter::default() }).await.entries.len(), 1);
    let connection = Some(ConnectionId::generate());
    assert!(
        page(HistoryFilter { connection, ..HistoryFilter::default() }).await.entries.is_empty()
    );

    let of = async |workspace, user| {
        history::page(&store, workspace, user, &HistoryFilter::default())
            .await
            .unwrap()
            .entries
            .len()
    };
    assert_eq!(of(world.workspace, None).await, 50);
    assert_eq!(of(world.workspace, Some(UserId::generate())).await, 0);
    assert_eq!(of(world.other, None).await, 0);
    let before = first.entries.last().map(|entry| entry.id);
    let foreign = HistoryFilter { before, ..HistoryFilter::default() };
    assert!(history::page(&store, world.other, None, &foreign).await.unwrap().entries.is_empty());

    // A deleted connection keeps its name.
    connections::delete(&store, world.workspace, world.connection).await.unwrap();
    assert_eq!(page(HistoryFilter::default()).await.entries[0].connection_name, "Shop");
}

async fn crashes_leave_nothing_running(store: Store, _: &str) {
    let world = world(&store).await;
    let journal = Journal::start(store.clone());
    let run = question(&world, "slow");
    journal.record_durable(run.clone()).await.unwrap();
    let event =
        RunEvent { seq: 1, at_ms: 1, what: Happening::StageStarted { stage: Stage::Draft } };
    journal.append_durable(run.id, vec![event], None).await.unwrap();
    let ended = runs::end_abandoned(&store).await.unwrap();
    let stored = runs::get(&store, world.workspace, run.id).await.unwrap();
    let events = runs::events_after(&store, world.workspace, run.id, 0).await.unwrap();
    match store.engine() {
        store::database::Engine::Sqlite => {
            assert_eq!((ended, stored.status), (1, RunStatus::Failed));
            assert!(matches!(events[1].what, Happening::Failed { .. }) && events[1].seq == 2);
        }
        // Another replica may be at work on it.
        store::database::Engine::Postgres => {
            assert_eq!((ended, stored.status, events.len()), (0, RunStatus::Running, 1));
        }
    }
}

fn event(seq: u32, what: Happening) -> Vec<RunEvent> {
    vec![RunEvent { seq, at_ms: 1, what }]
}

async fn a_wait_is_left_once(store: Store, _: &str) {
    let world = world(&store).await;
    let journal = Journal::start(store.clone());
    let waiting = async || {
        let run = question(&world, "revenue");
        journal.record_durable(run.clone()).await.unwrap();
        let asked = event(1, Happening::Clarifying(Clarification::default()));
        let rest = Some(end(RunStatus::Waiting));
        journal.append_durable(run.id, asked, rest).await.unwrap();
        run.id
    };
    let status = async |id| runs::get(&store, world.workspace, id).await.unwrap().status;

    // A restart leaves it waiting; a stranger cannot touch it.
    let id = waiting().await;
    runs::end_abandoned(&store).await.unwrap();
    assert_eq!(alive::end_silent(&store, FUTURE).await.unwrap(), 0);
    assert!(!waiting::claim(&store, world.workspace, UserId::generate(), id).await.unwrap());
    assert!(!waiting::cancel(&store, world.other, world.admin, id).await.unwrap());
    assert_eq!(status(id).await, RunStatus::Waiting);

    // Of many at once, one goes on; it can then no longer be given up here.
    let mut claims = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, workspace, admin) = (store.clone(), world.workspace, world.admin);
        claims.spawn(async move { waiting::claim(&store, workspace, admin, id).await.unwrap() });
    }
    assert_eq!(claims.join_all().await.into_iter().filter(|claimed| *claimed).count(), 1);
    assert_eq!(status(id).await, RunStatus::Running);
    assert!(!waiting::cancel(&store, world.workspace, world.admin, id).await.unwrap());

    // Given up, it ends with an event that a reader sees, and is not gone on with.
    let id = waiting().await;
    assert!(waiting::cancel(&store, world.workspace, world.admin, id).await.unwrap());
    assert!(!waiting::claim(&store, world.workspace, world.admin, id).await.unwrap());
    assert_eq!(status(id).await, RunStatus::Cancelled);
    let events = runs::events_after(&store, world.workspace, id, 1).await.unwrap();
    assert_eq!((events[0].seq, &events[0].what), (2, &Happening::Cancelled));
}

async fn silent_runs_are_ended(store: Store, _: &str) {
    let world = world(&store).await;
    let journal = Journal::start(store.clone());
    let [dead, alive] = [question(&world, "dead"), question(&world, "alive")];
    for run in [&dead, &alive] {
        journal.record_durable(NewRun { started_at_ms: 1_000, ..run.clone() }).await.unwrap();
    }
    alive::beat(&store, &[alive.id, RunId::generate()]).await.unwrap();
    let (one, two) =
        tokio::join!(alive::end_silent(&store, 2_000), alive::end_silent(&store, 2_000));
    assert_eq!(one.unwrap() + two.unwrap(), 1, "each is ended once");
    let get = async |id| runs::get(&store, world.workspace, id).await.unwrap();
    let ended = get(dead.id).await;
    assert_eq!(ended.status, RunStatus::Failed);
    assert!(ended.problem.unwrap().contains("stopped"));
    assert_eq!(get(alive.id).await.status, RunStatus::Running);
    let events = runs::events_after(&store, world.workspace, dead.id, 0).await.unwrap();
    assert!(matches!(events[..], [RunEvent { seq: 1, what: Happening::Failed { .. }, .. }]));
}

async fn what_is_old_is_forgotten(store: Store, _: &str) {
    let world = world(&store).await;
    let journal = Journal::start(store.clone());
    let mut ids = Vec::new();
    for (started_at_ms, status) in
        [(1_000, RunStatus::Done), (1_000, RunStatus::Waiting), (5_000, RunStatus::Done)]
    {
        let run = NewRun { started_at_ms, ..question(&world, "orders") };
        journal.record_durable(run.clone()).await.unwrap();
        let result = Some(StoredResult { file: format!("results/{}", run.id), size_bytes: 5 });
        let rest = Some(RunEnd { result, ..end(status) });
        journal.append_durable(run.id, event(1, Happening::Cancelled), rest).await.unwrap();
        ids.push(run.id);
    }
    let get = async |id| runs::get(&store, world.workspace, id).await.unwrap();
    let events = async |id| runs::events_after(&store, world.workspace, id, 0).await.unwrap().len();
    let result = async |id| runs::result(&store, world.workspace, id).await.unwrap();

    assert_eq!(retention::forget_answers(&store, 2_000).await.unwrap(), 2);
    assert_eq!(retention::forget_answers(&store, 2_000).await.unwrap(), 0);
    assert!(get(ids[0]).await.pruned_at_ms.is_some());
    assert_eq!((get(ids[0]).await.status, events(ids[0]).await), (RunStatus::Done, 0));
    assert_eq!(result(ids[0]).await, None);
    assert_eq!(get(ids[1]).await.status, RunStatus::Cancelled);
    assert_eq!((get(ids[2]).await.pruned_at_ms, events(ids[2]).await), (None, 1));

    // Rows may go before their answer does; the history tells.
    retention::forget_rows(&store, &[ids[2]]).await.unwrap();
    assert_eq!((result(ids[2]).await, events(ids[2]).await), (None, 1));
    let filter = HistoryFilter::default();
    let page = history::page(&store, world.workspace, None, &filter).await.unwrap();
    assert!(page.entries.iter().all(|entry| entry.pruned_at.is_some()));

    assert_eq!(retention::forget_runs(&store, 2_000).await.unwrap(), 2);
    let page = history::page(&store, world.workspace, None, &filter).await.unwrap();
    assert_eq!(page.entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), [ids[2]]);
}

async fn opening_twice(store: Store, url: &str) {
    world(&store).await;
    let (one, two) = tokio::join!(Store::open(url), Store::open(url));
    assert!(users::any(&one.unwrap()).await.unwrap());
    two.unwrap().ping().await.unwrap();
    store.ping().await.unwrap();
    store.close().await;
}

async fn concurrent_writers(store: Store, _: &str) {
    let world = world(&store).await;
    let journal = Journal::start(store.clone());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..64 {
        let (store, journal, run) = (store.clone(), journal.clone(), question(&world, "q"));
        let (workspace, user) = (world.workspace, world.admin);
        tasks.spawn(async move {
            journal.record_durable(run.clone()).await.unwrap();
            let digest = format!("s{n}");
            sessions::insert(&store, &digest, workspace, user, LIFETIME).await.unwrap();
            sessions::touch(&store, &digest, user).await.unwrap();
            runs::get(&store, workspace, run.id).await.unwrap();
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

async fn any_text_is_taken(store: Store, _: &str) {
    let odd = "a\0b 🦀 \u{202e} ' \" \\ % _";
    let workspace = users::workspace_named(&store, odd).await.unwrap();
    assert_eq!(users::workspace_named(&store, odd).await.unwrap(), workspace);
    let odd_user = NewUser { name: odd, ..user("a\0b@example.com", Role::Analyst) };
    let id = users::add(&store, workspace, &odd_user).await.unwrap();
    let account = users::by_email(&store, "A\0B@example.com").await.unwrap().unwrap();
    assert_eq!((account.person.user, account.person.name.contains('🦀')), (id, true));

    let connection = ConnectionId::generate();
    let odd_values = ConnectionValues { schemas: vec![odd.into()], ..values(odd) };
    connections::insert(&store, workspace, connection, &odd_values).await.unwrap();
    let row = connections::get(&store, workspace, connection).await.unwrap();
    assert_eq!(row.schemas, [odd]);
    conflict(connections::insert(&store, workspace, ConnectionId::generate(), &odd_values).await);
    let journal = Journal::start(store.clone());
    let what = Happening::DraftText { text: odd.into() };
    let run = NewRun {
        sql: Some(odd.into()),
        end: Some(RunEnd {
            problem: Some(odd.into()),
            sql: Some(odd.into()),
            ..end(RunStatus::Failed)
        }),
        conversation: Some(ConversationId::generate()),
        starts_conversation: true,
        workspace,
        user: id,
        connection,
        ..question(&World { workspace, admin: id, other: workspace, connection }, odd)
    };
    journal.record_durable(run.clone()).await.unwrap();
    let listed = conversations::list(&store, workspace, id, connection).await.unwrap();
    assert_eq!(listed.len(), 1);
    let event = RunEvent { seq: 1, at_ms: 1, what };
    journal.append_durable(run.id, vec![event.clone()], run.end.clone()).await.unwrap();
    assert_eq!(runs::events_after(&store, workspace, run.id, 0).await.unwrap(), [event]);
    let filter = HistoryFilter { search: odd.into(), ..HistoryFilter::default() };
    assert_eq!(history::page(&store, workspace, None, &filter).await.unwrap().entries.len(), 1);
}
