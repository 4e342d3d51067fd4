"""Calls every operation of the example `bookshop` by the client that openapi-python-client makes of its document, and
looks at the answers. It is given the address of a program whose shop is empty, and its document."""

import datetime
import json
import re
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ParamSpec, TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx

from bookshop import AuthenticatedClient
from bookshop.api.authors import (
    create_author,
    delete_author,
    list_authors,
    patch_author,
    read_author,
    replace_author,
)
from bookshop.api.books import (
    bestsellers,
    create_book,
    delete_book,
    list_books,
    patch_book,
    read_book,
    replace_book,
)
from bookshop.api.customers import (
    create_customer,
    delete_customer,
    list_customers,
    patch_customer,
    read_customer,
    replace_customer,
)
from bookshop.api.default import seed, summary
from bookshop.api.orders import (
    cancel_order,
    cancel_stale_orders,
    delete_order,
    list_orders,
    patch_order,
    place_order,
    read_order,
)
from bookshop.models import (
    Author,
    AuthorCreate,
    AuthorPatch,
    Book,
    BookCreate,
    BookPatch,
    Changed,
    Customer,
    CustomerCreate,
    CustomerPatch,
    CustomerReplace,
    Genre,
    HTTPError,
    HTTPValidationError,
    ListCustomersResponse200Item,
    ListOrdersResponse200,
    NewOrder,
    Order,
    OrderPatch,
    Priority,
    ReadCustomerResponse200,
    Seeded,
    Status,
    Summary,
)
from bookshop.types import Response, Unset

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E")

# What was called: modules, which are named after their operations, and the names of the parameters that were sent in a
# query.
called: set[str] = set()
sent: set[str] = set()


def note(request: httpx.Request) -> None:
    sent.update(request.url.params.keys())


def client_of(token: str) -> AuthenticatedClient:
    hooks = {"event_hooks": {"request": [note]}}
    return AuthenticatedClient(base_url=sys.argv[1], token=token, timeout=httpx.Timeout(60), httpx_args=hooks)


# The staff of a shop, and a customer.
client = client_of("counter-1")
customer_client = client_of("ada")


def ask(
    status: int, operation: Callable[P, Response[T]], /, *args: P.args, **kwargs: P.kwargs
) -> Response[T]:
    """The answer of an operation, which must have this status."""
    called.add(operation.__module__.rpartition(".")[2])
    answer = operation(*args, **kwargs)
    assert answer.status_code == status, (operation.__module__, answer.status_code, answer.content)
    return answer


def expect(
    of: type[E], status: int, operation: Callable[P, Response[Any]], /, *args: P.args, **kwargs: P.kwargs
) -> E:
    """The body of an answer."""
    body = ask(status, operation, *args, **kwargs).parsed
    assert isinstance(body, of), body
    return body


def rows(of: type[E], operation: Callable[P, Response[Any]], /, *args: P.args, **kwargs: P.kwargs) -> list[E]:
    """The rows of a list that is answered as an array."""
    body: list[object] = expect(list, 200, operation, *args, **kwargs)
    found = [row for row in body if isinstance(row, of)]
    assert len(found) == len(body), body
    return found


def cursor_of(address: str) -> str:
    """The cursor in the address of a next page."""
    return parse_qs(urlsplit(address).query)["cursor"][0]


def seeds_once() -> None:
    seeded = expect(Seeded, 200, seed.sync_detailed, client=client)
    assert seeded == Seeded(authors=500, books=4000, customers=3000, orders=12500)
    refused = expect(HTTPError, 409, seed.sync_detailed, client=client)
    assert refused.detail == "The shop is not empty."
    counted = expect(Summary, 200, summary.sync_detailed, client=client)
    assert (counted.books, counted.customers) == (4000, 3000)
    assert counted.sold_out > 0 and counted.open_orders > 0


