#!/usr/bin/env python3
"""Asks real FastAPI apps what the scenarios say, and writes down what they answer.

record.py [GROUP ..]         records these groups, or all
record.py --serve GROUP PORT runs one group's app, for a replay by hand
"""

import copy
import http.client
import importlib.metadata
import json
import platform
import re
import socket
import subprocess
import sys
import time
import warnings
from base64 import b64decode
from importlib import import_module
from pathlib import Path

from scenarios import GROUPS

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data"
DOCUMENTS = DATA / "fastapi_openapi"
PACKAGES = [
    "fastapi",
    "starlette",
    "pydantic",
    "pydantic_core",
    "uvicorn",
    "h11",
    "python-multipart",
    "PyJWT",
    "pwdlib",
]
# These differ from server to server, and say nothing about FastAPI.
OVERLOOKED = {"content-length", "content-type", "date", "server", "connection", "transfer-encoding"}
VARIABLE = re.compile(r"\{\{(\w+)\}\}")


class Different(Exception):
    """The app answered the same scenario in two ways."""


# ------------------------------------------------------------------ servers


class Server:
    """A group's app under uvicorn, on a port of its own."""

    def __init__(self, group):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(command(group, self.port), cwd=HERE, stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        self.process.kill()
        raise RuntimeError("the app did not start; see --serve")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def command(group, port):
    return [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "uvicorn",
        group.app,
        "--port",
        str(port),
        "--log-level",
        "critical",
    ]


# ----------------------------------------------------------------- requests


def filled(value, variables):
    """Puts captured values in place of {{name}}, in texts at any depth."""
    if isinstance(value, str):
        return VARIABLE.sub(lambda found: str(variables[found.group(1)]), value)
    if isinstance(value, list):
        return [filled(one, variables) for one in value]
    if isinstance(value, dict):
        return {key: filled(one, variables) for key, one in value.items()}
    return value


def send(server, step, variables):
    """The answer to one step: status, pairs of headers, body."""
    if "wire" in step:
        return wired(server, step)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
    body, headers = step.get("body"), filled(step.get("headers", []), variables)
    data = None
    if body is not None:
        kind, value = next(iter(body.items()))
        value = filled(value, variables) if kind != "base64" else value
        data = (
            b64decode(value)
            if kind == "base64"
            else value
            if kind == "text"
            else json.dumps(value, ensure_ascii=False)
        )
        data = data.encode() if isinstance(data, str) else data
        if kind == "json" and all(name.lower() != "content-type" for name, _ in headers):
            headers.append(["content-type", "application/json"])
    hosted = any(name.lower() == "host" for name, _ in headers)
    path = filled(step["path"], variables)
    connection.putrequest(step["method"], path, skip_host=hosted, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value.encode())
    if data is not None or step["method"] in ("POST", "PUT", "PATCH"):
        connection.putheader("content-length", str(len(data or b"")))
    connection.putheader("connection", "close")
    connection.endheaders(data)
    response = connection.getresponse()
    answer = response.status, response.getheaders(), response.read()
    connection.close()
    return answer


def wired(server, step):
    """The answer to bytes that no well-behaved client sends."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as connection:
        connection.sendall(step["wire"].encode())
        response = http.client.HTTPResponse(connection, method=step["method"])
        response.begin()
        return response.status, response.getheaders(), response.read()


def rested(server, step, variables):
    """The log when it has stopped growing, asked for by the number of its lines."""
    lines = None
    while True:
        found = json.loads(send(server, step, variables)[2])
        if found == lines:
            return {**step, "path": f"/log?least={len(lines)}"}
        lines = found
        time.sleep(0.05)


# ------------------------------------------------------------------ answers


def at(value, pointer):
    for part in pointer.strip("/").split("/"):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def replaced(value, pointer, other):
    *path, last = pointer.strip("/").split("/")
    parent = at(value, "/".join(path)) if path else value
    parent[int(last) if isinstance(parent, list) else last] = other


def expected(server, step, answer, variables, watched=()):
    """What a step expects, made of what the app answered."""
    status, pairs, body = answer
    headers = {}
    for name, value in pairs:
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    content_type = headers.get("content-type", "").split(";")[0].strip().lower()
    expect = {"status": status}
    if content_type and body:
        expect["content_type"] = content_type
    kept = {
        name: value.replace(server.base, "{{base}}") for name, value in headers.items() if name not in OVERLOOKED
    }
    for name, prefix in step.get("prefix", {}).items():
        assert kept[name].startswith(prefix), (name, kept[name])
        kept[name] = {"$prefix": prefix}
    if step.get("typed"):
        kept = {"content-type": headers["content-type"], **kept}
    encoded = "content-encoding" in headers
    if step.get("sized"):
        watched = ("content-length", *watched)
        # How short a body becomes is the compressor's own. What the program itself has encoded does not vary.
        compressed = encoded and "accept-encoding" in headers.get("vary", "").lower()
        if "content-length" in headers:
            kept["content-length"] = {"$any": "string"} if compressed else headers["content-length"]
    if kept:
        expect["headers"] = kept
    absent = [name for name in watched if name not in headers]
    if absent:
        expect["absent"] = absent
    if step.get("page") or encoded or not body:
        return expect
    if content_type == "application/json" or content_type.endswith("+json"):
        value = json.loads(body)
        for name, pointer in step.get("capture", {}).items():
            variables[name] = at(value, pointer)
            expect.setdefault("capture", {})[name] = pointer
        for pointer, kind in step.get("any", {}).items():
            replaced(value, pointer, {"$any": kind})
        if "document" in step:
            value = outline(value)
        expect["json"] = value
    else:
        expect["text"] = body.decode()
    return expect


def outline(document):
    """What a step asks of a document; the whole of it has a file of its own."""
    info = {key: document["info"][key] for key in ("title", "version")}
    paths = {
        path: {"$subset": {method: {"$any": "object"} for method in item}}
        for path, item in document["paths"].items()
    }
    return {"$subset": {"openapi": {"$any": "string"}, "info": {"$subset": info}, "paths": {"$subset": paths}}}


def without_parser_words(expect):
    """The same without the words of the JSON parser, or None where there are none."""
    core = copy.deepcopy(expect)
    found = False
    detail = core["json"].get("detail") if isinstance(core.get("json"), dict) else None
    for issue in detail if isinstance(detail, list) else []:
        if isinstance(issue, dict) and issue.get("type") == "json_invalid":
            issue["loc"][1] = {"$any": "integer"}
            issue["ctx"]["error"] = {"$any": "string"}
            found = True
    return core if found else None


# ---------------------------------------------------------------- recording


def played(server, steps, watched=()):
    """A scenario's steps with what they expect."""
    variables, recorded = {}, []
    for step in steps:
        if step.get("log"):
            step = rested(server, step, variables)
        expect = expected(server, step, send(server, step, variables), variables, watched)
        kept = {key: step[key] for key in ("method", "path") if key in step}
        kept["tier"] = step.get("tier", "core")
        kept |= {key: step[key] for key in ("note", "headers", "body", "wire") if key in step}
        core = without_parser_words(expect)
        if core and kept["tier"] == "core":
            recorded.append({**kept, "expect": core})
            kept |= {"tier": "quirk", "note": "the same, with the parser's exact words"}
        recorded.append({**kept, "expect": expect})
    return recorded


def routes(group):
    """The operations of an app, as far as a table can tell; the module tells the rest."""
    from fastapi.routing import APIRoute, iter_route_contexts

    module, name = group.app.split(":")
    app = getattr(import_module(module), name)
    rows = []
    for context in iter_route_contexts(app.routes):
        original = getattr(context, "original_route", context)
        if isinstance(original, APIRoute):
            rows.append(
                {
                    "method": ", ".join(sorted(context.methods)),
                    "path": context.path,
                    "handler": original.endpoint.__name__,
                    "success_status": context.status_code or 200,
                }
            )
    return rows


def recorded(name, group):
    """A group's scenarios and document, the former played twice against one server and once against another."""
    runs = []
    with Server(group) as server:
        for again in (False, True):
            runs.append(
                {
                    scenario: played(server, steps, group.watched)
                    for scenario, steps in group.scenarios.items()
                    if not again or scenario not in group.fresh
                }
            )
        document = None
        if group.documented:
            document = json.loads(send(server, {"method": "GET", "path": "/openapi.json"}, {})[2])
    with Server(group) as server:
        runs.append(
            {scenario: played(server, steps, group.watched) for scenario, steps in group.scenarios.items()}
        )
    for run in runs[1:]:
        for scenario, steps in run.items():
            for number, (one, other) in enumerate(zip(runs[0][scenario], steps, strict=True), 1):
                if one != other:
                    raise Different(f"{name} / {scenario} / {number}:\n{one}\n{other}")
    scenarios = []
    for scenario, steps in runs[0].items():
        fresh = {"fresh": True} if scenario in group.fresh else {}
        scenarios.append({"name": scenario, **fresh, "steps": steps})
    return {
        "name": name,
        "about": group.about,
        "routes": routes(group),
        "models": {},
        "scenarios": scenarios,
    }, document


def written(value, depth=0, width=120):
    """JSON with short values on one line each."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + depth <= width or not isinstance(value, (dict, list)):
        return line
    pad, end = " " * (depth + 1), " " * depth
    if isinstance(value, dict):
        rows = [
            f"{pad}{json.dumps(key, ensure_ascii=False)}: {written(one, depth + 1, width)}"
            for key, one in value.items()
        ]
        return "{\n" + ",\n".join(rows) + f"\n{end}}}"
    return "[\n" + ",\n".join(pad + written(one, depth + 1, width) for one in value) + f"\n{end}]"


def main(arguments):
    if arguments[:1] == ["--serve"]:
        _, name, port = arguments
        return subprocess.run(command(GROUPS[name], port)[:-2], cwd=HERE, check=False).returncode
    warnings.simplefilter("ignore")
    with_ = {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in PACKAGES}
    recordings = {}
    for name in arguments or GROUPS:
        group = GROUPS[name]
        told, document = recorded(name, group)
        recordings.setdefault(group.recording, {})[name] = told
        if group.documented:
            (DOCUMENTS / f"{name}.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        print(f"{name}: {sum(len(s['steps']) for s in told['scenarios'])} steps")
    for recording, known in recordings.items():
        path = DATA / recording
        if arguments and path.exists():
            known = {group["name"]: group for group in json.loads(path.read_text())["groups"]} | known
        groups = [known[name] for name in GROUPS if name in known]
        path.write_text(written({"format": 1, "recorded_with": with_, "groups": groups}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
