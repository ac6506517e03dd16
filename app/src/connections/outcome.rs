//! What a connection test found, told apart, with what to do about it.

use crate::{
    ask::turn::duration,
    pages::form::CopyButton,
    ui::icon::{Glyph, Icon},
};
use leptos::prelude::*;
use model::{
    connection::{Advice, TestFailure, TestReport},
    dialect::Dialect,
};

/// The report of a test.
#[component]
pub fn Outcome(report: TestReport, dialect: Dialect) -> impl IntoView {
    match report {
        TestReport::Ok { server_version, latency_us, encrypted, warnings } => {
            let line = match encrypted {
                Some(version) => format!("The line is encrypted ({version})."),
                None => "The line is not encrypted.".to_owned(),
            };
            view! {
                <div class="notice note note-good">
                    <Icon glyph=Glyph::Check/>
                    <div class="notice-text">
                        <p class="notice-message">{format!("Connected to {} {server_version}", dialect.title())}</p>
                        <p>{format!("Answered in {}. {line}", duration(latency_us))}</p>
                    </div>
                </div>
                {warnings.into_iter().map(|advice| view! { <Warning advice=advice/> }).collect_view()}
            }
            .into_any()
        }
        TestReport::Failed { cause, message, hint } => view! {
            <div class="notice note note-bad" data-cause=format!("{cause:?}")>
                <Icon glyph=Glyph::Error/>
                <div class="notice-text">
                    <p class="notice-message">{headline(cause)}</p>
                    <p>{hint}</p>
                    <p class="muted">{message}</p>
                </div>
            </div>
        }
        .into_any(),
    }
}

/// What happened, in one line.
fn headline(cause: TestFailure) -> &'static str {
    match cause {
        TestFailure::Unreachable => "The host cannot be reached",
        TestFailure::Refused => "Nothing listens on that port",
        TestFailure::WrongPassword => "The user or password is wrong",
        TestFailure::UnknownDatabase => "The database does not exist there",
        TestFailure::Tls => "The encrypted line could not be set up",
        TestFailure::Timeout => "The server did not answer in time",
        TestFailure::MissingRights => "The account lacks rights",
        TestFailure::NotAllowed => "This installation does not allow it",
        TestFailure::Other => "The test failed",
    }
}

/// Something that works but should not stay so, with the statements that mend it.
#[component]
fn Warning(advice: Advice) -> impl IntoView {
    view! {
        <div class="notice note note-warning">
            <Icon glyph=Glyph::Warning/>
            <div class="notice-text">
                <p>{advice.message}</p>
                {advice
                    .statements
                    .map(|statements| {
                        view! {
                            <div class="statements">
                                <pre class="mono" tabindex="0">{statements.clone()}</pre>
                                <CopyButton text=statements label="Copy statements"/>
                            </div>
                        }
                    })}
            </div>
        </div>
    }
}
