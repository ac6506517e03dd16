//! The rule of the table that is chosen in the tree: whether it may be read, the masks of its columns,
//! its row filter.

use super::{
    controls::Line,
    editing::Editing,
    filter::RowFilter,
    mask::{ColumnEntry, ColumnMask},
    rules::{self, Place},
    tree::Tree,
};
use crate::{
    browser,
    pages::form::ProblemText,
    schema::api::get_schema_table,
    ui::{
        button::Button,
        choice::{Segment, Segments},
        icon::{Glyph, Icon},
        spinner::Spinner,
    },
};
use leptos::{prelude::*, task::spawn_local};
use model::{error::Problem, id::ConnectionId, policy::Access};

/// Columns drawn at once; a filter finds the others.
const DRAWN: usize = 200;
/// From this many on there is a filter.
const MANY: usize = 14;

#[component]
pub fn RulePane(
    editing: Editing,
    tree: Tree,
    browsed: Memo<Option<ConnectionId>>,
) -> impl IntoView {
    move || match tree.chosen.get() {
        Some(place) => view! { <RuleEditor editing tree place browsed/> }.into_any(),
        None => {
            view! { <p class="muted">"Choose a table in the list to say what is shown of it."</p> }
                .into_any()
        }
    }
}

#[component]
fn RuleEditor(
    editing: Editing,
    tree: Tree,
    place: Place,
    browsed: Memo<Option<ConnectionId>>,
) -> impl IntoView {
    let (title, what) = match (place.schema.as_str(), place.table.as_str()) {
        ("*", "*") => {
            ("Every table".to_owned(), "Columns are named; tables without them are passed over.")
        }
        (schema, "*") => (
            format!("Every table of {schema}"),
            "Columns are named; tables without them are passed over.",
        ),
        (schema, table) => (format!("{schema}.{table}"), ""),
    };
    let place = StoredValue::new(place);
    let access = Memo::new(move |_| {
        editing.draft.with(|draft| place.with_value(|place| rules::access(draft, place)))
    });
    let segments = vec![
        Segment { key: "allow".into(), label: "Can be read".into(), glyph: Some(Glyph::View) },
        Segment { key: "deny".into(), label: "Hidden".into(), glyph: Some(Glyph::Masked) },
    ];
    let choose = move |key: String| {
        let access = if key == "deny" { Access::Deny } else { Access::Allow };
        editing.change(|draft| {
            place.with_value(|place| rules::change(draft, place, |rule| rule.access = access));
        });
    };
    view! {
        <div class="policy-rule-head">
            <h3>{title.clone()}</h3>
            <Segments
                label=format!("Access to {title}")
                name="table-access"
                segments=Signal::stored(segments)
                chosen=Signal::derive(move || {
                    if access.get() == Access::Deny { "deny" } else { "allow" }.to_owned()
                })
                on_choose=choose
            />
        </div>
        {(!what.is_empty()).then(|| view! { <p class="muted">{what}</p> })}
        {move || {
            if access.get() == Access::Deny {
                return view! { <p class="policy-hidden muted">"Nobody whom this policy is for finds this table: not in the tree, not in a statement, not in an answer."</p> }
                    .into_any();
            }
            view! {
                <Columns editing place tree browsed/>
                <RowFilter editing place browsed/>
            }
                .into_any()
        }}
    }
}

/// What is known of the table's columns.
#[derive(Clone, Debug, PartialEq)]
enum Known {
    Waiting,
    Columns(Vec<ColumnEntry>),
    Failed(Problem),
}

