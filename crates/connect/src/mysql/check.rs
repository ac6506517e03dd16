//! The connection test: what works, and what should not stay as it is.

use super::{Shared, session::text};
use crate::ConnectError;
use model::{
    connection::{Advice, TestReport},
    dialect::Dialect,
};
use sqlx::Connection;
use std::time::Instant;

/// Rights that change something, as GRANT spells them.
const WRITES: [&str; 12] = [
    "INSERT",
    "UPDATE",
    "DELETE",
    "CREATE",
    "DROP",
    "ALTER",
    "INDEX",
    "TRIGGER",
    "EVENT",
    "CREATE ROUTINE",
    "DELETE HISTORY",
    "GRANT OPTION",
];

/// Connects afresh, so that the answer is of now.
pub(super) async fn check(shared: &Shared) -> Result<TestReport, ConnectError> {
    let mut session = shared.opener.open().await?;
    let started = Instant::now();
    let rows = session.rows("SELECT @@version, CURRENT_USER(), DATABASE()").await?;
    let latency = started.elapsed();
    let value = |index| rows.first().and_then(|row| text(row, index)).unwrap_or_default();
    let tls = session.rows("SHOW SESSION STATUS LIKE 'Ssl_version'").await?;
    let encrypted = tls.first().and_then(|row| text(row, 1)).filter(|version| !version.is_empty());
    let grants = session.rows("SHOW GRANTS").await?;
    let grants: Vec<String> = grants.iter().filter_map(|row| text(row, 0)).collect();
    let proper = read_only_account(&value(2), &shared.schemas);
    let report = TestReport::Ok {
        server_version: value(0),
        latency_us: u64::try_from(latency.as_micros()).unwrap_or(u64::MAX),
        encrypted,
        warnings: advice(&value(1), &grants, &proper),
    };
    let _ = session.connection.close().await;
    Ok(report)
}

fn advice(user: &str, grants: &[String], proper: &str) -> Vec<Advice> {
    let rights = rights(grants);
    let has = |right: &str| rights.iter().any(|known| known == right);
    let statements = Some(proper.to_owned());
    if has("SUPER") || rights.iter().any(|right| right == "ALL PRIVILEGES ON *.*") {
        let message =
            format!("'{user}' may do everything on this server, read its files included.");
        return vec![Advice { message, statements }];
    }
    let mut advice = Vec::new();
    if has("FILE") {
        advice.push(Advice {
            message: format!(
                "'{user}' has the FILE right: it may read and write files on the server."
            ),
            statements: statements.clone(),
        });
    }
    let writes: Vec<&str> = WRITES.into_iter().filter(|right| has(right)).collect();
    if has("ALL PRIVILEGES") {
        advice.push(Advice {
            message: format!("'{user}' has all rights on a database. Querent only reads."),
            statements: statements.clone(),
        });
    } else if !writes.is_empty() {
        advice.push(Advice {
            message: format!("'{user}' may write ({}). Querent only reads.", writes.join(", ")),
            statements: statements.clone(),
        });
    }
    if !has("SELECT")
        && !has("ALL PRIVILEGES")
        && !grants.iter().any(|grant| grant.contains("SELECT ("))
    {
        advice.push(Advice { message: format!("'{user}' may not read any table."), statements });
    }
    advice
}

/// The rights in `GRANT a, b ON place TO …` lines; all rights on everything stand out.
fn rights(grants: &[String]) -> Vec<String> {
    let mut rights = Vec::new();
    for grant in grants {
        let Some(rest) = grant.strip_prefix("GRANT ") else { continue };
        let Some((list, place)) = rest.split_once(" ON ") else { continue };
        // MariaDB gives everybody the databases named test: no fault of this account.
        if grant.ends_with("TO PUBLIC") && place.starts_with("`test") {
            continue;
        }
        for right in list.split(", ") {
            rights.push(right.to_owned());
            if right == "ALL PRIVILEGES" && place.starts_with("*.*") {
                rights.push("ALL PRIVILEGES ON *.*".to_owned());
            }
        }
        if grant.ends_with("WITH GRANT OPTION") {
            rights.push("GRANT OPTION".to_owned());
        }
    }
    rights
}

/// Statements that make a proper account.
fn read_only_account(database: &str, schemas: &[String]) -> String {
    let quote = |name: &str| Dialect::MySql.quote(name);
    let own = [database.to_owned()];
    let schemas = if schemas.is_empty() { &own[..] } else { schemas };
    let mut statements =
        "CREATE USER 'querent_reader'@'%' IDENTIFIED BY 'choose-one';\n".to_owned();
    for schema in schemas {
        let place = if schema.is_empty() { "*".to_owned() } else { quote(schema) };
        statements
            .push_str(&format!("GRANT SELECT, SHOW VIEW ON {place}.* TO 'querent_reader'@'%';\n"));
    }
    statements.truncate(statements.trim_end().len());
    statements
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(grants: &[&str], words: &[&str]) {
        let grants: Vec<String> = grants.iter().map(|grant| (*grant).to_owned()).collect();
        let advice = advice("u@%", &grants, "GRANT …");
        assert_eq!(advice.len(), words.len(), "{grants:?}: {advice:?}");
        for (advice, word) in advice.iter().zip(words) {
            assert!(advice.message.contains(word), "{advice:?}");
        }
    }

    #[test]
    fn warnings() {
        check(
            &["GRANT USAGE ON *.* TO `u`@`%`", "GRANT SELECT, SHOW VIEW ON `s`.* TO `u`@`%`"],
            &[],
        );
        check(&["GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION"], &["everything"]);
        check(&["GRANT SELECT, FILE ON *.* TO `u`@`%`"], &["FILE"]);
        check(&["GRANT ALL PRIVILEGES ON `s`.* TO `u`@`%`"], &["all rights"]);
        check(&["GRANT SELECT, INSERT ON `s`.`t` TO `u`@`%`"], &["INSERT"]);
        check(&["GRANT USAGE ON *.* TO `u`@`%`"], &["may not read"]);
    }
}
