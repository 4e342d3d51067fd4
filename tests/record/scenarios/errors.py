"""The groups on errors: raised, and heard by handlers."""

from asks import Group, ask, documents, get, gets, malformed, post

GOOD = {"title": "towel", "size": 5}

errors = {
    "docs pages": documents("errors"),
    "not found": gets("/items/foo", "/items/bar", "/items/Foo", "/items/"),
    "not found, with a header": gets("/items-header/foo", "/items-header/bar"),
    "exception of one's own": [
        *gets("/unicorns/shinny", "/unicorns/yolo", "/unicorns/shy"),
        get("/tamed/1"),
        get("/tamed/1", headers={"x-unicorn": "Nelly"}),
        get("/tamed/x", headers={"x-unicorn": "Nelly"}),
        get("/tamed/x"),
    ],
    "details": gets(*[f"/details/{kind}" for kind in ("text", "empty", "object", "list", "number", "false")]),
    "statuses": gets(*[f"/statuses/{code}" for code in (400, 401, 403, 404, 405, 409, 418, 429, 451, 500, 503)]),
    "statuses whose phrases newer Pythons change": gets("/statuses/413", "/statuses/422", tier="quirk"),
    "statuses without a body": gets("/statuses/204", "/statuses/304"),
    "statuses that are no failures": gets("/statuses/200", "/statuses/302"),
    "exception of Starlette": gets("/statuses-starlette/404", "/statuses-starlette/503"),
    "issues by hand": gets("/by-hand"),
    "answers that break their own model": [get("/answers/good"), get("/answers/bad", tier="quirk")],
    "unexpected": [get("/broken", tier="quirk")],
    "of the framework": [get("/elsewhere"), post("/items/foo"), ask("DELETE", "/broken")],
}

handlers = {
    "docs pages": documents("errors_handlers"),
    "raised": gets("/items/1", "/items/3", "/items/4"),
    "issues": gets("/items/foo", "/items/1.5"),
    "issues of a body": [
        post("/items/", json=GOOD),
        post("/items/", json={"title": 5}),
        post("/items/?q=x", json={}),
        post("/items/"),
        post("/items/", json=[]),
    ],
    "malformed JSON": [
        malformed(
            "POST",
            "/items/",
            '{"title": ',
            tier="quirk",
            note="the place is told in the text, and is the parser's",
        )
    ],
    "of the framework": [
        get("/elsewhere"),
        get("/items"),
        ask("DELETE", "/items/1"),
        post("/items/1", json=GOOD),
        get("/items/"),
        get("/items/1/"),
        post("/items", json=GOOD),
    ],
    "of a dependency": gets(
        "/depends/1",
        "/depends/1?refused=409",
        "/depends/x?refused=409",
        "/depends/x?refused=422",
        "/depends/x",
        "/depends/1?refused=x",
    ),
    "of a security scheme": [
        get("/secret"),
        get("/secret?q=x"),
        get("/secret", headers={"authorization": "Bearer x"}),
    ],
}

body = {
    "docs pages": documents("errors_body"),
    "issues with the body": [
        post("/items/", json=GOOD),
        post("/items/", json={"title": "towel", "size": "XL"}),
        post("/items/", json={"size": "XL", "more": [1, None]}),
        post("/items/", json={}),
        post("/items/", json=[1]),
        post("/items/", json="text"),
        post("/items/", json=None),
        post("/items/"),
        post("/items/", form={"title": "towel"}),
        post("/items/", text="towel", headers={"content-type": "text/plain"}),
        malformed("POST", "/items/", '{"title": ', note="the body is the text that could not be parsed"),
        post("/several/x", json={"item": GOOD, "other": {"title": "a"}}),
        post("/several/1", json={"item": GOOD, "more": 1}),
    ],
    "issues without a body": gets("/items/x"),
    "FastAPI's exception is heard, Starlette's is not": [
        *gets("/items/1", "/items/3", "/elsewhere", "/items/1/x"),
        ask("DELETE", "/items/1"),
    ],
    "a status is heard before a class": gets("/items/10"),
    "whatever else": gets("/items/5"),
}

ABOUT = "The program is tests/record/apps/{}.py."
GROUPS = {
    name: Group(f"apps.{name}:app", ABOUT.format(name), asked)
    for name, asked in [("errors", errors), ("errors_handlers", handlers), ("errors_body", body)]
}
