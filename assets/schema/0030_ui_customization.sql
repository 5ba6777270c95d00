CREATE TABLE IF NOT EXISTS ui_customization (
    pool TEXT NOT NULL,
    client TEXT NOT NULL,
    logo_id TEXT,
    format INTEGER NOT NULL,
    document TEXT NOT NULL,
    logo BLOB,
    PRIMARY KEY (pool, client)
) STRICT;
