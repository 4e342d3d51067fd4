"""What each app is asked: requests only, since the answers are the app's own."""

from . import answers, compressed, cors, dependencies, documented, edge, errors, hosts, routers, security

GROUPS = {}
for module in (dependencies, security, routers, errors, answers, documented, cors, hosts, compressed, edge):
    GROUPS |= module.GROUPS
