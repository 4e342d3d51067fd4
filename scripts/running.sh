# shellcheck shell=bash
# For scripts that ask a program: `start FOLDER PROGRAM` runs one in a folder that it makes, on the free port `$port`;
# `reached` waits until it takes connections, and `stop` ends it.
port=
pid=
start() {
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    mkdir -p "$1"
    # It ends at once, since nobody balances loads here.
    local settings=(ROCKET_PORT="$port" ROCKET_LOG_LEVEL=off ROCKET_CREWED="{timeouts={drain=0}}")
    (cd "$1" && exec env "${settings[@]}" "$2") &
    pid=$!
}
reached() {
    while kill -0 "$pid" && ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.1; done
}
stop() {
    if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi
    pid=
}
