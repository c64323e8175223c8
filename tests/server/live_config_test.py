#!/usr/bin/env python3
"""A running server's configuration, certificate, log and what it tells systemd.

usage: live_config_test.py WINDLASS
"""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from harness import Checks, Server

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
check = Checks()
SECRETS = ["first-secret-0123456789abcdef0123456789", "second-secret-0123456789abcdef012345678"]


def until(good, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if good():
            return True
        time.sleep(0.05)
    return False


def jwt(secret):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
    now = int(time.time())
    text = part({"alg": "HS256", "typ": "JWT"}) + b"." + part(
        {"username": "admin", "sub": "admin", "token_type": "static_token", "iat": now, "exp": now + 3600, "iss": "kubesphere"})
    mark = base64.urlsafe_b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).rstrip(b"=")
    return (text + b"." + mark).decode()


def make_certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name, "-keyout", folder + "/k.pem.new",
                    "-out", folder + "/c.pem.new"], check=True, capture_output=True)
    os.rename(folder + "/k.pem.new", folder + "/k.pem")
    os.rename(folder + "/c.pem.new", folder + "/c.pem")


def shown_certificate(server):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as plain:
            with context.wrap_socket(plain) as tls:
                return tls.getpeercert(True)
    except OSError:
        return b""


def certificate_of(folder):
    return ssl.PEM_cert_to_DER_cert(pathlib.Path(folder, "c.pem").read_text())


class Notified:
    """The socket that systemd would listen on."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.socket.settimeout(0.1)
        self.heard = ""

    def until(self, word):
        def look():
            try:
                self.heard += self.socket.recv(4096).decode() + "\n"
            except OSError:
                pass
            return word in self.heard
        return until(look)


def main():
    with tempfile.TemporaryDirectory() as folder:
        make_certificate(folder, "one.example")
        config = pathlib.Path(folder, "kubesphere.yaml")

        def write(text):
            fresh = pathlib.Path(folder, "fresh.yaml")
            fresh.write_text(text)
            os.rename(fresh, config)

        def text(secret=SECRETS[0], more=""):
            return (f"authentication:\n  jwtSecret: {secret}\ndevops:\n  host: x\n"
                    f"windlass:\n  tls: {{certificate: c.pem, key: k.pem}}\n{more}")

        write(text(more="  listne: x\n"))
        notified = Notified(folder + "/notify")
        os.environ["NOTIFY_SOCKET"] = folder + "/notify"
        server = Server(WINDLASS, folder + "/data", "--config", str(config))
        log = pathlib.Path(folder, "data.log")

        def says(sentence):
            good = until(lambda: sentence in log.read_text())
            check(f"the log says: {sentence}", good, log.read_text()[-2000:])

        def lets_in(secret):
            return server.request("GET", "/kapis/windlass.io/v1/whoami", jwt(secret))[0] == 200

        try:
            check("systemd hears that it is ready", notified.until("READY=1") and "MAINPID=" + str(server.process.pid) in notified.heard, notified.heard)
            says("windlass.listne is no key that is known")
            check("KubeSphere's token is taken", lets_in(SECRETS[0]) and not lets_in(SECRETS[1]))
            check("the certificate of the file is shown", shown_certificate(server) == certificate_of(folder))
            write(text(SECRETS[1]))
            says("authentication.jwtSecret changed: tokens signed with the old one are refused")
            check("ill 27: at once, without a restart", lets_in(SECRETS[1]) and not lets_in(SECRETS[0]))
            write(text(SECRETS[1], "  executors: 7\n"))
            says("windlass.executors is 7")
            admin = server.token()
            check("executors change", until(lambda: json.loads(server.request(
                "GET", "/kapis/windlass.io/v1/load", admin)[2])["nodes"][0]["executors"] == 7))
            write(text(SECRETS[1], "  executors: 7\n  listen: 127.0.0.1:1\n"))
            says("windlass.listen changed from what it is without it to 127.0.0.1:1, which takes a restart")
            write(text(SECRETS[1], "  executors: [7\n"))
            says("the configuration is not taken, the server goes on with what it had")
            write(text(SECRETS[1], "  executors: many\n"))
            says("windlass.executors is a number from 0 to 10000")
            write(text("short"))
            says("could be guessed from one token")
            check("and nothing of it was taken", lets_in(SECRETS[1]))
            write(text(SECRETS[1], "  executors: 7\n"))
            make_certificate(folder, "two.example")
            says("was read again")
            check("a renewed certificate is shown", until(lambda: shown_certificate(server) == certificate_of(folder)))
            good = certificate_of(folder)
            pathlib.Path(folder, "k.pem").write_text("no key")
            says("cannot be used")
            check("a broken one is not", shown_certificate(server) == good)
            make_certificate(folder, "three.example")
            check("until it is mended", until(lambda: shown_certificate(server) == certificate_of(folder)))
            before = log.read_text().count("nothing in it differs")
            notified.heard = ""
            server.process.send_signal(signal.SIGHUP)
            check("SIGHUP is answered", until(lambda: log.read_text().count("nothing in it differs") > before), log.read_text()[-500:])
            check("and told to systemd", notified.until("READY=1") and "RELOADING=1\nMONOTONIC_USEC=" in notified.heard, notified.heard)
            write(text(SECRETS[1], "  executors: 7\n  log: json\n"))
            says("windlass.log is json")
            last = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
            check("lines are objects from then on", last and set(last[-1]) >= {"time", "message"} and last[-1]["time"].endswith("Z"), last)
            check("no secret is in the log", not any(secret in log.read_text() for secret in SECRETS))
            notified.heard = ""
            server.kill(15)
            check("systemd hears that it stops", notified.until("STOPPING=1"), notified.heard)
            check("it ends cleanly", server.process.returncode == 0, server.process.returncode)
            del os.environ["NOTIFY_SOCKET"]
            write(text(SECRETS[1], "  listen: nonsense\n"))
            broken = subprocess.run([WINDLASS, "server", "--data", folder + "/data", "--config", str(config)], capture_output=True, text=True)
            check("a wrong address is a sentence", broken.returncode == 70 and "lacks a port" in broken.stderr, broken.stderr)
            key = pathlib.Path(folder, "outside.key")
            key.write_bytes(os.urandom(32))
            server = Server(WINDLASS, folder + "/other", "--key", str(key), "--log-format", "json")
            check("a key from elsewhere is not copied", not os.path.exists(folder + "/other/key"))
            admin = server.token()
            server.request("POST", "/api/v1/namespaces", admin, {"metadata": {"name": "n"}})
            server.request("POST", "/api/v1/namespaces/n/secrets", admin, {"metadata": {"name": "s"}, "stringData": {"a": "b"}})
            status, _, answer = server.request("POST", "/kapis/windlass.io/v1/key/rotation", admin, {})
            check("nor replaced", status == 409 and "not this server's to replace" in answer, answer)
            server.kill(15)
            old = key.read_bytes()
            pathlib.Path(str(key) + ".old").write_bytes(old)
            key.write_bytes(os.urandom(32))
            server = Server(WINDLASS, folder + "/other", "--key", str(key))
            check("with the old one beside it everything is sealed anew", until(
                lambda: "sealed by the newest key" in pathlib.Path(folder, "other.log").read_text()))
            server.kill(15)
            os.unlink(str(key) + ".old")
            done = subprocess.run([WINDLASS, "check", "--data", folder + "/other", "--key", str(key)], capture_output=True, text=True)
            check("and opens by the new one alone", done.returncode == 0, done.stdout + done.stderr)
        finally:
            if server.process.poll() is None:
                server.process.kill()
    check.end()


main()
