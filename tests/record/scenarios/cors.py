"""The groups on other origins, and the words that all groups on the edge have in common."""

from asks import Group, ask, delete, get, head, malformed, options, patch, post, put

APP = "https://app.example"
FOREIGN = "https://evil.example"
PEACH = {"name": "peach"}
SHOP = "The operations are those of tests/record/apps/shop.py, which keep nothing."


def of(origin, **more):
    """The headers of a request from an origin; None is no header."""
    return ({} if origin is None else {"origin": origin}) | more


def preflight(path, method="GET", origin=APP, headers=None, more=None, **rest):
    """What a browser asks first; None leaves the header out."""
    pairs = of(origin)
    if method is not None:
        pairs["access-control-request-method"] = method
    if headers is not None:
        pairs["access-control-request-headers"] = headers
    return options(path, headers=pairs | (more or {}), **rest)


def simple(origin, **more):
    """One request of each method."""
    headers = of(origin, **more)
    return [
        get("/items", headers=headers),
        post("/items", json=PEACH, headers=headers),
        get("/items/1", headers=headers),
        put("/items/1", json=PEACH, headers=headers),
        patch("/items/1", json=PEACH, headers=headers),
        delete("/items/1", headers=headers),
        get("/plain", headers=headers),
    ]


def failing(origin):
    """Answers that are no success."""
    headers = of(origin)
    return [
        get("/items/9", headers=headers),
        put("/items/9", json=PEACH, headers=headers),
        get("/items/x", headers=headers),
        post("/items", json={}, headers=headers),
        get("/elsewhere", headers=headers),
        post("/plain", headers=headers),
        ask("DELETE", "/items", headers=headers, tier="quirk", note="Allow is that of the first route only"),
        get("/items/", headers=headers),
        get("/items/?limit=1", headers=headers),
        post("/items/", json=PEACH, headers=headers),
        head("/plain", headers=headers, tier="quirk"),
        get("/fail", headers=headers, tier="quirk"),
    ]


# What is nearly https://app.example, and what is no origin at all.
SPELLINGS = [
    "null",
    "HTTPS://app.example",
    "https://APP.EXAMPLE",
    "http://app.example",
    "https://app.example:443",
    "https://app.example:8443",
    "https://app.example/",
    "https://app.example/items",
    "https://app.example.",
    "https://www.app.example",
    "https://app.example.evil.example",
    "https://user@app.example",
    "app.example",
    "*",
    "",
    "https://app.example https://evil.example",
    "https://app.example, https://evil.example",
]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY")
FOREIGN_METHODS = ("TRACE", "CONNECT", "LINK", "get", "Post", "*", "", "GET, POST")
ASKED = [
    None,
    "x-token",
    "X-Token",
    "x-TOKEN",
    "authorization,x-token",
    "authorization, x-token",
    "authorization , x-token",
    "content-type",
    "accept, accept-language, content-language, content-type",
    "x-foreign",
    "x-token, x-foreign",
    "",
    "x-token,",
    ",",
    "*",
]


def nowhere(**more):
    """Preflights of what is not there, or not so."""
    return [
        preflight("/elsewhere", **more),
        preflight("/elsewhere", "DELETE", **more),
        preflight("/plain", "POST", **more),
        preflight("/items", "DELETE", **more),
        preflight("/items/", **more),
        preflight("/items/1/", "PUT", **more),
        preflight("/items/9", **more),
        preflight("/items/9", "PUT", **more),
        preflight("/items/x", **more),
        preflight("/fail", **more),
        preflight("/options", "OPTIONS", note="the program's own operation is not asked", **more),
    ]


NO_PREFLIGHT = [
    options("/plain"),
    options("/plain", headers=of(APP)),
    options("/plain", headers=of(FOREIGN)),
    preflight("/plain", "GET", None, note="no Origin"),
    preflight("/plain", None, headers="x-token", note="no method"),
    options("/items/1", headers=of(APP), tier="quirk", note="Allow is that of the first route only"),
    options("/elsewhere", headers=of(APP)),
    options("/items/", headers=of(APP)),
    options("/options", note="the program's own operation"),
    options("/options", headers=of(APP)),
    get("/plain", headers=of(APP, **{"access-control-request-method": "GET"}), note="not OPTIONS"),
]

exact = {
    "requests of the origin": simple(APP),
    "requests of a foreign origin": simple(FOREIGN),
    "requests without an origin": simple(None),
    "requests with a cookie": [
        get("/items", headers=of(origin, cookie="session=abc")) for origin in (APP, FOREIGN, "null", None)
    ],
    "spellings of the origin": [get("/plain", headers=of(origin)) for origin in SPELLINGS],
    "two origins": [
        get("/plain", headers=[("origin", one), ("origin", other)], tier="quirk", note="the first counts")
        for one, other in [(APP, FOREIGN), (FOREIGN, APP)]
    ],
    "failures": failing(APP),
    "failures of a foreign origin": failing(FOREIGN),
    "failures without an origin": failing(None),
    "malformed JSON": [malformed("POST", "/items", '{"name": ', headers=of(APP))],
    "headers of the program": [
        get(path, headers=of(origin))
        for path in ("/varied", "/varied?by=Origin", "/varied?by=*", "/own")
        for origin in (APP, FOREIGN, None)
    ],
    "documents": [get("/openapi.json", headers=of(APP), page=True), get("/docs", headers=of(APP), page=True)],
    "preflights of each method": [
        *[preflight("/items", method) for method in METHODS],
        *[preflight("/items/1", method) for method in METHODS],
    ],
    "preflights of foreign methods": [preflight("/items", method) for method in FOREIGN_METHODS],
    "preflights with headers": [preflight("/items", "POST", headers=headers) for headers in ASKED],
    "preflights with headers in two lines": [
        options(
            "/items",
            headers=[
                ("origin", APP),
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", "x-token"),
                ("access-control-request-headers", "x-foreign"),
            ],
            tier="quirk",
            note="the first counts",
        )
    ],
    "preflights of other origins": [
        *[preflight("/items", origin=origin) for origin in (FOREIGN, *SPELLINGS)],
        preflight("/items", "TRACE", FOREIGN),
        preflight("/items", "PUT", FOREIGN, "x-token"),
        preflight("/elsewhere", "PUT", FOREIGN),
    ],
    "preflights with credentials": [
        preflight("/items", more={"cookie": "session=abc"}),
        preflight("/items", more={"authorization": "Bearer abc"}),
    ],
    "preflights with a body": [
        options("/items", json=PEACH, headers=of(APP, **{"access-control-request-method": "POST"}))
    ],
    "preflights of what is not there": nowhere(),
    "preflights of no path": [
        preflight("*", tier="quirk"),
        options("*", headers=of(APP), tier="quirk"),
    ],
    "preflights for a private network": [
        preflight("/items", origin=origin, more={"access-control-request-private-network": "true"})
        for origin in (APP, FOREIGN)
    ],
    "OPTIONS that is no preflight": NO_PREFLIGHT,
}

