"""Clients that write and read heroes, and remember what they were answered."""

import http.client
import json
import random
import threading
import time
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

ABSENT = None
# How long a client waits for an answer: longer than anything may take.
PATIENCE = 60


def power(age):
    """It follows from the age: where they do not fit, half a write is seen."""
    return (age + 1) / 100


@dataclass
class Hero:
    name: str
    id: int | None = None
    # What it may be: its age, or ABSENT. One thing alone, where the last write was answered.
    possible: set = field(default_factory=lambda: {ABSENT})


@dataclass
class Failure:
    at: float
    # "read" or "write"
    kind: str
    what: str
    # 503, 502, .. or what became of the connection.
    why: str


class Told:
    """What all clients together were answered."""

    def __init__(self):
        self.lock = threading.Lock()
        self.heroes = {}
        # Those that nobody changes any more.
        self.settled = []
        self.successes = {"write": [], "read": []}
        self.failures = []
        self.wrong = []
        # Reads of a row that was acknowledged and was not there yet.
        self.late = []
        # Writes that were answered 503 and that happened.
        self.refused_and_happened = 0
        self.statuses = Counter()
        self.longest = 0.0
        self.stop = threading.Event()

    def is_wrong(self, text):
        with self.lock:
            self.wrong.append(text)


class Client(threading.Thread):
    def __init__(self, told, open_connection, pause):
        super().__init__(daemon=True)
        self.told, self.open_connection, self.pause = told, open_connection, pause
        self.connection = None

    def run(self):
        try:
            while not self.told.stop.is_set():
                self.turn()
        except Exception as error:  # A client that gives up is a fault of the run, whatever the reason.
            self.told.is_wrong(f"a client has given up: {error!r}")

    def ask(self, kind, method, path, body=None, expected=()):
        """The status and the body of an answer, or a text for what became of the connection."""
        told, asked = self.told, time.monotonic()
        try:
            if self.connection is None:
                self.connection = self.open_connection()
            headers = {"Content-Type": "application/json"} if body is not None else {}
            self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = self.connection.getresponse()
            text = answer.read()
            status = answer.status
            # HAProxy's own answers lack what crewed's have.
            own = answer.headers.get("x-content-type-options") is not None
        except (OSError, http.client.HTTPException) as error:
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            status, text, own = type(error).__name__, b"", False
        now = time.monotonic()
        with told.lock:
            told.longest = max(told.longest, now - asked)
            if own:
                told.statuses[method, status] += 1
            if status in expected:
                told.successes[kind].append(now)
            elif isinstance(status, str) or status in (502, 503, 504):
                source = "" if isinstance(status, str) else " of the program" if own else " of HAProxy"
                told.failures.append(Failure(now, kind, f"{method} {path.split('?')[0]}", f"{status}{source}"))
        if status in expected and text:
            return status, json.loads(text)
        return status, text


