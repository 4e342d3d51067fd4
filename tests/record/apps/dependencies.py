"""FastAPI's pages on dependencies, and probes that pin down what they leave open."""

from typing import Annotated

from fastapi import (
    BackgroundTasks,
    Body,
    Cookie,
    Depends,
    FastAPI,
    Form,
    Header,
    HTTPException,
    Path,
    Query,
    UploadFile,
)
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from . import journal
from .journal import log

app = FastAPI(title="dependencies")
app.include_router(journal.router)


class Item(BaseModel):
    name: str = Field(min_length=2)
    price: float


class User(BaseModel):
    username: str


# ------------------------------------------------------- the tutorial's pages


async def common_parameters(q: str | None = None, skip: int = 0, limit: int = 100):
    return {"q": q, "skip": skip, "limit": limit}


CommonsDep = Annotated[dict, Depends(common_parameters)]


@app.get("/items/")
async def read_items(commons: CommonsDep):
    return commons


@app.get("/users/")
async def read_users(commons: CommonsDep):
    return commons


fake_items_db = [{"item_name": "Foo"}, {"item_name": "Bar"}, {"item_name": "Baz"}]


class CommonQueryParams:
    def __init__(
        self,
        q: Annotated[str | None, Query(max_length=5)] = None,
        skip: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(le=100)] = 100,
    ):
        self.q = q
        self.skip = skip
        self.limit = limit


@app.get("/classes/items/")
async def read_items_by_class(commons: Annotated[CommonQueryParams, Depends()]):
    response = {}
    if commons.q:
        response.update({"q": commons.q})
    response.update({"items": fake_items_db[commons.skip : commons.skip + commons.limit]})
    return response


def query_extractor(q: str | None = None):
    return q


def query_or_cookie_extractor(
    q: Annotated[str | None, Depends(query_extractor)],
    last_query: Annotated[str | None, Cookie()] = None,
):
    if not q:
        return last_query
    return q


@app.get("/sub/items/")
async def read_query(query_or_default: Annotated[str | None, Depends(query_or_cookie_extractor)]):
    return {"q_or_cookie": query_or_default}


async def verify_token(x_token: Annotated[str, Header()]):
    log("verify_token")
    if x_token != "fake-super-secret-token":
        raise HTTPException(status_code=400, detail="X-Token header invalid")


async def verify_key(x_key: Annotated[str, Header()]):
    log("verify_key")
    if x_key != "fake-super-secret-key":
        raise HTTPException(status_code=400, detail="X-Key header invalid")
    return x_key


@app.get("/decorators/items/", dependencies=[Depends(verify_token), Depends(verify_key)])
async def read_items_with_key():
    log("read_items_with_key")
    return [{"item": "Foo"}, {"item": "Bar"}]


class FixedContentQueryChecker:
    def __init__(self, fixed_content: str):
        self.fixed_content = fixed_content

    def __call__(self, q: str = ""):
        log(f"looks for {self.fixed_content}")
        if q:
            return self.fixed_content in q
        return False


@app.get("/query-checker/")
async def read_query_check(
    fixed_content_included: Annotated[bool, Depends(FixedContentQueryChecker("bar"))],
    other_content_included: Annotated[bool, Depends(FixedContentQueryChecker("foo"))],
):
    return {
        "fixed_content_in_query": fixed_content_included,
        "other_content_in_query": other_content_included,
    }


# ---------------------------------------------------------- kinds of functions


def sync_dependency(n: int = 1):
    return n


async def async_dependency(n: int = 1):
    return n + 1


@app.get("/kinds/sync-async")
def sync_async(a: Annotated[int, Depends(sync_dependency)], b: Annotated[int, Depends(async_dependency)]):
    return {"a": a, "b": b}


def nothing():
    return None


@app.get("/kinds/nothing")
async def kinds_nothing(value: Annotated[None, Depends(nothing)]):
    return {"value": value}


class Filter(BaseModel):
    model_config = {"extra": "forbid"}

    limit: int = Field(default=10, le=100)
    order: str = "name"


def filtered(filter: Annotated[Filter, Query()]):
    return filter


@app.get("/kinds/query-model")
async def query_model(filter: Annotated[Filter, Depends(filtered)]):
    return filter


@app.get("/kinds/query-model-beside")
async def query_model_beside(filter: Annotated[Filter, Depends(filtered)], q: int = 0):
    return {"filter": filter, "q": q}


def tagged(tags: Annotated[list[str], Query(max_length=2)] = []):
    return tags


@app.get("/kinds/list")
async def kinds_list(tags: Annotated[list[str], Depends(tagged)]):
    return tags


