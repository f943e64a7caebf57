#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Doxygen's view of a header: our comments are plain `//`, and Doxygen reads only its own marks.

    // What the header is.      (the first block, after the licence line)   ->  the file's page
    // What the next line is.                                               ->  that declaration's text
    int depth = 1;  // in rooms                                             ->  that member's text

Specialisations of std templates are left out: Doxygen does not know the namespace."""
import re
import sys

OWN_LINE = re.compile(r"^(\s*)// ?(.*)$")
TRAILING = re.compile(r"^(\s*[^/\s\"][^\"]*?[;,{}]\s+)// (.*)$")
NO_DECLARATION = re.compile(r"^\s*($|}|public:|private:|protected:|namespace |#)")


def escaped(text):
    """What Doxygen would take for a command or a tag is text."""
    return text.replace("\\", "\\\\").replace("@", "\\@").replace("<", "\\<").replace(">", "\\>").replace("#", "\\#").replace("%", "\\%")


def translate(lines):
    out = []
    index = 0
    head = True
    while index < len(lines):
        match = OWN_LINE.match(lines[index])
        if lines[index].startswith("// SPDX") or lines[index].startswith("struct std::"):
            out.append("")
            index += 1
            continue
        if lines[index] == "template <>" and index + 1 < len(lines) and lines[index + 1].startswith("struct std::"):
            out.append("")
            index += 1
            continue
        if not match:
            trailing = TRAILING.match(lines[index])
            out.append(f"{trailing[1]}///< {escaped(trailing[2])}" if trailing else lines[index])
            head = head and not lines[index].strip()
            index += 1
            continue
        block = []
        while index < len(lines) and (match := OWN_LINE.match(lines[index])):
            block.append((match[1], match[2]))
            index += 1
        follows = lines[index] if index < len(lines) else ""
        if head:
            out.append("/// \\file")
            out += [f"{indent}/// {escaped(text)}" for indent, text in block]
            out.append("")
            head = False
        elif NO_DECLARATION.match(follows):
            out += [f"{indent}// {text}" for indent, text in block]
        else:
            out += [f"{indent}/// {escaped(text)}" for indent, text in block]
    return out


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        print("\n".join(translate(source.read().splitlines())))


if __name__ == "__main__":
    main()
