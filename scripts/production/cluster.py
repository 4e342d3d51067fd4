"""A PostgreSQL cluster of three that Patroni keeps, with etcd, and PgBouncer and HAProxy between it and programs: as
docs/production.md has it on several machines, on addresses of this one."""

import contextlib
import glob
import json
import os
import re
import signal
import time
import urllib.request
from pathlib import Path

from files import line, port, rendered
from processes import Trouble, free_ports, needed, say, until
from proxies import listens

USER = "postgres"
PASSWORDS = {"first-password": "first", "second-password": "second", "third-password": "third"}
# The addresses of the files, and those of this machine that stand for them.
NETWORK = (re.compile(r"\b10\.0\.0\."), "127.0.0.")
PACKAGES = ("etcd", "patroni", "patronictl", "pgbouncer", "haproxy", "psql")


def server_programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    if not found:
        raise Trouble("this needs a PostgreSQL server (Debian: apt-get install postgresql)")
    return Path(found[-1])


class Node:
    """A machine with etcd, Patroni and PostgreSQL."""

    def __init__(self, cluster, number):
        self.cluster, self.name, self.host = cluster, f"db{number}", f"127.0.0.{10 + number}"
        processes = cluster.processes
        self.folder = processes.make_folder(self.name, USER, 0o700)
        # The lists of all machines stay as they are.
        environment = rendered(
            "etcd.env",
            ("ETCD_NAME=db1", f"ETCD_NAME={self.name}"),
            (re.compile(r"(?<=_URLS=http://)10\.0\.0\.11\b"), f"10.0.0.{10 + number}"),
            (",http://127.0.0.1:2379", ""),
            ("/var/lib/etcd/crewed", self.folder / "etcd"),
            (port(2379), cluster.ports["etcd"]),
            (port(2380), cluster.ports["etcd peers"]),
            NETWORK,
        )
        lines = [row for row in environment.splitlines() if row and not row.startswith("#")]
        self.etcd_environment = dict(row.split("=", 1) for row in lines)
        self.file = self.folder / "patroni.yml"
        text = rendered(
            "patroni.yml",
            ("name: db1", f"name: {self.name}"),
            (re.compile(r"(?<=listen: )10\.0\.0\.11\b"), f"10.0.0.{10 + number}"),
            (re.compile(r"(?<=connect_address: )10\.0\.0\.11\b"), f"10.0.0.{10 + number}"),
            ("/var/lib/postgresql/15/crewed", self.folder / "data"),
            ("/usr/lib/postgresql/15/bin", server_programs()),
            ("/var/lib/postgresql/patroni.pgpass", self.folder / "pgpass"),
            ("/var/run/postgresql", self.folder),
            (port(5432), cluster.ports["postgresql"]),
            (port(8008), cluster.ports["patroni"]),
            (port(2379), cluster.ports["etcd"]),
            *PASSWORDS.items(),
            NETWORK,
        )
        self.file.write_text(text)
        self.file.chmod(0o644)
        self.etcd = self.patroni = None

    def start(self):
        start = self.cluster.processes.start
        self.etcd = start(f"{self.name}-etcd", ["etcd"], USER, self.etcd_environment, self.folder)
        self.patroni = start(f"{self.name}-patroni", ["patroni", self.file], USER, {}, self.folder)

    def postmaster(self):
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def kill(self):
        """The machine is gone from one moment to the next."""
        with contextlib.suppress(OSError, ValueError):
            os.kill(self.postmaster(), signal.SIGKILL)
        for process in (self.patroni, self.etcd):
            process.kill()

    def status(self):
        return asked(f"http://{self.host}:{self.cluster.ports['patroni']}/patroni")

    def query(self, statement, database="crewed"):
        """What psql prints, asked as the administrator of this machine."""
        return self.cluster.query(statement, database, self.host)