# ------------------------------------------------------------ order of issues


def everywhere(
    cookie: Annotated[int, Cookie()],
    header: Annotated[int, Header()],
    query: int,
    p: int,
):
    log("everywhere")
    return [p, query, header, cookie]


@app.get("/order/places/{p}")
async def order_places(values: Annotated[list[int], Depends(everywhere)]):
    return values


@app.post("/order/own/{p}")
async def order_own(
    user: User,
    own_cookie: Annotated[int, Cookie()],
    own_header: Annotated[int, Header()],
    own_query: int,
    p: Annotated[int, Path(ge=1)],
    values: Annotated[list[int], Depends(everywhere)],
):
    return [values, p, own_query, own_header, own_cookie, user]


def one(a: int):
    log("one")
    return a


def two(b: int):
    log("two")
    return b


def three(c: int):
    log("three")
    return c


@app.get("/order/several")
async def order_several(
    d: int,
    third: Annotated[int, Depends(three)],
    first: Annotated[int, Depends(one)],
    e: int,
    second: Annotated[int, Depends(two)],
):
    log("order_several")
    return {"a": first, "b": second, "c": third, "d": d, "e": e}


def innermost(c: Annotated[int, Cookie()]):
    log("innermost")
    return c


def inner(b: Annotated[int, Header()], value: Annotated[int, Depends(innermost)]):
    log("inner")
    return [value, b]


def outer(a: int, value: Annotated[list[int], Depends(inner)]):
    log("outer")
    return [*value, a]


@app.get("/order/nested/{p}")
async def order_nested(p: int, value: Annotated[list[int], Depends(outer)]):
    log("order_nested")
    return [*value, p]


def with_body(item: Item, h: Annotated[int, Header()]):
    log("with_body")
    return item


@app.post("/order/body")
async def order_body(item: Annotated[Item, Depends(with_body)], a: Annotated[int, Depends(one)], q: int):
    log("order_body")
    return [item, a, q]


# ------------------------------------------------------------- who is called


def without_inputs():
    log("without_inputs")
    return "done"


@app.get("/called/beside")
async def called_beside(
    a: Annotated[int, Depends(one)],
    done: Annotated[str, Depends(without_inputs)],
    b: Annotated[int, Depends(two)],
    q: int = 0,
):
    log("called_beside")
    return [a, done, b, q]


def parent(x: Annotated[int, Depends(one)], y: Annotated[int, Depends(two)], z: int):
    log("parent")
    return x + y + z


@app.get("/called/parent")
async def called_parent(value: Annotated[int, Depends(parent)], c: Annotated[int, Depends(three)]):
    log("called_parent")
    return [value, c]


# ----------------------------------------------------------------- who fails


def refuse(refused: bool = False):
    log("refuse")
    if refused:
        raise HTTPException(status_code=409, detail="Refused", headers={"X-Reason": "asked to"})
    return "agreed"


def refuse_too(refused_too: bool = False):
    log("refuse_too")
    if refused_too:
        raise HTTPException(status_code=403, detail={"reason": "Refused too"})
    return "agreed too"


@app.get("/fails/between")
async def fails_between(
    a: Annotated[int, Depends(one)],
    agreed: Annotated[str, Depends(refuse)],
    b: Annotated[int, Depends(two)],
    q: int = 0,
):
    log("fails_between")
    return [a, agreed, b, q]


def asks_refuse(agreed: Annotated[str, Depends(refuse)], z: int):
    log("asks_refuse")
    return [agreed, z]


@app.get("/fails/sub")
async def fails_sub(a: Annotated[int, Depends(one)], value: Annotated[list, Depends(asks_refuse)]):
    log("fails_sub")
    return [a, value]


def refuse_if_allowed(a: Annotated[int, Depends(one)]):
    log("refuse_if_allowed")
    raise HTTPException(status_code=409, detail="Always refused")


@app.get("/fails/parent")
async def fails_parent(value: Annotated[None, Depends(refuse_if_allowed)]):
    return value


@app.get("/fails/two")
async def fails_two(
    agreed: Annotated[str, Depends(refuse)],
    agreed_too: Annotated[str, Depends(refuse_too)],
):
    log("fails_two")
    return [agreed, agreed_too]


@app.get("/fails/decorator", dependencies=[Depends(refuse)])
async def fails_decorator(a: Annotated[int, Depends(one)], q: int = 0):
    log("fails_decorator")
    return [a, q]


@app.post("/fails/body")
async def fails_body(item: Item, agreed: Annotated[str, Depends(refuse)]):
    log("fails_body")
    return [item, agreed]


