# SPDX-License-Identifier: Apache-2.0
"""The same requests to two homeservers: their answers, freed of what each may choose, must be equal. An id that was saved goes by its name;
other event ids are only known as such, for each homeserver begins a room with events of its own.

requests.json holds groups of steps; each group has users of its own. A step: {"as": user, "do": "METHOD path", "body": …, "save": {name:
member}}; "{name}" in paths and bodies stands for what was saved, and for the users' ids. "only" names the members of the answer that are
compared; a group that is "alone" goes to ours only, whose answers' shapes are validated (shapes.py). What differs although neither is wrong stands in known_differences with the reason; what the embedded homeserver lacks, in lacks.
An entry that explains nothing fails."""
import fnmatch
import http.client
import itertools
import json
import pathlib
import re
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "differential-password"
EVENT_ID = re.compile(r"\$[A-Za-z0-9_-]{43}")
TIMES = {"origin_server_ts", "age", "ts", "last_active_ago", "last_seen_ts", "creation_ts", "expires_in_ms", "retry_after_ms"}
# Members of "unsigned" that Synapse repeats beside it, as clients of the year 2015 knew them.
LEGACY = ("age", "user_id", "prev_content", "replaces_state", "prev_sender", "redacted_because")
TOKENS = {"next_batch", "prev_batch", "start", "end", "access_token", "refresh_token", "device_id", "session", "filter_id", "last_seen_ip",
          "last_seen_user_agent", "txn_id", "etag"}


def recorded():
    return json.loads((HERE / "requests.json").read_text(encoding="utf-8"))


def compared_groups():
    return {name: group for name, group in recorded()["groups"].items() if not group.get("alone")}


