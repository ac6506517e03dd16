//! `/admin/models`: who drafts the SQL of this workspace, the built-in engine or a language model.

use super::{
    api::{get_model_settings, save_model_settings, test_model},
    form::{ModelForm, PRESETS},
};
use crate::{
    pages::{
        form::{ProblemNote, ProblemText, Sending, alive},
        frame::Page,
    },
    ui::{
        button::{Button, Weight},
        choice::{Segment, Segments},
        field::TextField,
        icon::{Glyph, Icon},
        toast::Toasts,
    },
};
use leptos::prelude::*;
use model::{
    error::{Problem, ProblemCode},
    llm::{ModelSettings, ModelTest, Provider},
    role::Role,
};

const HELP: &str = "Who turns questions into SQL. The built-in engine needs nothing and sends nothing anywhere; \
    a language model understands more and is sent the question and the names of tables and columns that may matter, \
    never rows. Whatever is drafted passes the same guard before it runs.";

#[component]
pub fn ModelsPage() -> impl IntoView {
    view! {
        <Page
            title="Model"
            help=HELP
            role=Role::Admin
            content=|_| view! { <Models/> }.into_any()
        />
    }
}

#[component]
fn Models() -> impl IntoView {
    let settings = Resource::new(|| (), |()| get_model_settings());
    view! {
        <Suspense fallback=|| view! { <p class="loading">"Reading the settings…"</p> }>
            {move || Suspend::new(async move {
                match settings.await {
                    Ok(settings) => view! { <SettingsForm settings=settings/> }.into_any(),
                    Err(error) => view! { <ProblemText problem=error.0/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn SettingsForm(settings: ModelSettings) -> impl IntoView {
    let form = ModelForm::new(&settings);
    let (saving, testing, alive) = (Sending::new(), Sending::new(), alive());
    let outcome = RwSignal::new(None::<ModelTest>);
    let toasts = Toasts::get();
    // What a test found is about what was tested.
    Effect::new(move |_| {
        form.track();
        outcome.set(None);
        testing.problem.set(None);
    });
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match form.settings() {
            Ok(settings) => saving.send(save_model_settings(settings), move |()| {
                form.saved();
                toasts.good("Saved. The next question uses it.");
            }),
            Err((message, hint)) => saving.refuse(message, hint),
        }
    };
    let test = move |_| match form.settings() {
        Ok(settings) => testing.send(test_model(settings), move |found| outcome.set(Some(found))),
        Err((message, hint)) => testing.refuse(message, hint),
    };
    let waits = Signal::derive(move || !alive.get());
    view! {
        <form class="form form-page" on:submit=save>
            <section class="card">
                <h2>"Provider"</h2>
                <ProviderChoice form=form/>
                <p class="muted">
                    {move || match form.provider.get() {
                        Provider::BuiltIn => {
                            "Understands counts, sums, averages, filters, groups, time ranges and top lists over your tables. No key, no cost, nothing leaves this machine."
                        }
                        Provider::OpenAiCompatible => {
                            "Any endpoint that speaks OpenAI's chat completions: a service, or a model on your own hardware."
                        }
                    }}
                </p>
            </section>
            <Show when=move || form.provider.get() == Provider::OpenAiCompatible>
                <Endpoint form=form/>
            </Show>
            <ProblemNote problem=saving.problem/>
            <ProblemNote problem=testing.problem/>
            <Outcome outcome=outcome/>
            <div class="form-actions">
                <Button kind="submit" weight=Weight::Primary disabled=waits busy=saving.pending>"Save"</Button>
                <Button glyph=Glyph::Plug disabled=waits busy=testing.pending on:click=test>"Test"</Button>
            </div>
        </form>
    }
}

#[component]
fn ProviderChoice(form: ModelForm) -> impl IntoView {
    let segments = vec![
        Segment {
            key: "built_in".into(),
            label: "Built-in engine".into(),
            glyph: Some(Glyph::Database),
        },
        Segment {
            key: "open_ai".into(),
            label: "OpenAI-compatible".into(),
            glyph: Some(Glyph::Model),
        },
    ];
    view! {
        <Segments
            label="Provider"
            name="provider"
            segments=Signal::stored(segments)
            chosen=Signal::derive(move || match form.provider.get() {
                Provider::BuiltIn => "built_in".to_owned(),
                Provider::OpenAiCompatible => "open_ai".to_owned(),
            })
            on_choose=Callback::new(move |key: String| form.provider.set(match key.as_str() {
                "open_ai" => Provider::OpenAiCompatible,
                _ => Provider::BuiltIn,
            }))
        />
    }
}

#[component]
fn Endpoint(form: ModelForm) -> impl IntoView {
    let presets = PRESETS
        .iter()
        .map(|preset| {
            view! {
                <button
                    type="button"
                    class="chip"
                    aria-pressed=move || (form.base_url.get() == preset.base_url).to_string()
                    on:click=move |_| form.take(preset)
                >
                    {preset.name}
                </button>
            }
        })
        .collect_view();
    let key_hint = move || {
        if form.has_api_key.get() {
            "Stored, sealed. Leave empty to keep it."
        } else {
            "Sealed before it is stored, and never shown again. Local servers often need none."
        }
    };
    view! {
        <section class="card">
            <h2>"Endpoint"</h2>
            <div class="chips" role="group" aria-label="Presets">{presets}</div>
            <TextField
                name="base_url"
                label="Base URL"
                value=form.base_url
                kind="url"
                placeholder="https://api.openai.com/v1"
                hint="The part before /chat/completions, usually ending in /v1."
            />
            <div class="field">
                <label for="api_key">"API key"</label>
                <input
                    class="input"
                    id="api_key"
                    type="password"
                    autocomplete="off"
                    aria-describedby="api_key-help"
                    placeholder=move || if form.has_api_key.get() { "••••••••" } else { "" }
                    prop:value=move || form.api_key.get()
                    on:input:target=move |event| form.api_key.set(event.target().value())
                />
                <p class="field-note" id="api_key-help">{key_hint}</p>
            </div>
            <TextField name="model" label="Model" value=form.model placeholder="gpt-4.1-mini"
                hint="As the endpoint names it."/>
            <div class="form-row">
                <TextField name="temperature" label="Temperature" value=form.temperature kind="text"
                    hint="0 to 2; 0 answers the same question the same way."/>
                <TextField name="timeout" label="Time-out in seconds" value=form.timeout kind="text"
                    hint="For one reply."/>
            </div>
        </section>
    }
}

#[component]
fn Outcome(outcome: RwSignal<Option<ModelTest>>) -> impl IntoView {
    view! {
        <div aria-live="polite">
            {move || {
                outcome
                    .get()
                    .map(|found| match found {
                        ModelTest::Ok { reply, latency_ms } => {
                            view! {
                                <div class="notice note note-good">
                                    <Icon glyph=Glyph::Check/>
                                    <div class="notice-text">
                                        <p class="notice-message">
                                            {format!("It answers, in {latency_ms} ms.")}
                                        </p>
                                        <p>"It said: " <q>{reply}</q></p>
                                    </div>
                                </div>
                            }
                                .into_any()
                        }
                        ModelTest::Failed { message, hint } => {
                            let problem = Problem::new(ProblemCode::Model, message).hint(hint);
                            view! { <ProblemText problem=problem/> }.into_any()
                        }
                    })
            }}
        </div>
    }
}
