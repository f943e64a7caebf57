# SPDX-License-Identifier: Apache-2.0
"""Answers of a homeserver against the Matrix specification's OpenAPI: usage: openapi.py SPECIFICATION < ANSWERS, in an environment with
jsonschema and PyYAML.

SPECIFICATION is a checkout of matrix-org/matrix-spec. A line of ANSWERS is {"step", "method", "path", "status", "answer"}, the answer null
where it is no JSON. Prints one JSON object: the counts, the operations that were reached, and the findings as [step, path, words]. With
--operations it prints a line {"method", "path", "name"} for each operation instead.

An answer must have the schema of its path, method and status; a refusal that the operation does not list, the standard one. Where a schema
refers to one of the specification's kinds of events, the event must also have the schema of its type. Unknown members are allowed."""
import functools
import json
import pathlib
import re
import sys
import urllib.parse

import jsonschema
import referencing
import referencing.jsonschema
import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DRAFT = referencing.jsonschema.DRAFT202012
VERBS = ("get", "put", "post", "delete", "options", "head", "patch")
# What the specification's openapi_extensions and string-formats say of its own formats.
BEGINNINGS = {"mx-user-id": "@", "mx-event-id": "$", "mx-room-id": "!", "mx-room-alias": "#", "mx-mxc-uri": "mxc://"}
EVENT_KINDS = {"client_event.yaml", "client_event_without_room_id.yaml", "event.yaml", "stripped_state.yaml", "room_event.yaml",
               "sync_room_event.yaml", "state_event.yaml", "sync_state_event.yaml"}
# What a kind of event is not asked for, although the schema of its type lists it: /sync leaves rooms out, stripped state more.
STAND_INS = {"room_id": "!stand-in", "event_id": "$stand-in", "sender": "@stand:in", "origin_server_ts": 0}
# What /sync carries besides, according to the text of the modules on messages to devices and on keys; its schema calls these objects.
TEXTS = {"type": "array", "items": {"type": "string"}}
SYNC_BESIDES = {"properties": {
    "to_device": {"properties": {"events": {"type": "array", "items": {
        "type": "object", "required": ["type", "sender", "content"],
        "properties": {"type": {"type": "string"}, "sender": {"type": "string", "format": "mx-user-id"}, "content": {"type": "object"}}}}}},
    "device_lists": {"properties": {"changed": TEXTS, "left": TEXTS}},
    "device_one_time_keys_count": {"type": "object", "additionalProperties": {"type": "integer"}},
    "device_unused_fallback_key_types": TEXTS}}
# Operations whose answer is, as their text says, the content of an event of this type, which the schema calls an object.
CONTENTS = {"getRoomStateWithKey": "eventType", "getAccountData": "type", "getAccountDataPerRoom": "type"}


@functools.cache
def load(file):
    return yaml.load(pathlib.Path(file).read_text(encoding="utf-8"), Loader)


def retrieve(uri):
    """Files of the checkout, when a $ref asks for them."""
    return referencing.Resource.from_contents(load(urllib.parse.unquote(urllib.parse.urlsplit(uri).path)), default_specification=DRAFT)


def pointer(at, *parts):
    return at + "".join("/" + urllib.parse.quote(part.replace("~", "~0").replace("/", "~1"), safe="~") for part in parts)


class Operation:
    def __init__(self, file, base, template, method, spec):
        self.file, self.path, self.method, self.spec = file, template, method.upper(), spec
        # "/events " is one of two of that name in the specification.
        self.template = (base + template).rstrip()
        self.id = spec.get("operationId", "")
        self.name = f"{self.method} {self.template}"
        self.words = self.template.split("/")
        self.parts = [re.fullmatch(r"\{(\w+)\}", word) for word in self.words]

    def match(self, method, segments):
        """The parameters' values, or None. An empty state key may be left out with or without its slash."""
        if method != self.method or len(segments) != len(self.words):
            return None
        found = {}
        for parameter, word, segment in zip(self.parts, self.words, segments):
            if parameter is None and word != segment:
                return None
            if parameter is not None:
                if not segment and parameter.group(1) != "stateKey":
                    return None
                found[parameter.group(1)] = urllib.parse.unquote(segment)
        return found

    def literals(self):
        return [parameter is None for parameter in self.parts]


