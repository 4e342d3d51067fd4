#!/usr/bin/env bash
# Builds the image, starts it, and asks it for /docs and for a user it has just stored.
#
#   scripts/docker-smoke.sh [PROGRAM]      default: users
#
# With a docker engine it is docker that builds and runs; else podman, from base images that are
# already there. Where podman may build but not run, the image's file system is entered by chroot, as
# the image's own user and with its environment.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${1:-users}
image=crewed-$program
port=${PORT:-8000}
stop=:
trap 'eval "$stop"' EXIT

ask() {
    for _ in $(seq 50); do
        if curl --silent --fail "http://127.0.0.1:$port/openapi.json" >/dev/null; then break; fi
        sleep 0.2
    done
    curl --silent --show-error --fail "http://127.0.0.1:$port/docs" | grep -q 'swagger-ui'
    echo "$image: /docs answers"
    # What the image's health check asks, with the image's own words.
    health=$("$engine" image inspect --format '{{index .Config.Healthcheck.Test 3}}' "$image")
    ROCKET_PORT=$port bash -c "$health"
    echo "$image: its health check passes"
}

if docker info >/dev/null 2>&1; then
    engine=docker
    docker build --tag "$image" --build-arg "PROGRAM=$program" .
    id=$(docker run --detach --rm --publish "$port:8000" "$image")
    stop="docker stop $id >/dev/null"
elif command -v podman >/dev/null; then
    engine=podman
    podman build --format docker --isolation chroot --network host --pull=never --tag "$image" --build-arg "PROGRAM=$program" .
    if id=$(podman run --detach --rm --publish "$port:8000" "$image" 2>/dev/null); then
        stop="podman stop $id >/dev/null"
    else
        root=$(podman image mount "$image")
        data=$(mktemp -d)
        chown 10001:10001 "$data"
        # The image is mounted read-only; its volume is a folder of ours.
        mount --bind "$data" "$root/data"
        env --ignore-environment PATH="$PATH" ROCKET_ADDRESS=0.0.0.0 ROCKET_PORT="$port" ROCKET_CLI_COLORS=false \
            chroot --userspec=10001:10001 "$root" sh -c 'cd /data && exec /usr/local/bin/crewed-program' &
        pid=$!
        stop="kill $pid; wait $pid 2>/dev/null || true; umount '$root/data'; podman image unmount '$image' >/dev/null; rm -rf '$data'"
    fi
else
    echo "neither a docker engine nor podman is here" >&2
    exit 1
fi
ask
