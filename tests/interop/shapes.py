# SPDX-License-Identifier: Apache-2.0
"""The embedded homeserver's answers to the recorded requests, handed to openapi.py, and which operations it serves that none reaches.

What does not fit the specification although it is right so stands in known_shapes of requests.json with the reason; an entry that
explains nothing fails. "words" in it is a pattern for the validator's words, so that no other fault at the same place is excused."""
import copy
import fnmatch
import json
import os
import pathlib
import re
import subprocess

import differential
from synapse import Unavailable

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = "https://github.com/matrix-org/matrix-spec"
# v1.16, the newest version that the homeserver announces.
COMMIT = "81a864545f7d948a881f5227700e5312c64f506e"


# Steps, what is spoiled in their answers, and with what; None takes it out.
SPOILED = [
    ("login: POST /_matrix/client/v3/login", "access_token", None),
    ("versions: GET /_matrix/client/v3/no/such/thing", "errcode", None),
    ("versions: PUT /_matrix/client/v3/login", "error", 7),
    ("sync: GET /_matrix/client/v3/sync?timeout=0", "next_batch", None),
    ("rooms: GET /_matrix/client/v3/rooms/{room}/state", "0/sender", None),
    ("rooms: GET /_matrix/client/v3/rooms/{room}/state", "0/content", []),
    ("sending: GET /_matrix/client/v3/rooms/{room}/event/{one}", "content/body", None),
    ("membership: GET /_matrix/client/v3/rooms/{room}/state/m.room.member/{bob}", "membership", "gone"),
    ("relations: GET /_matrix/client/v3/rooms/{room}/event/{one}", "unsigned/m.relations/m.replace/content", 7),
    ("devices: GET /_matrix/client/v3/presence/{ann}/status", "presence", "away"),
]


def fetch_specification(folder: pathlib.Path):
    """The folder of $MATRIX_SPEC, or the pinned commit; git itself proves that it is that one."""
    given = os.environ.get("MATRIX_SPEC")
    if given:
        if not (pathlib.Path(given) / "data/api/client-server").is_dir():
            raise Unavailable(f"MATRIX_SPEC={given} has no data/api/client-server")
        return pathlib.Path(given)
    mark = folder / "complete"
    if mark.exists() and mark.read_text(encoding="utf-8") == COMMIT:
        return folder
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    for words in (["init", "-q", folder], ["-C", folder, "fetch", "-q", "--depth", "1", REPOSITORY, COMMIT],
                  ["-C", folder, "checkout", "-q", "--detach", COMMIT]):
        try:
            done = subprocess.run(["git", *words], capture_output=True, text=True, env=environment, timeout=300)
        except (OSError, subprocess.TimeoutExpired) as e:
            raise Unavailable(f"git could not fetch {REPOSITORY}: {e}") from None
        if done.returncode != 0:
            raise Unavailable(f"git could not fetch {REPOSITORY}: " + (done.stderr.strip().splitlines() or ["?"])[-1])
    mark.write_text(COMMIT, encoding="utf-8")
    return folder


class Recorder(differential.Side):
    """One homeserver; every answer is kept, the registrations' too."""

    def __init__(self, port, group, users):
        self.group = group
        self.step = None
        self.made = []
        super().__init__(port, group, users)

    def send(self, method, path, token, body):
        status, answer = super().send(method, path, token, body)
        self.made.append({"step": f"{self.group}: {self.step or method + ' ' + path}", "method": method, "path": path, "status": status,
                          "answer": None if isinstance(answer, dict) and set(answer) == {"no JSON"} else answer})
        return status, answer

    def take(self, step):
        self.step = step["do"]
        return super().take(step)


class Shapes:
    def __init__(self, python, specification, port):
        self.program = [python, HERE / "openapi.py"]
        self.specification = specification
        self.port = port
        self.recorded = differential.recorded()

    def call(self, *options, lines=()):
        argv = [str(word) for word in (*self.program, *options, self.specification)]
        done = subprocess.run(argv, input="\n".join(map(json.dumps, lines)), capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise AssertionError("openapi.py failed:\n" + done.stderr[-2000:])
        return [json.loads(line) for line in done.stdout.splitlines()]

    def answers(self):
        """What the homeserver says to everything that is recorded."""
        made = []
        for name, group in self.recorded["groups"].items():
            side = Recorder(self.port, name, group["users"])
            for step in group["steps"]:
                side.take(step)
            made += side.made
        return made

    def serves(self, operation):
        """Asked without a token and with nonsense for parameters: what it does not serve it calls M_UNRECOGNIZED."""
        path = re.sub(r"\{\w+\}", "x", operation["path"])
        status, answer = differential.send(self.port, operation["method"], path, None, None)
        return not (status in (404, 405) and answer.get("errcode") == "M_UNRECOGNIZED")

    def blind(self, answers):
        """Answers that were spoiled and found nothing against, as lines: a validator that finds nothing anywhere proves nothing."""
        spoiled = []
        for step, at, value in SPOILED:
            one = copy.deepcopy(next(a for a in answers if a["step"] == step))
            *way, last = at.split("/")
            place = one["answer"]
            for part in way:
                place = place[int(part)] if isinstance(place, list) else place[part]
            if value is None:
                del place[last]
            else:
                place[last] = value
            spoiled.append({**one, "step": f"{step} without a good {at}"})
        found = {step for step, _, _ in self.call(lines=spoiled)[0]["findings"]}
        return [one["step"] for one in spoiled if one["step"] not in found]

    def judge(self, answers):
        """The report as lines, and what is wrong as lines."""
        found = self.call(lines=answers)[0]
        served = {one["name"] for one in self.call("--operations") if self.serves(one)}
        unreached = sorted(served - set(found["reached"]))
        known, used, wrong = self.recorded["known_shapes"], set(), []
        for step, path, words in found["findings"]:
            entry = next((n for n, one in enumerate(known) if fnmatch.fnmatchcase(step, one["step"])
                          and any(fnmatch.fnmatchcase(path, p) for p in one["paths"])
                          and fnmatch.fnmatchcase(words, one.get("words", "*"))), None)
            if entry is None:
                wrong.append(f"{step}: {path or '/'}: {words}")
            else:
                used.add(entry)
        new = len(wrong)
        wrong += [f"fits by now: {one['step']}: {one['why']}" for n, one in enumerate(known) if n not in used]
        report = [f"shapes: {found['answers']} answers validated against {len(found['reached'])} operations, and {found['events']} events in them"
                  f" against their types: {new} new findings, {len(found['findings']) - new} known",
                  f"shapes: of {len(served)} operations that are served, {len(unreached)} are reached by no recorded request"]
        return report + ["    " + one for one in unreached], wrong
