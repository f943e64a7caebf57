# SPDX-License-Identifier: Apache-2.0
"""The embedded homeserver beside foreign clients, the specification and Synapse."""
import unittest

import differential
import js_client
import peers
import shapes
import synapse
from places import BINARIES, OnEmbedded, OnSynapse, WORK


class ForeignClients(OnEmbedded):
    def test_matrix_nio_makes_its_usual_calls(self):
        try:
            python = peers.fetch_python(WORK / "python")
        except synapse.Unavailable as reason:
            self.skipTest(str(reason))
        self.judge("matrix-nio", peers.run_calls([python, peers.HERE / "nio_calls.py", self.embedded.url, "nio"], WORK))

    def test_matrix_js_sdk_makes_its_usual_calls(self):
        try:
            node = js_client.fetch(WORK / "js")
        except synapse.Unavailable as reason:
            self.skipTest(f"matrix-js-sdk: {reason}")
        self.judge("matrix-js-sdk", peers.run_calls([node, "calls.mjs", self.embedded.url, "js"], WORK / "js"))


class SpecifiedShapes(unittest.TestCase):
    """Every answer of a fresh embedded homeserver to the recorded requests has the shape that the specification's OpenAPI says."""

    def test_every_answer_has_its_shape(self):
        try:
            python = peers.fetch_python(WORK / "python")
            specification = shapes.fetch_specification(WORK / "matrix-spec")
        except synapse.Unavailable as reason:
            self.skipTest(f"the specification's OpenAPI: {reason}")
        embedded = peers.EmbeddedHomeserver(BINARIES)
        self.addCleanup(embedded.stop)
        validation = shapes.Shapes(python, specification, embedded.port)
        answers = validation.answers()
        self.assertEqual(validation.blind(answers), [], "spoiled answers pass")
        report, wrong = validation.judge(answers)
        print("\n" + "\n".join(report), flush=True)
        self.assertFalse(wrong, f"{len(wrong)} findings:\n" + "\n".join(wrong))


class SameAnswers(OnSynapse, OnEmbedded):
    """Synapse and the embedded homeserver answer the recorded requests alike."""
    comparison = None

    def setUp(self):
        if self.why_not:
            self.skipTest(self.why_not)
        OnEmbedded.setUp(self)
        if SameAnswers.comparison is None:
            SameAnswers.comparison = differential.Comparison(self.embedded.port, self.server.port)


def add_case(group):
    def case(self):
        problems = self.comparison.run(group)
        self.assertFalse(problems, f"{len(problems)} answers differ:\n" + "\n".join(problems))
    setattr(SameAnswers, "test_" + group, case)


for name in differential.compared_groups():
    add_case(name)


def compared():
    """What the differential run came to; whether every known difference still is one."""
    made = SameAnswers.comparison
    if made is None:
        return True
    print(f"same answers: {made.equal} equal, {made.explained} with known differences, of {made.total()} recorded requests")
    stale = made.stale() if made.complete() else []
    for entry in stale:
        print("no difference any more:", entry)
    return not stale
