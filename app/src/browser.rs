//! What the pages ask of the browser. To be called from effects and event handlers only: on the
//! server there is no window.

use js_sys::{Function, Reflect};
use leptos::web_sys;
use model::id::RunId;
use std::{
    any::Any,
    cell::RefCell,
    collections::HashMap,
    fmt::Write as _,
    marker::PhantomData,
    rc::Rc,
    sync::atomic::{AtomicU32, Ordering},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

fn window() -> Option<web_sys::Window> {
    web_sys::window()
}

fn document() -> Option<web_sys::Document> {
    window()?.document()
}

fn root() -> Option<web_sys::HtmlElement> {
    document()?.document_element()?.dyn_into().ok()
}

fn storage() -> Option<web_sys::Storage> {
    window()?.local_storage().ok()?
}

/// A text kept in this browser. `None` as well where storage is forbidden.
#[must_use]
pub fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Keeps a text in this browser; says whether there was room.
pub fn store(key: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
}

/// Forgets a text kept in this browser.
pub fn remove(key: &str) {
    if let Some(storage) = storage() {
        drop(storage.remove_item(key));
    }
}

/// Sets a cookie of this site for a year; `None` removes it.
pub fn set_cookie(name: &str, value: Option<&str>) {
    let Some(document) = document().and_then(|d| d.dyn_into::<web_sys::HtmlDocument>().ok()) else {
        return;
    };
    let (value, age) = value.map_or(("", 0), |value| (value, 31_536_000));
    drop(document.set_cookie(&format!("{name}={value}; Path=/; Max-Age={age}; SameSite=Lax")));
}

/// Leaves for another page with a full load.
pub fn go(path: &str) {
    if let Some(window) = window() {
        drop(window.location().assign(path));
    }
}

#[must_use]
pub fn root_attribute(name: &str) -> Option<String> {
    root()?.get_attribute(name)
}

pub fn set_root_attribute(name: &str, value: Option<&str>) {
    if let Some(root) = root() {
        drop(match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        });
    }
}

pub fn set_root_style(name: &str, value: &str) {
    if let Some(root) = root() {
        drop(root.style().set_property(name, value));
    }
}

/// Is the page dark, by choice or by the system's?
#[must_use]
pub fn is_dark() -> bool {
    match root_attribute("data-theme").as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => dark_scheme().is_some_and(|query| query.matches()),
    }
}

fn dark_scheme() -> Option<web_sys::MediaQueryList> {
    window()?.match_media("(prefers-color-scheme: dark)").ok()?
}

/// Calls when the system turns light or dark, as long as the page lives.
pub fn on_scheme_change(call: impl Fn() + 'static) {
    if let Some(query) = dark_scheme() {
        let closure = Closure::<dyn Fn()>::new(call);
        query.set_onchange(Some(closure.as_ref().unchecked_ref()));
        closure.forget();
    }
}

/// ⌘ instead of Ctrl?
#[must_use]
pub fn on_mac() -> bool {
    window()
        .and_then(|window| window.navigator().platform().ok())
        .is_some_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP"))
}

fn matches(within: &web_sys::Element, selector: &str) -> Vec<web_sys::HtmlElement> {
    let Ok(list) = within.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|i| list.get(i)?.dyn_into().ok()).collect()
}

pub fn focus_first(within: &web_sys::Element, selector: &str) {
    if let Some(first) = matches(within, selector).first() {
        drop(first.focus());
    }
}

/// Moves the focus `step` places among the elements that `selector` finds, around the ends.
pub fn focus_next(within: &web_sys::Element, selector: &str, step: i32) {
    let found = matches(within, selector);
    let active = document().and_then(|document| document.active_element());
    let at = found.iter().position(|e| active.as_ref() == Some(e.as_ref()));
    let count = found.len() as i32;
    if count > 0 {
        let next = at.map_or(0, |at| (at as i32 + step).rem_euclid(count));
        drop(found[next as usize].focus());
    }
}

pub fn click_focused() {
    let active = document().and_then(|document| document.active_element());
    if let Some(element) = active.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        element.click();
    }
}

/// Focuses the element that `selector` finds in the page.
pub fn focus(selector: &str) {
    if let Some(element) = document().and_then(|d| d.query_selector(selector).ok()?)
        && let Ok(element) = element.dyn_into::<web_sys::HtmlElement>()
    {
        drop(element.focus());
    }
}

