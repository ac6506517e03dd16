-- The frame: one text for SQLite and PostgreSQL. Ids are UUIDs as text, times are milliseconds
-- since the Unix epoch. `bytes` is read as BLOB by SQLite and as BYTEA by PostgreSQL.

CREATE TABLE workspaces (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- Touched first by whoever changes who is an admin, so that such changes queue up.
    members_changed_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    -- In lower case.
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- A PHC string; NULL until an invitation is accepted.
    password_hash TEXT,
    must_change_password BIGINT NOT NULL,
    -- A session counts only while it carries this number.
    session_epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT
);

CREATE TABLE memberships (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id);

CREATE TABLE links (
    id TEXT PRIMARY KEY,
    -- setup, invite, reset
    kind TEXT NOT NULL,
    workspace_id TEXT REFERENCES workspaces (id),
    user_id TEXT REFERENCES users (id),
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX links_user ON links (user_id);

CREATE TABLE sessions (
    -- SHA-256 of the cookie's value, in hexadecimal: this table alone opens no session.
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    name TEXT NOT NULL,
    dialect TEXT NOT NULL,
    -- The target as JSON, without password and key.
    target TEXT NOT NULL,
    -- Password and key as JSON, sealed; NULL: none.
    secrets bytes,
    colour TEXT NOT NULL,
    limits TEXT NOT NULL,
    schemas TEXT NOT NULL,
    sample BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Deleted connections keep their name for the history, and nothing else.
    deleted_at BIGINT
);
CREATE INDEX connections_workspace ON connections (workspace_id);

CREATE TABLE catalogs (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connections (id),
    fingerprint TEXT NOT NULL,
    -- The catalogue as JSON, compressed with LZ4.
    body bytes NOT NULL,
    tables BIGINT NOT NULL,
    read_at BIGINT NOT NULL
);
CREATE INDEX catalogs_connection ON catalogs (connection_id, id);

CREATE TABLE model_settings (
    workspace_id TEXT PRIMARY KEY REFERENCES workspaces (id),
    settings TEXT NOT NULL,
    api_key bytes,
    updated_at BIGINT NOT NULL
);

CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    connection_id TEXT NOT NULL REFERENCES connections (id),
    title TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX conversations_user ON conversations (user_id, connection_id, updated_at);

-- No foreign keys here and below: these rows are written by the thousand, by code that has just
-- looked their parents up, and parents are marked as deleted, never removed.
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    conversation_id TEXT,
    -- question, statement
    kind TEXT NOT NULL,
    question TEXT NOT NULL,
    sql TEXT,
    status TEXT NOT NULL,
    problem TEXT,
    row_count BIGINT,
    elapsed_us BIGINT,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    replaced_by TEXT,
    -- Question and statement in lower case (all of Unicode), shortened: what a search reads.
    search TEXT NOT NULL
);
CREATE INDEX runs_history ON runs (workspace_id, started_at, id);
CREATE INDEX runs_conversation ON runs (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX runs_running ON runs (status) WHERE status = 'running';

CREATE TABLE run_events (
    run_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
);

CREATE TABLE results (
    run_id TEXT PRIMARY KEY,
    -- The result's file below the data directory.
    file TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