def authors() -> None:
    new = AuthorCreate(name="Iris Murdoch", country="IE", born=datetime.date(1919, 7, 15))
    iris = expect(Author, 201, create_author.sync_detailed, client=client, body=new)
    assert (iris.name, iris.born, iris.biography) == ("Iris Murdoch", new.born, None)
    assert expect(Author, 200, read_author.sync_detailed, iris.id, client=client) == iris
    new.biography = "Novels."
    replaced = expect(Author, 200, replace_author.sync_detailed, iris.id, client=client, body=new)
    assert (replaced.id, replaced.biography) == (iris.id, "Novels.")
    patched = expect(Author, 200, patch_author.sync_detailed, iris.id, client=client, body=AuthorPatch(country=None))
    assert (patched.country, patched.biography) == (None, "Novels.")

    def found(**query: Any) -> list[Author]:
        return rows(Author, list_authors.sync_detailed, client=client, **query)

    assert found(name="Iris Murdoch", country_isnull=True) == [patched]
    assert found(name_endswith="Murdoch", name_ne="Iris", born=datetime.date(1919, 7, 15)) == [patched]
    assert found(q="NOVELS iris") == [patched]
    some = found(country_in=["KR", "PL"], name_not_in=["Ada Kim", "Ada Lem"], sort="-name,born")
    assert len(some) > 10 and {author.country for author in some} == {"KR", "PL"}
    names = [author.name.encode() for author in some]
    assert names == sorted(names, reverse=True)
    assert len(found(name_contains="Dürr", limit=1)) == 1

    ask(204, delete_author.sync_detailed, iris.id, client=client)
    assert expect(HTTPError, 404, read_author.sync_detailed, iris.id, client=client).detail == "Not Found"


def walked(**query: Any) -> list[Book]:
    """All books of a query, page by page, as `Link` leads through them."""
    found: list[Book] = []
    while True:
        answer = ask(200, list_books.sync_detailed, client=client, **query)
        assert isinstance(answer.parsed, list)
        found += answer.parsed
        assert ("X-Total-Count" in answer.headers) == ("count" in query)
        link = re.fullmatch('<(.*)>; rel="next"', answer.headers.get("Link", ""))
        if link is None:
            return found
        query["cursor"] = cursor_of(link[1])


def books() -> None:
    new = BookCreate(
        isbn="9780140033120",
        title="The Sea, the Sea",
        author_id=1,
        genre=Genre.NOVEL,
        tags=["prize", "50% off"],
        price="9.90",
        published=datetime.date(1978, 8, 1),
        stock=2,
    )
    sea = expect(Book, 201, create_book.sync_detailed, client=client, body=new)
    assert (sea.price, sea.pages, sea.in_print, sea.sold) == ("9.90", None, True, 0)
    taken = expect(HTTPValidationError, 409, create_book.sync_detailed, client=client, body=new)
    assert [issue.loc for issue in taken.detail] == [["body", "isbn"]]
    assert expect(Book, 200, read_book.sync_detailed, sea.id, client=client) == sea
    new.price, new.pages = "8", 502
    replaced = expect(Book, 200, replace_book.sync_detailed, sea.id, client=client, body=new)
    assert (replaced.price, replaced.pages) == ("8.00", 502)
    patch = BookPatch(tags=["prize"], pages=None)
    patched = expect(Book, 200, patch_book.sync_detailed, sea.id, client=client, body=patch)
    assert (patched.tags, patched.pages, patched.price) == (["prize"], None, "8.00")

    queries: list[dict[str, Any]] = [
        {"isbn": "9780140033120"},
        {"isbn_in": ["9780140033120", "9780140033121"]},
        {"isbn_startswith": "9780140"},
        {"title": "The Sea, the Sea", "subtitle_isnull": True},
        {"title_icontains": "SEA, THE", "genre_not_in": [Genre.CRIME, Genre.POETRY]},
        {"tags_has": "prize", "pages_isnull": True},
        {"q": "sea, THE", "stock": 2, "sold_lte": 0, "price_gt": "7.99"},
        {"affordable": "8.00", "title_startswith": "The Sea,"},
    ]
    for query in queries:
        assert walked(**query) == [patched], query
    dear: dict[str, Any] = {"price_gte": "20", "price_lt": "40.5", "genre_in": [Genre.CRIME, Genre.POETRY], "in_print": True}
    found = walked(**dear, sort="-published,title", count=True, limit=100)
    counted = ask(200, list_books.sync_detailed, client=client, count=True, limit=0, **dear)
    assert counted.headers["X-Total-Count"] == str(len(found)) and len(found) > 250
    assert len({book.id for book in found}) == len(found)
    published = [book.published for book in found]
    assert published == sorted(published, reverse=True)
    assert all(book.in_print and 20 <= Decimal(book.price) < Decimal("40.5") for book in found)
    rare = walked(available=False, published_gte=datetime.date(2000, 1, 1), limit=1000)
    assert rare and all(book.stock == 0 and not book.in_print and book.published.year >= 2000 for book in rare)

    best = rows(Book, bestsellers.sync_detailed, client=client, genre=Genre.POETRY, limit=3)
    assert best == walked(genre=Genre.POETRY, sort="-sold")[:3]

    ask(204, delete_book.sync_detailed, sea.id, client=client)
    wrong = expect(HTTPValidationError, 422, list_books.sync_detailed, client=client, sort="prize", price_gt="many")
    assert [issue.loc for issue in wrong.detail] == [["query", "sort"], ["query", "price__gt"]]


