#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every figure with its limit and, where a peer can be had, the peers' from the same run: usage: run.py BINARIES WORK_FOLDER [GROUP…]

Groups: sync, idle, echo, encrypted, fsyncs, semaphore, homeserver. It ends with a Markdown table. No figure makes it fail."""
import pathlib
import sys
import time

import echo_peers
import encrypted
import fsyncs
import idle
import report
import semaphore_load
import sends
import sync_peers

GROUPS = {
    "sync": lambda table, binaries, work: sync_peers.figures(table, binaries, work),
    "idle": lambda table, binaries, work: idle.figures(table, binaries),
    "echo": lambda table, binaries, work: echo_peers.figures(table, binaries, work),
    "encrypted": lambda table, binaries, work: encrypted.figures(table, binaries, work),
    "fsyncs": lambda table, binaries, work: fsyncs.figures(table, binaries),
    "semaphore": lambda table, binaries, work: semaphore_load.figures(table, binaries, work),
    "homeserver": lambda table, binaries, work: sends.figures(table, binaries, work),
}


def main():
    if len(sys.argv) < 3 or not set(sys.argv[3:]) <= set(GROUPS):
        raise SystemExit(__doc__)
    binaries, work = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
    work.mkdir(parents=True, exist_ok=True)
    table = report.Table()
    begin = time.monotonic()
    for name in sys.argv[3:] or GROUPS:
        GROUPS[name](table, binaries, work)
    print(f"\n{table.markdown()}\n\n{time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
