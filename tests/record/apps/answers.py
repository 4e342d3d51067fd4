"""What functions may answer: headers, cookies, statuses, kinds of bodies, streams, and tasks afterwards."""

from collections.abc import AsyncIterable, Iterable
from datetime import date, datetime, timezone
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, FastAPI, Header, HTTPException, Response, status
from fastapi.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    StreamingResponse,
)
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel
from starlette.background import BackgroundTask

from . import journal
from .journal import log

app = FastAPI(title="answers")
app.include_router(journal.router)


class Item(BaseModel):
    name: str
    description: str | None = None


class PricedItem(BaseModel):
    name: str
    price: float


# -------------------------------------------------- headers, cookies, statuses


@app.get("/headers-and-object/")
def get_headers(response: Response):
    response.headers["X-Cat-Dog"] = "alone in the world"
    return {"message": "Hello World"}


@app.get("/headers/")
def get_headers_directly():
    content = {"message": "Hello World"}
    headers = {"X-Cat-Dog": "alone in the world", "Content-Language": "en-US"}
    return JSONResponse(content=content, headers=headers)


@app.get("/headers/several")
def get_headers_several(response: Response):
    response.headers["X-One"] = "first"
    response.headers["x-one"] = "second"
    response.headers.append("X-Two", "first")
    response.headers.append("X-Two", "second")
    return None


@app.get("/headers/content-type")
def get_headers_content_type(response: Response):
    response.headers["X-Kind"] = "json"
    response.headers["Cache-Control"] = "max-age=60"
    return {"kind": "json"}


@app.post("/cookie-and-object/")
def create_cookie(response: Response):
    response.set_cookie(key="fakesession", value="fake-cookie-session-value")
    return {"message": "Come to the dark side, we have cookies"}


@app.post("/cookie/")
def create_cookie_directly():
    content = {"message": "Come to the dark side, we have cookies"}
    response = JSONResponse(content=content)
    response.set_cookie(key="fakesession", value="fake-cookie-session-value")
    return response


@app.post("/cookies/options")
def create_cookie_with_options(response: Response):
    response.set_cookie(
        key="whole",
        value='a value, with = and "quotes"',
        max_age=3600,
        expires=datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
        path="/cookies",
        domain="example.com",
        secure=True,
        httponly=True,
        samesite="strict",
    )
    return None


@app.post("/cookies/{kind}")
def create_cookie_of_kind(kind: str, response: Response):
    if kind == "lax":
        response.set_cookie("a", "1", samesite="lax")
    if kind == "none":
        response.set_cookie("a", "1", samesite="none", secure=True)
    if kind == "unsaid":
        response.set_cookie("a", "1", samesite=None, path=None)
    if kind == "empty":
        response.set_cookie("a")
    if kind == "age":
        response.set_cookie("a", "1", max_age=0)
    if kind == "several":
        response.set_cookie("a", "1")
        response.set_cookie("b", "2", httponly=True)
        response.set_cookie("a", "3")
    return None


@app.delete("/cookies/{kind}")
def delete_cookie(kind: str, response: Response):
    if kind == "plain":
        response.delete_cookie("a")
    if kind == "options":
        response.delete_cookie(
            "a", path="/cookies", domain="example.com", secure=True, httponly=True, samesite="none"
        )
    return None


tasks = {"foo": "Listen to the Bar Fighters"}


@app.put("/get-or-create-task/{task_id}", status_code=200)
def get_or_create_task(task_id: str, response: Response):
    if task_id not in tasks:
        response.status_code = status.HTTP_201_CREATED
        return "This didn't exist before"
    return tasks[task_id]


@app.post("/items/", status_code=201)
async def create_item(name: str):
    return {"name": name}


@app.post("/accepted", status_code=202)
async def create_accepted(response: Response, code: int = 0):
    if code:
        response.status_code = code
    return {"code": code}


@app.delete("/items/{item_id}", status_code=204)
async def delete_item(item_id: int):
    if item_id == 0:
        raise HTTPException(status_code=404, detail="Item not found", headers={"X-Error": "nothing there"})


@app.get("/nothing")
async def read_nothing() -> None:
    return None


# --------------------------------------------------- Response in dependencies


def outer_header(response: Response):
    response.headers["X-Outer"] = "outer"
    response.headers["X-Shared"] = "outer"
    response.set_cookie("outer", "1")
    response.status_code = 202
    return response