class Cluster:
    def __init__(self, processes):
        needed(*PACKAGES)
        self.processes = processes
        names = ["etcd", "etcd peers", "postgresql", "patroni", "pgbouncer", "leader"]
        names += ["replica1", "replica2", "replica3"]
        self.ports = dict(zip(names, free_ports(len(names))))
        self.nodes = [Node(self, number) for number in (1, 2, 3)]

    def start(self):
        for node in self.nodes:
            node.start()
        until("the cluster has a leader, a synchronous replica and another one", self.is_whole, 180)
        leader = self.leader()
        leader.query("CREATE ROLE crewed LOGIN PASSWORD 'password'", "postgres")
        leader.query("CREATE DATABASE crewed OWNER crewed", "postgres")
        haproxy = self.written(
            "haproxy-database.cfg",
            rendered(
                "haproxy-database.cfg",
                ("log /dev/log local0", "log stdout format raw local0"),
                *(((line("user haproxy"), ""), (line("group haproxy"), "")) if os.geteuid() else ()),
                (port(5000), self.ports["leader"]),
                *((port(5000 + number), self.ports[f"replica{number}"]) for number in (1, 2, 3)),
                (port(5432), self.ports["postgresql"]),
                ("port 8008", f"port {self.ports['patroni']}"),
                NETWORK,
            ),
        )
        self.processes.start("haproxy-database", ["haproxy", "-db", "-f", haproxy])
        secret = leader.query("SELECT rolpassword FROM pg_authid WHERE rolname = 'crewed'", "postgres").strip()
        users = self.written("userlist.txt", f'"crewed" "{secret}"\n')
        folder = self.processes.make_folder("pgbouncer", USER)
        pooler = self.written(
            "pgbouncer.ini",
            rendered(
                "pgbouncer.ini",
                ("port=5000", f"port={self.ports['leader']}"),
                ("listen_port = 6432", f"listen_port = {self.ports['pgbouncer']}"),
                ("/var/log/postgresql", folder),
                ("/var/run/postgresql", folder),
                ("/etc/pgbouncer/userlist.txt", users),
            ),
        )
        # HAProxy takes everybody for the leader until it has asked.
        time.sleep(4)
        process = self.processes.start("pgbouncer", ["pgbouncer", pooler], USER)
        address = ("127.0.0.1", self.ports["pgbouncer"])
        until("PgBouncer listens", lambda: process.is_running() and listens(address), 15)

    def written(self, name, text):
        file = self.processes.folder / name
        file.write_text(text)
        return file

    def program_configuration(self, host, own_port):
        """Rocket.toml of a process at this address."""
        return rendered(
            "Rocket.toml",
            ('"10.0.0.21"', f'"{host}"'),
            ("port = 8000", f"port = {own_port}"),
            (port(6432), self.ports["pgbouncer"]),
            *((port(5000 + number), self.ports[f"replica{number}"]) for number in (1, 2, 3)),
        )

    def query(self, statement, database, host):
        environment = {"PGPASSWORD": "first", "PGCONNECT_TIMEOUT": "3"}
        command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]
        command += ["--host", host, "--port", self.ports["postgresql"], "--username", "postgres", "--dbname", database]
        return self.processes.run([*command, "--command", statement], environment=environment, seconds=120)

    def members(self):
        """What Patroni says of each, asked of the first one that answers."""
        for node in self.nodes:
            with contextlib.suppress(OSError, ValueError):
                members = asked(f"http://{node.host}:{self.ports['patroni']}/cluster")["members"]
                return {member["name"]: member for member in members}
        return {}

    def leader(self):
        def found():
            members = self.members()
            leaders = [node for node in self.nodes if members.get(node.name, {}).get("role") == "leader"]
            return leaders[0] if leaders else None

        return until("the cluster has a leader", found, 60)

    def synchronous(self):
        members = self.members()
        return [node for node in self.nodes if members.get(node.name, {}).get("role") == "sync_standby"]

    def is_whole(self):
        """Whether the leader has two replicas that stream from it, one of them synchronous."""
        roles = sorted(member["role"] for member in self.members().values())
        if roles != ["leader", "replica", "sync_standby"]:
            return False
        rows = self.leader().query("SELECT state, sync_state FROM pg_stat_replication ORDER BY 2", "postgres").split()
        return rows == ["streaming|async", "streaming|sync"]

    def switch_over(self):
        """The leader hands over to the synchronous replica."""
        leader, (candidate, *_) = self.leader(), self.synchronous()
        command = ["patronictl", "-c", leader.file, "switchover", "crewed", "--leader", leader.name]
        # Patroni's command wants a locale with which it can print.
        environment = {"LC_ALL": "C.UTF-8"}
        self.processes.run([*command, "--candidate", candidate.name, "--force"], environment=environment, seconds=120)
        return leader, candidate

    def restart_leader(self):
        """PostgreSQL of the leader is restarted, by Patroni."""
        leader = self.leader()
        command = ["patronictl", "-c", leader.file, "restart", "crewed", leader.name, "--force"]
        self.processes.run(command, environment={"LC_ALL": "C.UTF-8"}, seconds=120)
        return leader

    def describe(self):
        for name, member in sorted(self.members().items()):
            say(f"  {name}: {member['role']}, {member['state']}, timeline {member.get('timeline')}")


def asked(url):
    with urllib.request.urlopen(url, timeout=3) as answer:
        return json.load(answer)
