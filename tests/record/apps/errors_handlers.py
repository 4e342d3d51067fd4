"""The chapter's handlers that answer plain text, for what the framework raises and for bad input."""

from fastapi import Depends, FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException

app = FastAPI(title="errors_handlers")


@app.exception_handler(StarletteHTTPException)
async def http_exception_handler(request, exc):
    headers = {"X-Heard": type(exc).__module__.split(".")[0]}
    return PlainTextResponse(str(exc.detail), status_code=exc.status_code, headers=headers)


@app.exception_handler(RequestValidationError)
async def validation_exception_handler(request, exc: RequestValidationError):
    message = "Validation errors:"
    for error in exc.errors():
        place = ".".join(str(part) for part in error["loc"])
        message += f"\nField: {place}, Error: {error['msg']}"
    return PlainTextResponse(message, status_code=400)


@app.get("/items/{item_id}")
async def read_item(item_id: int):
    if item_id == 3:
        raise HTTPException(status_code=418, detail="Nope! I don't like 3.")
    if item_id == 4:
        raise HTTPException(status_code=422, detail="Nope! I don't like 4.")
    return {"item_id": item_id}


async def refuse(refused: int = 0):
    if refused:
        raise HTTPException(status_code=refused, detail="Refused", headers={"X-Reason": "asked to"})


@app.get("/depends/{item_id}", dependencies=[Depends(refuse)])
async def read_depends(item_id: int):
    return {"item_id": item_id}


@app.get("/secret", dependencies=[Depends(HTTPBearer())])
async def read_secret(q: int = 0):
    return "secret"


class Item(BaseModel):
    title: str
    size: int


@app.post("/items/")
async def create_item(item: Item, q: int = 0):
    return item
