#!/usr/bin/env python3
"""Stands in for cargo: `metadata` tells of one package, and `build` makes a program of the words in src/main.rs."""
import json, os, shutil, sys, time

folder = os.path.dirname(os.path.abspath(__file__)) + "/project"
target = folder + "/target"
id = "path+file://" + folder + "#thing@0.1.0"
program = {"kind": ["bin"], "crate_types": ["bin"], "name": "thing", "src_path": folder + "/src/main.rs",
           "edition": "2024", "doc": True, "doctest": False, "test": True}
if "metadata" in sys.argv:
    package = {"name": "thing", "version": "0.1.0", "id": id, "license": None, "license_file": None,
               "description": None, "source": None, "dependencies": [], "targets": [program], "features": {},
               "manifest_path": folder + "/Cargo.toml", "metadata": None, "publish": [], "authors": [],
               "categories": [], "keywords": [], "readme": None, "repository": None, "homepage": None,
               "documentation": None, "edition": "2024", "links": None, "default_run": None, "rust_version": None}
    print(json.dumps({"packages": [package], "workspace_members": [id], "workspace_default_members": [id],
                      "resolve": None, "target_directory": target, "version": 1, "workspace_root": folder,
                      "metadata": None}))
    sys.exit()
with open(folder + "/builds", "a") as builds:
    builds.write(" ".join(sys.argv[1:]) + "\n")
words = open(folder + "/src/main.rs").read() if os.path.exists(folder + "/src/main.rs") else "error there is no main.rs"
for line in words.splitlines():
    word, _, value = line.partition(" ")
    if word == "sleep":
        time.sleep(float(value))
    if word == "error":
        rendered = "\x1b[1m\x1b[31merror\x1b[0m: " + value + "\n"
        message = {"rendered": rendered, "$message_type": "diagnostic", "children": [], "code": None,
                   "level": "error", "message": value, "spans": []}
        print(json.dumps({"reason": "compiler-message", "package_id": id, "manifest_path": folder + "/Cargo.toml",
                          "target": program, "message": message}))
        sys.exit(101)
    if word == "silent":
        sys.exit("error: failed to parse manifest")
os.makedirs(target + "/debug", exist_ok=True)
built = target + "/debug/thing"
if os.path.exists(built):
    os.remove(built)
shutil.copy(os.environ["TEST_PROGRAM"], built)
with open(built, "ab") as out:
    out.write(("\n#words of the test program\n" + words).encode())
with open(built + ".d", "w") as notes:
    made = ""
    if "generates" in words:
        made = " " + target + "/debug/made.rs"
        with open(made.strip(), "w") as out:
            out.write(str(time.time()))
    notes.write(built + ": " + folder + "/src/main.rs " + folder + "/extra.txt" + made + "\n")
print(json.dumps({"reason": "compiler-artifact", "package_id": id, "manifest_path": folder + "/Cargo.toml",
                  "target": program, "profile": {"opt_level": "0", "debuginfo": 2, "debug_assertions": True,
                  "overflow_checks": True, "test": False}, "features": [], "filenames": [built],
                  "executable": built, "fresh": False}))