def customers() -> UUID:
    begun = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1)
    key = UUID("0e1b2c3d-0000-4000-8000-000000000001")
    birthday = datetime.date(1815, 12, 10)
    new = CustomerCreate(id=key, name="Ada Lovelace", email="ada@crewed.example", birthday=birthday)
    ada = expect(Customer, 201, create_customer.sync_detailed, client=customer_client, body=new)
    assert (ada.id, ada.shop_id, ada.newsletter) == (key, 1, False) and ada.created_at > begun
    expect(HTTPValidationError, 409, create_customer.sync_detailed, client=client, body=new)
    other = UUID("6f0b1de6-4f4a-4d4e-9d53-0a6d3f0d5a11")
    others = CustomerCreate(id=other, name="Else", email="else@crewed.example")
    refused = expect(HTTPError, 403, create_customer.sync_detailed, client=customer_client, body=others)
    assert refused.detail == "Not permitted"
    own = rows(ListCustomersResponse200Item, list_customers.sync_detailed, client=customer_client, sort="name")
    assert [row.to_dict() for row in own] == [ada.to_dict()]
    # Members may be left out where clients choose them, so that the row that is read is of another type.
    read = expect(ReadCustomerResponse200, 200, read_customer.sync_detailed, key, client=client)
    assert read.to_dict() == ada.to_dict()
    chosen = expect(ReadCustomerResponse200, 200, read_customer.sync_detailed, key, client=client, fields="name")
    assert chosen.to_dict() == {"name": "Ada Lovelace"}
    body = CustomerReplace(name=ada.name, email=ada.email, birthday=birthday, newsletter=True)
    replaced = expect(Customer, 200, replace_customer.sync_detailed, key, client=client, body=body)
    assert replaced.newsletter and replaced.created_at == ada.created_at
    patch = CustomerPatch(city="Zürich")
    patched = expect(Customer, 200, patch_customer.sync_detailed, key, client=client, body=patch)
    assert (patched.city, patched.newsletter) == ("Zürich", True)

    def found(**query: Any) -> list[dict[str, Any]]:
        every = rows(ListCustomersResponse200Item, list_customers.sync_detailed, client=client, **query)
        return [row.to_dict() for row in every]

    assert found(id_in=[key, other], created_at_gte=begun) == [patched.to_dict()]
    assert found(email_endswith="@crewed.example", city="Zürich", newsletter=True) == [patched.to_dict()]
    assert found(birthday_lt=datetime.date(1900, 1, 1), city_isnull=False) == [patched.to_dict()]
    assert found(sort="birthday", skip=0, limit=1) == [patched.to_dict()]
    assert found(sort="-birthday", limit=1, fields="birthday") == [{"birthday": None}]

    # Chosen members of all rows that are left, as comma-separated values, which the client's own functions do not read.
    newsletter = {"newsletter": "true", "fields": "name,city", "sort": "name"}
    answer = client.get_httpx_client().get("/customers", params=newsletter, headers={"Accept": "text/csv"})
    lines = answer.text.split("\r\n")
    assert lines[0] == "name,city" and "Ada Lovelace,Zürich" in lines
    counted = ask(200, list_customers.sync_detailed, client=client, newsletter=True, count=True, limit=0)
    assert counted.headers["X-Total-Count"] == answer.headers["X-Total-Count"] == str(len(lines) - 2)
    return key


