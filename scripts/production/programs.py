"""The programs that the scripts ask: a package of their own, so that they are built as a user's are."""

import json
import re
import subprocess
from pathlib import Path

from processes import REPOSITORY, Trouble, say

# Where a program is asked whether it is ready.
READY = "/health/ready"

# The next build of `heroes` has a column more, which rows of before may lack.
COLUMN_BEFORE = "    /// When they joined.\n"
COLUMN = '    /// Where they live.\n    #[field(max_length = 64)]\n    city: Option<String>,\n'


def built(release=False):
    """Builds `heroes`, the next build of it, and `behind`; returns where each is."""
    output = Path(target())
    # It stays, so that nothing is built twice.
    package = output / "in-production"
    package.mkdir(parents=True, exist_ok=True)
    heroes = (REPOSITORY / "examples" / "heroes" / "main.rs").read_text()
    if COLUMN_BEFORE not in heroes:
        raise Trouble("examples/heroes/main.rs has no place for another column")
    written(package / "heroes.rs", heroes)
    written(package / "heroes-next.rs", heroes.replace(COLUMN_BEFORE, COLUMN + COLUMN_BEFORE))
    written(package / "behind.rs", (REPOSITORY / "scripts" / "production" / "behind.rs").read_text())
    root = (REPOSITORY / "Cargo.toml").read_text()
    rocket = re.search(r"^rocket = .*$", (REPOSITORY / "examples" / "Cargo.toml").read_text(), re.MULTILINE)
    # Those of one dependency are for dependencies that these programs do not have.
    sections = re.findall(r"^\[profile\..*?(?=^\[|\Z)", root, re.MULTILINE | re.DOTALL)
    profiles = "\n".join(one for one in sections if ".package." not in one or '.package."*"' in one)
    names = ["heroes", "heroes-next", "behind"]
    binaries = "".join(f'[[bin]]\nname = "{name}"\npath = "{name}.rs"\n' for name in names)
    manifest = (
        '[package]\nname = "in-production"\nversion = "0.0.0"\nedition = "2024"\npublish = false\n'
        f'[workspace]\n[dependencies]\ncrewed = {{ path = "{REPOSITORY}" }}\n{rocket.group()}\n{binaries}{profiles}'
    )
    written(package / "Cargo.toml", manifest)
    if not (package / "Cargo.lock").exists() or newer(REPOSITORY / "Cargo.lock", package / "Cargo.lock"):
        (package / "Cargo.lock").write_text((REPOSITORY / "Cargo.lock").read_text())
    say(f"building the programs ({'release' if release else 'dev'}; minutes the first time)")
    command = ["cargo", "build", "--offline", "--message-format", "json", "--manifest-path", package / "Cargo.toml"]
    command += ["--target-dir", output, *(["--release"] if release else [])]
    done = subprocess.run([str(word) for word in command], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise Trouble("the programs do not build")
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    found = {m["target"]["name"]: Path(m["executable"]) for m in messages if m.get("executable")}
    return {name: found[name] for name in names}


def written(file, text):
    """Writes a file, unless it is so already: cargo goes by its time."""
    if not file.exists() or file.read_text() != text:
        file.write_text(text)


def newer(one, other):
    return one.stat().st_mtime > other.stat().st_mtime


def target():
    command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)["target_directory"]