def inner_header(response: Response, outer: Annotated[Response, Depends(outer_header)]):
    response.headers["X-Inner"] = "inner"
    response.headers["X-Shared"] = "inner"
    response.set_cookie("inner", "2")
    return response is outer


Inner = Annotated[bool, Depends(inner_header)]


@app.get("/depends/headers")
def depends_headers(same: Inner):
    return {"same": same}


@app.get("/depends/own", status_code=201)
def depends_own(same: Inner, response: Response):
    response.headers["X-Shared"] = "operation"
    response.set_cookie("own", "3")
    return {"same": same}


@app.get("/depends/status")
def depends_status(same: Inner, response: Response):
    response.status_code = 203
    return {"same": same}


@app.get("/depends/direct")
def depends_direct(same: Inner):
    return JSONResponse({"same": same}, headers={"X-Own": "own"})


@app.get("/depends/fails")
def depends_fails(same: Inner, q: int = 0):
    raise HTTPException(status_code=409, detail="Conflict", headers={"X-Own": "own"})


# ------------------------------------------------------------ kinds of bodies


@app.get("/bodies/json")
def body_json():
    return JSONResponse({"a": [1, 2.5, None], "text": "Füße"}, status_code=203)


@app.get("/bodies/text")
def body_text():
    return PlainTextResponse("Füße\n")


@app.get("/bodies/text-class", response_class=PlainTextResponse)
def body_text_class():
    return "Hello World"


@app.get("/bodies/html", response_class=HTMLResponse)
def body_html():
    return "<h1>Füße</h1>"


@app.get("/bodies/html-directly")
def body_html_directly():
    return HTMLResponse("<h1>Hi</h1>", status_code=201)


@app.get("/bodies/xml")
def body_xml():
    return Response(content='<?xml version="1.0"?><a>b</a>', media_type="application/xml")


@app.get("/bodies/bytes")
def body_bytes():
    return Response(content=b"\x00\x01", media_type="application/octet-stream", headers={"X-Length": "2"})


@app.get("/bodies/empty")
def body_empty():
    return Response()


@app.get("/bodies/empty-status")
def body_empty_status():
    return Response(status_code=status.HTTP_202_ACCEPTED)


@app.get("/bodies/stream")
def body_stream():
    async def pieces():
        for number in range(3):
            yield f"piece {number}\n"

    return StreamingResponse(pieces(), media_type="text/plain", headers={"X-Pieces": "3"})


@app.get("/redirects/typer")
async def redirect_typer():
    return RedirectResponse("https://example.com/typer")


@app.get("/redirects/fastapi", response_class=RedirectResponse)
async def redirect_fastapi():
    return "https://example.com/fastapi?a=b c"


@app.get("/redirects/pydantic", response_class=RedirectResponse, status_code=302)
async def redirect_pydantic():
    return "https://example.com/pydantic"


@app.post("/redirects/here")
async def redirect_here():
    return RedirectResponse("/bodies/text", status_code=303, headers={"X-Why": "see other"})


@app.get("/values/{kind}")
def read_value(kind: str) -> Any:
    return {
        "text": "text",
        "number": 5,
        "float": 2.0,
        "true": True,
        "null": None,
        "list": [1, "two", None],
        "date": date(2030, 1, 2),
        "bytes": b"text",
        "set": {"only"},
        "model": Item(name="a"),
    }[kind]


# ------------------------------------------------------------ response models


class ItemOut(BaseModel):
    name: str
    tags: list[str] = []


stored = [
    {"name": "Portal Gun", "price": 42.0, "secret": "x"},
    {"name": "Plumbus", "tags": ["a"], "secret": "y"},
]


@app.get("/models/list", response_model=list[ItemOut])
async def read_list() -> Any:
    return stored


@app.get("/models/annotated")
async def read_annotated() -> list[ItemOut]:
    return stored


@app.get("/models/one", response_model=ItemOut)
async def read_one() -> Any:
    return stored[0]


@app.get("/models/unset", response_model=list[ItemOut], response_model_exclude_unset=True)
async def read_unset():
    return stored


@app.get("/models/mapping")
async def read_mapping() -> dict[str, float]:
    return {"a": 1, "b": "2.5"}


@app.get("/models/none", response_model=None)
async def read_none(direct: bool = False) -> Response | dict:
    if direct:
        return PlainTextResponse("direct")
    return {"direct": False}


@app.get("/models/status", response_model=ItemOut, status_code=201)
async def read_status(response: Response) -> Any:
    response.headers["X-Own"] = "own"
    response.status_code = 202
    return stored[1]


