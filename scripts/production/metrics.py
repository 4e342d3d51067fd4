"""What programs count of their answers, beside what clients saw."""

import contextlib
import http.client
import re
import time
import urllib.request
from collections import Counter

# Prometheus' text: name{label="value", ..} number
SAMPLE = re.compile(r"^(\w+)\{(.*)\} ([0-9.e+]+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
# How many answers one process may give after it was asked for the last time.
LAST_MOMENT = 50
COUNTED = "http_server_request_duration_seconds_count"
# What no client of the load asks for.
OTHERS = ("unmatched", "health", "metrics")


class Scraped:
    """The counters of all processes together, also of those that have ended. Without a path nothing is asked."""

    def __init__(self, path):
        self.path, self.urls, self.of_ended, self.ended, self.crashed = path, {}, Counter(), 0, 0

    def configuration(self):
        """What a program's section of the configuration has more, so that it counts."""
        return f'metrics="{self.path}"' if self.path else ""

    def joins(self, name, url):
        self.urls[name] = url

    def leaves(self, name, process):
        """Asks it until it has ended: what it answers in its last moment is not counted."""
        latest = Counter()
        while self.path and process.is_running():
            with contextlib.suppress(OSError, http.client.HTTPException):
                latest = self.counters(name)
            time.sleep(0.05)
        self.of_ended += latest
        self.ended += 1
        del self.urls[name]

    def crashes(self, name):
        del self.urls[name]
        self.crashed += 1

    def counters(self, name):
        with urllib.request.urlopen(self.urls[name] + self.path, timeout=5) as answer:
            text = answer.read().decode()
        counts = Counter()
        for metric, labels, value in SAMPLE.findall(text):
            of = dict(LABEL.findall(labels))
            if metric == COUNTED and of.get("operation") not in OTHERS:
                counts[of["method"], int(of["status"])] += int(float(value))
        return counts

    def compare(self, told):
        """What clients were answered has to be counted, and nothing else: but for the answers of a process in its last
        moment and of those that crashed (fewer are counted), and those that were on their way when a connection broke
        (more are)."""
        if not self.path:
            return []
        counted = sum((self.counters(name) for name in self.urls), self.of_ended)
        lost = sum(isinstance(failure.why, str) and not failure.why[:1].isdigit() for failure in told.failures)
        faults = []
        for key in sorted(counted.keys() | told.statuses.keys()):
            fewer, more = told.statuses[key] - counted[key], counted[key] - told.statuses[key]
            print(f"  {key[0]} {key[1]}: {told.statuses[key]} were answered, {counted[key]} are counted", flush=True)
            if fewer > self.ended * LAST_MOMENT and not self.crashed or more > lost:
                faults.append(f"{key[0]} {key[1]}: {told.statuses[key]} were answered, {counted[key]} are counted")
        return faults
