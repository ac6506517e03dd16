//! Policies at every door: what one of them hides, masks or filters away is shown by none.
#![allow(clippy::unwrap_used)]

mod zoo;

use model::{
    error::ProblemCode,
    id::RunId,
    policy::{
        Access, EffectiveTable, Mask, PolicyChange, PolicyDraft, PolicyPreview, PolicyRecord,
        SensitiveColumn, SensitiveKind, Subjects, TableRule,
    },
    role::Role,
};
use serde_json::{Value, json};
use store::policies as stored;
use testkit::{
    app::On,
    databases::Database,
    model_server::{Behaviour, ModelServer, Turn},
};
use zoo::{Zoo, replay};

/// What a policy can do, and the word that nobody may then see.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    DenyTable,
    DenyColumn,
    Mask,
    FilterRows,
}

impl Rule {
    const ALL: [Self; 4] = [Self::DenyTable, Self::DenyColumn, Self::Mask, Self::FilterRows];

    fn secret(self) -> &'static str {
        match self {
            Self::DenyTable => "okapi",
            Self::DenyColumn => "tapir",
            Self::Mask => "zebra",
            Self::FilterRows => "quagga",
        }
    }

    /// A name that is not in sight any more.
    fn name(self) -> Option<&'static str> {
        match self {
            Self::DenyTable => Some("salaries"),
            Self::DenyColumn => Some("phone"),
            Self::Mask | Self::FilterRows => None,
        }
    }

    fn draft(self, zoo: &Zoo) -> PolicyDraft {
        let customers = zoo.rule("customers");
        let rule = match self {
            Self::DenyTable => TableRule { access: Access::Deny, ..zoo.rule("salaries") },
            Self::DenyColumn => {
                TableRule { columns: vec![("phone".into(), Mask::Deny)], ..customers }
            }
            Self::Mask => {
                let mask = Mask::Partial { start: 0, end: 4, fill: "***".into() };
                TableRule { columns: vec![("email".into(), mask)], ..customers }
            }
            Self::FilterRows => TableRule { rows: Some("country = 'Germany'".into()), ..customers },
        };
        zoo.draft("Rules", vec![rule])
    }

    fn table(self) -> &'static str {
        if self == Self::DenyTable { "salaries" } else { "customers" }
    }
}

/// A way to see something of the zoo.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Door {
    Query,
    QueryView,
    Preview,
    Export,
    Guess,
    Ask,
    Completions,
    Tree,
    Prompt,
    Guard,
}

impl Door {
    const ALL: [Self; 10] = [
        Self::Query,
        Self::QueryView,
        Self::Preview,
        Self::Export,
        Self::Guess,
        Self::Ask,
        Self::Completions,
        Self::Tree,
        Self::Prompt,
        Self::Guard,
    ];

    /// Those that any database has.
    const OF_STATEMENTS: [Self; 5] =
        [Self::Query, Self::QueryView, Self::Preview, Self::Export, Self::Guess];

    /// What the door shows names, not values.
    fn shows_names(self) -> bool {
        matches!(self, Self::Tree | Self::Prompt)
    }

    /// Everything that comes out of it.
    async fn open(self, zoo: &Zoo, rule: Rule) -> String {
        let (table, secret) = (rule.table(), rule.secret());
        let path = |what: &str| format!("/api/connections/{}/{what}", zoo.connection);
        let client = &zoo.analyst.client;
        match self {
            Self::Query => zoo.query(&format!("SELECT * FROM {table}")).await,
            Self::QueryView => match table {
                "customers" => zoo.query("SELECT * FROM contacts").await,
                other => zoo.query(&format!("SELECT * FROM {other}")).await,
            },
            Self::Preview => {
                let preview = json!({ "schema": zoo.schema, "table": table });
                client.post(&path("query"), &json!({ "preview": preview })).await.text()
            }
            Self::Export => {
                let sql = format!("SELECT * FROM {table}");
                client.post(&path("export"), &json!({ "sql": sql })).await.text()
            }
            // A condition on what is not shown: the count must not tell. 'yes' is what it would say.
            Self::Guess => {
                let column = match rule {
                    Rule::DenyTable => "employee",
                    Rule::DenyColumn => "phone",
                    Rule::Mask => "email",
                    Rule::FilterRows => "name",
                };
                let (start, end) = secret.split_at(2);
                let sql = format!(
                    "SELECT CASE WHEN count(*) > 0 THEN 'yes' ELSE 'no' END AS told FROM {table} \
                     WHERE {column} LIKE '{start}%{end}%' OR {column} LIKE '%@%{start}'"
                );
                zoo.query(&sql).await.replace("THEN 'yes'", "").replace("yes", secret)
            }
            Self::Ask => {
                let sql = if table == "customers" {
                    CUSTOMERS
                } else {
                    "SELECT id, employee FROM salaries"
                };
                asked(zoo, sql).await.1
            }
            Self::Completions => {
                let mut all = String::new();
                for prefix in [&secret[..3], "sala", "customers with ph"] {
                    let body = json!({ "connection": zoo.connection, "prefix": prefix });
                    all += &zoo.text("ask/complete", &body).await;
                }
                all + &zoo.text("ask/suggestions", &json!({ "connection": zoo.connection })).await
            }
            Self::Tree => {
                let of = json!({ "connection": zoo.connection });
                let one = json!({ "connection": zoo.connection, "schema": zoo.schema, "table": "customers" });
                zoo.text("schema/overview", &of).await
                    + &zoo.text("schema/columns", &of).await
                    + &zoo.text("schema/table", &one).await
            }
            Self::Prompt => prompt(zoo).await,
            Self::Guard => {
                let body = json!({ "connection": zoo.connection, "sql": format!("SELECT * FROM {table}") });
                client.post("/api/guard", &body).await.text()
            }
        }
    }
}

