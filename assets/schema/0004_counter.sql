-- Counts that are written with what they count.
CREATE TABLE IF NOT EXISTS counter (
    pool TEXT NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (pool, name)
) STRICT, WITHOUT ROWID;