def orders(customer: UUID) -> None:
    book = rows(Book, list_books.sync_detailed, client=client, stock_gte=5, limit=1)[0]
    new = NewOrder(book_id=book.id, quantity=2, priority=Priority.VALUE_2, note="It is a gift.")
    placed = expect(Order, 201, place_order.sync_detailed, client=customer_client, body=new)
    assert (placed.status, placed.priority) == (Status.PLACED, Priority.VALUE_2)
    assert (placed.customer_id, placed.shop_id) == (customer, 1)
    assert Decimal(placed.total) == 2 * Decimal(book.price)
    new.quantity = 100
    refused = expect(HTTPError, 409, place_order.sync_detailed, client=customer_client, body=new)
    assert refused.detail == "There are not enough copies."
    once = NewOrder(book_id=book.id)
    other = expect(Order, 201, place_order.sync_detailed, client=customer_client, body=once)
    cancelled = expect(Order, 200, cancel_order.sync_detailed, other.id, client=customer_client)
    assert (cancelled.id, cancelled.status) == (other.id, Status.CANCELLED)
    late = expect(HTTPError, 409, cancel_order.sync_detailed, other.id, client=customer_client)
    assert late.detail == "It is too late."
    assert expect(Order, 200, read_order.sync_detailed, placed.id, client=client) == placed
    patch = OrderPatch(status=Status.PAID)
    expect(HTTPError, 403, patch_order.sync_detailed, placed.id, client=customer_client, body=patch)
    paid = expect(Order, 200, patch_order.sync_detailed, placed.id, client=client, body=patch)
    assert paid.status == Status.PAID

    def page(**query: Any) -> ListOrdersResponse200:
        return expect(ListOrdersResponse200, 200, list_orders.sync_detailed, client=client, **query)

    own: dict[str, Any] = {"customer_id": customer, "status_in": [Status.PAID, Status.SHIPPED], "priority": Priority.VALUE_2}
    alone = page(**own, note_contains="gift", count=True)
    assert (alone.items, alone.next_, alone.total) == ([paid], None, 1)
    alone = page(**own, q="GIFT", quantity_gte=2)
    assert alone.items == [paid] and isinstance(alone.total, Unset)

    # The envelope says where the next page is.
    query: dict[str, Any] = {
        "priority_in": [Priority.VALUE_1, Priority.VALUE_2],
        "status_ne": Status.CANCELLED,
        "shipped_at_isnull": False,
        "placed_at_gte": datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc),
        "placed_at_lt": datetime.datetime(2025, 4, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
        "sort": "total,-placed_at",
        "count": True,
        "limit": 250,
    }
    found: list[Order] = []
    total: int | Unset | None = None
    while total is None or "cursor" in query:
        this = page(**query)
        found += this.items
        total = this.total
        query.pop("cursor", None)
        if this.next_ is not None:
            query["cursor"] = cursor_of(this.next_)
    assert total == len(found) == len({order.id for order in found}) > 500
    totals = [Decimal(order.total) for order in found]
    assert totals == sorted(totals)

    end = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    stale = page(status=Status.PLACED, placed_at_lte=end, count=True, limit=0)
    changed = expect(Changed, 200, cancel_stale_orders.sync_detailed, client=client, days=30)
    assert changed.orders == stale.total
    ask(204, delete_order.sync_detailed, placed.id, client=client)
    expect(HTTPError, 404, delete_order.sync_detailed, placed.id, client=client)


def nothing_was_left_out() -> str:
    """Every operation of the document was called, and every kind of filter was used."""
    with open(sys.argv[2], encoding="utf-8") as file:
        document = json.load(file)
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    missing = {operation["operationId"] for operation in operations} - called
    assert not missing, f"operations not called: {missing}"

    def kinds(names: set[str]) -> set[str]:
        return {"".join(name.partition("__")[1:]) for name in names}

    parameters = {parameter["name"] for operation in operations for parameter in operation.get("parameters", [])}
    unused = kinds(parameters) - kinds(sent)
    assert not unused, f"kinds of filters not used: {unused}"
    assert len(operations) > 20 and len(kinds(parameters)) > 12
    return f"{len(operations)} operations called, with {len(sent)} parameters of queries"


seeds_once()
authors()
books()
ada = customers()
orders(ada)
ask(204, delete_customer.sync_detailed, ada, client=client)
print(nothing_was_left_out())
