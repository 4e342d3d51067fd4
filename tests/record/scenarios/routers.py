"""The groups on larger programs: the tutorial's, and routers in routers."""

from asks import Group, ask, documents, get, gets, logged, post, put

TOKEN = {"x-token": "fake-super-secret-token"}
WRONG = {"x-token": "wrong"}


def guarded(path, *, method="GET"):
    """Without, with wrong and with right tokens in the query and in the header."""
    queries = ("", "?token=wrong", "?token=jessica")
    return [ask(method, path + query, headers=headers) for query in queries for headers in ({}, WRONG, TOKEN)]


bigger = {
    "docs pages": documents("bigger"),
    "root": gets("/?token=jessica", "/?token=wrong", "/?token=", "/", "/?token=wrong&token=jessica"),
    "users": [
        *[
            step
            for path in ("/users/", "/users/me", "/users/foo")
            for step in gets(f"{path}?token=jessica", f"{path}?token=wrong", path)
        ],
    ],
    "items": guarded("/items/"),
    "item": [
        *guarded("/items/plumbus"),
        get("/items/bar?token=jessica", headers=TOKEN),
        get("/items/bar?token=jessica", headers=WRONG),
        get("/items/bar?token=jessica"),
        get("/items/bar"),
    ],
    "update of an item": [
        *guarded("/items/plumbus", method="PUT"),
        put("/items/bar?token=jessica", headers=TOKEN),
        put("/items/bar"),
    ],
    "admin": guarded("/admin/", method="POST"),
    "other paths and methods": [
        get("/items?token=jessica"),
        get("/admin?token=jessica"),
        post("/admin"),
        get("/admin/"),
        post("/items/"),
        ask("DELETE", "/items/plumbus", headers=TOKEN),
        get("/users?token=jessica"),
        get("/users/me/"),
        get("/elsewhere"),
        get("/elsewhere?token=jessica", headers=TOKEN),
    ],
}

DEEP = "/v1/outer/1/between/inner/2/items/3"
LEVELS = [
    "of_app",
    "of_include_outer",
    "of_outer",
    "of_include_inner",
    "of_inner",
    "of_operation",
    "of_argument",
    "q",
]

routers = {
    "docs pages": documents("routers"),
    "order of the levels": [
        *logged(get(DEEP)),
        *logged(get(DEEP + "?" + "&".join(f"{name}=x" for name in reversed(LEVELS)))),
        *logged(get("/v1/outer/a/between/inner/b/items/c?" + "&".join(f"{name}=x" for name in LEVELS))),
        *logged(get("/v1/outer/1/between/inner/2/")),
        *logged(get("/v1/outer/1/")),
        *logged(get("/shared/x")),
    ],
    "a level that fails": [step for name in LEVELS[:-1] for step in logged(get(f"{DEEP}?{name}=409"))]
    + [
        *logged(get(DEEP + "?of_inner=409&of_app=x&of_argument=x")),
        *logged(get(DEEP + "?of_outer=409&of_inner=409")),
    ],
    "ids of prefixes": [
        *gets(
            "/v1/outer/1/between/inner/2/",
            "/v1/outer/x/between/inner/2/",
            "/v1/outer/x/between/inner/y/",
            "/v1/outer/1/between/inner/2/unread",
            "/v1/outer/x/between/inner/y/unread",
            "/v1/outer/x/between/inner/y/items/z",
            "/v1/outer/1/between/inner/2",
            "/v1/outer/x/between/inner/y",
            "/v1/outer/1",
            "/v1/outer/x/",
            "/v1/outer//",
            "/outer/1/",
            "/v1/outer/1/inner/2/",
            "/v1/outer/1/between",
        )
    ],
    "one router twice": gets(
        "/shared/a", "/again/shared/a", "/shared/", "/again/shared/", "/shared", "/again/shared", "/again/"
    ),
    "deprecated and hidden": gets(
        "/old/one",
        "/old/two",
        "/current/one",
        "/current/two",
        "/deprecated/current/one",
        "/deprecated/current/two",
        "/hidden/one",
        "/hidden/two",
        "/partly/shown",
        "/partly/hidden",
        "/unseen/partly/shown",
        "/unseen/partly/hidden",
    ),
    "class of answers": gets("/plain/text"),
    "the first that fits": gets("/order/name", "/order/fixed"),
    "one path in two routers": [get("/methods"), post("/methods"), put("/methods"), ask("DELETE", "/methods")],
    "described": gets("/described", "/described-otherwise"),
}

GROUPS = {
    "bigger": Group("apps.bigger.main:app", "The program is tests/record/apps/bigger.", bigger),
    "routers": Group(
        "apps.routers:app",
        "The program is tests/record/apps/routers.py. "
        "GET /log?least=N and DELETE /log are a log, as in the group dependencies.",
        routers,
    ),
}
