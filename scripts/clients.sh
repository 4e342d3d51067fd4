#!/usr/bin/env bash
# Makes two clients from the document of the example `bookshop`, one in TypeScript by openapi-typescript and
# openapi-fetch, one in Python by openapi-python-client; has both compiled, and has each call every operation of the
# running program: tests/clients/drive.ts and tests/clients/drive.py. What is installed for that is pinned in
# tests/clients, and stays in the target folder.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/running.sh
sources=$PWD/tests/clients
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
work=$target/clients
for needed in node npm; do
    if ! command -v "$needed" >/dev/null; then
        echo "$0 needs Node.js and npm for the client in TypeScript (Debian: apt-get install nodejs npm)" >&2
        exit 1
    fi
done
mkdir -p "$work"
# Installs anew where what is pinned has changed: `installed FILE ..` knows what was installed.
installed() { cmp --silent <(cat "${@/#/$sources/}") "$work/installed-$1"; }
done_with() { cat "${@/#/$sources/}" >"$work/installed-$1"; }
if ! installed package.json package-lock.json; then
    echo "$0: installing openapi-typescript and openapi-fetch" >&2
    cp "$sources/package.json" "$sources/package-lock.json" "$work"
    (cd "$work" && npm ci --silent --no-audit --no-fund)
    done_with package.json package-lock.json
fi
if ! installed requirements.txt; then
    echo "$0: installing openapi-python-client and mypy" >&2
    python3 -m venv --clear "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$sources/requirements.txt"
    done_with requirements.txt
fi
cargo build --locked --package crewed-examples --example bookshop

folder=$(mktemp -d)
trap 'stop; rm -rf "$folder"' EXIT
program=$target/debug/examples/bookshop

# Runs a driver with the address of a program of its own, whose shop is empty, and with its document.
drive() {
    local name=$1
    shift
    start "$folder/$name" "$program"
    reached
    "$@" "http://127.0.0.1:$port" "$folder/openapi.json"
    stop
}

(cd "$folder" && "$program" --crewed openapi) >"$folder/openapi.json"

echo "clients: TypeScript"
cp "$sources/drive.ts" "$sources/tsconfig.json" "$work"
(cd "$work" && node_modules/.bin/openapi-typescript "$folder/openapi.json" --output bookshop.d.ts \
    --default-non-nullable=false >/dev/null &&
    node_modules/.bin/tsc --project .)
drive typescript node "$work/drive.js"

echo "clients: Python"
rm -rf "$work/python"
mkdir "$work/python"
cp "$sources/drive.py" "$work/python"
(cd "$work/python" && "$work/venv/bin/openapi-python-client" generate --path "$folder/openapi.json" --meta none \
    --config "$sources/openapi-python-client.yml" --output-path bookshop --fail-on-warning &&
    "$work/venv/bin/mypy" --strict drive.py)
drive python "$work/venv/bin/python" "$work/python/drive.py"
