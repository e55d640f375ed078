#!/bin/sh
# For each service that has a schema: the schema and a role that owns it and nothing else.
set -eu

psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=marquee \
  --set=users_password="$USERS_DATABASE_PASSWORD" --set=jobs_password="$JOBS_DATABASE_PASSWORD" <<'SQL'
create extension pg_trgm schema public;
create role users login password :'users_password';
create schema users authorization users;
create role jobs login password :'jobs_password';
create schema jobs authorization jobs;
SQL
