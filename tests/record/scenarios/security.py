"""The groups on security: the tutorial's chapters, and each scheme well and badly used."""

from base64 import b64encode

import jwt
from apps.accounts import SECRET_KEY
from asks import Group, documents, get, logged, post

FAR = 4102444800  # the year 2100
PAST = 946684800  # the year 2000


def authorized(path, *values, **more):
    """One GET for each value of Authorization; None is no header, a list several."""
    steps = []
    for value in values:
        several = value if isinstance(value, list) else [value]
        steps.append(get(path, headers=[("authorization", one) for one in several if one is not None], **more))
    return steps


def signed(payload, key=SECRET_KEY, algorithm="HS256"):
    return jwt.encode(payload, key, algorithm=algorithm)


def pair(text):
    return b64encode(text.encode()).decode()


# How a token may be sent. What is not ASCII comes back as Latin-1, which Starlette takes headers for.
TOKENS = [
    None,
    "Bearer testtoken",
    "bearer testtoken",
    "BEARER testtoken",
    "Bearer",
    "Bearer ",
    "Bearer  testtoken",
    "Bearer two words",
    "Bearer\ttesttoken",
    "Bearertesttoken",
    "testtoken",
    "Token testtoken",
    "Basic dXNlcjpwYXNz",
    "Digest testtoken",
    "",
    ["Bearer first", "Bearer second"],
    ["Basic dXNlcjpwYXNz", "Bearer second"],
]
PAIRS = [
    None,
    f"Basic {pair('john:secret')}",
    f"basic {pair('john:secret')}",
    f"BASIC {pair('john:secret')}",
    f"Basic  {pair('john:secret')}",
    f"Basic {pair('john:')}",
    f"Basic {pair(':secret')}",
    f"Basic {pair(':')}",
    f"Basic {pair('john:se:cr:et')}",
    f"Basic {pair('john: secret ')}",
    f"Basic {pair('johnsecret')}",
    f"Basic {pair('')}",
    "Basic",
    "Basic !!!",
    "Basic notabase64token",
    f"Basic {pair('jürgen:geheim')}",
    f"Bearer {pair('john:secret')}",
    pair("john:secret"),
    "",
    [f"Basic {pair('john:secret')}", f"Basic {pair('jane:secret')}"],
]
# What Python's decoder of base64 overlooks.
LOOSE_PAIRS = [
    f"Basic {pair('john:secret')[:4]}!!{pair('john:secret')[4:]}",
    f"Basic {pair('john:secret').rstrip('=')}",
    f"Basic {pair('john:secret')}===",
    f"Basic {pair('john:secret')} more",
    f"Basic {pair('john:??>>').replace('/', '_').replace('+', '-')}",
]

first_steps = {
    "docs pages": documents("security_first_steps"),
    "token": authorized("/items/", *TOKENS),
    "token that is not ASCII": authorized("/items/", "Bearer tökén", tier="quirk"),
    "paths": [get("/items"), post("/items/"), get("/token"), get("/elsewhere")],
}

current_user = {
    "docs pages": documents("security_current_user"),
    "user": authorized(
        "/users/me", "Bearer testtoken", None, "Bearer", "bearer x", "Token x", "Bearer  two words "
    ),
    "issues beside a user": [
        *authorized("/users/me/5", "Bearer testtoken", None),
        *authorized("/users/me/five", "Bearer testtoken"),
        *authorized("/users/me/five", None, note="the scheme fails before the issue is told"),
    ],
}

LOGIN = {"username": "johndoe", "password": "secret"}
FORMS = {
    "whole": {
        "grant_type": "password",
        "scope": "items me",
        "client_id": "app",
        "client_secret": "hidden",
        "username": "john",
        "password": "secret",
    },
    "enough": {"username": "john", "password": "secret"},
    "granted": {"grant_type": "password", "username": "john", "password": "secret"},
}


