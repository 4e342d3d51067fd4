#!/bin/sh
# Checks OpenAPI documents with openapi-spec-validator, in a virtual environment of its own.
# Usage: scripts/validate-openapi.sh FILE...
set -eu
[ $# -gt 0 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
venv="${CARGO_TARGET_DIR:-$(dirname "$0")/../target}/openapi-venv"
if [ ! -x "$venv/bin/openapi-spec-validator" ]; then
    echo "$0: installing openapi-spec-validator" >&2
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "openapi-spec-validator==0.7.*"
fi
"$venv/bin/openapi-spec-validator" "$@"
