"""The programs that are compared: how each is built and started, and whether it answers as it should."""

import base64
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import access
from databases import EPOCH, Trouble, free_port, nickname, row

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = HERE / "peers"


@dataclass
class Server:
    """A program, and how it differs from the others."""

    name: str
    # "cargo": an example of crewed's; "peer": a package of its own in Rust; "python".
    kind: str
    # The example; or the peer's package, where several servers are one program, and what tells it which it is.
    package: str = ""
    arguments: list = field(default_factory=list)
    # How it keeps times on SQLite: the keys of `databases.TIMES`.
    times: str = "microseconds"
    # A page of 20; its words are those of load.lua.
    page: str = "/users?limit=20&skip={skip}"
    # The newest 20 of those that have a nickname and were created since a moment; its words are those of load.lua.
    search: str = "/users?nickname={nickname}&created_at__gte={since}&sort=-created_at&limit=20"
    # The member of a page's answer that has the rows, where these are not the answer itself.
    rows_in: str = ""
    # The status for a name without characters.
    empty_name: int = 422
    workers: int = 1
    # The resources of `access` that it has.
    notes: list = field(default_factory=list)
    # Of crewed's configuration, what is not by default.
    settings: tuple = ()
    # Rocket's level of the log.
    level: str = "off"
    command: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)


def rustango(paging, page, search):
    """One program; only its pages differ. An empty text is a missing one there."""
    search += "&nickname={nickname}&created_at__gte={since}"
    shape = {"times": "rfc3339", "page": page, "search": search, "rows_in": "results", "empty_name": 400}
    # Of 2, 4 and the default of 10 the pool that serves it best.
    shape["environment"] = {"RUSTANGO_DB_MAX_CONNECTIONS": "4"}
    return Server(f"rustango_{paging}", "peer", package="rustango_sqlite", arguments=[paging], **shape)


CRUDCRATE = {
    "page": "/users?range=%5B{skip}%2C{last}%5D",
    "search": "/users?filter=%7B%22nickname%22:%5B%22{nickname}%22%5D,%22created_at_gte%22:%22{since}%22%7D"
    "&sort_by=created_at&order=DESC&range=%5B0%2C19%5D",
}

SERVERS = {
    "sqlite": [
        Server("crewed", "cargo", notes=access.RESOURCES),
        Server("axum_sqlx_sqlite", "peer", notes=[access.WITHOUT, access.OWNED]),
        Server("rocket_rusqlite", "peer"),
        Server("crudcrate_sqlite", "peer", times="rfc3339", **CRUDCRATE),
        rustango("limit", "/users?limit=20&offset={skip}", "/users?limit=20&ordering=-created_at"),
        rustango("page", "/users?page={number}&page_size=20", "/users?page_size=20&ordering=-created_at"),
        rustango("cursor", "/users?cursor={cursor}&page_size=20", "/newest?page_size=20"),
        Server("fastapi_sqlmodel_1", "python", times="sqlalchemy", workers=1),
        Server("fastapi_sqlmodel_2", "python", times="sqlalchemy", workers=2),
    ],
    "postgres": [
        Server("crewed", "cargo", notes=access.RESOURCES),
        Server("axum_sqlx_pg", "peer", notes=[access.WITHOUT, access.OWNED]),
        Server("axum_tokio_postgres", "peer"),
    ],
}


def target_folder():
    metadata = ["cargo", "metadata", "--format-version=1", "--no-deps", "--locked"]
    done = subprocess.run(metadata, cwd=ROOT, stdout=subprocess.PIPE)
    if done.returncode:
        raise Trouble("crewed: `cargo metadata` fails")
    return Path(json.loads(done.stdout)["target_directory"])


