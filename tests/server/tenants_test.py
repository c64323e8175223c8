#!/usr/bin/env python3
"""Who may what, and what one tenant does to another: rows T47 to T72 of the threats that concern the server and have no
test elsewhere (docs/security.md says where each is).

usage: tenants_test.py WINDLASS
"""
import json
import os
import pathlib
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time

from harness import Server, is_sanitized, run
from run_client import APIS, OURS, V2, V3, Client, check, until

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
HUSH = ("hushscript", "hushlog", "hushvalue", "hushdescription", "hushmember")
PATCH = {"Content-Type": "application/merge-patch+json"}


def phase(run_object):
    return run_object.get("status", {}).get("phase")


def project_of(server, admin, name, member):
    client = Client(server, admin.token, name)
    status, got, _ = client.call("POST", f"{APIS}/devopsprojects", {"metadata": {"name": name}})
    check(f"the project {name} is made", status == 201, got)
    until(lambda: client.call("GET", f"/api/v1/namespaces/{name}")[0] == 200, "it has its namespace")
    server.add_member(member, name, "owner")
    return client


def t47_nothing_of_others(server, acme, eve):
    """T47: lists, counts, search, metrics, events, error texts."""
    acme.pipeline("secret-p", "node { echo 'hushlog' }\n// hushscript")
    acme.call("POST", f"{V3}/devops/acme/credentials", {
        "metadata": {"name": "secret-c", "annotations": {"kubesphere.io/description": "hushdescription"}},
        "type": "credential.devops.kubesphere.io/secret-text", "stringData": {"secret": "hushvalue"}})
    acme.call("POST", f"{APIS}/namespaces/acme/templates", {"metadata": {"name": "secret-t"}, "spec": {"template": "hushscript"}})
    name = acme.start("secret-p")
    check("her run ends", phase(acme.until(name, lambda r: r.get("status", {}).get("completionTime"))) == "Succeeded")
    server.add_member("hushmember", "acme", "viewer")
    words = {"d": "acme", "ns": "acme", "p": "secret-p", "pr": name, "r": "1", "n": "2", "s": "3", "c": "secret-c", "t": "secret-t",
             "ws": "ws1", "user": "hushmember", "other": "1", "b": "main", "scm": "git", "org": "o", "name": "x", "id": "x",
             "bin": "secret-b", "file": "hushfile"}
    acme.call("POST", "/apis/devops.kubesphere.io/v1alpha1/namespaces/acme/s2ibinaries",
              {"metadata": {"name": "secret-b"}, "spec": {"fileName": "hushfile"}})
    code, out, _ = run(WINDLASS, "server", "--explain-routes")
    routes = [line.split("\t")[:2] for line in out.splitlines()]
    gets = [path for method, path in routes if method in ("GET", "ANY")]
    seen = 0
    for path in gets:
        asked = path.replace("DP", "namespaces/acme").replace("WS", "workspaces/ws1/devops").replace("**", "x")
        asked = re.sub(r"{(\w+)}", lambda found: words[found[1]], asked)
        if asked.endswith("/events"):
            asked += "?wait=0"
        told = [(eve.call("GET", asked)[0], json.dumps(eve.call("GET", asked)[1]))]
        theirs = acme.call("GET", asked)
        seen += any(word in json.dumps(theirs[1]) for word in HUSH)
        for status, text in told:
            in_path = [word for word in HUSH if word in asked]
            check(f"T47 nothing of another tenant in GET {asked}",
                  not [word for word in HUSH if word in text and word not in in_path], (status, text[:300]))
    check("T47 which their own see by several of these", seen >= 6, seen)
    wide = [f"{APIS}/{kind}" for kind in ("pipelines", "pipelineruns", "templates", "devopsprojects")]
    wide += ["/api/v1/secrets", "/api/v1/configmaps", "/api/v1/events", "/api/v1/namespaces", "/metrics", f"{OURS}/load",
             f"{V2}/search?q=pipeline:acme/*", f"{OURS}/tokens", f"{OURS}/accounts", f"{V3}/workspaces/ws1/devops",
             f"{OURS}/events?wait=0", f"{OURS}/whoami", f"{V3}/clustertemplates"]
    for path in wide:
        status, text, _ = eve.call("GET", path)
        text = json.dumps(text)
        check(f"T47 {path} names no project of others",
              not [w for w in (*HUSH, "secret-p", "secret-c") if w in text] and ("acme" not in text or "acme" in path or status == 403),
              (status, text[:300]))
    # What is there and what is not look the same from outside.
    for there, not_there in ((f"{V3}/devops/acme/pipelines/secret-p", f"{V3}/devops/none/pipelines/secret-p"),
                             (f"{V3}/devops/acme/credentials/secret-c", f"{V3}/devops/acme/credentials/none"),
                             (f"{OURS}/projects/acme/pipelines/secret-p/runs/1", f"{OURS}/projects/acme/pipelines/secret-p/runs/9"),
                             ("/api/v1/namespaces/acme/secrets/secret-c", "/api/v1/namespaces/acme/secrets/none")):
        one, two = (eve.call("GET", path) for path in (there, not_there))
        texts = [json.dumps(answer[1]).replace("none", "acme").replace("secret-c", "acme") for answer in (one, two)]
        check(f"T47 {there} is refused as what is not there", one[0] == two[0] == 403 and texts[0] == texts[1], (one, two))