const CUSTOMERS: &str = "SELECT id, name, email, phone, country FROM customers";

/// What comes of a question to which a model answers with this statement.
async fn asked(zoo: &Zoo, sql: &str) -> (RunId, String) {
    let (_, run) = with_model(zoo, sql, "show all customers").await;
    run
}

/// Asks while a model that always drafts `sql` is the workspace's; gives what it was told too.
async fn with_model(zoo: &Zoo, sql: &str, question: &str) -> (String, (RunId, String)) {
    let reply = json!({ "sql": sql, "explanation": "", "follow_ups": [] }).to_string();
    let behaviour = Behaviour { default: Turn::Reply(reply), ..Behaviour::default() };
    let model = ModelServer::start(behaviour).await.unwrap();
    let settings = json!({ "provider": "open_ai_compatible", "base_url": model.url(), "api_key": "k",
        "has_api_key": false, "model": "scripted", "temperature": 0.0, "timeout_s": 10 });
    let saved = zoo.admin.client.post("/api/models/save", &json!({ "settings": settings })).await;
    saved.expect_status(200);
    let run = zoo.ask(question).await;
    let engine = json!({ "settings": model::llm::ModelSettings::default() });
    zoo.admin.client.post("/api/models/save", &engine).await.expect_status(200);
    (Value::from(model.requests()).to_string(), run)
}

/// All that a model is told of a question about everything.
async fn prompt(zoo: &Zoo) -> String {
    let question = "which customers with which email, phone and country have orders or salaries?";
    let (told, _) = with_model(zoo, "SELECT 1", question).await;
    assert!(told.contains("orders"), "the model was told nothing: {told}");
    // The question itself names the columns.
    told.replace("email, phone and country have orders or salaries", "")
}

