#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own, from the system's binaries, on a free port, in a
# folder that is removed afterwards. The command finds it at $CREWED_TEST_POSTGRES.
#
#   scripts/with-postgres.sh COMMAND ..
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }

bin=
find_server() {
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort --version-sort --reverse); do
        if [ -x "$folder/initdb" ]; then bin=$folder; return; fi
    done
    if command -v initdb >/dev/null; then bin=$(dirname "$(command -v initdb)"); fi
}
find_server
if [ -z "$bin" ] && [ "$(id --user)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
    find_server
fi
if [ -z "$bin" ]; then
    echo "$0 needs a PostgreSQL server, and finds no initdb (Debian: apt-get install postgresql)" >&2
    exit 1
fi

folder=$(mktemp --directory)
as=()
# The server does not run as root.
if [ "$(id --user)" = 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    chown "$user" "$folder"
    as=(runuser --user "$user" --)
fi
stop() {
    "${as[@]}" "$bin/pg_ctl" stop --pgdata "$folder/data" --mode immediate --silent >/dev/null 2>&1 || true
    rm --recursive --force "$folder"
}
trap stop EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$folder"
"${as[@]}" "$bin/initdb" --pgdata "$folder/data" --username postgres --auth trust --encoding UTF8 --locale C.UTF-8 \
    --no-sync >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
# What these tests are about survives no loss of power.
options="-p $port -k $folder -c listen_addresses=127.0.0.1 -c max_connections=500 -c fsync=off"
"${as[@]}" "$bin/pg_ctl" start --pgdata "$folder/data" --wait --silent --log "$folder/data/log" --options "$options" ||
    { cat "$folder/data/log" >&2; exit 1; }
cd - >/dev/null
CREWED_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres" "$@"
