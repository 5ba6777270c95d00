CREATE TABLE IF NOT EXISTS message (
    id BLOB NOT NULL PRIMARY KEY,
    pool TEXT NOT NULL,
    destination TEXT NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
