"""Load by wrk, and what it does to a server."""

import json
import math
import random
import re
import statistics
import string
import subprocess
from dataclasses import dataclass
from pathlib import Path

import machine
from databases import EPOCH, NICKNAMES, Trouble

SCRIPT = Path(__file__).with_name("load.lua")
WORKLOADS = ["read", "page", "search", "create", "mixed"]


@dataclass
class Run:
    """One server under one load."""

    rate: float
    p99_ms: float
    cpu_us: float
    database_us: float | None
    rss_mib: float
    requests: int
    errors: int
    others: float


def run(running, postmaster, workload, rows, connections, seconds, seed, requests=None):
    """`requests` is a file with what is sent, where that is not what the workload says."""
    salt = "".join(random.choices(string.ascii_lowercase, k=8))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(SCRIPT), running.url]
    template = running.server.search if workload == "search" else running.server.page
    command += ["--", workload, str(rows), template, salt, str(seed), str(NICKNAMES), f"{EPOCH.timestamp():.0f}"]
    command += [str(requests)] if requests else []
    pid = running.process.pid
    clocks, server, database = machine.clocks(), machine.cpu_seconds(pid), _cpu(postmaster)
    wrk = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = wrk.stdout.read()
    load = _reap(wrk)
    busy, had = (now - then for now, then in zip(machine.clocks(), clocks))
    server, database = machine.cpu_seconds(pid) - server, _cpu(postmaster) - database
    found = re.search(r"^RESULT (.*)$", said, re.MULTILINE)
    if not found:
        raise Trouble(f"wrk: {said.strip()}")
    result = json.loads(found[1])
    if running.process.poll() is not None:
        raise running.trouble(f"ends under load, with {running.process.returncode}")
    count = result["requests"]
    each = lambda seconds: seconds / count * 1e6 if count else math.inf
    return Run(
        rate=count / result["microseconds"] * 1e6,
        p99_ms=result["p99"] / 1000 if count else math.inf,
        cpu_us=each(server),
        database_us=each(database) if postmaster else None,
        rss_mib=machine.highest_rss(pid),
        requests=count,
        errors=result["refused"] + result["broken"],
        others=max(0.0, busy - server - database - load) / had,
    )


def _cpu(postmaster):
    return machine.cpu_seconds(postmaster) if postmaster else 0.0


def _reap(process):
    """The CPU seconds of a process that has ended; they are gone once it is waited for."""
    seconds = machine.cpu_seconds(process.pid)
    if process.wait():
        raise Trouble("wrk fails")
    return seconds


def median(runs, what):
    return statistics.median(getattr(one, what) for one in runs)


def ratio(runs, others):
    """The median of the ratios of the same round: what slows the machine down for a while slows both."""
    return statistics.median(a.rate / b.rate if b.rate else math.inf for a, b in zip(runs, others))


def table(header, lines):
    """A table in Markdown, aligned."""
    widths = [max(map(len, column)) for column in zip(header, *lines)]
    show = lambda cells: "| " + " | ".join(
        cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(cells, widths))
    ) + " |"
    rule = "|" + "|".join("-" * (width + 1) + ("-" if i == 0 else ":") for i, width in enumerate(widths)) + "|"
    return "\n".join([show(header), rule, *map(show, lines)])


def cells(runs):
    """The columns that every table of loads has."""
    errors, requests = sum(one.errors for one in runs), sum(one.requests for one in runs)
    found = [f"{median(runs, 'p99_ms'):.2f}", f"{median(runs, 'cpu_us'):.1f}"]
    if runs[0].database_us is not None:
        found.append(f"{median(runs, 'database_us'):.1f}")
    found += [f"{max(one.rss_mib for one in runs):.0f}", f"{errors} of {requests}" if errors else "0"]
    return found + [f"{median(runs, 'others') * 100:.0f} %"]


def columns(postmaster):
    database = ["database CPU µs"] if postmaster else []
    return ["p99 ms", "CPU µs", *database, "RSS MiB", "errors", "others"]
