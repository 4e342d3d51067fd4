"""Several processes of a crewed program behind HAProxy, on one PostgreSQL cluster."""

import signal
import subprocess
import time
import urllib.request

from asking import trusting
from metrics import Scraped
from processes import Gone, Trouble, free_ports, until
from programs import READY
from proxies import Haproxy, certificates

# How many seconds a process may take to end after SIGTERM.
END = 15


class Service:
    def __init__(self, processes, cluster, programs, metrics=None):
        self.processes, self.cluster, self.programs = processes, cluster, programs
        (self.port,) = free_ports(1)
        self.hosts = {f"app{number}": f"127.0.0.{20 + number}" for number in (1, 2, 3)}
        self.running = {}
        servers = [f"{host}:{self.port}" for host in self.hosts.values()]
        self.haproxy = Haproxy(processes, servers[0], servers)
        self.scraped = Scraped(metrics)

    def begin(self, names):
        for name in names:
            self.start(name)
        self.haproxy.start()
        self.tls = trusting(certificates(self.processes)[0])
        for name in names:
            self.is_served_by(name)

    @property
    def address(self):
        return self.haproxy.address

    def start(self, name, build="heroes"):
        """A process joins: it is started, and waited for until it is ready."""
        file = self.processes.folder / f"{name}.toml"
        file.write_text(self.cluster.program_configuration(self.hosts[name], self.port))
        file.chmod(0o600)
        environment = {"ROCKET_CONFIG": str(file)}
        if more := self.scraped.configuration():
            environment["ROCKET_CREWED"] = f"{{{more}}}"
        process = self.processes.start(name, [self.programs[build]], environment=environment)
        url = f"http://{self.hosts[name]}:{self.port}"

        def is_ready():
            if not process.is_running():
                raise Gone(f"{name} has ended: {process.tail()}")
            with urllib.request.urlopen(url + READY, timeout=3) as answer:
                return answer.status == 200

        until(f"{name} is ready", is_ready, 60)
        self.running[name] = process
        self.scraped.joins(name, url)
        return process

    def is_served_by(self, name):
        """Waits until HAProxy gives it requests, if there are any."""

        def is_up():
            return self.haproxy.statistic(name, "status").startswith("UP")

        until(f"HAProxy has {name} among its servers", is_up, 30)

    def joins(self, name, build="heroes"):
        before = int(self.haproxy.statistic(name, "stot") or 0)
        self.start(name, build)
        self.is_served_by(name)
        until(f"{name} has requests", lambda: int(self.haproxy.statistic(name, "stot") or 0) > before + 20, 30)

    def leaves(self, name):
        """SIGTERM; it has to end by itself, with status 0."""
        process = self.running.pop(name)
        began = time.monotonic()
        process.signal(signal.SIGTERM)
        self.scraped.leaves(name, process)
        try:
            status = process.popen.wait(END)
        except subprocess.TimeoutExpired as error:
            raise Trouble(f"{name} does not end within {END} s of SIGTERM") from error
        if status != 0:
            raise Trouble(f"{name} ended with status {status}: {process.tail()}")
        return time.monotonic() - began

    def crashes(self, name):
        self.scraped.crashes(name)
        self.running.pop(name).kill()

    def rolls(self, build):
        """One process after the other is replaced by one of this build."""
        for name in list(self.running):
            self.leaves(name)
            self.joins(name, build)