def t48_approvals(server, acme):
    """T48: an approval is bound to what was seen; who may is asked when the answer comes."""
    acme.pipeline("approves", "input(id: 'Go', message: 'go?', submitter: 'dan')")
    name = acme.start("approves")
    view = f"{OURS}/projects/acme/pipelines/approves/runs/1"
    until(lambda: acme.call("GET", view)[0] == 200 and acme.call("GET", view)[1].get("waiting"), "it asks")
    waiting = acme.call("GET", view)[1]["waiting"][0]
    server.add_member("dan", "acme", "developer")
    dan = Client(server, server.token("dan"), "acme")
    node = waiting["node"]
    step = f"{V2}/devops/acme/pipelines/approves/runs/1/nodes/{node}/steps/{node}/"
    status, got, _ = dan.call("POST", step, {"id": "Go", "parameters": [], "definition": "another"})
    check("T48 an answer to another definition is 409", status == 409 and "look at it again" in str(got), (status, got))
    acme.call("DELETE", f"{OURS}/projects/acme/members/dan")
    status, got, _ = dan.call("POST", step, {"id": "Go", "parameters": [], "definition": waiting["definition"]})
    check("T48 whose role has gone may not, though the script names him", status == 403, (status, got))
    acme.call("PUT", f"{OURS}/projects/acme/members/dan", {"role": "developer"})
    status, got, _ = dan.call("POST", step, {"id": "Go", "parameters": [], "definition": waiting["definition"]})
    check("T48 with it he may", status == 200 and got == {"id": "Go"}, (status, got))
    acme.until(name, lambda r: r.get("status", {}).get("completionTime"))
    return dan


