//! `querent user …`: accounts without a browser.

use super::output;
use crate::{
    accounts::{Accounts, passwords},
    config::Config,
    startup,
};
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use model::role::Role;
use secrecy::{ExposeSecret, SecretString};
use std::io::Read;
use store::{Store, users};

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add an account, or give an existing one a new password with --reset
    ///
    /// Without --password-stdin a one-time password is printed, which must be changed at the first login.
    Add(AddArgs),
}

#[derive(Debug, Args)]
pub struct AddArgs {
    /// The e-mail address that the person signs in with
    email: String,
    /// The person's name; by default the part before the @
    #[arg(long)]
    name: Option<String>,
    /// viewer, analyst, approver or admin
    #[arg(long, default_value = "analyst")]
    role: Role,
    /// The workspace, made if it is missing; by default the only one, or "Querent"
    #[arg(long)]
    workspace: Option<String>,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
    /// The account exists: only give it a new password, and end its sessions
    #[arg(long)]
    reset: bool,
}

pub async fn run(config: &Config, command: &UserCommand) -> Result<()> {
    let UserCommand::Add(args) = command;
    let store = startup::open_store(config).await?;
    let outcome = add(config, &store, args).await;
    store.close().await;
    outcome
}

async fn add(config: &Config, store: &Store, args: &AddArgs) -> Result<()> {
    let email = users::normal_email(&args.email);
    if !email.contains('@') {
        bail!("'{}' is no e-mail address", args.email);
    }
    // 1. The password: typed, or a one-time one.
    let accounts = Accounts::new(&startup::keyring(config)?);
    let (password, is_one_time) = if args.password_stdin {
        (read_password(&email)?, false)
    } else {
        (passwords::one_time(), true)
    };
    let hash = accounts.passwords.hash(password.clone()).await?;
    // 2. The account.
    if args.reset {
        let account = users::by_email(store, &email).await?;
        let account = account.with_context(|| format!("there is no account {email}"))?;
        users::reset_password(store, account.person.user, &hash, is_one_time).await?;
        output::line(&format!("{email} has a new password."));
    } else {
        let workspace = workspace(store, args.workspace.as_deref()).await?;
        let name = args.name.as_deref().or_else(|| email.split('@').next()).unwrap_or_default();
        let user = users::NewUser {
            email: &email,
            name,
            role: args.role,
            password_hash: Some(hash),
            must_change_password: is_one_time,
        };
        users::add(store, workspace, &user).await?;
        output::line(&format!("{email} is now {}.", args.role));
    }
    if is_one_time {
        output::line(&format!("One-time password: {}", password.expose_secret()));
    }
    Ok(())
}

fn read_password(email: &str) -> Result<SecretString> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).context("cannot read the password")?;
    let password = SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned());
    passwords::acceptable(&password, email)?;
    Ok(password)
}

async fn workspace(store: &Store, name: Option<&str>) -> Result<model::id::WorkspaceId> {
    if let Some(name) = name {
        return Ok(users::workspace_named(store, name).await?);
    }
    let all = users::workspaces(store).await?;
    match all.as_slice() {
        [] => Ok(users::workspace_named(store, startup::FIRST_WORKSPACE).await?),
        [(id, _)] => Ok(*id),
        _ => {
            let names: Vec<&str> = all.iter().map(|(_, name)| name.as_str()).collect();
            bail!("there are several workspaces, say which with --workspace: {}", names.join(", "))
        }
    }
}
