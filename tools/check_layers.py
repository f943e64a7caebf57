#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails on an include or a link that goes against the layers of docs/architecture.md."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Each place: its folder, and the libraries whose headers it may include. The longest folder that matches a file counts.
MAY = {
    "libbase": {"base"},
    "libprotocol": {"protocol", "base"},
    "libmatrix": {"matrix", "protocol", "base"},
    "libsemaphore": {"semaphore", "base"},
    "libsemaphore/testing": {"semaphore", "base"},
    "libchatops": {"chatops", "base"},
    "libchatops/adapters/matrix": {"chatops", "base", "matrix", "protocol"},
    "libchatops/adapters/executor": {"chatops", "base", "executor"},
    "libchatops/adapters/semaphore": {"chatops", "base", "semaphore"},
    "libchatops/adapters/console": {"chatops", "base"},
    "libchatops/testing": {"chatops", "base"},
    "libexecutor": {"executor", "base"},
    "libhomeserver": {"homeserver", "protocol", "base"},
    "libhomeserver/testing": {"homeserver", "base"},
    "bots": {"base", "protocol", "matrix", "semaphore", "chatops", "executor", "homeserver"},
    "examples": {"base", "protocol", "matrix", "semaphore", "chatops", "executor", "homeserver"},
    "tests": {"base", "protocol", "matrix", "semaphore", "chatops", "executor", "homeserver"},
}
# Of libchatops an adapter sees the ports alone.
PORTS = re.compile(r"chatrixcd/chatops/(chat/|ci/|view\.hpp|render\.hpp|adapters/)")
# What a public header must not show.
HIDDEN = re.compile(r"<(boost/beast|boost/asio/ssl|openssl/|olm/|SQLiteCpp|sqlite3|md4c)")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"][^>"]+[>"])', re.M)
LINK = re.compile(r"chatrixcd::(\w+)")
TARGET_LAYER = {"ports": "chatops", "chatops_matrix": "chatops", "chatops_executor": "chatops", "chatops_semaphore": "chatops", "chatops_console": "chatops",
                "chatops_testing": "chatops", "homeserver_testing": "homeserver",
                "semaphore_testing": "semaphore"}
# What only tests and examples may use, and the demo's stand-in for a Semaphore.
TESTING = re.compile(r"chatrixcd/\w+/testing/|chatrixcd::\w+_testing\b")
MAY_TEST = re.compile(r"(tests|examples|lib\w+/testing|bots/chatrixcd/src/stand_in)/")


def place_of(path):
    best = ""
    for folder in MAY:
        if path.startswith(folder + "/") and len(folder) > len(best):
            best = folder
    return best


def check_source(path, name, problems):
    place = place_of(name)
    if not place:
        return
    for include in INCLUDE.findall(path.read_text(encoding="utf-8")):
        inner = include[1:-1]
        found = re.match(r"chatrixcd/(\w+)/", inner)
        if TESTING.match(inner) and not MAY_TEST.match(name):
            problems.append(f"{name}: {inner} is for tests alone")
        if found and found.group(1) not in MAY[place]:
            problems.append(f"{name}: {place} may not include {inner}")
        if place.startswith("libchatops/adapters/") and inner.startswith("chatrixcd/chatops/") and not PORTS.match(inner):
            problems.append(f"{name}: an adapter sees the ports alone, not {inner}")
        if "bots/" in inner and not name.startswith(("bots/", "tests/")):
            problems.append(f"{name}: nothing may include a bot's header ({inner})")
        if "/include/chatrixcd/" in name and HIDDEN.search(include):
            problems.append(f"{name}: a public header must not show {inner}")


def check_links(path, name, problems):
    place = place_of(name)
    text = path.read_text(encoding="utf-8")
    if not MAY_TEST.match(name):
        problems += [f"{name}: {target} is for tests alone" for target in TESTING.findall(text)]
    if not place or place in ("bots", "tests", "examples"):
        return
    for target in LINK.findall(text):
        layer = TARGET_LAYER.get(target, target)
        if layer not in MAY[place]:
            problems.append(f"{name}: {place} may not link chatrixcd::{target}")


def main():
    problems = []
    seen = 0
    for folder in ("libbase", "libprotocol", "libmatrix", "libsemaphore", "libchatops", "libexecutor", "libhomeserver", "bots", "examples", "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in (".hpp", ".cpp"):
                seen += 1
                check_source(path, name, problems)
            elif path.name == "CMakeLists.txt":
                check_links(path, name, problems)
    for problem in problems:
        print(problem)
    print(f"layers: {seen} files, {len(problems)} problems")
    return 1 if problems or seen == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