def t48_several(server, acme):
    """T48: a quorum of different people, and nobody approves what he has started."""
    script = "input(id: 'Go', message: 'go?')\necho 'went on'"
    acme.pipeline("two", script)
    status, got, _ = acme.call("PATCH", f"{APIS}/namespaces/acme/pipelines/two", {"metadata": {"annotations": {
        "windlass.io/approvals": "2", "windlass.io/self-approval": "forbidden"}}}, PATCH)
    check("T48 the rules stand on the pipeline", status == 200, got)
    people = {}
    for who in ("pat", "sam", "kim"):
        server.add_member(who, "acme", "developer")
        people[who] = Client(server, server.token(who), "acme")
    name = people["pat"].start("two")
    view = f"{OURS}/projects/acme/pipelines/two/runs/1"
    until(lambda: acme.call("GET", view)[0] == 200 and acme.call("GET", view)[1].get("waiting"), "it asks")
    whole = acme.call("GET", view)[1]
    node = whole["waiting"][0]["node"]
    step = f"{V2}/devops/acme/pipelines/two/runs/1/nodes/{node}/steps/{node}/"

    def asked(who):
        return people[who].call("GET", view)[1]["waiting"][0]

    check("T48 nobody has approved yet", asked("sam")["approvals"] == {"wanted": 2, "given": 0, "answers": 0, "by": []}, asked("sam"))
    check("T48 whoever started it sees that he may not", (asked("pat")["mayAnswer"], asked("sam")["mayAnswer"]) == (False, True))
    yes = {"id": "Go", "parameters": []}
    status, got, _ = people["pat"].call("POST", step, yes)
    check("T48 not by whoever started it", status == 200 and got["allow"] == "false" and "started" in got["message"], got)
    status, got, _ = people["sam"].call("POST", step, yes)
    check("T48 the first of two", (got.get("approvals"), got.get("wanted")) == (1, 2), got)
    check("T48 everybody sees who", asked("kim")["approvals"] == {"wanted": 2, "given": 1, "answers": 1, "by": ["sam"]}, asked("kim"))
    status, told, _ = acme.call("GET", f"{OURS}/events?wait=5&kinds=approval&cursor={whole['cursor']}")
    told = [json.loads(line[6:]) for line in told.splitlines() if line.startswith("data: ") and '"approvals"' in line]
    check("T48 the stream tells it", told and (told[-1]["id"], told[-1]["waits"], told[-1]["approvals"]["by"]) == ("Go", True, ["sam"]), told)
    status, got, _ = people["sam"].call("POST", step, yes)
    check("T48 who approves twice is one", got.get("approvals") == 1, got)
    run_object = acme.run(name)
    note = run_object["metadata"]["annotations"]["windlass.io/approved-by"]
    forged = note + " kim " + note.split()[1]
    acme.call("PATCH", f"{APIS}/namespaces/acme/pipelineruns/{name}", {"metadata": {"annotations": {"windlass.io/approved-by": forged}}}, PATCH)
    status, got, _ = people["sam"].call("POST", step, yes)
    check("T48 a note that the server did not write counts nothing", got.get("approvals") == 1, got)
    status, got, _ = people["kim"].call("POST", step, {"id": "Go", "parameters": [{"name": "X", "value": "another"}]})
    check("T48 another answer is another approval", got.get("approvals") == 1 and "another answer" in got["message"], got)
    check("T48 which is seen, and nothing of the answer", asked("sam")["approvals"] == {"wanted": 2, "given": 1, "answers": 2, "by": ["sam", "kim"]}
          and "another" not in acme.run(name)["metadata"]["annotations"]["windlass.io/approved-by"], asked("sam"))
    acme.call("DELETE", f"{OURS}/projects/acme/members/sam")
    check("T48 whose role has gone is not among them", asked("kim")["approvals"]["by"] == ["kim"], asked("kim"))
    status, got, _ = people["kim"].call("POST", step, yes)
    check("T48 nor does he count for the quorum", (got.get("approvals"), got.get("by")) == (1, ["kim"]), got)
    acme.call("PUT", f"{OURS}/projects/acme/members/sam", {"role": "viewer"})
    status, got, _ = people["kim"].call("POST", step, yes)
    check("T48 nor with a lesser role", got.get("approvals") == 1, got)
    acme.call("PUT", f"{OURS}/projects/acme/members/sam", {"role": "developer"})
    status, got, _ = people["kim"].call("POST", step, yes)
    check("T48 the second of two", got == {"id": "Go"}, got)
    check("T48 then it goes on", phase(acme.ended(name)) == "Succeeded")
    for number, (key, word) in enumerate((("approvals", "two"), ("approvals", "0"), ("self-approval", "never")), 2):
        acme.call("PATCH", f"{APIS}/namespaces/acme/pipelines/two", {"metadata": {"annotations": {
            "windlass.io/approvals": None, "windlass.io/self-approval": None, f"windlass.io/{key}": word}}}, PATCH)
        name = people["pat"].start("two")
        view = f"{OURS}/projects/acme/pipelines/two/runs/{number}"
        until(lambda: acme.call("GET", view)[0] == 200 and acme.call("GET", view)[1].get("waiting"), "it asks")
        runs = f"{V2}/devops/acme/pipelines/two/runs/{number}"
        status, got, _ = people["sam"].call("POST", f"{runs}/nodes/{node}/steps/{node}/", yes)
        check(f"T48 {key} {word} is no rule, and nobody may approve under it",
              status == 409 and f"windlass.io/{key} is '{word}'" in str(got), (status, got))
        people["sam"].call("POST", f"{runs}/nodes/{node}/steps/{node}/", {"id": "Go", "abort": True})
        acme.ended(name)


