#!/usr/bin/env python3
"""Folders that earlier programs left (old/NAME.tar.xz, by record_folder.py), taken over by this one.

usage: old_folder_test.py WINDLASS
Everything that was in them is there, the run that waited goes on, and nothing of the takeover is half done when it is killed.
"""
import json
import pathlib
import sqlite3
import sys
import tarfile
import tempfile
import time
import urllib.parse

from harness import Checks, Server, run

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
OLD = pathlib.Path(__file__).resolve().parent / "old"
PASSWORD = "correct horse & battery+staple"
check = Checks()


def until(good):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if good():
            return True
        time.sleep(0.05)
    return False


def version(path):
    book = sqlite3.connect(path)
    found = book.execute("PRAGMA user_version").fetchone()[0]
    book.close()
    return found


def take_over(name, folder):
    admin, ann = pathlib.Path(folder, "tokens.test").read_text().split()
    code, out, err = run(WINDLASS, "check", "--data", folder)
    check(f"{name}: an old folder is whole as it is", code == 0, out + err)
    before = version(folder + "/identity.db")
    server = Server(WINDLASS, folder)
    try:
        newest = version(folder + "/identity.db")
        check(f"{name}: brought up to date", newest >= before, (before, newest))
        status, _, text = server.request("GET", "/kapis/windlass.io/v1/whoami", admin)
        check(f"{name}: an old token", status == 200 and json.loads(text)["name"] == "admin", text)
        status, _, text = server.request("GET", "/kapis/windlass.io/v1/whoami", ann)
        check(f"{name}: a member", status == 200 and json.loads(text)["projects"] == {"shop": "developer"}, text)
        status, _, text = server.request("POST", "/login", None, urllib.parse.urlencode({"user": "admin", "password": PASSWORD}),
                                         {"Content-Type": "application/x-www-form-urlencoded"})
        check(f"{name}: the old password", status == 303, text)
        sessions = json.loads(server.request("GET", "/kapis/windlass.io/v1/tokens", admin)[2])["items"]
        check(f"{name}: sessions are told from tokens", [s["session"] for s in sessions].count(False) >= 1, sessions)
        runs = "/kapis/devops.kubesphere.io/v1alpha2/devops/shop/pipelines/"
        status, _, text = server.request("GET", runs + "build/runs/1/log/?start=0", admin)
        check(f"{name}: an old log", status == 200 and "Finished: SUCCESS" in text, text)
        status, _, text = server.request("POST", runs + "build/runs", admin, {})
        check(f"{name}: numbers go on", status == 200 and json.loads(text)["id"] == "2", text)
        ended = lambda run_: json.loads(server.request("GET", runs + run_, admin)[2]).get("result")
        check(f"{name}: with the credential that was sealed then", until(lambda: ended("build/runs/2") == "SUCCESS"),
              server.request("GET", runs + "build/runs/2/log/?start=0", admin)[2])
        status, _, text = server.request("GET", "/kapis/windlass.io/v1/projects/shop/pipelines/ask/runs/1", admin)
        waiting = json.loads(text)["waiting"]
        check(f"{name}: what waited waits", status == 200 and len(waiting) == 1 and waiting[0]["code"] == "input", text)
        code, out, err = run(WINDLASS, "input", "shop/ask#1", "--proceed",
                             env={"WINDLASS_SERVER": server.address, "WINDLASS_TOKEN": admin, "PATH": "/usr/bin:/bin"})
        check(f"{name}: and goes on", code == 0 and until(lambda: ended("ask/runs/1") == "SUCCESS"), out + err)
        log = server.request("GET", runs + "ask/runs/1/log/?start=0", admin)[2]
        check(f"{name}: once", [log.splitlines().count(w) for w in ("before", "after")] == [1, 1], log)
        server.kill(15)
        code, out, err = run(WINDLASS, "check", "--data", folder)
        check(f"{name}: whole afterwards", code == 0, out + err)
    finally:
        if server.process.poll() is None:
            server.process.kill()


def main():
    names = sorted(OLD.glob("*.tar.xz"))
    check("there are old folders", names)
    for archive in names:
        with tempfile.TemporaryDirectory() as folder:
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="fully_trusted") if hasattr(tarfile, "fully_trusted_filter") else tar.extractall(folder)
            take_over(archive.name.split(".")[0], folder + "/data")
            newer = sqlite3.connect(folder + "/data/identity.db")
            newer.execute("PRAGMA user_version=1000")
            newer.close()
            code, _, err = run(WINDLASS, "server", "--data", folder + "/data", "--listen", "127.0.0.1:0")
            check("a newer format is refused with a sentence", code != 0 and "format version 1000" in err, err)
            check("and left as it is", version(folder + "/data/identity.db") == 1000)
    check.end()


main()
