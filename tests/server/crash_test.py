#!/usr/bin/env python3
"""A server killed at a point of what it writes into its own databases, then started again: nothing that was acknowledged
is lost, nothing is there twice, the audit log is whole (T71).

usage: crash_test.py WINDLASS SERVER_PROBE [--all | --point N] [--keep]

server_probe counts the points (tests/server/server_probe.cc). Each is one life of a fresh folder: the scenario asks for one thing
after the other and notes what was acknowledged, until the server is dead. Without --all a spread of points is taken.
"""
import http.client
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from harness import Checks, Server, run

WINDLASS, PROBE = (str(pathlib.Path(word).resolve()) for word in sys.argv[1:3])
check = Checks()
SAMPLE = 24
OBJECTS = "/apis/devops.kubesphere.io/v1alpha3"
RUNS = "/kapis/devops.kubesphere.io/v1alpha2/devops/shop/pipelines/"
OURS = "/kapis/windlass.io/v1"


class Dead(Exception):
    pass


class Probe(Server):
    """The counting server; its requests raise Dead once it is killed."""

    def __init__(self, folder, point):
        self.folder = folder
        self.windlass = WINDLASS
        self.counts = folder + ".counts"
        self.log = open(folder + ".log", "a")
        self.process = subprocess.Popen([PROBE, folder, str(point), self.counts], stdout=self.log, stderr=self.log)
        address = pathlib.Path(folder, "address")
        deadline = time.monotonic() + 60
        while not address.exists():
            if self.process.poll() is not None:
                raise Dead()
            if time.monotonic() > deadline:
                sys.exit("the probe does not start: " + pathlib.Path(folder + ".log").read_text())
            time.sleep(0.005)
        try:
            self.address = address.read_text().strip()
            self.port = int(self.address.rsplit(":", 1)[1])
        except (OSError, ValueError, IndexError):
            raise Dead()

    def ask(self, method, path, token, body=None):
        try:
            return self.request(method, path, token, body)
        except (OSError, http.client.HTTPException):
            self.process.wait(timeout=60)
            raise Dead()


class Story:
    """What was asked for and what of it was acknowledged. `done` and `doubt` map names to what they are to be."""

    def __init__(self):
        self.maps, self.pipelines, self.runs, self.accounts, self.members, self.tokens = {}, {}, {}, {}, {}, {}
        self.doubt = None       # what was on its way when the server died
        self.audited = []       # (method, path) of what was acknowledged

    def live(self, server, effects):
        token = server.token()

        def ask(method, path, body=None):
            self.doubt = (method, path)
            status, _, text = server.ask(method, path, token, body)
            self.doubt = None
            if method != "GET":
                self.audited.append((method, path))
            if status >= 500:
                raise Dead()
            return status, text

        ask("POST", OBJECTS + "/devopsprojects", {"metadata": {"name": "shop"}})
        self.maps["namespace"] = True
        deadline = time.monotonic() + 60
        while ask("GET", "/api/v1/namespaces/shop")[0] != 200:
            if time.monotonic() > deadline:
                sys.exit("the namespace does not come")
            time.sleep(0.01)
        maps = "/api/v1/namespaces/shop/configmaps"
        for n in range(3):
            status, text = ask("POST", maps, {"metadata": {"name": f"c{n}"}, "data": {"n": "0"}})
            assert status == 201, text
            self.maps[f"c{n}"] = "0"
        status, text = ask("PUT", maps + "/c1", {"metadata": {"name": "c1"}, "data": {"n": "1"}})
        assert status == 200, text
        self.maps["c1"] = "1"
        status, text = ask("DELETE", maps + "/c2")
        assert status == 200, text
        self.maps["c2"] = None
        status, text = ask("POST", "/api/v1/namespaces/shop/secrets", {
            "metadata": {"name": "pw"}, "type": "credential.devops.kubesphere.io/secret-text", "stringData": {"secret": "sesame"}})
        assert status == 201, text
        script = f"withCredentials([string(credentialsId: 'pw', variable: 'PW')]) {{ echo 'in' }}\nnode {{ sh \"echo $BUILD_NUMBER >> {effects}\" }}"
        status, text = ask("POST", OBJECTS + "/namespaces/shop/pipelines", {"metadata": {"name": "build"}, "spec": {
            "type": "pipeline", "pipeline": {"name": "build", "jenkinsfile": script}}})
        assert status == 201, text
        self.pipelines["build"] = True
        for n in range(2):
            status, text = ask("POST", RUNS + "build/runs", {})
            assert status == 200, text
            self.runs[json.loads(text)["id"]] = True
        status, text = ask("POST", OURS + "/accounts", {"name": "ann"})
        assert status == 200, text
        self.accounts["ann"] = True
        status, text = ask("PUT", OURS + "/projects/shop/members/ann", {"role": "viewer"})
        assert status == 200, text
        self.members["ann"] = "viewer"
        status, text = ask("POST", OURS + "/tokens", {"user": "ann", "name": "one"})
        assert status == 200, text
        self.tokens["one"] = json.loads(text)["token"]
        status, text = ask("PUT", OURS + "/projects/shop/members/ann", {"role": "developer"})
        assert status == 200, text
        self.members["ann"] = "developer"
        listed = json.loads(ask("GET", OURS + "/tokens?user=ann")[1])["items"]
        status, text = ask("DELETE", OURS + "/tokens/" + listed[0]["id"])
        assert status == 200, text
        self.tokens["one"] = None if self.tokens["one"] is None else (self.tokens["one"], "gone")
        status, text = ask("POST", OURS + "/key/rotation", {})
        assert status == 200, text
        # Both runs to their end, so that what they write while they go is among the points.
        deadline = time.monotonic() + 60
        while True:
            states = [json.loads(ask("GET", RUNS + f"build/runs/{n}")[1]).get("state") for n in self.runs]
            if states == ["FINISHED"] * len(states):
                break
            if time.monotonic() > deadline:
                sys.exit(f"the runs do not end: {states}")
            time.sleep(0.02)


