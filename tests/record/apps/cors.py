"""`CORSMiddleware`, set up in four ways."""

from fastapi.middleware.cors import CORSMiddleware

from .shop import shop

EXPOSED = "Location ETag Link X-Total-Count X-Request-Id Retry-After RateLimit RateLimit-Policy".split()

exact = shop("cors_exact")
exact.add_middleware(
    CORSMiddleware,
    allow_origins=["https://app.example"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
    max_age=600,
    expose_headers=EXPOSED,
)

anybody = shop("cors_any")
anybody.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])

pattern = shop("cors_pattern")
pattern.add_middleware(
    CORSMiddleware,
    allow_origin_regex=r"https://[a-z0-9-]+\.app\.example",
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)

named = shop("cors_named")
named.add_middleware(
    CORSMiddleware,
    allow_origins=["https://app.example", "https://admin.example:8443"],
    allow_methods=["GET", "POST"],
    allow_headers=["X-Token", "Authorization"],
    max_age=60,
)
