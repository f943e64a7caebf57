# SPDX-License-Identifier: Apache-2.0
"""A terminal for a program: a pseudo-terminal with a small screen, so that tests see what a person sees."""
import os
import pty
import re
import select
import shutil
import signal
import struct
import tempfile
import termios
import fcntl
import time
import unicodedata


class Screen:
    """As much of a terminal as the demo uses: printing, line breaks, cursor up/left/right/column, erasing. Keeps what scrolled out."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.lines = [[]]
        self.row = self.column = 0
        self.pending = ""

    def feed(self, text):
        text = self.pending + text
        self.pending = ""
        i = 0
        while i < len(text):
            c = text[i]
            if c == "\x1b":
                found = re.match(r"\x1b(\[([0-9;?]*)([A-Za-z])|\][^\x07]*\x07|[=>78MDE]|\([A-Z0-9])", text[i:])
                if not found:
                    self.pending = text[i:]
                    return
                if found.group(3):
                    self._control(found.group(3), found.group(2))
                i += found.end()
                continue
            if c == "\r":
                self.column = 0
            elif c == "\n":
                self._down()
            elif c == "\b":
                self.column = max(0, self.column - 1)
            elif c >= " ":
                self._put(c)
            i += 1

    def _put(self, c):
        width = 0 if unicodedata.combining(c) or c in "\u200d\ufe0f" else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        if width == 0:
            return
        if self.column + width > self.columns:
            self.column = 0
            self._down()
        line = self.lines[self.row]
        line.extend(" " * (self.column + width - len(line)))
        line[self.column] = c
        if width == 2:
            line[self.column + 1] = ""
        self.column += width

    def _down(self):
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append([])

    def _control(self, letter, arguments):
        number = int(arguments) if arguments.isdigit() else 1
        top = max(0, len(self.lines) - self.rows)
        if letter == "A":
            self.row = max(top, self.row - number)
        elif letter == "B":
            self.row = min(len(self.lines) - 1, self.row + number)
        elif letter == "C":
            self.column = min(self.columns - 1, self.column + number)
        elif letter == "D":
            self.column = max(0, self.column - number)
        elif letter == "G":
            self.column = number - 1
        elif letter == "K":
            del self.lines[self.row][self.column:]
        elif letter == "J":
            del self.lines[self.row][self.column:]
            del self.lines[self.row + 1:]

    def text(self):
        return "\n".join("".join(line).rstrip() for line in self.lines)


class Terminal:
    def __init__(self, argv, columns=80, rows=24, environment=None):
        self.screen = Screen(columns, rows)
        self.raw = ""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.slave = slave
        self.before = termios.tcgetattr(slave)
        self.decoder = __import__("codecs").getincrementaldecoder("utf-8")("replace")
        # What is killed cannot clean up after itself.
        self.temporary = tempfile.mkdtemp(prefix="chatrixcd-e2e-")
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for target in (0, 1, 2):
                os.dup2(slave, target)
            os.closerange(3, 64)
            base = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
            os.execve(argv[0], [str(a) for a in argv], {**base, "TERM": "xterm", "TMPDIR": self.temporary, **(environment or {})})
        self.status = None

    def type(self, line):
        os.write(self.master, line.encode() + b"\r")

    def press(self, keys):
        os.write(self.master, keys.encode())

    def pump(self, seconds):
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        text = self.decoder.decode(data)
        self.raw += text
        self.screen.feed(text)
        return bool(data)

    def wait_for(self, words, limit=60, times=1):
        """Until the screen shows all the words, each so many times."""
        wanted = [words] if isinstance(words, str) else words
        deadline = time.monotonic() + limit
        while not all(self.screen.text().count(w) >= times for w in wanted):
            if time.monotonic() > deadline:
                raise AssertionError(f"no {wanted} on the screen within {limit} s:\n{self.screen.text()}")
            self.pump(0.2)
        return self.screen.text()

    def wait_for_end(self, limit=30):
        deadline = time.monotonic() + limit
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self.pump(0.05):
                    pass
                self.status = os.waitstatus_to_exitcode(status)
                return self.status
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not end within {limit} s:\n{self.screen.text()}")
            self.pump(0.1)

    def restored(self):
        """Whether the terminal's settings are what they were before."""
        return termios.tcgetattr(self.slave) == self.before

    def close(self):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            except ProcessLookupError:
                pass
        os.close(self.master)
        os.close(self.slave)
        shutil.rmtree(self.temporary, ignore_errors=True)
