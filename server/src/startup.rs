//! From settings to a running server.

use crate::{
    accounts::{Accounts, passwords, tokens::Purpose},
    config::Config,
    databases::{Databases, Reach},
    http::{self, assets::Site},
    jobs,
    runs::Runs,
    sample_shop,
    state::{AppState, Shared},
    statements::Statements,
};
use anyhow::{Context, Result};
use axum::serve::ListenerExt;
use model::role::Role;
use secrecy::{ExposeSecret, SecretString};
use std::{fs, net::SocketAddr, path::Path, sync::Arc, time::Duration};
use store::{
    Store, connections, journal::Journal, links, runs as stored_runs, seal::Keyring, sessions,
    users,
};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The workspace that the first start makes.
pub const FIRST_WORKSPACE: &str = "Querent";
const FIRST_ADMIN: &str = "admin@localhost";
/// Running requests get so long to finish at the end.
const PATIENCE: Duration = Duration::from_secs(10);
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);
const SET_UP_MS: i64 = 24 * 3_600_000;

/// A server that listens, and answers once it [`run`](Self::run)s.
pub struct Application {
    state: AppState,
    listener: TcpListener,
    address: SocketAddr,
    stop: CancellationToken,
}

/// How people get in at the first start.
pub enum FirstAccount {
    Exists,
    Made {
        email: &'static str,
        password: SecretString,
    },
    /// The path of the set-up page with its token.
    Link(String),
}

impl Application {
    /// Opens Querent's own data, reads the site, and listens.
    ///
    /// # Errors
    /// What cannot be opened, read or listened at, by name.
    pub async fn build(config: Config) -> Result<Self> {
        let site = Site::read(&config.http.site_root)?;
        let store = open_store(&config).await?;
        Self::build_with(config, store, site).await
    }

    /// The same with the store and the site at hand: for tests.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub async fn build_with(config: Config, store: Store, site: Site) -> Result<Self> {
        let keyring = keyring(&config)?;
        make_dir(&config.data.sqlite_dir)?;
        let abandoned = stored_runs::end_abandoned(&store).await?;
        if abandoned > 0 {
            tracing::warn!(abandoned, "runs that a crash left running were ended");
        }
        let listener = TcpListener::bind(config.http.address)
            .await
            .with_context(|| format!("cannot listen at {}", config.http.address))?;
        let address = listener.local_addr().context("the listener has no address")?;
        let reach = Reach {
            sqlite_dir: Some(config.data.sqlite_dir.clone()),
            allow_loopback: config.data.allow_loopback,
        };
        let state = Shared {
            journal: Journal::start(store.clone()),
            accounts: Accounts::new(&keyring),
            databases: Databases::new(store.clone(), keyring.clone(), reach),
            statements: Statements::default(),
            runs: Runs::default(),
            config: Arc::new(config),
            store,
            keyring,
            site,
        };
        Ok(Self { state: state.into(), listener, address, stop: CancellationToken::new() })
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    #[must_use]
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Ends [`run`](Self::run) when it is cancelled.
    #[must_use]
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Where a browser finds the server.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.state.config.http.public_url {
            Some(url) => url.to_string(),
            None => format!("http://{}", self.address),
        }
    }

    /// Without any account: makes one, or the link that does.
    ///
    /// # Errors
    /// When the store or the random generator fail.
    pub async fn first_account(&self, make: bool) -> Result<FirstAccount> {
        let Shared { store, accounts, .. } = &*self.state;
        if users::any(store).await? {
            return Ok(FirstAccount::Exists);
        }
        if !make {
            return Ok(FirstAccount::Link(set_up_link(&self.state).await?));
        }
        let password = passwords::one_time();
        let admin = users::NewUser {
            email: FIRST_ADMIN,
            name: "Admin",
            role: Role::Admin,
            password_hash: Some(accounts.passwords.hash(password.clone()).await?),
            must_change_password: true,
        };
        users::set_up(store, FIRST_WORKSPACE, &admin).await?;
        // Whoever signs in a moment later finds the sample there, not an empty page.
        if let Err(error) = give_sample(&self.state).await {
            tracing::warn!(error = format!("{error:#}"), "there is no sample database");
        }
        Ok(FirstAccount::Made { email: FIRST_ADMIN, password })
    }

    /// Serves until Ctrl-C, SIGTERM or [`stop`](Self::stop), then lets requests finish and writes
    /// what waits.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(self) -> Result<()> {
        let Self { state, listener, address, stop } = self;
        tokio::spawn(stop_on_signal(stop.clone()));
        tokio::spawn(sweep(state.clone(), stop.clone()));
        tokio::spawn(jobs::heartbeat::run(state.clone(), stop.clone()));
        tokio::spawn(jobs::retention::run(state.clone(), stop.clone()));
        give_sample_in_background(&state);
        tracing::info!(%address, "ready");

        // Small pieces of a stream go out at once, not after the kernel's wait for more.
        let listener = listener.tap_io(|connection| {
            let _ = connection.set_nodelay(true);
        });
        let service =
            http::router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let graceful =
            axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
        tokio::select! {
            served = graceful => served.context("the listener failed")?,
            () = late(stop) => tracing::warn!("some requests did not finish in time"),
        }
        state.journal.close().await;
        state.store.close().await;
        tracing::info!("ended");
        Ok(())
    }
}

