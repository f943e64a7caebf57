# SPDX-License-Identifier: Apache-2.0
"""What encryption costs: the machine over the library that computes, an echo in an encrypted room beside other bots on the same Synapse,
and idle over TLS."""
import re
import subprocess
import tempfile
from pathlib import Path

from echo_peers import HERE, PASSWORD, fetch_mautrix
from idle import best, environment_of, run_once, started
from measure import cpu_ms, memory_mb, without_proxies
from stub_homeserver import Homeserver

import js_client
import peers
import synapse


def printed_by(program):
    done = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True)
    return {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines())}


def machine(table, binaries):
    figure = printed_by(binaries / "bench_room_keys")
    read, alone = figure["read_whole_us"], figure["read_driver_us"]
    table.add("reading an encrypted message, replay row and trust included, over the library alone, in a batch of 100: CPU", read - alone, "µs", 25,
              beside=[("the library alone", alone), ("both", read)])
    share, alone = figure["share_whole_us"], figure["share_driver_us"]
    table.add("giving a room's key to 1,000 devices: CPU a device", share, "µs", round(alone * 1.1), beside=[("the library alone", alone)])
    figure = printed_by(binaries / "bench_io_thread")
    table.add("the first message to 1,000 devices: longest that the I/O thread is not free", figure["io_thread_wall_ms"], "ms", 5,
              beside=[("its CPU", figure["io_thread_cpu_ms"])])


def idle(table, binaries, rounds=3):
    runs = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            server = Homeserver(1, folder)
            environment = environment_of(server, folder)
            beside = started([str(binaries / "bench_empty_program")], environment, folder)
            runs.append(run_once([str(binaries / "echo_bot")], environment, folder))
            beside.kill()
            beside.wait()
            beside.stdout.close()
            server.shutdown()
            server.server_close()
    until_ready, private, resident = best(runs)
    table.add("idle with encryption, 1 room over TLS, private memory", private, "MB", 10)
    table.add("idle with encryption, 1 room over TLS, resident memory", resident, "MB", 20)
    table.add("start to ready with encryption, an identity made, 1 room, CPU", until_ready, "ms")


class Talk:
    """A person at matrix-js-sdk, who gives keys to every device, and one bot in a room of theirs."""

    def __init__(self, server, work, name, argv, folder, encrypted=True):
        store = Path(folder) / name
        store.mkdir()
        for user in (name, f"ann-{name}"):
            server.register(user, PASSWORD)
        environment = dict(without_proxies(), MATRIX_HOMESERVER=server.url, MATRIX_USER=f"@{name}:localhost", MATRIX_PASSWORD=PASSWORD,
                           MATRIX_STORE=str(store / "store"), MATRIX_ENCRYPTED="1")
        how = ("encrypted", "everybody") if encrypted else ()
        self.process = started([str(a) for a in argv], environment, store)
        node = js_client.fetch(work / "js")
        self.ann = js_client.Conversation([node, "converse.mjs"], work / "js", server.url, f"ann-{name}", PASSWORD, f"@{name}:localhost",
                                          *how)
        self.ann.make_room()
        self.ann.wait_for_bot()
        self.number = 0
        self.echoes(5)
        self.rounds = []

    def echoes(self, number):
        for _ in range(number):
            self.number += 1
            self.ann.say(f"message {self.number}", f"echo: message {self.number}")

    def round(self, number):
        begin = cpu_ms(self.process.pid)
        self.echoes(number)
        self.rounds.append((cpu_ms(self.process.pid) - begin) / number)

    def close(self):
        self.ann.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def echoes(table, binaries, work, rounds=4, number=25):
    root = work / "synapse"
    try:
        synapse.fetch(root)
        python = peers.fetch_python(work / "python")
        js_client.fetch(work / "js")
    except synapse.Unavailable as reason:
        table.skip(f"echoes in an encrypted room: {reason}")
        return
    bots = {"ours": [binaries / "echo_bot"], "ours in clear": [binaries / "bench_plain_echo"], "matrix-nio": [python, HERE / "nio_echo.py"]}
    try:
        bots["mautrix-go"] = [fetch_mautrix(work / "mautrix", encrypted=True)]
    except synapse.Unavailable as reason:
        table.skip(f"mautrix-go in an encrypted room: {reason}")
    with tempfile.TemporaryDirectory() as folder:
        server = synapse.Synapse(root, Path(folder) / "synapse")
        talks = {}
        try:
            for name, argv in bots.items():
                talks[name] = Talk(server, work, re.sub(r"\W", "-", name), argv, folder, name != "ours in clear")
            for _ in range(rounds):
                for talk in talks.values():
                    talk.round(number)
            memory = {name: memory_mb(talk.process.pid) for name, talk in talks.items()}
        finally:
            for talk in talks.values():
                talk.close()
            server.stop()
    others = [name for name in bots if name != "ours"]
    table.add("CPU an echo in an encrypted room (Synapse, matrix-js-sdk as the person)", min(talks["ours"].rounds), "ms", 1.5,
              beside=[(name, min(talks[name].rounds)) for name in others])
    table.add("the same bots: resident memory after the echoes", memory["ours"][1], "MB", beside=[(name, memory[name][1]) for name in others])


def figures(table, binaries, work):
    machine(table, binaries)
    idle(table, binaries)
    echoes(table, binaries, work)
