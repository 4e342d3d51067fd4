"""The app of `dependencies`, some of whose dependencies are overridden as for a test."""

from typing import Annotated

from fastapi import Depends, Header

from .dependencies import (
    CommonQueryParams,
    app,
    common_parameters,
    dependency_a,
    fresh_list,
    item_body,
    number_of_item,
    one,
    query_extractor,
    refuse,
    verify_token,
)
from .journal import log


async def override_dependency(q: str | None = None):
    return {"q": q, "skip": 5, "limit": 10}


def instead_of_class(size: int):
    return CommonQueryParams(skip=1, limit=size)


def instead_of_header(token: str):
    log(f"token {token}")


def instead_of_one(x_number: Annotated[int, Header()], q: Annotated[str | None, Depends(query_extractor)]):
    log(f"instead of one, {q}")
    return x_number * 100


async def instead_of_yield():
    log("instead of a")
    return "A"


async def instead_of_list():
    log("enter list")
    yield ["instead"]
    log("exit list")


def without_body():
    return {"name": "Fixed", "price": 1}


def text_of_item(item_id: str):
    return item_id.upper()


def never_refuse():
    return "agreed anyway"


app.dependency_overrides |= {
    common_parameters: override_dependency,
    CommonQueryParams: instead_of_class,
    verify_token: instead_of_header,
    one: instead_of_one,
    dependency_a: instead_of_yield,
    fresh_list: instead_of_list,
    item_body: without_body,
    number_of_item: text_of_item,
    refuse: never_refuse,
}
