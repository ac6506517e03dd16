// sql-formatter with the three dialects that Querent speaks. Loaded when somebody formats first.
import { formatDialect, mysql, postgresql, sqlite } from "sql-formatter";

const DIALECTS = { pgsql: postgresql, mysql, sql: sqlite };

/** The SQL in an even layout. Throws where it cannot be read: then nothing should change. */
export function format(text, language) {
  return formatDialect(text, {
    dialect: DIALECTS[language],
    keywordCase: "upper",
    linesBetweenQueries: 1,
    tabWidth: 2,
  });
}
