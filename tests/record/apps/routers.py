"""Routers in routers: what their levels add up to, and what an application says of itself."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from . import journal
from .journal import log


class Problem(BaseModel):
    code: int
    reason: str | None = None


class Item(BaseModel):
    name: str


def called(name: str, value: int) -> int:
    """Logs a level's name. Each has a query of that name, whose issues tell it from others."""
    log(name)
    if value == 409:
        raise HTTPException(status_code=409, detail=f"Refused by {name}")
    return value


async def of_app(of_app: int = 0):
    return called("of_app", of_app)


async def of_include_outer(of_include_outer: int = 0):
    return called("of_include_outer", of_include_outer)


async def of_outer(of_outer: int = 0):
    return called("of_outer", of_outer)


async def of_include_inner(of_include_inner: int = 0):
    return called("of_include_inner", of_include_inner)


async def of_inner(of_inner: int = 0):
    return called("of_inner", of_inner)


async def of_operation(of_operation: int = 0):
    return called("of_operation", of_operation)


async def of_argument(of_argument: int = 0):
    return called("of_argument", of_argument)


app = FastAPI(
    title="routers",
    summary="Routers in routers.",
    description="What the levels of **routers** add up to.",
    version="2.5.0",
    terms_of_service="https://example.com/terms",
    contact={"name": "Rick", "url": "https://example.com/rick", "email": "rick@example.com"},
    license_info={"name": "Apache 2.0", "identifier": "Apache-2.0"},
    servers=[
        {"url": "/", "description": "Here"},
        {"url": "https://{region}.example.com", "variables": {"region": {"default": "eu", "enum": ["eu", "us"]}}},
    ],
    openapi_tags=[
        {"name": "inner", "description": "The inner router."},
        {
            "name": "outer",
            "description": "The outer router.",
            "externalDocs": {"description": "More of it", "url": "https://example.com/outer"},
        },
        {"name": "unused"},
    ],
    openapi_external_docs={"description": "All of it", "url": "https://example.com/docs"},
    dependencies=[Depends(of_app)],
    responses={404: {"description": "Not found by the app"}, 500: {"description": "Failure of the app"}},
)
app.router.routes.extend(journal.router.routes)

inner = APIRouter(
    prefix="/inner/{inner_id}",
    tags=["inner", "both"],
    dependencies=[Depends(of_inner)],
    responses={
        404: {"description": "Not found by inner"},
        410: {"description": "Gone by inner"},
        418: {"description": "Teapot of inner"},
    },
)


@inner.get("/")
async def read_inner(outer_id: int, inner_id: int):
    log("read_inner")
    return {"outer_id": outer_id, "inner_id": inner_id}


@inner.get(
    "/items/{item_id}",
    tags=["operation", "outer"],
    dependencies=[Depends(of_operation)],
    responses={
        418: {"description": "Teapot of the operation", "model": Problem},
        409: {"model": Problem},
        "4XX": {"description": "Any other problem", "model": Problem},
        "default": {"description": "Whatever else"},
    },
)
async def read_inner_item(
    item_id: int,
    inner_id: int,
    outer_id: int,
    argument: Annotated[int, Depends(of_argument)],
    q: int = 0,
):
    log("read_inner_item")
    return {"outer_id": outer_id, "inner_id": inner_id, "item_id": item_id, "argument": argument, "q": q}


@inner.get("/unread")
async def read_unread():
    return "the ids of the path are not asked for"


@inner.get("")
async def read_bare(outer_id: str, inner_id: str):
    return {"bare": [outer_id, inner_id]}


outer = APIRouter(
    prefix="/outer/{outer_id}",
    tags=["outer"],
    dependencies=[Depends(of_outer)],
    responses={404: {"description": "Not found by outer"}, 410: {"description": "Gone by outer"}},
)


@outer.get("/")
async def read_outer(outer_id: int):
    log("read_outer")
    return {"outer_id": outer_id}


outer.include_router(
    inner,
    prefix="/between",
    tags=["include inner"],
    dependencies=[Depends(of_include_inner)],
    responses={
        410: {"description": "Gone by the include of inner"},
        418: {"description": "Teapot of the include"},
    },
)
app.include_router(
    outer,
    prefix="/v1",
    tags=["include outer"],
    dependencies=[Depends(of_include_outer)],
    responses={
        410: {"description": "Gone by the include of outer"},
        451: {"description": "Withheld by the include"},
    },
)

shared = APIRouter(prefix="/shared", tags=["shared"])


@shared.get("/{name}")
async def read_shared(name: str):
    return {"name": name}


@shared.get("/", response_model=list[Item])
async def read_all_shared():
    return [{"name": "a", "more": 1}]


app.include_router(shared)
app.include_router(shared, prefix="/again", tags=["again"])

old = APIRouter(prefix="/old", deprecated=True)


@old.get("/one")
async def read_old_one():
    return "one"


@old.get("/two", deprecated=False)
async def read_old_two():
    return "two"


app.include_router(old)

current = APIRouter(prefix="/current")


@current.get("/one")
async def read_current_one():
    return "one"


@current.get("/two", deprecated=True)
async def read_current_two():
    return "two"


app.include_router(current)
app.include_router(current, prefix="/deprecated", deprecated=True)

hidden = APIRouter(prefix="/hidden", include_in_schema=False)


@hidden.get("/one")
async def read_hidden_one():
    return "one"


@hidden.get("/two", include_in_schema=True)
async def read_hidden_two():
    return "two"


app.include_router(hidden)

partly = APIRouter(prefix="/partly")


@partly.get("/shown")
async def read_partly_shown():
    return "shown"


@partly.get("/hidden", include_in_schema=False)
async def read_partly_hidden():
    return "hidden"


app.include_router(partly)
app.include_router(partly, prefix="/unseen", include_in_schema=False)

plain = APIRouter(prefix="/plain", default_response_class=PlainTextResponse)


@plain.get("/text")
async def read_plain_text():
    return "text"


app.include_router(plain)

order = APIRouter(prefix="/order")


@order.get("/{name}")
async def read_order_name(name: str):
    return {"name": name}


@order.get("/fixed")
async def read_order_fixed():
    return {"fixed": True}


app.include_router(order)

first = APIRouter()
second = APIRouter()


@first.get("/methods", tags=["first"])
async def read_methods():
    return "first"


@second.post("/methods", status_code=201)
async def create_methods():
    return "second"


@second.get("/methods")
async def read_methods_again():
    return "never"


app.include_router(first)
app.include_router(second)


@app.get(
    "/described",
    summary="A summary of its own",
    response_description="What it answers",
    operation_id="itsOwnId",
    tags=["described"],
)
async def read_described():
    """What it does.

    * A list
    """
    return "described"


@app.get("/described-otherwise", description="Not the comment.")
async def read_described_otherwise():
    """The comment."""
    return "described"
