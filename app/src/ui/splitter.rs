//! The line between two panels: dragged, or moved by arrow keys; remembers where it was.
//!
//! The size lives in a CSS variable on `<html>`, `--panel-{name}`. The document's first script sets
//! it from local storage before anything is painted (see `shell`), so nothing jumps.

use crate::browser;
use leptos::{ev, prelude::*, web_sys};
use wasm_bindgen::JsCast;

/// Which side of the line the measured panel is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
    Above,
}

/// `min`, `max` and `default` are pixels.
#[component]
pub fn Splitter(
    name: &'static str,
    #[prop(into)] label: String,
    side: Side,
    min: i32,
    max: i32,
    default: i32,
) -> impl IntoView {
    let size = RwSignal::new(default);
    let from = StoredValue::new(None::<(i32, i32)>);
    Effect::new(move || {
        if let Some(stored) = browser::stored(&key(name)).and_then(|text| text.parse().ok()) {
            size.set(stored);
        }
    });
    let put = move |value: i32| {
        let value = value.clamp(min, max);
        size.set(value);
        browser::set_root_style(&format!("--panel-{name}"), &format!("{value}px"));
        browser::store(&key(name), &value.to_string());
    };
    let along = move |ev: &ev::PointerEvent| {
        if side == Side::Above { ev.client_y() } else { ev.client_x() }
    };
    let on_down = move |ev: ev::PointerEvent| {
        ev.prevent_default();
        if let Some(line) = ev.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok())
        {
            drop(line.set_pointer_capture(ev.pointer_id()));
        }
        from.set_value(Some((along(&ev), size.get_untracked())));
    };
    let on_move = move |ev: ev::PointerEvent| {
        if let Some((start, before)) = from.get_value() {
            let moved = along(&ev) - start;
            put(if side == Side::Right { before - moved } else { before + moved });
        }
    };
    let on_key = move |ev: ev::KeyboardEvent| {
        let (less, more) = match side {
            Side::Left => ("ArrowLeft", "ArrowRight"),
            Side::Right => ("ArrowRight", "ArrowLeft"),
            Side::Above => ("ArrowUp", "ArrowDown"),
        };
        let step = match ev.key() {
            k if k == less => -16,
            k if k == more => 16,
            k if k == "Home" => -max,
            k if k == "End" => max,
            _ => return,
        };
        ev.prevent_default();
        put(size.get_untracked() + step);
    };
    view! {
        <div
            class="splitter"
            data-side=if side == Side::Above { "row" } else { "column" }
            role="separator"
            tabindex="0"
            aria-label=label
            aria-orientation=if side == Side::Above { "horizontal" } else { "vertical" }
            aria-valuenow=move || size.get()
            aria-valuemin=min
            aria-valuemax=max
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=move |_| from.set_value(None)
            on:pointercancel=move |_| from.set_value(None)
            on:dblclick=move |_| put(default)
            on:keydown=on_key
        ></div>
    }
}

fn key(name: &str) -> String {
    format!("querent.panel.{name}")
}
