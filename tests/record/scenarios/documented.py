"""The group on what documents say beyond types: its document matters, the steps show that nothing else changes."""

from asks import Group, documents, get, gets, post, put

WHOLE = {"name": "Foo", "description": "A very nice Item", "price": 35.4, "tax": 3.2}
BODIES = [WHOLE, {"name": "Bar", "price": "35.4"}, {"name": "Baz", "price": "much"}, {}]
WITH_ID = ("model", "fields", "body", "several", "openapi", "both")

documented = {
    "docs pages": documents("documented"),
    "examples of bodies": [put(f"/examples/{kind}/5", json=body) for kind in WITH_ID for body in BODIES]
    + [
        put("/examples/model/x", json=WHOLE),
        put("/examples/fields/5", json={"name": "a", "price": 0, "old_price": 1}),
    ],
    "embedded and several": [
        put("/examples/embedded", json={"item": WHOLE}),
        put("/examples/embedded", json=WHOLE),
        put("/examples/two", json={"item": WHOLE, "importance": 5}),
        put("/examples/two", json={"item": WHOLE, "importance": 0}),
        put("/examples/two", json={}),
    ],
    "lists and nothing": [
        put("/examples/list", json=[WHOLE]),
        put("/examples/list", json=[WHOLE, {}]),
        put("/examples/list", json=WHOLE),
        put("/examples/optional", json=WHOLE),
        put("/examples/optional", json=None),
        put("/examples/optional"),
        put("/examples/optional", json={}),
    ],
    "another media type": [
        put("/examples/media-type", json=WHOLE),
        put("/examples/media-type", json=WHOLE, headers={"content-type": "application/vnd.item+json"}),
        put("/examples/media-type", json=WHOLE, headers={"content-type": "application/vnd.item"}),
    ],
    "parameters": [
        *gets(
            "/parameters/5",
            "/parameters/0",
            "/parameters/5?item-query=fixedquery",
            "/parameters/5?item-query=fi",
            "/parameters/5?item-query=other",
            "/parameters/5?q=fixedquery",
            "/parameters/5?tags=a&tags=b",
        ),
        get("/parameters/5", headers=[("x-token", "a"), ("x-token", "b"), ("cookie", "session=abc")]),
        get("/parameters/5", headers={"strange_header": "s"}),
        get("/parameters/5", headers={"strange-header": "s"}),
        *gets("/parameters-openapi/1?q=a", "/parameters-openapi/x"),
    ],
    "hidden parameters": [
        get("/hidden/5?q=1&shown=2", headers={"x-token": "3", "cookie": "session=4"}),
        get("/hidden/x?q=x&shown=x", headers={"x-token": "x", "cookie": "session=x"}),
        *gets("/hidden-all?q=1", "/hidden-all", "/hidden-all?q=x"),
    ],
    "query model": gets("/query-model", "/query-model?limit=5&order=name", "/query-model?limit=101&offset=-1"),
    "forms": [
        post("/form", form={"name": "Rick", "age": "5"}),
        post("/form", form={"name": "R", "age": "x"}),
        post("/form", form={}),
        post("/files"),
    ],
    "other operations": gets("/deprecated", "/extra", "/extra?q=x", "/responses"),
}

GROUPS = {
    "documented": Group("apps.documented:app", "The program is tests/record/apps/documented.py.", documented)
}
