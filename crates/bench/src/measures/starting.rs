//! From the start of the process to the first good answer of `/readyz`, and memory at rest.

use crate::Args;
use crate::report::{Goal, Report};
use crate::server::Home;
use crate::statistics::Times;
use anyhow::Result;
use std::time::Duration;

const STARTS: usize = 15;
const SETTLED: Duration = Duration::from_secs(10);

pub async fn measure(args: &Args, home: &Home, report: &mut Report) -> Result<()> {
    let first = home.start(args).await?.start_up;
    let note = "makes its database and keys; the sample shop follows".into();
    report.add("first start to ready", first.as_secs_f64() * 1e3, "ms", Goal::None, note);

    let mut times = Vec::new();
    for _ in 0..STARTS {
        times.push(home.start(args).await?.start_up);
    }
    let times = Times::new(times);
    let note = format!("median of {STARTS}, best {:.0} ms", times.best().as_secs_f64() * 1e3);
    report.millis("start to ready", times.median(), 100.0, note);

    let server = home.start(args).await?;
    // The first server that lives this long makes the sample shop and reads its values before it idles.
    tokio::time::sleep(SETTLED).await;
    let note = format!("resident, {} s after start, the sample shop made", SETTLED.as_secs());
    report.add("idle memory", server.memory()?, "MiB", Goal::AtMost(30.0), note);
    Ok(())
}
