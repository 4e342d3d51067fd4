"""nginx, Caddy and HAProxy, each with its file of docs/production."""

import os
import re
import socket

from files import line, rendered
from processes import free_ports, until

NAME = "api.example.com"


def certificate(processes):
    """A certificate of its own authority, for the name in the files; and the same with its key in one file."""
    folder = processes.folder
    chain, key, both = folder / "chain.pem", folder / "key.pem", folder / "both.pem"
    processes.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
        + ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", key, "-out", chain]
    )
    both.write_text(chain.read_text() + key.read_text())
    return chain, key, both


def listens(address):
    with socket.create_connection(address, timeout=1):
        return True


class Proxy:
    """One of them, and what it does other than the rest."""

    name = ""
    # Whether a body that stalls is ended.
    ends_bodies = True
    # A head that is too long has a path, or a header, of so many bytes.
    too_long = 40_000
    # What a head that is too long, and a request that is none, is answered; and whether in JSON.
    long_head = 431
    long_head_is_json = bad_request_is_json = True
    connections_of_one = 100

    def __init__(self, processes, upstream):
        self.processes, self.upstream = processes, upstream
        plain, secure = free_ports(2)
        self.plain, self.address = ("127.0.0.1", plain), ("127.0.0.1", secure)
        self.process = None

    def start(self):
        self.process = self.processes.start(self.name, self.command(), environment=self.environment())
        until(f"{self.name} listens", lambda: self.process.is_running() and listens(self.address), 15)

    def environment(self):
        return {}

    def written(self, name, text):
        file = self.processes.folder / name
        file.write_text(text)
        return file


class Nginx(Proxy):
    name = "nginx"
    too_long = 12_000
    long_head = 414

    def command(self):
        chain, key, _ = certificates(self.processes)
        site = self.written(
            "nginx-site.conf",
            rendered(
                "nginx.conf",
                ("127.0.0.1:8000", self.upstream),
                (line("listen [::]:"), ""),
                ("listen 80;", f"listen 127.0.0.1:{self.plain[1]};"),
                ("listen 443 ", f"listen 127.0.0.1:{self.address[1]} "),
                ("https://$host$request_uri", f"https://$host:{self.address[1]}$request_uri"),
                ("/etc/letsencrypt/live/api.example.com/fullchain.pem", chain),
                ("/etc/letsencrypt/live/api.example.com/privkey.pem", key),
            ),
        )
        # What Debian's nginx.conf says, as far as it matters, and folders of this run's own.
        folder = self.processes.make_folder("nginx-files", "www-data")
        kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        user = "user www-data;\n" if os.geteuid() == 0 else ""
        main = self.written(
            "nginx.conf",
            f"{user}daemon off;\nworker_processes 2;\npid {folder}/pid;\nerror_log stderr;\n"
            "events { worker_connections 768; }\nhttp {\naccess_log off;\ngzip on;\n"
            + "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
            + f"include {site};\n}}\n",
        )
        return ["nginx", "-c", main]


class Caddy(Proxy):
    name = "caddy"
    ends_bodies = False
    long_head_is_json = bad_request_is_json = False
    connections_of_one = None

    def command(self):
        chain, key, _ = certificates(self.processes)
        own = f"\tdefault_bind 127.0.0.1\n\thttp_port {self.plain[1]}\n"
        file = self.written(
            "Caddyfile",
            rendered(
                "Caddyfile",
                ("127.0.0.1:8000", self.upstream),
                (re.compile(r"^\{\n", re.MULTILINE), "{\n\tadmin off\n" + own),
                (f"\n{NAME} {{\n", f"\nhttps://{NAME}:{self.address[1]} {{\n\ttls {chain} {key}\n"),
            ),
        )
        return ["caddy", "run", "--config", file, "--adapter", "caddyfile"]

    def environment(self):
        return {"HOME": str(self.processes.folder), "XDG_DATA_HOME": str(self.processes.folder / "caddy")}


class Haproxy(Proxy):
    name = "haproxy"
    too_long = 20_000
    long_head = 400
    long_head_is_json = bad_request_is_json = False

    def __init__(self, processes, upstream, servers=None):
        super().__init__(processes, upstream)
        self.servers = servers or [upstream]
        self.statistics = processes.folder / "haproxy.sock"

    def command(self):
        _, _, both = certificates(self.processes)
        servers = "".join(f"    server app{number} {server}\n" for number, server in enumerate(self.servers, 1))
        file = self.written(
            "haproxy.cfg",
            rendered(
                "haproxy.cfg",
                ("log /dev/log local0", "log stdout format raw local0"),
                ("/run/haproxy/admin.sock", self.statistics),
                *(((line("user haproxy"), ""), (line("group haproxy"), "")) if os.geteuid() else ()),
                (":80\n", f"{self.plain[0]}:{self.plain[1]}\n"),
                (":443 ", f"{self.address[0]}:{self.address[1]} "),
                ("/etc/haproxy/api.example.com.pem", both),
                (re.compile(r"(^    server app\d .*\n)+", re.MULTILINE), servers),
            ),
        )
        return ["haproxy", "-db", "-f", file]

    def statistic(self, server, column):
        """What HAProxy counts of a server: `stot` is how many requests it has had."""
        with socket.socket(socket.AF_UNIX) as asked:
            asked.connect(str(self.statistics))
            asked.sendall(b"show stat\n")
            text = b"".join(iter(lambda: asked.recv(65536), b"")).decode()
        names, *rows = [row.split(",") for row in text.removeprefix("# ").splitlines() if row]
        for row in rows:
            if row[:2] == ["crewed", server]:
                return row[names.index(column)]
        raise ValueError(f"HAProxy knows no server {server}")


def certificates(processes):
    if not hasattr(processes, "certificates"):
        processes.certificates = certificate(processes)
    return processes.certificates
