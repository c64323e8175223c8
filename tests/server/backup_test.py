#!/usr/bin/env python3
"""`windlass backup` beside a server that works, `restore`, `check` and `key rotate`, from outside.

usage: backup_test.py WINDLASS
"""
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import sqlite3
import sys
import tarfile
import tempfile
import threading
import time

from harness import Checks, Server, run

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
check = Checks()
OBJECTS = "/apis/devops.kubesphere.io/v1alpha3"
RUNS = "/kapis/devops.kubesphere.io/v1alpha2/devops/shop/pipelines/"
BINARIES = "/apis/devops.kubesphere.io/v1alpha1/namespaces/shop/s2ibinaries"
JAR = b"PK\x03\x04" + bytes(range(256)) * 4000
SECRET = "sesame-open-me"
SCRIPT = """node {
  sh 'echo building'
  writeFile file: 'a.txt', text: 'kept'
  archiveArtifacts 'a.txt'
}
"""
LONG = """withCredentials([string(credentialsId: 'pw', variable: 'PW')]) {
  parallel(a: { lock('one') { for (int i = 0; i < 400; i++) { echo "a ${i}" } } },
           b: { lock('one') { for (int i = 0; i < 400; i++) { echo "b ${i}" } } })
}
input 'go on?'
node { sh 'test "$(echo $KEPT)" = "" && echo after' }
"""


