# SPDX-License-Identifier: Apache-2.0
"""CPU of an echo, ours and peers', on one embedded homeserver over HTTP: all bots run at once, each in a room of its own, and take turns. Of
a bot the best round counts. A peer that cannot be had is named as skipped."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request

from idle import ended, started
from measure import cpu_ms, memory_mb, without_proxies

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))
import js_client  # noqa: E402 - these are from the folder of the interop tests
import peers  # noqa: E402
import plain_client  # noqa: E402
from synapse import Unavailable  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent / "peers"
PASSWORD = "bench-password"


def fetch_mautrix(folder: pathlib.Path, encrypted=False):
    """Builds the echo bot on mautrix-go from its Go module, if it shall encrypt with libolm and SQLite; returns the program."""
    if not shutil.which("go"):
        raise Unavailable("Go is not on this machine")
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / ("mautrix_encrypted_echo" if encrypted else "mautrix_echo")
    environment = {**os.environ, "CGO_ENABLED": "1" if encrypted else "0"}
    # Go's own cache makes a second build a matter of a second.
    try:
        done = subprocess.run(["go", "build", "-o", program, "."], cwd=HERE / "mautrix", env=environment,
                              capture_output=True, text=True, timeout=900)
    except subprocess.TimeoutExpired:
        raise Unavailable("Go did not build it within 15 minutes") from None
    if done.returncode != 0:
        raise Unavailable("Go could not build it: " + (done.stderr.strip().splitlines() or ["?"])[-1])
    return program


def nio(work):
    return [peers.fetch_python(work / "python"), HERE / "nio_echo.py"]


def js(work):
    node = js_client.fetch(work / "js")
    # Beside its packages, where Node.js looks for them.
    return [node, shutil.copy(HERE / "echo.mjs", work / "js" / "echo.mjs")]


def mautrix(work):
    return [fetch_mautrix(work / "mautrix")]


PEERS = {"matrix-nio": nio, "matrix-js-sdk": js, "mautrix-go": mautrix}


def register(url, user):
    body = {"username": user, "password": PASSWORD, "auth": {"type": "m.login.dummy"}, "inhibit_login": True}
    request = urllib.request.Request(url + "/_matrix/client/v3/register", json.dumps(body).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=30).read()


class Talk:
    """A person and one bot in a room of theirs."""

    def __init__(self, server, argv, name, folder):
        store = pathlib.Path(folder) / name
        store.mkdir()
        self.bot = f"@{name}:localhost"
        for user in (name, f"ann-{name}"):
            register(server.url, user)
        environment = dict(without_proxies(), MATRIX_HOMESERVER=server.url, MATRIX_USER=self.bot, MATRIX_PASSWORD=PASSWORD,
                           MATRIX_STORE=str(store / "store"))
        self.process = started([str(a) for a in argv], environment, store)
        self.until_ready = cpu_ms(self.process.pid)
        try:
            self.ann = plain_client.Client(server.port, f"ann-{name}", PASSWORD)
            self.room = self.ann.create_room([self.bot])
            self.ann.wait_for_member(self.room, self.bot)
            self.echoes(10)
        except BaseException:
            self.process.kill()
            raise
        self.rounds = []

    def echoes(self, number):
        for i in range(number):
            self.ann.say(self.room, f"message {i}")
            wanted = f"echo: message {i}"
            self.ann.wait_for(self.room, lambda e: plain_client.is_message(e, self.bot) and e["content"]["body"] == wanted, wanted, 30)

    def round(self, number):
        begin = cpu_ms(self.process.pid)
        self.echoes(number)
        self.rounds.append((cpu_ms(self.process.pid) - begin) / number)


def talk_with(table, server, name, command, work, folder):
    """None, and a line, if the peer cannot be had or does not echo."""
    try:
        return Talk(server, command(work), name.replace(" ", "-"), folder)
    except (Unavailable, RuntimeError, AssertionError, OSError) as reason:
        if name == "ours":
            raise
        table.skip(f"{name}: {reason}")
        return None


def figures(table, binaries, work, rounds=5, echoes=30):
    server = peers.EmbeddedHomeserver(binaries)
    talks = {}
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name, command in {"ours": lambda _: [binaries / "bench_plain_echo"], **PEERS}.items():
                talk = talk_with(table, server, name, command, work, folder)
                if talk:
                    talks[name] = talk
            for _ in range(rounds):
                for talk in talks.values():
                    talk.round(echoes)
            memory = {name: memory_mb(talk.process.pid) for name, talk in talks.items()}
            for talk in talks.values():
                ended(talk.process)
    finally:
        for talk in talks.values():
            if talk.process.poll() is None:
                talk.process.kill()
                talk.process.wait()
        server.stop()

    def compare(what, unit, limit, of):
        beside = [(name, of(name)) for name in talks if name != "ours"]
        table.add(what, of("ours"), unit, limit, beside=beside)

    compare("CPU an echo", "ms", 1.5, lambda name: min(talks[name].rounds))
    compare("the same bots: start to ready, CPU", "ms", None, lambda name: talks[name].until_ready)
    compare("the same bots: resident memory after the echoes", "MB", None, lambda name: memory[name][1])
