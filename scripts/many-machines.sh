#!/usr/bin/env bash
# Runs what docs/production.md shows for more than one machine, with its files and everything on this one machine, but in
# processes of their own: etcd and PostgreSQL under Patroni three times, HAProxy that looks for the leader and the
# replicas, PgBouncer in transaction mode, and two or three processes of `heroes` behind another HAProxy.
# Clients write and read all the while, and remember what they were answered. Processes join and leave and are replaced
# by another build; the leader hands over to a replica; its machine dies and comes back. A table tells how long nothing
# was served and what failed. It fails where an acknowledged write is missing or there twice, where an answer was
# wrong, or where requests failed at other times than these.
#
#   scripts/many-machines.sh [--release] [--keep] [--metrics PATH]
#
# Needs Rust, Python 3.11, openssl, and of Debian's packages postgresql, patroni, etcd-server, pgbouncer and haproxy
# (their services need not run; install them with `--no-install-recommends`). It takes four minutes, and the building of
# the programs. Everything is on 127.0.0.0/8, on free ports, in a folder that is removed (--keep leaves it, with all
# logs). With --metrics the counters that the processes show there are compared with what the clients saw.
set -euo pipefail
exec python3 "$(dirname "$0")/production/many_machines.py" "$@"
