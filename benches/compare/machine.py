"""What processes and the machine cost, read from /proc."""

import contextlib
import os
import platform
import subprocess
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    # The command's name is in parentheses, and may hold anything.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def tree(root):
    """A process and all below it."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                children.setdefault(int(_stat(entry)[1]), []).append(int(entry))
            except OSError:
                continue
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def cpu_seconds(root):
    """User and system time of a process and all below it, with those that have ended."""
    ticks = 0
    for pid in tree(root):
        try:
            ticks += sum(int(field) for field in _stat(pid)[11:15])
        except OSError:
            continue
    return ticks / TICK


def exact_cpu_seconds(root):
    """The same of those that run, to the nanosecond."""
    nanoseconds = 0
    for pid in tree(root):
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            # One that has just ended is gone.
            with contextlib.suppress(OSError):
                nanoseconds += int(thread.read_text().split()[0])
    return nanoseconds / 1e9


def rss(pid):
    """MiB that a process holds."""
    return _status(pid, "VmRSS") / 1024


def forget_highest_rss(pid):
    """From now on `highest_rss` tells what the process holds at most from now on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def highest_rss(root):
    """MiB that a process and all below it have held at most, each at its own time."""
    kib = 0
    for pid in tree(root):
        with contextlib.suppress(OSError):
            kib += _status(pid, "VmHWM")
    return kib / 1024


def _status(pid, key):
    """KiB, of what Linux tells of a process; one that has ended has none."""
    status = Path(f"/proc/{pid}/status").read_text()
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{key}:"))


def clocks():
    """Seconds that the machine's CPUs were busy, and had, since it started."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICK, sum(fields) / TICK


def file_system(folder):
    return subprocess.run(
        ["stat", "--file-system", "--format=%T", folder], capture_output=True, text=True, check=True
    ).stdout.strip()


def description():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
    return f"{os.cpu_count()} × {model}, Linux {platform.release()}"
