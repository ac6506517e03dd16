//! The result grid: only what is visible is drawn, so that 10,000 rows of 2,000 columns scroll smoothly.
//!
//! The host element scrolls; a layer inside it stays in view and is redrawn for every frame in which
//! something moved. Keys: arrows, Page Up/Down, Home/End (with Ctrl: ends of everything), Shift extends,
//! Ctrl+A, Ctrl+C, Enter opens the value, Alt+←/→ makes the column narrower or wider.

mod binary;
mod geometry;
mod markup;
mod selection;
mod viewer;

use self::{
    geometry::{Geometry, HEAD, ROW, Spot, Window, from_scroll, scroll_height, to_scroll},
    markup::Drawing,
    selection::{Move, Selection},
    viewer::{Viewed, Viewer},
};
use super::data::ResultData;
use crate::{
    browser::{self, SizeWatch, Slot},
    ui::toast::Toasts,
};
use leptos::{ev, html, prelude::*, web_sys};
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// Fills its parent, which must have a height. Under `ssr` an empty frame.
#[component]
pub fn ResultGrid(data: RwSignal<ResultData>) -> impl IntoView {
    let grid = Grid::new(data);
    grid.follow_data();
    view! {
        <div
            class="grid"
            node_ref=grid.host
            role="grid"
            tabindex="0"
            aria-label="Result"
            aria-multiselectable="true"
            aria-rowcount=move || data.with(|d| d.rows.len() + 1)
            aria-colcount=move || data.with(|d| d.columns.len() + 1)
            on:scroll=move |_| grid.redraw()
            on:keydown=move |ev| grid.on_key(&ev)
            on:pointerdown=move |ev| grid.on_down(&ev)
            on:pointermove=move |ev| grid.on_move(&ev)
            on:pointerup=move |_| grid.state.update_value(|s| s.drag = Drag::None)
            on:pointercancel=move |_| grid.state.update_value(|s| s.drag = Drag::None)
            on:dblclick=move |ev| grid.on_double(&ev)
        >
            <div class="grid-layer" role="presentation" node_ref=grid.layer></div>
            <div class="grid-sizer" role="presentation" node_ref=grid.sizer></div>
        </div>
        <Viewer open=grid.viewer_open viewed=grid.viewed />
    }
}

#[derive(Clone, Copy)]
struct Grid {
    id: u32,
    data: RwSignal<ResultData>,
    host: NodeRef<html::Div>,
    layer: NodeRef<html::Div>,
    sizer: NodeRef<html::Div>,
    state: StoredValue<State>,
    viewed: RwSignal<Option<Viewed>>,
    viewer_open: RwSignal<bool>,
    toasts: Toasts,
}

#[derive(Clone, Debug, Default)]
struct State {
    geometry: Geometry,
    selection: Selection,
    drag: Drag,
    /// A frame is asked for.
    pending: bool,
    /// Whether the widths were fitted to rows, not to names only.
    fitted: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Drag {
    #[default]
    None,
    Cells,
    Rows,
    Columns,
    /// Column, where the pointer was, the width then.
    Edge(usize, f64, f64),
}

impl Grid {
    fn new(data: RwSignal<ResultData>) -> Self {
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            data,
            host: NodeRef::new(),
            layer: NodeRef::new(),
            sizer: NodeRef::new(),
            state: StoredValue::new(State::default()),
            viewed: RwSignal::new(None),
            viewer_open: RwSignal::new(false),
            toasts: Toasts::get(),
        }
    }

