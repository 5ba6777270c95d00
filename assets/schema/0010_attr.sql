-- What users are found by: the folded value as bytes, compared as bytes.
CREATE TABLE IF NOT EXISTS attr (
    pool TEXT NOT NULL,
    name INTEGER NOT NULL,
    value BLOB NOT NULL,
    sub BLOB NOT NULL,
    PRIMARY KEY (pool, name, value, sub)
) STRICT, WITHOUT ROWID;
