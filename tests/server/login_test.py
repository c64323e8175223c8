#!/usr/bin/env python3
"""The first administrator's one-time link, sessions in cookies, and what neither may be used for.

usage: login_test.py WINDLASS
"""
import json
import pathlib
import re
import sys
import tempfile
import time
import urllib.parse

from harness import Checks, Server, run

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
check = Checks()
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PASSWORD = "correct horse & battery+staple"


def form(**fields):
    return urllib.parse.urlencode(fields)


def logged(server):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = re.findall(r"/login\?setup=(\w+)", pathlib.Path(server.folder + ".log").read_text())
        if found:
            return found
        time.sleep(0.02)
    return []


def audit(server):
    path = pathlib.Path(server.folder, "audit.log")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    made = [l for l in lines if l["path"] == "/api/v1/namespaces" and l["status"] == 201]
    check("T69 who changed what is noted", len(made) == 1 and made[0]["user"] == "admin" and made[0]["method"] == "POST", lines)
    check("refusals and log-ins too", {401, 403, 303} <= {l["status"] for l in lines}, lines)
    check("no secrets", PASSWORD not in path.read_text() and "setup=" not in path.read_text())
    check("only changes", not [l for l in lines if l["method"] == "GET"], lines)
    code, out, err = run(WINDLASS, "audit", "--data", server.folder)
    check("it is whole", code == 0 and out.startswith(str(len(lines))), out + err)
    text = path.read_text()
    path.write_text(text.replace('"status":201', '"status":200'))
    code, out, err = run(WINDLASS, "audit", "--data", server.folder)
    check("a changed line is found", code == 1 and "does not fit at line" in err, out + err)
    path.write_text("".join(line + "\n" for line in text.splitlines()[1:]))
    check("a missing one too", run(WINDLASS, "audit", "--data", server.folder)[0] == 1)
    path.write_text(text + '{"time":1,"us')
    server.start()
    server.kill(15)
    check("half a line of a crash is cut off", path.read_text() == text)


def first_password(folder):
    """A mounted Secret opens the door once; whoever changes the password is not overruled."""
    files = pathlib.Path(folder, "secret")
    server = Server(WINDLASS, folder + "/first", "--first-password", str(files))

    def log():
        return pathlib.Path(server.folder + ".log").read_text()

    def again(password, user=None):
        server.kill(15)
        files.mkdir(exist_ok=True)
        pathlib.Path(files, "jenkins-admin-password").write_text(password)
        if user:
            pathlib.Path(files, "jenkins-admin-user").write_text(user)
        server.start()
        server.request("GET", "/healthz")  # who is answered is behind all that a start says

    def enter(user, password):
        return server.request("POST", "/login", None, {"user": user, "password": password}, {"Accept": "application/json"})[0]
    try:
        check("without the files there is a link", len(logged(server)) == 1)
        again("short")
        check("a short password is not taken, and it is said", "10 characters" in log() and str(files) in log(), log())
        check("then there is a link as well", len(logged(server)) == 2, log())
        again(PASSWORD + "\n", "root")
        check("the administrator of the files logs in", enter("root", PASSWORD) == 200, log())
        check("it is said, without the password", "the administrator root has the password in" in log() and PASSWORD not in log(), log())
        check("no link then", len(logged(server)) == 2, log())
        check("nobody else has it", enter("admin", PASSWORD) == 401)
        again("another password")
        check("the files are read once", enter("root", "another password") == 401 and enter("root", PASSWORD) == 200)
        check("no link later", len(logged(server)) == 2, log())
    finally:
        server.process.kill()


def main():
    with tempfile.TemporaryDirectory() as folder:
        first_password(folder)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(WINDLASS, folder + "/data")
        try:
            secret = logged(server)[-1]
            origin = {"Origin": server.address}
            status, _, text = server.request("GET", "/login?setup=" + secret)
            check("the link shows a form", status == 200 and secret in text, text)
            status, _, text = server.request("GET", "/login?setup=" + "a" * 40)
            check("another one the ordinary one", status == 200 and "a" * 40 not in text and 'name="user"' in text, text)
            status, _, text = server.request("GET", "/login", headers={"Accept-Language": "zh-CN"})
            check("in Chinese too", "登录" in text, text)
            status, _, text = server.request("POST", "/login", None, form(setup="b" * 40, password=PASSWORD), FORM)
            check("a wrong link sets nothing", status == 403, text)
            status, _, text = server.request("POST", "/login", None, form(setup=secret, password="short"), FORM)
            check("a short password is refused", status == 400 and "10 characters" in text, text)
            status, head, text = server.request("POST", "/login", None, form(setup=secret, password=PASSWORD),
                                                {**FORM, "Origin": "https://evil.example"})
            check("another site sets nothing", status == 403, text)
            status, head, text = server.request("POST", "/login", None, form(setup=secret, password=PASSWORD),
                                                {**FORM, **origin})
            check("the link sets the password", status == 303 and "HttpOnly; SameSite=Strict" in head["Set-Cookie"], text)
            cookie = {"Cookie": head["Set-Cookie"].split(";")[0]}
            status, _, text = server.request("POST", "/login", None, form(setup=secret, password="another password"), FORM)
            check("once", status == 403, text)
            status, _, text = server.request("GET", "/api/v1/namespaces", headers=cookie)
            check("the session reads", status == 200, text)
            body = {"metadata": {"name": "x"}}
            path = "/api/v1/namespaces"
            status, _, text = server.request("POST", path, None, body, cookie)
            check("but changes nothing for whom nobody knows", status == 401, text)
            status, _, text = server.request("POST", path, None, body, {**cookie, "Origin": "https://evil.example"})
            check("nor for another site", status == 401, text)
            status, _, text = server.request("POST", path, None, body, {**cookie, "Sec-Fetch-Site": "cross-site", **origin})
            check("whatever it says", status == 401, text)
            status, _, text = server.request("POST", path, None, body, {**cookie, **origin})
            check("only for our own page", status == 201, text)
            status, _, text = server.request("POST", "/login", None, {"user": "admin", "password": PASSWORD},
                                             {"Accept": "application/json"})
            token = json.loads(text)["token"]
            check("clients log in with JSON", status == 200 and server.request("GET", path, token)[0] == 200, text)
            server.kill()
            server.start()
            check("a session survives kill -9", server.request("GET", path, headers=cookie)[0] == 200)
            status, head, _ = server.request("POST", "/logout", headers={**cookie, "Origin": server.address})
            check("and ends with /logout", status == 303 and server.request("GET", path, headers=cookie)[0] == 401)
            check("others go on", server.request("GET", path, token)[0] == 200)
            for user in ("admin", "nobody"):
                codes = [server.request("POST", "/login", None, form(user=user, password="wrong wrong"), FORM)[0]
                         for _ in range(6)]
                check(f"who guesses at {user} waits", codes == [401] * 5 + [429], codes)
            check("no new link once there is a password", len(logged(server)) == 1)
            server.kill(15)
            audit(server)
        finally:
            if server.process.poll() is None:
                server.process.kill()
    check.end()


main()
