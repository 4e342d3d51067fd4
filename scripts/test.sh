#!/usr/bin/env bash
# Every test of crewed, with all the set-up it needs on a fresh machine with Rust, a C compiler, Python 3 and
# PostgreSQL's server.
set -euo pipefail
cd "$(dirname "$0")/.."

# Asked first: it is needed last.
if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    echo "scripts/test.sh needs Python 3 with venv for the document's validator and for Schemathesis (Debian: apt-get install python3-venv)" >&2
    exit 1
fi

# What a store promises is tested on every engine, what is answered over the wire on both.
if [ -z "${CREWED_TEST_POSTGRES:-}" ]; then
    exec scripts/with-postgres.sh "$0"
fi

cargo build --workspace --all-targets --locked
cargo test --workspace --locked
CREWED_TEST_ENGINE=postgres cargo test --locked --test it -- http:: types:: addressed:: launch:: paths::

# The documents that the tests have just compared are documents by the standard's own validator too.
scripts/validate-openapi.sh tests/golden/openapi_*.json

# Requests that nobody thought of are answered as the documents say.
scripts/schemathesis.sh
