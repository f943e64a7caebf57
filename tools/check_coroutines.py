#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""GCC 12 destroys some temporaries of a statement with co_await twice (docs/adr/0001). This finds the spellings that it gets wrong.

A statement with co_await contains no braced initialiser of a class, no ?: on objects, no lambda that captures by value, no throw; a loop's
condition contains no co_await at all."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
STRING = re.compile(r'R"\((?:.|\n)*?\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')
LAMBDA_BY_VALUE = re.compile(r"\[(?!\s*\]|\s*&\s*\]|\s*this\s*\]|(?:\s*&\w+\s*,?)+\])[^\[\]]*\]\s*(?:\([^()]*\))?\s*(?:mutable\s*)?(?:->\s*[\w:<>]+\s*)?\{")
BRACED = re.compile(r"[\w>]\s*\{\s*\.\w+\s*=|[(,]\s*\{|\b[a-z_][\w:]*(?:<[^<>;]*>)?\{[^{};]*[^{};\s][^{};]*\}")
TERNARY = re.compile(r"[^?]\?[^?:]*[^:]:[^:]")
SCALAR_TERNARY = re.compile(r"\?\s*[-\w.:]+\s*:\s*[-\w.:]+\s*[;,)]")
LOOP_CONDITION = re.compile(r"\bwhile\s*\((?:[^()]|\([^()]*\))*(?:\(\s*)?\bco_await\b")


def clean(text):
    text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.S)
    text = STRING.sub(lambda m: '"' + "_" * (len(m.group(0)) - 2) + '"' if "\n" not in m.group(0) else '""' + "\n" * m.group(0).count("\n"), text)
    return re.sub(r"//[^\n]*", "", text)


def statements(text):
    """Yields (line, statement) for what stands between ; { } at brace depth of a statement, initialisers and lambdas kept inside."""
    start = 0
    depth = 0
    for i, c in enumerate(text):
        if c == "(":
            depth += 1
        elif c == ")":
            depth -= 1
        elif c in ";{}" and depth <= 0:
            if c == "{" and re.search(r"[\w>=(,\]]\s*$", text[start:i]) and not re.search(r"(\)|else|do|try|const|noexcept|override)\s*$", text[start:i]) \
                    and "co_await" in text[start:i]:
                continue
            piece = text[start:i]
            yield text.count("\n", 0, start + len(piece) - len(piece.lstrip())) + 1, piece.strip()
            start = i + 1


def main():
    problems = []
    seen = 0
    for folder in ("libbase", "libprotocol", "libmatrix", "libsemaphore", "libchatops", "libexecutor", "libhomeserver", "bots", "examples", "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in (".cpp", ".hpp"):
                continue
            text = clean(path.read_text(encoding="utf-8"))
            if "co_await" not in text:
                continue
            seen += 1
            name = path.relative_to(ROOT).as_posix()
            for line, statement in statements(text):
                if "co_await" not in statement:
                    continue
                if LOOP_CONDITION.search(statement):
                    problems.append(f"{name}:{line}: co_await in a loop's condition; use for (;;) and break")
                if re.search(r"\bthrow\b", statement):
                    problems.append(f"{name}:{line}: throw in a statement with co_await")
                if LAMBDA_BY_VALUE.search(statement):
                    problems.append(f"{name}:{line}: a lambda that captures by value in a statement with co_await; name it first")
                if BRACED.search(statement):
                    problems.append(f"{name}:{line}: a braced initialiser in a statement with co_await; name it first")
                if TERNARY.search(SCALAR_TERNARY.sub(";", statement + ";")):
                    problems.append(f"{name}:{line}: ?: in a statement with co_await; use if and else")
    for problem in problems:
        print(problem)
    print(f"coroutines: {seen} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
