"""The group on answers."""

from asks import Group, delete, documents, get, gets, logged, post, put

BODIES = ("json", "text", "text-class", "html", "html-directly", "xml", "stream")
VALUES = ("text", "number", "float", "true", "null", "list", "date", "bytes", "set", "model")
EVENTS = (
    "text lines unicode number float false null list object model raw raw-empty raw-lines raw-unicode event "
    "event-empty id id-empty retry comment comment-empty all nothing plain"
).split()
STREAMS = ("stream", "stream-no-async", "stream-no-annotation")

answers = {
    "docs pages": documents("answers"),
    "headers": gets("/headers-and-object/", "/headers/", "/headers/several", "/headers/content-type"),
    "cookies": [
        post("/cookie-and-object/"),
        post("/cookie/"),
        post("/cookies/options"),
        *[post(f"/cookies/{kind}") for kind in ("lax", "none", "unsaid", "empty", "age", "several", "nothing")],
    ],
    "deleted cookies": [
        delete(
            "/cookies/plain",
            prefix={"set-cookie": 'a=""; expires='},
            note="then the second of the answer as a date, and: ; Max-Age=0; Path=/; SameSite=lax",
        ),
        delete(
            "/cookies/options",
            prefix={"set-cookie": 'a=""; Domain=example.com; expires='},
            note="then the second of the answer as a date, and: "
            "; HttpOnly; Max-Age=0; Path=/cookies; SameSite=none; Secure",
        ),
    ],
    "changed status": [
        put("/get-or-create-task/foo"),
        put("/get-or-create-task/bar"),
        post("/accepted"),
        post("/accepted?code=207"),
        post("/accepted?code=404"),
        post("/accepted?code=x"),
    ],
    "status of the decorator": [
        post("/items/?name=Foo"),
        post("/items/"),
        delete("/items/5"),
        delete("/items/0"),
        delete("/items/x"),
        get("/nothing"),
    ],
    "status without a body": [post("/accepted?code=204", tier="quirk"), post("/accepted?code=304", tier="quirk")],
    "Response in dependencies": [
        *gets(
            "/depends/headers",
            "/depends/own",
            "/depends/status",
            "/depends/direct",
            "/depends/fails",
            "/depends/fails?q=x",
        )
    ],
    "kinds of bodies": [get(f"/bodies/{kind}", typed=True) for kind in BODIES],
    "bytes and nothing": [
        get("/bodies/bytes", typed=True, page=True),
        *gets("/bodies/empty", "/bodies/empty-status"),
    ],
    "redirects": [*gets("/redirects/typer", "/redirects/fastapi", "/redirects/pydantic"), post("/redirects/here")],
    "values": [get(f"/values/{kind}", typed=True) for kind in VALUES],
    "response models": gets(
        "/models/list",
        "/models/annotated",
        "/models/one",
        "/models/unset",
        "/models/mapping",
        "/models/none",
        "/models/none?direct=yes",
        "/models/status",
        "/models/past-the-model",
    ),
    "JSON lines": [
        *[get(f"/items/{name}", typed=True) for name in (*STREAMS, "stream-no-async-no-annotation")],
        *[
            get(f"/items/{name}", typed=True)
            for name in ("stream-values", "stream-filtered", "stream-filtered?limit=1")
        ],
        get("/items/stream-nothing"),
        get("/items/stream-filtered?limit=x"),
        post("/items/stream"),
    ],
    "JSON lines: exits and tasks come after": logged(get("/items/stream-logged")),
    "server-sent events": [
        *[get(f"/sse/items/{name}", typed=True) for name in STREAMS],
        get("/sse/updates", typed=True),
        get("/sse/logs/stream", typed=True),
        get("/sse/response", typed=True),
        get("/sse/nothing"),
    ],
    "server-sent events: resumed": [
        get("/sse/resumed"),
        get("/sse/resumed", headers={"last-event-id": "0"}),
        get("/sse/resumed", headers={"last-event-id": "1"}),
        get("/sse/resumed", headers={"last-event-id": "9"}),
        get("/sse/resumed", headers={"last-event-id": "x"}),
    ],
    "server-sent events: posted": [
        post("/sse/chat/stream", json={"text": "hello big world"}),
        post("/sse/chat/stream", json={"text": ""}),
        post("/sse/chat/stream", json={}),
        get("/sse/chat/stream"),
    ],
    "server-sent events: one by one": gets(*[f"/sse/events/{kind}" for kind in EVENTS]),
    "server-sent events: exits and tasks come after": logged(get("/sse/logged")),
    "tasks": [
        *logged(post("/send-notification/rick@example.com")),
        *logged(post("/send-notification/rick@example.com?q=x")),
        *logged(get("/tasks/blocking")),
        *logged(get("/tasks/only-dependency?q=x")),
        *logged(get("/tasks/only-dependency")),
        *logged(get("/tasks/stream")),
        *logged(get("/tasks/nested", tier="quirk")),
    ],
    "tasks beside an answer that is returned": [
        *logged(get("/tasks/response?q=x")),
        *logged(get("/tasks/own?q=x")),
    ],
    "tasks of a request that fails": [
        *logged(get("/tasks/fails")),
        *logged(get("/tasks/fails?q=x")),
        *logged(get("/tasks/fails?q=x&n=y")),
    ],
    "a task that fails": logged(get("/tasks/broken")),
}

GROUPS = {
    "answers": Group(
        "apps.answers:app",
        "The program is tests/record/apps/answers.py. "
        "GET /log?least=N and DELETE /log are a log, as in the group dependencies.",
        answers,
    )
}
