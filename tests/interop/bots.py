# SPDX-License-Identifier: Apache-2.0
"""The programs under test, as child processes."""
import json
import os
import pathlib
import signal
import subprocess
import time

JOBS = [
    {"name": "hello", "argv": ["/bin/echo", "Hello from a job"]},
    {"name": "broken", "argv": ["/bin/sh", "-c", "echo something broke; exit 3"]},
    {"name": "slow", "argv": ["/bin/sh", "-c", "echo begun; sleep 30; echo ended"]},
    {"name": "count", "argv": ["/bin/sh", "-c", "echo one >> \"$FILE\""]},
]


class Program:
    def __init__(self, argv, log: pathlib.Path, environment=None):
        self.log_path = log
        # Those before it have written there, too.
        self.begins = log.stat().st_size if log.exists() else 0
        self.log = open(log, "ab")  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        env={**os.environ, **(environment or {})})

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, limit=20):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(limit)
        self.log.close()
        return self.process.returncode

    def output(self):
        """What it has said itself."""
        return self.log_path.read_bytes()[self.begins:].decode(errors="replace")

    def wait_for_line(self, words, limit=30):
        deadline = time.monotonic() + limit
        while words not in self.output():
            if self.process.poll() is not None:
                raise AssertionError(f"it ended with {self.process.returncode}:\n" + self.output()[-2000:])
            if time.monotonic() > deadline:
                raise AssertionError(f"no `{words}` in its output within {limit} s:\n" + self.output()[-2000:])
            time.sleep(0.05)


def write_config(folder: pathlib.Path, url, user, password, rooms, admins):
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [dict(job) for job in JOBS]
    jobs[3]["environment"] = {"FILE": str(folder / "count.txt")}
    config = {
        "matrix": {"homeserver": url, "user_id": user, "password": password, "store_path": str(folder / "store")},
        "bot": {"allowed_rooms": rooms, "admin_users": admins},
        "ci": [{"name": "local", "type": "executor", "projects": [{"name": "demo", "jobs": jobs}]}],
    }
    path = folder / "config.hjson"
    path.write_text(json.dumps(config, indent=2), encoding="utf-8")
    path.chmod(0o600)
    return path


def init(binaries: pathlib.Path, config: pathlib.Path, answers):
    """What `chatrixcd init` says to these answers."""
    done = subprocess.run([binaries / "chatrixcd", "init", "-c", config], input="".join(line + "\n" for line in answers), text=True,
                          capture_output=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)
    return done.stdout


def start_bot(binaries: pathlib.Path, config: pathlib.Path):
    return Program([binaries / "chatrixcd", "run", "-c", config], config.parent / "bot.log")


def start_echo_bot(binaries: pathlib.Path, folder: pathlib.Path, url, user, password, program="echo_bot", more=None):
    folder.mkdir(parents=True, exist_ok=True)
    return Program([binaries / program], folder / "echo.log", {
        "MATRIX_HOMESERVER": url, "MATRIX_USER": user, "MATRIX_PASSWORD": password, "MATRIX_STORE": str(folder / "store"), **(more or {})})
