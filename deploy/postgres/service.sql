-- One service's schema and its two roles; included by bootstrap.sql with :schema set.
\set owner mosaic_ :schema _owner
\set runtime mosaic_ :schema _runtime
\setenv MOSAIC_ROLE :owner
\set owner_password `cat "$MOSAIC_SECRETS/$MOSAIC_ROLE"`
\setenv MOSAIC_ROLE :runtime
\set runtime_password `cat "$MOSAIC_SECRETS/$MOSAIC_ROLE"`

select format('create role %I login', r)
from unnest(array[:'owner', :'runtime']) r
where not exists (select from pg_roles where rolname = r) \gexec
alter role :"owner" with login nosuperuser nocreatedb nocreaterole noinherit password :'owner_password';
alter role :"runtime" with login nosuperuser nocreatedb nocreaterole noinherit password :'runtime_password';
grant connect on database mosaic to :"owner", :"runtime";

create schema if not exists :"schema" authorization :"owner";
alter role :"owner" in database mosaic set search_path = :"schema";
alter role :"runtime" in database mosaic set search_path = :"schema";

grant usage on schema :"schema" to :"runtime";
grant select, insert, update, delete on all tables in schema :"schema" to :"runtime";
select format('revoke insert, update, delete on %I.schema_version from %I', :'schema', :'runtime')
where to_regclass(format('%I.schema_version', :'schema')) is not null \gexec
grant usage, select on all sequences in schema :"schema" to :"runtime";
alter default privileges for role :"owner" in schema :"schema"
  grant select, insert, update, delete on tables to :"runtime";
alter default privileges for role :"owner" in schema :"schema"
  grant usage, select on sequences to :"runtime";
alter default privileges for role :"owner" revoke execute on functions from public;
alter default privileges for role :"owner" in schema :"schema"
  grant execute on functions to :"runtime";
