"""Databases for the servers: made empty, filled with rows, copied for each run."""

import contextlib
import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.parse
from datetime import UTC, datetime, timedelta
from pathlib import Path

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
# How many nicknames the rows share.
NICKNAMES = 25

# How servers keep times on SQLite.
TIMES = {
    "microseconds": lambda at: int(at.timestamp()) * 1_000_000,
    "rfc3339": lambda at: at.isoformat(),
    "sqlalchemy": lambda at: at.strftime("%Y-%m-%d %H:%M:%S.%f"),
}


class Trouble(Exception):
    """What ends the program, said in one line."""


def nickname(number):
    return f"nick{number % NICKNAMES:03}"


def row(number):
    """What every server answers for a seeded row."""
    return {
        "id": number,
        "name": f"user{number:08}",
        "nickname": nickname(number),
        "created_at": EPOCH + timedelta(seconds=number),
    }


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sqlite:
    """Files in one folder."""

    engine = "sqlite"
    postmaster = None

    def __init__(self, folder):
        self.folder = folder
        self.description = f"SQLite files on {folder}"

    def _file(self, name):
        return os.path.join(self.folder, f"{name}.db")

    def empty(self, name):
        file = self._file(name)
        for suffix in ("", "-wal", "-shm"):
            Path(file + suffix).unlink(missing_ok=True)
        return file

    def fill(self, name, rows, times):
        keep = TIMES[times]
        with contextlib.closing(sqlite3.connect(self._file(name))) as connection:
            values = (tuple(row(number).values()) for number in range(1, rows + 1))
            with connection:
                connection.executemany(
                    "INSERT INTO users (id, name, nickname, created_at) VALUES (?, ?, ?, ?)",
                    ((*rest, keep(created_at)) for *rest, created_at in values),
                )
        self.settle(name)

    def execute(self, name, *statements):
        with contextlib.closing(sqlite3.connect(self._file(name))) as connection:
            with connection:
                for statement in statements:
                    connection.execute(statement)
        self.settle(name)

    def settle(self, name):
        """Leaves all that is stored in the one file that is copied."""
        with contextlib.closing(sqlite3.connect(self._file(name))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def copy(self, name, seed):
        file = self.empty(name)
        shutil.copyfile(self._file(seed), file)
        return file

    def shape(self, name, table):
        """A table and its indexes, without the names of the latter."""
        with contextlib.closing(sqlite3.connect(self._file(name))) as connection:
            ask = lambda sql: connection.execute(sql).fetchall()
            indexes = ask(f"SELECT name, \"unique\" FROM pragma_index_list('{table}')")
            counted = f"SELECT count(*) FROM sqlite_schema WHERE name = '{table}' AND sql LIKE '%AUTOINCREMENT%'"
            return {
                "columns": ask(f"SELECT name, type, \"notnull\", pk FROM pragma_table_info('{table}')"),
                "strict": ask(f"SELECT strict FROM pragma_table_list WHERE name = '{table}'"),
                "counted": ask(counted),
                "indexes": sorted(
                    (unique, ask(f"SELECT name FROM pragma_index_info('{index}')")) for index, unique in indexes
                ),
            }

    def close(self):
        pass


class Postgres:
    """Databases of their own in a cluster that is there, or in one that is made for it."""

    engine = "postgres"

    def __init__(self, url, scratch):
        self._cluster = None
        self._made = set()
        self._bin = _postgres_binaries()
        if url is None:
            self._cluster = _Cluster(self._bin, scratch)
            url = self._cluster.url
        self._url = url
        try:
            pid = int(self._ask("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"))
            local = Path(f"/proc/{pid}/comm").read_text().startswith("postgres")
            # Of a cluster on another machine only the servers' own time can be told.
            self.postmaster = pid if local else None
            settings = self._ask(
                "SELECT 'PostgreSQL ' || current_setting('server_version') || ', synchronous_commit '"
                " || current_setting('synchronous_commit') || ', fsync ' || current_setting('fsync')"
            )
        except FileNotFoundError:
            self.postmaster, settings = None, "PostgreSQL elsewhere"
        except BaseException:
            self.close()
            raise
        self.description = settings + (f", in a cluster of its own on {scratch}" if self._cluster else "")

    def _at(self, database):
        return urllib.parse.urlsplit(self._url)._replace(path=f"/{database}").geturl()

    def _ask(self, *statements, database=None):
        psql = os.path.join(self._bin, "psql")
        command = [psql, "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self._at(database) if database else self._url]
        for statement in statements:
            command += ["-c", statement]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Trouble(f"PostgreSQL: {done.stderr.strip()}")
        return done.stdout.strip()

    def empty(self, name, template="template0"):
        database = f"crewed_compare_{name}"
        self._ask(
            f"DROP DATABASE IF EXISTS {database} WITH (FORCE)",
            f"CREATE DATABASE {database} TEMPLATE {template}",
            # So that no run pays for what the run before left to write.
            "CHECKPOINT",
        )
        self._made.add(database)
        return self._at(database)

    def fill(self, name, rows, _):
        self._ask(
            "INSERT INTO users (id, name, nickname, created_at)"
            f" SELECT i, 'user' || lpad(i::text, 8, '0'), 'nick' || lpad((i % {NICKNAMES})::text, 3, '0'),"
            f" '{EPOCH.isoformat()}'::timestamptz + make_interval(secs => i) FROM generate_series(1, {rows}) i",
            f"SELECT setval(pg_get_serial_sequence('users', 'id'), {rows})",
            "VACUUM ANALYZE users",
            database=f"crewed_compare_{name}",
        )

    def execute(self, name, *statements):
        self._ask(*statements, database=f"crewed_compare_{name}")

    def settle(self, name):
        pass

    def copy(self, name, seed):
        return self.empty(name, f"crewed_compare_{seed}")

    def shape(self, name, table):
        """A table and its indexes, without the names of the latter."""
        return self._ask(
            "SELECT attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attcollation::regcollation"
            f" FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 ORDER BY attnum",
            "SELECT indisprimary, indisunique, indkey, indcollation FROM pg_index"
            f" WHERE indrelid = '{table}'::regclass ORDER BY 1, 2, 3",
            database=f"crewed_compare_{name}",
        )

    def close(self):
        if self._cluster:
            self._cluster.stop()
        else:
            for database in self._made:
                self._ask(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


class _Cluster:
    """PostgreSQL with its default settings, in a folder that goes when it ends."""

    def __init__(self, binaries, scratch):
        self.folder = tempfile.mkdtemp(prefix="crewed-compare-postgres-", dir=scratch)
        self.process = None
        port = free_port()
        # PostgreSQL does not run as root.
        identity = {}
        if os.geteuid() == 0:
            owner = _account("postgres") or _account("nobody")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        data = os.path.join(self.folder, "data")
        log = os.path.join(self.folder, "log")
        program = lambda name: os.path.join(binaries, name)
        try:
            with open(log, "w") as output:
                where = {"cwd": self.folder, "stdout": output, "stderr": subprocess.STDOUT, **identity}
                initdb = [program("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
                if subprocess.run(initdb, **where).returncode:
                    raise Trouble(f"initdb: {Path(log).read_text()}")
                settings = ["listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}"]
                settings += ["max_connections=200"]
                options = [word for setting in settings for word in ("-c", setting)]
                self.process = subprocess.Popen([program("postgres"), "-D", data, "-p", str(port), *options], **where)
            ready = [program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
            deadline = time.monotonic() + 60
            while subprocess.run(ready).returncode:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Trouble(f"PostgreSQL does not start: {Path(log).read_text()}")
                time.sleep(0.1)
        except BaseException:
            self.stop()
            raise
        self.url = f"postgres://postgres@127.0.0.1:{port}/postgres"

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(2)  # "fast": sessions are ended
            self.process.wait(60)
        shutil.rmtree(self.folder)


def _account(name):
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(name)


def _postgres_binaries():
    """Debian keeps the programs of a server out of PATH, and a `psql` there that only looks for the real one."""
    found = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    if found:
        return str(max(found, key=lambda folder: int(folder.parent.name)))
    for name in ("initdb", "psql"):
        if program := shutil.which(name):
            return os.path.dirname(os.path.realpath(program))
    raise Trouble("there is no PostgreSQL: neither in PATH nor in /usr/lib/postgresql (Debian: postgresql)")
