//! The conversation panel's port: questions become runs, and a task of their own drives each.

use super::models::ModelsPort;
use crate::{
    databases::{Database, Prepared, attributes_of, policy_for},
    http::runs::stop,
    sink::StoreSink,
    state::AppState,
    statement::now_ms,
    statements::Registration,
};
use app::ask::{api::Asked, port::Asking};
use async_trait::async_trait;
use model::{
    account::Person,
    conversation::{Conversation, ConversationSummary},
    error::{Problem, ProblemCode},
    history::HistoryKind,
    id::{ConnectionId, ConversationId, RunId},
    run::{AskRequest, RunStatus},
};
use pipeline::{
    Access, Exchange, Question, Run,
    drafter::{Drafter, EngineDrafter, ModelDrafter},
    ports::SystemClock,
};
use std::sync::Arc;
use store::{
    conversations,
    runs::{self, NewRun, RunRow},
};

const QUESTION_CHARS: usize = 10_000;
/// Earlier questions of the conversation that a drafter gets to see.
const REMEMBERED: usize = 6;

pub struct AskingPort {
    state: AppState,
    models: ModelsPort,
}

impl AskingPort {
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        Self { state: state.clone(), models: ModelsPort::new(state) }
    }
}

#[async_trait]
impl Asking for AskingPort {
    async fn ask(&self, person: &Person, request: AskRequest) -> Result<Asked, Problem> {
        let store = &self.state.store;
        // 1. Everything that can be refused is refused before anything is written.
        let question = checked(&request.question)?;
        let database = self.state.databases.get(person.workspace, request.connection).await?;
        let prepared = database.known()?;
        database.read_values_once(&prepared);
        let drafter = self.drafter(person).await?;
        if let Some(id) = request.conversation {
            let known = conversations::get(store, person.workspace, person.user, id).await?;
            if known.connection != request.connection {
                return Err(Problem::new(
                    ProblemCode::Invalid,
                    "This conversation is about another connection.",
                ));
            }
        }
        // 2. The run is written down, so that it can be found whatever happens next.
        let run = RunId::generate();
        let registration = self.state.statements.begin(run, person.workspace, person.user)?;
        let conversation = request.conversation.unwrap_or_else(ConversationId::generate);
        self.state
            .journal
            .record_durable(new_run(person, &request, run, conversation, &question))
            .await?;
        if let Some(old) = request.replaces {
            // The old one may have ended long ago.
            let _ = self.state.statements.cancel(old, person.workspace, person.user);
            runs::replace(store, person.workspace, person.user, old, run).await?;
        }
        let before = match request.conversation {
            Some(id) => self.before(person, id, run).await?,
            None => Vec::new(),
        };
        // 3. A task of its own drives it: it does not live in this request.
        let work = Work { run, question, before, database, prepared, drafter, registration };
        self.start(person, work);
        Ok(Asked { run, conversation })
    }

    async fn cancel(&self, person: &Person, run: RunId) -> Result<(), Problem> {
        stop(&self.state, person, run).await
    }

