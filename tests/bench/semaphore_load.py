# SPDX-License-Identifier: Apache-2.0
"""10,000 tasks in 50 projects watched by a feed that asks and by one that listens, a long log read page by page, and how soon a card shows
what the server tells."""
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

from fsyncs import quiet
from idle import environment_of
from measure import memory_mb
from stub_homeserver import PERSON, USER, Homeserver
from stub_semaphore import TOKEN, Semaphore

import bots


def watch(program, how):
    """(what it says, private MB) after ten minutes."""
    with subprocess.Popen([program, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        said = json.loads(process.stdout.readline())
        private, _ = memory_mb(process.pid)
        process.stdin.write("\n")
        process.stdin.flush()
    return said, private


def log(program, lines):
    said = json.loads(subprocess.run([program, "log", str(lines)], stdout=subprocess.PIPE, text=True, check=True).stdout)
    assert said["lines"] == lines, said
    return said


def card_latencies(binaries, number):
    """Milliseconds from a status that the server tells to the edit of the card at the homeserver: of each task, when it begins to run."""
    with tempfile.TemporaryDirectory() as folder:
        sends = []
        homeserver = Homeserver(1, folder, on_send=lambda path: sends.append(time.monotonic()))
        semaphore = Semaphore()
        config = bots.write_config(pathlib.Path(folder) / "bot", homeserver.url, USER, "secret", ["!r0:bench.test"], [PERSON])
        values = json.loads(config.read_text(encoding="utf-8"))
        values["ci"] = [{"name": "semaphore", "type": "semaphore", "url": semaphore.url, "token": TOKEN}]
        config.write_text(json.dumps(values), encoding="utf-8")
        process = subprocess.Popen([binaries / "chatrixcd", "run", "-c", config], env=environment_of(homeserver, folder), cwd=folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            homeserver.wait_listening()
            semaphore.wait(lambda server: server.listeners)
            latencies = []
            for task in range(1, number + 1):
                homeserver.say("!cd run web hello")
                semaphore.wait(lambda server, task=task: task in server.tasks)
                quiet(lambda: len(sends))
                before, begin = len(sends), time.monotonic()
                semaphore.change(task, "running")
                homeserver.wait_sent(before + 1)
                latencies.append((sends[before] - begin) * 1000)
                quiet(lambda: len(sends))
                semaphore.change(task, "success")
                quiet(lambda: len(sends), 1)
            return latencies
        finally:
            process.terminate()
            process.wait(60)
            for server in (homeserver, semaphore):
                server.shutdown()
                server.server_close()


def figures(table, binaries, _work):
    program = binaries / "bench_semaphore"
    asking, memory_asking = watch(program, "asking")
    listening, memory = watch(program, "listening")
    table.add("10,000 tasks in 50 projects followed over the WebSocket, 67 updates a second: share of a core", listening["cpu_percent"], "%", 5,
              beside=[("the same by asking", asking["cpu_percent"])])
    table.add("the same: private memory", memory, "MB", 50, beside=[("by asking", memory_asking)])
    table.add("the same: requests a minute and project", listening["requests_a_minute"] / 50, "", beside=[("by asking", asking["requests_a_minute"] / 50)])
    short, long = log(program, 10000), log(program, 100000)
    table.add("a log of 100,000 lines read by pages of 1,000, each line once: CPU a line", long["us_a_line"], "µs",
              beside=[("of 10,000 lines", short["us_a_line"])])
    latencies = card_latencies(binaries, 12)
    table.add("from a status that the server tells to the card's edit at the homeserver, on loopback", statistics.median(latencies), "ms", 50,
              beside=[("most", max(latencies))])