def build(server):
    """Makes the program, and notes what starts it."""
    target = target_folder()
    if server.kind == "cargo":
        example = server.package or "bench_users"
        make(server, ["cargo", "build", "--release", "--locked", "--example", example], ROOT, target)
        server.command = [str(target / "release/examples" / example)]
    elif server.kind == "peer":
        target = target / "compare/peers"
        package = server.package or server.name
        # From its own folder, so that cargo finds the workspace that it is in.
        make(server, ["cargo", "build", "--release", "--locked", "-p", package], PEERS / package, target)
        server.command = [str(target / "release" / package)]
    else:
        environment = target / "compare/fastapi_sqlmodel"
        program = PEERS / "fastapi_sqlmodel"
        python = str(environment / "bin/python")
        if not os.path.exists(python):
            make(server, [sys.executable, "-m", "venv", str(environment)], program)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        make(server, [*install, "-r", "requirements.txt"], program)
        server.command = [python, "-m", "uvicorn", "main:app", "--app-dir", str(program)]
        server.command += ["--loop", "uvloop", "--http", "httptools", "--log-level", "warning", "--no-access-log"]


def make(server, command, folder, target=None):
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target)} if target else None
    if subprocess.run(command, cwd=folder, env=environment).returncode:
        raise Trouble(f"{server.name} cannot be built: `{' '.join(command)}` fails")


class Running:
    """A server that answers. It is stopped at the end of the `with` it stands in."""

    def __init__(self, server, database, scratch, before=(), workers=None):
        self.server = server
        self.port = free_port()
        command, settings = _start(server, self.port, database, workers or server.workers)
        of_servers = ("ROCKET_", "RUSTANGO_", "TOKIO_")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(of_servers)}
        if before:
            # One thread for requests, so that two runs differ by their requests only.
            inherited |= {"ROCKET_WORKERS": "1", "TOKIO_WORKER_THREADS": "1"}
        self._log = Path(scratch) / f"{server.name}.log"
        with self._log.open("w") as log:
            where = {"cwd": scratch, "env": inherited | settings | server.environment, "start_new_session": True}
            self.process = subprocess.Popen([*before, *command], stdout=log, stderr=log, **where)

    def __enter__(self):
        try:
            deadline = time.monotonic() + 120
            while True:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    if self.ask("GET", "/users/1")[0] in (200, 404):
                        return self
                if self.process.poll() is not None:
                    raise self.trouble(f"ends at its start, with {self.process.returncode}")
                if time.monotonic() > deadline:
                    raise self.trouble("does not answer within two minutes")
                time.sleep(0.02)
        except BaseException:
            self.stop()
            raise

    def __exit__(self, kind, *_):
        code = self.process.poll()
        self.stop()
        if kind is None and code is not None:
            raise self.trouble(f"has ended, with {code}")

    def trouble(self, what):
        said = self._log.read_text().strip()
        return Trouble(f"{self.server.name} {what}" + (f"; it says:\n{said}" if said else ""))

    @property
    def said(self):
        return self._log.read_text()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method, path, body=None, caller=None):
        with contextlib.closing(self.connect()) as connection:
            return ask(connection, method, path, body, caller)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            # A session of its own: these are what it started, and nothing else.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def ask(connection, method, path, body=None, caller=None):
    """The status of an answer, and what its JSON says."""
    headers = {} if body is None else {"Content-Type": "application/json"}
    if caller is not None:
        headers["X-Caller"] = str(caller)
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    text = response.read()
    try:
        return response.status, json.loads(text)
    except ValueError:
        return response.status, None


def _start(server, port, database, workers):
    """A command and its environment."""
    if server.kind == "cargo":
        store = database if "://" in database else f"sqlite:{database}"
        settings = {"ROCKET_ADDRESS": "127.0.0.1", "ROCKET_PORT": str(port), "ROCKET_LOG_LEVEL": server.level}
        # It ends at once, as the others do, since nobody balances loads here.
        crewed = ", ".join([f'store="{store}"', "timeouts={drain=0}", *server.settings])
        return server.command, settings | {"ROCKET_CREWED": f"{{{crewed}}}"}
    if server.kind == "python":
        command = [*server.command, "--port", str(port), "--workers", str(workers)]
        return command, {"DATABASE": database, "PYTHONDONTWRITEBYTECODE": "1"}
    return [*server.command, str(port), database, *server.arguments], {"ROCKET_LOG_LEVEL": "off"}


