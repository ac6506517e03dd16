//! The only place that touches ECharts: the functions of `app/js/chart.js`.

use leptos::web_sys;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The module itself.
    pub type ChartModule;
    /// An empty chart in `host`.
    #[wasm_bindgen(method, catch)]
    pub fn create(this: &ChartModule, host: &web_sys::HtmlElement) -> Result<Drawn, JsValue>;

    /// A chart on screen. It follows its host's size by itself.
    pub type Drawn;
    /// Draws anew in the page's colours. `option` and `source` are JSON; `pivoted` repeats the first
    /// series for every column of the source.
    #[wasm_bindgen(method, catch)]
    pub fn draw(this: &Drawn, option: &str, source: &str, pivoted: bool) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    pub fn dispose(this: &Drawn);
}
