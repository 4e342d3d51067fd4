"""Programs of many resources, generated beside what cargo builds."""

import os
import resource
import shutil
import subprocess
import time

import servers
from databases import Trouble
from servers import ROOT, Running, Server

MOST = 1000

MANIFEST = """\
[workspace]

[package]
name = "{name}"
edition = "2024"
publish = false

[dependencies]
crewed = {{ path = {root} }}
"""

# For a program of a thousand.
QUICK = """
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


# What is compiled for a resource of eight fields, as they are in a program of somebody's own.
EIGHT_FIELDS = """
/// The {number}th of them.
#[resource("/r{number}")]
struct R{number} {{
    #[field(key, generated)]
    id: i64,
    /// What it is called.
    #[field(unique, min_length = 1, max_length = 64)]
    name: String,
    #[field(format = "email", index)]
    email: String,
    #[field(ge = 0, le = 150)]
    age: Option<i32>,
    #[field(scale = 2, gt = 0)]
    price: Decimal,
    #[field(default = true)]
    active: bool,
    #[field(json, default)]
    tags: Vec<String>,
    #[field(created_at)]
    created_at: DateTime<Utc>,
}}
"""

LAUNCH = """
#[crewed::launch]
fn rocket() -> _ {{
    rocket::build().attach(Api::new(){entries})
}}
"""

BUILDS = {
    "check": ["cargo", "check"],
    "debug build": ["cargo", "build"],
    "release build": ["cargo", "build", "--release"],
}


def build():
    """All of them are in the program; how many it serves is told when it is started."""
    target = servers.target_folder()
    folder = target / "compare/many_resources"
    numbers = range(1, MOST + 1)
    structs = "".join(RESOURCE.format(number=number) for number in numbers)
    entries = "\n".join(f"    Api::resource::<R{number}>," for number in numbers)
    main = "use crewed::prelude::*;\n" + structs + MAIN.format(most=MOST, entries=entries)
    _program(folder, MANIFEST + QUICK, main)
    server = Server("many_resources", "cargo")
    servers.make(server, ["cargo", "build", "--release"], folder, target / "compare/many_resources/target")
    server.command = [str(target / "compare/many_resources/target/release/many_resources")]
    return server


def builds(numbers, rounds, note):
    """What it takes to build a program of so many resources, where its dependencies are built.

    For each number a row: seconds and CPU seconds of each build, the least of the rounds, and the bytes of the program
    without its symbols.
    """
    target = servers.target_folder() / "compare/built_resources"
    folder = target / "program/built_resources"
    found = []
    for number in numbers:
        structs = "".join(EIGHT_FIELDS.format(number=each) for each in range(1, number + 1))
        entries = "".join(f"\n        .resource::<R{each}>()" for each in range(1, number + 1))
        _program(folder, MANIFEST, "use crewed::prelude::*;\n" + structs + LAUNCH.format(entries=entries))
        row = []
        for kind, command in BUILDS.items():
            note(f"{kind} of {number} resources")
            # With what it depends on, the first time.
            _timed(command, folder, target)
            times = []
            for _ in range(rounds):
                profile = ["--release"] if "--release" in command else []
                _timed(["cargo", "clean", "--quiet", "-p", "built_resources", *profile], folder, target)
                times.append(_timed(command, folder, target))
            row.append(tuple(min(kind) for kind in zip(*times)))
        stripped = target / "stripped"
        _timed(["strip", "-o", str(stripped), str(target / "release/built_resources")], folder, target)
        found.append((number, row, stripped.stat().st_size))
    return found


def _timed(command, folder, target):
    """Seconds that pass, and seconds of the processors."""
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target)}
    # As in a program of somebody's own.
    environment = {name: value for name, value in environment.items() if not name.startswith("CARGO_PROFILE_")}
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise Trouble(f"`{' '.join(command)}` fails:\n{done.stderr}")
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - start, worked


def _program(folder, manifest, main):
    (folder / "src").mkdir(parents=True, exist_ok=True)
    _write(folder / "src/main.rs", main)
    _write(folder / "Cargo.toml", manifest.format(name=folder.name, root=servers.json.dumps(str(ROOT))))
    # The same versions as crewed is tested with.
    shutil.copyfile(ROOT / "Cargo.lock", folder / "Cargo.lock")


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
