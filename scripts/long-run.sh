#!/usr/bin/env bash
# Runs `heroes`, in release mode, for half an hour under a mixed load: three processes on a PostgreSQL cluster (as
# scripts/many-machines.sh has it) and one on SQLite. Meanwhile both are deployed twice, PostgreSQL is restarted, its
# leader's machine dies and comes back, the leader hands over, and SQLite's disk is full. It fails where an
# acknowledged write is missing, where an answer was wrong, where requests failed at other times than these, or where
# the memory of a process grows: by the straight line through the second half of the run. (SQLite's caches fill up in the
# first minutes of a process, so that less than twenty minutes say nothing about that.)
#
#   scripts/long-run.sh [--minutes 30] [--keep] [--metrics PATH]
#
# Needs what scripts/many-machines.sh needs, and for the full disk leave to mount a tmpfs (root; in a container
# CAP_SYS_ADMIN): without that it says so and goes on. Everything is on 127.0.0.0/8, on free ports, in a folder that is
# removed (--keep leaves it, with all logs). With --metrics the counters that the processes show there (/metrics) are
# compared with what the clients saw.
set -euo pipefail
exec python3 "$(dirname "$0")/production/long_run.py" "$@"
