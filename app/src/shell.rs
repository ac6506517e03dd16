//! The HTML document around the app.

use crate::{App, ui::theme};
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// Where the built files are, as `site/manifest.json` says: absolute paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    /// The style sheet, `main.css`.
    pub css: String,
    /// The module that starts the page, `start.js`.
    pub js: String,
    /// The WASM that `js` loads.
    pub wasm: String,
    /// Monaco, loaded when first needed: `editor.js`.
    pub editor: String,
    /// ECharts, loaded when first needed: `chart.js`.
    pub chart: String,
    /// The SQL formatter, loaded when first needed: `format.js`.
    pub format: String,
    /// Further modules that `js` imports.
    pub preload: Vec<String>,
}

/// Runs before anything is painted: puts the panels where they were, and lends WASM an `import`.
const FIRST_SCRIPT: &str = "\
window.querentImport=p=>import(p);\
try{const h=document.documentElement;for(let i=0;i<localStorage.length;i++){\
const k=localStorage.key(i),v=localStorage.getItem(k);\
if(k.startsWith('querent.panel.')&&parseInt(v,10)>0)\
h.style.setProperty('--panel-'+k.slice(14),parseInt(v,10)+'px');\
if(k.startsWith('querent.hide.')&&v)h.setAttribute('data-hide-'+k.slice(13),'')}}catch{}";

/// The whole document. Call it inside leptos_axum's contexts: it reads the theme's cookie.
pub fn shell(assets: Assets) -> impl IntoView {
    let nonce = leptos::nonce::use_nonce();
    let theme = theme_choice().attribute();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-editor=assets.editor data-chart=assets.chart data-format=assets.format>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=assets.css />
                <link
                    rel="preload"
                    href=assets.wasm
                    r#as="fetch"
                    r#type="application/wasm"
                    crossorigin="anonymous"
                />
                <link rel="modulepreload" href=assets.js.clone() />
                {assets
                    .preload
                    .into_iter()
                    .map(|path| view! { <link rel="modulepreload" href=path /> })
                    .collect_view()}
                <script nonce=nonce.clone() inner_html=FIRST_SCRIPT></script>
                <script type="module" src=assets.js nonce=nonce></script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

#[cfg(feature = "ssr")]
fn theme_choice() -> theme::Choice {
    theme::Choice::of(&crate::session::cookie(theme::COOKIE).unwrap_or_default())
}

#[cfg(not(feature = "ssr"))]
fn theme_choice() -> theme::Choice {
    theme::Choice::System
}
