"""The groups on dependencies: the tutorial's pages, and what they leave open."""

from asks import Group, ask, documents, get, gets, logged, malformed, post, put

ITEM = {"name": "Foo", "price": 35.4}
USER = {"username": "rick"}
TOKEN = {"x-token": "fake-super-secret-token"}
KEY = {"x-key": "fake-super-secret-key"}
JSON_KINDS = [{}, [], "text", 5, None]


def logs(*paths, **more):
    """For each path a GET with an empty log, and the log afterwards."""
    return [step for path in paths for step in logged(get(path, **more))]


def posts(path, *bodies, **more):
    return [post(path, json=body, **more) for body in bodies]


tutorial = {
    "common parameters": gets(
        "/items/",
        "/items/?q=foo",
        "/items/?q=foo&skip=5",
        "/items/?q=foo&skip=5&limit=30",
        "/items/?skip=1&skip=2",
        "/items/?q=",
        "/items/?skip=",
        "/items/?skip=x",
        "/items/?skip=x&limit=y&q=z",
        "/items/?limit=y&skip=x",
        "/items/?unknown=1",
        "/users/",
        "/users/?q=foo&skip=5&limit=30",
        "/users/?limit=1.5",
        "/items",
        "/users?skip=x",
    )
    + [ask("DELETE", "/items/"), get("/nothing"), get("/nothing?skip=x")],
    "class as dependency": gets(
        "/classes/items/",
        "/classes/items/?q=foo",
        "/classes/items/?q=foo&skip=1",
        "/classes/items/?q=bar&limit=2",
        "/classes/items/?q=bar&skip=1&limit=1",
        "/classes/items/?limit=1&q=bar&skip=1",
        "/classes/items/?q=",
        "/classes/items/?q=longer",
        "/classes/items/?skip=-1",
        "/classes/items/?limit=101",
        "/classes/items/?q=longer&skip=-1&limit=101",
        "/classes/items/?q=longer&skip=x&limit=",
    ),
    "sub-dependency": gets("/sub/items/", "/sub/items/?q=foo", "/sub/items/?q=")
    + [
        get("/sub/items/?q=foo", headers={"cookie": "last_query=bar"}),
        get("/sub/items/", headers={"cookie": "last_query=bar"}),
        get("/sub/items/?q=", headers={"cookie": "last_query=bar"}),
        get("/sub/items/", headers={"cookie": "last_query="}),
    ],
    "dependencies of the decorator": [
        *logged(get("/decorators/items/", headers=TOKEN | KEY)),
        *logged(get("/decorators/items/")),
        *logged(get("/decorators/items/", headers=TOKEN)),
        *logged(get("/decorators/items/", headers=KEY)),
        *logged(get("/decorators/items/", headers={"x-token": "wrong"})),
        *logged(get("/decorators/items/", headers=TOKEN | {"x-key": "wrong"})),
        *logged(get("/decorators/items/", headers={"x-token": "wrong", "x-key": "wrong"})),
        *logged(
            get(
                "/decorators/items/",
                headers={"x-key": "wrong"},
                note="the second fails beside an issue of the first",
            )
        ),
        get(
            "/decorators/items/", headers={"X-TOKEN": "fake-super-secret-token", "X-Key": "fake-super-secret-key"}
        ),
        get(
            "/decorators/items/",
            headers={"x_token": "fake-super-secret-token", "x_key": "fake-super-secret-key"},
            tier="quirk",
        ),
        get("/decorators/items/", headers={"x-token": "", "x-key": ""}),
    ],
    "instances as dependencies": logs(
        "/query-checker/", "/query-checker/?q=bar", "/query-checker/?q=foobar", "/query-checker/?q="
    ),
}

