#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input: each gives one clear line and a documented exit code. usage: command_line_test.py CHATRIXCD"""
import http.server
import json
import os
import pathlib
import re
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

from homeserver import Bot
from terminal import Terminal

CHATRIXCD = str(pathlib.Path(sys.argv.pop(1)).resolve())
CONFIGURATION = {
    "matrix": {"homeserver": "http://127.0.0.1:1", "user_id": "@bot:demo.local", "password": "hunter2-secret"},
    "bot": {"allowed_rooms": ["!r:demo.local"], "admin_users": ["@you:demo.local"]},
    "ci": [{"name": "local", "type": "executor", "projects": [{"name": "demo", "jobs": [{"name": "hello", "argv": ["/bin/echo", "hi"]}]}]}],
}


def chatrixcd(*arguments, environment=None, limit=60, stdin=None):
    return subprocess.run([CHATRIXCD, *map(str, arguments)], capture_output=True, text=True, timeout=limit, input=stdin or "",
                          env={**os.environ, **(environment or {})})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answering(with_bytes):
    """Reads a request, answers it with the bytes and hangs up."""
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(65536)
            self.request.sendall(with_bytes)
    return Handler


class WithFolder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def config(self, **changes):
        values = json.loads(json.dumps(CONFIGURATION))
        values["matrix"]["store_path"] = str(self.folder / "store")
        for section, keys in changes.items():
            values.setdefault(section, {}).update(keys) if isinstance(keys, dict) else values.update({section: keys})
        path = self.folder / "bot.hjson"
        path.write_text(json.dumps(values, indent=2), encoding="utf-8")
        path.chmod(0o600)
        return path

    def assertOneLine(self, done, code, *words):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        self.assertEqual(len(errors), 1, done.stderr)
        for word in words:
            self.assertIn(word, errors[0])
        self.assertNotIn("hunter2-secret", done.stdout + done.stderr)


class CommandLine(WithFolder):
    def test_version_and_help_end_well(self):
        self.assertRegex(chatrixcd("--version").stdout, r"^chatrixcd \d+\.\d+\.\d+\n$")
        self.assertEqual(chatrixcd("--help").returncode, 0)

    def test_a_stand_in_without_its_token_is_refused(self):
        self.assertOneLine(chatrixcd("semaphore-double", "--listen", "0", "--token-file", "/nowhere/at-all"), 2, "/nowhere/at-all")

    def test_an_unknown_command_is_a_usage_error(self):
        self.assertEqual(chatrixcd("rnu").returncode, 2)
        self.assertEqual(chatrixcd().returncode, 2)

    def test_an_unknown_command_is_named_with_those_that_there_are(self):
        self.assertOneLine(chatrixcd("rnu"), 2, "`rnu`", "did you mean `run`?", "run, check, init, doctor, console, verify, demo, homeserver, semaphore-double")
        self.assertOneLine(chatrixcd("frob"), 2, "`frob`", "run, check, init, doctor, console, verify, demo, homeserver, semaphore-double")
        self.assertNotIn("did you mean", chatrixcd("frob").stderr)
        self.assertNotIn("\x1b", chatrixcd("\x1b[2Jrun").stderr)

    def test_a_mistake_of_usage_is_one_line(self):
        for words in (["--version", "extra"], ["--verbose"], ["run", "extra"], ["run", "--set", "x"], ["demo", "--listen", "x"],
                      ["demo", "--listen", "99999"], ["homeserver", "--listen", "localhost:"], ["semaphore-double", "--listen", "0"], []):
            done = chatrixcd(*words)
            self.assertOneLine(done, 2, "--help")
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertEqual(done.stdout, "")

    def test_a_missing_file_is_named(self):
        self.assertOneLine(chatrixcd("run", "-c", self.folder / "none.hjson"), 2, "none.hjson")

    def test_a_broken_file_is_shown_with_its_line(self):
        broken = self.folder / "bot.hjson"
        broken.write_text('{\n  "matrix": {\n    "user_id": "@b:x"\n', encoding="utf-8")
        self.assertRegex(chatrixcd("run", "-c", broken).stderr, r"(?m)^error: .*bot\.hjson:\d+:\d+: ")

    def test_a_semaphore_section_without_a_token_is_refused(self):
        self.assertOneLine(chatrixcd("run", "-c", self.config(semaphore={"url": "https://ci"})), 2, "semaphore.api_token is missing")

    def test_a_token_that_cannot_be_read_is_named(self):
        section = {"url": "https://ci", "api_token": {"file": str(self.folder / "none")}}
        self.assertOneLine(chatrixcd("run", "-c", self.config(semaphore=section)), 2, "ci semaphore: the token", "none")


