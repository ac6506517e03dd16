//! A database whose secrets can be told by their names, and the doors to it.

use model::{
    connection::{Colour, ConnectionDraft, Limits, Target, Tls},
    id::{ConnectionId, RunId},
    policy::{PolicyDraft, PolicyRecord, Subjects, TableRule},
    role::Role,
};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{
    app::{On, Somebody, TestApp},
    client::Client,
    databases::Database,
};

/// Animals are secrets: `zebra` stands in e-mail addresses, `tapir` in phone numbers, `quagga` in the
/// names of people abroad, `okapi` in the table of salaries. `giraffe` and `heron` are for everybody.
pub const TABLES: &str = "
CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL, email VARCHAR(60),
    phone VARCHAR(40), country VARCHAR(20) NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id),
    total DECIMAL(10,2) NOT NULL, product VARCHAR(40) NOT NULL);
CREATE TABLE salaries (id INTEGER PRIMARY KEY, employee VARCHAR(40) NOT NULL, amount DECIMAL(10,2) NOT NULL);
CREATE VIEW contacts AS SELECT id, name, email, phone FROM customers;
INSERT INTO customers VALUES (1, 'heron one', 'zebra1@example.org', 'tapir 0151 1', 'Germany'),
    (2, 'heron two', 'zebra2@example.org', 'tapir 0151 2', 'Germany'),
    (3, 'quagga three', 'zebra3@example.org', 'tapir 0151 3', 'France');
INSERT INTO orders VALUES (1, 1, 10.00, 'giraffe lamp'), (2, 3, 20.00, 'giraffe chair');
INSERT INTO salaries VALUES (1, 'okapi one', 50000.00), (2, 'okapi two', 60000.00);
";

/// A server with an admin, an analyst and a connection to the zoo.
pub struct Zoo {
    pub app: TestApp,
    pub admin: Somebody,
    pub analyst: Somebody,
    pub connection: ConnectionId,
    /// The schema that the tables are in.
    pub schema: String,
    _database: Option<Database>,
}

impl Zoo {
    pub async fn sqlite() -> Self {
        Self::over(On::Sqlite).await
    }

    /// The zoo in a SQLite file; Querent's own data where `on` says.
    pub async fn over(on: On) -> Self {
        let app = TestApp::start(on).await;
        let directory = app.home.path().join("databases");
        std::fs::create_dir_all(&directory).unwrap();
        let file = rusqlite::Connection::open(directory.join("zoo.db")).unwrap();
        file.execute_batch(TABLES).unwrap();
        drop(file);
        Self::with(app, Target::File { path: "zoo.db".into() }, "main", None).await
    }

    /// The zoo in a database of its own on a real server.
    pub async fn server(database: Database) -> Self {
        database.run(TABLES);
        let app = TestApp::start(On::Sqlite).await;
        let target = Target::Server {
            dialect: database.dialect,
            host: database.host.clone(),
            port: database.port,
            database: database.name.clone(),
            user: database.user.clone(),
            password: Some(database.password.clone()),
            tls: Tls::default(),
        };
        let schema = match database.dialect {
            model::dialect::Dialect::Postgres => "public".to_owned(),
            _ => database.name.clone(),
        };
        Self::with(app, target, &schema, Some(database)).await
    }

    async fn with(app: TestApp, target: Target, schema: &str, database: Option<Database>) -> Self {
        let admin = app.somebody("zoo", "Keeper", Role::Admin).await;
        let analyst = app.somebody("zoo", "Ann", Role::Analyst).await;
        let draft = ConnectionDraft {
            name: "Zoo".into(),
            target,
            colour: Colour::Grey,
            limits: Limits::default(),
            schemas: vec![schema.to_owned()],
        };
        let added = admin.client.post("/api/connections/add", &json!({ "draft": draft })).await;
        let added: Value = added.expect_status(200).json();
        let connection = serde_json::from_value(added["id"].clone()).unwrap();
        let zoo = Self {
            app,
            admin,
            analyst,
            connection,
            schema: schema.to_owned(),
            _database: database,
        };
        zoo.until_read().await;
        zoo
    }

    /// Waits until schema and values are known.
    async fn until_read(&self) {
        for _ in 0..200 {
            let tables =
                self.text("schema/columns", &json!({ "connection": self.connection })).await;
            let said = json!({ "connection": self.connection, "prefix": "products giraf" });
            let values = self.text("ask/complete", &said).await;
            if tables.contains("orders") && values.contains("giraffe") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the zoo's schema and values were not read in ten seconds");
    }

    /// The whole answer of a server function, for the analyst.
    pub async fn text(&self, function: &str, body: &Value) -> String {
        self.analyst.client.post(&format!("/api/{function}"), body).await.text()
    }

    /// A policy for analysts with these rules.
    pub fn draft(&self, name: &str, tables: Vec<TableRule>) -> PolicyDraft {
        PolicyDraft {
            name: name.into(),
            connection: Some(self.connection),
            applies_to: Subjects { roles: vec![Role::Analyst], ..Subjects::default() },
            tables,
            enabled: true,
            ..PolicyDraft::default()
        }
    }

    pub fn rule(&self, table: &str) -> TableRule {
        TableRule { schema: self.schema.clone(), table: table.into(), ..TableRule::default() }
    }

    pub async fn save(&self, draft: &PolicyDraft) -> PolicyRecord {
        let body = json!({ "id": null, "draft": draft, "version": null });
        self.admin.client.post("/api/policies/save", &body).await.expect_status(200).json()
    }

    pub async fn query(&self, sql: &str) -> String {
        let path = format!("/api/connections/{}/query", self.connection);
        self.analyst.client.post(&path, &json!({ "sql": sql })).await.text()
    }

    /// Asks, waits for the end, and gives the run with all its events and its rows.
    pub async fn ask(&self, question: &str) -> (RunId, String) {
        let request = json!({ "connection": self.connection, "conversation": null,
            "question": question, "replaces": null });
        let asked =
            self.analyst.client.post("/api/ask/start", &json!({ "request": request })).await;
        let asked: Value = asked.expect_status(200).json();
        let run: RunId = serde_json::from_value(asked["run"].clone()).unwrap();
        (run, replay(&self.analyst.client, run).await)
    }
}

/// Everything that can be seen of a run.
pub async fn replay(client: &Client, run: RunId) -> String {
    let events = client.get(&format!("/api/runs/{run}/events")).await.text();
    let result = client.get(&format!("/api/runs/{run}/result")).await.text();
    format!("{events}\n{result}")
}
