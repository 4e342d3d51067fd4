"""Proves that each proxy keeps from a program what Rocket's listener cannot. `scripts/behind-proxies.sh` tells more."""

import argparse
import contextlib
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True

from asking import Line, parsed, trusting
from processes import Trouble, free_ports, main, needed, say, until
from programs import built
from proxies import Caddy, Haproxy, Nginx, certificates, listens

PROXIES = {"nginx": Nginx, "caddy": Caddy, "haproxy": Haproxy}
# Seconds that the files say, and how many more may pass.
HEAD, BODY, IDLE, GRACE = 10, 10, 30, 4
# How many connections of each kind there are at once, and addresses of this machine that nobody else has.
MANY = 30
PERSON, CROWD = "127.0.0.77", "127.0.0.88"
SLOW = ["127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.4", "127.0.1.5"]


class Tried:
    """One proxy, and what was found."""

    def __init__(self, proxy, program, tls):
        self.proxy, self.program, self.tls = proxy, program, tls
        self.faults = []

    def line(self, source="127.0.0.1"):
        return Line(self.proxy.address, self.tls, source)

    def found(self, what, is_so):
        say(f"{self.proxy.name:8} {'ok    ' if is_so else 'FAILED'} {what}")
        if not is_so:
            self.faults.append(f"{self.proxy.name}: {what}")

    # What is asked of everyone.

    def ordinary(self):
        name = f"Deadpond behind {self.proxy.name}"
        with self.line(PERSON) as line:
            made = line.ask("POST", "/heroes", {"name": name})
            read = line.ask("GET", f"/heroes/{made.json().get('id')}")
            statuses = (made.status, read.status)
            self.found(f"a hero is made and read: {statuses}", statuses == (201, 200))
            seen = line.ask("GET", "/address", None, "X-Real-IP: 9.9.9.9", "X-Forwarded-For: 9.9.9.9").json()
            address = seen["address"]
            self.found(f"the client's address is its own, whatever it says: {address}", address == PERSON)
            self.found(f"the host is the one that was asked for: {seen['host']}", seen["host"] == line.host)
            hidden = line.ask("GET", "/metrics")
            is_own = hidden.status == 404 and hidden.is_json() and "x-content-type-options" not in hidden.headers
            self.found(f"the metrics are nobody's business: {hidden.status}", is_own)
            other = line.ask("GET", "/metrics/").status
            self.found(f"nor with a slash behind them: {other}", other == 404)
            gone = line.ask("GET", "/heroes/0")
            self.found(f"crewed's own errors pass as they are: {gone.status}", gone.status == 404 and gone.is_json())

    def plain(self):
        with Line(self.proxy.plain, None) as line:
            answer = line.ask("GET", "/heroes")
            to = answer.headers.get("location", "")
            is_so = answer.status == 308 and to.startswith("https://")
            self.found(f"without TLS it is {answer.status} to https", is_so)

    def slow_heads(self):
        beginning = b"GET /heroes HTTP/1.1\r\nHost: a"
        self.ended("a head of which a byte comes each second", SLOW[0], HEAD, beginning, trickle=b"a")

    def silent(self):
        self.ended("a connection on which nothing is ever asked", SLOW[1], HEAD)

    def idle(self):
        def before(line):
            if line.ask("GET", "/heroes?limit=1").status != 200:
                raise Trouble("a connection that is to be idle is not answered")

        self.ended("a connection that is idle after a request", SLOW[2], IDLE, before=before)

    def stalled_bodies(self):
        head = Line.head(self, "POST", "/heroes", "Content-Type: application/json", "Content-Length: 1000")
        if self.proxy.ends_bodies:
            self.ended("a body that stalls", SLOW[3], BODY, head.encode() + b'{"name": "', answers=(408,))
        else:
            say(f"{self.proxy.name:8} -      has no limit of time for bodies")

    def trickling_bodies(self):
        """The program notices nothing of them."""
        head = Line.head(self, "POST", "/heroes", "Content-Type: application/json", "Content-Length: 1000")
        lines = [self.line(SLOW[4]) for _ in range(MANY)]
        with contextlib.ExitStack() as open_lines:
            for line in lines:
                open_lines.enter_context(line)
                line.send(head.encode() + b'{"name": "')
            began, most = time.monotonic(), 0
            while time.monotonic() - began < 12:
                time.sleep(1)
                most = max(most, self.connections_of_program())
                for line in lines:
                    sent(line, b"a")
        # That of the bystander, and what is kept for the next request.
        self.found(f"{MANY} bodies of which a byte comes each second: the program has {most} connections", most < 10)

    host = property(lambda self: f"api.example.com:{self.proxy.address[1]}")

    def ended(self, what, source, limit, text=b"", trickle=None, before=None, answers=()):
        """Many connections, each of which has to be ended by the proxy within this many seconds."""

        def one(_):
            with self.line(source) as line:
                if before:
                    before(line)
                began = time.monotonic()
                line.send(text)
                if trickle:
                    while time.monotonic() - began < limit + GRACE and sent(line, trickle):
                        time.sleep(1)
                line.socket.settimeout(max(0.1, limit + GRACE + 1 - (time.monotonic() - began)))
                try:
                    said, _ = line.end()
                except TimeoutError:
                    return None, None
                return time.monotonic() - began, parsed(said)

        with ThreadPoolExecutor(MANY) as pool:
            outcomes = list(pool.map(one, range(MANY)))
        times = [took for took, _ in outcomes if took is not None]
        is_so = len(times) == MANY and limit - 1.5 <= min(times) and max(times) <= limit + GRACE
        told = sorted({answer.status for _, answer in outcomes if answer})
        took = f"{min(times):.1f} to {max(times):.1f} s" if times else "-"
        how = f", after {told}" if told else ""
        self.found(f"{what}: {len(times)} of {MANY} ended after {took} (limit {limit} s){how}", is_so)
        if answers and told and not set(told) <= set(answers):
            self.found(f"{what}: the answer is none of {answers}", False)

    def connections_of_program(self):
        """How many connections to the program there are."""
        port, count = f":{self.program[1]:04X}", 0
        for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            _, here, _, state, *_ = row.split()
            count += here.endswith(port) and state == "01"
        return count

    def too_large(self):
        with self.line() as line:
            head = line.head("POST", "/heroes", "Content-Type: application/json", f"Content-Length: {3 << 20}")
            line.send_until_answered([head, *[b" " * 65536] * 48])
            answer = line.answer()
            self.found(f"a body of 3 MiB is {answer.status}, in JSON", answer.status == 413 and answer.is_json())
        with self.line() as line:
            head = line.head("POST", "/heroes", "Content-Type: application/json", "Transfer-Encoding: chunked")
            chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
            line.send_until_answered([head, *[chunk] * 48, b"0\r\n\r\n"])
            answer = line.answer()
            is_so = answer.status == 413 and answer.is_json()
            self.found(f"the same without its length is {answer.status}, in JSON", is_so)
        with self.line() as line:
            answer = line.ask("POST", "/heroes", {"name": f"Large {self.proxy.name}", "text": "x" * 900_000})
            self.found(f"a body of 900 kB passes: {answer.status}", answer.status == 201)

    def bad_heads(self):
        with self.line() as line:
            sent(line, line.head("GET", f"/heroes?{'a' * self.proxy.too_long}"))
            said, _ = line.end()
            answer = parsed(said)
            status, wanted = answer and answer.status, self.proxy.long_head
            is_json = bool(answer) and answer.is_json()
            kind = "in JSON" if is_json else "in plain text"
            length = f"{self.proxy.too_long // 1000} kB"
            is_so = status == wanted and is_json == self.proxy.long_head_is_json
            self.found(f"a path of {length} is {status}, {kind}", is_so)
        with self.line() as line:
            sent(line, line.head("GET", "/heroes", f"X-Long: {'a' * self.proxy.too_long}"))
            said, _ = line.end()
            answer = parsed(said)
            status = answer and answer.status
            self.found(f"a header of {length} is {status}", status in (400, 431))
        with self.line() as line:
            line.send("GET /heroes\x01 NOTHING/9\r\n\r\n")
            said, _ = line.end()
            answer = parsed(said)
            status, is_json = answer and answer.status, bool(answer) and answer.is_json()
            kind = "in JSON" if is_json else "in plain text"
            is_so = status == 400 and is_json == self.proxy.bad_request_is_json
            self.found(f"what is no request is {status}, {kind}", is_so)
        with self.line() as line:
            line.send(line.head("GET", "/address", "Host: evil.example", "Connection: close"))
            said, _ = line.end()
            answer = parsed(said)
            seen = answer.json().get("host") if answer and answer.status == 200 else None
            status = answer and answer.status
            is_so = seen is None or "," not in seen
            self.found(f"two Hosts are {status}, and the program sees {seen or 'nothing'}", is_so)

    def events(self):
        began, times = time.monotonic(), []
        with self.line() as line:
            line.send(line.head("GET", "/events?count=4&pause=1", "Accept: text/event-stream"))
            line.answer_head()
            for chunk in line.chunks():
                if b"data:" in chunk:
                    times.append(time.monotonic() - began)
        rounded = [round(at, 1) for at in times]
        self.found(f"events come as they are sent, one each second: {rounded}", len(times) == 4 and all(
            abs(at - number) < 0.8 for number, at in enumerate(times)
        ))

    def long_events(self):
        began, last = time.monotonic(), 0.0
        with self.line() as line:
            line.send(line.head("GET", "/events?count=35&pause=2", "Accept: text/event-stream"))
            with contextlib.suppress(ConnectionError, ValueError):
                line.answer_head()
                for chunk in line.chunks():
                    last = time.monotonic() - began
        self.found(f"a stream of 70 s is passed on to its end: {last:.0f} s", last > 65)

    def crowd(self):
        most = self.proxy.connections_of_one
        if most is None:
            say(f"{self.proxy.name:8} -      has no limit of connections of one address")
            return
        held, refused = [], 0
        with contextlib.ExitStack() as open_lines:
            for _ in range(most + 20):
                try:
                    line = open_lines.enter_context(self.line(CROWD))
                    line.send(line.head("GET", "/events?count=2&pause=8"))
                    status, _ = line.answer_head()
                    if status == 200:
                        held.append(line)
                    refused += status == 429
                except (OSError, ValueError):
                    refused += 1
        is_so = (len(held), refused) == (most, 20)
        self.found(f"of {most + 20} streams of one address {len(held)} are served, {refused} refused", is_so)

    def bystander(self, stop, times):
        """Someone else asks all the while, on a connection that is kept."""
        line = self.line("127.0.0.66")
        while not stop.is_set():
            began = time.monotonic()
            answer = line.ask("GET", "/heroes?limit=1")
            if answer.status != 200:
                raise Trouble(f"{self.proxy.name}: a bystander is answered {answer}")
            times.append(time.monotonic() - began)
            # nginx ends a connection after a thousand requests.
            if answer.headers.get("connection") == "close":
                line.socket.close()
                line = self.line("127.0.0.66")
            time.sleep(0.05)

    def all(self):
        for ask in (self.ordinary, self.plain, self.too_large, self.bad_heads, self.events):
            ask()
        stop, times = threading.Event(), []
        together = [self.slow_heads, self.silent, self.idle, self.stalled_bodies, self.long_events]
        with ThreadPoolExecutor(len(together) + 3) as pool:
            watched = pool.submit(self.bystander, stop, times)
            try:
                self.trickling_bodies()
                asked = [pool.submit(ask) for ask in together]
                self.crowd()
                for one in asked:
                    one.result()
            finally:
                stop.set()
            watched.result()
        slowest = max(times) * 1000
        told = f"meanwhile a bystander was answered {len(times)} times, in {slowest:.0f} ms at most"
        self.found(told, slowest < 1000)

    def without_program(self):
        with self.line() as line:
            answer = line.ask("GET", "/heroes")
            is_so = answer.status in (502, 503) and answer.is_json()
            self.found(f"where no program is, it is {answer.status}, in JSON", is_so)


