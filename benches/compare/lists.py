"""Lists of very many rows: what their pages, searches, counts and exports cost crewed.

What is asked again and again is asked in turns, a batch of each, so that a slow minute of the machine hits all alike.
An export is asked of a server that has just started, so that its memory is the export's.
"""

import contextlib
import json
import re
import statistics
import time
import urllib.parse

import load
import machine
from databases import EPOCH, Trouble
from servers import Running, Server

# By default so many rows are not skipped.
SERVER = Server("bench_lists", "cargo", package="bench_lists", settings=("page={skip=1000000000}",))
LIMIT = 20
# A batch ends after so many requests, or after so many seconds. A round has so many of each question.
BATCH, SECONDS, BATCHES = 20, 0.5, 3
# Rows that have the rare word.
RARE = 10
# What is promised: how many times the first page a late one may cost, and the MiB that a server may hold.
MOST_OF_FIRST, MOST_MEMORY = 1.5, 40

# The lists whose first page is compared with a late one.
PAGES = {
    "by key": "",
    "`sort=-published_at`": "sort=-published_at",
    "`topic=arts&sort=-published_at`": "topic=arts&sort=-published_at",
    "`sort=rating`, null last": "sort=rating",
    "`sort=-rating`, null first": "sort=-rating",
}
EXPORTS = {
    "JSON lines": ("application/jsonl", ""),
    "JSON lines, `sort=-rating`": ("application/jsonl", "sort=-rating"),
    "CSV": ("text/csv", ""),
}

# Neighbours in time lie far from each other in the table, as rows do that were changed since. Very many rows have the
# same rating, so that a page begins in the midst of them.
ROWS = """\
INSERT INTO articles (id, title, topic, published_at, rating)
WITH RECURSIVE numbers (i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM numbers WHERE i < {rows})
SELECT i,
    'Report ' || i || ' of the ' || CASE
        WHEN i % {each_rare} = 0 THEN 'Zeppelin' WHEN i % 2 = 0 THEN 'Harbour' ELSE 'Railway'
    END || ' company, for its friends and those who owe it money',
    CASE i % 4 WHEN 0 THEN 'arts' WHEN 1 THEN 'sport' WHEN 2 THEN 'trade' ELSE 'weather' END,
    {moment},
    CASE WHEN i % 3 > 0 THEN 1 + i * 7907 % 5 END
FROM numbers"""
SHUFFLED = "i * 7919 % {rows}"