def t67_a_log_without_end(folder):
    """T67: a run whose log grows without end is stopped, and says why; others do not notice."""
    with open(folder + "/limits.yaml", "w") as file:
        file.write("windlass: {maxLogMiB: 1}\n")
    server = Server(WINDLASS, folder + "/limited", "--executors", "2", "--config", folder + "/limits.yaml")
    try:
        admin = Client(server, server.token(), "small")
        small = project_of(server, admin, "small", "lou")
        small.pipeline("floods", "node { sh 'set +x; trap \"\" TERM; while :; do echo " + "x" * 200 + "; done' }")
        small.pipeline("modest", "node { sh 'echo hi' }")
        flood, modest = small.start("floods"), small.start("modest")
        check("T67 the other one ends well", phase(small.ended(modest)) == "Succeeded")
        check("T67 it is stopped", phase(small.ended(flood)) == "Cancelled", small.run(flood).get("status"))
        text = small.log("floods", flood)
        check("T67 and says why", "The log of this run is longer than 1 MiB, the limit of this server (windlass.maxLogMiB): "
              "the run is stopped" in text, text[-2000:])
        check("T67 it does not become much longer", len(text) < 64 << 20, len(text))
    finally:
        server.kill(15)


def t67_files_without_end(folder):
    """T67: a run keeps so many bytes of artifacts and stashes and no more; who is refused reads why, and others do not notice."""
    with open(folder + "/files.yaml", "w") as file:
        file.write("windlass: {maxFilesMiB: 2}\n")
    server = Server(WINDLASS, folder + "/files", "--executors", "2", "--config", folder + "/files.yaml")
    try:
        admin = Client(server, server.token(), "small")
        small = project_of(server, admin, "small", "lou")
        said = ("The files that this run keeps (artifacts and stashes) would be more than 2 MiB, the limit of this server "
                "(windlass.maxFilesMiB): keep fewer or smaller ones")
        one = "head -c 1000000 /dev/urandom"
        for name, script, good in (
                ("within", f"sh '{one} > a; {one} > b'; archiveArtifacts 'a'; archiveArtifacts 'a'; stash name: 'b', includes: 'b'", True),
                ("archives", f"sh '{one} > a; {one} > b; {one} > c'; archiveArtifacts '*'", False),
                ("bit by bit", f"sh '{one} > a; {one} > b; {one} > c'; archiveArtifacts 'a'; archiveArtifacts 'b'; archiveArtifacts 'c'", False),
                ("stashes", f"sh '{one} > a; {one} > b'; archiveArtifacts '*'; stash name: 'b', includes: 'b'", False),
                ("packs", f"sh '{one} > a; {one} > b; {one} > c'; zip zipFile: 'd.zip', archive: true", False)):
            job = name.replace(" ", "-")
            small.pipeline(job, "node {" + script + "}\necho 'all kept'")
            run_name = small.start(job)
            ended, text = phase(small.ended(run_name)), small.log(job, run_name)
            check(f"T67 files: {name}", (ended, said in text, "all kept" in text) ==
                  (("Succeeded", False, True) if good else ("Failed", True, False)), (ended, text[-1500:]))
            kept = sum(f.stat().st_size for f in pathlib.Path(folder, "files/runs/state/runs").rglob(f"*{job}*/1/files/**/*") if f.is_file())
            check(f"T67 no more than that is on disk: {name}", kept <= 2 << 20, kept)
    finally:
        server.kill(15)


