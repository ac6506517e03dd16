//! The panel's head: which conversation is shown, a new one, another one, deleting this one.

use super::state::Chat;
use crate::pages::help::Help;
use crate::ui::{
    button::{Button, IconButton, Weight},
    dialog::Dialog,
    icon::{Glyph, Icon},
    menu::{Menu, MenuItem},
};
use leptos::prelude::*;

const HELP: &str = "Ask in words what you want to know of the connection in use. Each step is shown as it happens; the SQL passes the guard, \
    which lets nothing but reads through, and runs within the connection's limits. A question that follows on another may leave out what was said before.";

#[component]
pub fn ConversationBar(chat: Chat) -> impl IntoView {
    let confirming = RwSignal::new(false);
    let title = Memo::new(move |_| {
        let id = chat.conversation.get();
        let listed = chat
            .conversations
            .with(|all| all.iter().find(|one| Some(one.id) == id).map(|one| one.title.clone()));
        // A conversation that is not listed yet is named by its first question.
        listed.or_else(|| {
            let turns = chat.turns.get();
            id.and_then(|_| {
                turns.first().map(|first| first.turn.with(|turn| turn.question.clone()))
            })
        })
    });
    let items = move || {
        let shown = chat.conversation.get();
        let mut items: Vec<MenuItem> = chat.conversations.with(|all| {
            let others = all.iter().filter(|one| Some(one.id) != shown);
            others
                .map(|one| {
                    let id = one.id;
                    MenuItem::run(one.title.clone(), Glyph::Message, move || chat.show(id))
                })
                .collect()
        });
        items.insert(
            0,
            MenuItem::heading(if items.is_empty() {
                "No other conversations on this connection"
            } else {
                "Other conversations"
            }),
        );
        if shown.is_some() {
            let ask = move || confirming.set(true);
            items.push(MenuItem::run("Delete this conversation", Glyph::Trash, ask).danger());
        }
        items
    };
    view! {
        <header class="ask-head">
            <h2 class="ask-title" title=move || title.get()>
                {move || title.get().unwrap_or_else(|| "New conversation".to_owned())}
            </h2>
            <Help text=HELP/>
            <IconButton glyph=Glyph::Plus label="New conversation" on:click=move |_| chat.begin()/>
            <Menu label="Conversations" items=Signal::derive(items) place="left">
                <Icon glyph=Glyph::History/>
            </Menu>
        </header>
        <Dialog open=confirming title="Delete conversation">
            <ConfirmDelete chat open=confirming/>
        </Dialog>
    }
}

#[component]
fn ConfirmDelete(chat: Chat, open: RwSignal<bool>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let delete = move |_| {
        busy.set(true);
        chat.delete(move |result| {
            busy.try_set(false);
            open.set(false);
            if let Err(problem) = result {
                chat.ide.toasts.problem(&problem);
            }
        });
    };
    view! {
        <div class="form">
            <p>"Its questions and answers are deleted. The history still lists what ran."</p>
            <div class="form-actions">
                <Button weight=Weight::Danger busy=busy on:click=delete>"Delete conversation"</Button>
                <Button on:click=move |_| open.set(false)>"Keep it"</Button>
            </div>
        </div>
    }
}
