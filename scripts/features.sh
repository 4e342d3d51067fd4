#!/usr/bin/env bash
# Builds crewed with each of its features alone, with none and with all, and tests what each promises: with an engine
# alone what every engine does, over the wire too. Needs CREWED_TEST_POSTGRES, which scripts/with-postgres.sh sets.
set -euo pipefail
cd "$(dirname "$0")/.."

for features in "" sqlite postgres docs tls sqlite,postgres,docs,tls; do
    # What the default features are is linted and tested whole elsewhere; beside them TLS adds no code to its tests.
    targets=(--all-targets)
    tests=(--test features)
    engine=()
    case $features in
        sqlite) tests+=(--test engine) ;;
        postgres) tests+=(--test engine) engine=(CREWED_TEST_ENGINE=postgres) ;;
        *,*) targets=(--lib --test features) ;;
    esac
    chosen=(--locked --package crewed --no-default-features --features "$features")
    echo "scripts/features.sh: crewed with ${features:-no features}"
    # By itself it is built without `testing`, which its own tests switch on.
    cargo clippy "${chosen[@]}" --lib -- -D warnings
    cargo clippy "${chosen[@]}" "${targets[@]}" -- -D warnings
    env "${engine[@]}" cargo test "${chosen[@]}" "${tests[@]}"
done