def t67_a_project_without_end(folder):
    """T67: a project whose runs take too much starts no more, is told why and sees how much; one that is deleted makes room."""
    with open(folder + "/project.yaml", "w") as file:
        file.write("windlass: {maxProjectMiB: 3}\n")
    options = (WINDLASS, folder + "/project", "--executors", "2", "--config", folder + "/project.yaml")
    server = Server(*options)
    try:
        admin = Client(server, server.token(), "big")
        big = project_of(server, admin, "big", "bea")
        small = project_of(server, admin, "small", "lou")
        big.pipeline("keeps", "node { sh 'head -c 2000000 /dev/urandom > a'; archiveArtifacts 'a' }")
        small.pipeline("modest", "echo 'hi'")

        def used(client, project):
            return client.call("GET", f"{OURS}/projects/{project}/storage")[1]

        first, second = big.start("keeps"), big.start("keeps")
        check("T67 projects: below the limit they run", [phase(big.ended(run)) for run in (first, second)] == ["Succeeded"] * 2)
        until(lambda: (used(big, "big").get("runs"), used(big, "big").get("bytes", 0) > 3 << 20) == (2, True), "what they take is seen")
        check("T67 projects: and the limit", used(big, "big")["limit"] == 3 << 20, used(big, "big"))
        check("T47 projects: not by another", Client(server, server.token("lou"), "small").call("GET", f"{OURS}/projects/big/storage")[0] == 403)

        def refused(client, run):
            status = client.ended(run)["status"]
            told = [c for c in status["conditions"] if c.get("reason") == "StorageFull"]
            return status["phase"] == "Failed" and told and "windlass.maxProjectMiB" in told[0]["message"] and "delete some" in told[0]["message"]

        metrics = admin.call("GET", "/metrics")[1]
        check("projects: what each takes is measured for operators", f'windlass_project_storage_runs{{project="big"}} 2\n' in metrics
              and "windlass_project_storage_limit_bytes 3145728\n" in metrics, metrics)
        check("T47 projects: measures of others are not shown", 'project="big"' not in Client(server, server.token("lou"), "small").call("GET", "/metrics")[1])
        third = big.start("keeps")
        check("T67 projects: then none starts, and it says why", refused(big, third), big.run(third).get("status"))
        check("T67 projects: others do not notice", phase(small.ended(small.start("modest"))) == "Succeeded")
        server.kill()
        server = Server(*options)
        big.server = small.server = admin.server = server
        until(lambda: used(big, "big").get("runs") == 2, "after a restart it is measured again")
        fourth = big.start("keeps")
        check("T67 projects: and holds", refused(big, fourth), big.run(fourth).get("status"))
        big.call("DELETE", f"{V3}/namespaces/big/pipelineruns/{first}")
        until(lambda: used(big, "big").get("runs") == 1, "one that is deleted makes room")
        check("T67 projects: the next one runs", phase(big.ended(big.start("keeps"))) == "Succeeded")
        # What goes on counts as well: nobody fills the disk with runs that do not end.
        small.pipeline("goes-on", "node { sh 'head -c 4000000 /dev/urandom > a'; archiveArtifacts 'a' }\ninput 'more?'")
        going = small.start("goes-on")
        until(lambda: used(small, "small").get("bytes", 0) > 3 << 20, "a run that goes on is measured")
        check("T67 projects: runs that go on are seen", used(small, "small")["runs"] == 2, used(small, "small"))
        check("T67 projects: and none starts beside them", refused(small, small.start("modest")))
        server.kill()
        server = Server(*options)
        big.server = small.server = admin.server = server
        until(lambda: used(small, "small").get("bytes", 0) > 3 << 20, "after a restart too")
        check("T67 projects: still none", refused(small, small.start("modest")))
        small.call("POST", f"{V2}/devops/small/pipelines/goes-on/runs/1/stop/")
        small.ended(going)
        small.call("DELETE", f"{V3}/namespaces/small/pipelineruns/{going}")
        until(lambda: used(small, "small").get("runs") == 1, "when it has gone there is room")
        check("T67 projects: and the next one starts", phase(small.ended(small.start("modest"))) == "Succeeded")
    finally:
        server.kill(15)


