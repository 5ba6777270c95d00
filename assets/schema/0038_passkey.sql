CREATE TABLE IF NOT EXISTS passkey (
    pool TEXT NOT NULL,
    sub BLOB NOT NULL,
    id BLOB NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (pool, sub, id)
) STRICT, WITHOUT ROWID;
