"""Instructions of a request, under callgrind.

Counting starts once the server has answered some: a start, and whatever is done once, would drown what is looked for.
"""

import contextlib
import functools
import random
import re
import shutil
import subprocess
import time

import servers
from access import GUARDED, LABELS, OWNED, PUBLIC, WITHOUT
from databases import Trouble

# Requests over one connection: those that are not counted, and those that are.
WARM_UP, COUNTED = 200, 1000
# The most that crewed may need, on SQLite: a little over what it does need, so that a slower way is noticed.
MOST = {"constant": 62_000, "read": 71_000, "page": 189_000, "search": 190_000, "create": 140_000}
# A read beside a route that reads nothing.
MOST_OF_CONSTANT = 1.2
# How many more a request needs under `access(owner)` than behind the caller's guard alone, beside what the headers of a
# private answer need by themselves.
MOST_OF_OWNER = {"read": 3_000, "page": 3_000, "create": 3_000}
# How many more a request needs under `access(public)` than without rules. It is the same code; the rest is noise.
MOST_OF_PUBLIC = {"read": 300, "page": 600, "create": 1_000}
# What production switches on: Rocket's level of the log, what is configured, and how many more a request may need than with
# nothing switched on. (Metrics need 210 in their own functions, and shall need no more than 300. The other 300 are for the
# noise of two counts.)
METRICS, JSON = 'metrics="/metrics"', 'log="json"'
NAMES = ('cors={origins=["https://app.example"]}', 'hosts=["127.0.0.1"]')
RATE, HSTS, TIMES = 'load={per_caller="1000000/1s"}', "hsts=31536000", "server_timing=true"
SWITCHED = {
    "metrics": ("off", (METRICS,), 600),
    "log": ("critical", (JSON,), 7_500),
    "log and metrics": ("critical", (JSON, METRICS), 7_500),
    "Server-Timing": ("off", (TIMES,), 8_000),
    "cors, hosts": ("off", NAMES, 5_500),
    "per_caller": ("off", (RATE,), 12_500),
    "hsts": ("off", (HSTS,), 6_500),
    "all": ("critical", (JSON, METRICS, *NAMES, RATE, HSTS, TIMES), 31_000),
}
# Of these, each but the metrics adds a header to an answer, which Rocket and hyper need some thousand for. That of `hsts` is
# always the same. So this is how many more a request may need with the log and metrics than with one header more.
MOST_OF_LOG = 3_000
# How often what is too much is counted again.
AGAIN = 7
# The resource of the requests that are no requests of `access`.
USERS = "users"
VALGRIND = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--instr-atstart=no"]


def of(server, database, scratch, request, times=1):
    """`database` makes a fresh one; `request` tells method, path, body of the n-th, and perhaps its caller.

    Of several runs the least counts: memory lies in each process as it happens to, and hashes have seeds of their own;
    where these are unlucky each request needs some hundred instructions more.
    """
    if not shutil.which("valgrind"):
        raise Trouble("there is no valgrind (Debian: valgrind)")
    if server.kind == "python":
        raise Trouble(f"{server.name}: an interpreter's instructions are not counted here")
    return min(_counted(server, database(), scratch, request) for _ in range(times))


def _counted(server, database, scratch, request):
    random.seed(1)
    with servers.Running(server, database, scratch, VALGRIND) as running:
        with contextlib.closing(running.connect()) as connection:
            for number in range(WARM_UP + COUNTED):
                if number == WARM_UP:
                    _switch(running, "on")
                method, path, *rest = request(number)
                status, answer = servers.ask(connection, method, path, *rest)
                if status not in (200, 201):
                    raise running.trouble(f"answers {method} {path} with {status}: {answer}")
            # What comes after the last answer is of its request.
            time.sleep(0.2)
            _switch(running, "off")
    found = re.search(r"Collected : (\d+)", running.said)
    if not found:
        raise running.trouble("tells no count under valgrind")
    return int(found[1]) / COUNTED


def _switch(running, to):
    switch = ["callgrind_control", f"--instr={to}", str(running.process.pid)]
    if subprocess.run(switch, capture_output=True).returncode:
        raise running.trouble("cannot be told to count")


def hold(counted, again):
    """Fails where a request needs more than it may. `again` counts one more exactly."""
    over, again = [], functools.cache(again)
    for what, added, taken, most in _bounds():
        left = lambda: sum(counted[one] for one in added) - sum(counted[one] for one in taken)
        if left() > most:
            counted |= {one: min(counted[one], again(one)) for one in (*added, *taken)}
        if left() > most:
            over.append(f"{what}: {left():.0f}, and at most {most}")
    ratio = counted[USERS, "read"] / counted[USERS, "constant"]
    if ratio > MOST_OF_CONSTANT:
        over.append(f"read: {ratio:.2f} times a constant answer, and at most {MOST_OF_CONSTANT}")
    if over:
        raise Trouble("too many instructions:\n  " + "\n  ".join(over))


def _bounds():
    """What is held: counts that are added up, those that are taken away from them, and the most that may be left."""
    for kind, most in MOST.items():
        yield kind, [(USERS, kind)], [], most
    for kind in ("constant", "read"):
        for what, (_, _, most) in SWITCHED.items():
            yield f"{kind}, with {what}", [(what, kind)], [(USERS, kind)], most
        yield f"{kind}, with log and metrics, beside hsts", [("log and metrics", kind)], [("hsts", kind)], MOST_OF_LOG
    for kind, most in MOST_OF_PUBLIC.items():
        yield f"{kind}, {LABELS[PUBLIC]} beside {LABELS[WITHOUT]}", [(PUBLIC, kind)], [(WITHOUT, kind)], most
    for kind, most in MOST_OF_OWNER.items():
        what = f"{kind}, {LABELS[OWNED]} beside {LABELS[GUARDED]} and its headers"
        yield what, [(OWNED, kind), (USERS, "constant")], [(GUARDED, kind), (USERS, "private")], most