kinds = {
    "blocking and asynchronous": gets("/kinds/sync-async", "/kinds/sync-async?n=5", "/kinds/sync-async?n=x"),
    "a dependency that returns nothing": gets("/kinds/nothing"),
    "query model in a dependency": gets(
        "/kinds/query-model",
        "/kinds/query-model?limit=5&order=price",
        "/kinds/query-model?limit=101",
        "/kinds/query-model?limit=x&other=1",
        "/kinds/query-model?other=1",
        "/kinds/query-model-beside",
        "/kinds/query-model-beside?limit=5",
        "/kinds/query-model-beside?limit=x&q=y",
    )
    + [
        get(
            "/kinds/query-model-beside?q=1",
            note="the operation's own query is unknown to a model that forbids others",
        )
    ],
    "list in a dependency": gets(
        "/kinds/list",
        "/kinds/list?tags=a",
        "/kinds/list?tags=a&tags=b",
        "/kinds/list?tags=a&tags=b&tags=c",
        "/kinds/list?tags=",
    ),
}

bad_places = {"cookie": "cookie=w; own_cookie=v", "header": "x", "own-header": "y"}
order = {
    "order: path, query, header, cookie": [
        get("/order/places/1?query=2", headers={"header": "3", "cookie": "cookie=4"}),
        get("/order/places/x?query=y", headers={"header": "z", "cookie": "cookie=w"}),
        get("/order/places/1"),
        get("/order/places/x"),
        get("/order/places/1?query=2", headers={"cookie": "cookie=w"}),
        get("/order/places/1?query=y", headers={"header": "3", "cookie": "cookie=4"}),
        get("/order/places/1?query=1&query=2", headers={"header": "3", "cookie": "cookie=4"}),
        get(
            "/order/places/1?query=2", headers=[("header", "3"), ("header", "5"), ("cookie", "cookie=4; cookie=5")]
        ),
    ],
    "order: the operation's own are last": [
        post(
            "/order/own/1?query=2&own_query=3",
            headers={"header": "4", "own-header": "5", "cookie": "cookie=6; own_cookie=7"},
            json=USER,
        ),
        *logged(post("/order/own/x?query=a&own_query=b", headers=bad_places, json={})),
        *logged(
            post("/order/own/0?query=2&own_query=b", headers={"header": "4", "cookie": "cookie=6"}, json=USER)
        ),
        *logged(post("/order/own/0?query=2", headers={"header": "4", "cookie": "cookie=6"})),
        post("/order/own/1"),
    ],
    "order: several dependencies": [
        *logs("/order/several?a=1&b=2&c=3&d=4&e=5"),
        *logs("/order/several"),
        *logs("/order/several?a=x&b=x&c=x&d=x&e=x"),
        *logs("/order/several?a=1&c=3&e=x"),
        *logs("/order/several?b=2"),
        get("/order/several?e=x&d=x&c=x&b=x&a=x"),
    ],
    "order: depth first": [
        *logged(get("/order/nested/1?a=2", headers={"b": "3", "cookie": "c=4"})),
        *logged(get("/order/nested/x?a=x", headers={"b": "x", "cookie": "c=x"})),
        *logged(get("/order/nested/1")),
        *logged(get("/order/nested/1?a=2", headers={"b": "3"})),
        *logged(get("/order/nested/1?a=2", headers={"cookie": "c=4"})),
        *logged(get("/order/nested/1", headers={"b": "3", "cookie": "c=4"})),
        *logged(get("/order/nested/x?a=2", headers={"b": "3", "cookie": "c=4"})),
    ],
    "order: a body in between": [
        *logged(post("/order/body?a=1&q=2", headers={"h": "3"}, json=ITEM)),
        *logged(post("/order/body?a=x&q=x", headers={"h": "x"}, json={"name": "F", "price": "x"})),
        *logged(post("/order/body?a=1&q=x", headers={"h": "3"}, json={})),
        post("/order/body"),
        post("/order/body?a=1&q=2", headers={"h": "3"}),
        malformed("POST", "/order/body?a=x", '{"name": ', note="malformed JSON is told alone"),
    ],
}