def forms(path):
    """Every field there, missing, empty, wrong and repeated, and other kinds of body."""
    whole, granted = FORMS["whole"], FORMS["granted"]
    return [
        *[post(path, form=form) for form in FORMS.values()],
        *[post(path, form={k: v for k, v in whole.items() if k != key}) for key in whole],
        *[post(path, form={**whole, key: ""}) for key in whole],
        *[
            post(path, form={**granted, "grant_type": kind})
            for kind in ("incorrect", "Password", "passwordx", "xpassword")
        ],
        *[post(path, form={**granted, "scope": scope}) for scope in ("a", " a  b ", "b a b", "a\tb\nc", "a,b")],
        post(path, form={**granted, "username": "jürgen", "password": "pass word&=+%"}),
        post(path, form={**granted, "unknown": "1"}),
        post(path, form="username=a&username=b&password=c&grant_type=password"),
        post(path, form={"grant_type": "incorrect"}),
        post(path, form={}),
        post(path),
        post(path, json=whole),
        post(path + "?username=john&password=secret&grant_type=password"),
        post(path, text="username=john&password=secret", headers={"content-type": "text/plain"}),
        post(
            path,
            headers={"content-type": "multipart/form-data; boundary=edge"},
            text="".join(
                f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                for name, value in granted.items()
            )
            + "--edge--\r\n",
        ),
    ]


simple = {
    "docs pages": documents("security_simple"),
    "login": [
        post("/token", form=LOGIN),
        post("/token", form=LOGIN | {"grant_type": "password"}),
        post("/token", form=LOGIN | {"grant_type": "incorrect"}),
        post("/token", form=LOGIN | {"grant_type": ""}),
        post("/token", form={"username": "alice", "password": "secret2"}),
        post("/token", form=LOGIN | {"password": "incorrect"}),
        post("/token", form=LOGIN | {"username": "nobody"}),
        post("/token", form={"username": "johndoe"}),
        post("/token", form={"password": "secret"}),
        post("/token", form={"username": "", "password": ""}),
        post("/token", form={}),
        post("/token"),
        post("/token", json=LOGIN),
        get("/token"),
    ],
    "user": [
        post("/token", form=LOGIN, capture={"token": "/access_token"}),
        *authorized(
            "/users/me",
            "Bearer {{token}}",
            "bearer {{token}}",
            "Bearer alice",
            "Bearer nobody",
            "Bearer",
            None,
            "Basic johndoe",
        ),
    ],
}

JOHN = {"sub": "johndoe", "exp": FAR}
head, payload, signature = signed(JOHN).split(".")
_, other_payload, _ = signed({"sub": "alice", "exp": FAR}).split(".")
BAD_TOKENS = [
    signed({"sub": "nobody", "exp": FAR}),
    signed({"exp": FAR}),
    signed({"sub": None, "exp": FAR}),
    signed({"sub": "johndoe", "exp": PAST}),
    signed({"sub": "johndoe", "exp": FAR, "nbf": FAR}),
    signed(JOHN, key="another key that signs tokens of somebody else"),
    signed(JOHN, algorithm="HS384"),
    signed(JOHN, key=None, algorithm="none"),
    f"{head}.{other_payload}.{signature}",
    f"{head}.{payload}",
    f"{head}.{payload}.",
    f"{head}.{payload}.{signature}x",
    f"x{head}.{payload}.{signature}",
    "nonsense",
    "a.b.c",
    "",
]
ANY_TOKEN = {"any": {"/access_token": "string"}}

with_tokens = {
    "docs pages": documents("security_jwt"),
    "login": [
        post("/token", form=LOGIN, **ANY_TOKEN),
        post("/token", form=LOGIN | {"grant_type": "password", "scope": "me items"}, **ANY_TOKEN),
        post("/token", form={"username": "alice", "password": "secret2"}, **ANY_TOKEN),
        post("/token", form=LOGIN | {"password": "incorrect"}),
        post("/token", form=LOGIN | {"username": "nobody"}),
        post("/token", form=LOGIN | {"grant_type": "incorrect"}),
        post("/token", form={"username": "johndoe"}),
        post("/token", form={"password": "secret"}),
        post("/token", form={}),
        post("/token"),
        post("/token", json=LOGIN),
    ],
    "user": [
        post("/token", form=LOGIN, capture={"token": "/access_token"}, **ANY_TOKEN),
        *authorized("/users/me/", "Bearer {{token}}", "bearer {{token}}"),
        *authorized("/users/me/items/", "Bearer {{token}}"),
        *authorized("/users/me", "Bearer {{token}}"),
        *authorized("/users/me/", None, "Bearer", "Bearer {{token}}x", "Basic {{token}}", "{{token}}"),
    ],
    "user who is inactive": [
        post(
            "/token",
            form={"username": "alice", "password": "secret2"},
            capture={"token": "/access_token"},
            **ANY_TOKEN,
        ),
        *authorized("/users/me/", "Bearer {{token}}"),
        *authorized("/users/me/items/", "Bearer {{token}}"),
    ],
    "tokens signed beforehand": authorized(
        "/users/me/",
        f"Bearer {signed(JOHN)}",
        f"Bearer {signed({'sub': 'johndoe'})}",
        f"Bearer {signed(JOHN | {'more': [1]})}",
    ),
    "tokens that are no good": authorized("/users/me/", *[f"Bearer {token}" for token in BAD_TOKENS]),
    "tokens that PyJWT refuses": authorized(
        "/users/me/", f"Bearer {signed({'exp': FAR, 'sub': 'x'} | {'exp': 'soon'})}", tier="quirk"
    ),
}


