"""The group on hosts, origins and compression before one app."""

from asks import get, options, post, wired

from .compressed import GZIP
from .cors import APP, FOREIGN, OF_ALL, group, of, preflight

edge = {
    "answers": [
        get("/text?size=2000", headers=GZIP | of(origin), page=True, sized=True) for origin in (APP, FOREIGN, None)
    ]
    + [
        get("/text?size=2000", headers=of(APP), page=True, sized=True),
        get("/text?size=10", headers=GZIP | of(APP), sized=True),
        get("/varied", headers=GZIP | of(APP), sized=True),
        get("/text?size=2000", headers=of(APP) | {"accept-encoding": "identity"}, page=True, sized=True),
    ],
    "preflights": [
        preflight("/items", "PUT", headers="x-token", more=GZIP, sized=True),
        preflight("/items", "PUT", FOREIGN, more=GZIP),
        preflight("/items", "PUT", headers="x-token, " * 150 + "x-token", more=GZIP, sized=True),
    ],
    "foreign hosts": [
        get("/items", headers=of(APP, host="evil.test")),
        preflight("/items", "PUT", more={"host": "evil.test"}),
        get("/elsewhere", headers=of(APP, host="evil.test")),
    ],
    "bodies that are too long": [
        post("/items", json={"name": "x" * 200}, headers=of(APP)),
        post("/items", json={"name": "x" * 200}, headers=of(FOREIGN)),
        post("/items", json={"name": "x" * 200}),
        post("/items", json={"name": "x" * 200}, headers=of(APP, host="evil.test")),
        post("/elsewhere", json={"name": "x" * 200}, headers=of(APP)),
        options(
            "/items",
            json={"name": "x" * 200},
            headers=of(APP, **{"access-control-request-method": "POST"}),
            tier="quirk",
        ),
        wired(
            "POST /items HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            f"Origin: {APP}",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked",
            body='d2\r\n{"name": "' + "x" * 198 + '"}\r\n0\r\n\r\n',
            note="no length is told, and the limit is met while reading",
        ),
    ],
    "failures": [
        get("/missing?size=2000", headers=GZIP | of(APP), page=True, sized=True),
        get("/items/x", headers=GZIP | of(APP), sized=True),
        get("/items/", headers=GZIP | of(APP)),
        post("/plain", headers=GZIP | of(APP)),
        get("/fail", headers=GZIP | of(APP), sized=True, tier="quirk"),
    ],
}

GROUPS = {
    "edge": group(
        "edge:app",
        "The program is tests/record/apps/edge.py: hosts, then CORS, then compression, and bodies of 100 bytes.",
        edge,
        (*OF_ALL, "content-encoding"),
    )
}