@app.post("/fails/form")
async def fails_form(name: Annotated[str, Form()], agreed: Annotated[str, Depends(refuse)]):
    log("fails_form")
    return [name, agreed]


def broken():
    log("broken")
    raise ValueError("not meant to happen")


@app.get("/fails/unexpectedly")
async def fails_unexpectedly(value: Annotated[None, Depends(broken)], q: int = 0):
    return [value, q]


# -------------------------------------------------------------- once a request


@app.get("/once/twice")
async def once_twice(x: Annotated[int, Depends(one)], y: Annotated[int, Depends(one)]):
    return [x, y]


def through(x: Annotated[int, Depends(one)]):
    log("through")
    return x * 10


@app.get("/once/thrice", dependencies=[Depends(one)])
async def once_thrice(x: Annotated[int, Depends(through)], y: Annotated[int, Depends(one)]):
    return [x, y]


def fresh_list():
    log("fresh_list")
    return []


def appends(values: Annotated[list, Depends(fresh_list)]):
    values.append("appends")
    return values


@app.get("/once/shared")
async def once_shared(x: Annotated[list, Depends(appends)], y: Annotated[list, Depends(fresh_list)]):
    y.append("operation")
    return [x, y]


@app.get("/once/no-cache")
async def once_no_cache(
    x: Annotated[list, Depends(fresh_list)],
    y: Annotated[list, Depends(fresh_list, use_cache=False)],
    z: Annotated[list, Depends(fresh_list)],
):
    for name, values in {"x": x, "y": y, "z": z}.items():
        values.append(name)
    return [x, y, z]


@app.get("/once/no-cache-first")
async def once_no_cache_first(
    x: Annotated[list, Depends(fresh_list, use_cache=False)],
    y: Annotated[list, Depends(fresh_list)],
):
    x.append("x")
    y.append("y")
    return [x, y]


@app.get("/once/no-cache-needed")
async def once_no_cache_needed(
    x: Annotated[int, Depends(one, use_cache=False)],
    y: Annotated[int, Depends(one, use_cache=False)],
):
    return [x, y]


@app.get("/once/parents")
async def once_parents(x: Annotated[int, Depends(through)], y: Annotated[int, Depends(parent)]):
    return [x, y]


# --------------------------------------------------------------------- names


def dependency_q(q: int):
    return q


@app.get("/names/types")
async def names_types(q: Annotated[str, Query(min_length=3)], value: Annotated[int, Depends(dependency_q)]):
    return {"own": q, "dependency": value}


def short_q(q: Annotated[str, Query(max_length=4)]):
    return q


@app.get("/names/constraints")
async def names_constraints(
    q: Annotated[str, Query(min_length=3)],
    value: Annotated[str, Depends(short_q)],
):
    return {"own": q, "dependency": value}


def default_q(q: int = 1):
    return q


@app.get("/names/defaults")
async def names_defaults(value: Annotated[int, Depends(default_q)], q: int = 2):
    return {"own": q, "dependency": value}


@app.get("/names/required")
async def names_required(value: Annotated[int, Depends(default_q)], q: int):
    return {"own": q, "dependency": value}


def list_q(q: Annotated[list[int], Query()]):
    return q


@app.get("/names/list")
async def names_list(value: Annotated[list[int], Depends(list_q)], q: int):
    return {"own": q, "dependency": value}


def number_of_item(item_id: int):
    return item_id


@app.get("/names/path/{item_id}")
async def names_path(item_id: str, number: Annotated[int, Depends(number_of_item)]):
    return {"own": item_id, "dependency": number}


@app.get("/names/path-unread/{item_id}")
async def names_path_unread(number: Annotated[int, Depends(number_of_item)]):
    return {"dependency": number}


@app.get("/names/query")
async def names_query(number: Annotated[int, Depends(number_of_item)]):
    return {"dependency": number}


def small_number_of_item(item_id: Annotated[int, Path(ge=1, le=9)]):
    return item_id


@app.get("/names/path-constraints/{item_id}")
async def names_path_constraints(
    item_id: Annotated[int, Path(le=5)],
    number: Annotated[int, Depends(small_number_of_item)],
):
    return {"own": item_id, "dependency": number}


def token_header(x_token: Annotated[int, Header()]):
    return x_token


@app.get("/names/header")
async def names_header(x_token: Annotated[str, Header()], value: Annotated[int, Depends(token_header)]):
    return {"own": x_token, "dependency": value}


def session_cookie(session: Annotated[int, Cookie()]):
    return session


@app.get("/names/cookie")
async def names_cookie(session: Annotated[str, Cookie()], value: Annotated[int, Depends(session_cookie)]):
    return {"own": session, "dependency": value}