def scoped(scopes, user="johndoe"):
    return f"Bearer {signed({'sub': user, 'scope': scopes, 'exp': FAR})}"


SCOPED = [
    scoped("items me"),
    scoped("me items other"),
    scoped("me"),
    scoped("items"),
    scoped(""),
    scoped("ITEMS ME"),
    f"Bearer {signed(JOHN)}",
]

scopes = {
    "docs pages": documents("security_scopes"),
    "login": [
        post("/token", form=LOGIN, capture={"token": "/access_token"}, **ANY_TOKEN),
        *authorized("/users/me/", "Bearer {{token}}"),
        *authorized("/status/", "Bearer {{token}}"),
        post("/token", form=LOGIN | {"scope": "me"}, capture={"token": "/access_token"}, **ANY_TOKEN),
        *authorized("/users/me/", "Bearer {{token}}"),
        *authorized("/users/me/items/", "Bearer {{token}}"),
        post("/token", form=LOGIN | {"scope": "items  me"}, capture={"token": "/access_token"}, **ANY_TOKEN),
        *authorized("/users/me/items/", "Bearer {{token}}"),
        post("/token", form=LOGIN | {"scope": "unknown"}, **ANY_TOKEN),
        post("/token", form=LOGIN | {"password": "incorrect", "scope": "me"}),
        post("/token", form={"scope": "me"}),
        post("/token"),
    ],
    "user": authorized("/users/me/", *SCOPED),
    "items of a user": authorized(
        "/users/me/items/", *SCOPED, scoped("items me", "alice"), scoped("items", "alice")
    ),
    "status": authorized("/status/", *SCOPED, scoped("", "alice"), scoped("", "nobody")),
    "no token, or a bad one": [
        step
        for path in ("/users/me/", "/users/me/items/", "/status/")
        for step in authorized(path, None, "Bearer", "Bearer nonsense", "Basic x", scoped("me items", "nobody"))
    ],
    "scope that is no text": authorized("/users/me/", scoped(["me"]), tier="quirk"),
    "scopes that are asked for": [
        step
        for path in ("none", "empty", "one", "through", "levels", "twice", "decorator")
        for step in logged(get(f"/needed/{path}"))
    ],
    "scopes of routers": [
        step
        for token in (
            scoped("include router decorator items me"),
            scoped("router decorator items me"),
            scoped("include decorator items me"),
            scoped("include router items me"),
            scoped("include router decorator me"),
            scoped("include router decorator items"),
            scoped(""),
            "Bearer nonsense",
            None,
        )
        for step in logged(*authorized("/router/", token))
    ]
    + [
        step
        for token in (scoped("include router"), scoped("router"), scoped("include"), None)
        for step in logged(*authorized("/router/plain", token))
    ],
    "issues beside scopes": [
        *authorized("/beside/5", scoped("me"), scoped("items"), None),
        *authorized("/beside/five", scoped("me"), scoped("items"), None),
    ],
}


def keys(path, place):
    """An API key there, absent, empty and repeated."""
    if place == "query":
        return [
            get(path + query)
            for query in (
                "?api_key=secret",
                "",
                "?api_key=",
                "?api_key",
                "?api_key=a&api_key=b",
                "?API_KEY=secret",
                "?api_key=a%20b",
            )
        ]
    name = "x-key" if place == "header" else "cookie"
    values = (
        [["secret"], [], [""], ["a", "b"], [" a b "], ["a,b"]]
        if place == "header"
        else [
            ["session=secret"],
            [],
            ["session="],
            ["session=a; session=b"],
            ["SESSION=secret"],
            ["other=1; session=a b"],
            ["session"],
            ['session="quoted"'],
        ]
    )
    return [get(path, headers=[(name, value) for value in several]) for several in values]