called = {
    "called: all but those with issues": logs(
        "/called/beside?a=1&b=2",
        "/called/beside?a=x&b=2",
        "/called/beside?a=1&b=x",
        "/called/beside",
        "/called/beside?a=1&b=2&q=x",
        "/called/beside?a=x&b=x&q=x",
    ),
    "called: not the parent of one with issues": logs(
        "/called/parent?a=1&b=2&z=3&c=4",
        "/called/parent?a=x&b=2&z=3&c=4",
        "/called/parent?a=1&b=x&z=3&c=4",
        "/called/parent?a=1&b=2&z=x&c=4",
        "/called/parent?a=x&b=x&z=x&c=x",
        "/called/parent?a=1&b=2&z=3",
        "/called/parent",
    ),
}

fails = {
    "fails: between others": logs(
        "/fails/between?a=1&b=2",
        "/fails/between?a=1&b=2&refused=true",
        "/fails/between?a=x&b=2&refused=true",
        "/fails/between?a=1&b=x&refused=true",
        "/fails/between?a=x&b=x&refused=true&q=x",
        "/fails/between?a=1&b=2&refused=maybe",
        "/fails/between?a=1&b=2&refused=true&q=x",
    ),
    "fails: in a sub-dependency": logs(
        "/fails/sub?a=1&z=2",
        "/fails/sub?a=1&z=2&refused=true",
        "/fails/sub?a=x&z=2&refused=true",
        "/fails/sub?a=x&z=x&refused=true",
        "/fails/sub?a=1&z=x",
        "/fails/sub?a=1&z=x&refused=x",
    ),
    "fails: not when its own sub-dependency has issues": logs(
        "/fails/parent?a=1", "/fails/parent?a=x", "/fails/parent"
    ),
    "fails: the first of two": logs(
        "/fails/two",
        "/fails/two?refused=true",
        "/fails/two?refused_too=true",
        "/fails/two?refused=true&refused_too=true",
        "/fails/two?refused=x&refused_too=true",
        "/fails/two?refused=true&refused_too=x",
    ),
    "fails: in the decorator": logs(
        "/fails/decorator?a=1",
        "/fails/decorator?a=1&refused=true",
        "/fails/decorator?a=x&refused=true&q=x",
        "/fails/decorator?refused=x",
    ),
    "fails: beside a body": [
        *logged(post("/fails/body", json=ITEM)),
        *logged(post("/fails/body?refused=true", json=ITEM)),
        *logged(post("/fails/body?refused=true", json={"name": "F"})),
        *logged(post("/fails/body?refused=true")),
        *logged(post("/fails/body?refused=x", json={"name": "F"})),
        *logged(malformed("POST", "/fails/body?refused=true", '{"name": "Foo", "price": }')),
        *logged(malformed("POST", "/fails/body?refused=x", "not json")),
        *logged(post("/fails/body?refused=true", text="name=Foo", headers={"content-type": "text/plain"})),
    ],
    "fails: beside a form": [
        *logged(post("/fails/form", form={"name": "Foo"})),
        *logged(post("/fails/form?refused=true", form={"name": "Foo"})),
        *logged(post("/fails/form?refused=true", form={})),
        *logged(post("/fails/form?refused=true", json=ITEM)),
        *logged(post("/fails/form", json=ITEM)),
        *logged(
            post(
                "/fails/form?refused=true",
                text="no parts",
                headers={"content-type": "multipart/form-data"},
                tier="quirk",
                note="a body that cannot be parsed comes before any dependency",
            )
        ),
    ],
    "fails: unexpectedly": [
        *logged(get("/fails/unexpectedly", tier="quirk")),
        get("/fails/unexpectedly?q=x", tier="quirk"),
    ],
    "fails: where nothing is asked": [
        *logged(put("/fails/body?refused=true", json=ITEM)),
        *logged(
            get(
                "/fails/between/?refused=true&a=1&b=2", note="a slash too many is redirected before any dependency"
            )
        ),
        *logged(get("/fails/elsewhere?refused=true")),
    ],
}

once = {
    "once: named twice": logs("/once/twice?a=1", "/once/twice?a=x", "/once/twice"),
    "once: named three times": logs("/once/thrice?a=1", "/once/thrice?a=x", "/once/thrice"),
    "once: the very value": logs("/once/shared"),
    "once: without the cache": logs(
        "/once/no-cache", "/once/no-cache-first", "/once/no-cache-needed?a=1", "/once/no-cache-needed?a=x"
    ),
    "once: below two parents": logs(
        "/once/parents?a=1&b=2&z=3",
        "/once/parents?a=x&b=2&z=3",
        "/once/parents?a=x&b=x&z=x",
        "/once/parents?a=1&b=x&z=3",
    ),
}

