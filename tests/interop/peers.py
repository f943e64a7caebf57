# SPDX-License-Identifier: Apache-2.0
"""Foreign clients that make their usual calls against the embedded homeserver."""
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.request

from synapse import Unavailable

HERE = pathlib.Path(__file__).resolve().parent
PYTHON_PACKAGES = ["matrix-nio[e2e]==0.26.0", "jsonschema==4.26.0", "PyYAML==6.0.3"]
# The last one on libolm. 0.26 verifies with nobody: it promises its key in hexadecimal.
OLDER_NIO = ["matrix-nio[e2e]==0.25.2", "python-olm==3.2.16"]


class EmbeddedHomeserver:
    """`chatrixcd homeserver`, in memory, with open registration."""

    def __init__(self, binaries: pathlib.Path):
        self.process = subprocess.Popen(
            [binaries / "chatrixcd", "homeserver", "--listen", "0", "--in-memory", "--open-registration", "--server-name", "localhost"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.fullmatch(r"ready http://127\.0\.0\.1:(\d+)\n", line)
        if not found:
            self.stop()
            raise AssertionError(f"the embedded homeserver does not start: {line!r}")
        self.port = int(found.group(1))
        self.url = f"http://127.0.0.1:{self.port}"

    def register(self, user, password):
        body = {"username": user, "password": password, "auth": {"type": "m.login.dummy"}, "inhibit_login": True}
        request = urllib.request.Request(self.url + "/_matrix/client/v3/register", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=30).read()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self.process.stdout.close()
        return self.process.returncode


def fetch_python(folder: pathlib.Path, packages=PYTHON_PACKAGES):
    """The packages in a virtual environment of their own; returns its Python."""
    python = folder / "bin/python"
    mark = folder / "complete"
    wanted = "\n".join(packages)
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", folder], capture_output=True, text=True)
        if made.returncode != 0:
            raise Unavailable("no virtual environment can be made: " + (made.stdout + made.stderr).strip().splitlines()[-1])
        done = subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages], capture_output=True,
                              text=True)
        if done.returncode != 0:
            raise Unavailable(f"pip could not install {', '.join(packages)}: " + (done.stderr.strip().splitlines() or ["?"])[-1])
        mark.write_text(wanted, encoding="utf-8")
    return python


def run_calls(argv, folder: pathlib.Path):
    """The steps of such a program, as a list; it ends within two minutes."""
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    done = subprocess.run([str(a) for a in argv], cwd=folder, capture_output=True, text=True, timeout=180, env=environment)
    steps = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not steps:
        raise AssertionError("it made no call: " + done.stderr[-1000:])
    return steps