def fill(database, rows, scratch):
    """A database that the server has made the table of, with rows."""
    name = f"{SERVER.name}_{rows}_seed"
    with Running(SERVER, database.empty(name), scratch):
        pass
    shuffled = SHUFFLED.format(rows=rows)
    if database.engine == "sqlite":
        moment = f"{EPOCH.timestamp():.0f}000000 + {shuffled} * 1000000"
        after = []
    else:
        moment = f"'{EPOCH.isoformat()}'::timestamptz + make_interval(secs => {shuffled})"
        after = [f"SELECT setval(pg_get_serial_sequence('articles', 'id'), {rows})", "VACUUM ANALYZE articles"]
    database.execute(name, ROWS.format(rows=rows, each_rare=rows // RARE, moment=moment), *after)
    return name


def late(rows):
    """The number of the late page: such that every list has it."""
    return min(10_000, rows // 100)


class Asked:
    """A question that is asked again and again, and what it has cost."""

    def __init__(self, query):
        self.query = query
        self.seconds = []
        # CPU seconds of a request, of the server and the database, by batch.
        self.cpu = []

    def batch(self, connection, clocks):
        started, before, count = time.monotonic(), clocks(), 0
        while count == 0 or count < BATCH and time.monotonic() - started < SECONDS:
            begun = time.monotonic()
            _ask(connection, self.query)
            self.seconds.append(time.monotonic() - begun)
            count += 1
        self.cpu.append((clocks() - before) / count)

    def cells(self):
        return [f"{statistics.median(self.seconds) * 1e3:.2f}", f"{statistics.median(self.cpu) * 1e6:.0f}"]


def measure(database, name, rows, rounds, scratch, note):
    """Tables of what lists cost; and what is dearer than promised."""
    page, wrong = late(rows), []
    skip = (page - 1) * LIMIT
    with Running(SERVER, database.copy("lists", name), scratch) as running:
        with contextlib.closing(running.connect()) as connection:
            pairs = {}
            for label, query in PAGES.items():
                note(f"looking for page {page}: {label}")
                pairs[label] = (Asked(_joined(query)), Asked(_late_page(running, connection, query, skip)))
            others = {label: Asked(_joined(query)) for label, query in _others(skip).items()}
            _check(running, connection, rows)
            everything = [one for pair in pairs.values() for one in pair] + list(others.values())
            clocks = _clocks(running, database)
            # What only the first request takes.
            for asked in everything:
                _ask(connection, asked.query)
            for number in range(1, rounds + 1):
                note(f"asking, round {number} of {rounds}")
                for asked in everything * BATCHES:
                    asked.batch(connection, clocks)
    tables = [_pages(pairs, page, wrong)]
    tables.append(load.table(["list", "ms", "CPU µs"], [[label, *one.cells()] for label, one in others.items()]))
    tables.append(_exports(database, name, rows, scratch, note, wrong))
    return tables, wrong


def _others(skip):
    return {
        f"`skip={skip}`": f"skip={skip}",
        f"`sort=-published_at&skip={skip}`": f"sort=-published_at&skip={skip}",
        "`count=true`": "count=true",
        "`topic=arts&count=true`": "topic=arts&count=true",
        "`q=harbour`, in half of the rows": "q=harbour",
        f"`q=zeppelin`, in {RARE} rows": "q=zeppelin",
        "`title__icontains=harbour`": "title__icontains=harbour",
        "`title__icontains=zeppelin`": "title__icontains=zeppelin",
    }


def _pages(pairs, page, wrong):
    lines = []
    for label, (first, later) in pairs.items():
        times = statistics.median(b / a for a, b in zip(first.cpu, later.cpu))
        (first_ms, first_cpu), (later_ms, later_cpu) = first.cells(), later.cells()
        lines.append([label, first_ms, later_ms, first_cpu, later_cpu, f"{times:.2f}"])
        if times > MOST_OF_FIRST:
            wrong.append(f"{label}: page {page} costs {times:.2f} times the first, and at most {MOST_OF_FIRST}")
    return load.table(["list", "ms", f"page {page}", "CPU µs", f"page {page}", "times"], lines)


def _exports(database, name, rows, scratch, note, wrong):
    lines = []
    for label, (media_type, query) in EXPORTS.items():
        note(f"exporting: {label}")
        with Running(SERVER, database.copy("lists", name), scratch) as running:
            pid = running.process.pid
            with contextlib.closing(running.connect()) as connection:
                before = machine.rss(pid)
                machine.forget_highest_rss(pid)
                begun = time.monotonic()
                found, length = _export(running, connection, f"/articles?{query}", media_type)
                took = time.monotonic() - begun
                most = machine.highest_rss(pid)
        if found != rows:
            raise running.trouble(f"exports {found} rows of {rows}: {label}")
        lines.append([label, f"{rows / took:.0f}", f"{length / took / 2**20:.1f}", f"{before:.1f}", f"{most:.1f}"])
        if most > MOST_MEMORY:
            wrong.append(f"{label}: {most:.1f} MiB, and at most {MOST_MEMORY}")
    return load.table(["export", "rows/s", "MiB/s", "RSS MiB before", "at most"], lines)


def _export(running, connection, path, media_type):
    """How many rows an export has, and bytes."""
    connection.request("GET", path, headers={"Accept": media_type})
    response = connection.getresponse()
    told = response.getheader("Content-Type", "")
    if response.status != 200 or not told.startswith(media_type):
        raise running.trouble(f"answers {path} with {response.status}, {told}")
    lines, length = 0, 0
    while piece := response.read(1 << 16):
        lines += piece.count(b"\n")
        length += len(piece)
    rows = lines - (media_type == "text/csv")
    if int(response.getheader("X-Total-Count", "-1")) != rows:
        raise running.trouble(f"tells another number of rows than {rows}")
    return rows, length


def _check(running, connection, rows):
    """What was searched for is there, in the numbers that it was stored in."""
    right = {"": rows, "topic=arts": rows // 4, "q=zeppelin": RARE, "title__icontains=zeppelin": RARE}
    for query, number in right.items():
        total = _ask(connection, _joined(query, "count=true"))[0].get("X-Total-Count")
        if total != str(number):
            raise running.trouble(f"counts {total} rows of {query or 'all'}, not {number}")


def _late_page(running, connection, query, skip):
    """The address of the page after `skip` rows, as the pages before it tell it."""
    path, left = "", skip
    while left:
        size = min(left, 1000)
        headers, body = _ask(connection, path or _joined(query), limit=size)
        next_page = re.fullmatch(r'<(.*)>; rel="next"', headers.get("Link", ""))
        if len(json.loads(body)) != size or not next_page:
            raise running.trouble(f"does not lead to the rows after {skip}: {path or query}")
        path, left = next_page[1], left - size
    path = _limited(path, LIMIT)
    by_cursor, by_skip = (json.loads(_ask(connection, one)[1]) for one in (path, _joined(query, f"skip={skip}")))
    if by_cursor != by_skip or len(by_cursor) != LIMIT:
        raise running.trouble(f"has other rows on {path} than after {skip} rows")
    return path


def _joined(*queries):
    return "/articles?" + "&".join(filter(None, [*queries, f"limit={LIMIT}"]))


def _limited(path, limit):
    parts = urllib.parse.urlsplit(path)
    query = [(name, value) for name, value in urllib.parse.parse_qsl(parts.query) if name != "limit"]
    return f"{parts.path}?{urllib.parse.urlencode([*query, ('limit', limit)])}"


def _ask(connection, path, limit=None):
    """The headers and the body of an answer."""
    connection.request("GET", path if limit is None else _limited(path, limit))
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise Trouble(f"GET {path} is answered with {response.status}: {body.decode()}")
    return response.headers, body


def _clocks(running, database):
    """CPU seconds that the server and its database have taken so far."""
    roots = [running.process.pid, *([database.postmaster] if database.postmaster else [])]
    return lambda: sum(machine.exact_cpu_seconds(root) for root in roots)
