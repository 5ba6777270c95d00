CREATE TABLE IF NOT EXISTS import_job (
    pool TEXT NOT NULL,
    id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    active INTEGER NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (pool, id)
) STRICT;
