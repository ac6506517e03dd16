//! The line below: connection with its colour, the person's role, rows and time of the tab in front.

use crate::{
    ide::state::Ide,
    results::pane::{duration, plural},
    schema::panel::colour,
};
use leptos::prelude::*;
use model::role::Role;

#[component]
pub fn StatusBar(role: Role) -> impl IntoView {
    let ide = Ide::get();
    let current = Memo::new(move |_| ide.connection());
    let server = move || {
        ide.overview.with(|overview| {
            overview.as_ref().map(|o| format!("{} {}", o.dialect.title(), o.server_version))
        })
    };
    let facts = move || {
        ide.tabs.current().map(|tab| {
            tab.result.with(|data| match (&data.footer, data.running) {
                (_, true) => "Running…".to_string(),
                (Some(footer), _) => {
                    format!("{} · {}", plural(footer.rows, "row"), duration(footer.elapsed_us))
                }
                (None, _) if data.problem.is_some() => "Not completed".to_string(),
                _ => String::new(),
            })
        })
    };
    let facts = Memo::new(move |_| facts().unwrap_or_default());
    view! {
        <footer class="status-bar" data-colour=move || colour(current.get().as_ref())>
            <span class="status-connection">
                <span
                    class="connection-dot"
                    data-colour=move || colour(current.get().as_ref())
                    aria-hidden="true"
                ></span>
                {move || current.get().map_or_else(|| "No connection".to_string(), |c| c.name)}
            </span>
            <span class="status-server">{server}</span>
            <span class="ide-space"></span>
            <span>{move || facts.get()}</span>
            <span>"Read-only"</span>
            <span>{role.to_string()}</span>
        </footer>
    }
}