#[component]
fn Columns(
    editing: Editing,
    place: StoredValue<Place>,
    tree: Tree,
    browsed: Memo<Option<ConnectionId>>,
) -> impl IntoView {
    let known = RwSignal::new(Known::Waiting);
    let exact = place.with_value(Place::is_exact);
    Effect::new(move || {
        let (true, Some(connection)) = (exact, browsed.get()) else {
            return known.set(Known::Columns(Vec::new()));
        };
        let Place { schema, table } = place.get_value();
        spawn_local(async move {
            let found = match get_schema_table(connection, schema, table).await {
                Ok(table) => Known::Columns(table.table.columns.into_iter().map(entry).collect()),
                Err(error) => Known::Failed(error.0),
            };
            known.try_set(found);
        });
    });
    // Columns of the rule that the table does not have come last.
    let all = Memo::new(move |_| {
        let Known::Columns(mut columns) = known.get() else { return Vec::new() };
        editing.draft.with(|draft| {
            let rule = place.with_value(|place| rules::rule(draft, place));
            for (name, _) in rule.iter().flat_map(|rule| &rule.columns) {
                let lower = name.to_lowercase();
                if columns.iter().all(|column| column.name.to_lowercase() != lower) {
                    columns.push(named(name));
                }
            }
        });
        columns
    });
    let failed = Memo::new(move |_| match known.get() {
        Known::Failed(problem) => Some(problem),
        _ => None,
    });
    let waiting = Memo::new(move |_| known.with(|known| *known == Known::Waiting));
    view! {
        <Show when=move || waiting.get()>
            <p class="loading"><Spinner/> "Reading the columns…"</p>
        </Show>
        {move || failed.get().map(|problem| view! { <ProblemText problem/> })}
        <ColumnList editing place all tree/>
        {(!exact).then(|| view! { <AddColumn editing place/> })}
    }
}

fn entry(column: model::catalog::Column) -> ColumnEntry {
    ColumnEntry { name: column.name, type_name: column.type_name, kind: Some(column.kind) }
}

fn named(name: &str) -> ColumnEntry {
    ColumnEntry { name: name.to_owned(), type_name: String::new(), kind: None }
}

#[component]
fn ColumnList(
    editing: Editing,
    place: StoredValue<Place>,
    all: Memo<Vec<ColumnEntry>>,
    tree: Tree,
) -> impl IntoView {
    let filter = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let wanted = filter.get().trim().to_lowercase();
        all.with(|all| {
            let fits =
                |(_, column): &(usize, &ColumnEntry)| column.name.to_lowercase().contains(&wanted);
            all.iter()
                .enumerate()
                .filter(fits)
                .map(|(at, column)| (at, column.clone()))
                .collect::<Vec<_>>()
        })
    });
    let many = Memo::new(move |_| all.with(Vec::len) > MANY);
    let more = move || found.with(|found| found.len().saturating_sub(DRAWN));
    // A column that was chosen in the tree is gone to.
    Effect::new(move || {
        let Some(column) = tree.column.get() else { return };
        let at = all.with(|all| all.iter().position(|entry| entry.name == column));
        if let Some(at) = at {
            tree.column.set(None);
            filter.set(String::new());
            request_animation_frame(move || browser::focus(&format!("#mask-{at}")));
        }
    });
    view! {
        <Show when=move || many.get()>
            <div class="policy-search">
                <Icon glyph=Glyph::Filter/>
                <input
                    class="input"
                    type="search"
                    aria-label="Filter the columns"
                    placeholder="Filter the columns"
                    spellcheck="false"
                    prop:value=move || filter.get()
                    on:input:target=move |event| filter.set(event.target().value())
                />
            </div>
        </Show>
        <ul class="policy-columns" aria-label="Columns">
            <For
                each=move || found.with(|found| found.iter().take(DRAWN).cloned().collect::<Vec<_>>())
                key=|(at, column)| (*at, column.name.clone())
                children=move |(at, column)| view! { <ColumnMask editing place column at/> }
            />
        </ul>
        <Show when=move || { more() > 0 }>
            <p class="muted">{more} " more columns: narrow the filter."</p>
        </Show>
    }
}

/// For rules over several tables, whose columns have to be named.
#[component]
fn AddColumn(editing: Editing, place: StoredValue<Place>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let add = move || {
        let column = name.get_untracked().trim().to_owned();
        if !column.is_empty() {
            let mask = rules::fresh("hash", &column, None);
            editing.change(|draft| {
                place.with_value(|place| rules::set_mask(draft, place, &column, mask));
            });
            name.set(String::new());
        }
    };
    view! {
        <div class="form-row">
            <div class="field-grow">
                <Line id="add-column" label="Mask columns of this name" value=name on_input=move |text| name.set(text)/>
            </div>
            <Button glyph=Glyph::Plus on:click=move |_| add()>"Add column"</Button>
        </div>
    }
}
