-- Unique names: whoever holds the row holds the name.
CREATE TABLE IF NOT EXISTS login (
    pool TEXT NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    sub BLOB NOT NULL,
    PRIMARY KEY (pool, kind, value)
) STRICT, WITHOUT ROWID;
