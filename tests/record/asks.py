"""Words for writing scenarios: each makes one request, or a few, as data.

A request is a dict with the keys of a recorded step (method, path, headers, body, wire, tier, note)
and with keys that tell the recorder what to do with the answer: `capture` (variable to JSON pointer),
`any` (JSON pointer to the kind of a value that changes at each run), `prefix` (header to the part
of its value that stays), `page` (the body is not compared), `typed` (the parameters
of the content type are compared too), `sized` (the content length is compared too, or that there is
none), `log` (the log is read until it rests).
"""

from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass
class Group:
    """An app, as uvicorn imports it, and what it is asked.

    Headers that are `watched` are told where an answer has none of them. A group that is not
    `documented` has no document among those of the recordings.
    """

    app: str
    about: str
    scenarios: dict = field(default_factory=dict)
    fresh: tuple = ()
    recording: str = "fastapi_larger.json"
    watched: tuple = ()
    documented: bool = True


def ask(method, path, *, headers=None, json=..., text=None, form=None, base64=None, **more):
    step = {"method": method, "path": path}
    pairs = list(headers.items()) if isinstance(headers, dict) else list(headers or [])
    if form is not None:
        text = form if isinstance(form, str) else urlencode(form)
        pairs.append(("content-type", "application/x-www-form-urlencoded"))
    if pairs:
        step["headers"] = [list(pair) for pair in pairs]
    if json is not ...:
        step["body"] = {"json": json}
    elif text is not None:
        step["body"] = {"text": text}
    elif base64 is not None:
        step["body"] = {"base64": base64}
    step.update(more)
    return step


def get(path, **more):
    return ask("GET", path, **more)


def post(path, **more):
    return ask("POST", path, **more)


def put(path, **more):
    return ask("PUT", path, **more)


def patch(path, **more):
    return ask("PATCH", path, **more)


def delete(path, **more):
    return ask("DELETE", path, **more)


def head(path, **more):
    return ask("HEAD", path, **more)


def options(path, **more):
    return ask("OPTIONS", path, **more)


def gets(*paths, **more):
    """One GET for each path."""
    return [get(path, **more) for path in paths]


def wired(line, *headers, body="", **more):
    """A request that is sent as it stands: its first line, its headers, its body."""
    method, path, _ = line.split(" ")
    wire = "\r\n".join([line, *headers, "", body])
    return {"method": method, "path": path, "wire": wire, **more}


def malformed(method, path, text, **more):
    """A body that calls itself JSON, as it stands."""
    pairs = [("content-type", "application/json"), *more.pop("headers", {}).items()]
    return ask(method, path, headers=pairs, text=text, **more)


def logged(*steps):
    """The steps with an empty log before them, and what the log has afterwards."""
    return [delete("/log"), *steps, {"method": "GET", "path": "/log", "log": True}]


def documents(title, **more):
    """The pages that every app has."""
    return [
        get("/openapi.json", document=title, note="compare the whole document with fastapi_openapi/<group>.json"),
        get("/docs", page=True, note="Swagger UI page; its HTML is not compared", **more),
        get("/redoc", page=True, tier="quirk"),
    ]
