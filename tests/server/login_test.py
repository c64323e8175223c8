#!/usr/bin/env python3
"""The first administrator's one-time link, sessions in cookies, and what neither may be used for.

usage: login_test.py WINDLASS
"""
import base64
import collections
import concurrent.futures
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
OURS = "/kapis/windlass.io/v1"
LOAD = OURS + "/load"
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


def basic(folder):
    """HTTP Basic with an account's password, as curl -u and clients of Jenkins send it."""
    server = Server(WINDLASS, folder + "/basic")
    path = "/api/v1/namespaces"
    try:
        admin = server.token()

        def sent(user, password, method="GET", body=None, where=path, **headers):
            text = base64.b64encode(f"{user}:{password}".encode()).decode()
            return server.request(method, where, None, body, {"Authorization": "Basic " + text, **headers})

        def checks():
            text = server.request("GET", "/metrics", admin)[2]
            return {kind: int(re.search(r'windlass_password_checks_total{result="%s"} (\d+)' % kind, text)[1])
                    for kind in ("good", "wrong", "refused")} if "password_checks" in text else {}

        def account(user):
            status, _, text = server.request("POST", OURS + "/accounts", admin, {"name": user, "password": PASSWORD + user})
            check(f"the account {user}", status == 200, text)

        account("ann")
        account("bob")
        answers = [sent("ann", PASSWORD + "ann", where=LOAD)[0] for _ in range(20)]
        check("an account's password opens", answers == [200] * 20, answers)
        check("and is checked once in a while", checks() == {"good": 1, "wrong": 0, "refused": 0}, checks())
        check("as whom it is", json.loads(sent("ann", PASSWORD + "ann", where=OURS + "/whoami")[2])["name"] == "ann")
        check("a token does as well", sent("admin", admin)[0] == 200)
        check("it changes things", sent("admin", admin, "POST", {"metadata": {"name": "y"}})[0] == 201)
        body = {"metadata": {"name": "z"}}
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            check(f"not for a page of another site {headers}", sent("admin", admin, "POST", body, **headers)[0] == 401)
            status = sent("ann", PASSWORD + "ann", "POST", {"name": "t"}, OURS + "/tokens", **headers)[0]
            check(f"nor with a password {headers}", status == 401, status)
        status = sent("ann", PASSWORD + "ann", "POST", {"name": "t"}, OURS + "/tokens")[0]
        check("a script may", status == 200, status)
        check("a token that is none costs no check", [sent("ann", "wl_" + "a" * 10 + "_" + "b" * 40)[0] for _ in range(9)] == [401] * 9
              and checks()["wrong"] == 0, checks())
        check("a password is no bearer's", server.request("GET", path, PASSWORD + "ann")[0] == 401)
        codes = [sent("ann", "wrong wrong")[0] for _ in range(6)]
        check("who guesses waits", codes == [401] * 5 + [429], codes)
        status, head, text = sent("ann", "wrong wrong")
        check("and is told how long", status == 429 and 0 < int(head["Retry-After"]) <= 301 and "five minutes" in text, text)
        login = server.request("POST", "/login", None, form(user="ann", password=PASSWORD + "ann"), FORM)[0]
        check("so at the log-in page", login == 429, login)
        check("who is known already goes on", sent("ann", PASSWORD + "ann", where=LOAD)[0] == 200)
        check("others too", sent("bob", PASSWORD + "bob", where=LOAD)[0] == 200)
        with concurrent.futures.ThreadPoolExecutor(30) as pool:
            before = checks()["good"]
            account("eve")
            got = collections.Counter(pool.map(lambda _: sent("eve", PASSWORD + "eve", where=LOAD)[0], range(30)))
            check("thirty at once with one password are one check", got == {200: 30} and checks()["good"] == before + 1, got)
            got = collections.Counter(pool.map(lambda i: sent(f"nobody{i}", PASSWORD)[0], range(30)))
            check("thirty names at once are not thirty checks at once", set(got) == {401, 429} and got[429] > 10, got)
        account("joe")
        token = json.loads(sent("joe", PASSWORD + "joe", "POST", {"name": "t"}, OURS + "/tokens")[2])["token"]

        def renew(old):
            return server.request("PUT", OURS + "/accounts/joe/password", token, {"old": old, "password": "a new password"})
        codes = [renew("wrong wrong")[0] for _ in range(6)]
        check("who has a token guesses no faster", codes == [403] * 5 + [429], codes)
        status, head, text = renew(PASSWORD + "joe")
        check("nor with the right one then", status == 429 and 0 < int(head["Retry-After"]) <= 301 and "five minutes" in text, (status, text))
        status, _, text = server.request("PUT", OURS + "/accounts/eve/password", admin, {"password": "another password"})
        check("a password is changed", status == 200, text)
        status = sent("eve", PASSWORD + "eve", where=LOAD)[0]
        check("the old one opens nothing any more", status == 401, status)
        check("the new one does", sent("eve", "another password", where=LOAD)[0] == 200)
        server.request("PUT", OURS + "/accounts/eve", admin, {"disabled": True})
        check("until the account is disabled", sent("eve", "another password", where=LOAD)[0] == 401)
        check("no password is logged", PASSWORD not in pathlib.Path(server.folder + ".log").read_text()
              and PASSWORD not in pathlib.Path(server.folder, "audit.log").read_text())
    finally:
        server.process.kill()


def main():
    with tempfile.TemporaryDirectory() as folder:
        basic(folder)
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
            check("and leads to a page", head["Location"] == "/")
            status, page, text = server.request("GET", "/", headers={**cookie, "Accept": "text/html"})
            check("that says who one is and what to do", status == 200 and "<b>admin</b>" in text and "windlass login " + server.address in text
                  and "default-src 'none'" in page["Content-Security-Policy"], text)
            check("in Chinese too", "退出登录" in server.request("GET", "/", headers={**cookie, "Accept-Language": "zh-CN"})[2])
            status, page, _ = server.request("GET", "/", headers={"Accept": "text/html,*/*"})
            check("a browser of nobody is led to the log-in", (status, page["Location"]) == (303, "/login"), status)
            check("other clients hear what is missing", server.request("GET", "/")[0] == 401)
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
