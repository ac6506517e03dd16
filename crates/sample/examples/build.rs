//! Builds the shop: `cargo run -p sample --example build -- shop.sqlite`.

use anyhow::Context;

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).context("usage: build <path>")?;
    let now = time::OffsetDateTime::now_utc();
    let summary = sample::build(path.as_ref(), (now.year(), now.month().into(), now.day()))?;
    #[allow(clippy::print_stdout)]
    {
        println!("{summary:?}");
    }
    Ok(())
}
