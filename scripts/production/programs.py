"""The programs that the scripts ask: a package of their own, so that they are built as a user's are."""

import json
import os
import re
import subprocess
from pathlib import Path

from processes import REPOSITORY, Trouble, say

# Where a program is asked whether it is ready.
READY = os.environ.get("CREWED_READY", "/heroes?limit=1")

# The next build of `heroes` has a column more, which rows of before may lack.
COLUMN_BEFORE = "    /// When they joined.\n"
COLUMN = '    /// Where they live.\n    #[field(max_length = 64)]\n    city: Option<String>,\n'


def built(folder, release=False):
    """Builds `heroes`, the next build of it, and `behind`; returns where each is."""
    package = folder / "programs"
    package.mkdir()
    heroes = (REPOSITORY / "examples" / "heroes" / "main.rs").read_text()
    if COLUMN_BEFORE not in heroes:
        raise Trouble("examples/heroes/main.rs has no place for another column")
    (package / "heroes.rs").write_text(heroes)
    (package / "heroes-next.rs").write_text(heroes.replace(COLUMN_BEFORE, COLUMN + COLUMN_BEFORE))
    (package / "behind.rs").write_text((REPOSITORY / "scripts" / "production" / "behind.rs").read_text())
    root = (REPOSITORY / "Cargo.toml").read_text()
    rocket = re.search(r"^rocket = .*$", (REPOSITORY / "examples" / "Cargo.toml").read_text(), re.MULTILINE)
    profiles = "\n".join(re.findall(r"^\[profile\..*?(?=^\[|\Z)", root, re.MULTILINE | re.DOTALL))
    names = ["heroes", "heroes-next", "behind"]
    binaries = "".join(f'[[bin]]\nname = "{name}"\npath = "{name}.rs"\n' for name in names)
    (package / "Cargo.toml").write_text(
        '[package]\nname = "in-production"\nversion = "0.0.0"\nedition = "2024"\npublish = false\n'
        f'[workspace]\n[dependencies]\ncrewed = {{ path = "{REPOSITORY}" }}\n{rocket.group()}\n{binaries}{profiles}'
    )
    (package / "Cargo.lock").write_text((REPOSITORY / "Cargo.lock").read_text())
    say(f"building the programs ({'release' if release else 'dev'}; minutes the first time)")
    command = ["cargo", "build", "--offline", "--message-format", "json", "--manifest-path", package / "Cargo.toml"]
    command += ["--target-dir", target(), *(["--release"] if release else [])]
    done = subprocess.run([str(word) for word in command], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise Trouble("the programs do not build")
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    found = {m["target"]["name"]: Path(m["executable"]) for m in messages if m.get("executable")}
    return {name: found[name] for name in names}


def target():
    command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)["target_directory"]