def t40_memory_of_its_own(folder):
    """T40: no core dump of a server is written, and nobody looks into it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        server = Server(WINDLASS, folder + "/dies")
        os.kill(server.process.pid, 6)
        _, status = os.waitpid(server.process.pid, 0)
        check("T40 it died of it", os.WIFSIGNALED(status) and os.WTERMSIG(status) == 6, status)
        check("T40 without a core dump", not os.WCOREDUMP(status), (status, hard))
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def t49_rights_of_today(server, acme, dan):
    """T49: replay, restart and rerun ask for the rights of now."""
    runs = f"{V2}/devops/acme/pipelines/secret-p/runs/1/replay/"
    restart = f"{OURS}/projects/acme/pipelines/secret-p/runs/1/restart"
    check("T49 a developer replays", dan.call("POST", runs, {})[0] == 200)
    acme.call("PUT", f"{OURS}/projects/acme/members/dan", {"role": "viewer"})
    for path, body in ((runs, {}), (restart, {"step": 3}), (f"{V3}/namespaces/acme/pipelines/secret-p/pipelineruns", {})):
        status, got, _ = dan.call("POST", path, body)
        check(f"T49 a viewer of today may not: {path}", status == 403, (status, got))


def t50_whose_identity(server, acme, eve):
    """T50: what one may not run with one's own rights, one does not get by writing it into an object."""
    eve_home = Client(server, eve.token, "evil")
    eve_home.pipeline("steals", "withCredentials([string(credentialsId: 'secret-c', variable: 'X')]) { echo X }")
    name = eve_home.start("steals")
    got = eve_home.until(name, lambda r: r.get("status", {}).get("completionTime"))
    check("T50 a credential of another project does not exist for a run", phase(got) == "Failed", got)
    status, got, _ = eve.call("POST", f"{APIS}/namespaces/evil/pipelineruns", {
        "metadata": {"name": "foreign"}, "spec": {"pipelineRef": {"name": "secret-p", "namespace": "acme"}}})
    if status == 201:
        shown = eve.call("GET", f"{APIS}/namespaces/evil/pipelineruns/foreign")[1]
        until(lambda: phase(eve.call("GET", f"{APIS}/namespaces/evil/pipelineruns/foreign")[1]), "it is looked at")
        shown = eve.call("GET", f"{APIS}/namespaces/evil/pipelineruns/foreign")[1]
        check("T50 a run means a pipeline of its own project", phase(shown) == "Pending" and "in evil" in json.dumps(shown), shown)
    for kind, spec in (("clustertemplates", {"template": "x"}), ("clustersteptemplates", {"template": "x"})):
        status, got, _ = eve.call("POST", f"{APIS}/{kind}", {"metadata": {"name": "mine"}, "spec": spec})
        check(f"T50 {kind}, which all projects use, are the administrators'", status == 403, (status, got))


def t51_t56_who_calls(server, acme, eve):
    path = f"{V3}/devops/acme/pipelines"
    for headers in ({"Impersonate-User": "admin"}, {"Impersonate-User": "admin", "Impersonate-Group": "system:masters"},
                    {"X-Remote-User": "admin"}, {"X-Forwarded-User": "admin"}, {"X-KubeSphere-User": "admin"}):
        status, got, _ = eve.call("GET", path, headers=headers)
        check(f"T51 {headers} makes nobody of her", status == 403, (status, got))
        status = server.request("GET", path, None, None, headers)[0]
        check(f"T51 nor of nobody: {headers}", status == 401, status)
    check("T56 tokens have a prefix that scanners know", re.fullmatch(r"wl_[\w-]{40,}", acme.token))
    for query in ("token", "access_token", "api_key"):
        status = server.request("GET", f"{path}?{query}={acme.token}")[0]
        check(f"T56 a token in the URL is none ({query})", status == 401, status)
    stored = b"".join(one.read_bytes() for one in pathlib.Path(server.folder).glob("identity.db*"))
    check("T56 none is on the disk", acme.token.encode() not in stored and acme.token[3:].encode() not in stored)


def t52_arguments(server, acme, folder):
    """T52: what looks like a file's name is a text."""
    env = {**os.environ, "XDG_CONFIG_HOME": folder + "/config", "LANG": "C.UTF-8"}
    subprocess.run([WINDLASS, "login", server.address, "--token-stdin"], input=acme.token, text=True, check=True, env=env,
                   capture_output=True, timeout=60)
    acme.pipeline("args", "echo \"got ${params.A}\"", parameters=[{"name": "A", "type": "string", "default_value": "x"}])
    for text in ("@/etc/passwd", "-", "$HOME", "${env.PATH}", "file:///etc/passwd"):
        done = subprocess.run([WINDLASS, "start", "acme/args", "--param", "A=" + text, "--follow"], text=True, env=env,
                              capture_output=True, timeout=60)
        check(f"T52 {text} stays what it is", f"got {text}\n" in done.stdout, done.stdout + done.stderr)


