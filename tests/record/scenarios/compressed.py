"""The group on compression."""

from asks import delete, get, head, post

from .cors import group

GZIP = {"accept-encoding": "gzip"}
ACCEPTED = [
    None,
    "gzip",
    "gzip, deflate, br",
    "br, gzip",
    "br;q=1.0, gzip;q=0.8, *;q=0.1",
    "identity",
    "br",
    "deflate",
    "zstd",
    "",
]
# Which are judged by whether the letters "gzip" are in them.
MISJUDGED = [
    "gzip;q=0",
    "gzip; q=0.0",
    "gzip;q=0, identity",
    "identity, gzip;q=0.5",
    "GZIP",
    "Gzip",
    "*",
    "*;q=0",
    "x-gzip",
    "gzipped",
    "identity;q=0",
]
EXCLUDED = (
    "application/grpc application/grpc%2Bproto application/gzip application/x-gzip application/zip audio/mpeg "
    "font/woff font/woff2 image/avif image/gif image/jpeg image/png image/webp text/event-stream video/mp4 "
    "IMAGE/PNG image/png;a=b"
).split()
INCLUDED = (
    "application/json application/octet-stream application/pdf application/problem%2Bjson application/javascript "
    "application/wasm application/x-7z-compressed application/zstd font/ttf font/otf image/svg%2Bxml image/bmp "
    "image/heic text/css text/html text/csv text/xml"
).split()


def accepted(path, value, make=get, sized=True, **more):
    headers = {} if value is None else {"accept-encoding": value}
    return make(path, headers=headers, page=True, sized=sized, **more)


def zipped(*paths, make=get, **more):
    """Each path once for a client that takes gzip, and once for one that does not."""
    return [accepted(path, value, make, **more) for path in paths for value in ("gzip", None)]


compressed = {
    "sizes": zipped(
        *[f"/text?size={size}" for size in (0, 1, 999, 1000, 1001, 2000)],
        *[f"/json?size={size}" for size in (2, 999, 1000, 2000)],
        "/text?size=200000",
    ),
    "sizes are of bytes, not of letters": zipped("/letters?count=499", "/letters?count=500"),
    "accepted encodings": [accepted("/text?size=2000", value) for value in ACCEPTED],
    "accepted encodings that are misjudged": [
        accepted("/text?size=2000", value, tier="quirk") for value in MISJUDGED
    ],
    "accepted encodings of a short answer": [accepted("/text?size=10", value) for value in ("gzip", "br, gzip")],
    "accepted encodings in two lines": [
        get(
            "/text?size=2000",
            headers=[("accept-encoding", one), ("accept-encoding", other)],
            page=True,
            sized=True,
            tier="quirk",
            note="the first counts",
        )
        for one, other in [("br", "gzip"), ("gzip", "br")]
    ],
    "tags": [
        *zipped("/tagged?tag=%22one%22", "/tagged?tag=W/%22one%22"),
        *[
            get(
                f"/tagged?tag={asked}",
                headers=GZIP | {"if-none-match": tag},
                page=True,
                sized=True,
                note="the program compares the tag that it has set",
            )
            for asked, tag in [("%22one%22", '"one"'), ("W/%22one%22", 'W/"one"'), ("%22one%22", '"one-gzip"')]
        ],
    ],
    "cookies": zipped("/cookie"),
    "what varies already": zipped(
        "/varied?by=Accept-Language", "/varied?by=Accept-Encoding", "/varied?by=accept-encoding", "/varied?by=*"
    ),
    "HEAD": zipped(
        "/text?size=10",
        "/text?size=999",
        "/text?size=1000",
        "/text?size=2000",
        "/tagged?tag=%22one%22",
        "/stream?pieces=4&size=500",
        make=head,
    ),
    "HEAD where there is only GET": zipped("/json?size=2000", make=head, tier="quirk"),
    "POST": zipped("/json?size=999", "/json?size=1000", make=post),
    "streams": zipped(
        "/stream?pieces=4&size=500",
        "/stream?pieces=1&size=10",
        "/stream?pieces=3&size=1",
        "/stream?pieces=1&size=2000",
        "/stream?pieces=0&size=0",
        "/stream?pieces=2&size=0",
        "/stream?pieces=4&size=500&kind=application/jsonl",
        "/stream?pieces=4&size=500&kind=image/png",
        "/sized-stream",
    ),
    "server-sent events": zipped("/events"),
    "kinds that are left as they are": [accepted(f"/typed?kind={kind}", "gzip") for kind in EXCLUDED],
    "kinds that are compressed": [accepted(f"/typed?kind={kind}", "gzip") for kind in INCLUDED],
    "no kind": zipped("/untyped"),
    "what is encoded already": zipped("/encoded?by=br", "/encoded?by=identity", "/encoded?by=gzip"),
    "what should not be changed": zipped("/unchanged"),
    "a part of it": zipped("/partial"),
    "failures": [
        *zipped("/missing?size=10", "/missing?size=2000", f"/number?n={'x' * 1200}", "/number?n=x"),
        *zipped("/elsewhere"),
        *zipped("/cookie", make=post),
        *zipped("/text", make=delete),
    ],
    "redirects": zipped("/text/?size=2000"),
    "documents": zipped("/openapi.json", "/docs", sized=False),
}

GROUPS = {
    "compressed": group(
        "compressed:app",
        "The program is tests/record/apps/compressed.py. What is compressed is not compared.",
        compressed,
        ("content-encoding", "vary", "etag"),
    )
}
