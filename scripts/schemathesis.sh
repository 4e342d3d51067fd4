#!/usr/bin/env bash
# Asks programs whatever their documents allow, and some things that they do not, with Schemathesis in a
# virtual environment of its own. What it is told to check is in tests/schemathesis.toml,
# and what it cannot know of a document in tests/schemathesis_hooks.py.
#
#   scripts/schemathesis.sh [PROGRAM[/BASE] ..]      default: the programs below
#
# A program with several APIs has a document for each, below its base: security/jwt.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/running.sh
programs=${*:-heroes users notes bookshop transfer params bodies dependencies bigger \
    security/first-steps security/current-user security/simple security/jwt}
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
venv=$target/schemathesis-venv
config=$PWD/tests/schemathesis.toml
export SCHEMATHESIS_HOOKS=$PWD/tests/schemathesis_hooks.py
if [ ! -x "$venv/bin/schemathesis" ]; then
    echo "$0: installing Schemathesis" >&2
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement tests/schemathesis.txt
fi
cargo build --locked --examples

folder=$(mktemp -d)
trap 'stop; rm -rf "$folder"' EXIT

for one in $programs; do
    echo "schemathesis: $one"
    program=${one%%/*}
    base=${one#"$program"}
    start "$folder/$one" "$target/debug/examples/$program"
    # Where not everybody may do everything, somebody asks who may do most of it.
    case $program in
    bookshop) asker=(--header "Authorization: Bearer counter-1") ;;
    notes) asker=(--header "Authorization: Bearer zoe") ;;
    *) asker=() ;;
    esac
    # There is something to be found.
    if [ "$program" = bookshop ]; then
        reached
        python3 -c 'import sys, urllib.request as asks
asks.urlopen(asks.Request(sys.argv[1], b"", {"Authorization": "Bearer counter-1"}))' "http://127.0.0.1:$port/seed"
    fi
    (cd "$folder/$one" && "$venv/bin/schemathesis" --config-file "$config" run --wait-for-schema 20 --no-color \
        "${asker[@]}" "http://127.0.0.1:$port$base/openapi.json") >"$folder/$one.txt" || {
        cat "$folder/$one.txt"
        echo "schemathesis: $one answers other than it says" >&2
        exit 1
    }
    tail -n 1 "$folder/$one.txt"
    stop
done