def sent(line, text):
    try:
        line.send(text)
        return True
    except OSError:
        return False


def work(processes, arguments):
    needed("cargo", "openssl", *arguments.proxies)
    program = built()["behind"]
    chain, _, _ = certificates(processes)
    tls, tried, behind = trusting(chain), [], []
    # Each has a program of its own, whose connections are counted.
    for name, port in zip(arguments.proxies, free_ports(len(arguments.proxies))):
        environment = {"ROCKET_PORT": str(port), "ROCKET_LOG_LEVEL": "critical", "ROCKET_IP_HEADER": '"X-Real-IP"'}
        folder = processes.make_folder(f"behind-{name}")
        behind.append(processes.start(f"behind-{name}", [program], environment=environment, folder=folder))
        until("the program listens", lambda: listens(("127.0.0.1", port)), 30)
        proxy = PROXIES[name](processes, f"127.0.0.1:{port}")
        proxy.start()
        tried.append(Tried(proxy, ("127.0.0.1", port), tls))
    with ThreadPoolExecutor(len(tried)) as pool:
        for done in [pool.submit(one.all) for one in tried]:
            done.result()
    for program in behind:
        program.end()
    for one in tried:
        one.without_program()
    faults = [fault for one in tried for fault in one.faults]
    if faults:
        raise Trouble("; ".join(faults))
    say("all is well")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("proxies", nargs="*", metavar="PROXY", help=f"{', '.join(PROXIES)}; all by default")
    parser.add_argument("--keep", action="store_true", help="keep the files and logs of the run")
    arguments = parser.parse_args()
    arguments.proxies = arguments.proxies or list(PROXIES)
    if unknown := set(arguments.proxies) - set(PROXIES):
        parser.error(f"there is no {', '.join(unknown)}")
    main(lambda processes: work(processes, arguments), arguments.keep)
