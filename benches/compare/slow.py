"""Slow clients: how long others wait beside a thousand of them, and how much memory the program holds meanwhile.

There are four kinds, as many of each: bodies that come a byte at a time, answers that are not read, connections that are
idle (behind nginx with the file of docs/production: the program itself ends none), and requests that are sent many at a time
and whose answers are read slowly. Who is ended connects again.
"""

import asyncio
import contextlib
import multiprocessing
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import load
import machine
from databases import Trouble
from servers import Running, ask

# How many of each kind, and for how many seconds.
EACH, SECONDS = 250, 30
# What may be: in ms, of a hundred reads all but one; and MiB.
MOST_P99, MOST_MEMORY = 50, 200


def measure(server, database, scratch):
    """A table of the reads of a bystander, alone and beside slow clients; and what is wrong with that."""
    lines, wrong = [], []
    with Running(server, database(), scratch) as running, _nginx(running.port) as behind:
        alone = _reads(running, SECONDS / 6)
        context = multiprocessing.get_context("spawn")
        counts = context.Array("q", 2 * len(KINDS))
        clients = context.Process(target=_clients, args=(running.port, behind, counts), daemon=True)
        clients.start()
        # Until they are all there, and the first of them have been given up.
        time.sleep(SECONDS / 3)
        beside = _reads(running, SECONDS)
        memory = machine.highest_rss(running.process.pid)
        clients.terminate()
        clients.join()
        for label, found in (("alone", alone), (f"beside {EACH * len(KINDS)} slow clients", beside)):
            p50, p99, most = found[len(found) // 2], found[len(found) * 99 // 100], found[-1]
            lines.append([label, f"{p50:.1f}", f"{p99:.1f}", f"{most:.1f}"])
        if p99 > MOST_P99:
            wrong.append(f"a read takes {p99:.1f} ms, and may take {MOST_P99} at most")
        if memory > MOST_MEMORY:
            wrong.append(f"the program held {memory:.0f} MiB, and may hold {MOST_MEMORY} at most")
        table = load.table(["a read", "p50 ms", "p99 ms", "most ms"], lines)
        kinds = [[kind, str(counts[2 * n]), str(counts[2 * n + 1])] for n, kind in enumerate(KINDS)]
        for kind, made, _ in kinds:
            if int(made) < EACH:
                wrong.append(f"of {EACH} clients of the kind `{kind}` {made} have connected")
        table += "\n\n" + load.table(["slow clients", "connections", "ended"], kinds)
    return f"{table}\n\nThe program held {memory:.0f} MiB at most.", wrong


def _reads(running, seconds):
    """How long reads take, in ms, in order."""
    found, ends = [], time.monotonic() + seconds
    with contextlib.closing(running.connect()) as connection:
        while time.monotonic() < ends:
            begun = time.monotonic()
            status, _ = ask(connection, "GET", "/users/1")
            if status != 200:
                raise running.trouble(f"answers a read with {status}")
            found.append((time.monotonic() - begun) * 1000)
            time.sleep(0.002)
    return sorted(found)


def _clients(port, behind, counts):
    asyncio.run(_all_clients(port, behind, counts))


async def _all_clients(port, behind, counts):
    trusted = ssl.create_default_context(cafile=behind[1])
    await asyncio.gather(*(_client(n, port, behind[0], trusted, counts) for n in range(EACH * len(KINDS))))


async def _client(number, port, behind, trusted, counts):
    """One slow client, again and again."""
    kind = number % len(KINDS)
    await asyncio.sleep(number / 500)
    while True:
        with contextlib.suppress(OSError), contextlib.closing(socket.socket()) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.setblocking(False)
            loop = asyncio.get_running_loop()
            is_idle = KINDS[kind] == "idle"
            await loop.sock_connect(connection, ("127.0.0.1", behind if is_idle else port))
            counts[2 * kind] += 1
            if is_idle:
                await _idle(connection, trusted)
            else:
                await _PLAY[KINDS[kind]](loop, connection)
            counts[2 * kind + 1] += 1
        await asyncio.sleep(0.1)


async def _body(loop, connection):
    head = "POST /users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    await loop.sock_sendall(connection, head.encode() + b'{"name": "slowly, slowly"')
    while True:
        await asyncio.sleep(1)
        await loop.sock_sendall(connection, b" ")


async def _answer(loop, connection):
    await loop.sock_sendall(connection, b"GET /users?limit=1000 HTTP/1.1\r\nHost: x\r\n\r\n")
    # Nothing of it is read for longer than an answer is kept, and then the rest of what there is.
    await asyncio.sleep(SECONDS)
    while await loop.sock_recv(connection, 65536):
        pass


async def _idle(connection, trusted):
    reader, writer = await asyncio.open_connection(sock=connection, ssl=trusted, server_hostname="api.example.com")
    try:
        writer.write(b"GET /users/1 HTTP/1.1\r\nHost: api.example.com\r\n\r\n")
        while await reader.read(65536):
            pass
    finally:
        writer.close()


async def _pipelined(loop, connection):
    await loop.sock_sendall(connection, b"GET /users?limit=100 HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
    while await loop.sock_recv(connection, 512):
        await asyncio.sleep(0.2)


_PLAY = {"body": _body, "answer": _answer, "idle": None, "pipelined": _pipelined}
KINDS = list(_PLAY)


@contextlib.contextmanager
def _nginx(port):
    """nginx in front of the program: its port, and the certificate that is to be trusted."""
    script = Path(__file__).parents[2] / "scripts/production/in_front.py"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, script, str(port)], **pipes) as process:
        found = process.stdout.readline().split()
        if len(found) != 2:
            raise Trouble("nginx does not run, behind which idle clients have to be (Debian: apt-get install nginx)")
        yield int(found[0]), found[1]
        process.stdin.close()
