#!/usr/bin/env bash
# Builds the image of a program, and asks it for what it has stored, before and after it was started anew.
#
#   scripts/docker-smoke.sh [PROGRAM]      `users` (the default) or `heroes`; or `new-users`, `new-heroes` or
#                                          `new-fastapi`, a project that `crewed new` makes of that template
#
# With a docker engine it is docker that builds and runs; else podman, from base images that are already there.
# Where podman may build but not run, the image's file system is entered by chroot, as the image's own user and
# with its environment. PORT is the port that is used on this machine (8000).
set -euo pipefail
cd "$(dirname "$0")/.."
program=${1:-users}
port=${PORT:-8000}
image=crewed-$program
volume=crewed-smoke-$$
entry=crewed-program
context=(.)
case $program in
new-*)
    template=${program#new-}
    folder=$(mktemp -d)
    cargo build --locked --package crewed-cli --bin crewed
    target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
    (cd "$folder" && "$target/debug/crewed" new shop --from "$template")
    entry=shop
    context=(--build-context "crewed=$PWD" "$folder/shop")
    ;;
*) template=$program ;;
esac
case $template in
users | fastapi) list=/users row=/users/ada body='{"name":"ada","nickname":"countess"}' ;;
heroes) list=/heroes row=/heroes/1 body='{"name":"Deadpond","secret_name":"Dive Wilson"}' ;;
*)
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac

say() { echo "$image: $*"; }
fail() {
    say "$*" >&2
    exit 1
}

# One of three ways to run an image. Each has `start [NAME=VALUE ..]`, which starts the program on the same data as
# before with more in its environment, `restart`, `stop`, `inside COMMAND ..`, and `remove`.
engine_start() {
    local environment=()
    for setting in "$@"; do environment+=(--env "$setting"); done
    id=$("$engine" run --detach --publish "$port:8000" --volume "$volume:/data" "${environment[@]}" "$image")
}
engine_restart() { "$engine" restart "$id" >/dev/null; }
engine_stop() { "$engine" rm --force "$id" >/dev/null; }
engine_inside() { "$engine" exec "$id" "$@"; }
engine_remove() {
    if [ -n "${id:-}" ]; then engine_stop 2>/dev/null || true; fi
    "$engine" volume rm --force "$volume" >/dev/null 2>&1 || true
}

chroot_prepare() {
    root=$(podman image mount "$image")
    data=$(mktemp -d)
    chown 10001:10001 "$data"
    # The image is mounted read-only; its volume is a folder of ours.
    mount --bind "$data" "$root/data"
    # The store's file is named after the program, which is found there.
    mount -t proc proc "$root/proc"
    mapfile -t within < <(podman image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$image" | grep .)
    within=(env --ignore-environment "${within[@]}" "ROCKET_PORT=$port" chroot --userspec=10001:10001 "$root")
}
chroot_inside() { "${within[@]}" "$@"; }
chroot_start() {
    started=("$@")
    # Not by a function, whose process would be another than the program's.
    "${within[@]}" env "$@" sh -c "cd /data && exec /usr/local/bin/$entry" &
    id=$!
}
chroot_stop() {
    kill "$id" 2>/dev/null || true
    wait "$id" 2>/dev/null || true
}
chroot_restart() {
    chroot_stop
    it_is_gone
    chroot_start "${started[@]}"
}
chroot_remove() {
    if [ -n "${id:-}" ]; then chroot_stop; fi
    umount "$root/proc" "$root/data"
    podman image unmount "$image" >/dev/null
    rm -rf "$data"
}

arguments=(--tag "$image" --build-arg "PROGRAM=$program" "${context[@]}")
if docker info >/dev/null 2>&1; then
    engine=docker
    say "building with docker"
    docker build "${arguments[@]}"
elif command -v podman >/dev/null; then
    engine=podman
    say "building with podman"
    podman build --format docker --isolation chroot --network host --pull=never --layers "${arguments[@]}"
else
    echo "neither a docker engine nor podman is here" >&2
    exit 1
fi
if [ "$engine" = docker ] || podman run --rm --entrypoint true "$image" 2>/dev/null; then
    way=engine
else
    say "podman may not run it here: its file system is entered by chroot"
    way=chroot
    chroot_prepare
fi
trap '"${way}_remove"' EXIT

# Asks the program; the answer's body, and an error where the status is one.
ask() { curl --silent --show-error --fail --max-time 10 "$@"; }
wait_until_it_answers() {
    for _ in $(seq 150); do
        if curl --silent --max-time 1 --output /dev/null "http://127.0.0.1:$port/"; then return; fi
        sleep 0.2
    done
    fail "nothing answers on port $port"
}
it_is_gone() {
    if curl --silent --max-time 1 --output /dev/null "http://127.0.0.1:$port/"; then
        fail "something still answers on port $port"
    fi
}
# What the image's health check asks, with the image's own words, in the container.
health=$("$engine" image inspect --format '{{index .Config.Healthcheck.Test 3}}' "$image")
healthy() { "${way}_inside" env "$@" bash -c "$health" 2>/dev/null; }

it_is_gone
"${way}_start"
wait_until_it_answers
ask "http://127.0.0.1:$port/docs" | grep -q 'swagger-ui' || fail "/docs is no page of Swagger UI"
say "/docs answers"
healthy || fail "its health check fails, though it answers"
if healthy ROCKET_PORT=1; then fail "its health check passes where nothing answers"; fi
say "its health check passes, and fails where nothing answers"
"${way}_inside" test -s /etc/ssl/certs/ca-certificates.crt || fail "it has no certificates of authorities"
say "it has the certificates of authorities"

"${way}_inside" "/usr/local/bin/$entry" --crewed openapi | grep -q '"openapi": "3.0.3"' || fail "it does not print its document"
say "it prints its document"

stored=$(ask --header 'content-type: application/json' --data "$body" "http://127.0.0.1:$port$list")
[ "$(ask "http://127.0.0.1:$port$row")" = "$stored" ] || fail "$row is not what was stored: $stored"
say "$row is what was stored: $stored"

"${way}_restart"
wait_until_it_answers
[ "$(ask "http://127.0.0.1:$port$row")" = "$stored" ] || fail "$row is lost after a restart"
say "$row is still there after a restart"

"${way}_stop"
it_is_gone
"${way}_start" 'ROCKET_CREWED={docs=false}'
wait_until_it_answers
[ "$(ask "http://127.0.0.1:$port$row")" = "$stored" ] || fail "$row is lost in a new container on the same volume"
if ask --output /dev/null "http://127.0.0.1:$port/openapi.json" 2>/dev/null; then fail "docs=false was not heard"; fi
healthy || fail "its health check fails without docs"
say "$row is still there in a new container on the same volume, and without docs its health check passes"
say "all is well"
