"""FastAPI and SQLModel over SQLite: `DATABASE=FILE uvicorn main:app`."""

import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import FastAPI, HTTPException, Query
from pydantic import AwareDatetime, field_validator
from sqlalchemy import Index, event
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, create_engine, select


class UserBase(SQLModel):
    name: str = Field(min_length=1, max_length=64, unique=True)
    nickname: str


class User(UserBase, table=True):
    __tablename__ = "users"
    __table_args__ = (
        Index("users_nickname_created_at_index", "nickname", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class UserCreate(UserBase):
    pass


class UserPublic(UserBase):
    id: int
    created_at: datetime

    @field_validator("created_at")
    @classmethod
    def in_utc(cls, value: datetime) -> datetime:
        """SQLite keeps no zone."""
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value


engine = create_engine(
    f"sqlite:///{os.environ['DATABASE']}", pool_size=50, connect_args={"check_same_thread": False}
)


@event.listens_for(engine, "connect")
def configure(connection, _):
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


@asynccontextmanager
async def lifespan(_):
    SQLModel.metadata.create_all(engine)
    yield


ORDERS = {
    "id": [User.id],
    "created_at": [User.created_at, User.id],
    "-created_at": [User.created_at.desc(), User.id.desc()],
}

app = FastAPI(lifespan=lifespan)


# A session in each function, not by `Depends`: that one is closed later, on a thread to be waited for, and while all
# threads wait for a connection none is given back.
@app.get("/users/{user_id}", response_model=UserPublic)
def read_user(user_id: int):
    with Session(engine) as session:
        user = session.get(User, user_id)
    if user is None:
        raise HTTPException(404, "User not found")
    return user


@app.get("/users", response_model=list[UserPublic])
def read_users(
    nickname: str | None = None,
    created_at__gte: AwareDatetime | None = None,
    sort: Literal["id", "created_at", "-created_at"] = "id",
    skip: int = 0,
    limit: Annotated[int, Query(le=1000)] = 100,
):
    query = select(User)
    if nickname is not None:
        query = query.where(User.nickname == nickname)
    if created_at__gte is not None:
        query = query.where(User.created_at >= created_at__gte.astimezone(UTC))
    query = query.order_by(*ORDERS[sort]).offset(skip).limit(limit)
    with Session(engine) as session:
        return session.exec(query).all()


@app.post("/users", response_model=UserPublic, status_code=201)
def create_user(user: UserCreate):
    row = User.model_validate(user)
    with Session(engine) as session:
        session.add(row)
        try:
            session.commit()
        except IntegrityError:
            raise HTTPException(409, "Name is taken") from None
        session.refresh(row)
        return row