class Writer(Client):
    """Makes heroes, changes some of them and deletes a few: each thing again and again until it is answered."""

    def __init__(self, told, open_connection, pause, prefix, text=0):
        super().__init__(told, open_connection, pause)
        self.prefix, self.count, self.text = prefix, 0, text

    def turn(self):
        self.count += 1
        hero = Hero(f"{self.prefix}-{self.count}")
        with self.told.lock:
            self.told.heroes[hero.name] = hero
        age = self.count % 900
        if not self.until_answered(hero, "POST", age):
            return
        if self.count % 4 == 0 and not self.until_answered(hero, "PATCH", age + 1):
            return
        if self.count % 10 == 0 and not self.until_answered(hero, "DELETE", ABSENT):
            return
        if hero.possible != {ABSENT}:
            with self.told.lock:
                self.told.settled.append(hero)
        time.sleep(self.pause)

    def until_answered(self, hero, method, wanted):
        """Whether that was acknowledged before the clients were told to stop."""
        before = next(iter(hero.possible))
        expected = {"POST": 201, "PATCH": 200, "DELETE": 204}[method]
        path = "/heroes" if method == "POST" else f"/heroes/{hero.id}"
        body = None if method == "DELETE" else {"age": wanted, "power": power(wanted)}
        if method == "POST":
            # Whatever fills a disk.
            body |= {"name": hero.name, "secret_name": "x" * max(1, self.text)}
        # Of the attempts before: those that nobody knows of, and those that were refused.
        unknown = refused = 0
        while True:
            hero.possible = {before, wanted}
            status, answer = self.ask("write", method, path, body, (expected,))
            if status == expected:
                if method != "DELETE":
                    shown = (answer["name"], answer["age"], answer["power"])
                    if shown != (hero.name, wanted, power(wanted)):
                        self.told.is_wrong(f"{method} of {hero.name} was answered {answer}")
                    hero.id = answer["id"]
                hero.possible = {wanted}
                return True
            happened = (method, status) in (("POST", 409), ("DELETE", 404))
            if happened and (unknown or refused):
                # An attempt whose answer was lost, or one that was refused though its commit had begun.
                if not unknown:
                    with self.told.lock:
                        self.told.refused_and_happened += 1
                if method == "POST":
                    found, rows = self.ask("read", "GET", f"/heroes?name={hero.name}", None, (200,))
                    if found != 200 or not rows:
                        # Read elsewhere than written: it is there a moment later.
                        if self.told.stop.wait(0.1):
                            return False
                        continue
                    hero.id = rows[0]["id"]
                hero.possible = {wanted}
                return True
            if isinstance(status, str) or status in (502, 504):
                unknown += 1
            elif status == 503:
                refused += 1
            else:
                self.told.is_wrong(f"{method} {path} of {hero.name} was answered {status} {answer!r}")
                return False
            if self.told.stop.wait(0.05 + 0.1 * random.random()):
                return False


class Reader(Client):
    """Reads heroes that nobody changes any more, and lists."""

    def turn(self):
        time.sleep(self.pause)
        told = self.told
        with told.lock:
            hero = random.choice(told.settled) if told.settled else None
        if hero is None or random.random() < 0.2:
            self.list()
            return
        wanted = next(iter(hero.possible))
        status, row = self.ask("read", "GET", f"/heroes/{hero.id}", None, (200,))
        if status == 200 and (row["name"], row["age"], row["power"]) != (hero.name, wanted, power(wanted)):
            # A replica may not have the change yet.
            status = 404 if (row["name"], row["age"] + 1) == (hero.name, wanted) else status
            if status == 200:
                told.is_wrong(f"{hero.name} of age {wanted} is read as {row}")
        if status == 404:
            with told.lock:
                told.late.append((time.monotonic(), hero.name))
        elif isinstance(status, int) and status not in (200, 502, 503, 504):
            told.is_wrong(f"the read of {hero.name} was answered {status} {row!r}")

    def list(self):
        status, rows = self.ask("read", "GET", "/heroes?sort=-created_at&limit=20", None, (200,))
        if status == 200:
            for row in rows:
                if row["power"] != power(row["age"]):
                    self.told.is_wrong(f"half a write is read: {row}")
        elif isinstance(status, int) and status not in (502, 503, 504):
            self.told.is_wrong(f"a list was answered {status} {rows!r}")