class Verify(WithFolder):
    def test_whom_it_cannot_verify_it_says_in_one_line(self):
        self.assertOneLine(chatrixcd("verify", "-c", self.config(), "ann"), 2, "`ann`", "@you:example.org")
        without = self.config(matrix={"encryption": "off"})
        self.assertOneLine(chatrixcd("verify", "-c", without), 2, "encryption is off", "matrix.encryption: on")
        encrypted = {"encryption": "on"}
        self.assertOneLine(chatrixcd("verify", "-c", self.config(matrix=encrypted, bot={"admin_users": []})), 2, "bot.admin_users is empty")
        self.assertOneLine(chatrixcd("verify", "-c", self.config(matrix=encrypted)), 4, "127.0.0.1")

    def test_a_new_identity_is_for_nobody_else_and_wants_encryption(self):
        replaces = ("verify", "--replace-identity", "-c")
        self.assertOneLine(chatrixcd(*replaces, self.config(matrix={"encryption": "off"})), 2, "encryption is off", "matrix.encryption: on")
        self.assertOneLine(chatrixcd(*replaces, self.config(matrix={"encryption": "on"}), "--yes"), 4, "127.0.0.1")
        self.assertOneLine(chatrixcd(*replaces, self.config(), "@ann:x"), 2, "--replace-identity", "person")
        self.assertOneLine(chatrixcd("verify", "--yes", "-c", self.config()), 2, "--yes", "--replace-identity")


class Check(WithFolder):
    def test_each_value_has_its_origin_and_secrets_are_masked(self):
        done = chatrixcd("check", "-c", self.config(), environment={"CHATRIXCD_MATRIX_DEVICE_NAME": "from outside"})
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("from outside", done.stdout)
        self.assertIn("variable CHATRIXCD_MATRIX_DEVICE_NAME", done.stdout)
        self.assertRegex(done.stdout, r"matrix\.user_id +@bot:demo\.local +\[.*bot\.hjson:\d+:\d+\]")
        self.assertNotIn("hunter2-secret", done.stdout)

    def test_nobody_who_may_command_is_an_error_with_the_line_to_add(self):
        done = chatrixcd("check", "-c", self.config(bot={"admin_users": [], "allowed_rooms": []}))
        self.assertEqual(done.returncode, 2)
        self.assertIn('"admin_users": ["@you:example.org"]', done.stdout)
        self.assertIn('"allowed_rooms": ["!room:example.org"]', done.stdout)

    def test_a_file_with_a_secret_that_others_can_read_is_a_warning(self):
        path = self.config()
        path.chmod(0o644)
        self.assertIn(f"chmod 600 {path}", chatrixcd("check", "-c", path).stdout)

    def test_a_secret_that_is_not_there_is_an_error(self):
        done = chatrixcd("check", "-c", self.config(matrix={"password": {"file": "/no/such/file"}}))
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertRegex(done.stdout, r"(?m)^error: .*bot\.hjson:\d+:\d+: matrix\.password: ")

    def test_what_a_file_says_cannot_steer_the_terminal(self):
        done = chatrixcd("check", "-c", self.config(matrix={"device_name": "\x1b[2Jevil\nerror: forged", "\x1b[2Jkey": 1}))
        self.assertNotIn("\x1b", done.stdout + done.stderr)
        self.assertFalse([line for line in done.stdout.splitlines() if line.startswith("error: forged")])

    def test_a_store_that_others_can_look_into_is_a_warning(self):
        store = self.folder / "store"
        store.mkdir(mode=0o755)
        self.assertIn(f"chmod 700 {store}", chatrixcd("check", "-c", self.config()).stdout)

    def test_a_password_of_the_environment_is_not_blamed_on_the_file(self):
        values = json.loads(self.config().read_text())
        del values["matrix"]["password"]
        path = self.folder / "bot.hjson"
        path.write_text(json.dumps(values), encoding="utf-8")
        path.chmod(0o644)
        done = chatrixcd("check", "-c", path, environment={"CHATRIXCD_MATRIX_PASSWORD": "hunter2-secret"})
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("chmod", done.stdout)


