CREATE TABLE IF NOT EXISTS attempt (
    pool TEXT NOT NULL,
    sub BLOB NOT NULL,
    kind TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    PRIMARY KEY (pool, sub, kind)
) STRICT, WITHOUT ROWID;
