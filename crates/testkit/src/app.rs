//! The real server in a test: the real router on a free port, over a fresh store and a tiny site.

use crate::{client::Client, databases::Database};
use model::{
    id::{ConnectionId, UserId, WorkspaceId},
    role::Role,
};
use secrecy::SecretString;
use server::{
    config::{Config, Variables},
    http::assets::Site,
    startup::{self, Application},
    state::AppState,
};
use std::{fs, path::Path, sync::LazyLock};
use store::{
    Store,
    connections::{self, ConnectionValues},
    users::{self, NewUser},
};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The password of everybody that [`TestApp`] makes.
pub const PASSWORD: &str = "plum otter lantern";

/// Where the store of a test is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    /// A fresh database of `cargo xtask services`.
    Postgres,
}

/// A running server. Dropping it stops it and removes what it left.
pub struct TestApp {
    /// `http://127.0.0.1:<port>`
    pub url: String,
    pub state: AppState,
    /// The data directory.
    pub home: TempDir,
    stop: CancellationToken,
    served: Option<JoinHandle<anyhow::Result<()>>>,
    // After the server in the order of dropping.
    _database: Option<Database>,
}

/// Somebody with an account.
pub struct Somebody {
    pub user: UserId,
    pub workspace: WorkspaceId,
    pub email: String,
    /// Signed in.
    pub client: Client,
}

impl TestApp {
    /// Starts a server with the defaults, without accounts.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(on: On) -> Self {
        Self::with(on, &[]).await
    }

    /// Starts a server with these `QUERENT_…` variables on top of the defaults.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn with(on: On, variables: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        let database = (on == On::Postgres).then(Database::postgres);
        let url = database.as_ref().map(Database::url);
        let site = home.path().join("site");
        make_site(&site);
        let (data, site_root) = (text(home.path()), text(&site));
        let mut all = vec![
            ("QUERENT_ADDRESS", "127.0.0.1:0"),
            ("QUERENT_DATA_DIR", data.as_str()),
            ("QUERENT_SITE_ROOT", site_root.as_str()),
            ("QUERENT_SAMPLE", "false"),
            ("QUERENT_ALLOW_LOOPBACK_DATABASES", "true"),
        ];
        all.extend(url.as_deref().map(|url| ("QUERENT_DATABASE_URL", url)));
        all.extend_from_slice(variables);
        let config = Config::from(&Variables::of(&all)).expect("the variables fit");
        let store = startup::open_store(&config).await.expect("the store opens");
        let site = Site::read(&site).expect("the site was just made");
        let application =
            Application::build_with(config, store, site).await.expect("the server starts");
        Self {
            url: format!("http://{}", application.address()),
            state: application.state().clone(),
            home,
            stop: application.stop(),
            served: Some(tokio::spawn(application.run())),
            _database: database,
        }
    }

    /// The token of the link that sets up the first workspace.
    ///
    /// # Panics
    /// When there is an account already.
    pub async fn set_up_token(&self) -> String {
        startup::set_up_link(&self.state)
            .await
            .expect("the store answers")
            .trim_start_matches("/setup?token=")
            .to_owned()
    }

    /// A browser that nobody has signed in.
    #[must_use]
    pub fn stranger(&self) -> Client {
        Client::new(&self.url)
    }

    /// Somebody in the workspace of this name, which is made if it is missing, signed in.
    ///
    /// # Panics
    /// When the name has an account already.
    pub async fn somebody(&self, workspace: &str, name: &str, role: Role) -> Somebody {
        let store = self.store();
        let workspace = users::workspace_named(store, workspace).await.expect("the store answers");
        let email = format!("{}@example.com", name.to_lowercase());
        let user = NewUser {
            email: &email,
            name,
            role,
            password_hash: Some(hash(&self.state).await),
            must_change_password: false,
        };
        let user = users::add(store, workspace, &user).await.expect("the name is new");
        let client = self.stranger();
        client.log_in(&email, PASSWORD).await.expect_status(200);
        Somebody { user, workspace, email, client }
    }

    /// A connection to a SQLite file with a table `t (id, name)` of three rows.
    ///
    /// # Panics
    /// When the store refuses it.
    pub async fn connection(
        &self,
        workspace: WorkspaceId,
        values: ConnectionValues,
    ) -> ConnectionId {
        let id = ConnectionId::generate();
        connections::insert(self.store(), workspace, id, &values).await.expect("it can be stored");
        id
    }

    #[must_use]
    pub fn store(&self) -> &Store {
        &self.state.store
    }

    /// Stops the server as SIGTERM does, and waits until it has ended.
    ///
    /// # Panics
    /// When the server failed.
    pub async fn end(&mut self) {
        self.stop.cancel();
        if let Some(served) = self.served.take() {
            served.await.expect("the server does not panic").expect("the server does not fail");
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(served) = self.served.take() {
            served.abort();
        }
    }
}

/// Hashing takes its time by design: once per process is enough.
async fn hash(state: &AppState) -> SecretString {
    static HASH: LazyLock<tokio::sync::OnceCell<SecretString>> = LazyLock::new(Default::default);
    let make = || async {
        let password = SecretString::from(PASSWORD);
        state.accounts.passwords.hash(password).await.expect("hashing works")
    };
    HASH.get_or_init(make).await.clone()
}

/// What `cargo xtask build` leaves, in small: a hashed script with a compressed copy.
fn make_site(root: &Path) {
    let pkg = root.join("pkg");
    fs::create_dir_all(&pkg).expect("the folder is ours");
    let manifest = r#"{
        "main.css": "/pkg/main-7H4JZK2P.css",
        "querent.js": "/pkg/querent-GUX4R6WN.js",
        "querent_bg.wasm": "/pkg/querent_bg-9f86d08188.wasm",
        "start.js": "/pkg/start-60303ae22b.js"
    }"#;
    for (name, content) in [
        ("manifest.json", manifest),
        ("favicon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("pkg/main-7H4JZK2P.css", "body { margin: 0 }"),
        ("pkg/querent-GUX4R6WN.js", "export default 1;"),
        ("pkg/querent_bg-9f86d08188.wasm", "\0asm"),
        ("pkg/start-60303ae22b.js", "import './querent-GUX4R6WN.js';"),
        ("pkg/start-60303ae22b.js.br", "brotli, as far as a test can tell"),
    ] {
        fs::write(root.join(name), content).expect("the folder is ours");
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("temporary folders have plain names").to_owned()
}