class Run(WithFolder):
    def test_an_unreachable_homeserver_is_said_in_one_line(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
        done = chatrixcd("run", "-c", self.config(matrix={"homeserver": f"http://127.0.0.1:{port}"}))
        self.assertOneLine(done, 4, "127.0.0.1")
        self.assertEqual(done.stderr.count("could not be reached"), 1, done.stderr)

    def test_http_on_a_port_that_speaks_tls_says_what_to_write(self):
        # OpenSSL hangs up; others send an alert, or an answer in plain HTTP.
        for answer in (b"", b"\x15\x03\x01\x00\x02\x02\x46", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"):
            with socketserver.ThreadingTCPServer(("127.0.0.1", 0), answering(answer)) as server:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                done = chatrixcd("run", "-c", self.config(matrix={"homeserver": f"http://127.0.0.1:{server.server_address[1]}"}))
                server.shutdown()
            self.assertOneLine(done, 4, "https://")

    def test_an_unwritable_store_is_said_in_one_line(self):
        blocked = self.folder / "file"
        blocked.write_text("")
        done = chatrixcd("run", "-c", self.config(matrix={"store_path": str(blocked / "store")}))
        self.assertOneLine(done, 5, "file")

    def test_a_store_folder_that_may_not_be_written_is_said_in_one_line(self):
        store = self.folder / "store"
        config = self.config(matrix={"store_path": str(store)})
        store.mkdir()
        store.chmod(0o555)
        # Root may write everywhere, so somebody else has to try; the folder and what is in it are the test's alone.
        nobody = []
        if os.geteuid() == 0:
            nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            self.folder.chmod(0o755)
            config.chmod(0o644)
            try:
                tried = subprocess.run([*nobody, CHATRIXCD, "--version"], capture_output=True, timeout=60)
            except OSError as e:
                self.skipTest(f"there is no setpriv: {e}")
            if tried.returncode != 0:
                self.skipTest(f"another user cannot start the program: {tried.stderr.decode()}")
        done = subprocess.run([*nobody, CHATRIXCD, "run", "-c", str(config)], capture_output=True, text=True, timeout=60)
        self.assertOneLine(done, 5, str(store), "ermission denied")

    def test_an_empty_password_variable_is_named(self):
        done = chatrixcd("run", "-c", self.config(matrix={"password": {"env": "NO_SUCH_VARIABLE"}}))
        self.assertOneLine(done, 2, "matrix.password", "NO_SUCH_VARIABLE")

    def test_a_secret_that_cannot_be_read_is_a_wrong_configuration(self):
        for source in ({"file": "/no/such/file"}, {"command": ["/bin/false"]}, {"command": ["/no/such/program"]}):
            self.assertOneLine(chatrixcd("run", "-c", self.config(matrix={"password": source})), 2, "matrix.password")


class AgainstTheDemo(WithFolder):
    """A kept demo is a homeserver with a bot on it."""

    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.demo = Terminal([CHATRIXCD, "demo", "--keep", str(self.folder / "demo"), "--listen", str(self.port)])
        self.addCleanup(self.demo.close)
        self.demo.wait_for(["password", "\n>"])

    def test_a_wrong_password_is_said_in_one_line(self):
        done = chatrixcd("run", "-c", self.config(matrix={"homeserver": f"http://127.0.0.1:{self.port}"}))
        self.assertOneLine(done, 3, "password")

    def test_https_on_a_port_that_speaks_http_says_what_to_write(self):
        done = chatrixcd("run", "-c", self.config(matrix={"homeserver": f"https://127.0.0.1:{self.port}"}))
        self.assertOneLine(done, 4, "http:// instead of https://")

    def test_a_refused_access_token_is_said_in_one_line_with_what_to_do(self):
        matrix = {"homeserver": f"http://127.0.0.1:{self.port}", "access_token": "hunter2-secret", "auth_type": "token"}
        self.assertOneLine(chatrixcd("run", "-c", self.config(matrix=matrix)), 3, "M_UNKNOWN_TOKEN", "Make a new access token")

    def test_a_port_that_another_process_has_is_said_in_one_line_by_a_second_demo(self):
        done = chatrixcd("demo", "--script", "--listen", self.port)
        self.assertOneLine(done, 5, str(self.port), "in use")

    def test_a_second_demo_in_the_same_folder_is_refused(self):
        done = chatrixcd("demo", "--script", "--keep", self.folder / "demo")
        self.assertOneLine(done, 5, "another process")

    def test_a_second_process_on_the_same_store_is_refused(self):
        done = chatrixcd("run", "-c", self.folder / "demo/config.hjson")
        self.assertOneLine(done, 5, "another process", "pid")
        done = chatrixcd("verify", "-c", self.folder / "demo/config.hjson", "--set", "matrix.encryption=on")
        self.assertOneLine(done, 5, "another process", "pid", "Stop it first, or verify in its room: `!cd verify`")

    def test_the_printed_login_works_for_any_client(self):
        text = self.demo.screen.text().replace("\n", "")
        password = text.split("password ")[1][:22]
        body = json.dumps({"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "you"}, "password": password})
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/_matrix/client/v3/login", body.encode())
        self.assertEqual(json.loads(urllib.request.urlopen(request, timeout=10).read())["user_id"], "@you:demo.local")

    def test_an_unknown_job_starts_nothing_and_the_right_one_is_suggested(self):
        self.demo.type("!cd run demo hallo")
        self.demo.wait_for("hello", limit=20)
        self.demo.type("!cd ping")
        self.demo.wait_for("pong")
        self.assertNotIn("#1", self.demo.screen.text())


class Semaphore(http.server.BaseHTTPRequestHandler):
    """As much of one as `doctor` asks for; it opens no WebSocket."""
    BASH = {"id": 1, "project_id": 1, "name": "hello", "app": "bash", "playbook": "hello.sh", "allow_override_branch_in_task": True}
    ANSIBLE = {"id": 2, "project_id": 1, "name": "deploy", "app": "ansible", "playbook": "deploy.yml",
               "task_params": {"allow_override_limit": True}, "allow_override_args_in_task": True}
    ANSWERS = {
        "/api/user": {"id": 1, "username": "bot", "name": "Bot"},
        "/api/info": {"version": "v2.16.14"},
        "/api/projects": [{"id": 1, "name": "web"}],
        "/api/project/1/templates": [BASH, ANSIBLE],
        "/api/project/1/templates/1": BASH,
        "/api/project/1/templates/2": ANSIBLE,
    }

    def do_GET(self):
        known = self.headers["Authorization"] == "Bearer right"
        answer = self.ANSWERS.get(self.path)
        body = b"pong" if self.path == "/api/ping" else json.dumps(answer).encode() if known and answer else b""
        self.send_response(200 if body else 404 if known else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class WithServers(WithFolder):
    """A homeserver with the bot's account, and a Semaphore."""
    def examine(self, config, code):
        done = chatrixcd("doctor", "-c", config)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn("hunter2", done.stdout + done.stderr)
        return done.stdout

    def homeserver(self):
        port = free_port()
        process = subprocess.Popen([CHATRIXCD, "homeserver", "--listen", str(port), "--in-memory", "--server-name", "demo.local",
                                    "--open-registration"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        while "ready" not in process.stderr.readline():
            pass
        url = f"http://127.0.0.1:{port}"
        ask = {"username": "bot", "password": "hunter2-secret", "auth": {"type": "m.login.dummy"}}
        register = urllib.request.Request(url + "/_matrix/client/v3/register", json.dumps(ask).encode(), {"Content-Type": "application/json"})
        self.token = json.loads(urllib.request.urlopen(register, timeout=10).read())["access_token"]
        return url

    def asked(self, url, path, body=None, method=None):
        request = urllib.request.Request(f"{url}/_matrix/client/v3/{path}", None if body is None else json.dumps(body).encode(),
                                         {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"}, method=method)
        return json.loads(urllib.request.urlopen(request, timeout=10).read())

    def semaphore(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Semaphore)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_address[1]}"


class SilentSync(http.server.BaseHTTPRequestHandler):
    """A way to a homeserver on which no sync is ever answered."""
    def forward(self):
        if "/sync" in self.path:
            self.server.is_asked.set()
            self.server.may_end.wait(30)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: self.headers[name] for name in ("Authorization", "Content-Type") if self.headers[name]}
        request = urllib.request.Request(self.server.behind + self.path, body if self.command != "GET" else None, headers, method=self.command)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status, said = answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            status, said = refusal.code, refusal.read()
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = do_PUT = forward

    def log_message(self, *_):
        pass


class Doctor(WithServers):
    def test_control_c_during_a_visit_leaves_no_device(self):
        url = self.homeserver()
        way = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SilentSync)
        way.daemon_threads = True
        way.behind, way.is_asked, way.may_end = url, threading.Event(), threading.Event()
        threading.Thread(target=way.serve_forever, daemon=True).start()
        self.addCleanup(way.server_close)
        self.addCleanup(way.shutdown)
        self.addCleanup(way.may_end.set)
        config = self.config(matrix={"homeserver": f"http://127.0.0.1:{way.server_address[1]}"})
        doctor = subprocess.Popen([CHATRIXCD, "doctor", "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(doctor.wait)
        self.addCleanup(doctor.kill)
        self.assertTrue(way.is_asked.wait(20))
        self.assertEqual(len(self.asked(url, "devices")["devices"]), 2)
        doctor.send_signal(signal.SIGINT)
        self.assertEqual(doctor.wait(20), 128 + signal.SIGINT)
        self.assertEqual(len(self.asked(url, "devices")["devices"]), 1)

    def test_what_works_is_said_line_by_line_and_what_templates_drop(self):
        url = self.homeserver()
        config = self.config(matrix={"homeserver": url}, semaphore={"url": self.semaphore(), "api_token": "right"})
        said = self.examine(config, 0)
        self.assertIn(f"ok    logged in as @bot:demo.local at {url}", said)
        self.assertIn("note  not in the room !r:demo.local: invite @bot:demo.local there", said)
        self.assertIn("answers (v2.16.14), and knows us as bot", said)
        self.assertIn("note  its news do not come by themselves", said)
        self.assertIn("ok    it can reject what waits for a decision", said)
        self.assertIn("ok    the project web has 2 templates", said)
        self.assertIn("note  web / hello takes no --limit --tags --skip-tags --inventory --dry-run --diff --debug --args", said)
        self.assertIn("note  web / deploy takes no --tags --skip-tags", said)
        self.assertIn("Everything that was tried works.", said)
        # Nothing of the visit is left at the homeserver.
        self.assertEqual(len(self.asked(url, "devices")["devices"]), 1)
        with self.assertRaises(urllib.error.HTTPError):
            self.asked(url, "user/@bot:demo.local/account_data/org.chatrixcd.store")

    def test_a_project_that_the_token_does_not_show_is_said(self):
        config = self.config(matrix={"homeserver": self.homeserver()},
                             semaphore={"url": self.semaphore(), "api_token": "right", "projects": ["web", "tpyo"]})
        self.assertIn("BAD   the project tpyo is not among those that the token's user sees", self.examine(config, 2))

    def test_a_wrong_password_and_a_wrong_token_are_both_said(self):
        config = self.config(matrix={"homeserver": self.homeserver(), "password": "hunter2-wrong"},
                             semaphore={"url": self.semaphore(), "api_token": "hunter2-wrong"})
        said = self.examine(config, 3)
        self.assertIn("BAD   @bot:demo.local at http", said)
        self.assertIn("BAD   ci semaphore:", said)
        self.assertIn("-     projects and templates", said)

    def test_servers_that_are_not_there_are_both_said(self):
        said = self.examine(self.config(semaphore={"url": "http://127.0.0.1:1", "api_token": "right"}), 4)
        self.assertIn("BAD   @bot:demo.local at http://127.0.0.1:1", said)
        self.assertIn("BAD   ci semaphore: http://127.0.0.1:1", said)
        self.assertIn("See the lines that begin with BAD.", said)

    def test_the_token_of_somebody_else_is_found(self):
        url = self.homeserver()
        matrix = {"homeserver": url, "access_token": self.token, "auth_type": "token", "user_id": "@other:demo.local"}
        self.assertIn("the access token belongs to @bot:demo.local, not to @other:demo.local", self.examine(self.config(matrix=matrix), 3))

    def test_a_configuration_that_is_wrong_comes_first(self):
        said = self.examine(self.config(matrix={"user_id": "bot"}), 2)
        self.assertIn("BAD   ", said)
        self.assertIn("-     the servers: the configuration comes first", said)


class Init(WithServers):
    def answers(self, *lines):
        self.file, self.said = self.folder / "made.hjson", lines
        return chatrixcd("init", "-c", self.file, stdin="".join(line + "\n" for line in lines))

    def run_until(self, words, *more):
        """What the bot says until then, and until it has ended."""
        bot = Bot([CHATRIXCD, "run", "-c", self.file, *more], self.folder / "bot.log")
        self.addCleanup(bot.close)
        bot.wait_for_line(words)
        self.assertEqual(bot.end(), 0, bot.output())
        return bot.output()

    def test_six_answers_make_a_configuration_and_a_room(self):
        url = self.homeserver()
        done = self.answers("@bot:demo.local", "hunter2-secret", url, "@ann:demo.local", self.semaphore(), "right", "web")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("Logged in as @bot:demo.local, and out again.", done.stdout)
        self.assertIn("The token works. Its user sees: web", done.stdout)
        self.assertIn("@ann:demo.local could not be invited: ", done.stdout)
        self.assertIn("!cd projects", done.stdout)
        self.assertNotIn("hunter2", done.stdout)
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        self.assertIn("Made the room ChatrixCD, which is end-to-end encrypted.", done.stdout)
        said = self.examine(self.file, 0)
        self.assertIn("ok    in the room !", said)
        self.assertIn("ok    the project web has 2 templates", said)

    def test_the_recovery_key_is_shown_once_and_the_bot_keeps_its_identity_by_it(self):
        url = self.homeserver()
        done = self.answers("@bot:demo.local", "hunter2-secret", url, "@ann:demo.local", self.semaphore(), "right", "web")
        keys = re.findall(r"^  (Es.. (?:\w{4} ){10}\w{4})$", done.stdout, re.MULTILINE)
        self.assertEqual(len(keys), 1, done.stdout)
        self.assertEqual(self.file.read_text(encoding="utf-8").count(keys[0]), 1)
        masters = []
        for store in ("first", "second"):
            said = self.run_until("belongs to the account's identity", "--set", f"matrix.store_path={self.folder / store}")
            self.assertNotIn(keys[0], said)
            self.assertNotIn("nobody vouches", said)
            masters.append(self.asked(url, "keys/query", {"device_keys": {"@bot:demo.local": []}})["master_keys"]["@bot:demo.local"]["keys"])
        again = chatrixcd("init", "-c", self.folder / "again.hjson", stdin="".join(line + "\n" for line in self.said))
        self.assertIn("It is not encrypted: encryption is already set up for this account", again.stdout)
        # The second store knew nothing of the first.
        self.assertEqual(masters[0], masters[1])
        self.assertIn("taken from its secret storage", said)
        self.assertNotIn(keys[0], chatrixcd("check", "-c", self.file).stdout)

    def test_whoever_has_no_encryption_is_told_that_they_cannot_read_the_bot(self):
        url = self.homeserver()
        ask = {"username": "ann", "password": "hunter2-secret", "auth": {"type": "m.login.dummy"}}
        self.asked(url, "register", ask)
        done = self.answers("@bot:demo.local", "hunter2-secret", url, "@ann:demo.local", self.semaphore(), "right", "web")
        self.assertIn("Invited: @ann:demo.local", done.stdout)
        self.assertIn("@ann:demo.local cannot read what the bot says until encryption is set up in their client", done.stdout)

    def test_a_recovery_key_that_is_none_is_found_by_doctor_and_stops_a_start(self):
        url = self.homeserver()
        config = self.config(matrix={"homeserver": url, "encryption": "on", "recovery_key": "EsTj 3yST"})
        self.assertIn("BAD   the recovery key: matrix.recovery_key: this is no recovery key: it is too short", self.examine(config, 2))
        self.assertOneLine(chatrixcd("run", "-c", config), 2, "matrix.recovery_key: this is no recovery key")

    def test_an_account_whose_encryption_another_client_has_set_up_is_left_as_it_is(self):
        url = self.homeserver()
        self.asked(url, "user/@bot:demo.local/account_data/m.secret_storage.default_key", {"key": "another"}, "PUT")
        done = self.answers("@bot:demo.local", "hunter2-secret", url, "@ann:demo.local", self.semaphore(), "right", "web")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("It is not encrypted: encryption is already set up for this account", done.stdout)
        self.assertNotIn("recovery key, shown", done.stdout)
        self.assertNotIn("recovery_key", self.file.read_text(encoding="utf-8"))

    def test_what_is_wrong_is_asked_for_again(self):
        url = self.homeserver()
        done = self.answers("bot", "@bot:demo.local", "hunter2-wrong", url, "hunter2-secret", "ann", "@ann:demo.local", "ci", self.semaphore(),
                            "wrong", "right", "api", "web")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for words in ("That is no Matrix id", "`ann` is no Matrix id", "write it as in the browser", "the credentials are not accepted",
                      "there is no project `api` among web"):
            self.assertIn(words, done.stdout)

    def test_an_access_token_will_do(self):
        url = self.homeserver()
        done = self.answers("@bot:demo.local", self.token, url, "@ann:demo.local", self.semaphore(), "right", "")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("The token is that of @bot:demo.local.", done.stdout)
        self.assertIn("ok    in the room !", self.examine(self.file, 0))

    def test_answers_that_end_early_leave_nothing_behind(self):
        done = self.answers("@bot:demo.local")
        self.assertOneLine(done, 2, "nothing was written")
        self.assertFalse(self.file.exists())

    def test_a_file_that_is_there_is_left_alone(self):
        config = self.config()
        before = config.read_text(encoding="utf-8")
        self.assertOneLine(chatrixcd("init", "-c", config), 2, "is there already")
        self.assertEqual(config.read_text(encoding="utf-8"), before)

    def test_a_folder_that_cannot_be_written_is_said_before_the_first_question(self):
        done = chatrixcd("init", "-c", "/proc/made.hjson")
        self.assertOneLine(done, 5, "/proc/made.hjson")
        self.assertNotIn("account", done.stdout)


class Console(WithFolder):
    def test_commands_from_standard_input_are_run_and_answered(self):
        done = chatrixcd("console", "-c", self.config(), stdin="!cd projects\n!cd run demo hello\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("demo / hello #1 · success", done.stdout)

    def test_no_account_is_needed(self):
        config = self.folder / "jobs.hjson"
        config.write_text(json.dumps({"matrix": {"store_path": str(self.folder / "store")}, "ci": CONFIGURATION["ci"]}), encoding="utf-8")
        done = chatrixcd("console", "-c", config, stdin="!cd run hello\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("demo / hello #1 · success", done.stdout)

    def test_what_is_suggested_can_be_typed_as_it_stands(self):
        done = chatrixcd("console", "-c", self.config(), stdin="!cd nonsense\n!cd run hello env=1\n!cd logs 99\n")
        self.assertIn("!cd help lists all commands", done.stdout.replace("`", ""))
        self.assertIn("!cd run demo hello", done.stdout)

    def test_text_below_a_command_is_refused(self):
        done = chatrixcd("console", "-c", self.config(), stdin="!cd ping\r!cd info\n")
        self.assertIn("A command is one line", done.stdout)

    def test_nothing_of_what_is_typed_and_printed_can_be_read_in_the_store_and_without_its_key_it_is_refused(self):
        jobs = [{"name": "say", "argv": ["/bin/echo", "it says {what}"], "parameters": [{"name": "what"}]}]
        config = self.config(ci=[{"name": "local", "type": "executor", "projects": [{"name": "demo", "jobs": jobs}]}])
        done = chatrixcd("console", "-c", config, stdin="!cd run say what=planted-value\n!cd nonsense planted-word\n")
        self.assertIn("demo / say #1 · success", done.stdout)
        key = self.folder / "store" / "store.key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        files = [path for path in (self.folder / "store").rglob("*") if path.is_file() and path != key]
        self.assertIn("executor.db", [path.name for path in files])
        for path in files:
            self.assertNotIn(b"planted", path.read_bytes(), path)
        kept = key.read_text(encoding="ascii")
        key.unlink()
        self.assertOneLine(chatrixcd("console", "-c", config, stdin=""), 5, "store.key does not exist", "A store needs the key that it was made with")
        self.assertOneLine(chatrixcd("console", "-c", config, "--set", "matrix.store_key=" + "b" * 64, stdin=""), 5, "sealed with another key")
        done = chatrixcd("console", "-c", config, "--set", "matrix.store_key=" + kept.strip(), stdin="!cd status 1\n")
        self.assertIn("what=planted-value", done.stdout)

    def test_a_missing_program_is_an_error_of_that_run_alone(self):
        jobs = [{"name": "gone", "argv": ["/no/such/program"]}, {"name": "hello", "argv": ["/bin/echo", "hi"]}]
        config = self.config(ci=[{"name": "local", "type": "executor", "projects": [{"name": "demo", "jobs": jobs}]}])
        done = chatrixcd("console", "-c", config, stdin="!cd run gone\n!cd run hello\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("/no/such/program", done.stdout)
        self.assertIn("demo / hello #2 · success", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
