# SPDX-License-Identifier: Apache-2.0
"""How often a program waits for the disk between a message and what it says to it: strace writes down each fsync, the stub of a homeserver
looks at the list while the bot's message waits for its answer."""
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from idle import environment_of
from measure import children
from stub_homeserver import PERSON, USER, Homeserver

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))
import bots  # noqa: E402 - from the folder of the interop tests


def counted(argv, environment_for, says, number):
    """Of each message: the fsyncs until the first thing that the program sent, and until it was quiet again."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "calls")
        seen = []

        def count():
            with open(log, encoding="utf-8") as file:
                return sum("sync(" in line for line in file)

        server = Homeserver(1, folder, on_send=lambda path: seen.append(count()))
        command, environment = environment_for(server, folder)
        process = subprocess.Popen(["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-e", "signal=none", "-o", log, *argv, *command],
                                   env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            server.wait_listening()
            quiet(count)
            until_sent, in_all = [], []
            for _ in range(number):
                before, already = count(), len(seen)
                server.say(says)
                server.wait_sent(already + 1)
                until_sent.append(seen[already] - before)
                quiet(count)
                in_all.append(count() - before)
            return until_sent, in_all
        finally:
            # The program is a child of strace, which ends with it.
            for child in children(process.pid):
                os.kill(child, signal.SIGTERM)
            process.wait(60)
            server.shutdown()
            server.server_close()


def quiet(count, seconds=0.5):
    last, since = count(), time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(0.05)
        if count() != last:
            last, since = count(), time.monotonic()


def for_chatrixcd(server, folder):
    config = bots.write_config(pathlib.Path(folder) / "bot", server.url, USER, "secret", ["!r0:bench.test"], [PERSON])
    return ["run", "-c", str(config)], environment_of(server, folder)


def figures(table, binaries):
    if shutil.which("strace") is None:
        table.skip("fsyncs: strace is not installed")
        return
    for what, limit, argv, environment_for, says in (
        ("fsyncs from a message to its echo (echo_bot)", 2, [str(binaries / "echo_bot")], lambda s, f: ([], environment_of(s, f)), "hello"),
        ("fsyncs from a command to the first reaction (chatrixcd)", 5, [str(binaries / "chatrixcd")], for_chatrixcd, "!cd run demo hello"),
    ):
        until_sent, in_all = counted(argv, environment_for, says, 12)
        beside = [("most", max(until_sent)), ("until it is quiet again", statistics.median(in_all))]
        table.add(what, statistics.median(until_sent), "", limit, beside=beside)
