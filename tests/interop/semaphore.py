#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""libsemaphore and its adapter against a real Semaphore that somebody else runs: usage: semaphore.py BINARIES URL [TOKEN]

The token (else it is read from SEMAPHORE_TOKEN) belongs to an administrator, or to somebody who may create projects. The server runs on this
machine, or sees this machine's temporary folder: the project that is made here, and deleted again, takes its scripts from there."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

SCRIPTS = {
    # Servers lose what is printed just before the end.
    "quick.sh": "echo one\necho two\nsleep 1\n",
    "failing.sh": "echo about to fail\nsleep 1\nexit 3\n",
    "slow.sh": "for i in $(seq 1 600); do echo tick $i; sleep 1; done\n",
}
SURVEY = [{"name": "version", "title": "Version", "required": True, "type": "", "description": "what to deploy"}]


class Server:
    def __init__(self, url, token):
        self.url, self.token = url.rstrip("/"), token

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.url + "/api" + path, method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", "Bearer " + self.token)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text.strip() else None

    def named(self, path, name):
        """The id of what has this name: older servers answer a creation with nothing."""
        return next(each["id"] for each in self.ask("GET", path) if each["name"] == name)


def make_templates(server, project, folder):
    root = f"/project/{project}"
    key = server.named(root + "/keys", "None")
    environment = server.named(root + "/environment", "Empty")
    server.ask("POST", root + "/repositories", {"name": "scripts", "project_id": project, "git_url": str(folder), "git_branch": "",
                                                "ssh_key_id": key})
    repository = server.named(root + "/repositories", "scripts")
    numbers = []
    for script in SCRIPTS:
        template = {"project_id": project, "name": script.removesuffix(".sh"), "app": "bash", "playbook": script, "repository_id": repository,
                    "environment_id": environment, "type": ""}
        if script == "quick.sh":
            template["survey_vars"] = SURVEY
        numbers.append(server.ask("POST", root + "/templates", template)["id"])
    return numbers


def main():
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    token = sys.argv[3] if len(sys.argv) == 4 else os.environ.get("SEMAPHORE_TOKEN", "")
    if not token:
        raise SystemExit("semaphore: no token: give it after the URL, or in SEMAPHORE_TOKEN")
    server = Server(sys.argv[2], token)
    print("Semaphore", server.ask("GET", "/info")["version"], flush=True)
    with tempfile.TemporaryDirectory(prefix="chatrixcd-interop-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        for script, text in SCRIPTS.items():
            (folder / script).write_text(text, encoding="utf-8")
        project = server.ask("POST", "/projects", {"name": "chatrixcd interop"})["id"]
        try:
            numbers = make_templates(server, project, folder)
            program = pathlib.Path(sys.argv[1]).resolve() / "semaphore_live"
            done = subprocess.run([program, server.url, str(project), *map(str, numbers)], env={**os.environ, "SEMAPHORE_TOKEN": token}, check=False)
        finally:
            server.ask("DELETE", f"/project/{project}")
    print("semaphore: passed" if done.returncode == 0 else "semaphore: FAILED")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
