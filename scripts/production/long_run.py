"""A long time under a mixed load, with everything in it that happens to a service. `scripts/long-run.sh` tells more."""

import argparse
import contextlib
import signal
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True

from cluster import Cluster
from load import Events, Load, compare, every_row
from many_machines import FAILOVER, SWITCHOVER, comes_back, dies, verify
from metrics import Scraped
from processes import Trouble, free_ports, main, needed, say, until
from programs import built
from proxies import listens
from service import Service

# By how many MiB in an hour the memory of a process may grow, by the line through the second half of the run, and how
# much less than its noise that is in any case.
GROWTH, NOISE = 4, 2
# A disk of so many MiB for SQLite, which is filled up.
DISK = 512
SAMPLE = 2


class OnSqlite:
    """One process on a file of SQLite's, on a disk of its own if one may be mounted."""

    def __init__(self, processes, programs, scraped):
        self.processes, self.programs, self.scraped = processes, programs, scraped
        self.address = ("127.0.0.1", free_ports(1)[0])
        self.disk = processes.make_folder("disk")
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "tmpfs", self.disk], capture_output=True, text=True
        )
        self.is_mounted = mounted.returncode == 0
        self.why = mounted.stderr.strip()
        self.process = None

    def start(self, build="heroes"):
        environment = {"ROCKET_PORT": str(self.address[1]), "ROCKET_LOG_LEVEL": "critical"}
        store = f'store="sqlite:{self.disk}/heroes.db"'
        environment["ROCKET_CREWED"] = "{" + ", ".join(filter(None, [store, self.scraped.configuration()])) + "}"
        self.process = self.processes.start("on-sqlite", [self.programs[build]], environment=environment)
        until("the program on SQLite listens", lambda: listens(self.address), 30)
        self.scraped.joins("on-sqlite", f"http://127.0.0.1:{self.address[1]}")

    def replaced(self, build):
        self.process.signal(signal.SIGTERM)
        self.scraped.leaves("on-sqlite", self.process)
        self.process.end()
        self.start(build)

    def fill(self, load):
        """The disk is full until writes are refused, and then has room again."""
        filling = self.disk / "filling"
        before = len(load.told.failures)
        try:
            with filling.open("wb") as file:
                while True:
                    file.write(b"\0" * (1 << 16))
                    file.flush()
        except OSError:
            pass
        until("writes are refused", lambda: len(load.told.failures) > before + 20, 60)
        time.sleep(3)
        filling.unlink()

    def end(self):
        if self.process:
            self.process.end()
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", self.disk], check=False)