names = {
    "names: two types of one query": gets(
        "/names/types?q=123",
        "/names/types?q=5",
        "/names/types?q=abc",
        "/names/types?q=x",
        "/names/types",
        "/names/types?q=5&q=123",
    ),
    "names: two constraints of one query": gets(
        "/names/constraints?q=abc", "/names/constraints?q=ab", "/names/constraints?q=abcde", "/names/constraints"
    ),
    "names: two defaults of one query": gets("/names/defaults", "/names/defaults?q=5", "/names/defaults?q=x"),
    "names: required and not": gets("/names/required", "/names/required?q=5", "/names/required?q=x"),
    "names: a list and a number": gets(
        "/names/list?q=1&q=2", "/names/list?q=1", "/names/list?q=x&q=2", "/names/list?q=1&q=x", "/names/list"
    ),
    "names: of the path": gets(
        "/names/path/5",
        "/names/path/five",
        "/names/path/5?item_id=6",
        "/names/path-unread/5",
        "/names/path-unread/five",
    ),
    "names: not of the path": gets("/names/query?item_id=5", "/names/query?item_id=five", "/names/query"),
    "names: constraints of the path": gets(
        "/names/path-constraints/5",
        "/names/path-constraints/0",
        "/names/path-constraints/7",
        "/names/path-constraints/10",
        "/names/path-constraints/x",
    ),
    "names: of a header and a cookie": [
        get("/names/header", headers={"x-token": "5"}),
        get("/names/header", headers={"x-token": "five"}),
        get("/names/header"),
        get("/names/header", headers=[("x-token", "5"), ("x-token", "6")]),
        get("/names/cookie", headers={"cookie": "session=5"}),
        get("/names/cookie", headers={"cookie": "session=five"}),
        get("/names/cookie"),
    ],
    "names: alias": gets(
        "/names/alias?item-query=5", "/names/alias?item-query=x", "/names/alias?value=5", "/names/alias"
    ),
    "names: one name in two places": [
        get("/names/places?q=1", headers={"q": "2"}),
        get("/names/places?q=x", headers={"q": "y"}),
        get("/names/places"),
    ],
    "names: the argument's name is no input": gets(
        "/names/argument", "/names/argument?q=5", "/names/argument?q=x"
    ),
}

