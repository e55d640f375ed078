#!/bin/sh
# Creates a schema for each tenant, and a role that owns this schema and can access nothing else.
#   TENANTS                 the services with a schema
#   <NAME>_DATABASE_PASSWORD   the password of each role
set -eu

psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=marquee --command='create extension pg_trgm schema public'
for tenant in $TENANTS; do
  variable=$(echo "$tenant" | tr '[:lower:]' '[:upper:]')_DATABASE_PASSWORD
  psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=marquee \
    --set=tenant="$tenant" --set=password="$(printenv "$variable")" <<'SQL'
create role :"tenant" login password :'password';
create schema :"tenant" authorization :"tenant";
SQL
done
