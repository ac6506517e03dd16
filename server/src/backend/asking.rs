//! The conversation panel's port: questions become runs, and a task of their own drives each.

use super::models::ModelsPort;
use crate::{
    databases::Database,
    http::runs::{own, stop},
    policies::{Allowed, replay},
    sink::{StoreSink, Watch},
    state::{AppState, Shared},
    statement::now_ms,
    statements::Registration,
};
use app::ask::{api::Asked, port::Asking};
use async_trait::async_trait;
use model::{
    account::Person,
    catalog::Catalog,
    conversation::{Conversation, ConversationSummary},
    error::{Problem, ProblemCode},
    history::HistoryKind,
    id::{ConnectionId, ConversationId, RunId},
    run::{AskRequest, ChooseRequest, Happening, RunEvent, RunStatus},
};
use pipeline::{
    Access, Exchange, Question, Run, Waiting,
    drafter::{Drafter, EngineDrafter, ModelDrafter},
    ports::SystemClock,
};
use std::sync::Arc;
use store::{
    conversations,
    runs::{self, NewRun, RunRow},
    waiting,
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
    pub fn new(state: &AppState, models: ModelsPort) -> Self {
        Self { state: state.clone(), models }
    }
}

#[async_trait]
impl Asking for AskingPort {
    async fn ask(&self, person: &Person, request: AskRequest) -> Result<Asked, Problem> {
        let store = &self.state.store;
        // 1. Everything that can be refused is refused before anything is written.
        let question = checked(&request.question)?;
        let database = self.state.databases.get(person.workspace, request.connection).await?;
        let sight = Sight::of(&database, person).await?;
        let drafter = self.drafter(person, request.built_in).await?;
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
            waiting::cancel(store, person.workspace, person.user, old).await?;
            runs::replace(store, person.workspace, person.user, old, run).await?;
        }
        let before = match request.conversation {
            Some(id) => self.before(person, id, run, &sight).await?,
            None => Vec::new(),
        };
        // 3. A task of its own drives it: it does not live in this request.
        let chosen = None;
        let work = Work { run, question, before, database, sight, drafter, registration, chosen };
        self.start(person, work);
        Ok(Asked { run, conversation })
    }

    async fn choose(&self, person: &Person, request: ChooseRequest) -> Result<(), Problem> {
        let store = &self.state.store;
        let ChooseRequest { run, choice } = request;
        // 1. The run is this person's, it waits, and there is such a choice.
        self.state.journal.flush().await?;
        let row = own(store, person, run).await?;
        let events = runs::events_after(store, person.workspace, run, 0).await?;
        let waiting = Waiting::of(&events).ok_or_else(chosen_already)?;
        if usize::try_from(choice).map_or(true, |place| place >= waiting.choices().len()) {
            return Err(Problem::new(ProblemCode::Invalid, "There is no such choice."));
        }
        // 2. Everything that it needs is there.
        let database = self.state.databases.get(person.workspace, row.connection).await?;
        let sight = Sight::of(&database, person).await?;
        let registration = self.state.statements.begin(run, person.workspace, person.user)?;
        // 3. Of several choices one counts.
        if !waiting::claim(store, person.workspace, person.user, run).await? {
            return Err(chosen_already());
        }
        let work = Work {
            run,
            question: row.question,
            before: Vec::new(),
            database,
            sight,
            drafter: Arc::new(EngineDrafter),
            registration,
            chosen: Some(Chosen { events, waiting, choice }),
        };
        self.start(person, work);
        Ok(())
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
        let asking = known.asking(&database.allowed(person, &known).await?).await?;
        Ok(engine::complete(&prefix, &asking.lexicon, &asking.values))
    }

    async fn suggestions(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<Vec<String>, Problem> {
        let database = self.state.databases.get(person.workspace, connection).await?;
        let Some(known) = database.prepared() else { return Ok(Vec::new()) };
        let asking = known.asking(&database.allowed(person, &known).await?).await?;
        Ok(engine::suggestions(&asking.lexicon))
    }
}

/// What a run needs.
struct Work {
    run: RunId,
    question: String,
    before: Vec<Exchange>,
    database: Arc<Database>,
    sight: Sight,
    drafter: Arc<dyn Drafter>,
    registration: Registration,
    /// It goes on where it waited; `None`: it begins.
    chosen: Option<Chosen>,
}

