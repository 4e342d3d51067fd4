"""Each security scheme, where it must succeed and where it may be absent, and the password forms."""

import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, status
from fastapi.security import (
    APIKeyCookie,
    APIKeyHeader,
    APIKeyQuery,
    HTTPAuthorizationCredentials,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
    HTTPDigest,
    OAuth2AuthorizationCodeBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    OAuth2PasswordRequestFormStrict,
    OpenIdConnect,
)

app = FastAPI(title="security_schemes")

bearer = HTTPBearer(scheme_name="OpaqueBearer", bearerFormat="opaque", description="A token of ours.")
bearer_optional = HTTPBearer(auto_error=False)
basic = HTTPBasic()
basic_realm = HTTPBasic(scheme_name="BasicOfRealm", realm="simple")
basic_optional = HTTPBasic(auto_error=False)
basic_realm_optional = HTTPBasic(scheme_name="BasicOfRealm", realm="simple", auto_error=False)
digest = HTTPDigest()
digest_optional = HTTPDigest(auto_error=False)
header_key = APIKeyHeader(name="X-Key")
header_key_optional = APIKeyHeader(name="X-Key", auto_error=False)
query_key = APIKeyQuery(name="api_key")
query_key_optional = APIKeyQuery(name="api_key", auto_error=False)
cookie_key = APIKeyCookie(name="session")
cookie_key_optional = APIKeyCookie(name="session", auto_error=False)
password_bearer = OAuth2PasswordBearer(tokenUrl="token", scopes={"items": "Read items."})
password_bearer_optional = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
code_bearer = OAuth2AuthorizationCodeBearer(authorizationUrl="authorize", tokenUrl="token", refreshUrl="refresh")
open_id = OpenIdConnect(openIdConnectUrl="/openid")
open_id_optional = OpenIdConnect(openIdConnectUrl="/openid", auto_error=False)


@app.get("/bearer")
def read_bearer(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]):
    return credentials


@app.get("/bearer-optional")
def read_bearer_optional(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer_optional)]):
    return credentials


@app.get("/basic")
def read_basic(credentials: Annotated[HTTPBasicCredentials, Depends(basic)]):
    return credentials


@app.get("/basic-realm")
def read_basic_realm(credentials: Annotated[HTTPBasicCredentials, Depends(basic_realm)]):
    return credentials


@app.get("/basic-optional")
def read_basic_optional(credentials: Annotated[HTTPBasicCredentials | None, Depends(basic_optional)]):
    return credentials


@app.get("/basic-realm-optional")
def read_basic_realm_optional(
    credentials: Annotated[HTTPBasicCredentials | None, Depends(basic_realm_optional)],
):
    return credentials


def get_current_username(credentials: Annotated[HTTPBasicCredentials, Depends(basic)]):
    is_correct_username = secrets.compare_digest(credentials.username.encode("utf8"), b"stanleyjobson")
    is_correct_password = secrets.compare_digest(credentials.password.encode("utf8"), b"swordfish")
    if not (is_correct_username and is_correct_password):
        raise HTTPException(
            status_code=status.HTTP_401_UNAUTHORIZED,
            detail="Incorrect username or password",
            headers={"WWW-Authenticate": "Basic"},
        )
    return credentials.username


@app.get("/users/me")
def read_current_user(username: Annotated[str, Depends(get_current_username)]):
    return {"username": username}


@app.get("/digest")
def read_digest(credentials: Annotated[HTTPAuthorizationCredentials, Depends(digest)]):
    return credentials


@app.get("/digest-optional")
def read_digest_optional(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(digest_optional)]):
    return credentials


@app.get("/key/header")
def read_header_key(key: Annotated[str, Depends(header_key)]):
    return {"key": key}


@app.get("/key/header-optional")
def read_header_key_optional(key: Annotated[str | None, Depends(header_key_optional)]):
    return {"key": key}


@app.get("/key/query")
def read_query_key(key: Annotated[str, Depends(query_key)]):
    return {"key": key}


@app.get("/key/query-optional")
def read_query_key_optional(key: Annotated[str | None, Depends(query_key_optional)]):
    return {"key": key}


@app.get("/key/cookie")
def read_cookie_key(key: Annotated[str, Depends(cookie_key)]):
    return {"key": key}


@app.get("/key/cookie-optional")
def read_cookie_key_optional(key: Annotated[str | None, Depends(cookie_key_optional)]):
    return {"key": key}


@app.get("/oauth2")
def read_oauth2(token: Annotated[str, Depends(password_bearer)]):
    return {"token": token}


@app.get("/oauth2-optional")
def read_oauth2_optional(token: Annotated[str | None, Depends(password_bearer_optional)]):
    return {"token": token}


@app.get("/oauth2-code")
def read_oauth2_code(token: Annotated[str, Depends(code_bearer)]):
    return {"token": token}


@app.get("/open-id")
def read_open_id(authorization: Annotated[str, Depends(open_id)]):
    return {"authorization": authorization}


@app.get("/open-id-optional")
def read_open_id_optional(authorization: Annotated[str | None, Depends(open_id_optional)]):
    return {"authorization": authorization}


@app.get("/several/both")
def read_both(
    key: Annotated[str, Depends(header_key)],
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)],
):
    return {"key": key, "token": credentials.credentials}


@app.get("/several/either")
def read_either(
    key: Annotated[str | None, Depends(header_key_optional)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer_optional)],
):
    return {"key": key, "token": credentials and credentials.credentials}


@app.get("/several/issues/{number}")
def read_issues(number: int, q: int, key: Annotated[str, Depends(header_key)]):
    return {"number": number, "q": q, "key": key}


@app.get("/several/decorator", dependencies=[Depends(query_key)])
def read_decorator():
    return "allowed"


@app.post("/form")
def read_form(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    return vars(form)


@app.post("/form-strict")
def read_form_strict(form: Annotated[OAuth2PasswordRequestFormStrict, Depends()]):
    return vars(form)
