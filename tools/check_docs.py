#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the documentation shows is what there is: links lead somewhere, the bot of the README is the example that is built, every
configuration key and every command is documented, code of docs/libmatrix.md is code of an example, and what a page says it quotes stands
in the file."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)(?:#[^)]*)?\)")

# <!-- quotes examples/x.cpp --> and a fenced block: its lines stand in the file, one after the other.
QUOTE = re.compile(r"<!-- quotes (\S+) -->\n```\w*\n(.*?)\n```", re.S)


def wrong_quotes(text, root):
    """The quotations of a page that are not in the file that they name, each as (file, first line)."""
    found = []
    for name, quoted in QUOTE.findall(text):
        path = root / name
        if not path.exists() or f"\n{quoted}\n" not in f"\n{path.read_text(encoding='utf-8')}\n":
            found.append((name, quoted.strip().split("\n", 1)[0]))
    return found


def code_of(path):
    """The source without licence line, comments and surrounding blank lines."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("//")]
    return "\n".join(lines).strip()


def configuration_keys(source):
    """The keys that keys.cpp lists, each as (section, name), however the lines are broken."""
    return re.findall(r'\{\s*"(matrix|bot|semaphore)",\s*"(\w+)",', source)


def declared_commands(source):
    """The names of the commands that a source declares."""
    return re.findall(r'declare<[\w:]+>\(\s*"(\w+)"', source)


def main():
    problems = []
    pages = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")] + sorted((ROOT / "docs").rglob("*.md"))
    for page in pages:
        name = page.relative_to(ROOT)
        if not page.exists():
            problems.append(f"{name}: is missing")
            continue
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                problems.append(f"{name}: the link to {target} leads nowhere")
        for source, line in wrong_quotes(page.read_text(encoding="utf-8"), ROOT):
            problems.append(f"{name}: what it quotes of {source} is not there: {line}")

    echo_bot = code_of(ROOT / "examples/echo_bot.cpp")
    count = sum(1 for line in echo_bot.splitlines() if line.strip())
    if count > 20:
        problems.append(f"examples/echo_bot.cpp: {count} lines, at most 20 are promised")
    if echo_bot not in (ROOT / "README.md").read_text(encoding="utf-8"):
        problems.append("README.md: its bot is not the code of examples/echo_bot.cpp")

    guide = ROOT / "docs/libmatrix.md"
    examples = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").glob("*.cpp"))]
    for snippet in re.findall(r"^```cpp\n(.*?)^```", guide.read_text(encoding="utf-8") if guide.exists() else "", re.M | re.S):
        if not any(snippet in example for example in examples):
            problems.append(f"docs/libmatrix.md: no example has the code that begins with {snippet.strip().splitlines()[0]!r}")

    configuration = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    keys = configuration_keys((ROOT / "bots/chatrixcd/src/config/keys.cpp").read_text(encoding="utf-8"))
    if not keys:
        problems.append("bots/chatrixcd/src/config/keys.cpp: no key was recognised in it, so none was checked")
    for section, key in keys:
        if f"`{section}.{key}`" not in configuration:
            problems.append(f"docs/configuration.md: {section}.{key} is not documented")
    for name, number in re.findall(r"^\s*(\w+) = (\d+),", (ROOT / "bots/chatrixcd/src/exit_code.hpp").read_text(encoding="utf-8"), re.M):
        if f"| {number} |" not in configuration:
            problems.append(f"docs/configuration.md: exit code {number} ({name}) is not documented")

    commands = (ROOT / "docs/commands.md").read_text(encoding="utf-8") if (ROOT / "docs/commands.md").exists() else ""
    declared = set()
    for source in [*(ROOT / "libchatops/src/commands").glob("*.cpp"), *(ROOT / "bots/chatrixcd/src").rglob("*_command.cpp")]:
        declared |= set(declared_commands(source.read_text(encoding="utf-8")))
    if not declared:
        problems.append("libchatops/src/commands: no command was recognised there, so none was checked")
    for command in sorted(declared):
        if f"`!cd {command}" not in commands:
            problems.append(f"docs/commands.md: the command {command} is not documented")
    for problem in problems:
        print(problem)
    print(f"docs: {len(pages)} pages, {len(keys)} keys, {len(declared)} commands, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