bodies = {
    "body: one model": [
        *posts("/body/model", ITEM, ITEM | {"more": 1}, {"name": "F", "price": "x"}, {"item": ITEM}, *JSON_KINDS),
        post("/body/model"),
        malformed("POST", "/body/model", "{"),
    ],
    "body: of the dependency and of the operation": [
        *posts("/body/both", {"item": ITEM, "user": USER}, {"user": USER}, {"item": ITEM}, ITEM, USER | ITEM),
        *posts("/body/both", {"item": {"name": "F"}, "user": {}}, {"user": 5, "item": 6}, *JSON_KINDS),
        post("/body/both"),
        malformed("POST", "/body/both", '{"item": '),
    ],
    "body: the same name twice": [
        *posts("/body/same", ITEM, {"item": ITEM}, {"name": "F", "price": "x"}, {}),
        post("/body/same"),
    ],
    "body: one scalar": [
        *posts("/body/scalar", 5, "5", 0, "x", {"importance": 5}, None, [5]),
        post("/body/scalar"),
    ],
    "body: a scalar and a model": [
        *posts(
            "/body/scalar-and-model",
            {"importance": 5, "user": USER},
            {"importance": 0, "user": {}},
            {"user": USER},
            {"importance": 5},
            5,
            {},
        ),
        post("/body/scalar-and-model"),
    ],
    "body: of two dependencies": [
        *posts("/body/two", {"item": ITEM, "user": USER}, {"item": {}, "user": {}}, {"user": USER}, ITEM, {}),
        post("/body/two"),
    ],
    "body: embedded": [
        *posts("/body/embedded", {"item": ITEM}, ITEM, {"item": {}}, {"item": None}, {}, []),
        post("/body/embedded"),
    ],
    "body: optional": [
        *posts("/body/optional", ITEM, None, {}, 5),
        post("/body/optional"),
        *posts(
            "/body/optional-and-model",
            {"item": ITEM, "user": USER},
            {"item": None, "user": USER},
            {"user": USER},
            USER,
            {"item": {}, "user": USER},
        ),
        post("/body/optional-and-model"),
    ],
    "body: of a sub-dependency": [
        post("/body/deep?q=1", json=ITEM),
        post("/body/deep?q=x", json={"name": "F"}),
        post("/body/deep", json=ITEM),
        post("/body/deep"),
    ],
    "form: a field": [
        *[
            post("/form/field", form=form)
            for form in ({"name": "Foo"}, {"name": "F"}, {"name": ""}, {}, {"other": "x"}, "name=Foo&name=Bar")
        ],
        post("/form/field"),
        post("/form/field", json={"name": "Foo"}),
    ],
    "form: fields of both": [
        post("/form/both?q=1", form={"name": "Foo", "age": "5"}),
        post("/form/both?q=x", form={"name": "F", "age": "x"}),
        post("/form/both", form={}),
        post("/form/both?q=1", form={"name": "Foo"}),
        post("/form/both?q=1", json={"name": "Foo", "age": 5}),
    ],
    "form: a model": [
        *[
            post("/form/model", form=form)
            for form in (
                {"username": "rick"},
                {"username": "rick", "remember": "yes"},
                {"remember": "x"},
                {},
                {"username": ""},
            )
        ],
        post("/form/model"),
    ],
    "form: a file": [
        post(
            "/form/upload",
            headers={"content-type": "multipart/form-data; boundary=edge"},
            text='--edge\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
            '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
            "Content-Type: text/plain\r\n\r\nfive!\r\n--edge--\r\n",
        ),
        post(
            "/form/upload",
            headers={"content-type": "multipart/form-data; boundary=edge"},
            text='--edge\r\nContent-Disposition: form-data; name="other"\r\n\r\nhello\r\n--edge--\r\n',
        ),
        post("/form/upload"),
    ],
}

levels = {
    "levels: decorator, then arguments": logs(
        "/levels/order?d1=1&d2=2&a=3&b=4&q=5",
        "/levels/order",
        "/levels/order?d1=x&d2=x&a=x&b=x&q=x",
        "/levels/order?d1=1&d2=x&a=x&b=4&q=5",
    ),
    "levels: the same in both": logs("/levels/both?a=1", "/levels/both?a=x", "/levels/both"),
}

exits = {
    "yield: in reverse order": logs("/yield/order"),
    "yield: the operation fails": logs("/yield/order?q=409"),
    "yield: issues of the operation": logs("/yield/order?q=x"),
    "yield: issues of a dependency": logs("/yield/order?n=x", "/yield/order?m=x"),
    "yield: the operation fails unexpectedly": logs("/yield/order?q=500", tier="quirk"),
    "yield: another fails": logs(
        "/yield/then-fails?refused=true",
        "/yield/then-fails?refused=x",
        "/yield/fails-first?refused=true",
        "/yield/fails-first?n=x",
    ),
    "yield: in the decorator": logs("/yield/decorator", "/yield/decorator?m=x"),
    "yield: named twice": logs("/yield/twice", "/yield/no-cache"),
    "yield: after the tasks": logs("/yield/tasks"),
    "yield: no tasks after a failure": logs("/yield/tasks?q=409", "/yield/tasks?q=x"),
    "yield: after the whole body": logs("/yield/stream"),
    "yield: scope of the function": logs("/yield/scopes", "/yield/users/me"),
    "yield: an exit that fails": [
        *logs("/yield/exit-fails"),
        *logged(
            get(
                "/yield/exit-fails-in-time",
                tier="quirk",
                note="a failure before the answer is sent becomes the answer",
            )
        ),
    ],
    "yield: an exit that answers for another failure": gets(
        "/yield/items/plumbus", "/yield/items/portal-gun", "/yield/items/foo"
    ),
    "yield: an exit that swallows a failure": [
        get("/yield/silent/plumbus"),
        *logged(
            get(
                "/yield/silent/portal-gun", tier="quirk", note="nothing was answered, and FastAPI says so with 500"
            )
        ),
    ],
}

