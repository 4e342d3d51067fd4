#!/usr/bin/env bash
# Breaks what a program stands on, in as many rounds as are said (50), and tells how it went: a line for each
# fault. Needs what `tests/it/faults` needs: PostgreSQL's binaries, and leave to mount a disk in memory.
#
#   scripts/faults.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
export CREWED_FAULT_ROUNDS=${1:-50}

log=$(mktemp)
trap 'rm --force "$log"' EXIT
cargo build --locked --examples
cargo test --locked --test it --no-run
if ! cargo test --locked --test it -- faults:: --nocapture --test-threads 1 2>&1 | tee "$log" |
    grep --line-buffered --only-matching 'fault: .*'; then
    cat "$log" >&2
    exit 1
fi
