//! `querent serve`.

use super::output;
use crate::{
    config::Config,
    startup::{Application, FirstAccount},
};
use anyhow::Result;
use clap::Args;
use secrecy::ExposeSecret;

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Without any account, make workspace "Querent" and admin@localhost, and print its one-time password
    #[arg(long)]
    first_admin: bool,
}

pub async fn run(config: Config, args: &ServeArgs) -> Result<()> {
    let application = Application::build(config).await?;
    let url = application.url();
    match application.first_account(args.first_admin).await? {
        FirstAccount::Exists => output::line(&format!("\n  Querent is at {url}\n")),
        FirstAccount::Made { email, password } => output::line(&format!(
            "\n  Querent is at {url}\n\n  Sign in as  {email}\n  Password    {}   (works once: you choose your own then)\n",
            password.expose_secret()
        )),
        FirstAccount::Link(path) => output::line(&format!(
            "\n  Querent has no account yet. Set it up within a day at\n  {url}{path}\n"
        )),
    }
    application.run().await
}
