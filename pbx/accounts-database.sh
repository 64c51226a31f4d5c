#!/bin/sh
# Runs once, when Postgres makes its first database: a second one of enrolled devices' accounts, which the hub
# fills, and a role for Asterisk that may read it and nothing else.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$MOKED_PBX_ACCOUNTS_PASSWORD" --set=hub="$POSTGRES_DB" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE asterisk LOGIN PASSWORD :'password';
REVOKE CONNECT ON DATABASE :"hub" FROM PUBLIC;
CREATE DATABASE accounts;
\connect accounts
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO asterisk;
SQL