    /// Draws whenever rows come or the size changes.
    fn follow_data(self) {
        let columns = Memo::new(move |_| self.data.with(|data| (data.run, data.columns.clone())));
        Effect::new(move || {
            columns.with(|_| ());
            self.state.update_value(|s| *s = State { pending: s.pending, ..State::default() });
            if let Some(host) = self.host.get() {
                host.set_scroll_top(0);
                host.set_scroll_left(0);
            }
        });
        Effect::new(move || {
            self.data.with(|data| {
                self.state.update_value(|s| {
                    if !s.fitted {
                        s.geometry = Geometry::fit(data);
                        s.fitted = !data.rows.is_empty();
                    }
                    s.geometry.fit_gutter(data.rows.len());
                });
            });
            self.resize();
        });
        let watch = Slot::new(|_| {});
        Effect::new(move || {
            if let Some(host) = self.host.get()
                && let Some(observer) = SizeWatch::new(&host, move || self.resize())
            {
                watch.set(observer);
            }
        });
    }

    /// Fits the scrolled size to the rows and the layer to the host.
    fn resize(self) {
        let (Some(host), Some(layer), Some(sizer)) =
            (self.host.get_untracked(), self.layer.get_untracked(), self.sizer.get_untracked())
        else {
            return;
        };
        let rows = self.data.with_untracked(|data| data.rows.len());
        let width = self.state.with_value(|s| s.geometry.full_width());
        let _ = set_size(&sizer, width, scroll_height(rows));
        let (w, h) = (f64::from(host.client_width()), f64::from(host.client_height()));
        let _ = set_size(&layer, w, h);
        let _ = set_style(&layer, "margin-bottom", &format!("{}px", -h));
        self.redraw();
    }

    /// Draws with the next frame.
    fn redraw(self) {
        let pending = self.state.try_update_value(|s| std::mem::replace(&mut s.pending, true));
        if pending == Some(false) {
            browser::next_frame(move || self.draw());
        }
    }

    fn draw(self) {
        let Some(window) = self.window() else {
            self.state.try_update_value(|s| s.pending = false);
            return;
        };
        let html = self.state.try_update_value(|s| {
            s.pending = false;
            self.data.try_with_untracked(|data| {
                Drawing { id: self.id, data, geometry: &s.geometry, window, selection: s.selection }
                    .html()
            })
        });
        if let (Some(Some(html)), Some(layer)) = (html, self.layer.try_get_untracked().flatten()) {
            layer.set_inner_html(&html);
        }
        self.name_active();
    }

    /// Tells assistive technology which cell is the active one.
    fn name_active(self) {
        if let Some(host) = self.host.try_get_untracked().flatten()
            && let Some((row, column)) = self.state.try_with_value(|s| s.selection.active)
        {
            let id = format!("g{}-{row}-{column}", self.id);
            let _ = host.set_attribute("aria-activedescendant", &id);
        }
    }

    fn window(self) -> Option<Window> {
        let host = self.host.try_get_untracked().flatten()?;
        let rows = self.data.try_with_untracked(|data| data.rows.len())?;
        let height = f64::from(host.client_height());
        Some(Window {
            x: f64::from(host.scroll_left()),
            y: from_scroll(f64::from(host.scroll_top()), rows, height),
            width: f64::from(host.client_width()),
            height,
        })
    }

    fn spot(self, ev: &web_sys::MouseEvent) -> Spot {
        let (Some(host), Some(window)) = (self.host.get_untracked(), self.window()) else {
            return Spot::Outside;
        };
        let frame = host.get_bounding_client_rect();
        let (x, y) =
            (f64::from(ev.client_x()) - frame.left(), f64::from(ev.client_y()) - frame.top());
        // The scroll bars are the browser's.
        if x >= window.width || y >= window.height {
            return Spot::Outside;
        }
        let rows = self.data.with_untracked(|data| data.rows.len());
        self.state.with_value(|s| s.geometry.spot(&window, rows, x, y))
    }

    /// The last row and column.
    fn last(self) -> (usize, usize) {
        self.data.with_untracked(|data| {
            (data.rows.len().saturating_sub(1), data.columns.len().saturating_sub(1))
        })
    }