def until(good, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if good():
            return True
        time.sleep(0.05)
    return False


class Shop:
    def __init__(self, server):
        self.server, self.token = server, server.token()

    def __call__(self, method, path, body=None):
        status, _, text = self.server.request(method, path, self.token, body)
        return status, text

    def fill(self):
        self("POST", OBJECTS + "/devopsprojects", {"metadata": {"name": "shop"}})
        check("the project is there", until(lambda: self("GET", "/api/v1/namespaces/shop")[0] == 200))
        self("POST", "/api/v1/namespaces/shop/secrets", {
            "metadata": {"name": "pw"}, "type": "credential.devops.kubesphere.io/secret-text", "stringData": {"secret": SECRET}})
        for name, script in (("build", SCRIPT), ("long", LONG)):
            self("POST", OBJECTS + "/namespaces/shop/pipelines", {"metadata": {"name": name}, "spec": {
                "type": "pipeline", "pipeline": {"name": name, "jenkinsfile": script}}})

    def upload(self, name, content):
        """The file of an S2iBinary, made unless it is there."""
        self("POST", BINARIES, {"apiVersion": "devops.kubesphere.io/v1alpha1", "kind": "S2iBinary", "metadata": {"name": name}})
        head = (
            f'--limit\r\nContent-Disposition: form-data; name="md5"\r\n\r\n{hashlib.md5(content).hexdigest()}\r\n'
            f'--limit\r\nContent-Disposition: form-data; name="s2ibinary"; filename="{name}.jar"\r\n\r\n')
        status, _, text = self.server.request(
            "PUT", f"/kapis/devops.kubesphere.io/v1alpha2/namespaces/shop/s2ibinaries/{name}/file", self.token,
            head.encode() + content + b"\r\n--limit--\r\n", {"Content-Type": "multipart/form-data; boundary=limit"})
        check(f"the file of {name} is taken", status == 200, text)

    def uploaded(self, name):
        """Phase and bytes."""
        one = json.loads(self("GET", f"{BINARIES}/{name}")[1])
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        connection.request("GET", one["spec"]["downloadURL"], headers={"Authorization": "Bearer " + self.token})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return one["status"]["phase"], answer.status, content

    def start(self, name):
        status, text = self("POST", RUNS + name + "/runs", {})
        check(f"{name} starts", status == 200, text)
        return RUNS + name + "/runs/" + json.loads(text)["id"]

    def result(self, run_):
        return json.loads(self("GET", run_)[1]).get("result")

    def answer(self, run_):
        """Says yes to what it asks."""
        pipeline, number = run_.split("/pipelines/")[1].split("/runs/")
        def asked():
            view = json.loads(self("GET", f"/kapis/windlass.io/v1/projects/shop/pipelines/{pipeline}/runs/{number}")[1])
            return [w for w in view["waiting"] if w["code"] == "input"]
        if not until(asked):  # a server that has just started may still be reading it
            return False
        one = asked()[0]
        status, text = self("POST", f"{run_}/nodes/0/steps/{one['node']}/", {"id": one["input"]["id"]})
        return status == 200 and "allow" not in text

    def log(self, run_):
        return self("GET", run_ + "/log/?start=0")[1]


def tree(folder):
    """Contents by name. Without the agent's folder and the workspaces: shells of the server that is dead go on there."""
    out = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if "agent" in path.parts or "workspace" in path.parts:
            continue
        if path.is_file() and not path.name.endswith("-shm"):
            out[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return out


def whole(folder, name):
    code, out, err = run(WINDLASS, "check", "--data", folder, "--output", "json")
    check(f"{name} is whole", code == 0, out + err)
    return json.loads(out) if out else {}


def backups(folder):
    server = Server(WINDLASS, folder + "/data")
    try:
        shop = Shop(server)
        shop.fill()
        shop.upload("app", JAR)
        first = shop.start("build")
        check("a run ends", until(lambda: shop.result(first) == "SUCCESS"), shop.log(first))
        waits = shop.start("long")
        # Objects, runs and logs change all the while; several backups are taken among that.
        stop = threading.Event()
        made = []

        def churn():
            number = 0
            while not stop.is_set():
                number += 1
                status, text = shop("POST", "/api/v1/namespaces/shop/configmaps",
                                    {"metadata": {"name": f"c{number}"}, "data": {"n": str(number)}})
                if status == 201:
                    made.append(number)

        worker = threading.Thread(target=churn)
        worker.start()
        moments = []
        for n in range(3):
            acknowledged = len(made)
            extra = ("--keys", folder + "/keys") if n == 0 else ()
            code, out, err = run(WINDLASS, "backup", f"{folder}/{n}.tar", "--data", folder + "/data", *extra)
            check("a backup beside the server", code == 0 and "read back and whole" in out, out + err)
            check("which says where the keys are", ("keys are not in it" in out) == (n != 0), out)
            moments.append((acknowledged, len(made)))
            shop.start("long")
        stop.set()
        worker.join()
        whole(folder + "/data", "the folder beside a server")
        code, out, err = run(WINDLASS, "backup", folder + "/0.tar", "--data", folder + "/data")
        check("nothing is overwritten", code == 64 and "exists already" in err, err)
        check("backups go where only the owner reads", os.stat(folder + "/0.tar").st_mode & 0o77 == 0
              and os.stat(folder + "/keys").st_mode & 0o77 == 0)
        check("what was copied in between is gone", not pathlib.Path(folder, "data/backup.tmp").exists())
        status, _, text = server.request("POST", "/kapis/windlass.io/v1/backup", server.token("admin")[:-1] + "x")
        check("nobody else gets one", status == 401, text)
        server.kill()
        code, out, err = run(WINDLASS, "backup", folder + "/cold.tar", "--data", folder + "/data")
        check("a backup without a server", code == 0, out + err)
        before = tree(folder + "/data")
        whole(folder + "/data", "the folder after kill -9")
        after = tree(folder + "/data")
        check("a check changes nothing", after == before,
              str({name for name in set(before) | set(after) if before.get(name) != after.get(name)}))
        return waits, moments
    finally:
        if server.process.poll() is None:
            server.process.kill()


def restored(folder, name, waits, moment):
    """Starts what a backup became and looks at everything in it."""
    target = f"{folder}/restored-{name}"
    code, out, err = run(WINDLASS, "restore", f"{folder}/{name}.tar", "--data", target, "--keys", folder + "/keys")
    check(f"{name} is restored", code == 0, out + err)
    facts = whole(target, f"{name}, restored,")
    check("with its artifacts", facts.get("artifacts", 0) >= 1, facts)
    server = Server(WINDLASS, target)
    try:
        shop = Shop(server)
        maps = json.loads(shop("GET", "/api/v1/namespaces/shop/configmaps")[1])["items"]
        have = {int(m["metadata"]["name"][1:]) for m in maps if m["metadata"]["name"][0] == "c" and m["metadata"]["name"][1:].isdigit()}
        if moment:
            check("what was acknowledged before is there", set(range(1, moment[0] + 1)) <= have, (moment, sorted(have)[-3:]))
            check("in one piece", have == set(range(1, len(have) + 1)), sorted(set(range(1, len(have))) - have))
        status, text = shop("GET", RUNS + "build/runs/1")
        check("ended runs are there", json.loads(text)["result"] == "SUCCESS", text)
        check("with logs", "building" in shop.log(RUNS + "build/runs/1"))
        status, text = shop("GET", RUNS + "build/runs/1/artifacts")
        check("and artifacts", "a.txt" in text, text)
        phase, status, content = shop.uploaded("app")
        check("and the files of S2iBinaries", (phase, status, content == JAR) == ("Ready", 200, True), (phase, status, len(content)))
        for number in range(1, 5):
            run_ = f"{RUNS}long/runs/{number}"
            status, text = shop("GET", run_)
            if status != 200 or json.loads(text).get("state") == "FINISHED":
                continue
            check(f"long#{number} goes on to its question", until(lambda: "go on?" in shop.log(run_)), shop.log(run_)[-2000:])
            log = shop.log(run_).splitlines()
            for branch in "ab":
                said = [l for l in log if l.split("] ")[-1].startswith(branch + " ") or l.startswith(f"[{branch}] {branch} ")]
                wanted = [f"{branch} {i}" for i in range(400)]
                check(f"branch {branch} of long#{number} said each line once",
                      [l.split("] ")[-1] for l in said] == wanted, said[:5])
            code, out, err = run(WINDLASS, "input", f"shop/long#{number}", "--proceed", env={
                "WINDLASS_SERVER": server.address, "WINDLASS_TOKEN": shop.token, "PATH": "/usr/bin:/bin"})
            check("is answered", code == 0, out + err)
            check("and ends", until(lambda: shop.result(run_) == "SUCCESS"), shop.log(run_)[-2000:])
        again = shop.start("long")
        check("credentials open", until(lambda: "go on?" in shop.log(again)), shop.log(again)[-2000:])
        shop("POST", again + "/stop/", {})
        check("it is over", until(lambda: shop.result(again) is not None))
        server.kill(15)
        whole(target, f"{name} after it worked")
    finally:
        if server.process.poll() is None:
            server.process.kill()


def slowly(folder):
    """What is replaced and deleted while a backup is on its way is in it as it was when that began."""
    server = Server(WINDLASS, folder + "/slow")
    try:
        shop = Shop(server)
        shop.fill()
        shop.upload("aaa", os.urandom(24 << 20))  # more than connections take without being read
        for name in ("app", "other", "stays"):
            shop.upload(name, JAR + name.encode())
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("POST", "/kapis/windlass.io/v1/backup", headers={"Authorization": "Bearer " + shop.token})
        answer = connection.getresponse()
        shop.upload("app", b"another one")
        shop.upload("stays", b"for a while")
        shop.upload("stays", JAR + b"stays")
        check("one is deleted", shop("DELETE", BINARIES + "/other")[0] == 200)
        check("what came is there at once", shop.uploaded("app") == ("Ready", 200, b"another one"))
        with open(folder + "/slow.tar", "wb") as file:
            while part := answer.read(1 << 20):
                file.write(part)
        connection.close()
        kept = pathlib.Path(server.folder, "uploads/kept/shop")
        check("then what nobody needs goes", until(lambda: sorted(p.parent.name for p in kept.rglob("*-*")) == ["aaa", "app", "stays"]),
              [str(p) for p in kept.rglob("*")])
        check("and no more", shop.uploaded("stays") == ("Ready", 200, JAR + b"stays"))
        run(WINDLASS, "backup", folder + "/after.tar", "--data", server.folder, "--keys", folder + "/slow.keys")
        server.kill()
        code, out, err = run(WINDLASS, "restore", folder + "/slow.tar", "--data", folder + "/quick", "--keys", folder + "/slow.keys")
        check("it is restored", code == 0, out + err)
        whole(folder + "/quick", "it")
        server = Server(WINDLASS, folder + "/quick")
        shop = Shop(server)
        for name in ("app", "other", "stays"):
            phase, status, content = shop.uploaded(name)
            check(f"{name} is as it was", (phase, status, content) == ("Ready", 200, JAR + name.encode()), (phase, status, len(content)))
    finally:
        server.process.kill()


def refusals(folder):
    data = pathlib.Path(folder, "0.tar").read_bytes()
    target = folder + "/never"

    def refused(name, bytes_, sentence, keys=folder + "/keys"):
        pathlib.Path(folder, "bad.tar").write_bytes(bytes_)
        code, out, err = run(WINDLASS, "restore", folder + "/bad.tar", "--data", target, "--keys", keys)
        check(f"{name} is refused", code != 0 and sentence in err, out + err)
        check("and nothing is made", not os.path.exists(target) and not os.path.exists(target + ".restoring"))

    refused("half a backup", data[: len(data) // 2], "is damaged")
    refused("one without its end", data[:-20000], "is damaged")
    place = data.index(b"SQLite format 3") + 5000
    refused("a changed byte", data[:place] + bytes([data[place] ^ 1]) + data[place + 1:], "is not what was put into it")
    refused("something else", b"hello" * 1000, "is damaged")
    pathlib.Path(folder, "other").mkdir()
    os.chmod(folder + "/other", 0o700)
    run(WINDLASS, "token", "create", "--data", folder + "/other")
    other = Server(WINDLASS, folder + "/other")
    other.kill(15)
    run(WINDLASS, "backup", folder + "/other.tar", "--data", folder + "/other", "--keys", folder + "/other.keys")
    refused("other keys", data, "not those of the backup", folder + "/other.keys")
    refused("no keys", data, "no file of keys", folder + "/1.tar")
    code, out, err = run(WINDLASS, "restore", folder + "/0.tar", "--data", folder + "/data", "--keys", folder + "/keys")
    check("a folder with something in it stays", code == 64 and "not empty" in err, err)
    for name in ("0.tar", "1.tar", "2.tar", "cold.tar"):
        bytes_ = pathlib.Path(folder, name).read_bytes()
        check(f"no key and no secret is in {name}", pathlib.Path(folder, "data/key").read_bytes() not in bytes_
              and pathlib.Path(folder, "data/runs/state/keys/state.key").read_bytes() not in bytes_
              and SECRET.encode() not in bytes_)
    with tarfile.open(folder + "/0.tar") as tar:
        names = tar.getnames()
        manifest = json.load(tar.extractfile("MANIFEST.json"))
        check("any tar reads it", "objects.db" in names and names[-1] == "MANIFEST.json" and len(manifest["files"]) == len(names) - 1)
        one = manifest["files"][0]
        digest = hashlib.blake2b(tar.extractfile(one["path"]).read(), digest_size=32).hexdigest()
        check("and checks its sums", digest == one["blake2b"])


def damage(folder):
    """Each kind of file, damaged: found, named, and nothing changed."""
    source = folder + "/restored-cold"

    def flip(path, at=None):
        bytes_ = bytearray(pathlib.Path(path).read_bytes())
        place = len(bytes_) // 2 if at is None else at
        bytes_[place] ^= 0x55
        pathlib.Path(path).write_bytes(bytes_)

    def sql(path, statement):
        book = sqlite3.connect(path)
        with book:
            book.execute(statement)
        book.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        book.close()

    def cut(path):
        bytes_ = pathlib.Path(path).read_bytes()
        pathlib.Path(path).write_bytes(bytes_[: len(bytes_) // 2])

    def journal(copy):
        return next(pathlib.Path(copy, "runs/state/runs").glob("shop%2fbuild/1/run.db"))

    cases = {
        "objects.db, its header": (lambda c: flip(c + "/objects.db", 0), "objects.db"),
        "objects.db, cut": (lambda c: cut(c + "/objects.db"), "objects.db"),
        "an object's body": (lambda c: sql(c + "/objects.db", "UPDATE objects SET body = x'7b' WHERE resource LIKE 'pipelines.%'"), "is no JSON object"),
        "an object in another's place": (lambda c: sql(c + "/objects.db", "UPDATE objects SET name = 'other' WHERE resource = 'configmaps' AND id = (SELECT min(id) FROM objects WHERE resource = 'configmaps')"), "is another object than its place says"),
        "a sealed secret": (lambda c: sql(c + "/objects.db", "UPDATE objects SET body = zeroblob(length(body)) WHERE resource = 'secrets'"), "cannot be opened"),
        "a table": (lambda c: sql(c + "/objects.db", "DROP TABLE owners"), "tables are missing"),
        "the counter": (lambda c: sql(c + "/objects.db", "UPDATE counter SET version = 1"), "newer than the newest"),
        "identity.db": (lambda c: cut(c + "/identity.db"), "identity.db"),
        "an account's role": (lambda c: sql(c + "/identity.db", "UPDATE accounts SET role = 7"), "has a role that is none"),
        "runs.db": (lambda c: cut(c + "/runs/runs.db"), "runs.db"),
        "a result": (lambda c: sql(c + "/runs/runs.db", "UPDATE runs SET result = 'FAILURE' WHERE result = 'SUCCESS'"), "by its journal"),
        "a number": (lambda c: sql(c + "/runs/runs.db", "UPDATE jobs SET next = 1"), "is given out again"),
        "a journal's page": (lambda c: cut(journal(c)), "run.db"),
        "a journal's entry": (lambda c: sql(journal(c), "UPDATE entries SET payload = x'00' WHERE sequence = 1"), "damaged at entry 1"),
        "a journal's log": (lambda c: sql(journal(c), "UPDATE log SET bytes = x'6f74686572' WHERE row = 2"), "damaged at log row"),
        "a journal that is gone": (lambda c: journal(c).unlink(), "the journal of the run shop/build#1 is gone"),
        "an artifact that is gone": (lambda c: next(pathlib.Path(c).rglob("a.txt")).unlink(), "a.txt is gone"),
        "an artifact cut": (lambda c: next(pathlib.Path(c).rglob("artifacts/a.txt")).write_text("k"), "bytes instead of"),
        "a program": (lambda c: flip(next(pathlib.Path(c, "runs/state/programs").iterdir())), "content is not what it is named"),
        "the audit log": (lambda c: flip(c + "/audit.log"), "audit.log does not fit at line"),
        "the key": (lambda c: flip(c + "/key"), "cannot be opened"),
        "the key, cut": (lambda c: cut(c + "/key"), "/key cannot be used"),
        "the runs' key": (lambda c: os.unlink(c + "/runs/state/keys/state.key"), "state.key cannot be read"),
        "an upload": (lambda c: flip(next(pathlib.Path(c, "uploads/kept/shop/app").iterdir())), "uploads/kept/shop/app/"),
        "an upload that is gone": (lambda c: next(pathlib.Path(c, "uploads/kept/shop/app").iterdir()).unlink(), "the file of the S2iBinary shop/app is gone"),
        "modes": (lambda c: os.chmod(c + "/key", 0o644), "can be read by others"),
    }
    for name, (harm, sentence) in cases.items():
        copy = folder + "/harmed"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns("*.sock"))
        harm(copy)
        before = tree(copy)
        code, out, err = run(WINDLASS, "check", "--data", copy)
        check(f"{name}: found and named", code == 1 and sentence in out, f"{code} {out} {err}")
        check(f"{name}: left as it is", tree(copy) == before)


def rotation(folder):
    target = folder + "/rotated"
    run(WINDLASS, "restore", folder + "/0.tar", "--data", target, "--keys", folder + "/keys")
    old = pathlib.Path(target, "key").read_bytes()
    state_key = pathlib.Path(target, "runs/state/keys/state.key")
    old_state = state_key.read_bytes()
    server = Server(WINDLASS, target)
    try:
        shop = Shop(server)
        queued = shop.start("long")
        code, out, err = run(WINDLASS, "key", "rotate", "--data", target)
        check("a rotation beside the server", code == 0, out + err)
        fresh = pathlib.Path(target, "key").read_bytes()
        check("there is another key", len(fresh) == 32 and fresh != old and not os.path.exists(target + "/key.old"))
        check("journals have another key too", len(state_key.read_bytes()) == 32 and state_key.read_bytes() != old_state
              and not state_key.with_suffix(".key.old").exists(), os.listdir(state_key.parent))
        code, out, err = run(WINDLASS, "runs", "--state", target + "/runs/state", "--output", "json", "--limit", "1000")
        every = [json.loads(line)["id"] for line in out.splitlines()]
        sealed = [run(WINDLASS, "runs", "--verify", one, "--state", target + "/runs/state")[0] for one in every]
        check("and each opens with it", every and sealed == [0] * len(every), (every, sealed))
        again = shop.start("long")
        for run_ in (queued, again):
            check("credentials open without a restart", until(lambda: "go on?" in shop.log(run_)), shop.log(run_)[-2000:])
        whole(target, "after the rotation")
        code, out, err = run(WINDLASS, "backup", folder + "/rotated.tar", "--data", target, "--keys", folder + "/rotated.keys")
        check("a backup after it", code == 0, out + err)
        code, out, err = run(WINDLASS, "restore", folder + "/rotated.tar", "--data", folder + "/r2", "--keys", folder + "/keys")
        check("needs the new keys", code != 0 and "not those of the backup" in err, err)
        code, out, err = run(WINDLASS, "restore", folder + "/rotated.tar", "--data", folder + "/r2", "--keys", folder + "/rotated.keys")
        check("and opens with them", code == 0, out + err)
        server.kill()
        server.start()
        third = shop.start("long")
        check("and after a restart", until(lambda: "go on?" in shop.log(third)), shop.log(third)[-2000:])
        server.kill()
        for point in ("state-key-old:1", "state-key-new:1", "state-key-run:1", "state-key-run:2", "state-key-wrapped:1"):
            before = state_key.read_bytes()
            os.environ["WINDLASS_TEST_CRASH_AT"] = "runs/" + point
            server.start()
            del os.environ["WINDLASS_TEST_CRASH_AT"]
            waiting = shop.start("long")
            check(f"{point}: a run waits", until(lambda: "go on?" in shop.log(waiting)), shop.log(waiting)[-2000:])
            run(WINDLASS, "key", "rotate", "--data", target)
            check(f"{point}: the server dies in the rotation of the journals' key", until(lambda: server.process.poll() is not None))
            pathlib.Path(target, "address").unlink(missing_ok=True)
            whole(target, f"killed at {point}")
            server.start()
            check(f"{point}: the next start goes on with it", until(lambda: not os.path.exists(target + "/key.old")))
            check(f"{point}: with another key at its end", state_key.read_bytes() != before and
                  os.listdir(state_key.parent) == ["state.key"], os.listdir(state_key.parent))
            check(f"{point}: the run that waited goes on", shop.answer(waiting) and until(
                lambda: "Finished: SUCCESS" in shop.log(waiting)), shop.log(waiting)[-2000:])
            server.kill()
        # As a crash in the middle leaves it: the newest key is there, and nothing is sealed by it yet.
        os.rename(target + "/key", target + "/key.old")
        pathlib.Path(target, "key").write_bytes(os.urandom(32))
        os.chmod(target + "/key", 0o600)
        os.chmod(target + "/key.old", 0o600)
        whole(target, "in the middle of a rotation")
        server.start()
        check("a start goes on with it", until(lambda: not os.path.exists(target + "/key.old")))
        fourth = shop.start("long")
        check("and everything opens", until(lambda: "go on?" in shop.log(fourth)), shop.log(fourth)[-2000:])
        server.kill(15)
        whole(target, "after the crashed rotation")
        os.unlink(target + "/key")
        code, out, err = run(WINDLASS, "server", "--data", target, "--listen", "127.0.0.1:0")
        check("a lost key is no reason for a new one", code != 0 and "is gone" in err, err)
    finally:
        if server.process.poll() is None:
            server.process.kill()
    code, out, err = run(WINDLASS, "key", "rotate", "--data", folder + "/data")
    check("a rotation needs a server", code != 0 and "no server works on" in err, err)


def main():
    with tempfile.TemporaryDirectory() as folder:
        waits, moments = backups(folder)
        for n, moment in enumerate(moments):
            if n != 1:
                restored(folder, str(n), waits, moment)
        restored(folder, "cold", waits, None)
        slowly(folder)
        refusals(folder)
        damage(folder)
        rotation(folder)
    check.end()


main()
