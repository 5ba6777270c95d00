CREATE INDEX IF NOT EXISTS import_job_by_age ON import_job (pool, created_at, id);
