//! Accounts: set-up, login, links, and the admin's users page.

use crate::{
    accounts::{
        Accounts, passwords,
        throttle::Subject,
        tokens::{self, Purpose},
    },
    http::problem::internal,
    state::AppState,
};
use app::{backend::Caller, users::port};
use async_trait::async_trait;
use model::{
    account::{AccountLink, LinkKind, LinkPurpose, Member, Person},
    error::{Problem, ProblemCode},
    id::{UserId, WorkspaceId},
    role::Role,
};
use secrecy::SecretString;
use store::{Store, StoreError, links, users};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

/// An invitation may wait for a week, a reset for a day.
const INVITE_DAYS: i64 = 7;
const RESET_DAYS: i64 = 1;
const LONGEST_NAME: usize = 120;
const LONGEST_EMAIL: usize = 254;

/// The port.
pub struct AccountsPort {
    state: AppState,
}

impl AccountsPort {
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        Self { state: state.clone() }
    }

    fn store(&self) -> &Store {
        &self.state.store
    }

    fn accounts(&self) -> &Accounts {
        &self.state.accounts
    }

    /// The account's person as it is now.
    async fn person(&self, workspace: WorkspaceId, user: UserId) -> Result<Person, Problem> {
        Ok(users::get(self.store(), workspace, user).await?.person)
    }

    async fn hash_new(&self, password: String, email: &str) -> Result<SecretString, Problem> {
        let password = SecretString::from(password);
        passwords::acceptable(&password, email)?;
        self.accounts().passwords.hash(password).await
    }

    async fn link(
        &self,
        person: &Person,
        user: UserId,
        kind: LinkKind,
    ) -> Result<AccountLink, Problem> {
        let (path, days) = match kind {
            LinkKind::Invite => ("/join", INVITE_DAYS),
            LinkKind::Reset => ("/reset", RESET_DAYS),
        };
        let expires_at = OffsetDateTime::now_utc() + Duration::days(days);
        let expires_at_ms = expires_at.unix_timestamp().saturating_mul(1_000);
        let id = links::add(self.store(), person.workspace, user, kind, expires_at_ms).await?;
        let token = self.accounts().tokens.sign(id, Purpose::Password, expires_at_ms)?;
        let expires_at =
            expires_at.format(&Rfc3339).map_err(|error| internal(&error, "print a time"))?;
        Ok(AccountLink { path: format!("{path}?token={token}"), expires_at })
    }

    /// Reads a link's token; attempts with wrong ones count against the address.
    fn read_token(
        &self,
        caller: &Caller,
        token: &str,
        purpose: Purpose,
    ) -> Result<model::id::InviteId, Problem> {
        let address = [Subject::Address(caller.address.clone())];
        self.accounts().throttle.admit(&address)?;
        self.accounts().tokens.read(token, purpose).inspect_err(|_| {
            self.accounts().throttle.failed(&address);
        })
    }
}

#[async_trait]
impl port::Accounts for AccountsPort {
    async fn needs_set_up(&self) -> Result<bool, Problem> {
        Ok(!users::any(self.store()).await?)
    }

    async fn set_up(
        &self,
        caller: &Caller,
        token: String,
        workspace: String,
        name: String,
        email: String,
        password: String,
    ) -> Result<Person, Problem> {
        // 1. Only whoever read the link in the server's output.
        let link = self.read_token(caller, &token, Purpose::SetUp)?;
        links::check_set_up(self.store(), link).await.map_err(link_error)?;
        // 2. What was typed.
        let workspace = named(&workspace, "workspace")?;
        let name = named(&name, "name")?;
        let email = address(&email)?;
        let hash = self.hash_new(password, &email).await?;
        // 3. The store makes sure that it happens once.
        let admin = users::NewUser {
            email: &email,
            name: &name,
            role: Role::Admin,
            password_hash: Some(hash),
            must_change_password: false,
        };
        let (workspace, user) = users::set_up(self.store(), &workspace, &admin).await?;
        tracing::info!(%workspace, %user, "set up");
        crate::startup::give_sample_in_background(&self.state);
        // 4. Signed in.
        caller.session.begin(user).await?;
        self.person(workspace, user).await
    }

    async fn log_in(
        &self,
        caller: &Caller,
        email: String,
        password: String,
    ) -> Result<Person, Problem> {
        let email = users::normal_email(&email);
        let subjects =
            [Subject::Account(shortened(&email)), Subject::Address(caller.address.clone())];
        self.accounts().throttle.admit(&subjects)?;
        // Counted before the check: attempts made at the same moment must not all be free.
        self.accounts().throttle.failed(&subjects);

        let account = users::by_email(self.store(), &email).await?;
        let hash = account.as_ref().and_then(|account| account.password_hash.clone());
        let fits = self.accounts().passwords.check(SecretString::from(password), hash).await?;
        match account.filter(|account| fits && account.enabled) {
            Some(account) => {
                self.accounts().throttle.succeeded(&subjects);
                caller.session.begin(account.person.user).await?;
                tracing::info!(user = %account.person.user, "signed in");
                Ok(account.person)
            }
            None => {
                tracing::info!(address = caller.address, "a login failed");
                Err(wrong_login())
            }
        }
    }

    async fn log_out(&self, caller: &Caller) -> Result<(), Problem> {
        caller.session.end().await
    }

    async fn log_out_everywhere(&self, caller: &Caller, person: &Person) -> Result<(), Problem> {
        users::end_all_sessions(self.store(), person.user).await?;
        caller.session.end().await
    }

