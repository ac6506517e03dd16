//! Through whose eyes to look: somebody of a role, or one person.

use super::{controls::Pick, words::People};
use leptos::prelude::*;
use model::{
    id::UserId,
    policy::{PolicyDraft, ViewAs},
    role::Role,
};

/// As it stands in the menu: `analyst`, or a person's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    Role(Role),
    User(UserId),
}

impl Viewer {
    /// The first whom a policy is for; an analyst if it is for everyone.
    #[must_use]
    pub fn of(draft: &PolicyDraft) -> Self {
        let roles = draft.applies_to.roles.iter().copied();
        let first = roles.max_by_key(|role| (*role == Role::Analyst, *role != Role::Admin));
        match (first, draft.applies_to.users.first()) {
            (Some(role), _) => Self::Role(role),
            (None, Some(user)) => Self::User(*user),
            (None, None) => Self::Role(Role::Analyst),
        }
    }

    #[must_use]
    pub fn view_as(self) -> ViewAs {
        match self {
            Self::Role(role) => ViewAs::Role(role),
            Self::User(user) => ViewAs::User(user),
        }
    }

    fn key(self) -> String {
        match self {
            Self::Role(role) => role.name().to_owned(),
            Self::User(user) => user.to_string(),
        }
    }

    fn parse(key: &str) -> Option<Self> {
        let role = key.parse().ok().map(Self::Role);
        role.or_else(|| key.parse().ok().map(Self::User))
    }
}

/// The menu: roles, then the people of the workspace.
#[component]
pub fn ViewerPick(
    id: &'static str,
    viewer: RwSignal<Viewer>,
    people: StoredValue<People>,
) -> impl IntoView {
    let roles = Role::ALL.into_iter().map(|role| {
        let article = if matches!(role, Role::Viewer) { "a" } else { "an" };
        (role.name().to_owned(), format!("{article} {role}"))
    });
    let people = people.with_value(|people| {
        people.iter().map(|(user, name)| (user.to_string(), name.clone())).collect::<Vec<_>>()
    });
    let options: Vec<(String, String)> = roles.chain(people).collect();
    let choose = move |key: String| {
        if let Some(chosen) = Viewer::parse(&key) {
            viewer.set(chosen);
        }
    };
    view! {
        <div class="policy-viewer">
            <Pick
                id
                label="View as"
                options=Signal::stored(options)
                chosen=Signal::derive(move || viewer.get().key())
                on_choose=choose
            />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_viewer_is_one_whom_the_policy_is_for() {
        let mut draft = PolicyDraft::default();
        assert_eq!(Viewer::of(&draft), Viewer::Role(Role::Analyst));
        draft.applies_to.roles = vec![Role::Viewer, Role::Admin];
        assert_eq!(Viewer::of(&draft), Viewer::Role(Role::Viewer));
        draft.applies_to.roles = vec![Role::Viewer, Role::Analyst];
        assert_eq!(Viewer::of(&draft), Viewer::Role(Role::Analyst));
    }

    #[test]
    fn keys_go_both_ways() {
        for role in Role::ALL {
            assert_eq!(Viewer::parse(&Viewer::Role(role).key()), Some(Viewer::Role(role)));
        }
        assert_eq!(Viewer::parse("nobody"), None);
    }
}
