-- The database mosaic: one schema per service, an owner role that migrates it and a runtime role that
-- reads and writes its rows, each confined to its own schema. May be run again at any time; it then
-- sets the passwords anew. Run by psql as a superuser; the environment variable MOSAIC_SECRETS names
-- the folder that holds one password file per role, named like the role.
\set ON_ERROR_STOP on
set client_min_messages = warning;
set log_min_error_statement = panic; -- a failing statement must not put a password into the log
set password_encryption = 'scram-sha-256';

select 'create database mosaic template template0 encoding ''UTF8'' locale ''C'''
where not exists (select from pg_database where datname = 'mosaic') \gexec
\connect mosaic
set client_min_messages = warning;
set log_min_error_statement = panic;
set password_encryption = 'scram-sha-256';

revoke all on database mosaic from public;
revoke all on schema public from public;

\set schema intake
\ir service.sql
\set schema eligibility
\ir service.sql
\set schema project_tracking
\ir service.sql
\set schema kpi_aggregator
\ir service.sql
