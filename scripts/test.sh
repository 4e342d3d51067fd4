#!/usr/bin/env bash
# Every test of crewed, with all the set-up it needs on a fresh machine with Rust, a C compiler, Python 3, Node.js and
# PostgreSQL's server. It tells each step before it begins, and ends with a line that all passed or what failed.
set -euo pipefail
cd "$(dirname "$0")/.."

# Asked first: it is needed last.
if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    echo "scripts/test.sh needs Python 3 with venv for the document's validator, for Schemathesis and for a client (Debian: apt-get install python3-venv)" >&2
    exit 1
fi

if ! command -v sqlite3 >/dev/null; then
    echo "scripts/test.sh needs the program sqlite3, which statements are pasted into (Debian: apt-get install sqlite3)" >&2
    exit 1
fi

if ! command -v chromium >/dev/null; then
    echo "scripts/test.sh needs Chromium, in which the pages of \`crewed dev\` are looked at (Debian: apt-get install chromium)" >&2
    exit 1
fi

for needed in node npm; do
    if ! command -v "$needed" >/dev/null; then
        echo "scripts/test.sh needs Node.js and npm for the client in TypeScript (Debian: apt-get install nodejs npm)" >&2
        exit 1
    fi
done

# What a store promises is tested on every engine, what is answered over the wire on both.
if [ -z "${CREWED_TEST_POSTGRES:-}" ]; then
    echo "scripts/test.sh: starting a PostgreSQL server for the tests"
    exec scripts/with-postgres.sh "$0"
fi

# Many of the tests wait for a time to pass, and leave a processor to others meanwhile.
export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * $(getconf _NPROCESSORS_ONLN)))}

number=0
# Runs a command as a step: `step WHAT COMMAND ..`.
step() {
    local what=$1 begun=$SECONDS
    shift
    number=$((number + 1))
    printf '\nscripts/test.sh: step %s of 9: %s\n' "$number" "$what"
    if ! "$@"; then
        printf '\nscripts/test.sh: FAILED at step %s of 9, %s: %s\n' "$number" "$what" "$*" >&2
        exit 1
    fi
    echo "scripts/test.sh: step $number of 9 passed in $((SECONDS - begun)) s"
}

step "building crewed, its examples, tests and benches (minutes the first time)" \
    cargo build --workspace --all-targets --locked

step "the tests of every crate, the compiler's messages, and the examples in the documentation" \
    cargo test --workspace --locked

# Within a step a command that fails does not end the function by itself.
on_postgres() {
    env CREWED_TEST_ENGINE=postgres cargo test --locked --test it -- http:: types:: addressed:: launch:: paths:: repository:: issues:: secrets:: lists:: dependencies:: access:: || return 1
    # The access rules of a larger program, in two databases that differ in what is hidden.
    psql --quiet "$CREWED_TEST_POSTGRES" --command "CREATE SCHEMA bookshop_1; CREATE SCHEMA bookshop_2" || return 1
    local stores="$CREWED_TEST_POSTGRES&options=-csearch_path%3Dbookshop_"
    BOOKSHOP_STORES="${stores}1 ${stores}2" cargo test --locked --test bookshop nobody
}
step "what is answered over the wire, with PostgreSQL as the store" on_postgres

step "each of crewed's features alone, with none and with all" \
    scripts/features.sh

# What the tests have compared is also what each program says of itself when it is asked.
documents() {
    local example target
    target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
    for example in bigger bodies bookshop crud_pydantic declared_path declared_query dependencies heroes notes params users; do
        "$target/debug/examples/$example" --crewed openapi --check "tests/golden/openapi_$example.json" || return 1
    done
    "$target/debug/examples/security" --crewed openapi --base /jwt --check tests/golden/openapi_security.json
}
step "the documents of the examples, asked of each program" documents

# The documents that the tests have just compared are documents by the standard's own validator too.
step "the documents, by the validator of the OpenAPI standard" \
    scripts/validate-openapi.sh tests/golden/openapi_*.json

# And they allow what is answered, by the strictest reading.
step "answers of real programs, by their documents" \
    scripts/validate-openapi.sh --answers tests/golden/answers_*.json

# Requests that nobody thought of are answered as the documents say.
step "requests that nobody thought of, by Schemathesis (half a minute for each program)" \
    scripts/schemathesis.sh

# And programs that were made from a document call all of it.
step "clients in TypeScript and Python, made from a document" \
    scripts/clients.sh

printf '\nscripts/test.sh: all passed: the tests on SQLite and PostgreSQL, the documents, and the programs, in %s min %s s\n' \
    $((SECONDS / 60)) $((SECONDS % 60))