@app.get("/models/past-the-model", response_model=ItemOut)
async def read_past_the_model():
    return JSONResponse({"anything": "else"})


# ----------------------------------------------------------------- JSON lines

items = [
    Item(name="Plumbus", description="It does it all."),
    Item(name="Portal Gun", description='It opens doors:\nin "walls".'),
    Item(name="Füße"),
]


@app.get("/items/stream")
async def stream_items() -> AsyncIterable[Item]:
    for item in items:
        yield item


@app.get("/items/stream-no-async")
def stream_items_no_async() -> Iterable[Item]:
    yield from items


@app.get("/items/stream-no-annotation")
async def stream_items_no_annotation():
    for item in items:
        yield item


@app.get("/items/stream-no-async-no-annotation")
def stream_items_no_async_no_annotation():
    yield from items


@app.get("/items/stream-filtered", status_code=203)
async def stream_items_filtered(response: Response, limit: int = 3) -> AsyncIterable[ItemOut]:
    response.headers["X-Limit"] = str(limit)
    for item in stored[:limit]:
        yield item


@app.get("/items/stream-values")
async def stream_values() -> AsyncIterable[Any]:
    for value in (1, "two", None, [3.0], {"four": True}, "Füße"):
        yield value


@app.get("/items/stream-nothing")
async def stream_nothing() -> AsyncIterable[Item]:
    for item in items[:0]:
        yield item


async def lasting():
    log("enter")
    yield "lasting"
    log("exit")


@app.get("/items/stream-logged")
async def stream_logged(value: Annotated[str, Depends(lasting)], tasks: BackgroundTasks) -> AsyncIterable[int]:
    tasks.add_task(write_log, "task")
    for number in (1, 2):
        log(f"yields {number}")
        yield number


# --------------------------------------------------------- server-sent events

priced = [
    PricedItem(name="Plumbus", price=32.99),
    PricedItem(name="Portal Gun", price=999.99),
    PricedItem(name="Meeseeks Box", price=49.99),
]


@app.get("/sse/items/stream", response_class=EventSourceResponse)
async def sse_items() -> AsyncIterable[Item]:
    for item in items:
        yield item


@app.get("/sse/items/stream-no-async", response_class=EventSourceResponse)
def sse_items_no_async() -> Iterable[Item]:
    yield from items


@app.get("/sse/items/stream-no-annotation", response_class=EventSourceResponse)
async def sse_items_no_annotation():
    for item in items:
        yield item


@app.get("/sse/updates", response_class=EventSourceResponse)
async def sse_updates() -> AsyncIterable[ServerSentEvent]:
    yield ServerSentEvent(comment="stream of item updates")
    for number, item in enumerate(priced):
        yield ServerSentEvent(data=item, event="item_update", id=str(number + 1), retry=5000)


@app.get("/sse/logs/stream", response_class=EventSourceResponse)
async def sse_logs() -> AsyncIterable[ServerSentEvent]:
    for line in ("INFO  started", "DEBUG connected", "two\nlines"):
        yield ServerSentEvent(raw_data=line)


@app.get("/sse/resumed", response_class=EventSourceResponse)
async def sse_resumed(
    last_event_id: Annotated[int | None, Header()] = None,
) -> AsyncIterable[ServerSentEvent]:
    start = last_event_id + 1 if last_event_id is not None else 0
    for number, item in enumerate(priced):
        if number < start:
            continue
        yield ServerSentEvent(data=item, id=str(number))


class Prompt(BaseModel):
    text: str


@app.post("/sse/chat/stream", response_class=EventSourceResponse)
async def sse_chat(prompt: Prompt) -> AsyncIterable[ServerSentEvent]:
    for word in prompt.text.split():
        yield ServerSentEvent(data=word, event="token")
    yield ServerSentEvent(raw_data="[DONE]", event="done")