schemes = {
    "docs pages": documents("security_schemes"),
    "bearer": authorized("/bearer", *TOKENS),
    "bearer, optional": authorized("/bearer-optional", *TOKENS),
    "basic": authorized("/basic", *PAIRS),
    "basic with a realm": authorized("/basic-realm", *PAIRS),
    "basic, optional": authorized("/basic-optional", *PAIRS),
    "basic with a realm, optional": authorized("/basic-realm-optional", *PAIRS),
    "basic as Python decodes it": authorized("/basic", *LOOSE_PAIRS, tier="quirk"),
    "basic, compared": authorized(
        "/users/me",
        f"Basic {pair('stanleyjobson:swordfish')}",
        f"Basic {pair('stanleyjobson:wrong')}",
        f"Basic {pair('alice:swordfish')}",
        f"Basic {pair('Stanleyjobson:swordfish')}",
        f"Basic {pair('stanleyjobson:')}",
        f"Basic {pair('stanleyjobson')}",
        "Basic notabase64token",
        None,
    ),
    "digest": authorized("/digest", "Digest testtoken", "digest testtoken", "Bearer testtoken", "Digest", None),
    "digest, optional": authorized("/digest-optional", "Digest testtoken", "Bearer testtoken", "Digest", None),
    "key in a header": keys("/key/header", "header"),
    "key in a header, optional": keys("/key/header-optional", "header"),
    "key in a query": keys("/key/query", "query"),
    "key in a query, optional": keys("/key/query-optional", "query"),
    "key in a cookie": keys("/key/cookie", "cookie"),
    "key in a cookie, optional": keys("/key/cookie-optional", "cookie"),
    "password bearer": authorized("/oauth2", *TOKENS),
    "password bearer, optional": authorized("/oauth2-optional", *TOKENS),
    "code bearer": authorized("/oauth2-code", "Bearer testtoken", "bearer testtoken", "Basic x", "Bearer", None),
    "open id": authorized("/open-id", "Bearer testtoken", "anything", "", None)
    + authorized("/open-id-optional", "Bearer testtoken", "anything", "", None),
    "what is not ASCII": [
        step
        for path in ("/bearer", "/oauth2", "/basic")
        for step in authorized(path, "Bearer tökén", "Basic jürgen", tier="quirk")
    ]
    + [get("/key/header", headers={"x-key": "schlüssel"}, tier="quirk"), get("/key/query?api_key=schl%C3%BCssel")],
    "two schemes": [
        get("/several/both", headers={"x-key": "k", "authorization": "Bearer t"}),
        get("/several/both", headers={"x-key": "k"}),
        get("/several/both", headers={"authorization": "Bearer t"}),
        get("/several/both"),
        get("/several/either", headers={"x-key": "k", "authorization": "Bearer t"}),
        get("/several/either", headers={"x-key": "k"}),
        get("/several/either", headers={"authorization": "Bearer t"}),
        get("/several/either", headers={"authorization": "Basic t"}),
        get("/several/either"),
    ],
    "issues beside a scheme": [
        get("/several/issues/1?q=2", headers={"x-key": "k"}),
        get("/several/issues/x?q=y", headers={"x-key": "k"}),
        get("/several/issues/x?q=y"),
        get("/several/issues/1"),
    ],
    "scheme of the decorator": [get("/several/decorator"), get("/several/decorator?api_key=k")],
    "password form": forms("/form"),
    "password form, strict": forms("/form-strict"),
}

ABOUT = "The program is tests/record/apps/{}.py"
USERS = "; its users, passwords and key stand in tests/record/apps/accounts.py."
LOG = " GET /log?least=N and DELETE /log are a log, as in the group dependencies."
GROUPS = {
    name: Group(f"apps.{name}:app", ABOUT.format(name) + more, asked)
    for name, asked, more in [
        ("security_first_steps", first_steps, "."),
        ("security_current_user", current_user, "."),
        ("security_simple", simple, "."),
        ("security_jwt", with_tokens, USERS),
        ("security_scopes", scopes, USERS + LOG),
        ("security_schemes", schemes, "."),
    ]
}
