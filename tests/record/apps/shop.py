"""The operations that the apps of the edge have in common; none of them keeps anything."""

from fastapi import APIRouter, FastAPI, HTTPException, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

router = APIRouter()

NAMES = {1: "apple", 2: "pear"}


class NewItem(BaseModel):
    name: str


class Item(BaseModel):
    id: int
    name: str


def found(id: int) -> str:
    if id not in NAMES:
        raise HTTPException(status_code=404, detail="Item not found")
    return NAMES[id]


@router.get("/items")
async def read_items() -> list[Item]:
    return [Item(id=id, name=name) for id, name in NAMES.items()]


@router.post("/items", status_code=201)
async def create_item(item: NewItem) -> Item:
    return Item(id=3, name=item.name)


@router.get("/items/{id}")
async def read_item(id: int) -> Item:
    return Item(id=id, name=found(id))


@router.put("/items/{id}")
async def replace_item(id: int, item: NewItem) -> Item:
    found(id)
    return Item(id=id, name=item.name)


@router.patch("/items/{id}")
async def change_item(id: int, item: NewItem) -> Item:
    found(id)
    return Item(id=id, name=item.name)


@router.delete("/items/{id}", status_code=204)
async def delete_item(id: int):
    found(id)


@router.get("/plain", response_class=PlainTextResponse)
async def read_plain():
    return "plain text"


@router.get("/fail")
async def read_fail():
    raise RuntimeError("not meant to happen")


@router.get("/varied")
async def read_varied(response: Response, by: str = "Accept-Language"):
    response.headers["Vary"] = by
    return "varied"


@router.get("/own")
async def read_own(response: Response):
    """Says by itself what the middleware is there to say."""
    response.headers["Access-Control-Allow-Origin"] = "https://own.example"
    response.headers["Access-Control-Expose-Headers"] = "X-Own"
    return "own"


@router.options("/options", response_class=PlainTextResponse)
async def ask_options():
    return "the program's own"


def shop(title: str, **more) -> FastAPI:
    app = FastAPI(title=title, **more)
    app.include_router(router)
    return app
