//! The scripted model as a process of its own, for end-to-end tests:
//! `cargo run -p testkit --example model_server -- [port] [behaviour.json]`. It prints its base URL.

use anyhow::{Context, Result};
use testkit::model_server::{Behaviour, ModelServer};

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().map(|p| p.parse()).transpose().context("the port is no number")?;
    let behaviour = match arguments.next() {
        Some(path) => {
            let text =
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
            serde_json::from_str(&text).with_context(|| format!("{path} is no behaviour"))?
        }
        None => Behaviour::default(),
    };
    let server = ModelServer::listen(behaviour, port.unwrap_or(0)).await?;
    #[allow(clippy::print_stdout)]
    {
        println!("{}", server.url());
    }
    server.wait().await;
    Ok(())
}
