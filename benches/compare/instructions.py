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
from databases import Trouble

# Requests over one connection, in the shorter and in the longer run.
SHORT, LONG = 200, 1200
VALGRIND = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--instr-atstart=no"]


def of(server, database, scratch, request):
    """`database` makes a fresh one; `request` tells method, path, body of the n-th."""
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
                method, path, body = request(number)
                status, answer = servers.ask(connection, method, path, body)
                if status not in (200, 201):
                    raise running.trouble(f"answers {method} {path} with {status}: {answer}")
        time.sleep(0.2)
    found = re.search(r"Collected : (\d+)", running.said)
    if not found:
        raise running.trouble("tells no count under valgrind")
    return int(found[1])
