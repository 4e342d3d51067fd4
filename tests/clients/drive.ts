// Calls every operation of the example `bookshop` by the client that openapi-typescript and openapi-fetch make of its
// document, and looks at the answers. It is given the address of a program whose shop is empty, and its document.

import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";

import createClient from "openapi-fetch";

import type { components, operations, paths } from "./bookshop.js";

type Book = components["schemas"]["Book"];
type Order = components["schemas"]["Order"];
type BooksQuery = NonNullable<operations["list_books"]["parameters"]["query"]>;

const [baseUrl, documentFile] = process.argv.slice(2) as [string, string];
// A list that is exported has several media types, of which these clients ask for one.
const of = (token: string) =>
    createClient<paths, "application/json">({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
// The staff of a shop, and a customer.
const client = of("counter-1");
const customerClient = of("ada");

// What was called: operations as "get /books/{id}", and the names of the parameters that were sent in a query.
const called = new Set<string>();
const sent = new Set<string>();
for (const one of [client, customerClient]) {
    one.use({
        onRequest({ request, schemaPath }) {
            called.add(`${request.method.toLowerCase()} ${schemaPath}`);
            for (const name of new URL(request.url).searchParams.keys()) sent.add(name);
        },
    });
}

/** The body of an answer that has this status. */
async function expect<T>(status: number, asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
    const { data, error, response } = await asked;
    equal(response.status, status, `${response.url}: ${response.status} ${JSON.stringify(error ?? data)}`);
    return data as T;
}

/** The body of a refusal that has this status. */
async function refusal<E>(status: number, asked: Promise<{ error?: E; response: Response }>): Promise<E> {
    const { error, response } = await asked;
    equal(response.status, status, response.url);
    ok(error !== undefined);
    return error;
}

/** The cursor in the address of a next page. */
function cursorOf(address: string | null): string | null {
    return address === null ? null : new URL(address, baseUrl).searchParams.get("cursor");
}

const ids = (rows: { id: number | string }[]) => rows.map((row) => row.id);

async function seedsOnce() {
    const seeded = await expect(200, client.POST("/seed"));
    equal(seeded, { authors: 500, books: 4000, customers: 3000, orders: 12500 });
    const refused = await refusal(409, client.POST("/seed"));
    equal(refused, { detail: "The shop is not empty." });
    const summary = await expect(200, client.GET("/summary"));
    equal([summary.books, summary.customers], [4000, 3000]);
    ok(summary.sold_out > 0 && summary.open_orders > 0);
}

async function authors() {
    const body = { name: "Iris Murdoch", country: "IE", born: "1919-07-15" };
    const iris = await expect(201, client.POST("/authors", { body }));
    equal([iris.name, iris.born, iris.biography], ["Iris Murdoch", "1919-07-15", null]);
    const path = { params: { path: { id: iris.id } } };
    equal(await expect(200, client.GET("/authors/{id}", path)), iris);
    const replaced = await expect(200, client.PUT("/authors/{id}", { ...path, body: { ...iris, biography: "Novels." } }));
    equal(replaced, { ...iris, biography: "Novels." });
    const patched = await expect(200, client.PATCH("/authors/{id}", { ...path, body: { country: null } }));
    equal(patched, { ...replaced, country: null });

    const list = async (query: NonNullable<operations["list_authors"]["parameters"]["query"]>) =>
        expect(200, client.GET("/authors", { params: { query } }));
    equal(await list({ name: "Iris Murdoch", country__isnull: true }), [patched]);
    equal(await list({ name__endswith: "Murdoch", name__ne: "Iris", born: "1919-07-15" }), [patched]);
    equal(await list({ q: "NOVELS iris" }), [patched]);
    const some = await list({ country__in: ["KR", "PL"], name__not_in: ["Ada Kim", "Ada Lem"], sort: "-name,born" });
    ok(some.length > 10 && some.every(({ country }) => country === "KR" || country === "PL"));
    equal(new Set(some.map((author) => author.country)).size, 2);
    const places = some.map((author) => Buffer.from(author.name));
    ok(places.every((name, index) => index === 0 || Buffer.compare(places[index - 1]!, name) >= 0));
    ok((await list({ name__contains: "Dürr", limit: 1 })).length === 1);

    await expect(204, client.DELETE("/authors/{id}", path));
    equal(await refusal(404, client.GET("/authors/{id}", path)), { detail: "Not Found" });
}

/** All books of a query, page by page, as `Link` leads through them. */
async function walked(query: BooksQuery): Promise<Book[]> {
    const all: Book[] = [];
    let cursor: string | null = null;
    do {
        const page: BooksQuery = { ...query, ...(cursor && { cursor }) };
        const asked = client.GET("/books", { params: { query: page } });
        all.push(...(await expect(200, asked)));
        const { headers } = (await asked).response;
        equal(headers.get("X-Total-Count") !== null, query.count === true);
        const link = headers.get("Link");
        cursor = cursorOf(link && /^<(.*)>; rel="next"$/.exec(link)![1]!);
    } while (cursor !== null);
    return all;
}

async function books() {
    const body = {
        isbn: "9780140033120", title: "The Sea, the Sea", author_id: 1, genre: "novel" as const, price: "9.90",
        published: "1978-08-01", stock: 2, tags: ["prize", "50% off"],
    };
    const sea = await expect(201, client.POST("/books", { body }));
    equal([sea.price, sea.pages, sea.in_print, sea.sold], ["9.90", null, true, 0]);
    const path = { params: { path: { id: sea.id } } };
    const taken = await refusal(409, client.POST("/books", { body }));
    ok("detail" in taken && typeof taken.detail !== "string");
    equal(taken.detail[0]!.loc, ["body", "isbn"]);
    equal(await expect(200, client.GET("/books/{id}", path)), sea);
    const replaced = await expect(200, client.PUT("/books/{id}", { ...path, body: { ...sea, price: "8", pages: 502 } }));
    equal(replaced, { ...sea, price: "8.00", pages: 502 });
    const patched = await expect(200, client.PATCH("/books/{id}", { ...path, body: { tags: ["prize"], pages: null } }));
    equal(patched, { ...replaced, tags: ["prize"], pages: null });

    for (const query of [
        { isbn: "9780140033120" },
        { isbn__in: ["9780140033120", "9780140033121"] },
        { isbn__startswith: "9780140" },
        { title: "The Sea, the Sea", subtitle__isnull: true },
        { title__icontains: "SEA, THE", genre__not_in: ["crime", "poetry"] },
        { tags__has: "prize", pages__isnull: true },
        { q: "sea, THE", stock: 2, sold__lte: 0, price__gt: "7.99" },
        { affordable: "8.00", title__startswith: "The Sea," },
    ] satisfies BooksQuery[]) {
        equal(await walked(query), [patched], JSON.stringify(query));
    }
    const dear: BooksQuery = { price__gte: "20", price__lt: "40.5", genre__in: ["crime", "poetry"], in_print: true };
    const all = await walked({ ...dear, sort: "-published,title", count: true, limit: 100 });
    const { response } = await client.GET("/books", { params: { query: { ...dear, count: true, limit: 0 } } });
    equal(String(all.length), response.headers.get("X-Total-Count"));
    ok(all.length > 250 && new Set(ids(all)).size === all.length);
    ok(all.every((book, index) => index === 0 || book.published <= all[index - 1]!.published));
    ok(all.every((book) => book.genre !== "novel" && book.in_print && Number(book.price) >= 20));
    const rare = await walked({ available: false, published__gte: "2000-01-01", limit: 1000 });
    ok(rare.length > 0 && rare.every((book) => book.stock === 0 && !book.in_print && book.published >= "2000"));

    const query = { genre: "poetry", limit: 3 } as const;
    const best = await expect(200, client.GET("/books/bestsellers", { params: { query } }));
    equal(ids(best), ids(await walked({ genre: "poetry", sort: "-sold" })).slice(0, 3));

    await expect(204, client.DELETE("/books/{id}", path));
    const wrong = await refusal(422, client.GET("/books", { params: { query: { sort: "prize", price__gt: "many" } } }));
    ok("detail" in wrong && typeof wrong.detail !== "string");
    equal(wrong.detail.map((issue) => issue.loc), [["query", "sort"], ["query", "price__gt"]]);
}

async function customers(): Promise<string> {
    const id = "0e1b2c3d-0000-4000-8000-000000000001";
    const body = { id, name: "Ada Lovelace", email: "ada@crewed.example", birthday: "1815-12-10" };
    const begun = new Date(Date.now() - 60_000).toISOString();
    const ada = await expect(201, customerClient.POST("/customers", { body }));
    equal([ada.newsletter, ada.shop_id], [false, 1]);
    await refusal(409, client.POST("/customers", { body }));
    const others = { ...body, id: "6f0b1de6-4f4a-4d4e-9d53-0a6d3f0d5a10", email: "else@crewed.example" };
    equal(await refusal(403, customerClient.POST("/customers", { body: others })), { detail: "Not permitted" });
    equal(await expect(200, customerClient.GET("/customers", { params: { query: { sort: "name" } } })), [ada]);
    const path = { params: { path: { id } } };
    equal(await expect(200, client.GET("/customers/{id}", path)), ada);
    const chosen = { params: { path: { id }, query: { fields: "name" } } };
    equal(await expect(200, client.GET("/customers/{id}", chosen)), { name: "Ada Lovelace" });
    const replaced = await expect(200, client.PUT("/customers/{id}", { ...path, body: { ...ada, newsletter: true } }));
    equal(replaced, { ...ada, newsletter: true });
    const patched = await expect(200, client.PATCH("/customers/{id}", { ...path, body: { city: "Zürich" } }));
    equal(patched, { ...replaced, city: "Zürich" });

    const list = async (query: NonNullable<operations["list_customers"]["parameters"]["query"]>) =>
        expect(200, client.GET("/customers", { params: { query } }));
    equal(await list({ id__in: [id, "6f0b1de6-4f4a-4d4e-9d53-0a6d3f0d5a11"], created_at__gte: begun }), [patched]);
    equal(await list({ email__endswith: "@crewed.example", city: "Zürich", newsletter: true }), [patched]);
    equal(await list({ birthday__lt: "1900-01-01", city__isnull: false }), [patched]);
    equal((await list({ sort: "birthday", skip: 0, limit: 1 })).map((customer) => customer.id), [id]);
    equal(await list({ sort: "-birthday", limit: 1, fields: "birthday" }), [{ birthday: null }]);

    // Chosen members of all rows that are left, as comma-separated values.
    const headers = { Accept: "text/csv", Authorization: "Bearer counter-1" };
    const csv = createClient<paths, "text/csv">({ baseUrl, headers });
    const query = { newsletter: true, fields: "name,city", sort: "name" };
    const exported = await expect(200, csv.GET("/customers", { params: { query }, parseAs: "text" }));
    const lines = exported.split("\r\n");
    equal(lines.shift(), "name,city");
    const total = await client.GET("/customers", { params: { query: { newsletter: true, count: true, limit: 0 } } });
    equal(String(lines.length - 1), total.response.headers.get("X-Total-Count"));
    ok(lines.includes("Ada Lovelace,Zürich"));
    return id;
}

async function orders(customer_id: string) {
    const [book] = await expect(200, client.GET("/books", { params: { query: { stock__gte: 5, limit: 1 } } }));
    ok(book);
    const order = { book_id: book.id, quantity: 2, priority: 2, note: "It is a gift." } as const;
    const placed = await expect(201, customerClient.POST("/orders", { body: order }));
    equal([placed.status, placed.priority, Number(placed.total)], ["placed", 2, Number(book.price) * 2]);
    equal([placed.customer_id, placed.shop_id], [customer_id, 1]);
    const refused = await refusal(409, customerClient.POST("/orders", { body: { ...order, quantity: 100 } }));
    equal(refused, { detail: "There are not enough copies." });
    const other = await expect(201, customerClient.POST("/orders", { body: { book_id: book.id } }));
    const cancel = () => customerClient.POST("/orders/{id}/cancel", { params: { path: { id: other.id } } });
    equal(await expect(200, cancel()), { ...other, status: "cancelled" });
    equal(await refusal(409, cancel()), { detail: "It is too late." });
    const path = { params: { path: { id: placed.id } } };
    equal(await expect(200, client.GET("/orders/{id}", path)), placed);
    await refusal(403, customerClient.PATCH("/orders/{id}", { ...path, body: { status: "paid" } }));
    const paid = await expect(200, client.PATCH("/orders/{id}", { ...path, body: { status: "paid" } }));
    equal(paid, { ...placed, status: "paid" });

    const list = async (query: NonNullable<operations["list_orders"]["parameters"]["query"]>) =>
        expect(200, client.GET("/orders", { params: { query } }));
    const own = { customer_id, status__in: ["paid" as const, "shipped" as const], priority: 2 as const };
    equal(await list({ ...own, note__contains: "gift", count: true }), { items: [paid], next: null, total: 1 });
    equal(await list({ ...own, q: "GIFT", quantity__gte: 2 }), { items: [paid], next: null });

    // The envelope says where the next page is.
    const wanted = { priority__in: [1, 2] as (1 | 2)[], status__ne: "cancelled", shipped_at__isnull: false } as const;
    const old = { placed_at__gte: "2025-01-01T00:00:00Z", placed_at__lt: "2025-04-01T00:00:00+02:00" };
    const all: Order[] = [];
    let cursor: string | null = null;
    do {
        const query = { ...wanted, ...old, sort: "total,-placed_at", count: true, limit: 250 };
        const page: Awaited<ReturnType<typeof list>> = await list({ ...query, ...(cursor && { cursor }) });
        all.push(...page.items);
        ok(page.total !== undefined && page.total > 500);
        cursor = cursorOf(page.next);
        if (cursor === null) equal(all.length, page.total);
    } while (cursor !== null);
    equal(new Set(ids(all)).size, all.length);
    ok(all.every((order, index) => index === 0 || Number(order.total) >= Number(all[index - 1]!.total)));

    const open = await list({ status: "placed", placed_at__lte: "2026-01-01T00:00:00Z", count: true, limit: 0 });
    const days = { params: { query: { days: 30 } } };
    equal(await expect(200, client.POST("/orders/cancel_stale", days)), { orders: open.total });
    await expect(204, client.DELETE("/orders/{id}", path));
    await refusal(404, client.DELETE("/orders/{id}", path));
}

await seedsOnce();
await authors();
await books();
const customer = await customers();
await orders(customer);
await expect(204, client.DELETE("/customers/{id}", { params: { path: { id: customer } } }));

// Nothing of the document was left out: no operation, and no kind of filter.
interface Operation {
    operationId: string;
    parameters?: { name: string; in: string }[];
}
const { paths: documented }: { paths: Record<string, Record<string, Operation>> } =
    JSON.parse(readFileSync(documentFile, "utf8"));
const all = Object.entries(documented).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ call: `${method} ${path}`, ...operation })),
);
equal(all.filter(({ call }) => !called.has(call)).map(({ operationId }) => operationId), [], "operations not called");
const kind = (name: string) => /__.*$/.exec(name)?.[0] ?? "";
const kinds = new Set(all.flatMap(({ parameters }) => (parameters ?? []).map(({ name }) => kind(name))));
const used = new Set([...sent].map(kind));
equal([...kinds].filter((kind) => !used.has(kind)), [], "kinds of filters not used");
ok(all.length > 20 && kinds.size > 12);
console.log(`${all.length} operations called, with ${sent.size} parameters of queries`);