async fn walk(zoo: &Zoo, doors: &[Door]) {
    // 1. Without a policy every secret comes out: the doors are open.
    for rule in Rule::ALL {
        for door in doors {
            let shown = door.open(zoo, rule).await;
            let expect = match door {
                Door::Tree | Door::Prompt => rule.name().unwrap_or("customers"),
                Door::Guard => "allow",
                _ => rule.secret(),
            };
            assert!(shown.contains(expect), "{door:?} shows no {expect}: {shown}");
        }
    }
    // 2. With it none does.
    for rule in Rule::ALL {
        let saved = zoo.save(&rule.draft(zoo)).await;
        for door in doors {
            let shown = door.open(zoo, rule).await;
            assert!(!shown.contains(rule.secret()), "{door:?} shows {rule:?}: {shown}");
            if let Some(name) = rule.name().filter(|_| door.shows_names()) {
                assert!(!shown.contains(name), "{door:?} names {name}: {shown}");
            }
        }
        // The rest is there as before.
        let orders = zoo.query("SELECT product FROM orders").await;
        assert!(orders.contains("giraffe lamp"), "{orders}");
        let deleted =
            zoo.admin.client.post("/api/policies/delete", &json!({ "id": saved.id })).await;
        deleted.expect_status(200);
    }
    // 3. And without it they are open again, at once.
    assert!(Door::Query.open(zoo, Rule::Mask).await.contains("zebra"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_door_shows_what_a_policy_hides() {
    walk(&Zoo::sqlite().await, &Door::ALL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_on_postgres_shows_what_a_policy_hides() {
    walk(&Zoo::server(Database::postgres()).await, &Door::OF_STATEMENTS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_on_mariadb_shows_what_a_policy_hides() {
    walk(&Zoo::server(Database::mysql()).await, &Door::OF_STATEMENTS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn masked_columns_are_marked_in_results() {
    let zoo = Zoo::sqlite().await;
    zoo.save(&PolicyDraft { name: "PII".into(), ..Rule::Mask.draft(&zoo) }).await;
    let expect = "partial of main.customers.email by policy ‘PII’";
    for sql in ["SELECT id, email FROM customers", "SELECT * FROM customers c"] {
        let body = zoo.query(sql).await;
        let header: Value = serde_json::from_str(body.lines().next().unwrap()).unwrap();
        let columns = header["header"]["columns"].as_array().unwrap();
        for column in columns {
            let mask = if column["name"] == "email" { json!(expect) } else { Value::Null };
            assert_eq!(column["mask"], mask, "{sql}: {column}");
        }
    }
    assert!(asked(&zoo, CUSTOMERS).await.1.contains(expect));
    // And in the tree.
    let one = json!({ "connection": zoo.connection, "schema": "main", "table": "contacts" });
    let table: Value = serde_json::from_str(&zoo.text("schema/table", &one).await).unwrap();
    assert_eq!(table["masks"], json!({ "email": "partial" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_answers_are_not_shown_again_under_a_stricter_policy() {
    let zoo = Zoo::sqlite().await;
    let (open, shown) = asked(&zoo, CUSTOMERS).await;
    assert!(shown.contains("zebra1") && shown.contains("quagga"));
    let (other, _) = asked(&zoo, "SELECT id, product FROM orders").await;

    // A mask, then a row filter beside it: each makes what was read before too much.
    let masks = zoo.save(&PolicyDraft { name: "A".into(), ..Rule::Mask.draft(&zoo) }).await;
    let again = replay(&zoo.analyst.client, open).await;
    assert!(!again.contains("zebra") && again.contains("The policies have changed"), "{again}");
    let (masked, shown) = asked(&zoo, CUSTOMERS).await;
    assert!(shown.contains("quagga") && !shown.contains("zebra"));
    assert!(replay(&zoo.analyst.client, masked).await.contains("quagga"), "nothing changed");
    zoo.save(&PolicyDraft { name: "B".into(), ..Rule::FilterRows.draft(&zoo) }).await;
    let again = replay(&zoo.analyst.client, masked).await;
    assert!(!again.contains("quagga"), "{again}");
    zoo.analyst
        .client
        .get(&format!("/api/runs/{masked}/result"))
        .await
        .expect_problem(ProblemCode::Forbidden);

    // What the policies do not touch stays, and another policy's name is no change.
    assert!(replay(&zoo.analyst.client, other).await.contains("giraffe lamp"));
    let renamed = PolicyDraft { name: "Renamed".into(), ..masks.draft };
    let body = json!({ "id": masks.id, "draft": renamed, "version": masks.version });
    zoo.admin.client.post("/api/policies/save", &body).await.expect_status(200);
    let (both, _) = asked(&zoo, CUSTOMERS).await;
    assert!(replay(&zoo.analyst.client, both).await.contains("heron one"));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_filters_know_the_person() {
    let zoo = Zoo::sqlite().await;
    let rows =
        Some("name = 'heron ' || CASE {user.name} WHEN 'Ann' THEN 'one' ELSE 'two' END".into());
    zoo.save(&zoo.draft("Own", vec![TableRule { rows, ..zoo.rule("customers") }])).await;
    let shown = zoo.query("SELECT name FROM customers").await;
    assert!(shown.contains("heron one") && !shown.contains("heron two"), "{shown}");
    // The values that completions come from are those of nobody's rows.
    let body = json!({ "connection": zoo.connection, "prefix": "heron" });
    assert!(!zoo.text("ask/complete", &body).await.contains("heron one"));
    // Others see everything.
    let other = zoo.app.somebody("zoo", "Bob", Role::Approver).await;
    let path = format!("/api/connections/{}/query", zoo.connection);
    let shown =
        other.client.post(&path, &json!({ "sql": "SELECT name FROM customers" })).await.text();
    assert!(shown.contains("heron two"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_kept_with_its_history_and_one_save_at_a_time() {
    for on in [On::Sqlite, On::Postgres] {
        let zoo = Zoo::over(on).await;
        let client = &zoo.admin.client;
        let first = zoo.save(&Rule::Mask.draft(&zoo)).await;
        assert_eq!((first.version, first.updated_by.as_str()), (1, "Keeper"));
        // Two admins have read version 1; the second save is a conflict.
        let save = |draft: PolicyDraft| json!({ "id": first.id, "draft": draft, "version": 1 });
        let mut changed = first.draft.clone();
        changed.tables[0].columns[0].1 = Mask::Hash;
        let saved = client.post("/api/policies/save", &save(changed.clone())).await;
        assert_eq!(saved.expect_status(200).json::<PolicyRecord>().version, 2);
        let late = PolicyDraft { enabled: false, ..first.draft.clone() };
        let problem = client.post("/api/policies/save", &save(late)).await;
        let problem = problem.expect_problem(ProblemCode::Conflict);
        assert_eq!(problem.message, "Keeper saved this policy while you were editing it.");
        // Another one of its name.
        let body = json!({ "id": null, "draft": changed, "version": null });
        client.post("/api/policies/save", &body).await.expect_problem(ProblemCode::Conflict);

        client.post("/api/policies/delete", &json!({ "id": first.id })).await.expect_status(200);
        client
            .post("/api/policies/get", &json!({ "id": first.id }))
            .await
            .expect_problem(ProblemCode::NotFound);
        let log = client.post("/api/policies/changes", &json!({ "limit": 10 })).await;
        let log: Vec<PolicyChange> = log.expect_status(200).json();
        let words: Vec<String> = log
            .iter()
            .map(|change| format!("{:?}: {}", change.what, change.lines.join("; ")))
            .collect();
        let partial = "partial (first 0, last 4, “***” between)";
        assert_eq!(
            words,
            [
                "Deleted: on Zoo; applies to analysts; main.customers.email: hash".to_owned(),
                format!("Changed: main.customers.email: {partial} → hash"),
                format!("Created: on Zoo; applies to analysts; main.customers.email: {partial}"),
            ]
        );
        assert!(zoo.query("SELECT email FROM customers").await.contains("zebra1"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_replicas_save_is_noticed() {
    let zoo = Zoo::over(On::Postgres).await;
    assert!(zoo.query("SELECT email FROM customers").await.contains("zebra1"));
    // As another replica writes it: this process is not told.
    let edit = stored::Edit {
        by: zoo.admin.user,
        what: model::policy::ChangeKind::Created,
        lines: Vec::new(),
    };
    let draft = Rule::Mask.draft(&zoo);
    stored::insert(zoo.app.store(), zoo.admin.workspace, &draft, &edit).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert!(!zoo.query("SELECT email FROM customers").await.contains("zebra1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_rows_before_and_after() {
    let zoo = Zoo::sqlite().await;
    let mut draft = Rule::Mask.draft(&zoo);
    draft.tables[0].rows = Some("country = 'Germany'".into());
    draft.tables[0].columns.push(("phone".into(), Mask::Deny));
    let request = |draft: &PolicyDraft, role: &str| {
        json!({ "request": { "connection": zoo.connection, "policy": null, "draft": draft,
            "view_as": { "role": role }, "schema": "main", "table": "customers" } })
    };
    let preview = async |draft: &PolicyDraft, role: &str| -> PolicyPreview {
        let answer = zoo.admin.client.post("/api/policies/preview", &request(draft, role)).await;
        answer.expect_status(200).json()
    };
    let shown = preview(&draft, "analyst").await;
    let masks: Vec<_> =
        shown.columns.iter().map(|c| (c.name.as_str(), c.mask.as_deref())).collect();
    assert_eq!(
        masks,
        [
            ("id", None),
            ("name", None),
            ("email", Some("partial")),
            ("phone", Some("deny")),
            ("country", None)
        ]
    );
    let cells = |row: &[&str]| -> Vec<Option<String>> {
        row.iter().map(|cell| (!cell.is_empty()).then(|| (*cell).to_owned())).collect()
    };
    assert_eq!(
        shown.before[2],
        cells(&["3", "quagga three", "zebra3@example.org", "tapir 0151 3", "France"])
    );
    assert_eq!(
        shown.after,
        [
            Some(cells(&["1", "heron one", "***.org", "", "Germany"])),
            Some(cells(&["2", "heron two", "***.org", "", "Germany"])),
            None,
        ]
    );
    assert!(shown.aligned && !shown.denied);
    assert_eq!((shown.rows, shown.visible_rows), (Some(3), Some(2)));
    // For somebody else it changes nothing, which is said.
    let shown = preview(&draft, "approver").await;
    assert_eq!(shown.after.len(), 3);
    assert!(shown.note.unwrap().starts_with("This policy is not for whom you view as"));
    // A hidden table, and a mask that cannot be used.
    draft.tables[0].access = Access::Deny;
    assert!(preview(&draft, "analyst").await.denied);
    draft.tables[0].access = Access::Allow;
    draft.tables[0].columns[0].1 = Mask::Custom("upper(nothing)".into());
    let answer = zoo.admin.client.post("/api/policies/preview", &request(&draft, "analyst")).await;
    let problem = answer.expect_problem(ProblemCode::Refused);
    assert!(problem.message.contains("mask of 'email' cannot be used"), "{}", problem.message);
    // Nor can it be saved.
    let body = json!({ "id": null, "draft": draft, "version": null });
    zoo.admin.client.post("/api/policies/save", &body).await.expect_problem(ProblemCode::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_filters_are_checked_with_their_place() {
    let zoo = Zoo::sqlite().await;
    let check = async |condition: &str| {
        let body = json!({ "connection": zoo.connection, "schema": "main", "table": "customers",
            "condition": condition });
        zoo.admin.client.post("/api/policies/check_rows", &body).await
    };
    for fine in
        ["country = 'Germany'", "email = {user.email}", "id IN (SELECT customer_id FROM orders)"]
    {
        check(fine).await.expect_status(200);
    }
    for (condition, code, line, column) in [
        ("country = 'Germany' AND\n  contry = 'x'", ProblemCode::Refused, 2, 3),
        ("name = {user.region}", ProblemCode::Invalid, 1, 8),
        ("country = ", ProblemCode::Refused, 0, 0),
        ("1 = 1) OR (1 = 1", ProblemCode::Refused, 0, 0),
        ("load_extension('x')", ProblemCode::Refused, 1, 1),
    ] {
        let problem = check(condition).await.expect_problem(code);
        let place = problem.position.map_or((0, 0), |at| (at.line, at.column));
        if line > 0 {
            assert_eq!(place, (line, column), "{condition}: {problem}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sensitive_columns_are_found_and_marked_as_covered() {
    let zoo = Zoo::sqlite().await;
    zoo.save(&Rule::Mask.draft(&zoo)).await;
    let found = zoo
        .admin
        .client
        .post("/api/policies/sensitive", &json!({ "connection": zoo.connection }))
        .await;
    let found: Vec<SensitiveColumn> = found.expect_status(200).json();
    let short: Vec<_> =
        found.iter().map(|c| (c.kind, format!("{}.{}", c.table, c.column), c.covered)).collect();
    assert!(short.contains(&(SensitiveKind::Email, "customers.email".into(), true)), "{short:?}");
    assert!(
        short.contains(&(SensitiveKind::PersonName, "customers.name".into(), false)),
        "{short:?}"
    );
    assert!(!short.iter().any(|(_, column, _)| column == "orders.product"), "{short:?}");
    let email = found.iter().find(|c| c.column == "email").unwrap();
    assert_eq!(email.why, "The name says so, and 3 of 3 values look like e-mail addresses.");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_sees_can_be_listed() {
    let zoo = Zoo::sqlite().await;
    zoo.save(&PolicyDraft { name: "Pay".into(), ..Rule::DenyTable.draft(&zoo) }).await;
    zoo.save(&PolicyDraft { name: "PII".into(), ..Rule::Mask.draft(&zoo) }).await;
    let exempt = PolicyDraft {
        name: "Rows".into(),
        except: Subjects { users: vec![zoo.analyst.user], ..Subjects::default() },
        ..Rule::FilterRows.draft(&zoo)
    };
    zoo.save(&exempt).await;
    let list = async |view_as: Value| -> Vec<EffectiveTable> {
        let body = json!({ "connection": zoo.connection, "view_as": view_as });
        zoo.admin.client.post("/api/policies/effective", &body).await.expect_status(200).json()
    };
    let words = |tables: Vec<EffectiveTable>| -> Vec<String> {
        let one = |t: &EffectiveTable| {
            let masks: Vec<_> =
                t.columns.iter().map(|m| format!("{} by {}", m.column, m.policy)).collect();
            let rows: Vec<_> = t.rows.iter().map(|r| r.policy.as_str()).collect();
            format!("{} {:?} {masks:?} {rows:?}", t.table, t.denied_by)
        };
        tables.iter().map(one).collect()
    };
    assert_eq!(
        words(list(json!({ "role": "analyst" })).await),
        [r#"customers None ["email by PII"] ["Rows"]"#, r#"salaries Some("Pay") [] []"#]
    );
    assert_eq!(
        words(list(json!({ "user": zoo.analyst.user })).await),
        [r#"customers None ["email by PII"] []"#, r#"salaries Some("Pay") [] []"#]
    );
    assert_eq!(words(list(json!({ "role": "admin" })).await), Vec::<String>::new());
}