    async fn change_password(
        &self,
        caller: &Caller,
        person: &Person,
        current: String,
        new: String,
    ) -> Result<(), Problem> {
        let subjects = [Subject::Account(shortened(&person.email))];
        self.accounts().throttle.admit(&subjects)?;
        let account = users::get(self.store(), person.workspace, person.user).await?;
        let current = SecretString::from(current);
        if !self.accounts().passwords.check(current.clone(), account.password_hash).await? {
            self.accounts().throttle.failed(&subjects);
            let message = "This is not your current password.";
            return Err(Problem::new(ProblemCode::Invalid, message));
        }
        if secrecy::ExposeSecret::expose_secret(&current) == new {
            let message = "The new password is the one you have.";
            return Err(Problem::new(ProblemCode::Invalid, message));
        }
        let hash = self.hash_new(new, &person.email).await?;
        users::set_password(self.store(), person.user, &hash).await?;
        self.accounts().throttle.succeeded(&subjects);
        // That ended every session, this one too: go on in a new one.
        caller.session.begin(person.user).await
    }

    async fn link_purpose(&self, token: String) -> Result<LinkPurpose, Problem> {
        let id = self.accounts().tokens.read(&token, Purpose::Password)?;
        Ok(links::get(self.store(), id).await.map_err(link_error)?.purpose)
    }

    async fn accept_link(
        &self,
        caller: &Caller,
        token: String,
        name: String,
        password: String,
    ) -> Result<Person, Problem> {
        let id = self.read_token(caller, &token, Purpose::Password)?;
        let purpose = links::get(self.store(), id).await.map_err(link_error)?.purpose;
        let name = match purpose.kind {
            LinkKind::Invite => named(&name, "name")?,
            LinkKind::Reset => String::new(),
        };
        let hash = self.hash_new(password, &purpose.email).await?;
        let link = links::accept(self.store(), id, &name, &hash).await.map_err(link_error)?;
        self.accounts().throttle.succeeded(&[Subject::Account(purpose.email)]);
        caller.session.begin(link.user).await?;
        self.person(link.workspace, link.user).await
    }

    async fn members(&self, person: &Person) -> Result<Vec<Member>, Problem> {
        Ok(users::members(self.store(), person.workspace).await?)
    }

    async fn invite(
        &self,
        person: &Person,
        email: String,
        name: String,
        role: Role,
    ) -> Result<AccountLink, Problem> {
        let email = address(&email)?;
        let name = named(&name, "name")?;
        let invited = users::NewUser {
            email: &email,
            name: &name,
            role,
            password_hash: None,
            must_change_password: false,
        };
        let user = users::add(self.store(), person.workspace, &invited).await?;
        self.link(person, user, LinkKind::Invite).await
    }

    async fn set_role(&self, person: &Person, user: UserId, role: Role) -> Result<(), Problem> {
        users::set_role(self.store(), person.workspace, user, role).await?;
        tracing::info!(by = %person.user, %user, %role, "a role was changed");
        Ok(())
    }

    async fn set_enabled(
        &self,
        person: &Person,
        user: UserId,
        enabled: bool,
    ) -> Result<(), Problem> {
        if user == person.user && !enabled {
            let message = "You cannot disable your own account.";
            return Err(
                Problem::new(ProblemCode::Conflict, message).hint("Another admin can do it.")
            );
        }
        users::set_enabled(self.store(), person.workspace, user, enabled).await?;
        tracing::info!(by = %person.user, %user, enabled, "an account was enabled or disabled");
        Ok(())
    }

    async fn reset_link(&self, person: &Person, user: UserId) -> Result<AccountLink, Problem> {
        let account = users::get(self.store(), person.workspace, user).await?;
        // A password opens every workspace of an account: only where this is the only one may its
        // admin hand out a new one.
        if users::memberships(self.store(), user).await? > 1 {
            let message = "This account is a member of another workspace too.";
            return Err(Problem::new(ProblemCode::Conflict, message).hint(
                "Its password can only be reset with `querent user add --reset` on the server.",
            ));
        }
        if !account.enabled {
            let message = "This account is disabled.";
            return Err(Problem::new(ProblemCode::Conflict, message).hint("Enable it first."));
        }
        let kind = match account.password_hash {
            Some(_) => LinkKind::Reset,
            None => LinkKind::Invite,
        };
        self.link(person, user, kind).await
    }
}

/// The same for an unknown account, a disabled one and a wrong password.
fn wrong_login() -> Problem {
    Problem::new(ProblemCode::Unauthenticated, "E-mail address or password are wrong.")
        .hint("Your administrator can make a link to reset the password.")
}

fn link_error(error: StoreError) -> Problem {
    match error {
        StoreError::NotFound { .. } => tokens::gone(),
        other => other.into(),
    }
}

fn named(text: &str, what: &str) -> Result<String, Problem> {
    let text = text.trim();
    let invalid = |message: String| Err(Problem::new(ProblemCode::Invalid, message));
    if text.is_empty() {
        return invalid(format!("The {what} is empty."));
    }
    if text.chars().count() > LONGEST_NAME {
        return invalid(format!("The {what} is longer than {LONGEST_NAME} characters."));
    }
    if text.chars().any(char::is_control) {
        return invalid(format!("The {what} holds characters that cannot be shown."));
    }
    Ok(text.to_owned())
}

/// An e-mail address in lower case: something, an `@`, something. The rest is for its mail server to say.
fn address(text: &str) -> Result<String, Problem> {
    let email = users::normal_email(text);
    let fits = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let is_plain = !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if fits && is_plain && email.len() <= LONGEST_EMAIL {
        return Ok(email);
    }
    Err(Problem::new(ProblemCode::Invalid, "This is no e-mail address.")
        .hint("It should look like ann@example.com."))
}

/// Names under which failures are counted must not be large.
fn shortened(email: &str) -> String {
    email.chars().take(LONGEST_EMAIL).collect()
}
