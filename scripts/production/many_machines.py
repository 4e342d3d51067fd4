"""A service of several processes on a PostgreSQL cluster of three, while machines come and go.
`scripts/many-machines.sh` tells more."""

import argparse
import sys
import time

sys.dont_write_bytecode = True

from cluster import Cluster
from load import Events, Load, compare, every_row
from processes import Trouble, main, needed, say, until
from programs import built
from service import Service

# For how many seconds requests may fail after each event.
FAILOVER, SWITCHOVER, CRASH = 45, 15, 5


def work(processes, arguments):
    needed("cargo", "openssl")
    programs = built(arguments.release)
    cluster = Cluster(processes)
    say("starting etcd, PostgreSQL under Patroni, HAProxy and PgBouncer")
    cluster.start()
    cluster.describe()
    service = Service(processes, cluster, programs, arguments.metrics)
    service.begin(["app1", "app2"])
    load = Load(service.address, service.tls)
    load.start()
    events = Events(load)
    say("clients write and read")
    happen(events, cluster, service)
    load.stop()
    events.table()
    verify(load, cluster, service)


def happen(events, cluster, service):
    events.happens("nothing", 0, lambda: time.sleep(10), settle=0)
    events.happens("a process joins", 0, lambda: service.joins("app3"))
    events.happens("a process leaves (SIGTERM)", 0, lambda: service.leaves("app1"))
    events.happens("it joins again", 0, lambda: service.joins("app1"))
    events.happens("a build with a column more, one by one", 0, lambda: service.rolls("heroes-next"))
    events.happens("the build before, one by one", 0, lambda: service.rolls("heroes"))

    def crashes():
        service.crashes("app2")

    events.happens("a process crashes (SIGKILL)", CRASH, crashes)
    events.happens("it joins again", 0, lambda: service.joins("app2"))
    events.happens("the leader hands over (switchover)", SWITCHOVER, cluster.switch_over, settle=10)
    until("the cluster is whole", cluster.is_whole, 120)
    lost = events.happens("the leader's machine dies (SIGKILL of all)", FAILOVER, lambda: dies(cluster), settle=10)
    events.happens("it comes back", 0, lambda: comes_back(cluster, lost))


def dies(cluster):
    node = cluster.leader()
    node.kill()
    return node


def comes_back(cluster, node):
    node.start()
    until("the cluster is whole again", cluster.is_whole, 120)


def rows_of(node):
    lines = node.query("SELECT name || ' ' || age FROM heroes").splitlines()
    return [(name, int(age)) for name, _, age in (line.partition(" ") for line in lines)]


def verify(load, cluster, service):
    """Everything that was acknowledged is on every machine, once; and the service says so too."""
    told = load.told
    # Before anybody else asks.
    told.wrong += service.scraped.compare(told)
    until("the cluster is whole", cluster.is_whole, 120)
    cluster.describe()
    rows = rows_of(cluster.leader())
    counts = compare(told, rows)
    for node in cluster.nodes:
        until(f"{node.name} has every row", lambda: sorted(rows_of(node)) == sorted(rows), 60)
    if sorted(every_row(service.address, service.tls)) != sorted(rows):
        told.is_wrong("the API shows other rows than the leader has")
    say(f"{counts['acknowledged']} heroes acknowledged, {counts['missing']} missing, {counts['rows']} rows")
    writes, reads, failed = len(told.successes["write"]), len(told.successes["read"]), len(told.failures)
    say(f"{writes} writes and {reads} reads succeeded, {failed} failed; the slowest answer took {told.longest:.1f} s")
    say(f"writes that were refused and had happened: {told.refused_and_happened}")
    say(f"reads of rows that a replica did not have yet: {len(told.late)}")
    if told.wrong:
        raise Trouble("\n  ".join([f"{len(told.wrong)} things are wrong:", *told.wrong[:30]]))
    say("all is well")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--release", action="store_true", help="build the programs in release mode")
    parser.add_argument("--keep", action="store_true", help="keep the files and logs of the run")
    parser.add_argument("--metrics", metavar="PATH", help="compare the counters there with what clients saw")
    arguments = parser.parse_args()
    main(lambda processes: work(processes, arguments), arguments.keep)
