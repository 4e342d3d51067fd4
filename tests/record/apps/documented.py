"""What a document says of inputs beyond their types: examples, titles, what is deprecated or hidden."""

from typing import Annotated

from fastapi import Body, Cookie, FastAPI, File, Form, Header, Path, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field

app = FastAPI(title="documented")


class Item(BaseModel):
    name: str
    description: str | None = None
    price: float
    tax: float | None = None


class ExampleItem(BaseModel):
    """An item that shows an example of itself."""

    model_config = ConfigDict(
        title="Item with an example",
        json_schema_extra={"examples": [{"name": "Foo", "price": 35.4}, {"name": "Bar", "price": 1}]},
    )

    name: str
    price: float


class FieldItem(BaseModel):
    name: str = Field(title="The name", description="What it is called.", examples=["Foo", "Bar"])
    description: str | None = Field(default=None, examples=["A very nice Item"], max_length=300)
    price: float = Field(gt=0, examples=[35.4], json_schema_extra={"x-unit": "EUR"})
    old_price: float | None = Field(default=None, deprecated=True)
    kind: Annotated[str, Field(title="")] = "thing"


WHOLE = {"name": "Foo", "description": "A very nice Item", "price": 35.4, "tax": 3.2}
EXAMPLES = {
    "normal": {
        "summary": "A normal example",
        "description": "A **normal** item works.",
        "value": WHOLE,
    },
    "converted": {"summary": "The price is a text", "value": {"name": "Bar", "price": "35.4"}},
    "invalid": {"summary": "The price is no number", "value": {"name": "Baz", "price": "much"}},
    "elsewhere": {"externalValue": "https://example.com/item.json"},
}


@app.put("/examples/model/{item_id}")
async def examples_model(item_id: int, item: ExampleItem):
    return {"item_id": item_id, "item": item}


@app.put("/examples/fields/{item_id}")
async def examples_fields(item_id: int, item: FieldItem):
    return {"item_id": item_id, "item": item}


@app.put("/examples/body/{item_id}")
async def examples_body(item_id: int, item: Annotated[Item, Body(examples=[WHOLE])]):
    return {"item_id": item_id, "item": item}


@app.put("/examples/several/{item_id}")
async def examples_several(
    item_id: int,
    item: Annotated[
        Item,
        Body(examples=[WHOLE, {"name": "Bar", "price": "35.4"}, {"name": "Baz", "price": "much"}]),
    ],
):
    return {"item_id": item_id, "item": item}


@app.put("/examples/openapi/{item_id}")
async def examples_openapi(item_id: int, item: Annotated[Item, Body(openapi_examples=EXAMPLES)]):
    return {"item_id": item_id, "item": item}


@app.put("/examples/both/{item_id}")
async def examples_both(
    item_id: int,
    item: Annotated[ExampleItem, Body(examples=[{"name": "Of the body", "price": 2}], openapi_examples=EXAMPLES)],
):
    return {"item_id": item_id, "item": item}


@app.put("/examples/embedded")
async def examples_embedded(
    item: Annotated[Item, Body(embed=True, title="The item", description="One item.", examples=[WHOLE])],
):
    return item


@app.put("/examples/two")
async def examples_two(
    item: Annotated[Item, Body(title="The item", description="One item.", openapi_examples=EXAMPLES)],
    importance: Annotated[int, Body(title="How much it matters", ge=1, examples=[5], deprecated=True)],
):
    return {"item": item, "importance": importance}


@app.put("/examples/list")
async def examples_list(items: Annotated[list[Item], Body(title="Items", description="All.", examples=[[WHOLE]])]):
    return items


@app.put("/examples/optional")
async def examples_optional(item: Annotated[Item | None, Body(title="Perhaps", examples=[WHOLE, None])] = None):
    return item


@app.put("/examples/media-type")
async def examples_media_type(item: Annotated[Item, Body(media_type="application/vnd.item+json")]):
    return item


@app.get("/parameters/{item_id}")
async def parameters(
    item_id: Annotated[int, Path(title="The id", description="Of the item.", ge=1, examples=[5, 6])],
    q: Annotated[
        str | None,
        Query(
            alias="item-query",
            title="Query string",
            description="What to look for.",
            min_length=3,
            max_length=50,
            pattern="^fixed",
            deprecated=True,
            examples=["fixedquery"],
        ),
    ] = None,
    tags: Annotated[list[str], Query(title="Tags", description="Any of them.", examples=[["a", "b"]])] = ["new"],
    x_token: Annotated[list[str] | None, Header(title="Tokens", description="Of yours.", deprecated=True)] = None,
    strange_header: Annotated[str | None, Header(convert_underscores=False)] = None,
    session: Annotated[str, Cookie(title="Session", description="Given at login.", examples=["abc"])] = "none",
):
    return {
        "item_id": item_id,
        "q": q,
        "tags": tags,
        "x_token": x_token,
        "strange_header": strange_header,
        "session": session,
    }


@app.get("/parameters-openapi/{item_id}")
async def parameters_openapi(
    item_id: Annotated[
        int, Path(openapi_examples={"one": {"summary": "The first", "value": 1}, "two": {"value": 2}})
    ],
    q: Annotated[str | None, Query(openapi_examples={"empty": {"value": ""}}, examples=["of the schema"])] = None,
    x_token: Annotated[str | None, Header(openapi_examples={"t": {"value": "abc"}})] = None,
    session: Annotated[str | None, Cookie(openapi_examples={"s": {"value": "abc"}})] = None,
):
    return {"item_id": item_id, "q": q, "x_token": x_token, "session": session}


@app.get("/hidden/{item_id}")
async def hidden(
    item_id: Annotated[int, Path(include_in_schema=False)],
    shown: int = 0,
    q: Annotated[int, Query(include_in_schema=False)] = 0,
    x_token: Annotated[int, Header(include_in_schema=False)] = 0,
    session: Annotated[int, Cookie(include_in_schema=False)] = 0,
):
    return {"item_id": item_id, "shown": shown, "q": q, "x_token": x_token, "session": session}


@app.get("/hidden-all")
async def hidden_all(q: Annotated[int, Query(include_in_schema=False)]):
    return {"q": q}


class Filter(BaseModel):
    """How to look."""

    limit: int = Field(default=10, le=100, title="At most", description="So many.", examples=[5])
    offset: int = Field(default=0, ge=0, deprecated=True)
    order: str | None = None


@app.get("/query-model")
async def query_model(filter: Annotated[Filter, Query(description="Not to be seen.")]):
    return filter


@app.post("/form")
async def form(
    name: Annotated[str, Form(title="The name", description="Yours.", min_length=2, examples=["Rick"])],
    age: Annotated[int | None, Form(deprecated=True)] = None,
):
    return {"name": name, "age": age}


@app.post("/files")
async def files(
    file: Annotated[UploadFile, File(title="The file", description="Any file.")],
    more: Annotated[list[bytes], File()] = [],
):
    return {"file": file.filename, "more": [len(one) for one in more]}


@app.get("/deprecated", deprecated=True)
async def deprecated():
    return "still there"


@app.get("/extra", openapi_extra={"x-speed": "fast", "parameters": [{"name": "x-more", "in": "header"}]})
async def extra(q: int = 0):
    return q


@app.get(
    "/responses",
    responses={
        404: {"description": "Not there", "content": {"application/json": {"example": {"detail": "Not there"}}}},
        200: {
            "description": "There",
            "content": {"image/png": {}},
            "headers": {"X-Own": {"schema": {"type": "string"}}},
        },
    },
    response_model=Item,
)
async def responses():
    return WHOLE
