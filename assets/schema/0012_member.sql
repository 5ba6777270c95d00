CREATE TABLE IF NOT EXISTS member (
    pool TEXT NOT NULL,
    name TEXT NOT NULL,
    sub BLOB NOT NULL,
    PRIMARY KEY (pool, name, sub)
) STRICT, WITHOUT ROWID;
