CREATE TABLE IF NOT EXISTS risk_profile (
    pool TEXT NOT NULL,
    sub BLOB NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (pool, sub)
) STRICT;