/// Puts a text on the clipboard. Over plain HTTP browsers have no clipboard API: then by the old way.
pub fn copy(text: &str) {
    let Some(window) = window() else { return };
    let clipboard = Reflect::get(&window.navigator(), &"clipboard".into()).unwrap_or(JsValue::NULL);
    if clipboard.is_object() {
        drop(window.navigator().clipboard().write_text(text));
    } else {
        copy_by_selection(text);
    }
}

fn copy_by_selection(text: &str) -> Option<()> {
    let document = document()?;
    let before = document.active_element();
    let area: web_sys::HtmlTextAreaElement =
        document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_class_name("visually-hidden");
    document.body()?.append_child(&area).ok()?;
    area.select();
    drop(document.clone().dyn_into::<web_sys::HtmlDocument>().ok()?.exec_command("copy"));
    area.remove();
    drop(before?.dyn_into::<web_sys::HtmlElement>().ok()?.focus());
    Some(())
}

/// Gives the browser a file to save.
pub fn save(name: &str, blob: &web_sys::Blob) -> Option<()> {
    let url = web_sys::Url::create_object_url_with_blob(blob).ok()?;
    let link: web_sys::HtmlAnchorElement = document()?.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The download has its own reference by the next turn of the event loop.
    leptos::prelude::set_timeout(
        move || drop(web_sys::Url::revoke_object_url(&url)),
        std::time::Duration::from_secs(60),
    );
    Some(())
}

/// Milliseconds since the page began, for measuring.
#[must_use]
pub fn now_ms() -> f64 {
    window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// A new run's id, UUID version 7. `crypto.randomUUID` is missing over plain HTTP, so by hand.
#[must_use]
pub fn new_run_id() -> Option<RunId> {
    let mut bytes = [0_u8; 16];
    window()?.crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    let milliseconds = js_sys::Date::now() as u64;
    bytes[..6].copy_from_slice(&milliseconds.to_be_bytes()[2..]);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    let mut text = String::with_capacity(36);
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        write!(text, "{byte:02x}").ok()?;
    }
    text.parse().ok()
}

/// Calls before the next frame is painted.
pub fn next_frame(call: impl FnOnce() + 'static) {
    leptos::prelude::request_animation_frame(call);
}

/// Imports an ES module through the function that the document's first script left for this
/// (see `shell`): WASM has no `import()` of its own, and evaluating text is forbidden by the CSP.
pub async fn import(path: &str) -> Result<JsValue, JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let import: Function = Reflect::get(&window, &"querentImport".into())?.dyn_into()?;
    let promise: js_sys::Promise = import.call1(&window, &path.into())?.dyn_into()?;
    wasm_bindgen_futures::JsFuture::from(promise).await
}

/// Calls whenever an element's size changes, until dropped.
pub struct SizeWatch {
    observer: web_sys::ResizeObserver,
    _call: Closure<dyn Fn()>,
}

impl SizeWatch {
    #[must_use]
    pub fn new(element: &web_sys::Element, call: impl Fn() + 'static) -> Option<Self> {
        let call = Closure::<dyn Fn()>::new(call);
        let observer = web_sys::ResizeObserver::new(call.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _call: call })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

thread_local! {
    /// What the slots hold, by their numbers.
    static HELD: RefCell<HashMap<u32, Rc<dyn Any>>> = RefCell::default();
}

static NEXT_SLOT: AtomicU32 = AtomicU32::new(0);

/// A place for something that cannot leave its thread, such as a JS object. `Copy`; emptied with its
/// owner. Leptos' own local storage must not be made on the server, where owners move between threads.
pub struct Slot<T> {
    id: u32,
    holds: PhantomData<fn() -> T>,
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slot<T> {}

impl<T: 'static> Slot<T> {
    /// An empty one. `end` is called with what it holds when its owner goes.
    #[must_use]
    pub fn new(end: impl Fn(&T) + Send + Sync + 'static) -> Self {
        let slot = Self { id: NEXT_SLOT.fetch_add(1, Ordering::Relaxed), holds: PhantomData };
        leptos::prelude::on_cleanup(move || {
            if let Some(held) = slot.get() {
                HELD.with_borrow_mut(|all| all.remove(&slot.id));
                end(&held);
            }
        });
        slot
    }

    /// What it holds, if it holds something.
    #[must_use]
    pub fn get(self) -> Option<Rc<T>> {
        HELD.with_borrow(|all| all.get(&self.id).cloned())?.downcast().ok()
    }

    pub fn set(self, value: T) {
        HELD.with_borrow_mut(|all| all.insert(self.id, Rc::new(value)));
    }
}
