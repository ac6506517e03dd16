//! The history: questions and statements in one list, newest first.

use crate::{
    Store, StoreError,
    error::During,
    rows::{Columns, rfc3339, to_word},
};
use model::{
    history::{HistoryEntry, HistoryFilter, HistoryPage},
    id::{UserId, WorkspaceId},
};
use sqlx::any::AnyRow;

const PAGE: usize = 50;
/// Words of a search that are looked for; more do not narrow it further.
const WORDS: usize = 4;

/// A page of the workspace's history: of `user`, or of everyone when that is `None`.
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn page(
    store: &Store,
    workspace: WorkspaceId,
    user: Option<UserId>,
    filter: &HistoryFilter,
) -> Result<HistoryPage, StoreError> {
    let words = patterns(&filter.search);
    let kind = filter.kind.map(|kind| to_word(&kind, "kind")).transpose()?;
    let rows = sqlx::query(
        "SELECT r.id, r.kind, r.connection_id, c.name AS connection_name, r.conversation_id, \
         r.question, r.sql, r.status, r.problem, r.row_count, r.elapsed_us, r.started_at, \
         coalesce(r.answer_pruned_at, r.rows_pruned_at) AS pruned_at, u.name AS by_name FROM runs r JOIN connections c ON c.id = r.connection_id \
         JOIN users u ON u.id = r.user_id WHERE r.workspace_id = $1 \
         AND ($2 = '' OR r.user_id = $2) AND ($3 = '' OR r.connection_id = $3) \
         AND ($4 = '' OR r.kind = $4) AND ($5 = '' OR r.status = $5) \
         AND ($6 = '' OR (r.started_at, r.id) < (SELECT b.started_at, b.id FROM runs b \
         WHERE b.id = $6 AND b.workspace_id = $1)) \
         AND ($7 = '' OR r.search LIKE $7 ESCAPE '!') AND ($8 = '' OR r.search LIKE $8 ESCAPE '!') \
         AND ($9 = '' OR r.search LIKE $9 ESCAPE '!') \
         AND ($10 = '' OR r.search LIKE $10 ESCAPE '!') \
         ORDER BY r.started_at DESC, r.id DESC LIMIT $11",
    )
    .bind(workspace.to_string())
    .bind(user.map(|id| id.to_string()).unwrap_or_default())
    .bind(filter.connection.map(|id| id.to_string()).unwrap_or_default())
    .bind(kind.unwrap_or_default())
    .bind(filter.status.map(|status| status.name()).unwrap_or_default())
    .bind(filter.before.map(|id| id.to_string()).unwrap_or_default())
    .bind(&words[0])
    .bind(&words[1])
    .bind(&words[2])
    .bind(&words[3])
    .bind(PAGE as i64 + 1)
    .fetch_all(store.reads())
    .await
    .during("read the history")?;
    let entries = rows.iter().take(PAGE).map(entry).collect::<Result<_, _>>()?;
    Ok(HistoryPage { entries, more: rows.len() > PAGE })
}

fn entry(row: &AnyRow) -> Result<HistoryEntry, StoreError> {
    let unsigned = |n: Option<i64>| n.and_then(|n| u64::try_from(n).ok());
    Ok(HistoryEntry {
        id: row.parsed("id")?,
        kind: row.word("kind")?,
        connection: row.parsed("connection_id")?,
        connection_name: row.text("connection_name")?,
        conversation: row.parsed_option("conversation_id")?,
        question: row.text("question")?,
        sql: row.text_option("sql")?,
        status: row.word("status")?,
        problem: row.text_option("problem")?,
        rows: unsigned(row.int_option("row_count")?),
        elapsed_us: unsigned(row.int_option("elapsed_us")?),
        started_at: rfc3339(row.int("started_at")?),
        pruned_at: row.int_option("pruned_at")?.map(rfc3339),
        by: row.text("by_name")?,
    })
}

/// The first words as LIKE patterns; unused ones are empty.
fn patterns(search: &str) -> [String; WORDS] {
    let mut out: [String; WORDS] = Default::default();
    let lower = search.replace('\0', " ").to_lowercase();
    for (slot, word) in out.iter_mut().zip(lower.split_whitespace()) {
        let escaped = word.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        *slot = format!("%{escaped}%");
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn searches_become_patterns() {
        let patterns = super::patterns(" Ü_x  50%! c d e");
        assert_eq!(patterns, ["%ü!_x%", "%50!%!!%", "%c%", "%d%"]);
        assert!(super::patterns("  ").iter().all(String::is_empty));
    }
}