def send(port, method, path, token, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {} if token is None else {"Authorization": "Bearer " + token}
    data = None
    if body is not None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    connection.request(method, path, data, headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    try:
        return response.status, json.loads(text)
    except ValueError:
        return response.status, {"no JSON": text.decode(errors="replace")[:200]}


class Side:
    """One homeserver, as the users of one group see it."""

    def __init__(self, port, group, users):
        self.port = port
        self.values = {}
        self.tokens = {}
        self.labels = {}
        self.counts = itertools.count(1)
        for user in users:
            name = f"{user}-{group}"
            answer = self.send("POST", "/_matrix/client/v3/register", None, {
                "username": name, "password": PASSWORD, "auth": {"type": "m.login.dummy"}, "initial_device_display_name": "recorder"})[1]
            self.tokens[user] = answer["access_token"]
            self.values[user] = answer["user_id"]
            self.values[user + ".name"] = name
            self.values[user + ".device"] = answer["device_id"]
            self.values[user + ".token"] = answer["access_token"]
            # Synapse makes the localpart a name, we do not; both may.
            self.send("PUT", f"/_matrix/client/v3/profile/{urllib.parse.quote(answer['user_id'])}/displayname", answer["access_token"],
                      {"displayname": user})

    def send(self, method, path, token, body):
        return send(self.port, method, path, token, body)

    def fill(self, text, quoted):
        def value(match):
            known = self.values.get(match.group(1))
            if known is None:
                return match.group(0)
            return urllib.parse.quote(known, safe="") if quoted else known
        return re.sub(r"\{([a-z0-9_.]+)\}", value, text)

    def fill_all(self, value):
        if isinstance(value, str):
            return self.fill(value, quoted=False)
        if isinstance(value, list):
            return [self.fill_all(one) for one in value]
        if isinstance(value, dict):
            return {self.fill(key, quoted=False): self.fill_all(one) for key, one in value.items()}
        return value

    def take(self, step):
        method, path = step["do"].split(" ", 1)
        body = step.get("raw", self.fill_all(step["body"]) if "body" in step else None)
        token = step.get("token") or self.tokens.get(step.get("as"))
        status, answer = self.send(method, self.fill(path, quoted=True), token, body)
        # A 401 has the session of a confirmation.
        if status in (200, 401):
            for name, member in step.get("save", {}).items():
                self.values[name] = find(answer, member)
                if self.values[name].startswith("mxc://"):
                    self.values[name + ".id"] = self.values[name].rsplit("/", 1)[1]
        return status, answer

    def label(self, kind, text):
        return self.labels.setdefault(text, f"<{kind} {next(self.counts)}>")

    def plain(self, value, key=""):
        """Without what a homeserver may choose: its ids and tokens become names, in the order of their appearance."""
        if isinstance(value, dict):
            unwanted = LEGACY if {"type", "content", "sender"} <= set(value) else ()
            return {self.names(k): self.plain(v, k) for k, v in sorted(value.items(), key=lambda item: self.rank(item[0]))
                    if not k.startswith("org.matrix.") and k not in unwanted}
        if isinstance(value, list):
            return [self.plain(one, key) for one in value]
        if key in TIMES and isinstance(value, int):
            return "<time>"
        if key in TOKENS and isinstance(value, str):
            return "<token>"
        if isinstance(value, str):
            return self.names(value)
        return value

    def names(self, text):
        if text.startswith("mxc://"):
            return self.label("media", text)
        for name, value in self.values.items():
            if value.startswith(("!", "$")):
                text = text.replace(value, f"<{name}>")
        return EVENT_ID.sub("<event>", text)

    def rank(self, key):
        # Keys that are ids sort by what they mean.
        return self.names(key) if key.startswith(("$", "!")) else key


def find(answer, member):
    for part in member.split("/"):
        answer = answer[int(part)] if isinstance(answer, list) else answer[part]
    return answer


def order(value):
    """Lists whose order the specification leaves free, sorted; a copy."""
    if isinstance(value, dict):
        made = {k: order(v) for k, v in value.items()}
        for key in ("state", "account_data", "ephemeral", "state_after"):
            inner = made.get(key)
            events = inner if isinstance(inner, list) else inner.get("events") if isinstance(inner, dict) else None
            if isinstance(events, list):
                events.sort(key=sort_key)
        for key in ("joined_rooms", "aliases", "flows", "devices", "joined", "changed", "left"):
            if isinstance(made.get(key), list):
                made[key].sort(key=lambda one: json.dumps(one, sort_keys=True))
        return made
    if isinstance(value, list):
        return [order(one) for one in value]
    return value


def sort_key(event):
    return (event.get("type", ""), event.get("state_key", "")) if isinstance(event, dict) else ("", "")


def without_empty(value):
    if isinstance(value, dict):
        made = {k: without_empty(v) for k, v in value.items()}
        return {k: v for k, v in made.items() if v not in ({}, [], None)}
    return [without_empty(one) for one in value] if isinstance(value, list) else value


def differences(ours, theirs, path=""):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(set(ours) | set(theirs)):
            if key not in ours:
                yield f"{path}/{key}", "missing", theirs[key]
            elif key not in theirs:
                yield f"{path}/{key}", ours[key], "missing"
            else:
                yield from differences(ours[key], theirs[key], f"{path}/{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (one, other) in enumerate(zip(ours, theirs)):
            yield from differences(one, other, f"{path}/{number}")
    elif ours != theirs or isinstance(ours, bool) != isinstance(theirs, bool):
        yield path, ours, theirs


class Comparison:
    """All groups; `equal` and `known` count answers."""

    def __init__(self, ours, theirs, stamp=""):
        self.stamp = stamp
        self.ports = (ours, theirs)
        everything = recorded()
        self.groups = compared_groups()
        self.known = everything["known_differences"] + everything["lacks"]
        self.lacks = len(everything["known_differences"])
        self.used = set()
        self.ran = set()
        self.equal = 0
        self.explained = 0

    def explain(self, step, path):
        for number, entry in enumerate(self.known):
            if fnmatch.fnmatchcase(step, entry["step"]) and any(fnmatch.fnmatchcase(path, p) for p in entry["paths"]):
                self.used.add(number)
                return True
        return False

    def compare(self, group, step, sides):
        shown = []
        for side in sides:
            status, answer = side.take(step)
            if status >= 400 and isinstance(answer.get("error"), str) and answer["error"]:
                answer = {**answer, "error": "<words>"}
            if "only" in step and status == 200:
                answer = {key: answer[key] for key in step["only"] if key in answer}
            if "/sync" in step["do"]:
                answer = without_empty(answer)
            # Lists are put in order before ids are named after their appearance.
            shown.append({"status": status, "answer": order(side.plain(order(answer)))})
        name = f"{group}: {step['do']}"
        found = list(differences(*shown))
        unknown = [one for one in found if not self.explain(name, one[0])]
        if unknown:
            return [f"{name}\n    {path}: ours {json.dumps(a)[:300]}, Synapse {json.dumps(b)[:300]}" for path, a, b in unknown]
        if found:
            self.explained += 1
        else:
            self.equal += 1
        return []

    def run(self, group):
        """Every unexplained difference of a group, as lines."""
        wanted = self.groups[group]
        self.ran.add(group)
        sides = [Side(port, group + self.stamp, wanted["users"]) for port in self.ports]
        problems = []
        for step in wanted["steps"]:
            try:
                problems += self.compare(group, step, sides)
            except (KeyError, IndexError) as missing:
                problems.append(f"{group}: {step['do']}\n    an answer lacks {missing}")
                break
        return problems

    def total(self):
        return sum(len(group["steps"]) for group in self.groups.values())

    def complete(self):
        return self.ran == set(self.groups)

    def stale(self):
        return [f"{entry['step']}: {entry['why']}" for number, entry in enumerate(self.known) if number not in self.used]
