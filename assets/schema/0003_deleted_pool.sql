-- Pools whose rows are still being removed in batches.
CREATE TABLE IF NOT EXISTS deleted_pool (
    pool TEXT NOT NULL PRIMARY KEY
) STRICT;