anybody = {
    "requests": [*simple(APP), *simple(None)],
    "requests with a cookie": [get("/items", headers=of(APP, cookie="session=abc"))],
    "spellings of the origin": [get("/plain", headers=of(origin)) for origin in ("null", "", "*", "nonsense")],
    "failures": failing(APP),
    "headers of the program": [
        get(path, headers=of(origin)) for path in ("/varied", "/own") for origin in (APP, None)
    ],
    "preflights of each method": [preflight("/items/1", method) for method in METHODS],
    "preflights of foreign methods": [preflight("/items", method) for method in ("TRACE", "get")],
    "preflights with headers": [
        preflight("/items", "POST", headers=headers) for headers in ("x-token", "X-Token, x-OTHER", "", "*")
    ],
    "preflights of other origins": [preflight("/items", origin=origin) for origin in ("null", "", "nonsense")],
    "preflights with credentials": [preflight("/items", more={"cookie": "session=abc"})],
    "preflights of what is not there": nowhere(),
    "OPTIONS that is no preflight": NO_PREFLIGHT,
}

SUBDOMAINS = [
    "https://one.app.example",
    "https://a-b-1.app.example",
    "https://two.one.app.example",
    "https://app.example",
    "https://.app.example",
    "https://ONE.app.example",
    "https://one.APP.example",
    "HTTPS://one.app.example",
    "http://one.app.example",
    "https://one.app.example:8443",
    "https://one.app.example/",
    "https://one.app.example.evil.example",
    "https://one.app.example.",
    "https://evilapp.example",
    "https://oneXapp.example",
    "https://evil.example/https://one.app.example",
    "https://evil.example#.app.example",
    "https://*.app.example",
    "https://xn--bcher-kva.app.example",
    "null",
    None,
]

pattern = {
    "requests of a sub-domain": simple("https://one.app.example"),
    "spellings of the origin": [get("/plain", headers=of(origin)) for origin in SUBDOMAINS],
    "preflights": [preflight("/items", "POST", origin, "x-token") for origin in SUBDOMAINS if origin is not None],
    "failures": failing("https://one.app.example"),
}

named = {
    "requests": [
        get("/items", headers=of(origin))
        for origin in (APP, "https://admin.example:8443", "https://admin.example", FOREIGN, "null", None)
    ],
    "requests of methods that are not allowed": [
        put("/items/1", json=PEACH, headers=of(APP)),
        patch("/items/1", json=PEACH, headers=of(APP)),
        delete("/items/1", headers=of(APP)),
    ],
    "requests with headers that are not allowed": [get("/items", headers=of(APP, **{"x-foreign": "1"}))],
    "preflights of each method": [preflight("/items/1", method) for method in (*METHODS, *FOREIGN_METHODS)],
    "preflights with headers": [preflight("/items", "POST", headers=headers) for headers in ASKED],
    "preflights of several faults": [
        preflight("/items", "PUT", FOREIGN, "x-foreign"),
        preflight("/items", "PUT", FOREIGN),
        preflight("/items", "GET", FOREIGN, "x-foreign"),
        preflight("/items", "PUT", headers="x-foreign"),
        preflight("/items", "PUT", FOREIGN, "x-foreign", more={"access-control-request-private-network": "true"}),
    ],
    "preflights of other origins": [
        preflight("/items", origin=origin)
        for origin in ("https://admin.example:8443", "https://admin.example", "null")
    ],
    "preflights of what is not there": nowhere(),
}

OF_ORIGINS = tuple(
    f"access-control-{name}"
    for name in (
        "allow-origin",
        "allow-credentials",
        "expose-headers",
        "allow-methods",
        "allow-headers",
        "max-age",
        "allow-private-network",
    )
)
OF_ALL = (*OF_ORIGINS, "vary", "allow", "location")


def group(app, about, scenarios, watched):
    """A group of the recording on the edge."""
    return Group(f"apps.{app}", about, scenarios, recording="fastapi_edge.json", watched=watched, documented=False)


GROUPS = {
    "cors_exact": group("cors:exact", f"One origin, with credentials. {SHOP}", exact, OF_ALL),
    "cors_any": group("cors:anybody", f"Any origin, without credentials. {SHOP}", anybody, OF_ALL),
    "cors_pattern": group("cors:pattern", f"A pattern of origins, with credentials. {SHOP}", pattern, OF_ALL),
    "cors_named": group("cors:named", f"Two origins, two methods, two headers. {SHOP}", named, OF_ALL),
}