    fn on_down(self, ev: &ev::PointerEvent) {
        if ev.button() != 0 {
            return;
        }
        let spot = self.spot(ev);
        let (last_row, last_column) = self.last();
        let extend = ev.shift_key();
        let by_mouse = ev.pointer_type() == "mouse";
        self.state.update_value(|s| {
            let anchor = s.selection.anchor;
            let (drag, selection) = match spot {
                Spot::Outside => return,
                Spot::Edge(column) => {
                    let start =
                        Drag::Edge(column, f64::from(ev.client_x()), s.geometry.width(column));
                    (start, s.selection)
                }
                Spot::Corner => {
                    (Drag::None, Selection { active: (0, 0), anchor: (last_row, last_column) })
                }
                Spot::Head(column) => {
                    let from = if extend { anchor.1 } else { column };
                    (Drag::Columns, Selection { active: (0, column), anchor: (last_row, from) })
                }
                Spot::RowNumber(row) => {
                    let from = if extend { anchor.0 } else { row };
                    (Drag::Rows, Selection { active: (row, 0), anchor: (from, last_column) })
                }
                Spot::Cell(row, column) => {
                    let active = (row, column);
                    (
                        Drag::Cells,
                        Selection { active, anchor: if extend { anchor } else { active } },
                    )
                }
            };
            s.selection = selection;
            s.drag = if by_mouse || matches!(drag, Drag::Edge(..)) { drag } else { Drag::None };
        });
        let dragging = self.state.with_value(|s| s.drag != Drag::None);
        if let (true, Some(host)) = (dragging, self.host.get_untracked()) {
            let _ = host.set_pointer_capture(ev.pointer_id());
        }
        self.redraw();
    }

    fn on_move(self, ev: &ev::PointerEvent) {
        let spot = self.spot(ev);
        if let Some(host) = self.host.get_untracked() {
            let over_edge = matches!(spot, Spot::Edge(_));
            let _ = set_style(&host, "cursor", if over_edge { "col-resize" } else { "" });
        }
        let drag = self.state.with_value(|s| s.drag);
        self.state.update_value(|s| match (drag, spot) {
            (Drag::Edge(column, from, width), _) => {
                s.geometry.resize(column, width + f64::from(ev.client_x()) - from);
            }
            (Drag::Cells, Spot::Cell(row, column)) => s.selection.active = (row, column),
            (Drag::Rows, Spot::RowNumber(row) | Spot::Cell(row, _)) => s.selection.active.0 = row,
            (Drag::Columns, Spot::Head(column) | Spot::Edge(column) | Spot::Cell(_, column)) => {
                s.selection.active.1 = column;
            }
            _ => {}
        });
        match drag {
            Drag::None => {}
            Drag::Edge(..) => self.resize(),
            _ => self.redraw(),
        }
    }

    fn on_double(self, ev: &ev::MouseEvent) {
        match self.spot(ev) {
            Spot::Edge(column) => {
                self.data.with_untracked(|data| {
                    self.state.update_value(|s| s.geometry.resize_to_fit(data, column));
                });
                self.resize();
            }
            Spot::Cell(row, column) => self.open_viewer(row, column),
            _ => {}
        }
    }

