CREATE TABLE IF NOT EXISTS identity_login (
    pool TEXT NOT NULL,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    identity TEXT NOT NULL,
    PRIMARY KEY (pool, provider, subject)
) STRICT;
