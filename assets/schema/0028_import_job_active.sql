CREATE INDEX IF NOT EXISTS import_job_active ON import_job (active) WHERE active = 1;