    fn on_key(self, ev: &ev::KeyboardEvent) {
        let command = ev.ctrl_key() || ev.meta_key();
        let page = self.window().map_or(10, |w| ((w.height - HEAD) / ROW).max(1.0) as isize);
        let (row, column) = self.state.with_value(|s| s.selection.active);
        let step = match (ev.key().as_str(), command) {
            ("c" | "C", true) => {
                ev.prevent_default();
                return self.copy(ev.shift_key());
            }
            ("a" | "A", true) => {
                ev.prevent_default();
                let (last_row, last_column) = self.last();
                let all = Selection { active: (0, 0), anchor: (last_row, last_column) };
                self.state.update_value(|s| s.selection = all);
                return self.redraw();
            }
            ("ArrowLeft" | "ArrowRight", false) if ev.alt_key() => {
                ev.prevent_default();
                let by = if ev.key() == "ArrowLeft" { -16.0 } else { 16.0 };
                self.state.update_value(|s| {
                    let width = s.geometry.width(column) + by;
                    s.geometry.resize(column, width);
                });
                return self.resize();
            }
            ("Enter", _) => {
                ev.prevent_default();
                return self.open_viewer(row, column);
            }
            ("ArrowDown", false) => Move::Rows(1),
            ("ArrowUp", false) => Move::Rows(-1),
            ("ArrowDown", true) => Move::Rows(isize::MAX / 2),
            ("ArrowUp", true) => Move::Rows(isize::MIN / 2),
            ("ArrowRight", false) => Move::Columns(1),
            ("ArrowLeft", false) => Move::Columns(-1),
            ("ArrowRight", true) => Move::RowEnd,
            ("ArrowLeft", true) => Move::RowStart,
            ("PageDown", _) => Move::Rows(page),
            ("PageUp", _) => Move::Rows(-page),
            ("Home", false) => Move::RowStart,
            ("End", false) => Move::RowEnd,
            ("Home", true) => Move::First,
            ("End", true) => Move::Last,
            _ => return,
        };
        ev.prevent_default();
        let (rows, columns) = self.data.with_untracked(|d| (d.rows.len(), d.columns.len()));
        let extend = ev.shift_key();
        self.state.update_value(|s| s.selection = s.selection.moved(step, rows, columns, extend));
        self.reveal();
        self.redraw();
    }

    /// Scrolls just so far that the active cell is in view.
    fn reveal(self) {
        let (Some(host), Some(window)) = (self.host.get_untracked(), self.window()) else { return };
        let rows = self.data.with_untracked(|data| data.rows.len());
        let (active, left, width, gutter) = self.state.with_value(|s| {
            let column = s.selection.active.1;
            (
                s.selection.active,
                s.geometry.left(column),
                s.geometry.width(column),
                s.geometry.gutter,
            )
        });
        let top = active.0 as f64 * ROW;
        let room = window.height - HEAD;
        let y = if top < window.y { top } else { window.y.max(top + ROW - room) };
        let across = window.width - gutter;
        let x = if left < window.x || width > across {
            left
        } else {
            window.x.max(left + width - across)
        };
        if (y - window.y).abs() > 0.5 {
            host.set_scroll_top(to_scroll(y, rows, window.height).round() as i32);
        }
        if (x - window.x).abs() > 0.5 {
            host.set_scroll_left(x.ceil() as i32);
        }
    }

    fn copy(self, names: bool) {
        let selection = self.state.with_value(|s| s.selection);
        let text = self.data.with_untracked(|data| selection.to_tsv(data, names));
        let ((top, bottom), (left, right)) = selection.block();
        browser::copy(&text);
        let (rows, columns) = (bottom - top + 1, right - left + 1);
        self.toasts.info(match rows * columns {
            1 => "Copied the value.".to_string(),
            _ => format!("Copied {rows} × {columns} cells."),
        });
    }

    fn open_viewer(self, row: usize, column: usize) {
        let viewed = self.data.with_untracked(|data| {
            let meta = data.columns.get(column).cloned()?;
            let value = data.rows.cell(row, column).map(str::to_string);
            (row < data.rows.len()).then_some(Viewed { column: meta, row, value })
        });
        if viewed.is_some() {
            self.viewed.set(viewed);
            self.viewer_open.set(true);
        }
    }
}

fn set_size(element: &web_sys::HtmlElement, width: f64, height: f64) -> Option<()> {
    set_style(element, "width", &format!("{width:.0}px"))?;
    set_style(element, "height", &format!("{height:.0}px"))
}

fn set_style(element: &web_sys::HtmlElement, name: &str, value: &str) -> Option<()> {
    element.style().set_property(name, value).ok()
}
