"""What each app is asked: requests only, since the answers are the app's own."""

from . import answers, dependencies, errors, routers, security

GROUPS = dependencies.GROUPS | security.GROUPS | routers.GROUPS | errors.GROUPS | answers.GROUPS