class Memory(threading.Thread):
    """Looks at the memory of processes all the time."""

    def __init__(self, running):
        super().__init__(daemon=True)
        self.running, self.samples, self.stop = running, {}, threading.Event()

    def run(self):
        while not self.stop.wait(SAMPLE):
            for process in self.running():
                samples = self.samples.setdefault((process.name, process.pid), [])
                # It may end at this moment.
                with contextlib.suppress(OSError, Trouble):
                    samples.append((time.monotonic(), process.memory()))

    def growth(self, since):
        """For each process that was there since then: its MiB at six moments, by how much they grow in an hour, and in how
        many seconds that was seen."""
        for (name, _), samples in sorted(self.samples.items()):
            if samples and samples[0][0] <= since:
                points = [(at, size) for at, size in samples if at >= since]
                if len(points) > 10:
                    moments = [points[len(points) * number // 5][1] for number in range(5)] + [points[-1][1]]
                    yield name, moments, slope(points) * 3600, points[-1][0] - points[0][0]


def slope(points):
    """Of the straight line with the least squares."""
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    over = sum((x - middle_x) * (y - middle_y) for x, y in points)
    return over / sum((x - middle_x) ** 2 for x, _ in points)


def work(processes, arguments):
    needed("cargo", "openssl")
    programs = built(release=True)
    cluster = Cluster(processes)
    say("starting etcd, PostgreSQL under Patroni, HAProxy and PgBouncer")
    cluster.start()
    service = Service(processes, cluster, programs, arguments.metrics)
    service.begin(["app1", "app2", "app3"])
    on_sqlite = OnSqlite(processes, programs, Scraped(arguments.metrics))
    try:
        run(arguments, cluster, service, on_sqlite)
    finally:
        on_sqlite.end()


def run(arguments, cluster, service, on_sqlite):
    where = f"a tmpfs of {DISK} MiB" if on_sqlite.is_mounted else f"no disk of its own ({on_sqlite.why})"
    say(f"SQLite is on {where}; PostgreSQL is a cluster of three; {arguments.minutes} minutes from now")
    on_sqlite.start()
    loads = {
        "postgres": Load(service.address, service.tls, "postgres", writers=4, readers=2, pause=0.05),
        "sqlite": Load(on_sqlite.address, None, "sqlite", writers=3, readers=2, pause=0.05, text=2000),
    }
    for load in loads.values():
        load.start()
    memory = Memory(lambda: [*service.running.values(), on_sqlite.process])
    memory.start()
    began, whole = time.monotonic(), arguments.minutes * 60
    events = {name: Events(load) for name, load in loads.items()}
    timetable = happenings(events, loads, cluster, service, on_sqlite)
    for moment, happen in timetable:
        while time.monotonic() < began + whole * moment:
            time.sleep(1)
        say(f"  after {(time.monotonic() - began) / 60:.1f} minutes:")
        happen()
    while time.monotonic() < began + whole:
        time.sleep(1)
    for load in loads.values():
        load.stop()
    memory.stop.set()
    for name in events:
        say(f"\n{name}")
        events[name].table()
    faults = []
    for name, moments, growth, seconds in memory.growth(began + whole / 2):
        # What the noise alone makes of a short time is no growth.
        limit = GROWTH + NOISE * 3600 / seconds
        sizes = " ".join(f"{size:.1f}" for size in moments)
        say(f"memory of {name} in the second half: {sizes} MiB, {growth:+.1f} MiB in an hour (limit {limit:.0f})")
        if growth > limit:
            faults.append(f"the memory of {name} grows by {growth:.1f} MiB in an hour")
    told = loads["sqlite"].told
    told.wrong += on_sqlite.scraped.compare(told)
    counts = compare(told, every_row(on_sqlite.address))
    say(f"sqlite: {counts}, {len(told.failures)} requests failed, the slowest answer took {told.longest:.1f} s")
    faults += told.wrong
    say("postgres:")
    try:
        verify(loads["postgres"], cluster, service)
    except Trouble as trouble:
        faults.append(str(trouble))
    if faults:
        raise Trouble("\n  ".join(map(str, faults[:40])))


def happenings(events, loads, cluster, service, on_sqlite):
    """What happens after which part of the time. All processes of the second half are there from its beginning on."""
    postgres, sqlite = events["postgres"], events["sqlite"]

    def deployment(build):
        postgres.happens(f"deployment of {build}, one by one", 0, lambda: service.rolls(build))
        sqlite.happens(f"deployment of {build} (end, start)", 10, lambda: on_sqlite.replaced(build))

    def restart():
        postgres.happens("PostgreSQL of the leader is restarted", SWITCHOVER, cluster.restart_leader)

    def failover():
        until("the cluster is whole", cluster.is_whole, 120)
        lost = postgres.happens("the leader's machine dies", FAILOVER, lambda: dies(cluster))
        postgres.happens("it comes back", 0, lambda: comes_back(cluster, lost))

    def switchover():
        until("the cluster is whole", cluster.is_whole, 120)
        postgres.happens("the leader hands over", SWITCHOVER, cluster.switch_over)

    def full():
        if on_sqlite.is_mounted:
            sqlite.happens("the disk is full", 40, lambda: on_sqlite.fill(loads["sqlite"]))
        else:
            say("  the disk is not filled up: none may be mounted here")

    return [
        (0.10, lambda: deployment("heroes-next")),
        (0.20, full),
        (0.30, restart),
        (0.40, lambda: deployment("heroes")),
        (0.60, failover),
        (0.70, full),
        (0.80, switchover),
        (0.88, restart),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30, help="how long it takes (30)")
    parser.add_argument("--metrics", metavar="PATH", help="compare the counters there with what clients saw")
    parser.add_argument("--keep", action="store_true", help="keep the files and logs of the run")
    arguments = parser.parse_args()
    main(lambda processes: work(processes, arguments), arguments.keep)
