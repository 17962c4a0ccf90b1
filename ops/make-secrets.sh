#!/bin/sh
# Writes what compose.yaml needs and what nobody should invent by hand. Never overwrites: run it again without harm.
set -eu
cd "$(dirname "$0")/.."
command -v openssl >/dev/null || { echo 'openssl is needed: apt-get install openssl' >&2; exit 1; }

mkdir -p secrets/acme workspace
# The folder keeps others out; the files are read by the containers' own users.
chmod 700 secrets

new() { # name, content
  [ -e "secrets/$1" ] && return
  printf '%s' "$2" >"secrets/$1"
  chmod 444 "secrets/$1"
  echo "wrote secrets/$1"
}

[ -e secrets/postgres_password ] || new postgres_password "$(openssl rand -hex 24)"
if [ ! -e secrets/database_migration_url ]; then
  if [ -e secrets/database_url ]; then
    # From before there were two: that role owns the tables, and only the migrations go on as it.
    mv secrets/database_url secrets/database_migration_url
    echo 'moved secrets/database_url to secrets/database_migration_url'
  else
    new database_migration_url "postgres://shipmate:$(cat secrets/postgres_password)@postgres:5432/shipmate"
  fi
  # Made by the migrations, at the same place as the owner.
  new database_url "$(sed -E "s#//[^@]*@#//shipmate_app:$(openssl rand -hex 24)@#" secrets/database_migration_url)"
fi
[ -e secrets/redis_password ] || new redis_password "$(openssl rand -hex 24)"
new redis_config "requirepass $(cat secrets/redis_password)"
new redis_url "redis://:$(cat secrets/redis_password)@redis:6379"
new shipmate_keys "k1:$(openssl rand -base64 32)"

if [ ! -e .env ]; then
  group=$(stat -c %g /var/run/docker.sock 2>/dev/null || echo '')
  printf 'SHIPMATE_DOMAIN=\nACME_EMAIL=\nDOCKER_GROUP=%s\n' "$group" >.env
  echo 'wrote .env: fill in SHIPMATE_DOMAIN and ACME_EMAIL'
fi

if [ "$(id -u)" = 0 ]; then
  chown 65532:65532 secrets/acme
  chmod 700 secrets/acme
else
  echo 'let Traefik write its certificates: sudo chown 65532:65532 secrets/acme'
fi