EVENTS = {
    "text": ServerSentEvent(data="hello"),
    "lines": ServerSentEvent(data="one\ntwo"),
    "unicode": ServerSentEvent(data="Füße"),
    "number": ServerSentEvent(data=5),
    "float": ServerSentEvent(data=2.0),
    "false": ServerSentEvent(data=False),
    "null": ServerSentEvent(data=None),
    "list": ServerSentEvent(data=[1, None, {"a": "b"}]),
    "object": ServerSentEvent(data={"b": 1, "a": 2}),
    "model": ServerSentEvent(data=Item(name="Füße")),
    "raw": ServerSentEvent(raw_data="a: b"),
    "raw-empty": ServerSentEvent(raw_data=""),
    "raw-lines": ServerSentEvent(raw_data="one\r\ntwo\rthree\n\nfive\n"),
    "raw-unicode": ServerSentEvent(raw_data="Füße"),
    "event": ServerSentEvent(event="ping"),
    "event-empty": ServerSentEvent(data=1, event=""),
    "id": ServerSentEvent(id="7"),
    "id-empty": ServerSentEvent(data=1, id=""),
    "retry": ServerSentEvent(retry=0),
    "comment": ServerSentEvent(comment="one\ntwo"),
    "comment-empty": ServerSentEvent(comment=""),
    "all": ServerSentEvent(data=1, event="e", id="i", retry=10, comment="c"),
    "nothing": ServerSentEvent(),
    "plain": {"a": "Füße"},
}


@app.get("/sse/events/{kind}", response_class=EventSourceResponse)
async def sse_events(kind: str):
    yield EVENTS[kind]


@app.get("/sse/nothing", response_class=EventSourceResponse)
async def sse_nothing() -> AsyncIterable[Item]:
    for item in items[:0]:
        yield item


@app.get("/sse/response", response_class=EventSourceResponse, status_code=203)
async def sse_response(response: Response) -> AsyncIterable[Item]:
    response.headers["X-Own"] = "own"
    yield items[0]


@app.get("/sse/logged", response_class=EventSourceResponse)
async def sse_logged(value: Annotated[str, Depends(lasting)], tasks: BackgroundTasks) -> AsyncIterable[int]:
    tasks.add_task(write_log, "task")
    for number in (1, 2):
        yield number
    log("all yielded")


# ---------------------------------------------------------------------- tasks


async def write_log(message: str):
    log(message)


def write_log_blocking(message: str, times: int = 1):
    for _ in range(times):
        log(message)


def get_query(background_tasks: BackgroundTasks, q: str | None = None):
    if q:
        background_tasks.add_task(write_log, f"found query: {q}")
    return q


@app.post("/send-notification/{email}")
async def send_notification(
    email: str, background_tasks: BackgroundTasks, q: Annotated[str | None, Depends(get_query)]
):
    log("send_notification")
    background_tasks.add_task(write_log, f"message to {email}")
    return {"message": "Message sent"}


@app.get("/tasks/blocking")
def tasks_blocking(background_tasks: BackgroundTasks):
    background_tasks.add_task(write_log_blocking, "blocking", times=2)
    background_tasks.add_task(write_log, "asynchronous")
    return "sent"


@app.get("/tasks/only-dependency")
async def tasks_only_dependency(q: Annotated[str | None, Depends(get_query)]):
    return {"q": q}


@app.get("/tasks/response")
async def tasks_response(background_tasks: BackgroundTasks, q: Annotated[str | None, Depends(get_query)]):
    background_tasks.add_task(write_log, "of the operation")
    return PlainTextResponse("directly")


@app.get("/tasks/own")
async def tasks_own(background_tasks: BackgroundTasks, q: Annotated[str | None, Depends(get_query)]):
    background_tasks.add_task(write_log, "of the operation")
    return PlainTextResponse("directly", background=BackgroundTask(write_log, "of the response"))


@app.get("/tasks/fails")
async def tasks_fails(background_tasks: BackgroundTasks, q: Annotated[str | None, Depends(get_query)], n: int = 0):
    background_tasks.add_task(write_log, "of the operation")
    raise HTTPException(status_code=409, detail="Conflict")


async def broken():
    log("broken")
    raise RuntimeError("not meant to happen")


@app.get("/tasks/broken")
async def tasks_broken(background_tasks: BackgroundTasks):
    background_tasks.add_task(write_log, "before")
    background_tasks.add_task(broken)
    background_tasks.add_task(write_log, "after")
    return "sent"


@app.get("/tasks/stream")
async def tasks_stream(background_tasks: BackgroundTasks):
    async def pieces():
        for number in (1, 2):
            log(f"piece {number}")
            yield f"{number}"

    background_tasks.add_task(write_log, "task")
    return StreamingResponse(pieces(), media_type="text/plain")


@app.get("/tasks/nested")
async def tasks_nested(background_tasks: BackgroundTasks):
    async def adds_another():
        log("first")
        background_tasks.add_task(write_log, "added by the first")

    background_tasks.add_task(adds_another)
    background_tasks.add_task(write_log, "second")
    return "sent"