class Load:
    """So many clients, on one address."""

    def __init__(self, address, tls=None, prefix="hero", writers=6, readers=3, pause=0.02, text=0):
        def connection():
            if tls:
                return http.client.HTTPSConnection(*address, timeout=PATIENCE, context=tls)
            return http.client.HTTPConnection(*address, timeout=PATIENCE)

        self.told = Told()
        self.clients = [Writer(self.told, connection, pause, f"{prefix}-{number}", text) for number in range(writers)]
        self.clients += [Reader(self.told, connection, pause) for _ in range(readers)]

    def start(self):
        for client in self.clients:
            client.start()

    def stop(self):
        self.told.stop.set()
        for client in self.clients:
            client.join(PATIENCE + 10)

    def resumed(self, since, seconds=120):
        """Waits until a write succeeds that was asked for after this moment; whether one did."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with self.told.lock:
                if any(at > since for at in self.told.successes["write"][-50:]):
                    return True
            time.sleep(0.1)
        return False


@dataclass
class Event:
    name: str
    began: float
    # For how many seconds requests may fail: 0, where nobody may notice it.
    limit: float
    ended: float = 0.0

    def longest_gap(self, times):
        """The longest time without a success, from its beginning to its end."""
        start, end = bisect_left(times, self.began), bisect_left(times, self.ended)
        points = [*times[max(0, start - 1) : end + 1]]
        return max((after - before for before, after in zip(points, points[1:])), default=self.ended - self.began)


class Events:
    """What was done to the service, one thing after the other."""

    def __init__(self, load):
        self.load, self.events = load, []

    def happens(self, name, limit, work, settle=5.0):
        """Does something to the service, and waits until it serves again, and a moment more."""
        event = Event(name, time.monotonic(), limit)
        self.events.append(event)
        print(f"  {name} ..", flush=True)
        result = work()
        done = time.monotonic()
        if not self.load.resumed(done):
            self.load.told.is_wrong(f"{name}: nothing is written for two minutes")
        time.sleep(settle)
        event.ended = time.monotonic()
        return result

    def table(self):
        """Prints what each event was for the clients; what was wrong about it is noted."""
        told = self.load.told
        with told.lock:
            writes, reads = sorted(told.successes["write"]), sorted(told.successes["read"])
            failures = list(told.failures)
        print(f"\n{'event':44} {'no write for':>12} {'no read for':>12}  failed requests")
        for event in self.events:
            within = [f for f in failures if event.began <= f.at < event.ended]
            counts = Counter((failure.kind, failure.why) for failure in within)
            shown = ", ".join(f"{count} {kind}s: {why}" for (kind, why), count in counts.most_common()) or "none"
            gaps = [f"{event.longest_gap(times):.2f} s" for times in (writes, reads)]
            print(f"{event.name:44} {gaps[0]:>12} {gaps[1]:>12}  {shown}")
            for failure in within:
                if failure.at > event.began + event.limit:
                    after = failure.at - event.began
                    told.is_wrong(f"{event.name}: {failure.what} failed {after:.1f} s after it ({failure.why})")
        others = [f for f in failures if not any(e.began <= f.at < e.ended for e in self.events)]
        for failure in others:
            told.is_wrong(f"{failure.what} failed at no event ({failure.why})")
        print(flush=True)


def compare(told, rows):
    """Holds what was acknowledged against the rows that are there, each a name with its age. Returns numbers."""
    there = Counter(name for name, _ in rows)
    ages = dict(rows)
    acknowledged = missing = 0
    for name, hero in told.heroes.items():
        if there[name] > 1:
            told.is_wrong(f"{name} is there {there[name]} times")
        found = ages.get(name, ABSENT)
        acknowledged += len(hero.possible) == 1
        if found not in hero.possible:
            missing += 1
            told.is_wrong(f"{name}: {hero.possible} was acknowledged, is {found}")
    for name in ages.keys() - told.heroes.keys():
        told.is_wrong(f"{name}: nobody asked for it")
    left = len(told.heroes) - acknowledged
    return {"acknowledged": acknowledged, "open": left, "rows": len(rows), "missing": missing}


def every_row(address, tls=None):
    """All heroes, page after page, as the API shows them."""
    connection = http.client.HTTPSConnection(*address, timeout=PATIENCE, context=tls) if tls else None
    connection = connection or http.client.HTTPConnection(*address, timeout=PATIENCE)
    path, rows = "/heroes?sort=name&limit=1000", []
    while path:
        connection.request("GET", path)
        answer = connection.getresponse()
        page = json.loads(answer.read())
        if answer.status != 200:
            raise ValueError(f"{path} is answered {answer.status} {page}")
        rows += [(row["name"], row["age"]) for row in page]
        path = next_page(answer.headers.get("link", ""))
    connection.close()
    return rows


def next_page(link):
    for part in link.split(","):
        if 'rel="next"' in part:
            return part[part.index("<") + 1 : part.index(">")]
    return None
