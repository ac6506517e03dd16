//! What the model form holds, and how it becomes settings.

use leptos::prelude::*;
use model::llm::{ModelSettings, Provider};

/// An endpoint that many people use.
pub struct Preset {
    pub name: &'static str,
    pub base_url: &'static str,
    /// A model to begin with; empty where it depends on the installation.
    pub model: &'static str,
}

/// The usual addresses of the endpoints that Querent is tried with.
pub const PRESETS: &[Preset] = &[
    Preset { name: "OpenAI", base_url: "https://api.openai.com/v1", model: "gpt-4.1-mini" },
    Preset { name: "Ollama", base_url: "http://localhost:11434/v1", model: "qwen2.5-coder" },
    Preset { name: "LiteLLM", base_url: "http://localhost:4000/v1", model: "" },
    Preset { name: "vLLM", base_url: "http://localhost:8000/v1", model: "" },
];

/// The form's fields as they are typed.
#[derive(Clone, Copy)]
pub struct ModelForm {
    pub provider: RwSignal<Provider>,
    pub base_url: RwSignal<String>,
    pub api_key: RwSignal<String>,
    pub has_api_key: RwSignal<bool>,
    pub model: RwSignal<String>,
    pub temperature: RwSignal<String>,
    pub timeout: RwSignal<String>,
}

impl ModelForm {
    #[must_use]
    pub fn new(settings: &ModelSettings) -> Self {
        Self {
            provider: RwSignal::new(settings.provider),
            base_url: RwSignal::new(settings.base_url.clone()),
            api_key: RwSignal::new(String::new()),
            has_api_key: RwSignal::new(settings.has_api_key),
            model: RwSignal::new(settings.model.clone()),
            temperature: RwSignal::new(settings.temperature.to_string()),
            timeout: RwSignal::new(settings.timeout_s.to_string()),
        }
    }

    /// Subscribes to every field.
    pub fn track(self) {
        self.provider.track();
        for field in [self.base_url, self.api_key, self.model, self.temperature, self.timeout] {
            field.track();
        }
    }

    /// Takes a preset's address, and its model unless one is named.
    pub fn take(self, preset: &Preset) {
        self.base_url.set(preset.base_url.to_owned());
        let known =
            PRESETS.iter().any(|other| self.model.with_untracked(|model| model == other.model));
        if known || self.model.with_untracked(String::is_empty) {
            self.model.set(preset.model.to_owned());
        }
    }

    /// After saving: the key is stored now, and no longer in the page.
    pub fn saved(self) {
        if !self.api_key.with_untracked(String::is_empty) {
            self.has_api_key.set(true);
            self.api_key.set(String::new());
        }
    }

    /// The settings, or what is wrong and what to do.
    pub fn settings(self) -> Result<ModelSettings, (&'static str, &'static str)> {
        let text = |field: RwSignal<String>| field.with_untracked(|text| text.trim().to_owned());
        let provider = self.provider.get_untracked();
        let temperature = text(self.temperature).replace(',', ".").parse::<f32>();
        let temperature = temperature
            .ok()
            .filter(|value| (0.0..=2.0).contains(value))
            .ok_or(("The temperature is no number from 0 to 2.", "0 suits SQL best."))?;
        let timeout_s =
            text(self.timeout).parse().ok().filter(|seconds| (1..=600).contains(seconds)).ok_or(
                ("The time-out is no whole number of seconds.", "Give 1 to 600; 60 is usual."),
            )?;
        let settings = ModelSettings {
            provider,
            base_url: text(self.base_url),
            api_key: Some(text(self.api_key)).filter(|key| !key.is_empty()),
            has_api_key: self.has_api_key.get_untracked(),
            model: text(self.model),
            temperature,
            timeout_s,
        };
        if provider == Provider::OpenAiCompatible {
            check_endpoint(&settings)?;
        }
        Ok(settings)
    }
}

fn check_endpoint(settings: &ModelSettings) -> Result<(), (&'static str, &'static str)> {
    let url = &settings.base_url;
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(("The base URL is no web address.", "It begins with https:// or http://."));
    }
    if settings.model.is_empty() {
        return Err(("No model is named.", "Write the model's name as the endpoint lists it."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(change: impl Fn(ModelForm)) -> Result<ModelSettings, &'static str> {
        let owner = Owner::new();
        owner.with(|| {
            let form = ModelForm::new(&ModelSettings::default());
            change(form);
            form.settings().map_err(|(message, _)| message)
        })
    }

    #[test]
    fn the_built_in_engine_needs_nothing() {
        assert_eq!(form(|_| {}), Ok(ModelSettings::default()));
    }

    #[test]
    fn an_endpoint_needs_an_address_and_a_model() {
        let open = |form: ModelForm| form.provider.set(Provider::OpenAiCompatible);
        assert_eq!(form(open), Err("The base URL is no web address."));
        let named = form(|form| {
            open(form);
            form.base_url.set(" https://llm.example/v1 ".into());
        });
        assert_eq!(named, Err("No model is named."));
        let whole = form(|form| {
            open(form);
            form.take(&PRESETS[1]);
            form.api_key.set("secret".into());
            form.temperature.set("0,5".into());
        });
        let whole = whole.unwrap();
        assert_eq!(whole.base_url, "http://localhost:11434/v1");
        assert_eq!(whole.model, "qwen2.5-coder");
        assert_eq!(whole.api_key.as_deref(), Some("secret"));
        assert!((whole.temperature - 0.5).abs() < f32::EPSILON);
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for (field, text) in
            [("t", "3"), ("t", "NaN"), ("t", ""), ("s", "0"), ("s", "1e9"), ("s", "x")]
        {
            let outcome = form(|form| {
                let field = if field == "t" { form.temperature } else { form.timeout };
                field.set(text.into());
            });
            assert!(outcome.is_err(), "{text}");
        }
    }
}