/// The path of the page that sets up the first workspace, with a token that is good for a day. The
/// links of earlier starts end.
///
/// # Errors
/// When the store fails.
pub async fn set_up_link(state: &AppState) -> Result<String> {
    let expires_at_ms =
        OffsetDateTime::now_utc().unix_timestamp().saturating_mul(1_000) + SET_UP_MS;
    let link = links::add_set_up(&state.store, expires_at_ms).await?;
    let token = state.accounts.tokens.sign(link, Purpose::SetUp, expires_at_ms)?;
    Ok(format!("/setup?token={token}"))
}

/// Opens Querent's own database and migrates it.
///
/// # Errors
/// When the data directory cannot be made or the database not be opened.
pub async fn open_store(config: &Config) -> Result<Store> {
    make_dir(&config.data.dir)?;
    let url = match &config.data.database_url {
        Some(url) => url.expose_secret().to_owned(),
        None => sqlite_file(&config.data.dir)?,
    };
    Ok(Store::open(&url).await?)
}

/// The address of the SQLite file, which only its owner may read, wherever the directory came from.
fn sqlite_file(dir: &Path) -> Result<String> {
    let file = dir.join("querent.db");
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&file).with_context(|| format!("cannot write to {}", file.display()))?;
    Ok(Store::sqlite_url(&file))
}

/// The keys that seal secrets.
///
/// # Errors
/// When the key does not fit or its file cannot be used.
pub fn keyring(config: &Config) -> Result<Keyring> {
    match &config.data.secret_key {
        Some(key) => Keyring::parse(key).context("QUERENT_SECRET_KEY"),
        None => {
            make_dir(&config.data.dir)?;
            Ok(Keyring::from_file(&config.data.dir.join("querent.key"))?)
        }
    }
}

/// Makes a directory that only its owner may enter; one that is there stays as it is.
fn make_dir(dir: &Path) -> Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).with_context(|| format!("cannot make the directory {}", dir.display()))
}

/// Makes the sample database and connects it to every workspace that never had a connection, in
/// the background. A failure is logged: everything else works without the sample.
pub fn give_sample_in_background(state: &AppState) {
    let state = state.clone();
    tokio::spawn(async move {
        if let Err(error) = give_sample(&state).await {
            tracing::warn!(error = format!("{error:#}"), "there is no sample database");
        }
    });
}

async fn give_sample(state: &AppState) -> Result<()> {
    if !state.config.data.sample {
        return Ok(());
    }
    let config = state.config.clone();
    let built = tokio::task::spawn_blocking(move || sample_shop::ensure_file(&config.data)).await;
    built.context("making the sample database was interrupted")??;
    for (workspace, _) in users::workspaces(&state.store).await? {
        if !connections::had_any(&state.store, workspace).await? {
            let Shared { store, databases, config, .. } = &**state;
            sample_shop::connect(store, databases, &config.data, workspace).await?;
        }
    }
    Ok(())
}

async fn stop_on_signal(stop: CancellationToken) {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<Option<()>>();
    tokio::select! {
        _ = interrupted => {}
        _ = terminated => {}
    }
    tracing::info!("stopping");
    stop.cancel();
}

async fn late(stop: CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(PATIENCE).await;
}

/// Removes sessions that have ended, now and then.
async fn sweep(state: AppState, stop: CancellationToken) {
    let mut clock = tokio::time::interval(SWEEP_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = clock.tick() => {}
        }
        if let Err(error) = sessions::sweep(&state.store, state.config.sessions.lifetime).await {
            tracing::warn!(error = store::error::chain(&error), "sessions were not swept");
        }
    }
}