def t60_poisoned_objects(server, acme, admin):
    """T60: a malformed object harms itself: CVE-2026-40886 was one annotation that ended a controller again and again."""
    hostile = ["", "/", "//", "{", "[", "-1", "9" * 400, "null", "\u202e", "a" * 100_000, "{\"a\":" * 500, "1;2;3", "\n\t", "%s%n"]
    keys = ["windlass.io/max-running", "windlass.io/timer-missed", "windlass.io/timer-last", "windlass.io/builds-from",
            "windlass.io/from-template", "windlass.io/keep", "windlass.io/order", "windlass.io/upstream", "windlass.io/claim",
            "windlass.io/environment", "windlass.io/cause", "windlass.io/restart-of", "windlass.io/restart-step",
            "windlass.io/replay-of", "workflows.argoproj.io/pod-gc-strategy", "devops.kubesphere.io/jenkins-pipelinerun-id",
            "devops.kubesphere.io/jenkins-pipelinerun-status", "pipeline.devops.kubesphere.io/jenkinsfile",
            "pipeline.devops.kubesphere.io/jenkinsfile.edit.mode", "pipeline.devops.kubesphere.io/jenkins-metadata"]
    made = 0
    for index, value in enumerate(hostile):
        notes = {key: value for key in keys}
        for kind, body in (("pipelines", {"spec": {"type": "pipeline", "pipeline": {"name": f"bad-{index}", "jenkinsfile": "echo 'x'",
                                                                                   "timer_trigger": {"cron": value[:1000]}}}}),
                           ("pipelineruns", {"spec": {"pipelineRef": {"name": "args"}, "parameters": [{"name": "A", "value": value[:1000]}]}})):
            body["metadata"] = {"name": f"bad-{index}", "annotations": notes if len(value) < 10_000 else {keys[0]: value}}
            status, got, _ = admin.call("POST", f"{APIS}/namespaces/acme/{kind}", body)
            check("T60 a hostile object is kept or refused with a sentence", status == 201 or (400 <= status < 500 and got["message"]),
                  (status, str(got)[:300]))
            made += status == 201
    check("T60 several are kept", made > 10, made)
    for _ in range(2):
        good = acme.start("args")
        check("T60 beside them others run", phase(acme.until(good, lambda r: r.get("status", {}).get("completionTime"))) == "Succeeded")
        server.kill()
        server.start()  # a start looks at all of them again
    check("T60 and it lives", server.process.poll() is None and admin.call("GET", "/readyz")[0] == 200)


def t65_descriptors(server, acme):
    """T65: without descriptors new clients wait, with a line in the log; what runs goes on, and after it all is well."""
    if is_sanitized(WINDLASS):
        return check.skip("T65 descriptors", "a sanitizer needs some of its own, and ends the program without them")
    acme.pipeline("works", "node { sh 'echo begun; while [ ! -e go ]; do sleep 0.1; done; echo done' }")
    name = acme.start("works")
    view = f"{OURS}/projects/acme/pipelines/works/runs/1"
    until(lambda: "begun" in str(acme.call("GET", view + "/log")[1]), "it works")
    pid = server.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = len(os.listdir(f"/proc/{pid}/fd"))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 8, before[1]))
    sockets = []
    try:
        for _ in range(60):
            sockets.append(socket.create_connection(("127.0.0.1", server.port), timeout=10))
        until(lambda: "cannot accept a connection" in pathlib.Path(server.folder + ".log").read_text(), "T65 it says what it lacks")
        workspace = next(pathlib.Path(server.folder).glob("runs/state/workspace/acme_works*"))
        (workspace / "go").write_text("")
    finally:
        for one in sockets:
            one.close()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    got = acme.until(name, lambda r: r.get("status", {}).get("completionTime"))
    check("T65 what ran has ended well", phase(got) == "Succeeded" and "done" in str(acme.call("GET", view + "/log")[1]), got)
    code, out, err = run(WINDLASS, "check", "--data", server.folder)
    check("T65 nothing is damaged", code == 0, out + err)


def t66_fairness(server, acme, eve, admin):
    """T66: the queue of one tenant is no wait for another's first run."""
    eve_home = Client(server, eve.token, "evil")
    eve_home.pipeline("floods", "node { sleep 600 }")
    for _ in range(300):
        eve_home.start("floods")
    until(lambda: admin.call("GET", f"{OURS}/load")[1]["running"] + admin.call("GET", f"{OURS}/load")[1]["queued"] >= 300,
          "three hundred wait or run")
    load = [n for n in admin.call("GET", f"{OURS}/load")[1]["nodes"] if n["node"] == "built-in"][0]
    check("T66 her executors are all taken", load["busy"] == load["executors"], load)
    began = time.monotonic()
    name = acme.start("args")
    acme.until(name, lambda r: r.get("status", {}).get("completionTime"))
    check("T66 another's run is through at once", time.monotonic() - began < 2, time.monotonic() - began)