def look(name, folder, story, effects):
    """Starts the ordinary server on what is left, and compares."""
    code, out, err = run(WINDLASS, "check", "--data", folder)
    check(f"{name}: what is left is whole", code == 0 or "no folder" in err or " is gone" in out, out + err)
    pathlib.Path(folder, "address").unlink(missing_ok=True)  # of the dead
    server = Server(WINDLASS, folder)
    try:
        token = server.token()
        doubt = story.doubt or ("", "")

        def get(path, who=token):
            return server.request("GET", path, who)

        maps = {}
        status, _, text = get("/api/v1/namespaces/shop/configmaps")
        if status == 200:
            maps = {m["metadata"]["name"]: m.get("data", {}).get("n") for m in json.loads(text)["items"]}
        for one, value in story.maps.items():
            if one == "namespace":
                continue
            if doubt[1].endswith("/" + one):
                continue  # either is right
            check(f"{name}: {one} is {value}", maps.get(one) == value, (doubt, maps))
        for one in story.pipelines:
            check(f"{name}: the pipeline {one}", get(f"{OBJECTS}/namespaces/shop/pipelines/{one}")[0] == 200)
        for one in story.accounts:
            check(f"{name}: the account {one}", get(f"{OURS}/accounts/{one}")[0] == 200)
        for one, role in story.members.items():
            members = {m["user"]: m["role"] for m in json.loads(get(OURS + "/projects/shop/members")[2])["items"]}
            good = {role, "developer"} if "members/ann" in doubt[1] else {role}
            check(f"{name}: {one} is {role}", members.get(one) in good, members)
        for one, secret in story.tokens.items():
            gone = isinstance(secret, tuple)
            status = get(OURS + "/whoami", secret[0] if gone else secret)[0]
            allowed = {401} if gone else {200, 401} if doubt[1].startswith(OURS + "/tokens/") else {200}
            check(f"{name}: the token {one}", status in allowed, (status, doubt))
        uids = []
        deadline = time.monotonic() + 60
        while True:
            status, _, text = get(f"{OBJECTS}/namespaces/shop/pipelineruns")
            runs = json.loads(text)["items"] if status == 200 else []
            if all(r.get("status", {}).get("phase") in ("Succeeded", "Failed") for r in runs):
                break
            if time.monotonic() > deadline:
                check(f"{name}: runs go on to their end", False, [r.get("status") for r in runs])
                break
            time.sleep(0.03)
        check(f"{name}: each run that was accepted is there", len(runs) >= len(story.runs), len(runs))
        check(f"{name}: none more than was asked for", len(runs) <= len(story.runs) + (doubt[1].endswith("build/runs")), len(runs))
        check(f"{name}: all went well", all(r["status"]["phase"] == "Succeeded" for r in runs), [r.get("status") for r in runs])
        for one in story.runs:
            status, _, text = get(RUNS + f"build/runs/{one}")
            check(f"{name}: its number is known", status == 200, text)
        did = pathlib.Path(effects).read_text().split() if os.path.exists(effects) else []
        check(f"{name}: each did its work once", sorted(did) == sorted(str(n + 1) for n in range(len(runs))), did)
        server.kill(15)
        book = sqlite3.connect(folder + "/runs/runs.db")
        uids = [row[0] for row in book.execute("SELECT uid FROM runs")]
        book.close()
        check(f"{name}: one row for each", sorted(uids) == sorted(r["metadata"]["uid"] for r in runs), uids)
        lines = [json.loads(l) for l in pathlib.Path(folder, "audit.log").read_text().splitlines()]
        noted = [(l["method"], l["path"]) for l in lines]
        for one in story.audited:
            check(f"{name}: {one} is in the audit log", one in noted, noted)
            if one in noted:
                noted.remove(one)
        code, out, err = run(WINDLASS, "audit", "--data", folder)
        check(f"{name}: which is whole", code == 0, out + err)
        code, out, err = run(WINDLASS, "check", "--data", folder)
        check(f"{name}: everything is whole", code == 0, out + err)
        check(f"{name}: no rotation is left half done", not os.path.exists(folder + "/key.old"))
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()


def life(base, point):
    """One life that ends at a point; how many points it passed when it did not."""
    folder = f"{base}/{point}"
    story, effects = Story(), folder + ".effects"
    try:
        server = Probe(folder, point)
        try:
            story.live(server, effects)
            server.process.terminate()
            server.process.wait(timeout=60)
        except Dead:
            server.process.wait(timeout=60)
    except Dead:
        pass
    look(f"point {point}", folder, story, effects)
    counts = pathlib.Path(folder + ".counts")
    passed = int(counts.read_text()) if counts.exists() else 0
    if "--keep" not in sys.argv:
        shutil.rmtree(folder, ignore_errors=True)
    return passed


def main():
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as base:
        if "--point" in sys.argv:
            life(base, int(sys.argv[sys.argv.index("--point") + 1]))
            check.end()
        whole = life(base, 0)
        check("points are counted", whole > 100, whole)
        points = range(1, whole + 1)
        if "--all" not in sys.argv:
            points = sorted({1 + (whole - 1) * i // (SAMPLE - 1) for i in range(SAMPLE)})
        for point in points:
            life(base, point)
        print(f"{whole} points, {len(points)} taken")
    check.end()


main()
