# SPDX-License-Identifier: Apache-2.0
"""What the echo bot costs while nothing happens: memory with 1, 100 and 1,000 rooms over TLS, and CPU from start to ready."""
import os
import signal
import subprocess
import tempfile
import time

from measure import cpu_ms, memory_mb, without_proxies
from stub_homeserver import USER, Homeserver


def started(argv, environment, folder):
    """A program that has said that it is ready."""
    process = subprocess.Popen(argv, env=environment, cwd=folder, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline().strip()
    if line != "ready":
        process.kill()
        raise RuntimeError(f"{argv[0]} did not become ready: {line!r}")
    return process


def ended(process):
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    process.stdout.close()


def environment_of(server, folder):
    return dict(without_proxies(), MATRIX_HOMESERVER=server.url, MATRIX_USER=USER, MATRIX_PASSWORD="secret",
                MATRIX_STORE=os.path.join(folder, "store"), SSL_CERT_FILE=server.cas)


def run_once(argv, environment, folder, seconds=2):
    """(CPU until ready, private, resident)"""
    process = started(argv, environment, folder)
    until_ready = cpu_ms(process.pid)
    time.sleep(seconds)
    private, resident = memory_mb(process.pid)
    ended(process)
    return until_ready, private, resident


def best(runs):
    return tuple(min(column) for column in zip(*runs))


def idle(program, rooms, floor, rounds=3):
    """(first start, restart, the empty program), each the least of its rounds. Another empty program runs all the while: whether the pages
    of the libraries are private must not depend on who else happens to use them."""
    firsts, agains, floors = [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            server = Homeserver(rooms, folder)
            environment = environment_of(server, folder)
            beside = started([floor], environment, folder)
            firsts.append(run_once([program], environment, folder))
            agains.append(run_once([program], environment, folder))
            floors.append(run_once([floor], environment, folder, seconds=0.2))
            ended(beside)
            server.shutdown()
            server.server_close()
    return best(firsts), best(agains), best(floors)


def figures(table, binaries):
    bot, floor = str(binaries / "bench_plain_echo"), str(binaries / "bench_empty_program")
    for rooms in (1, 100, 1000):
        first, again, empty = idle(bot, rooms, floor)
        of = f"{rooms:,} room" + ("s" if rooms > 1 else "")
        if rooms != 100:
            beside = [("an empty program", empty[1]), ("after a restart", again[1])]
            table.add(f"idle, {of}, private memory", first[1], "MB", 8 if rooms == 1 else 20, beside=beside)
        if rooms == 1:
            table.add(f"idle, {of}, resident memory", first[2], "MB", 18, beside=[("an empty program", empty[2]), ("after a restart", again[2])])
        beside = [("restart", again[0]), ("an empty program", empty[0])]
        table.add(f"start to ready, {of}, CPU", first[0], "ms", 100 if rooms == 100 else None, beside=beside)
