//! A dialog about one thing: open while there is one.

use super::dialog::Dialog;
use leptos::prelude::*;

/// Shown while `about` holds something; `content` draws it and closes the dialog through its signal.
/// Closed, by whatever way, it forgets what it was about.
#[component]
pub fn DialogAbout<T, C>(
    about: RwSignal<Option<T>>,
    title: &'static str,
    content: C,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    C: Fn(T, RwSignal<bool>) -> AnyView + Clone + Send + Sync + 'static,
{
    let open = RwSignal::new(false);
    Effect::new(move || {
        if about.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move || {
        if !open.get() && about.with_untracked(Option::is_some) {
            about.set(None);
        }
    });
    view! {
        <Dialog open=open title=title>
            {
                let content = content.clone();
                move || about.get().map(|one| content(one, open))
            }
        </Dialog>
    }
}
