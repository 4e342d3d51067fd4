#!/usr/bin/env bash
# Every test of crewed, with all the set-up it needs on a fresh machine with Rust, a C compiler and
# Python 3.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --workspace --all-targets --locked
cargo test --workspace --locked

# The documents that the tests have just compared are documents by the standard's own validator too.
scripts/validate-openapi.sh tests/golden/openapi_*.json
