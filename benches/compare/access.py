"""Access rules: notes of many owners, which their owners alone may see and write, beside the same without rules.

The resources have the same columns, and the same rows: each row belongs to the owner after that of the row before.
"""

import json
import random
from datetime import UTC, datetime, timedelta

from pathlib import Path

from databases import EPOCH

OWNERS = 100
WORKLOADS = ["read", "page", "create"]
# How many requests are made ahead of a load.
AHEAD = 10_000

# What each resource is: its table, its path, and who may do what.
WITHOUT, PUBLIC, GUARDED, OWNED = RESOURCES = ["memos", "posts", "tasks", "notes"]
LABELS = {
    WITHOUT: "without rules",
    PUBLIC: "`access(public)`",
    GUARDED: "behind the caller's guard",
    OWNED: "`access(owner)`",
}

ROWS = """\
INSERT INTO {table} (id, owner_id, title, created_at)
WITH RECURSIVE numbers (i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM numbers WHERE i < {rows})
SELECT i, 1 + i % {owners}, 'note ' || i, {moment} FROM numbers"""


def owner(number):
    return 1 + number % OWNERS


def row(number):
    """What every server answers for a row."""
    moment = EPOCH + timedelta(seconds=number)
    return {"id": number, "owner_id": owner(number), "title": f"note {number}", "created_at": moment}


def fill(database, name, resource, rows):
    moments = {
        "sqlite": f"({EPOCH.timestamp():.0f} + i) * 1000000",
        "postgres": f"'{EPOCH.isoformat()}'::timestamptz + make_interval(secs => i)",
    }
    after = [f"SELECT setval(pg_get_serial_sequence('{resource}', 'id'), {rows})", f"VACUUM ANALYZE {resource}"]
    statement = ROWS.format(table=resource, rows=rows, owners=OWNERS, moment=moments[database.engine])
    database.execute(name, statement, *(after if database.engine == "postgres" else []))


def request(resource, workload, rows, number):
    """Method, path, body and caller of one of many requests, at random."""
    one = random.randint(1, rows)
    if workload == "read":
        return read(resource, one)
    if workload == "page":
        return page(resource, owner(one))
    return create(resource, f"new {number:08}", owner(one))


def read(resource, number):
    """Method, path, body and caller of a read by key."""
    return "GET", f"/{resource}/{number}", None, caller(resource, owner(number))


def page(resource, whose):
    """The same of the first page of an owner's rows. Where no rule says whose they are, a filter does."""
    query = "" if resource == OWNED else f"owner_id={whose}&"
    return "GET", f"/{resource}?{query}limit=20", None, caller(resource, whose)


def create(resource, title, whose):
    """The same of a new row."""
    body = {"title": title} if resource == OWNED else {"owner_id": whose, "title": title}
    return "POST", f"/{resource}", body, caller(resource, whose)


def caller(resource, whose):
    """Whom a request comes from, if anybody asks for that."""
    return whose if resource in (GUARDED, OWNED) else None


def requests(folder, resource, workload, rows):
    """A file of requests for load.lua, each on a line: method, path, caller and body, with tabs between them."""
    file = Path(folder) / "requests"
    random.seed(1)
    with file.open("w") as lines:
        for number in range(AHEAD):
            method, path, body, asking = request(resource, workload, rows, number)
            words = [method, path, asking or "", "" if body is None else json.dumps(body)]
            print(*words, sep="\t", file=lines)
    return file


def check(running, resource, rows):
    """Asks what is asked later, of those who may and those who may not, and whether the answers are right."""

    def expect(asked, status, right=lambda _: True):
        got, answer = running.ask(*asked)
        try:
            fine = got == status and right(answer)
        except (TypeError, KeyError, ValueError, AttributeError):
            fine = False
        if not fine:
            method, path, _, asking = asked
            raise running.trouble(f"answers {method} {path} of {asking or 'nobody'} wrongly, with {got}: {answer}")
        return answer

    needs_caller = caller(resource, 1) is not None
    by = lambda asked, other: (*asked[:3], other)
    expect(read(resource, 7), 200, lambda answer: _told(answer) == row(7))
    expect(read(resource, rows), 200, lambda answer: _told(answer) == row(rows))
    expect(read(resource, rows + 1), 404)
    numbers = [number for number in range(1, rows + 1) if owner(number) == 8][:20]
    expect(page(resource, 8), 200, lambda answer: [_told(one) for one in answer] == [row(one) for one in numbers])
    expect(page(resource, OWNERS + 1), 200, lambda answer: answer == [])
    now = lambda answer: abs(_told(answer)["created_at"] - datetime.now(UTC)) < timedelta(minutes=1)
    as_sent = lambda answer: {**answer, "id": rows + 1, "owner_id": 9, "title": "new"} == answer and now(answer)
    made = expect(create(resource, "new", 9), 201, as_sent)
    expect(("GET", f"/{resource}/{rows + 1}", None, 9 if needs_caller else None), 200, lambda answer: answer == made)
    for title in ("", "x" * 65):
        expect(create(resource, title, 9), 422)
    if needs_caller:
        for asked in (read(resource, 7), page(resource, 8), create(resource, "new", 9)):
            expect(by(asked, None), 401)
            expect(by(asked, "x"), 401)
    if resource == OWNED:
        expect(by(read(resource, 7), 9), 404)
        foreign = create(resource, "for somebody else", 9)
        foreign[2]["owner_id"] = 10
        expect(foreign, 201, lambda answer: answer["owner_id"] == 9)


def _told(answer):
    """A row with its time as a time."""
    at = datetime.fromisoformat(answer["created_at"])
    if at.utcoffset() != timedelta(0):
        raise ValueError("the time is not in UTC")
    return {**answer, "created_at": at}
