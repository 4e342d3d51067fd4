"""A program of many resources, generated beside what cargo builds."""

import shutil

import servers
from databases import Trouble
from servers import ROOT, Running, Server

MOST = 1000

MANIFEST = """\
[workspace]

[package]
name = "many_resources"
edition = "2024"
publish = false

[dependencies]
crewed = {{ path = {root} }}

# Optimised as a whole, a thousand resources take a quarter of an hour to compile. What serves them is in crewed,
# and is optimised as ever, but for what could have been done across crates.
[profile.release]
lto = "off"

[profile.release.package.many_resources]
opt-level = 1
"""

RESOURCE = """
#[resource("/r{number}")]
struct R{number} {{
    #[field(key, generated)]
    id: i64,
    #[field(unique, min_length = 1, max_length = 64)]
    name: String,
    #[field(index)]
    nickname: String,
    #[field(created_at)]
    created_at: DateTime<Utc>,
}}
"""

MAIN = """
const RESOURCES: [fn(Api) -> Api; {most}] = [
{entries}
];

#[crewed::launch]
fn rocket() -> _ {{
    let number = std::env::var("RESOURCES").ok().and_then(|number| number.parse().ok()).unwrap_or({most});
    let api = RESOURCES[..number].iter().fold(Api::new(), |api, add| add(api));
    rocket::build().attach(api)
}}
"""


def build():
    """All of them are in the program; how many it serves is told when it is started."""
    target = servers.target_folder()
    folder = target / "compare/many_resources"
    (folder / "src").mkdir(parents=True, exist_ok=True)
    numbers = range(1, MOST + 1)
    structs = "".join(RESOURCE.format(number=number) for number in numbers)
    entries = "\n".join(f"    Api::resource::<R{number}>," for number in numbers)
    main = "use crewed::prelude::*;\n" + structs + MAIN.format(most=MOST, entries=entries)
    _write(folder / "src/main.rs", main)
    _write(folder / "Cargo.toml", MANIFEST.format(root=servers.json.dumps(str(ROOT))))
    # The same versions as crewed is tested with.
    shutil.copyfile(ROOT / "Cargo.lock", folder / "Cargo.lock")
    server = Server("many_resources", "cargo")
    servers.make(server, ["cargo", "build", "--release"], folder, target / "compare/many_resources/target")
    server.command = [str(target / "compare/many_resources/target/release/many_resources")]
    return server


def _write(file, text):
    # A file that is as it was is not compiled again.
    if not file.exists() or file.read_text() != text:
        file.write_text(text)


def fill(database, server, number, scratch):
    """A database with one row, in the table of the last resource."""
    name = f"{server.name}_{number}_seed"
    with Running(server, database.empty(name), scratch) as running:
        status, answer = running.ask("POST", f"/r{number}", {"name": "ada", "nickname": "countess"})
        if status != 201 or answer["id"] != 1:
            raise Trouble(f"{server.name} answers a create wrongly, with {status}: {answer}")
    database.settle(name)
    return name