/// What the person may read, and what they see of the catalogue.
struct Sight {
    allowed: Allowed,
    catalog: Arc<Catalog>,
    asking: Arc<pipeline::Prepared>,
}

impl Sight {
    async fn of(database: &Arc<Database>, person: &Person) -> Result<Self, Problem> {
        let prepared = database.known()?;
        database.read_values_once(&prepared);
        let allowed = database.allowed(person, &prepared).await?;
        let asking = prepared.asking(&allowed).await?;
        Ok(Self { allowed, catalog: prepared.catalog.clone(), asking })
    }
}

/// A choice in a run that waited.
struct Chosen {
    /// The run's events so far.
    events: Vec<RunEvent>,
    waiting: Waiting,
    choice: u32,
}

fn chosen_already() -> Problem {
    Problem::new(ProblemCode::Conflict, "This question does not wait for a choice any more.")
        .hint("It was chosen or given up elsewhere; its answer is in the conversation.")
}

impl AskingPort {
    /// `built_in`: the engine, whatever model the workspace has.
    async fn drafter(&self, person: &Person, built_in: bool) -> Result<Arc<dyn Drafter>, Problem> {
        if built_in {
            return Ok(Arc::new(EngineDrafter));
        }
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
        sight: &Sight,
    ) -> Result<Vec<Exchange>, Problem> {
        let runs = runs::of_conversation(&self.state.store, person.workspace, conversation).await?;
        let earlier: Vec<(&RunRow, &String)> = runs
            .iter()
            .filter(|row| row.id != run && row.status == RunStatus::Done)
            .filter_map(|row| Some((row, row.sql.as_ref()?)))
            .collect();
        let newest = earlier.len().saturating_sub(REMEMBERED);
        let mut exchanges = Vec::new();
        for (row, sql) in &earlier[newest..] {
            let sql = match sight.allowed.governed.is_open() {
                true => Some((*sql).clone()),
                false => self.drafted(person, row).await?,
            };
            let question = row.question.clone();
            exchanges.extend(sql.map(|sql| Exchange { question, sql }));
        }
        Ok(exchanges)
    }

    /// What was drafted for an earlier question: what ran has the policies' masks and filters in it.
    /// `None` when it read what the person may not see any more.
    async fn drafted(&self, person: &Person, run: &RunRow) -> Result<Option<String>, Problem> {
        let Shared { store, databases, .. } = &*self.state;
        if !replay::may_show(store, databases, person, run).await? {
            return Ok(None);
        }
        let events = runs::events_after(store, person.workspace, run.id, 0).await?;
        Ok(events.into_iter().rev().find_map(|event| match event.what {
            Happening::Drafted { sql, .. } => Some(sql),
            _ => None,
        }))
    }

    /// Starts the task that takes the run to its end.
    fn start(&self, person: &Person, work: Work) {
        let Work { run, question, before, database, sight, drafter, registration, chosen } = work;
        let Sight { allowed, catalog, asking } = sight;
        let live = match &chosen {
            None => self.state.runs.begin(run, person),
            Some(chosen) => self.state.runs.go_on(run, person, chosen.events.clone()),
        };
        let sink = StoreSink {
            run,
            journal: self.state.journal.clone(),
            live: live.log.clone(),
            dir: self.state.config.data.dir.clone(),
            kept: Arc::default(),
            watch: Watch { store: self.state.store.clone(), allowed: allowed.clone(), catalog },
        };
        let access = Access {
            policy: (*allowed.policy).clone(),
            attributes: allowed.attributes.clone(),
            policies: allowed.mask_policies(),
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
            prepared: asking,
            access: Arc::new(access),
            connector: database.connector.clone(),
            drafter,
            sink: Arc::new(sink),
            clock: Arc::new(SystemClock::default()),
            cancel: registration.cancel.clone(),
        };
        tokio::spawn(async move {
            match chosen {
                None => pipeline::perform(run).await,
                Some(Chosen { waiting, choice, .. }) => {
                    pipeline::resume(run, waiting, choice).await
                }
            };
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
