# SPDX-License-Identifier: Apache-2.0
"""A real Synapse on a loopback port, unpacked from Debian's packages into a folder: nothing is installed on the machine."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


class Unavailable(Exception):
    """This peer cannot be had here; the message says why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _apt_options(state):
    """apt-get with lists, state and cache of its own, so that the machine's stay as they are."""
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    settings = {
        "Dir::State": state, "Dir::State::lists": f"{state}/lists", "Dir::State::status": f"{state}/status",
        "Dir::Cache": f"{state}/cache", "Dir::Etc::SourceList": f"{state}/sources.list", "Dir::Etc::SourceParts": "/dev/null",
        "Dir::Etc::Preferences": "/dev/null", "Dir::Etc::PreferencesParts": "/dev/null", "APT::Sandbox::User": user,
        "APT::Install-Recommends": "0", "Acquire::Languages": "none", "Acquire::Retries": "3",
        "Acquire::Check-Valid-Until": "false",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def fetch(root: pathlib.Path):
    """Unpacks matrix-synapse of Debian's unstable and everything that it needs below `root`; once."""
    if (root / "complete").exists():
        return
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Unavailable("Synapse comes from Debian's packages, and there is no apt-get here")
    mirror = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True).stdout.split()
    mirror = next((m for m in mirror if m.endswith("/debian/")), None)
    if mirror is None:
        raise Unavailable("no Debian mirror is set up (apt-get indextargets names none)")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="chatrixcd-apt-") as state:
        for folder in ("lists/partial", "cache/archives/partial"):
            pathlib.Path(state, folder).mkdir(parents=True)
        pathlib.Path(state, "status").touch()
        keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
        pathlib.Path(state, "sources.list").write_text(f"deb [signed-by={keyring}] {mirror} sid main\n", encoding="utf-8")
        options = _apt_options(state)
        for step in (["update"], ["install", "-y", "--download-only", "matrix-synapse", "base-files"]):
            done = subprocess.run(["apt-get", "-q", *options, *step], capture_output=True, text=True)
            if done.returncode != 0:
                raise Unavailable("apt-get could not fetch matrix-synapse: " + done.stderr.strip().splitlines()[-1])
        packages = sorted(pathlib.Path(state, "cache/archives").glob("*.deb"))
        # base-files first: it makes /bin and /lib links into /usr, through which the others unpack.
        packages.sort(key=lambda p: not p.name.startswith("base-files_"))
        for package in packages:
            unpack = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE)
            subprocess.run(["tar", "-x", "--no-same-owner", "--keep-directory-symlink", "--exclude=./usr/share/doc/*",
                            "--exclude=./usr/share/man/*", "--exclude=./usr/share/locale/*", "-C", root], stdin=unpack.stdout, check=True)
            unpack.wait()
    (root / "complete").touch()


def _python(root: pathlib.Path):
    """The unpacked Python under its own loader and libraries: no chroot, no root user."""
    triplet = next(p.name for p in (root / "usr/lib").iterdir() if p.name.endswith("-linux-gnu"))
    loader = next(p for pattern in ("lib64/ld-linux-*.so.*", "lib/ld-linux-*.so.*") for p in root.glob(pattern))
    python = next(p for p in sorted((root / "usr/bin").glob("python3.*")) if p.name.count(".") == 1 and p.name[8:].isdigit())
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LD_"))}
    environment.update(PYTHONHOME=str(root / "usr"), PYTHONPATH=str(root / "usr/lib/python3/dist-packages"), PYTHONNOUSERSITE="1")
    return [str(loader), "--library-path", str(root / "usr/lib" / triplet), str(python)], environment


CONFIG = """
server_name: localhost
public_baseurl: http://127.0.0.1:{port}/
pid_file: {data}/pid
signing_key_path: {data}/signing.key
log_config: {data}/log.yaml
media_store_path: {data}/media
report_stats: false
listeners: [{{port: {port}, type: http, bind_addresses: [127.0.0.1], resources: [{{names: [client]}}]}}]
database: {{name: sqlite3, args: {{database: {data}/homeserver.db}}}}
trusted_key_servers: []
federation_domain_whitelist: []
url_preview_enabled: false
room_list_publication_rules: [{{action: allow}}]
enable_registration: true
enable_registration_without_verification: true
registration_shared_secret: loopback
macaroon_secret_key: loopback
form_secret: loopback
bcrypt_rounds: 4
rc_message: {{per_second: 1000, burst_count: 1000}}
rc_registration: {{per_second: 1000, burst_count: 1000}}
rc_login: {{address: {{per_second: 1000, burst_count: 1000}}, account: {{per_second: 1000, burst_count: 1000}}}}
rc_joins: {{local: {{per_second: 1000, burst_count: 1000}}}}
rc_invites: {{per_room: {{per_second: 1000, burst_count: 1000}}, per_user: {{per_second: 1000, burst_count: 1000}}}}
"""
LOG = "version: 1\nhandlers: {file: {class: logging.FileHandler, filename: %s}}\nroot: {level: WARNING, handlers: [file]}\n"


class Synapse:
    """Started by the constructor, with an empty database; stop() ends it."""

    def __init__(self, root: pathlib.Path, data: pathlib.Path):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        data.mkdir(parents=True, exist_ok=True)
        (data / "homeserver.yaml").write_text(CONFIG.format(port=self.port, data=data), encoding="utf-8")
        (data / "log.yaml").write_text(LOG % (data / "synapse.log"), encoding="utf-8")
        python, environment = _python(root)
        make_key = "import signedjson.key as k, sys; k.write_signing_keys(sys.stdout, [k.generate_signing_key('a_1')])"
        key = subprocess.run([*python, "-c", make_key], env=environment, capture_output=True, text=True)
        if key.returncode != 0:
            raise Unavailable("the unpacked Synapse does not run: " + key.stderr.strip().splitlines()[-1])
        (data / "signing.key").write_text(key.stdout, encoding="utf-8")
        self.output = open(data / "output.log", "wb")  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen([*python, "-m", "synapse.app.homeserver", "-c", str(data / "homeserver.yaml")],
                                        env=environment, stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True)
        deadline = time.monotonic() + 60
        while True:
            if self.process.poll() is not None:
                raise Unavailable("Synapse ended at once: " + (data / "output.log").read_text(errors="replace")[-300:])
            try:
                urllib.request.urlopen(self.url + "/_matrix/client/versions", timeout=2).read()
                return
            except (urllib.error.URLError, OSError):
                if time.monotonic() > deadline:
                    self.stop()
                    raise Unavailable("Synapse did not answer within 60 s") from None
                time.sleep(0.1)

    def register(self, user, password):
        body = {"username": user, "password": password, "auth": {"type": "m.login.dummy"}, "inhibit_login": True}
        request = urllib.request.Request(self.url + "/_matrix/client/v3/register", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=30).read()

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.output.close()
