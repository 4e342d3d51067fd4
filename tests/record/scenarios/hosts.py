"""The groups on the host that a request names."""

from asks import get, head, options, post, wired

from .cors import SHOP, group, preflight, simple


def hosted(path="/plain", *hosts, **more):
    return [get(path, headers={"host": host}, **more) for host in hosts]


# What names no host, or more than one.
UNLIKELY = [
    "",
    "api.example:",
    "api.example:http",
    "api.example:-1",
    "api.example:8000:8000",
    "user@api.example",
    "api.example/plain",
    "api.example?",
    "api.example, evil.example",
    "api.example evil.example",
    "evil.example#.example",
    "http://api.example",
    "a_b.example",
    "[api.example]",
]

wide = {
    "named": hosted(
        "/plain", "api.example", "api.example:8000", "api.example:80", "API.EXAMPLE", "Api.Example:8000"
    ),
    "of the wildcard": hosted(
        "/plain", "shop.example", "shop.example:8000", "SHOP.EXAMPLE", "a.b.example", "xn--bcher-kva.example"
    ),
    "foreign": hosted(
        "/plain",
        "example",
        "evil.test",
        "evil.test:8000",
        "api.example.evil.test",
        "evilexample",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "api.example.",
    ),
    "spellings": hosted("/plain", *UNLIKELY),
    "what is no host, and passes": hosted(
        "/plain",
        ".example",
        "..example",
        "*.example",
        "%61pi.example",
        "api.example:99999",
        tier="quirk",
    ),
    "every answer of a foreign host": [
        *simple(None, host="evil.test"),
        *[
            get(path, headers={"host": "evil.test"})
            for path in ("/items/9", "/items/x", "/elsewhere", "/items/", "/openapi.json", "/docs")
        ],
        get("/fail", headers={"host": "evil.test"}),
        post("/plain", headers={"host": "evil.test"}),
        options("/items", headers={"host": "evil.test"}),
        head("/plain", headers={"host": "evil.test"}),
        preflight("/items", more={"host": "evil.test"}),
    ],
    "every answer of a named host": [
        *simple(None, host="api.example"),
        *[get(path, headers={"host": "api.example"}) for path in ("/items/9", "/items/x", "/elsewhere")],
        post("/plain", headers={"host": "api.example"}),
    ],
    "redirects": [
        get(
            "/items/",
            headers={"host": host},
            tier="quirk",
            note="the address is absolute, and made of the Host as it was sent",
        )
        for host in ("api.example", "API.example:8000")
    ],
    "headers that a proxy sets": [
        get("/plain", headers={"host": "api.example", "x-forwarded-host": "evil.test"}),
        get("/plain", headers={"host": "evil.test", "x-forwarded-host": "api.example"}),
        get("/plain", headers={"host": "evil.test", "forwarded": "host=api.example"}),
    ],
    "no host in HTTP/1.0": [
        wired("GET /plain HTTP/1.0"),
        wired("GET /plain HTTP/1.0", "Host: api.example"),
        wired("GET /plain HTTP/1.0", "Host: evil.test"),
        wired("GET /plain HTTP/1.0", "Host:"),
    ],
    "no host in HTTP/1.1": [
        wired(
            "GET /plain HTTP/1.1",
            "Connection: close",
            tier="quirk",
            note="the HTTP library refuses it before any middleware",
        )
    ],
    "two hosts": [
        wired(
            "GET /plain HTTP/1.1",
            "Connection: close",
            f"Host: {one}",
            f"Host: {other}",
            tier="quirk",
            note="the HTTP library refuses it before any middleware",
        )
        for one, other in [
            ("api.example", "evil.test"),
            ("evil.test", "api.example"),
            ("api.example", "api.example"),
        ]
    ],
    "an address in the first line": [
        wired(
            "GET http://evil.test/plain HTTP/1.1",
            "Host: api.example",
            "Connection: close",
            tier="quirk",
            note="only Host counts, and the whole address is taken for a path",
        ),
        wired("GET http://api.example/plain HTTP/1.1", "Host: evil.test", "Connection: close", tier="quirk"),
    ],
}

narrow = {
    "named": hosted("/plain", "api.example", "API.EXAMPLE", "api.example:8000"),
    "of the wildcard": hosted("/plain", "one.shop.example", "two.one.shop.example", "ONE.Shop.Example:8000"),
    "foreign": hosted(
        "/plain", "shop.example", "www.api.example", "one.api.example", "evilshop.example", "example", "evil.test"
    ),
    "addresses": hosted("/plain", "[::1]", "[::1]:8000", "[::2]", "::1", "127.0.0.1"),
    "addresses in other spellings": hosted(
        "/plain", "[0:0:0:0:0:0:0:1]", "[::0001]", "[::1", "[]", "[:::1]", tier="quirk"
    ),
}

WATCHED = ("location", "allow")
GROUPS = {
    "hosts": group("hosts:wide", f"The hosts api.example and *.example. {SHOP}", wide, WATCHED),
    "hosts_narrow": group(
        "hosts:narrow", f"The hosts Api.Example, *.shop.example and [::1]. {SHOP}", narrow, WATCHED
    ),
}
