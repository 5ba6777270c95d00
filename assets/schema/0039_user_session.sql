CREATE TABLE IF NOT EXISTS user_session (
    pool TEXT NOT NULL,
    sub BLOB NOT NULL,
    id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (pool, sub, id)
) STRICT, WITHOUT ROWID;
