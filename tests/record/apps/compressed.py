"""`GZipMiddleware` before answers of every size and kind."""

from typing import Annotated

from fastapi import APIRouter, FastAPI, Header, HTTPException, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import PlainTextResponse, StreamingResponse

router = APIRouter()


@router.api_route("/text", methods=["GET", "HEAD"], response_class=PlainTextResponse)
async def read_text(size: int):
    return "x" * size


@router.get("/json")
async def read_json(size: int) -> str:
    return "x" * (size - 2)


@router.post("/json", status_code=201)
async def create_json(size: int) -> str:
    return "x" * (size - 2)


@router.get("/letters", response_class=PlainTextResponse)
async def read_letters(count: int):
    """Letters of two bytes each."""
    return "\u00fc" * count


@router.get("/missing")
async def read_missing(size: int):
    raise HTTPException(status_code=404, detail="x" * size)


app = FastAPI(title="compressed")
app.include_router(router)


@app.api_route("/tagged", methods=["GET", "HEAD"])
async def read_tagged(tag: str, if_none_match: Annotated[str | None, Header()] = None):
    headers = {"ETag": tag}
    if if_none_match == tag:
        return Response(status_code=304, headers=headers)
    return PlainTextResponse("x" * 2000, headers=headers)


@app.get("/cookie")
async def read_cookie():
    response = PlainTextResponse("x" * 2000)
    response.set_cookie("session", "abc")
    return response


@app.get("/varied")
async def read_varied(by: str):
    return PlainTextResponse("x" * 2000, headers={"Vary": by})


@app.api_route("/stream", methods=["GET", "HEAD"])
async def read_stream(pieces: int, size: int, kind: str = "text/plain"):
    async def parts():
        for _ in range(pieces):
            yield "x" * size

    return StreamingResponse(parts(), media_type=kind)


@app.get("/sized-stream")
async def read_sized_stream():
    """A stream that says itself how long it is."""

    async def parts():
        for _ in range(4):
            yield "x" * 500

    return StreamingResponse(parts(), media_type="text/plain", headers={"Content-Length": "2000"})


@app.get("/events")
async def read_events():
    async def parts():
        for _ in range(10):
            yield f"data: {'x' * 200}\n\n"

    return StreamingResponse(parts(), media_type="text/event-stream")


@app.get("/typed")
async def read_typed(kind: str):
    return Response(b"x" * 2000, media_type=kind)


@app.get("/untyped")
async def read_untyped():
    return Response(b"x" * 2000)


@app.get("/encoded")
async def read_encoded(by: str):
    return Response(b"x" * 2000, media_type="text/plain", headers={"Content-Encoding": by})


@app.get("/unchanged")
async def read_unchanged():
    return PlainTextResponse("x" * 2000, headers={"Cache-Control": "no-transform"})


@app.get("/partial")
async def read_partial():
    return PlainTextResponse("x" * 2000, status_code=206, headers={"Content-Range": "bytes 0-1999/4000"})


@app.get("/number")
async def read_number(n: int):
    return n


@app.delete("/text", status_code=204)
async def delete_text():
    pass


app.add_middleware(GZipMiddleware, minimum_size=1000)
