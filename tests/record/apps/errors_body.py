"""The chapter's handler that answers issues with the body, and handlers of other scopes."""

from fastapi import FastAPI, HTTPException, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

app = FastAPI(title="errors_body")


@app.exception_handler(RequestValidationError)
async def validation_exception_handler(request: Request, exc: RequestValidationError):
    return JSONResponse(
        status_code=422,
        content=jsonable_encoder({"detail": exc.errors(), "body": exc.body}),
    )


@app.exception_handler(HTTPException)
async def fastapi_http_exception_handler(request: Request, exc: HTTPException):
    """Hears FastAPI's own exception only, and lets the usual handler answer."""
    answer = await http_exception_handler(request, exc)
    answer.headers["X-Heard"] = request.url.path
    return answer


@app.exception_handler(410)
async def gone_handler(request: Request, exc: HTTPException):
    """Hears a status, whoever raises it."""
    return JSONResponse({"gone": exc.detail}, status_code=404)


@app.exception_handler(Exception)
async def any_exception_handler(request: Request, exc: Exception):
    return JSONResponse({"failure": type(exc).__name__}, status_code=500)


class Item(BaseModel):
    title: str
    size: int


@app.post("/items/")
async def create_item(item: Item):
    return item


@app.post("/several/{number}")
async def create_several(number: int, item: Item, other: Item):
    return [number, item, other]


@app.get("/items/{item_id}")
async def read_item(item_id: int):
    if item_id == 3:
        raise HTTPException(status_code=418, detail="Nope! I don't like 3.")
    if item_id == 10:
        raise HTTPException(status_code=410, detail="It was there once")
    if item_id == 5:
        raise RuntimeError("not meant to happen")
    return {"item_id": item_id}
