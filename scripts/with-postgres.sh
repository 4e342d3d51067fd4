#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own, from the system's binaries, on a free port, in a
# folder that is removed afterwards. The command finds it at $CREWED_TEST_POSTGRES, and the authority that
# says it is `localhost` in the file $CREWED_TEST_POSTGRES_CA.
#
#   scripts/with-postgres.sh COMMAND ..
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }

bin=
find_server() {
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort --version-sort --reverse); do
        if [ -x "$folder/initdb" ]; then bin=$folder; return; fi
    done
    if command -v initdb >/dev/null; then bin=$(dirname "$(command -v initdb)"); fi
}
find_server
if [ -z "$bin" ] && [ "$(id --user)" = 0 ] && command -v apt-get >/dev/null; then
    echo "$0: installing PostgreSQL's server" >&2
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
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=crewed's tests" \
    -addext "basicConstraints=critical,CA:TRUE" -keyout ca.key -out ca.crt 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout data/server.key \
    -out server.csr 2>/dev/null
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out data/server.crt \
    -extfile <(echo subjectAltName=DNS:localhost) 2>/dev/null
chmod 600 data/server.key
if [ ${#as[@]} -gt 0 ]; then chown "$user" data/server.key data/server.crt; fi
# What these tests are about survives no loss of power.
options="-p $port -k $folder -c listen_addresses=127.0.0.1 -c max_connections=500 -c fsync=off -c ssl=on"
"${as[@]}" "$bin/pg_ctl" start --pgdata "$folder/data" --wait --silent --log "$folder/data/log" --options "$options" ||
    { cat "$folder/data/log" >&2; exit 1; }
cd - >/dev/null
export CREWED_TEST_POSTGRES_CA=$folder/ca.crt
chmod 755 "$folder"
CREWED_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable" "$@"
