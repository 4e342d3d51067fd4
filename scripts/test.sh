#!/usr/bin/env bash
# Every test of crewed, with all the set-up it needs on a fresh machine with Rust, a C compiler and
# Python 3.
set -euo pipefail
cd "$(dirname "$0")/.."

# Asked first: it is needed last.
if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    echo "scripts/test.sh needs Python 3 with venv for the document's validator and for Schemathesis (Debian: apt-get install python3-venv)" >&2
    exit 1
fi

cargo build --workspace --all-targets --locked
cargo test --workspace --locked

# The documents that the tests have just compared are documents by the standard's own validator too.
scripts/validate-openapi.sh tests/golden/openapi_*.json

# Requests that nobody thought of are answered as the documents say.
scripts/schemathesis.sh
