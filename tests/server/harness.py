"""What tests of the server share: a server of one's own, requests, counted checks."""
import http.client
import json
import pathlib
import sqlite3
import subprocess
import sys
import time


class Checks:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def __call__(self, name, good, shown=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}\n{shown}")

    def skip(self, name, why):
        self.skipped += 1
        print(f"skipped {name}: {why}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.exit(1 if self.failed else 0)


def is_sanitized(windlass):
    """Memory and descriptors of such a program are its sanitizer's too."""
    return pathlib.Path(windlass).resolve().parent.name in ("asan", "tsan")


def run(*words, stdin=None, env=None):
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=120, env=env)
    return done.returncode, done.stdout, done.stderr


def of_cluster(arguments):
    """With `--kubeconfig FILE` on a test's command line the objects are that cluster's: what the server is started with, and
    the cluster's API server; else nothing."""
    if "--kubeconfig" not in arguments:
        return (), None
    sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "cluster"))
    from api_server import ApiServer
    kubeconfig = arguments[arguments.index("--kubeconfig") + 1]
    return ("--cluster", "--kubeconfig", kubeconfig), ApiServer(kubeconfig)


class Server:
    """`windlass server` in a folder; port and token are there once it is ready."""

    def __init__(self, windlass, folder, *options, cluster=None):
        """`cluster`: the API server whose objects it works on, where it does not keep them itself."""
        self.windlass = windlass
        self.cluster = cluster
        self.folder = folder
        self.options = options
        self.start()

    def start(self):
        self.log = open(self.folder + ".log", "a")
        self.process = subprocess.Popen(
            [self.windlass, "server", "--data", self.folder, "--listen", "127.0.0.1:0", *self.options],
            stdout=self.log, stderr=self.log)
        address = pathlib.Path(self.folder, "address")
        deadline = time.monotonic() + 60
        while not address.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit("the server does not start:\n" + pathlib.Path(self.folder + ".log").read_text())
            time.sleep(0.01)
        self.address = address.read_text().strip()
        self.port = int(self.address.rsplit(":", 1)[1])

    def kill(self, signal=9):
        self.process.send_signal(signal)
        self.process.wait()
        pathlib.Path(self.folder, "address").unlink(missing_ok=True)

    def token(self, user="admin"):
        code, out, err = run(self.windlass, "token", "create", "--data", self.folder, "--user", user)
        if code != 0:
            sys.exit("no token: " + err)
        return out.strip()

    def add_member(self, user, project, role):
        """An account with a role in a project, written as another process would."""
        book = sqlite3.connect(self.folder + "/identity.db", timeout=10)
        with book:
            book.execute("INSERT OR IGNORE INTO accounts(name, role, password) VALUES(?, 0, '')", (user,))
            if role:
                book.execute("INSERT OR REPLACE INTO members(project, user, role) VALUES(?, ?, ?)", (project, user, role))
        book.close()

    def objects(self, method, path, token=None, body=None, headers=None):
        """Of Kubernetes' own protocol, from whoever keeps the objects: status, headers, text."""
        if self.cluster:
            return self.cluster.request(method, path, body, headers)
        return self.request(method, path, token, body, headers)

    def request(self, method, path, token=None, body=None, headers=None):
        """Status, headers, text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        head = dict(headers or {})
        if token:
            head["Authorization"] = "Bearer " + token
        if body is not None and "Content-Type" not in head:
            head["Content-Type"] = "application/json"
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        connection.request(method, path, body=body, headers=head)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        connection.close()
        return answer.status, answer.headers, text