    async fn conversations(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<Vec<ConversationSummary>, Problem> {
        self.state.databases.get(person.workspace, connection).await?;
        let store = &self.state.store;
        Ok(conversations::list(store, person.workspace, person.user, connection).await?)
    }

    async fn conversation(
        &self,
        person: &Person,
        id: ConversationId,
    ) -> Result<Conversation, Problem> {
        let store = &self.state.store;
        let summary = conversations::get(store, person.workspace, person.user, id).await?;
        let runs = runs::of_conversation(store, person.workspace, id).await?;
        Ok(Conversation { summary, runs: runs.iter().map(RunRow::summary).collect() })
    }

    async fn delete_conversation(
        &self,
        person: &Person,
        id: ConversationId,
    ) -> Result<(), Problem> {
        let store = &self.state.store;
        Ok(conversations::delete(store, person.workspace, person.user, id).await?)
    }

    async fn complete(
        &self,
        person: &Person,
        connection: ConnectionId,
        prefix: String,
    ) -> Result<Vec<String>, Problem> {
        if prefix.chars().count() > QUESTION_CHARS {
            return Ok(Vec::new());
        }
        let database = self.state.databases.get(person.workspace, connection).await?;
        let known = database.known()?;
        database.read_values_once(&known);
        let asking = known.asking();
        Ok(engine::complete(&prefix, &asking.lexicon, &asking.values))
    }

    async fn suggestions(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<Vec<String>, Problem> {
        let database = self.state.databases.get(person.workspace, connection).await?;
        let Some(known) = database.prepared() else { return Ok(Vec::new()) };
        Ok(engine::suggestions(&known.asking().lexicon))
    }
}

/// What a run needs.
struct Work {
    run: RunId,
    question: String,
    before: Vec<Exchange>,
    database: Arc<Database>,
    prepared: Arc<Prepared>,
    drafter: Arc<dyn Drafter>,
    registration: Registration,
}

impl AskingPort {
    async fn drafter(&self, person: &Person) -> Result<Arc<dyn Drafter>, Problem> {
        Ok(match self.models.client(person.workspace).await? {
            None => Arc::new(EngineDrafter),
            Some(model) => Arc::new(ModelDrafter::new(model)),
        })
    }

    /// What was asked and answered before in this conversation, oldest first.
    async fn before(
        &self,
        person: &Person,
        conversation: ConversationId,
        run: RunId,
    ) -> Result<Vec<Exchange>, Problem> {
        let runs = runs::of_conversation(&self.state.store, person.workspace, conversation).await?;
        let earlier: Vec<(&String, &String)> = runs
            .iter()
            .filter(|row| row.id != run && row.status == RunStatus::Done)
            .filter_map(|row| Some((&row.question, row.sql.as_ref()?)))
            .collect();
        let newest = earlier.len().saturating_sub(REMEMBERED);
        Ok(earlier[newest..]
            .iter()
            .map(|(question, sql)| Exchange { question: (*question).clone(), sql: (*sql).clone() })
            .collect())
    }

    /// Starts the task that takes the run to its end.
    fn start(&self, person: &Person, work: Work) {
        let Work { run, question, before, database, prepared, drafter, registration } = work;
        let live = self.state.runs.begin(run);
        let sink = StoreSink {
            run,
            journal: self.state.journal.clone(),
            live: live.log.clone(),
            dir: self.state.config.data.dir.clone(),
            kept: Arc::default(),
        };
        let access = Access {
            policy: policy_for(person),
            attributes: attributes_of(person),
            limits: database.limits,
        };
        let run = Run {
            question: Question {
                text: question,
                before,
                glossary: Vec::new(),
                user: person.email.clone(),
                run: run.to_string(),
            },
            prepared: prepared.asking(),
            access: Arc::new(access),
            connector: database.connector.clone(),
            drafter,
            sink: Arc::new(sink),
            clock: Arc::new(SystemClock::default()),
            cancel: registration.cancel.clone(),
        };
        tokio::spawn(async move {
            pipeline::perform(run).await;
            drop((live, registration));
        });
    }
}

fn checked(question: &str) -> Result<String, Problem> {
    let question = question.trim();
    let invalid = |message: &str| Err(Problem::new(ProblemCode::Invalid, message));
    if question.is_empty() {
        return invalid("There is no question.");
    }
    if question.chars().count() > QUESTION_CHARS {
        return invalid("The question is longer than 10,000 characters.");
    }
    if question.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return invalid("The question holds characters that are no text.");
    }
    Ok(question.to_owned())
}

fn new_run(
    person: &Person,
    request: &AskRequest,
    run: RunId,
    conversation: ConversationId,
    question: &str,
) -> NewRun {
    NewRun {
        id: run,
        workspace: person.workspace,
        user: person.user,
        connection: request.connection,
        conversation: Some(conversation),
        starts_conversation: request.conversation.is_none(),
        kind: HistoryKind::Question,
        question: question.to_owned(),
        sql: None,
        started_at_ms: now_ms(),
        end: None,
    }
}
