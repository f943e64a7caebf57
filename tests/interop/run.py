#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The programs against a real Synapse, with foreign clients, and the embedded homeserver against both and against the
specification: usage: run.py BINARIES WORK_FOLDER [CLASS…]

A peer that cannot be had is named and its cases count as skipped, never as passed."""
import sys
import unittest

from cases.embedded import ForeignClients, SameAnswers, SpecifiedShapes, compared
from cases.encrypted import Encrypted
from cases.identity import Backup, FromNothing, Identity
from cases.in_clear import EchoBot, MatrixJsSdk, PlainClient
from cases.people import Attachments, Away, ComingAndGoing, Interrupted, QrCodes
from places import WORK, OnBoth, OnEmbedded, OnSynapse


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    loader = unittest.defaultTestLoader
    cases = (ForeignClients, SpecifiedShapes, PlainClient, EchoBot, MatrixJsSdk, Encrypted, Attachments, ComingAndGoing, Away, QrCodes,
             Interrupted, Identity, Backup, FromNothing, SameAnswers)
    wanted = sys.argv[3:]
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases if not wanted or case.__name__ in wanted)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    fresh = compared()
    for embedded in filter(None, (OnEmbedded.embedded, OnBoth.embedded)):
        embedded.stop()
    if OnSynapse.server:
        OnSynapse.server.stop()
    failed = len(result.failures) + len(result.errors)
    for reason in sorted({why for _, why in result.skipped}):
        print("skipped:", reason)
    print(f"{max(0, result.testsRun - failed - len(result.skipped))} passed, {failed} failed, {len(result.skipped)} skipped")
    # A run in which every peer was missing has shown nothing.
    return 0 if failed == 0 and fresh and result.testsRun > len(result.skipped) else 1


if __name__ == "__main__":
    sys.exit(main())