def aliased(value: Annotated[int, Query(alias="item-query")]):
    return value


@app.get("/names/alias")
async def names_alias(value: Annotated[int, Depends(aliased)]):
    return {"dependency": value}


def header_q(q: Annotated[int, Header()]):
    return q


@app.get("/names/places")
async def names_places(q: int, value: Annotated[int, Depends(header_q)]):
    return {"own": q, "dependency": value}


@app.get("/names/argument")
async def names_argument(q: Annotated[int, Depends(default_q)]):
    return {"q": q}


# --------------------------------------------------------------------- bodies


def item_body(item: Item):
    return item


def user_body(user: User):
    return user


def importance_body(importance: Annotated[int, Body(ge=1)]):
    return importance


def embedded_item(item: Annotated[Item, Body(embed=True)]):
    return item


def optional_item(item: Item | None = None):
    return item


@app.post("/body/model")
async def body_model(value: Annotated[Item, Depends(item_body)]):
    return value


@app.post("/body/both")
async def body_both(user: User, value: Annotated[Item, Depends(item_body)]):
    return [user, value]


@app.post("/body/same")
async def body_same(item: Item, value: Annotated[Item, Depends(item_body)]):
    return [item, value]


@app.post("/body/scalar")
async def body_scalar(value: Annotated[int, Depends(importance_body)]):
    return value


@app.post("/body/scalar-and-model")
async def body_scalar_and_model(user: User, value: Annotated[int, Depends(importance_body)]):
    return [user, value]


@app.post("/body/two")
async def body_two(item: Annotated[Item, Depends(item_body)], user: Annotated[User, Depends(user_body)]):
    return [item, user]


@app.post("/body/embedded")
async def body_embedded(value: Annotated[Item, Depends(embedded_item)]):
    return value


@app.post("/body/optional")
async def body_optional(value: Annotated[Item | None, Depends(optional_item)]):
    return value


@app.post("/body/optional-and-model")
async def body_optional_and_model(user: User, value: Annotated[Item | None, Depends(optional_item)]):
    return [user, value]


def deep_item(item: Annotated[Item, Depends(item_body)], q: int):
    return [item, q]


@app.post("/body/deep")
async def body_deep(value: Annotated[list, Depends(deep_item)]):
    return value


def name_field(name: Annotated[str, Form(min_length=2)]):
    return name


def name_and_query(name: Annotated[str, Form(min_length=2)], q: int):
    return [name, q]


class Login(BaseModel):
    username: str
    remember: bool = False


def login_form(login: Annotated[Login, Form()]):
    return login


@app.post("/form/field")
async def form_field(value: Annotated[str, Depends(name_field)]):
    return value


@app.post("/form/both")
async def form_both(age: Annotated[int, Form()], value: Annotated[list, Depends(name_and_query)]):
    return [age, value]


@app.post("/form/model")
async def form_model(value: Annotated[Login, Depends(login_form)]):
    return value


async def uploaded(file: UploadFile):
    return [file.filename, len(await file.read())]


@app.post("/form/upload")
async def form_upload(note: Annotated[str, Form()], value: Annotated[list, Depends(uploaded)]):
    return [note, value]


# --------------------------------------------------------------------- levels


def decorator_one(d1: int):
    log("decorator_one")


def decorator_two(d2: int):
    log("decorator_two")


@app.get("/levels/order", dependencies=[Depends(decorator_one), Depends(decorator_two)])
async def levels_order(a: Annotated[int, Depends(one)], b: Annotated[int, Depends(two)], q: int):
    log("levels_order")
    return [a, b, q]


@app.get("/levels/both", dependencies=[Depends(one)])
async def levels_both(a: Annotated[int, Depends(one)]):
    log("levels_both")
    return a


# ---------------------------------------------------------------------- yield


async def dependency_a():
    log("enter a")
    try:
        yield "a"
    except HTTPException as failure:
        log(f"a sees {failure.status_code}")
        raise
    except Exception as failure:
        log(f"a sees {type(failure).__name__}")
        raise
    finally:
        log("exit a")


async def dependency_b(dep_a: Annotated[str, Depends(dependency_a)]):
    log("enter b")
    try:
        yield dep_a + "b"
    finally:
        log("exit b")


async def dependency_c(dep_b: Annotated[str, Depends(dependency_b)], n: int = 0):
    log("enter c")
    try:
        yield dep_b + "c"
    except HTTPException as failure:
        log(f"c sees {failure.status_code}")
        raise
    finally:
        log("exit c")


