CREATE TABLE IF NOT EXISTS code (
    pool TEXT NOT NULL,
    sub BLOB NOT NULL,
    purpose TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (pool, sub, purpose)
) STRICT, WITHOUT ROWID;
