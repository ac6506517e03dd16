//! Parts of the connection form: kind, colour, secrets, TLS, limits.

use super::fields::Fields;
use crate::ui::{
    choice::{Segment, Segments},
    field::{Select, TextArea, TextField},
    icon::Glyph,
};
use leptos::prelude::*;
use model::{
    connection::{Colour, TlsMode},
    dialect::Dialect,
};

#[component]
pub fn KindChoice(fields: Fields) -> impl IntoView {
    let segments = Dialect::ALL.map(|dialect| Segment {
        key: dialect.name().to_owned(),
        label: dialect.title().to_owned(),
        glyph: Some(if dialect == Dialect::Sqlite { Glyph::File } else { Glyph::Database }),
    });
    view! {
        <div class="field">
            <span class="field-title">"Kind"</span>
            <Segments
                label="Kind"
                name="kind"
                segments=Signal::stored(segments.to_vec())
                chosen=Signal::derive(move || fields.dialect.get().name().to_owned())
                on_choose=Callback::new(move |name: String| {
                    if let Ok(dialect) = name.parse() {
                        fields.choose(dialect);
                    }
                })
            />
        </div>
    }
}

#[component]
pub fn ColourChoice(colour: RwSignal<Colour>) -> impl IntoView {
    let choices = Colour::ALL
        .into_iter()
        .map(|one| {
            view! {
                <label class="swatch" title=one.name()>
                    <input
                        type="radio"
                        name="colour"
                        value=one.name()
                        aria-label=one.name()
                        prop:checked=move || colour.get() == one
                        on:change=move |_| colour.set(one)
                    />
                    <span class="dot" data-colour=one.name()></span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field swatches-field">
            <legend>"Colour"</legend>
            <div class="swatches">{choices}</div>
            <p class="field-note">"Marks the connection everywhere. Red for production is a good habit."</p>
        </fieldset>
    }
}

/// A secret that is stored is never shown: leaving the field empty keeps it.
#[component]
pub fn Secret(
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    stored: bool,
) -> impl IntoView {
    let note = if stored {
        "Stored, sealed. Leave empty to keep it."
    } else {
        "Sealed before it is stored."
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                class="input"
                id=id
                type="password"
                autocomplete="new-password"
                placeholder=if stored { "••••••••" } else { "" }
                aria-describedby=format!("{id}-help")
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            />
            <p class="field-note" id=format!("{id}-help")>{note}</p>
        </div>
    }
}

const MODES: [(TlsMode, &str, &str); 5] = [
    (TlsMode::Off, "off", "Off: a plain line"),
    (TlsMode::Prefer, "prefer", "Prefer: encrypted if the server offers it"),
    (TlsMode::Require, "require", "Require: always encrypted"),
    (
        TlsMode::VerifyCa,
        "verify_ca",
        "Verify CA: the certificate comes from the CA below, or a public one",
    ),
    (TlsMode::VerifyFull, "verify_full", "Verify full: … and names the host"),
];

/// How the line is protected. Certificates are asked for where they matter.
#[component]
pub fn TlsFields(fields: Fields) -> impl IntoView {
    let chosen = RwSignal::new(String::new());
    Effect::new(move |_| {
        let mode = fields.tls.get();
        let name = MODES.iter().find(|one| one.0 == mode).map_or("prefer", |one| one.1);
        if chosen.with_untracked(|chosen| chosen != name) {
            chosen.set(name.to_owned());
        }
    });
    Effect::new(move |_| {
        let mode = chosen.with(|name| MODES.iter().find(|one| one.1 == name).map(|one| one.0));
        if let Some(mode) = mode.filter(|mode| *mode != fields.tls.get_untracked()) {
            fields.tls.set(mode);
        }
    });
    let options = MODES.map(|(_, key, label)| (key.to_owned(), label.to_owned())).to_vec();
    let off = move || fields.tls.get() == TlsMode::Off;
    let key_hint = if fields.has_key {
        "Stored, sealed. Leave empty to keep it."
    } else {
        "PEM. Sealed before it is stored."
    };
    view! {
        <section class="card">
            <h2>"Encryption"</h2>
            <Select name="tls" label="TLS" value=chosen options=Signal::stored(options)/>
            <Show when=move || !off()>
                <details class="more">
                    <summary>"Certificates"</summary>
                    <div class="form">
                        <TextArea
                            name="ca"
                            label="CA certificate"
                            value=fields.ca
                            rows=3
                            monospace=true
                            placeholder="-----BEGIN CERTIFICATE-----"
                            hint="PEM. Empty: the public CAs."
                        />
                        <TextArea
                            name="certificate"
                            label="Client certificate"
                            value=fields.certificate
                            rows=3
                            monospace=true
                            hint="PEM. Only where the server asks for one."
                        />
                        <TextArea
                            name="key"
                            label="Client key"
                            value=fields.key
                            rows=3
                            monospace=true
                            hint=key_hint
                        />
                    </div>
                </details>
            </Show>
        </section>
    }
}

/// What a read may cost.
#[component]
pub fn LimitFields(fields: Fields) -> impl IntoView {
    view! {
        <section class="card">
            <h2>"Limits"</h2>
            <p class="muted">"For every read on this connection. An answer says when a limit cut it short."</p>
            <div class="form-grid">
                <TextField name="rows" label="Rows" value=fields.rows/>
                <TextField name="megabytes" label="Megabytes" value=fields.megabytes/>
                <TextField name="seconds" label="Seconds" value=fields.seconds/>
                <TextField
                    name="sessions"
                    label="Sessions at once"
                    value=fields.sessions
                />
            </div>
        </section>
    }
}
