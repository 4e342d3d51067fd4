#!/bin/sh
# Checks OpenAPI documents with openapi-spec-validator, in a virtual environment of its own; or answers of programs,
# by the documents that they are kept with.
# Usage: scripts/validate-openapi.sh DOCUMENT...
#        scripts/validate-openapi.sh --answers FILE...
set -eu
[ $# -gt 0 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
venv="${CARGO_TARGET_DIR:-$(dirname "$0")/../target}/openapi-venv"
if [ ! -x "$venv/bin/openapi-spec-validator" ]; then
    echo "$0: installing openapi-spec-validator" >&2
    python3 -m venv "$venv"
    # The first brings the second along, which is named for its version.
    "$venv/bin/pip" install --quiet --disable-pip-version-check "openapi-spec-validator==0.7.*" "openapi-schema-validator==0.6.*"
fi
if [ "$1" = --answers ]; then
    shift
    exec "$venv/bin/python" "$(dirname "$0")/validate-answers.py" "$@"
fi
"$venv/bin/openapi-spec-validator" "$@"
