#!/usr/bin/env python3
"""Makes the folder of a server as a program of today leaves it, for old_folder_test.py of all later ones.

usage: record_folder.py WINDLASS tests/server/old/NAME.tar.xz

Run it with the last program before a change of a format of the server's files; NAME says which formats it has. What is in
the folder is always the same: see old_folder_test.py, which looks for it.
"""
import json
import pathlib
import sys
import tarfile
import tempfile
import time
import urllib.parse

from harness import Server

PASSWORD = "correct horse & battery+staple"


def until(good, what):
    deadline = time.monotonic() + 60
    while not good():
        if time.monotonic() > deadline:
            sys.exit("not in time: " + what)
        time.sleep(0.05)


def main():
    windlass, out = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        server = Server(windlass, folder + "/data", "--executors", "2")
        token = server.token()

        def must(method, path, body=None, headers=None):
            status, head, text = server.request(method, path, token, body, headers)
            if status >= 400:
                sys.exit(f"{method} {path}: {status} {text}")
            return text

        log = pathlib.Path(folder, "data.log")
        until(lambda: "setup=" in log.read_text(), "the link")
        secret = log.read_text().split("setup=")[1].split()[0]
        server.request("POST", "/login", None, urllib.parse.urlencode({"setup": secret, "password": PASSWORD}),
                       {"Content-Type": "application/x-www-form-urlencoded"})
        objects = "/apis/devops.kubesphere.io/v1alpha3"
        must("POST", objects + "/devopsprojects", {"metadata": {"name": "shop"}})
        until(lambda: server.request("GET", "/api/v1/namespaces/shop", token)[0] == 200, "the namespace")
        must("POST", "/api/v1/namespaces/shop/secrets",
             {"metadata": {"name": "pw"}, "type": "credential.devops.kubesphere.io/secret-text", "stringData": {"secret": "sesame-open"}})
        script = "withCredentials([string(credentialsId: 'pw', variable: 'PW')]) { node { sh 'echo \"$PW\" | wc -c' } }"
        pipelines = objects + "/namespaces/shop/pipelines"
        must("POST", pipelines, {"metadata": {"name": "build"}, "spec": {"type": "pipeline", "pipeline": {"name": "build", "jenkinsfile": script}}})
        must("POST", pipelines, {"metadata": {"name": "ask"}, "spec": {"type": "pipeline", "pipeline": {
            "name": "ask", "jenkinsfile": "echo 'before'; input 'go on?'; echo 'after'"}}})
        runs = "/kapis/devops.kubesphere.io/v1alpha2/devops/shop/pipelines/"
        must("POST", runs + "build/runs", {})
        must("POST", runs + "ask/runs", {})
        until(lambda: json.loads(must("GET", runs + "build/runs/1")).get("state") == "FINISHED", "build#1")
        until(lambda: "go on?" in must("GET", runs + "ask/runs/1/log/?start=0"), "ask#1")
        server.add_member("ann", "shop", "developer")
        ann = server.token("ann")
        pathlib.Path(folder, "data", "tokens.test").write_text(token + "\n" + ann + "\n")
        server.kill(15)

        def plain(entry):
            # Made anew by every start, or of this machine.
            if pathlib.Path(entry.name).name in ("lock", "ca.key", "ca.pem", "tls.key", "tls.pem", "tls.names", "agent"):
                return None
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            return entry

        with tarfile.open(out, "w:xz") as tar:
            tar.add(folder + "/data", arcname="data", filter=plain)


main()
