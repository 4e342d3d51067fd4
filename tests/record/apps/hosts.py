"""`TrustedHostMiddleware`, with a wildcard that covers the named host and with one that does not."""

from fastapi.middleware.trustedhost import TrustedHostMiddleware

from .shop import shop

wide = shop("hosts")
wide.add_middleware(TrustedHostMiddleware, allowed_hosts=["api.example", "*.example"], www_redirect=False)

narrow = shop("hosts_narrow")
narrow.add_middleware(
    TrustedHostMiddleware, allowed_hosts=["Api.Example", "*.shop.example", "[::1]"], www_redirect=False
)
