"""The chapter "Handling Errors": failures that functions raise, and handlers of one's own exceptions."""

from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException

app = FastAPI(title="errors")

items = {"foo": "The Foo Wrestlers"}


@app.get("/items/{item_id}")
async def read_item(item_id: str):
    if item_id not in items:
        raise HTTPException(status_code=404, detail="Item not found")
    return {"item": items[item_id]}


@app.get("/items-header/{item_id}")
async def read_item_header(item_id: str):
    if item_id not in items:
        raise HTTPException(
            status_code=404,
            detail="Item not found",
            headers={"X-Error": "There goes my error"},
        )
    return {"item": items[item_id]}


class UnicornException(Exception):
    def __init__(self, name: str):
        self.name = name


class ShyUnicornException(UnicornException):
    pass


@app.exception_handler(UnicornException)
async def unicorn_exception_handler(request: Request, exc: UnicornException):
    return JSONResponse(
        status_code=418,
        content={"message": f"Oops! {exc.name} did something. There goes a rainbow..."},
        headers={"X-Kind": type(exc).__name__},
    )


@app.get("/unicorns/{name}")
async def read_unicorn(name: str):
    if name == "yolo":
        raise UnicornException(name=name)
    if name == "shy":
        raise ShyUnicornException(name=name)
    return {"unicorn_name": name}


async def tame(x_unicorn: Annotated[str | None, Header()] = None):
    if x_unicorn:
        raise UnicornException(name=x_unicorn)


@app.get("/tamed/{number}", dependencies=[Depends(tame)])
async def read_tamed(number: int):
    return {"number": number}


DETAILS = {
    "text": "Words",
    "empty": "",
    "object": {"reason": "taken", "by": [1, 2]},
    "list": ["a", {"b": None}],
    "number": 5,
    "false": False,
}


@app.get("/details/{kind}")
async def read_details(kind: str):
    raise HTTPException(status_code=400, detail=DETAILS[kind])


@app.get("/statuses/{code}")
async def read_statuses(code: int):
    raise HTTPException(status_code=code)


@app.get("/statuses-starlette/{code}")
async def read_statuses_of_starlette(code: int):
    raise StarletteHTTPException(status_code=code, headers={"X-Error": "of Starlette"})


@app.get("/by-hand")
async def read_by_hand():
    raise RequestValidationError(
        [{"type": "value_error", "loc": ("query", "q"), "msg": "Found by hand", "input": "x", "ctx": {"n": 1}}]
    )


class Item(BaseModel):
    title: str
    size: int


@app.get("/answers/{kind}")
async def read_answers(kind: str) -> Item:
    if kind == "good":
        return {"title": "a", "size": "5"}
    return {"title": "a"}


@app.get("/broken")
async def read_broken():
    raise RuntimeError("not meant to happen")
