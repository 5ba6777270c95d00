CREATE TABLE IF NOT EXISTS device (
    pool TEXT NOT NULL,
    sub BLOB NOT NULL,
    key TEXT NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (pool, sub, key)
) STRICT, WITHOUT ROWID;
