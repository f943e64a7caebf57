#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Only libbase names timers, sockets, processes and environment; nobody detaches a coroutine; every source has a licence line."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ("libbase", "libprotocol", "libmatrix", "libsemaphore", "libchatops", "libexecutor", "libhomeserver", "bots", "examples")

BASE_ONLY = [
    (re.compile(r"\b(steady_timer|system_timer|deadline_timer|high_resolution_timer)\b"), "a timer: use base::clock"),
    (re.compile(r"\bip::tcp\b|\btcp::socket\b|\btcp_stream\b|\bacceptor\b"), "a socket: use base::http"),
    (re.compile(r"\b(fork|vfork|execve?|execvp|posix_spawnp?|popen|system)\s*\("), "a process: use base::spawn"),
    (re.compile(r"\bsignal_set\b|\bsigaction\s*\("), "a signal: use base/signals.hpp"),
    (re.compile(r"\b(system_clock|steady_clock)::now\b"), "the time: use base::clock"),
    (re.compile(r"\bstd::random_device\b|\bRAND_bytes\b"), "randomness: use base::random"),
    (re.compile(r"\bsleep_for\b|\bsleep_until\b"), "a blocking sleep"),
]
NOWHERE = [
    (re.compile(r"asio::detached\b"), "a detached coroutine: use base::task_group"),
    (re.compile(r"BOOST_(ASIO|BEAST)_SEPARATE_COMPILATION"), "separately compiled Asio or Beast"),
]
# What libolm has beside Olm and Megolm: backups are opened and signatures verified elsewhere (crypto/backup, protocol/signing.hpp), with
# checks that these lack; a description tells where two sessions stand.
UNUSED_OF_LIBOLM = (re.compile(r"\b(olm_pk_\w+|olm_ed25519_verify|olm_\w+_describe)\b"), "a part of libolm that is not to be used")
# A test may open the namespace that it tests; nothing else may.
NOT_IN_LIBRARIES = (re.compile(r"^\s*using namespace\b(?!.*literals)"), "using namespace at file scope")
# main() reads the environment and hands it down.
GETENV = re.compile(r"\bgetenv\s*\(")
GETENV_ALLOWED = ("libbase/src/", "bots/chatrixcd/src/main.cpp", "examples/")


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.S)
    return re.sub(r'"(?:\\.|[^"\\\n])*"|//[^\n]*', lambda m: m.group(0) if m.group(0)[0] == '"' else "", text)


def main():
    problems = []
    seen = 0
    for folder in SOURCES + ("tests", "tools", "cmake"):
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if not path.is_file() or "node_modules" in name or "/corpus/" in name:
                continue
            if path.suffix in (".cpp", ".hpp", ".py", ".cmake", ".sh", ".mjs") or path.name == "CMakeLists.txt":
                seen += 1
                text = path.read_text(encoding="utf-8")
                if "SPDX-License-Identifier: Apache-2.0" not in "\n".join(text.split("\n", 3)[:3]):
                    problems.append(f"{name}:1: no licence line")
            if path.suffix not in (".cpp", ".hpp"):
                continue
            rules = NOWHERE + [UNUSED_OF_LIBOLM]
            if not name.startswith("tests/"):
                rules.append(NOT_IN_LIBRARIES)
            if not name.startswith(("libbase/", "tests/")):
                rules += BASE_ONLY
            for number, line in enumerate(without_comments(text).split("\n"), 1):
                for pattern, why in rules:
                    if pattern.search(line):
                        problems.append(f"{name}:{number}: {why}")
                if GETENV.search(line) and not name.startswith(GETENV_ALLOWED + ("tests/",)):
                    problems.append(f"{name}:{number}: the environment is read in main() alone")
    for problem in problems:
        print(problem)
    print(f"names: {seen} files, {len(problems)} problems")
    return 1 if problems or seen == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
