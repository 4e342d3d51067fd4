#!/usr/bin/env bash
# Puts nginx, Caddy and HAProxy before a program, each with its file of docs/production, and proves by requests that they
# keep from it what Rocket's listener cannot: slow heads, silent and idle connections and slow bodies are ended within
# the limits of these files, while somebody else is served; bodies and heads that are too long are refused; and that
# nothing else is lost: the client's address, crewed's own errors, and events as they come.
#
#   scripts/behind-proxies.sh [--keep] [nginx | caddy | haproxy ..]      default: all three
#
# Needs Rust, Python 3.11, openssl, and of Debian's packages nginx, caddy and haproxy. It takes two minutes, and the
# building of the program. Everything is on 127.0.0.0/8, on free ports, in a folder that is removed (--keep leaves it).
set -euo pipefail
exec python3 "$(dirname "$0")/production/behind_proxies.py" "$@"
