#!/bin/sh
# Reads metrics from standard input with the official parser of Prometheus' text format, in a virtual environment of its
# own, and prints its samples as JSON. Where Debian's package `prometheus` is installed, `promtool` checks them as well.
# Usage: scripts/validate-metrics.sh < METRICS
set -eu
target="${CARGO_TARGET_DIR:-$(dirname "$0")/../target}"
venv="$target/prometheus-venv"
mkdir -p "$target"
# Tests that run at the same time do not install it into each other's way.
(
    flock 9
    if [ ! -e "$venv/complete" ]; then
        echo "$0: installing prometheus-client" >&2
        python3 -m venv --clear "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check "prometheus-client==0.24.*"
        touch "$venv/complete"
    fi
) 9> "$target/prometheus-venv.lock"
metrics="$(mktemp)"
trap 'rm -f "$metrics"' EXIT
cat > "$metrics"
if command -v promtool >/dev/null; then
    promtool check metrics < "$metrics" >&2
fi
"$venv/bin/python" "$(dirname "$0")/validate-metrics.py" < "$metrics"
