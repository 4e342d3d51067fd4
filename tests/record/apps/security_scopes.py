"""The chapter "OAuth2 scopes", and probes that show how scopes of several levels add up."""

from datetime import timedelta
from typing import Annotated

import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Security, status
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm, SecurityScopes
from jwt.exceptions import InvalidTokenError
from pydantic import BaseModel, ValidationError

from . import journal
from .accounts import (
    ACCESS_TOKEN_EXPIRE_MINUTES,
    ALGORITHM,
    SECRET_KEY,
    Token,
    User,
    authenticate_user,
    create_access_token,
    fake_users_db,
    get_user,
)
from .journal import log


class TokenData(BaseModel):
    username: str | None = None
    scopes: list[str] = []


oauth2_scheme = OAuth2PasswordBearer(
    tokenUrl="token",
    scopes={"me": "Read who you are.", "items": "Read items."},
)

app = FastAPI(title="security_scopes")
app.include_router(journal.router)


async def get_current_user(security_scopes: SecurityScopes, token: Annotated[str, Depends(oauth2_scheme)]):
    log(f"get_current_user: {security_scopes.scope_str}")
    if security_scopes.scopes:
        authenticate_value = f'Bearer scope="{security_scopes.scope_str}"'
    else:
        authenticate_value = "Bearer"
    credentials_exception = HTTPException(
        status_code=status.HTTP_401_UNAUTHORIZED,
        detail="Could not validate credentials",
        headers={"WWW-Authenticate": authenticate_value},
    )
    try:
        payload = jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM])
        username = payload.get("sub")
        if username is None:
            raise credentials_exception
        scope: str = payload.get("scope", "")
        token_scopes = scope.split(" ")
        token_data = TokenData(scopes=token_scopes, username=username)
    except (InvalidTokenError, ValidationError):
        raise credentials_exception
    user = get_user(fake_users_db, username=token_data.username)
    if user is None:
        raise credentials_exception
    for scope in security_scopes.scopes:
        if scope not in token_data.scopes:
            raise HTTPException(
                status_code=status.HTTP_401_UNAUTHORIZED,
                detail="Not enough permissions",
                headers={"WWW-Authenticate": authenticate_value},
            )
    return user


async def get_current_active_user(
    current_user: Annotated[User, Security(get_current_user, scopes=["me"])],
):
    if current_user.disabled:
        raise HTTPException(status_code=400, detail="Inactive user")
    return current_user


@app.post("/token")
async def login_for_access_token(form_data: Annotated[OAuth2PasswordRequestForm, Depends()]) -> Token:
    user = authenticate_user(fake_users_db, form_data.username, form_data.password)
    if not user:
        raise HTTPException(status_code=400, detail="Incorrect username or password")
    access_token_expires = timedelta(minutes=ACCESS_TOKEN_EXPIRE_MINUTES)
    access_token = create_access_token(
        data={"sub": user.username, "scope": " ".join(form_data.scopes)},
        expires_delta=access_token_expires,
    )
    return Token(access_token=access_token, token_type="bearer")


@app.get("/users/me/")
async def read_users_me(current_user: Annotated[User, Depends(get_current_active_user)]) -> User:
    return current_user


@app.get("/users/me/items/")
async def read_own_items(
    current_user: Annotated[User, Security(get_current_active_user, scopes=["items"])],
):
    return [{"item_id": "Foo", "owner": current_user.username}]


@app.get("/status/")
async def read_system_status(current_user: Annotated[User, Depends(get_current_user)]):
    return {"status": "ok"}


# --------------------------------------------------------------------- probes


def needed(security_scopes: SecurityScopes):
    """The scopes themselves, without a token."""
    log(f"needed: {security_scopes.scope_str}")
    return security_scopes.scopes


def middle(scopes: Annotated[list[str], Security(needed, scopes=["middle", "both"])]):
    return scopes


def plain(scopes: Annotated[list[str], Depends(needed)]):
    return scopes


@app.get("/needed/none")
async def needed_none(scopes: Annotated[list[str], Depends(needed)]):
    return scopes


@app.get("/needed/empty")
async def needed_empty(scopes: Annotated[list[str], Security(needed)]):
    return scopes


@app.get("/needed/one")
async def needed_one(scopes: Annotated[list[str], Security(needed, scopes=["b", "a", "b"])]):
    return scopes


@app.get("/needed/through")
async def needed_through(scopes: Annotated[list[str], Security(plain, scopes=["outer"])]):
    return scopes


@app.get("/needed/levels")
async def needed_levels(scopes: Annotated[list[str], Security(middle, scopes=["outer", "both"])]):
    return scopes


@app.get("/needed/twice")
async def needed_twice(
    x: Annotated[list[str], Security(needed, scopes=["a", "b"])],
    y: Annotated[list[str], Security(needed, scopes=["b", "a"])],
    z: Annotated[list[str], Security(needed, scopes=["a"])],
):
    return [x, y, z]


@app.get("/needed/decorator", dependencies=[Security(needed, scopes=["decorator"])])
async def needed_decorator(scopes: Annotated[list[str], Security(needed, scopes=["argument"])]):
    return scopes


router = APIRouter(prefix="/router", dependencies=[Security(get_current_user, scopes=["router"])])


@router.get("/", dependencies=[Security(get_current_user, scopes=["decorator"])])
async def read_router(user: Annotated[User, Security(get_current_active_user, scopes=["items"])]):
    return {"username": user.username}


@router.get("/plain")
async def read_router_plain(user: Annotated[User, Depends(get_current_user)]):
    return {"username": user.username}


app.include_router(router, dependencies=[Security(get_current_user, scopes=["include"])])


@app.get("/beside/{number}")
async def read_beside(number: int, user: Annotated[User, Security(get_current_user, scopes=["me"])]):
    return {"number": number, "username": user.username}
