# SPDX-License-Identifier: Apache-2.0
"""The embedded homeserver: messages a second in its own process, over HTTP beside Synapse, and the time until it answers."""
import concurrent.futures
import http.client
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.parse

from echo_peers import PASSWORD, register
from measure import cpu_ms
from sync_peers import benchmarks, least

import plain_client
import synapse


class Homeserver:
    """`chatrixcd homeserver` with its database in a file."""

    def __init__(self, binaries, store):
        begin = time.monotonic()
        self.process = subprocess.Popen([binaries / "chatrixcd", "homeserver", "--listen", "0", "--store", store, "--open-registration"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.ready_ms = (time.monotonic() - begin) * 1000
        self.ready_cpu_ms = cpu_ms(self.process.pid)
        found = re.fullmatch(r"ready (http://127\.0\.0\.1:(\d+))\n", line)
        if not found:
            self.process.kill()
            raise RuntimeError(f"the embedded homeserver does not start: {line!r}")
        self.url, self.port = found.group(1), int(found.group(2))

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()


def send_some(port, token, room, number, name):
    """Over one connection, each after the answer to the one before."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
    body = json.dumps({"msgtype": "m.text", "body": "hello"})
    for i in range(number):
        connection.request("PUT", f"/_matrix/client/v3/rooms/{urllib.parse.quote(room)}/send/m.room.message/{name}-{i}", body, headers)
        response = connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise RuntimeError(f"a message was refused: {response.status} {text[:200]!r}")
    connection.close()


def over_http(url, port, senders, number, turns=3):
    """Sends a second, the best of some rounds."""
    name = f"load{senders}"
    register(url, name)
    ann = plain_client.Client(port, name, PASSWORD)
    room = ann.create_room([])
    best = 0
    for turn in range(turns):
        begin = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(senders) as pool:
            for done in [pool.submit(send_some, port, ann.token, room, number // senders, f"{turn}-{i}") for i in range(senders)]:
                done.result()
        best = max(best, (number // senders * senders) / (time.monotonic() - begin))
    return best


def of_synapse(table, work):
    try:
        synapse.fetch(work / "synapse")
        shutil.rmtree(work / "bench-data", ignore_errors=True)
        server = synapse.Synapse(work / "synapse", work / "bench-data")
    except synapse.Unavailable as reason:
        table.skip(f"Synapse: {reason}")
        return {}
    try:
        return {senders: [("Synapse", over_http(server.url, server.port, senders, 64, turns=2))] for senders in (1, 16)}
    finally:
        server.stop()


def figures(table, binaries, work):
    found = benchmarks(binaries / "bench_libraries", ["--benchmark_filter=send|open", "--benchmark_min_time=0.3"], repetitions=5)

    def a_second(name):
        return max(one["items_per_second"] for one in found[name])

    by_cpu = [("by its CPU alone", 1e6 / least(found["send_in_memory"], "cpu_time"))]
    table.add("embedded homeserver: sends/s in memory", a_second("send_in_memory"), "/s", 2000, least=True, beside=by_cpu)
    alone = [("one sender alone", a_second("send_durably/1"))]
    table.add("embedded homeserver: sends/s durable, 16 senders", a_second("send_durably/16"), "/s", 1000, least=True, beside=alone)
    theirs = of_synapse(table, work)
    with tempfile.TemporaryDirectory() as folder:
        store = pathlib.Path(folder) / "homeserver.db"
        server = Homeserver(binaries, store)
        first = server.ready_ms
        cpu = []
        for senders in (1, 16):
            rate = over_http(server.url, server.port, senders, 960)
            who = "one sender" if senders == 1 else f"{senders} senders"
            table.add(f"the same durably over HTTP, {who}, with a client in Python", rate, "/s", beside=theirs.get(senders, []))
        server.stop()
        again = []
        for _ in range(10):
            server = Homeserver(binaries, store)
            again.append(server.ready_ms)
            cpu.append(server.ready_cpu_ms)
            server.stop()
    beside = [("its CPU", min(cpu)), ("with a new database", first), ("opening in process", least(found["open_an_existing_store"]) / 1000)]
    table.add("embedded homeserver: process start to ready", min(again), "ms", 20, beside=beside)