def page_after(server, skip):
    """The address of a page after so many rows; where pages have numbers, of the one that the next row is on."""
    return server.page.format(skip=skip, last=skip + 19, number=skip // 20 + 1, cursor=_cursor(skip))


def search_since(server, like, since):
    """The address of the newest rows that have the nickname of row `like`, from row `since` on."""
    moment = (EPOCH + timedelta(seconds=since)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return server.search.format(nickname=nickname(like), since=moment)


def _cursor(number):
    """How rustango names the place after a key."""
    return base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


def check(running, rows):
    """Asks what the load will ask, and whether the answers are right. It leaves one row behind."""
    server = running.server

    def expect(method, path, body, status, right):
        got, answer = running.ask(method, path, body)
        try:
            fine = got == status and right(answer)
        except (TypeError, KeyError, ValueError, AttributeError):
            fine = False
        if not fine:
            raise running.trouble(f"answers {method} {path} wrongly, with {got}: {answer}")
        return answer

    seeded = lambda number: lambda answer: _told(answer) == row(number)
    expect("GET", "/users/7", None, 200, seeded(7))
    expect("GET", f"/users/{rows}", None, 200, seeded(rows))
    expect("GET", f"/users/{rows + 1}", None, 404, lambda _: True)
    expect("GET", page_after(server, 40), None, 200, lambda answer: _page(server, answer, 40, rows))
    # Of more rows than are shown, and of so few that it tells whether the moment was looked at.
    for like, since in ((7, rows // 4), (9, rows - 200)):
        right = lambda answer: _found(server, answer, like, since, rows)
        expect("GET", search_since(server, like, since), None, 200, right)

    new = {"name": "somebody new", "nickname": "new"}
    now = lambda answer: abs(_told(answer)["created_at"] - datetime.now(UTC)) < timedelta(minutes=1)
    as_sent = lambda answer: {**answer, **new, "id": rows + 1} == answer and now(answer)
    made = expect("POST", "/users", new, 201, as_sent)
    expect("GET", f"/users/{rows + 1}", None, 200, lambda answer: answer == made)
    expect("POST", "/users", new, 409, lambda _: True)
    expect("POST", "/users", {**new, "name": ""}, server.empty_name, lambda _: True)
    expect("POST", "/users", {**new, "name": "x" * 65}, 422, lambda _: True)


def _page(server, answer, skip, rows):
    """Whether these are the 20 rows after `skip`, and what is told beside them is right."""
    if server.rows_in:
        beside, right = ("next", _cursor(skip + 20)) if "{cursor}" in server.page else ("count", rows)
        if answer[beside] != right:
            return False
        answer = answer[server.rows_in]
    return [_told(one) for one in answer] == [row(number) for number in range(skip + 1, skip + 21)]


def _found(server, answer, like, since, rows):
    """Whether these are the newest of the rows that were searched for, and the number of all of them is told."""
    right = [number for number in range(rows, since - 1, -1) if nickname(number) == nickname(like)]
    if server.rows_in:
        if "{cursor}" in server.page:
            if (answer["next"] is None) != (len(right) <= 20):
                return False
        elif answer["count"] != len(right):
            return False
        answer = answer[server.rows_in]
    return [_told(one) for one in answer] == [row(number) for number in right[:20]]


def _told(answer):
    """A row with its time as a time; one without a zone is no answer."""
    if set(answer) != set(row(1)):
        raise ValueError("these are not the fields of a user")
    at = datetime.fromisoformat(answer["created_at"])
    if at.utcoffset() != timedelta(0):
        raise ValueError("the time is not in UTC")
    return {**answer, "created_at": at}
