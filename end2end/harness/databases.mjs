// The throw-away PostgreSQL and MariaDB of `cargo xtask services`: a database of one's own in each.

import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";

/** Host, port, user, password of a test server, from its address in the environment. */
function server(variable) {
  const address = process.env[variable];
  if (!address) {
    throw new Error(`${variable} is not set: run the journeys with \`cargo xtask test --browser\``);
  }
  const url = new URL(address);
  return { host: url.hostname, port: url.port, user: url.username, password: url.password };
}

/** A fresh PostgreSQL database, filled by `sql`; `query` gives what psql prints. */
export function postgres(sql) {
  const at = server("QUERENT_TEST_POSTGRES_URL");
  const query = (text, database) =>
    client("psql", ["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database], text, {
      PGHOST: at.host,
      PGPORT: at.port,
      PGUSER: at.user,
      PGPASSWORD: at.password,
    });
  return fresh(at, sql, query, "postgres");
}

/** A fresh MariaDB database, filled by `sql`; `query` gives what the mariadb client prints. */
export function mariadb(sql) {
  const at = server("QUERENT_TEST_MYSQL_URL");
  const query = (text, database) =>
    client("mariadb", ["--batch", "--skip-column-names", "--protocol=tcp", database], text, {
      MYSQL_HOST: at.host,
      MYSQL_TCP_PORT: at.port,
      MYSQL_PWD: at.password,
    }, ["--no-defaults", `--host=${at.host}`, `--port=${at.port}`, `--user=${at.user}`]);
  return fresh(at, sql, query, "mysql");
}

function fresh(at, sql, query, home) {
  const database = `journey_${randomBytes(6).toString("hex")}`;
  query(`CREATE DATABASE ${database};`, home);
  query(sql, database);
  return {
    ...at,
    database,
    query: (text) => query(text, database),
    drop: () => query(`DROP DATABASE ${database}${home === "postgres" ? " WITH (FORCE)" : ""};`, home),
  };
}

function client(program, args, input, env, first = []) {
  const done = spawnSync(program, [...first, ...args], {
    input,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  // A client that stops at an error breaks the pipe of what else it was told: what it printed says more.
  if (done.error && !done.stderr) throw new Error(`${program}: ${done.error.message}`);
  if (done.status !== 0) throw new Error(`${program} failed:\n${done.stderr}`);
  return done.stdout.trim();
}

/** A little shop: enough for a question with a sum and a group. */
export const SHOP = `
CREATE TABLE customers (id integer PRIMARY KEY, name varchar(80) NOT NULL, city varchar(80) NOT NULL);
CREATE TABLE orders (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  ordered_on date NOT NULL,
  total numeric(12, 2) NOT NULL
);
INSERT INTO customers VALUES (1, 'Ada', 'Paris'), (2, 'Grace', 'Oslo'), (3, 'Edsger', 'Oslo');
INSERT INTO orders VALUES
  (1, 1, '2025-01-05', 10.50), (2, 1, '2025-02-06', 20.00), (3, 2, '2025-02-07', 5.25),
  (4, 3, '2025-03-08', 99.99), (5, 3, '2025-03-09', 1.01);
`;