def t70_our_own_log(server):
    """T70: nobody writes lines of his own into the log of the server, nor secrets."""
    for user in ("a\nwindlass: FORGED", "a\r\nwindlass: FORGED", "\x1b[31mwindlass: FORGED"):
        server.request("POST", "/login", None, {"user": user, "password": "hushpassword"}, {"Accept": "application/json"})
        server.request("GET", "/kapis/windlass.io/v1/projects/x%0Awindlass:%20FORGED/members", "wl_" + "a" * 51)
    text = pathlib.Path(server.folder + ".log").read_text()
    lines = text.splitlines()
    check("T70 no line is somebody else's", not [line for line in lines if line.startswith("windlass: FORGED")], lines[-20:])
    check("T70 no control characters", not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text))
    check("T70 no secrets", "hushvalue" not in text and "hushpassword" not in text and not re.search(r"wl_[\w-]{40}", text))
    audit = pathlib.Path(server.folder, "audit.log").read_text()
    check("T69 T36 nor in the audit log", "hushvalue" not in audit and "hushpassword" not in audit
          and all(json.loads(line) for line in audit.splitlines()))


def t72_factory_settings(folder):
    """T72: no default password, nobody writes, this machine only."""
    log = open(folder + "/fresh.log", "w")
    process = subprocess.Popen([WINDLASS, "server", "--data", folder + "/fresh"], stdout=log, stderr=log)
    try:
        address = pathlib.Path(folder, "fresh/address")
        until(lambda: address.exists() or process.poll() is not None, "it starts")
        if process.poll() is not None:
            check("T72 port 9090 is somebody else's here, and it says so", "9090" in pathlib.Path(folder + "/fresh.log").read_text())
            return
        host, port = address.read_text().strip().removeprefix("http://").rsplit(":", 1)
        check("T72 it listens on this machine only", host in ("127.0.0.1", "[::1]"), host)
        said = pathlib.Path(folder + "/fresh.log")
        until(lambda: "/login?setup=" in said.read_text(), "T72 the first administrator comes by a link")
        check("T72 of one use", said.read_text().count("/login?setup=") == 1, said.read_text())
        import http.client
        for user, password in (("admin", ""), ("admin", "admin"), ("admin", "P@88w0rd"), ("admin", "windlass")):
            connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
            connection.request("POST", "/login", json.dumps({"user": user, "password": password}),
                               {"Content-Type": "application/json", "Accept": "application/json"})
            check(f"T72, ill 22: {user}/{password} opens nothing", connection.getresponse().status in (400, 401), password)
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
        connection.request("POST", f"{APIS}/devopsprojects", "{}", {"Content-Type": "application/json"})
        check("T72 nobody writes", connection.getresponse().status == 401)
        mode = pathlib.Path(folder, "fresh").stat().st_mode & 0o777
        check("T72 its folder is its own", mode == 0o700, oct(mode))
    finally:
        process.terminate()
        process.wait()


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(WINDLASS, folder + "/data", "--executors", "4")
        try:
            admin = Client(server, server.token())
            acme = project_of(server, admin, "acme", "ann")
            project_of(server, admin, "evil", "eve")
            eve = Client(server, server.token("eve"), "acme")
            t47_nothing_of_others(server, acme, eve)
            dan = t48_approvals(server, acme)
            t48_several(server, acme)
            t49_rights_of_today(server, acme, dan)
            t50_whose_identity(server, acme, eve)
            t51_t56_who_calls(server, acme, eve)
            t52_arguments(server, acme, folder)
            t60_poisoned_objects(server, acme, admin)
            t65_descriptors(server, acme)
            t66_fairness(server, acme, eve, admin)
            t70_our_own_log(server)
            server.kill(15)
            check("SIGTERM ends it cleanly", server.process.returncode == 0, str(server.process.returncode))
            code, out, err = run(WINDLASS, "check", "--data", server.folder)
            check("T71 the check of its folder passes", code == 0, out + err)
        finally:
            if server.process.poll() is None:
                server.process.kill()
        t72_factory_settings(folder)
        t67_a_log_without_end(folder)
        t67_files_without_end(folder)
        t67_a_project_without_end(folder)
        t40_memory_of_its_own(folder)
    check.end()


main()
