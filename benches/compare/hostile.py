"""Hostile bodies: what one costs in memory and time, and how long others wait beside many of them.

Each body is sent to a server of its own, so that no memory is left from another. CI holds what machines agree on: the
memory of each, and the instructions of all of them together.
"""

import contextlib
import http.client
import random
import re
import subprocess
import threading
import time

import instructions
import load
import machine
from databases import Trouble
from servers import Running, ask

LENGTH = 1 << 20
# How many MiB one request may take, and how many instructions all of them. The first is docs/limits.md's; the second
# a little over what they do take.
MOST_MEMORY = 32
MOST_INSTRUCTIONS = 6_200_000_000
# How many are sent at once beside the bystander, for how many seconds.
AT_ONCE, SECONDS = 16, 5


def _filled(before, piece, after):
    return before + ",".join([piece] * ((LENGTH - len(before) - len(after) + 1) // (len(piece) + 1))) + after


def bodies():
    """Name, path, body of each."""
    deep = "[" * 100 + "]" * 100
    nested = '{"":' * 100 + "0" + "}" * 100
    long = "x" * (LENGTH - 64)
    empty, names = '{"":0}', "{" + ",".join(f'"{n:06}":0' for n in range(LENGTH // 11 - 1)) + "}"
    spaced = '{"a":1,' + " " * (LENGTH - 64) + '"b":"x"}'
    record = '{"name":"something","parts":[]}'
    return [
        ("sixty members missing", "/required", _filled('{"x":[', empty, "]}")),
        ("members missing, on a resource", "/users", _filled('{"x":[', empty, "]}")),
        ("members missing, in blanks", "/required", spaced),
        ("a long text for a number", "/required", f'{{"a":"{long}"}}'),
        ("a long text for all", "/required", f'"{long}"'),
        ("a long text, stored", "/users", f'{{"name":"{long}","nickname":1}}'),
        ("a long name", "/users", f'{{"{long}":0}}'),
        ("a long name over many faults", "/map", f'{{"{long[:LENGTH // 2]}":["x"],{names[1:LENGTH // 4 // 11 * 11]}}}'),
        ("many names that are unknown", "/users", names),
        ("many names, taken", "/map", names),
        ("many names, stored", "/shelves", '{"items":' + names[: LENGTH - 20].rsplit(",", 1)[0] + "}}"),
        ("digits, stored", "/shelves", '{"numbers":' + _filled("[", "0", "]")[: LENGTH - 20].rsplit(",", 1)[0] + "]}"),
        ("escapes, stored", "/shelves", '{"text":"' + "\\u0001" * ((LENGTH - 20) // 6) + '"}'),
        ("one name many times", "/record", _filled("{", '"name":"x"', "}")),
        ("empty objects for structs", "/requireds", _filled("[", "{}", "]")),
        ("empty objects that are structs", "/optionals", _filled("[", "{}", "]")),
        ("lists for structs", "/requireds", _filled("[", "[]", "]")),
        ("faults and nothing else", "/floats", _filled("[", '"x"', "]")),
        ("a fault at the end", "/floats", _filled("[", "1", ',"x"]')),
        ("digits, taken", "/floats", _filled("[", "0", "]")),
        ("digits as texts, taken", "/floats", _filled("[", '"1"', "]")),
        ("a list in each item, taken", "/lists", _filled("[", '[""]', "]")),
        ("a map in each item, taken", "/maps", _filled("[", empty, "]")),
        ("a map in each item, of texts", "/maps", _filled("[", '{"":"1"}', "]")),
        ("records, taken", "/record", _filled('{"name":"a","parts":[', record, "]}")),
        ("records, one of them wrong", "/record", _filled('{"name":"a","parts":[', record, ',{"name":1}]}')),
        ("deep lists", "/record", _filled('{"parts":[', deep, "]}")),
        ("deep objects", "/required", _filled('{"x":[', nested, "]}")),
        ("any JSON: lists", "/any", _filled("[", "[0]", "]")),
        ("any JSON: deep lists", "/any", _filled("[", deep, "]")),
        ("any JSON: empty names", "/any", _filled("[", empty, "]")),
        ("any JSON: digits", "/any", _filled("[", "0", "]")),
        ("any JSON: records", "/any", _filled("[", record, "]")),
        ("too deep", "/any", "[" * LENGTH),
        ("no JSON at its end", "/floats", _filled("[", "0", "")),
        ("escapes", "/required", '{"x":"' + "\\u0001" * (LENGTH // 6 - 4) + '"}'),
    ]


def measure(server, database, scratch):
    """A table of what each costs; and what is wrong with that."""
    lines, wrong = [], []
    for name, path, body in bodies():
        with Running(server, database(), scratch) as running, contextlib.closing(running.connect()) as connection:
            # What every first request takes.
            for _ in range(3):
                ask(connection, "GET", "/constant")
                _send(connection, path, b'{"x":1}')
            pid = running.process.pid
            before = machine.rss(pid)
            machine.forget_highest_rss(pid)
            begun = time.monotonic()
            status, answer = _send(connection, path, body.encode())
            took = time.monotonic() - begun
            memory = machine.highest_rss(pid) - before
        lines.append([name, path, str(status), f"{memory:.1f}", f"{took * 1000:.0f}", f"{len(answer) / 1024:.1f}"])
        if status not in (200, 201, 422):
            wrong.append(f"{name}: answered with {status}")
        if memory > MOST_MEMORY:
            wrong.append(f"{name}: {memory:.1f} MiB, and at most {MOST_MEMORY}")
    return load.table(["body of 1 MiB", "to", "status", "MiB", "ms", "answer KiB"], lines), wrong


def counted(server, database, scratch):
    """The instructions of all of them together."""
    with Running(server, database(), scratch, instructions.VALGRIND) as running:
        with contextlib.closing(running.connect()) as connection:
            ask(connection, "GET", "/constant")
            start = ["callgrind_control", "--instr=on", str(running.process.pid)]
            if subprocess.run(start, capture_output=True).returncode:
                raise running.trouble("cannot be told to count")
            for _, path, body in bodies():
                _send(connection, path, body.encode())
        time.sleep(0.2)
    found = re.search(r"Collected : (\d+)", running.said)
    if not found:
        raise running.trouble("tells no count under valgrind")
    return int(found[1])


def beside(server, database, scratch):
    """How long reads take while hostile bodies come in over many connections, in ms: half of them, 99 of 100, all."""
    times = {}
    prepared = [(path, body.encode()) for _, path, body in bodies()]
    with Running(server, database(), scratch) as running:
        for label, at_once in (("alone", 0), (f"beside {AT_ONCE}", AT_ONCE)):
            ends = time.monotonic() + SECONDS
            senders = [threading.Thread(target=_keep_sending, args=(running, prepared, ends, n)) for n in range(at_once)]
            for sender in senders:
                sender.start()
            found = []
            with contextlib.closing(running.connect()) as connection:
                while time.monotonic() < ends:
                    begun = time.monotonic()
                    status, _ = ask(connection, "GET", "/users/1")
                    if status != 200:
                        raise running.trouble(f"answers a read with {status}")
                    found.append((time.monotonic() - begun) * 1000)
                    time.sleep(0.002)
            for sender in senders:
                sender.join()
            found.sort()
            times[label] = [found[len(found) // 2], found[len(found) * 99 // 100], found[-1]]
    lines = [[label, *(f"{ms:.1f}" for ms in row)] for label, row in times.items()]
    return load.table(["a read", "p50 ms", "p99 ms", "most ms"], lines)


def _keep_sending(running, prepared, ends, seed):
    chance = random.Random(seed)
    with contextlib.closing(running.connect()) as connection:
        while time.monotonic() < ends:
            path, body = chance.choice(prepared)
            _send(connection, path, body)


def _send(connection, path, body):
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException) as error:
        raise Trouble(f"no answer to a body for {path}: {error!r}") from error
