#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demo as a newcomer meets it: usage: demo_test.py CHATRIXCD [unittest arguments]"""
import contextlib
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import termios
import unittest

from homeserver import wait_until
from terminal import Terminal

CHATRIXCD = str(pathlib.Path(sys.argv.pop(1)).resolve())
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class Scripted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.played = subprocess.run([CHATRIXCD, "demo", "--script"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def test_it_ends_with_a_successful_card(self):
        self.assertEqual(self.played.returncode, 0, self.played.stdout + self.played.stderr)
        self.assertIn("#3 · success", self.played.stdout)

    def test_the_transcript_shows_the_conversation(self):
        for words in ("you  !cd help", "you  !cd run demo hello", "Hello from a job", "#2 · failure", "release 1.4.2 for staging"):
            self.assertIn(words, self.played.stdout)

    def test_without_a_terminal_no_control_sequence_is_written(self):
        self.assertNotIn("\x1b", self.played.stdout)

    def test_nothing_is_left_behind(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([CHATRIXCD, "demo", "--script"], stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                           env={**os.environ, "TMPDIR": folder})
            self.assertEqual(os.listdir(folder), [])


    @staticmethod
    def processes_with(word):
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if word in entry.read_bytes().split(b"\0"):
                    found.append(entry)
            except OSError:
                pass
        return found

    def test_with_a_semaphore_runs_go_on_while_the_bot_is_killed_and_nothing_is_left(self):
        with tempfile.TemporaryDirectory() as folder:
            played = subprocess.run([CHATRIXCD, "demo", "--semaphore", "--script"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                    timeout=180, env={**os.environ, "TMPDIR": folder})
            self.assertEqual(played.returncode, 0, played.stdout + played.stderr)
            for words in ("answer in this thread with", "you  ↳ staging", "web / deploy #1 · success", "release 1.4.2 for staging", "#2 · failure",
                          "error: no space left", "#3 waits for a decision", "decision: approved by @you:demo.local", "SIGKILL to the bot",
                          "web / slow #4 · success", "all of it, whoever watched"):
                self.assertIn(words, played.stdout)
            before, after = played.stdout.split("SIGKILL to the bot", 1)
            self.assertIn("web / slow #4 · running", before)
            self.assertNotIn("web / slow #5", after)
            self.assertEqual(os.listdir(folder), [])

    def test_a_killed_demo_takes_its_semaphore_with_it(self):
        with tempfile.TemporaryDirectory() as folder:
            playing = subprocess.Popen([CHATRIXCD, "demo", "--semaphore", "--script", "--keep", folder], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE)
            playing.stdout.readline()
            token = f"{folder}/semaphore.token".encode()
            self.assertEqual(len(self.processes_with(token)), 1)
            playing.kill()
            playing.communicate(timeout=60)
            wait_until(lambda: not self.processes_with(token), "no process of the demo")

    def test_a_signal_ends_it_with_a_failure_and_leaves_nothing_behind(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with tempfile.TemporaryDirectory() as folder:
                playing = subprocess.Popen([CHATRIXCD, "demo", "--script"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                           env={**os.environ, "TMPDIR": folder})
                playing.stdout.readline()
                playing.send_signal(number)
                playing.communicate(timeout=60)
                self.assertEqual(playing.returncode, 1)
                self.assertEqual(os.listdir(folder), [])

    def test_a_bot_that_does_not_answer_is_exit_code_6(self):
        with tempfile.TemporaryDirectory() as folder:
            playing = subprocess.Popen([CHATRIXCD, "demo", "--script", "--keep", folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            playing.stdout.readline()
            for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    words = entry.read_bytes().split(b"\0")
                except OSError:
                    continue
                if b"run" in words and f"{folder}/config.hjson".encode() in words:
                    os.kill(int(entry.parent.name), signal.SIGSTOP)
            _, errors = playing.communicate(timeout=150)
            self.assertEqual(playing.returncode, 6, errors)
            self.assertEqual(len([line for line in errors.splitlines() if line.startswith("error: ")]), 1, errors)
            self.assertIn("within 60 s", errors)

    @staticmethod
    def events_in(folder, kind):
        """How many events of that type the demo's homeserver has."""
        with contextlib.closing(sqlite3.connect(f"{folder}/homeserver.db")) as db:
            return db.execute("SELECT count(*) FROM events WHERE type = ?", (kind,)).fetchone()[0]

    def test_a_kept_folder_can_be_played_in_again_and_the_homeserver_has_read_none_of_it(self):
        with tempfile.TemporaryDirectory() as folder:
            for success in ("#3 · success", "#6 · success"):
                played = subprocess.run([CHATRIXCD, "demo", "--script", "--keep", folder], stdin=subprocess.DEVNULL, capture_output=True,
                                        text=True, timeout=120)
                self.assertEqual(played.returncode, 0, played.stdout + played.stderr)
                self.assertIn(success, played.stdout)
                self.assertIn(f"All data is kept in {folder}", played.stdout)
            self.assertGreater(self.events_in(folder, "m.room.encryption"), 0)
            self.assertGreater(self.events_in(folder, "m.room.encrypted"), 0)
            self.assertEqual(self.events_in(folder, "m.room.message"), 0)


class InATerminal(unittest.TestCase):
    def start(self, *arguments, **options):
        terminal = Terminal([CHATRIXCD, "demo", *arguments], **options)
        self.addCleanup(terminal.close)
        terminal.wait_for(["!cd help", "\n>"])
        return terminal

    def leave(self, terminal):
        terminal.press("\x04")
        self.assertEqual(terminal.wait_for_end(), 0)
        self.assertTrue(terminal.restored(), "the terminal was not left as it was found")

    def test_a_card_changes_in_place(self):
        t = self.start()
        t.type("!cd run demo deploy env=staging version=1.4.2")
        t.wait_for("#1 · running")
        shown = t.wait_for("#1 · success")
        self.assertNotIn("#1 · running", shown)
        self.assertEqual(shown.count("demo / deploy #1 ·"), 1)
        self.leave(t)

    def test_a_typed_line_is_edited_completed_and_remembered(self):
        t = self.start()
        t.press("!cd pinx\x7fg\r")
        t.wait_for("you  !cd ping")
        t.wait_for("ong")
        t.press("!cd proj\t\r")
        t.wait_for("you  !cd projects")
        t.press("\x1b[A\x1b[A\r")
        t.wait_for("you  !cd ping", times=2)
        self.leave(t)

    def test_what_the_bot_says_while_one_leaves_does_no_harm(self):
        t = self.start()
        t.press("!cd run demo deploy env=staging version=1.4.2\r")
        t.wait_for("#1 · running")
        t.press("!cd ping\r")
        self.leave(t)

    def test_what_is_typed_before_there_is_a_prompt_is_shown_once(self):
        t = Terminal([CHATRIXCD, "demo"])
        self.addCleanup(t.close)
        # Before it has begun, the terminal itself shows what is typed.
        while termios.tcgetattr(t.slave)[3] & termios.ECHO:
            t.pump(0.01)
        t.type("!cd ping")
        t.type("!cd info")
        shown = t.wait_for(["pong", "open runs"])
        self.assertEqual((shown.count("!cd ping"), shown.count("!cd info")), (1, 1), shown)
        self.leave(t)

    def test_behind_run_the_project_and_its_jobs_complete(self):
        t = self.start()
        t.press("!cd run dem\tbro\t\r")
        t.wait_for("you  !cd run demo broken")
        t.wait_for("#1 · failure")
        self.leave(t)

    def test_a_line_that_is_too_long_is_cut_and_does_no_harm(self):
        t = self.start()
        t.type("!cd ping " + "ä" * 1100)
        t.wait_for("ping")
        t.type("!cd info")
        t.wait_for("ChatrixCD", limit=30)

    def test_a_card_changes_above_a_line_of_any_script_and_nothing_else_does(self):
        for typed in ("o" * 70, "ö" * 70, "漢" * 60):
            with self.subTest(typed[0]):
                t = self.start()
                t.type("!cd run demo deploy env=prod")
                t.wait_for("#1 · running")
                t.press(typed)
                shown = t.wait_for(["#1 · success", "Next:", "> " + typed[:30]])
                self.assertIn("you  !cd run demo deploy env=prod", shown)
                self.assertEqual(shown.replace("\n", "").count(typed[0] * len(typed)), 1, shown)
                t.type("")
                shown = t.wait_for("release 1.0.0 for prod")
                self.assertEqual(shown.count("release 1.0.0 for prod"), 1)

    def test_what_the_bot_asks_in_a_thread_is_answered_there(self):
        t = self.start()
        t.type("!cd run deploy")
        t.wait_for("answer in this thread with")
        t.type("staging")
        t.wait_for("#1 · success", limit=30)

    def test_a_closed_window_leaves_nothing_behind(self):
        with tempfile.TemporaryDirectory() as folder:
            t = self.start(environment={"TMPDIR": folder})
            os.kill(t.pid, signal.SIGHUP)
            t.wait_for_end()
            self.assertEqual(os.listdir(folder), [])

    def test_an_unknown_command_of_the_demo_is_said_to_be_unknown(self):
        t = self.start()
        t.type(":nonsense")
        t.wait_for(":nonsense is no command of the demo")

    def test_killed_in_the_middle_the_card_says_lost_and_the_next_command_runs_once(self):
        with tempfile.TemporaryDirectory() as folder:
            t = self.start("--keep", folder)
            t.type("!cd run demo deploy env=prod")
            t.wait_for("#1 · running")
            t.type(":kill")
            t.type("!cd run demo hello")
            t.wait_for(["#1 · lost", "#2 · success"])
            t.type("!cd ping")
            shown = t.wait_for("ong")
            self.assertEqual(shown.count("demo / hello #"), 1)
            self.leave(t)

    def test_a_run_that_is_cut_by_a_clean_stop_says_so_before_the_bot_goes(self):
        with tempfile.TemporaryDirectory() as folder:
            t = self.start("--keep", folder)
            t.type("!cd run demo deploy env=prod")
            t.wait_for("#1 · running")
            self.leave(t)
            t = self.start("--keep", folder)
            t.type("!cd status 1")
            t.wait_for("#1 · canceled")
            self.leave(t)

    def test_control_c_leaves_the_terminal_as_it_was(self):
        t = self.start()
        t.press("\x03")
        self.assertEqual(t.wait_for_end(), 0)
        self.assertTrue(t.restored())

    def test_sigterm_leaves_the_terminal_as_it_was(self):
        t = self.start()
        os.kill(t.pid, signal.SIGTERM)
        self.assertEqual(t.wait_for_end(), 0)
        self.assertTrue(t.restored())

    def test_no_color_means_no_color(self):
        t = self.start(environment={"NO_COLOR": "1"})
        t.type("!cd run demo hello")
        t.wait_for("#1 · success")
        self.assertFalse(ESCAPES.search(t.raw))
        self.leave(t)

    def test_a_dumb_terminal_gets_plain_lines(self):
        t = self.start(environment={"TERM": "dumb"})
        t.type("!cd run demo hello")
        t.wait_for("#1 · success")
        self.assertNotIn("\x1b", t.raw)
        self.leave(t)

    def test_sixty_columns_are_enough(self):
        t = self.start(columns=60)
        t.type("!cd run demo hello")
        t.wait_for("#1 · success")
        t.type("!cd help")
        t.wait_for("templates")
        self.assertLessEqual(max(len(line) for line in t.screen.text().split("\n")), 60)
        self.leave(t)

    def test_what_is_kept_is_there_the_next_time(self):
        with tempfile.TemporaryDirectory() as folder:
            t = self.start("--keep", folder)
            t.type("!cd run demo hello")
            t.wait_for("#1 · success")
            self.leave(t)
            t = self.start("--keep", folder)
            t.type("!cd status")
            t.wait_for("demo / hello #1")
            self.leave(t)


if __name__ == "__main__":
    unittest.main(verbosity=2)
