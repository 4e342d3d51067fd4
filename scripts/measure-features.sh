#!/usr/bin/env bash
# What each feature of crewed costs: crates, a clean build of examples/users in processor seconds and in seconds, and
# the size of its stripped binary; for each set of features, which docs/performance.md counts the crates of. Takes minutes for each.
#
#     scripts/measure-features.sh [FEATURES ..]      "" for none; all of them without arguments
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- "" sqlite postgres docs tls sqlite,docs postgres,docs sqlite,postgres,docs sqlite,postgres,docs,tls

program=$(mktemp -d)
trap 'rm -rf "$program"' EXIT
export CARGO_TARGET_DIR=$program/target
TIMEFORMAT='%U %S %R'
mkdir "$program/src"
cp examples/users/main.rs "$program/src/"
# Its tests are not measured, and only the document has a title.
sed -i 's/\.title("Users")//; /^#\[cfg(test)\]$/,/^mod tests;$/d' "$program/src/main.rs"
cp Cargo.lock "$program/"

# A clean build: seconds of the processor, and of the clock.
build() {
    rm -rf "$CARGO_TARGET_DIR"
    { time cargo build --quiet --manifest-path "$program/Cargo.toml" "$@" 2>"$program/log"; } 2>&1 |
        awk '{ printf "%.0f, %.0f", $1 + $2, $3 }'
}

echo '| features | crates | dev build: processor s, s | release build: processor s, s | stripped binary, MB |'
echo '|---|---|---|---|---|'
for features in "$@"; do
    cat >"$program/Cargo.toml" <<EOF
[package]
name = "users"
version = "0.0.0"
edition = "2024"

[dependencies]
crewed = { path = "$PWD", default-features = false, features = [$(sed -E 's/[a-z]+/"&"/g' <<<"$features")] }

[profile.release]
codegen-units = 1
lto = "thin"
strip = true
EOF
    crates=$(cargo tree --quiet --manifest-path "$program/Cargo.toml" --edges normal --prefix none | sed 's/ (\*)$//' | sort -u | wc -l)
    dev=$(build)
    release=$(build --release)
    size=$(stat --format %s "$CARGO_TARGET_DIR/release/users")
    echo "| ${features:-none} | $crates | $dev | $release | $(awk "BEGIN { printf \"%.1f\", $size / 1e6 }") |"
done
