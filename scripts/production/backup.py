"""Backups of SQLite's file while a program writes, and what is restored from them. `scripts/backup.sh` tells more."""

import argparse
import sqlite3
import sys
import time

sys.dont_write_bytecode = True

from load import Load, compare, every_row
from processes import Trouble, free_ports, main, needed, say, until
from programs import built
from proxies import listens

# As docs/production.md has them.
WAYS = {
    "VACUUM INTO": lambda file, copy: [file, f"VACUUM INTO '{copy}'"],
    ".backup": lambda file, copy: [file, "BEGIN", "SELECT count(*) FROM sqlite_schema", f".backup '{copy}'"],
}
ROUNDS = 3
# How many bytes each row has more: the file has several megabytes, so that a backup takes its time.
TEXT = 4000


class Program:
    """`heroes` on a file of SQLite's."""

    def __init__(self, processes, program, folder, name):
        self.file = folder / "heroes.db"
        self.address = ("127.0.0.1", free_ports(1)[0])
        environment = {"ROCKET_PORT": str(self.address[1]), "ROCKET_LOG_LEVEL": "critical"}
        environment["ROCKET_CREWED"] = f'{{store="sqlite:{self.file}"}}'
        self.process = processes.start(name, [program], environment=environment, folder=folder)
        until(f"{name} listens", lambda: listens(self.address), 30)


def work(processes, arguments):
    needed("cargo", "sqlite3")
    heroes = built(arguments.release)["heroes"]
    original = Program(processes, heroes, processes.make_folder("original"), "original")
    load = Load(original.address, writers=6, readers=2, pause=0.002, text=TEXT)
    load.start()
    until("there is something to lose", lambda: len(load.told.settled) > 2000, 120)
    faults = []
    for way, arguments_of in WAYS.items():
        for number in range(ROUNDS):
            faults += back_up(processes, heroes, original, load, way, arguments_of, number)
    load.stop()
    faults += load.told.wrong
    faults += [f"{failure.what} failed ({failure.why})" for failure in load.told.failures]
    counts = compare(load.told, every_row(original.address))
    faults += [f"{counts['missing']} acknowledged writes are missing"] if counts["missing"] else []
    say(f"the program: {counts['acknowledged']} heroes acknowledged, {counts['missing']} missing")
    say(f"{len(load.told.failures)} requests failed; the slowest answer took {load.told.longest:.2f} s")
    faults += put_back(processes, heroes, original)
    if faults:
        raise Trouble("\n  ".join(map(str, faults[:20])))
    say("all is well")


def put_back(processes, heroes, original):
    """A copy takes the place of the program's file, as docs/production.md has it: all three files go."""
    copy = processes.folder / "to-be-restored.db"
    processes.run(["sh", "-c", 'umask 077; exec sqlite3 -bail "$@"', "sh", *WAYS["VACUUM INTO"](original.file, copy)])
    expected = every_row(original.address)
    folder = original.file.parent
    lost = Load(original.address, prefix="after-the-backup", writers=1, readers=0)
    lost.start()
    until("something is written after the backup", lambda: len(lost.told.settled) > 3, 20)
    lost.stop()
    original.process.kill()
    shell = 'cd "$1" && mkdir before && mv heroes.db heroes.db-wal heroes.db-shm before/ && install -m 600 "$2" heroes.db'
    processes.run(["sh", "-c", shell, "sh", folder, copy])
    restored = Program(processes, heroes, folder, "restored")
    found = every_row(restored.address)
    say(f"put back in place of a program that crashed: {len(found)} rows, those of the backup")
    return [] if found == expected else [f"put back: {len(found)} rows are there, and {len(expected)} were"]


def back_up(processes, heroes, original, load, way, arguments_of, number):
    """One backup, and a program on what it restores. Returns what is wrong."""
    copies = processes.make_folder(f"{way.strip('.').replace(' ', '-').lower()}-{number}")
    copy, faults = copies / "heroes.db", []
    with load.told.lock:
        # What was acknowledged before the backup began, of which nothing changes any more.
        before = {hero.name: next(iter(hero.possible)) for hero in load.told.settled}
    began = time.monotonic()
    # A copy is for its owner alone, as the file itself.
    shell = ["sh", "-c", 'umask 077; exec sqlite3 -bail "$@"', "sh"]
    processes.run([*shell, *arguments_of(original.file, copy)], seconds=60)
    took = time.monotonic() - began
    while_it_ran = sum(began <= at <= began + took for at in load.told.successes["write"])
    with sqlite3.connect(copy) as database:
        (whole,) = database.execute("PRAGMA integrity_check").fetchone()
    if whole != "ok":
        faults.append(f"{way}: integrity_check says {whole}")
    if copy.stat().st_mode & 0o77:
        faults.append(f"{way}: others may read the copy: {copy.stat().st_mode:o}")
    restored = Program(processes, heroes, copies, copies.name)
    there = dict(every_row(restored.address))
    missing = [name for name, age in before.items() if there.get(name, "missing") != age]
    if missing:
        faults.append(f"{way}: of {len(before)} heroes acknowledged before, {len(missing)} are missing")
    again = Load(restored.address, prefix="restored", writers=1, readers=0)
    again.start()
    until("a program on the copy writes", lambda: len(again.told.settled) > 3, 20)
    again.stop()
    faults += again.told.wrong
    restored.process.end()
    megabytes = copy.stat().st_size / (1 << 20)
    found = f"{len(before) - len(missing)} of {len(before)} heroes from before are there, {len(there)} in all"
    how = f"{megabytes:.0f} MiB in {took:.2f} s, {while_it_ran} writes meanwhile; integrity_check {whole}"
    say(f"{way:12} {how}; {found}")
    return faults


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--release", action="store_true", help="build the program in release mode")
    parser.add_argument("--keep", action="store_true", help="keep the files and logs of the run")
    arguments = parser.parse_args()
    main(lambda processes: work(processes, arguments), arguments.keep)
