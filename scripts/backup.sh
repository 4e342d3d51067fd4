#!/usr/bin/env bash
# Backs up a database of SQLite's while `heroes` writes to it, in the two ways of docs/production.md, each several times;
# looks into each copy (PRAGMA integrity_check), starts the program on it, and asks for every row that was acknowledged
# before the backup began. It fails where one is missing, or where the program was disturbed.
#
#   scripts/backup.sh [--release] [--keep]
#
# Needs Rust, Python 3.11, and of Debian's packages sqlite3. It takes half a minute, and the building of the program.
# Everything is on a free port of 127.0.0.1, in a folder that is removed (--keep leaves it).
set -euo pipefail
exec python3 "$(dirname "$0")/production/backup.py" "$@"
