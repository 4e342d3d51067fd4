"""Dependencies of the whole application, beside those of operations."""

from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException

from . import journal
from .journal import log


async def verify_token(x_token: Annotated[str, Header()]):
    log("verify_token")
    if x_token != "fake-super-secret-token":
        raise HTTPException(status_code=400, detail="X-Token header invalid")


async def verify_key(x_key: Annotated[str, Header()]):
    log("verify_key")
    if x_key != "fake-super-secret-key":
        raise HTTPException(status_code=400, detail="X-Key header invalid")
    return x_key


async def page(skip: int = 0):
    log("page")
    return skip


app = FastAPI(title="dependencies_global", dependencies=[Depends(verify_token), Depends(verify_key)])
# The log has no guard: its routes are not declared by the application.
app.router.routes.extend(journal.router.routes)


@app.get("/items/")
async def read_items():
    log("read_items")
    return [{"item": "Portal Gun"}, {"item": "Plumbus"}]


@app.get("/users/")
async def read_users():
    log("read_users")
    return [{"username": "Rick"}, {"username": "Morty"}]


@app.get("/pages/{number}", dependencies=[Depends(page)])
async def read_page(number: int, x_key: Annotated[str, Depends(verify_key)]):
    log("read_page")
    return {"number": number, "key": x_key}