async def other(m: int = 0):
    log("enter other")
    yield m
    log("exit other")


DepC = Annotated[str, Depends(dependency_c)]


@app.get("/yield/order")
async def yield_order(value: DepC, other_value: Annotated[int, Depends(other)], q: int = 0):
    log("yield_order")
    if q == 409:
        raise HTTPException(status_code=409, detail="Conflict")
    if q == 500:
        raise ValueError("not meant to happen")
    return [value, other_value, q]


@app.get("/yield/then-fails")
async def yield_then_fails(value: DepC, agreed: Annotated[str, Depends(refuse)]):
    log("yield_then_fails")
    return [value, agreed]


@app.get("/yield/fails-first")
async def yield_fails_first(agreed: Annotated[str, Depends(refuse)], value: DepC):
    log("yield_fails_first")
    return [value, agreed]


@app.get("/yield/decorator", dependencies=[Depends(other)])
async def yield_decorator(value: Annotated[str, Depends(dependency_a)]):
    log("yield_decorator")
    return value


@app.get("/yield/twice")
async def yield_twice(
    x: Annotated[str, Depends(dependency_a)],
    y: Annotated[str, Depends(dependency_a)],
    z: Annotated[str, Depends(dependency_b)],
):
    log("yield_twice")
    return [x, y, z]


@app.get("/yield/no-cache")
async def yield_no_cache(
    x: Annotated[str, Depends(dependency_a)],
    y: Annotated[str, Depends(dependency_a, use_cache=False)],
):
    log("yield_no_cache")
    return [x, y]


async def task(name: str):
    log(f"task {name}")


async def adds_task(tasks: BackgroundTasks):
    log("enter adds_task")
    tasks.add_task(task, "of the dependency")
    yield tasks
    log("exit adds_task")


@app.get("/yield/tasks")
async def yield_tasks(
    tasks: BackgroundTasks, value: DepC, added: Annotated[BackgroundTasks, Depends(adds_task)], q: int = 0
):
    log("yield_tasks")
    tasks.add_task(task, "of the operation")
    if q == 409:
        raise HTTPException(status_code=409, detail="Conflict")
    return [value, tasks is added]


@app.get("/yield/stream")
async def yield_stream(value: DepC):
    async def chunks():
        for number in (1, 2):
            log(f"chunk {number}")
            yield f"{value}{number}\n"

    log("yield_stream")
    return StreamingResponse(chunks(), media_type="text/plain")


async def for_the_function():
    log("enter function")
    try:
        yield "function"
    finally:
        log("exit function")


@app.get("/yield/scopes")
async def yield_scopes(
    tasks: BackgroundTasks,
    f: Annotated[str, Depends(for_the_function, scope="function")],
    value: Annotated[str, Depends(dependency_a)],
):
    tasks.add_task(task, "of the operation")

    async def chunks():
        log("chunk")
        yield f + value

    log("yield_scopes")
    return StreamingResponse(chunks(), media_type="text/plain", background=tasks)


@app.get("/yield/users/me")
def get_user_me(f: Annotated[str, Depends(for_the_function, scope="function")]):
    log("get_user_me")
    return f


async def refuses_after_request():
    log("enter refuses")
    yield "given"
    log("exit refuses")
    raise HTTPException(status_code=409, detail="Too late")


@app.get("/yield/exit-fails")
async def yield_exit_fails(value: Annotated[str, Depends(refuses_after_request)]):
    return value


@app.get("/yield/exit-fails-in-time")
async def yield_exit_fails_in_time(value: Annotated[str, Depends(refuses_after_request, scope="function")]):
    return value


data = {
    "plumbus": {"description": "It has no corners", "owner": "Morty"},
    "portal-gun": {"description": "It opens doors", "owner": "Rick"},
}


class OwnerError(Exception):
    pass


def get_username():
    try:
        yield "Rick"
    except OwnerError as failure:
        raise HTTPException(status_code=400, detail=f"Owner error: {failure}")


@app.get("/yield/items/{item_id}")
def get_item(item_id: str, username: Annotated[str, Depends(get_username)]):
    if item_id not in data:
        raise HTTPException(status_code=404, detail="Item not found")
    item = data[item_id]
    if item["owner"] != username:
        raise OwnerError(username)
    return item


class InternalError(Exception):
    pass


def get_username_silently():
    try:
        yield "Rick"
    except InternalError:
        log("swallowed")


@app.get("/yield/silent/{item_id}")
def get_item_silently(item_id: str, username: Annotated[str, Depends(get_username_silently)]):
    if item_id == "portal-gun":
        raise InternalError(f"Not for {username}")
    return item_id
