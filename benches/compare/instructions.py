"""Instructions of a request: the difference of two runs under callgrind, divided by the difference of their requests.

Counting starts once the server answers: a start is not the same twice, and a long one would drown what is looked for.
"""

import contextlib
import random
import re
import shutil
import subprocess
import time

import servers
from access import GUARDED, LABELS, OWNED, PUBLIC, WITHOUT
from databases import Trouble

# Requests over one connection, in the shorter and in the longer run.
SHORT, LONG = 200, 1200
# The most that crewed may need, on SQLite: a little over what it does need, so that a slower way is noticed.
MOST = {"constant": 62_000, "read": 71_000, "page": 181_000, "search": 190_000, "create": 140_000}
# A read beside a route that reads nothing.
MOST_OF_CONSTANT = 1.2
# How many more a read by key needs under `access(owner)` than behind the caller's guard alone, beside what the headers
# of a private answer need by themselves.
MOST_OF_OWNER = 3_000
# How many more a request needs under `access(public)` than without rules. It is the same code; the rest is noise.
MOST_OF_PUBLIC = {"read": 300, "page": 600, "create": 1_000}
# How often what is too much is counted again.
AGAIN = 2
VALGRIND = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--instr-atstart=no"]


def of(server, database, scratch, request):
    """`database` makes a fresh one; `request` tells method, path, body of the n-th, and perhaps its caller."""
    if not shutil.which("valgrind"):
        raise Trouble("there is no valgrind (Debian: valgrind)")
    if server.kind == "python":
        raise Trouble(f"{server.name}: an interpreter's instructions are not counted here")
    short, long = (_collected(server, database(), scratch, request, count) for count in (SHORT, LONG))
    return (long - short) / (LONG - SHORT)


def _collected(server, database, scratch, request, count):
    random.seed(1)
    with servers.Running(server, database, scratch, VALGRIND) as running:
        start = ["callgrind_control", "--instr=on", str(running.process.pid)]
        if subprocess.run(start, capture_output=True).returncode:
            raise running.trouble("cannot be told to count")
        with contextlib.closing(running.connect()) as connection:
            for number in range(count):
                method, path, *rest = request(number)
                status, answer = servers.ask(connection, method, path, *rest)
                if status not in (200, 201):
                    raise running.trouble(f"answers {method} {path} with {status}: {answer}")
        time.sleep(0.2)
    found = re.search(r"Collected : (\d+)", running.said)
    if not found:
        raise running.trouble("tells no count under valgrind")
    return int(found[1])


def hold(counted):
    """Fails where a request needs more than it may."""
    over = [f"{kind}: {counted[kind]:.0f}, and at most {most}" for kind, most in MOST.items() if counted[kind] > most]
    ratio = counted["read"] / counted["constant"]
    if ratio > MOST_OF_CONSTANT:
        over.append(f"read: {ratio:.2f} times a constant answer, and at most {MOST_OF_CONSTANT}")
    if over:
        raise Trouble("too many instructions:\n  " + "\n  ".join(over))


def hold_ruled(usual, ruled, again):
    """Fails where access rules cost more than they may.

    What is too much is counted again, since a process may do what it does now and then in one of two runs alone.
    """
    headers = usual["private"] - usual["constant"]
    bounds = [(PUBLIC, WITHOUT, workload, most) for workload, most in MOST_OF_PUBLIC.items()]
    bounds.append((OWNED, GUARDED, "read", headers + MOST_OF_OWNER))
    over = []
    for resource, other, workload, most in bounds:
        one, two = (resource, workload), (other, workload)
        for _ in range(AGAIN):
            if ruled[one] - ruled[two] > most:
                ruled |= {what: min(ruled[what], again(*what)) for what in (one, two)}
        more = ruled[one] - ruled[two]
        if more > most:
            over.append(f"{workload}, {LABELS[resource]}: {more:.0f} more than {LABELS[other]}, and at most {most:.0f}")
    if over:
        raise Trouble("access rules cost too much:\n  " + "\n  ".join(over))