dependencies = (
    {"docs pages": documents("dependencies")}
    | tutorial
    | kinds
    | order
    | called
    | fails
    | once
    | names
    | bodies
    | levels
    | exits
)

whole = {
    "docs pages": documents("dependencies_global"),
    "global: every operation": [
        *logged(get("/items/", headers=TOKEN | KEY)),
        *logged(get("/users/", headers=TOKEN | KEY)),
        get("/items/"),
        get("/users/"),
        get("/items/", headers=TOKEN),
        get("/items/", headers=KEY),
        get("/items/", headers={"x-token": "wrong"}),
        get("/users/", headers=KEY | {"x-token": "wrong"}),
        get("/users/", headers=TOKEN | {"x-key": "wrong"}),
    ],
    "global: before those of the decorator and of arguments": [
        *logged(get("/pages/1?skip=2", headers=TOKEN | KEY)),
        *logged(get("/pages/x?skip=y")),
        *logged(get("/pages/x?skip=y", headers=TOKEN | KEY)),
        *logged(get("/pages/1", headers=TOKEN)),
        *logged(get("/pages/x", headers={"x-token": "wrong"})),
    ],
    "global: not where there is no operation": [
        *logged(get("/nothing")),
        *logged(post("/items/")),
        *logged(get("/items")),
    ],
}

overridden = {
    "docs pages": documents("dependencies"),
    "overridden: other inputs": gets(
        "/items/", "/items/?q=foo", "/items/?q=foo&skip=100&limit=200", "/items/?skip=x", "/users/?limit=x&q=bar"
    )
    + gets("/classes/items/?size=1", "/classes/items/?size=x", "/classes/items/", "/classes/items/?skip=x&size=2"),
    "overridden: of the decorator": [
        *logged(get("/decorators/items/?token=t", headers=KEY)),
        *logged(get("/decorators/items/", headers=TOKEN | KEY)),
        *logged(get("/decorators/items/?token=t")),
    ],
    "overridden: with a dependency of its own": [
        *logged(get("/once/twice?q=y", headers={"x-number": "5"})),
        *logged(get("/once/twice?a=1", headers={"x-number": "x"})),
        *logged(get("/once/thrice", headers={"x-number": "5"})),
        *logged(get("/once/thrice")),
        *logged(get("/order/several?b=2&c=3&d=4&e=5", headers={"x-number": "1"})),
        *logged(get("/order/several?a=1")),
    ],
    "overridden: with and without an exit": [*logs("/yield/order"), *logs("/once/shared"), *logs("/yield/twice")],
    "overridden: without a body": [
        *posts("/body/model", ITEM, {}),
        post("/body/model"),
        malformed("POST", "/body/model", "{", note="the body is parsed as the original asks"),
        *posts("/body/both", {"user": USER}, USER, {"user": USER, "item": {}}),
    ],
    "overridden: a name of the path": gets("/names/path/five", "/names/query?item_id=five", "/names/query"),
    "overridden: one that failed": gets(
        "/fails/between?b=2&refused=true", "/fails/two?refused=true&refused_too=true"
    ),
}

ABOUT = (
    "The program is tests/record/apps/{}.py. DELETE /log empties a log, and GET /log?least=N answers it "
    "as soon as it has N lines, "
    "after a second at the latest; both are no part of the document."
)
GROUPS = {
    "dependencies": Group("apps.dependencies:app", ABOUT.format("dependencies"), dependencies),
    "dependencies_global": Group("apps.dependencies_global:app", ABOUT.format("dependencies_global"), whole),
    "dependencies_overridden": Group(
        "apps.dependencies_overridden:app", ABOUT.format("dependencies_overridden"), overridden
    ),
}