class Specification:
    def __init__(self, root):
        self.data = pathlib.Path(root).resolve() / "data"
        self.events = self.data / "event-schemas/schema"
        self.error = {"allOf": [{"$ref": (self.data / "api/client-server/definitions/errors/error.yaml").as_uri()}],
                      # "The keys error and errcode MUST always be present": said in words only.
                      "required": ["errcode", "error"]}
        self.registry = referencing.Registry(retrieve=retrieve)
        self.operations = []
        for file in sorted((self.data / "api/client-server").glob("*.yaml")):
            document = load(str(file))
            base = document["servers"][0]["variables"]["basePath"]["default"]
            for template, item in document.get("paths", {}).items():
                self.operations += [Operation(file, base, template, verb, item[verb]) for verb in VERBS if verb in item]
        self.operations.sort(key=lambda one: one.name)
        self.checked_events = 0
        # By identity; what is made on the way is kept, so that none of these is given out twice.
        self.seen, self.keep = set(), []
        formats = jsonschema.FormatChecker(formats=())
        for name, beginning in BEGINNINGS.items():
            formats.checks(name)(lambda text, beginning=beginning: not isinstance(text, str) or text.startswith(beginning))
        formats.checks("uri")(lambda text: not isinstance(text, str) or bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text)))
        kind = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"$ref": self.follow})
        self.validator = lambda schema: kind(schema, registry=self.registry, format_checker=formats)

    def find(self, method, path):
        """The operation and its parameters; the one with the most literal path where several match."""
        segments = path.split("?", 1)[0].split("/")
        fits = [(one.literals(), number) for number, one in enumerate(self.operations) if one.match(method, segments) is not None]
        if not fits:
            # "state/m.room.name" is "state/m.room.name/" with an empty state key.
            segments.append("")
            fits = [(one.literals(), number) for number, one in enumerate(self.operations)
                    if one.words[-1] == "{stateKey}" and one.match(method, segments) is not None]
        if not fits:
            return None, {}
        operation = self.operations[max(fits)[1]]
        return operation, operation.match(method, segments)

    def schema_of(self, operation, status):
        """The schema of this status, as a reference into its file so that its own references hold; None where the operation lists the
        status without a JSON body. LookupError if it does not list it."""
        listed = operation.spec["responses"]
        key = next((k for k in listed if k in (str(status), f"{status // 100}XX")), None)
        if key is None:
            raise LookupError
        at = pointer(operation.file.as_uri() + "#", "paths", operation.path, operation.method.lower(), "responses", key)
        response = listed[key]
        while "$ref" in response:
            at = urllib.parse.urljoin(at, response["$ref"])
            response = self.registry.resolver().lookup(at).contents
        if "schema" not in response.get("content", {}).get("application/json", {}):
            return None
        return {"$ref": pointer(at, "content", "application/json", "schema")}

    def follow(self, validator, ref, instance, schema):
        """$ref as ever; and whatever the specification calls an event also has the schema of its type."""
        yield from validator._validate_reference(ref=ref, instance=instance)  # noqa: SLF001 - what jsonschema's own $ref calls
        if ref.rsplit("/", 1)[-1] in EVENT_KINDS and isinstance(instance, dict):
            yield from self.event_errors(validator, instance)

    def event_errors(self, validator, event):
        # Its kind and the schema of its type refer to other kinds: it is looked at once.
        if id(event) in self.seen:
            return []
        self.seen.add(id(event))
        unsigned = event.get("unsigned") if isinstance(event.get("unsigned"), dict) else {}
        found = self.bundled_errors(validator, unsigned.get("m.relations", {}))
        # A redaction takes members out of the content that the schema of the type calls required. What is no event at all is found by its kind.
        if "redacted_because" in unsigned or not isinstance(event.get("content"), dict) or not isinstance(event.get("type"), str):
            return found
        file = self.schema_file(event["type"], event["content"])
        if file is not None:
            self.checked_events += 1
            whole = {**STAND_INS, **event}
            self.keep.append(whole)
            self.seen.add(id(whole))
            found += validator.evolve(schema={"$ref": file.as_uri()}).iter_errors(whole)
        return found

    def bundled_errors(self, validator, relations):
        """The events that come with the event to which they relate: of these the text of the specification says what they are."""
        kind = {"$ref": (self.data / "api/client-server/definitions/client_event_without_room_id.yaml").as_uri()}
        schema = {"type": "object", "properties": {"m.replace": kind, "m.thread": {
            "type": "object", "required": ["latest_event", "count", "current_user_participated"],
            "properties": {"latest_event": kind, "count": {"type": "integer"}, "current_user_participated": {"type": "boolean"}}}}}
        return list(validator.evolve(schema=schema).iter_errors(relations))

    def schema_file(self, kind, content):
        if not re.fullmatch(r"m\.[\w.]+", kind):
            return None
        special = self.events / f"{kind}${content.get('msgtype', content.get('method'))}.yaml"
        plain = self.events / f"{kind}.yaml"
        return special if special.is_file() else plain if plain.is_file() else None

    def errors(self, operation, values, path, status, answer):
        """What is wrong with an answer, as pairs of its path in the answer and words."""
        if operation is None:
            if status < 400:
                return [("", f"the status {status} of what is no operation of the specification")]
            return self.check(self.error, answer)
        try:
            schema = self.schema_of(operation, status)
        except LookupError:
            if status < 400:
                return [("", f"the operation has no status {status}")]
            return self.check(self.error, answer)
        as_event = operation.id == "getRoomStateWithKey" and "format=event" in path
        if status == 200 and as_event:
            # The schema is oneOf an object and an event, which no event can fit: each is an object too.
            schema = {"$ref": (self.events / "core-event-schema/state_event.yaml").as_uri()}
        found = [] if schema is None else self.check(schema, answer)
        if operation.id == "sync" and status == 200:
            found += self.check(SYNC_BESIDES, answer)
        # Of a 401 that asks for user-interactive authentication the specification has a schema of its own.
        if status >= 400 and not (status == 401 and isinstance(answer, dict) and "flows" in answer):
            found += self.check(self.error, answer)
        kind = values.get(CONTENTS.get(operation.id, ""))
        if status == 200 and kind and not as_event and isinstance(answer, dict):
            found += self.check_content(kind, values.get("stateKey", ""), answer)
        return list(dict.fromkeys(found))

    def check_content(self, kind, state_key, content):
        file = self.schema_file(kind, content)
        if file is None:
            return []
        self.checked_events += 1
        event = {**STAND_INS, "type": kind, "state_key": state_key, "content": content}
        return [(path.removeprefix("/content"), words) for path, words in self.check({"$ref": file.as_uri()}, event)]

    def check(self, schema, answer):
        if answer is None:
            return [("", "no JSON")]
        self.seen.clear()
        self.keep.clear()
        return [("".join(f"/{part}" for part in e.absolute_path), e.message[:200]) for e in leaves(self.validator(schema).iter_errors(answer))]


def leaves(errors):
    """Of a failed oneOf or anyOf what is wrong with the alternative that fits best, else nobody finds it."""
    for error in errors:
        if error.context:
            yield jsonschema.exceptions.best_match([error]) or error
        else:
            yield error


def judge(spec, lines):
    validated, reached, findings = 0, {}, []
    for line in lines:
        one = json.loads(line)
        operation, values = spec.find(one["method"], one["path"])
        if operation is not None:
            reached[operation.name] = reached.get(operation.name, 0) + 1
        validated += 1
        findings += [[one["step"], path, words] for path, words in
                     spec.errors(operation, values, one["path"], one["status"], one["answer"])]
    return {"answers": validated, "reached": reached, "events": spec.checked_events, "findings": findings}


def main():
    spec = Specification(sys.argv[-1])
    if not spec.operations:
        sys.exit(f"{spec.data}/api/client-server holds no operations: is this a checkout of matrix-org/matrix-spec?")
    if "--operations" in sys.argv:
        for one in spec.operations:
            print(json.dumps({"method": one.method, "path": one.template, "name": one.name}))
    else:
        print(json.dumps(judge(spec, sys.stdin)))


if __name__ == "__main__":
    main()
