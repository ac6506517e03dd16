//! The built site: scripts, WASM, styles, icons, as `cargo xtask` left them.

use crate::state::AppState;
use app::shell::Assets;
use axum::{Router, middleware, response::Response};
use http::{HeaderValue, header};
use std::{collections::HashMap, fs, path::Path};
use tower_http::services::ServeDir;

/// The manifest's addresses, and whether their names carry a hash of the content.
#[derive(Clone, Debug, Default)]
pub struct Site {
    pub assets: Assets,
    pub hashed: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error(
        "cannot read {path}: build the site with `cargo xtask build`, or set QUERENT_SITE_ROOT"
    )]
    Read { path: String, source: std::io::Error },
    #[error("{path} is no manifest of addresses")]
    Parse { path: String, source: serde_json::Error },
    #[error("{path} names no '{name}'")]
    Missing { path: String, name: &'static str },
}

impl Site {
    /// Reads `manifest.json` in the site's folder.
    ///
    /// # Errors
    /// When it is missing, is no JSON object of texts, or lacks what every page needs.
    pub fn read(root: &Path) -> Result<Self, SiteError> {
        let file = root.join("manifest.json");
        let path = file.display().to_string();
        let text = fs::read_to_string(&file)
            .map_err(|source| SiteError::Read { path: path.clone(), source })?;
        let manifest: HashMap<String, String> = serde_json::from_str(&text)
            .map_err(|source| SiteError::Parse { path: path.clone(), source })?;
        let address = |name: &'static str| {
            manifest.get(name).cloned().ok_or(SiteError::Missing { path: path.clone(), name })
        };
        let css = address("main.css")?;
        Ok(Self {
            hashed: !css.ends_with("/main.css"),
            assets: Assets {
                css,
                js: address("start.js")?,
                wasm: address("querent_bg.wasm")?,
                editor: address("editor.js").unwrap_or_default(),
                chart: address("chart.js").unwrap_or_default(),
                format: address("format.js").unwrap_or_default(),
                preload: manifest.get("querent.js").cloned().into_iter().collect(),
            },
        })
    }
}

/// `/pkg/…` and the few files at the top.
pub fn routes(state: &AppState) -> Router<AppState> {
    let root = &state.config.http.site_root;
    let files = |folder: &Path| ServeDir::new(folder).precompressed_br().precompressed_gzip();
    let caching =
        if state.site.hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let pkg = Router::<AppState>::new()
        .fallback_service(files(&root.join("pkg")))
        .layer(middleware::map_response(async move |response| cached(response, caching)));
    let top = Router::<AppState>::new()
        .route_service("/favicon.svg", files(root))
        .route_service("/favicon.ico", files(root))
        .route_service("/robots.txt", files(root))
        .layer(middleware::map_response(async |response| cached(response, "public, max-age=3600")));
    Router::new().nest("/pkg", pkg).merge(top)
}

fn cached(mut response: Response, caching: &'static str) -> Response {
    if response.status().is_success() || response.status() == http::StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    }
    response
}
