#!/usr/bin/env python3
"""The client commands against a server: login, project, pipeline, start, runs, logs, input, stop, explain.

usage: client_test.py WINDLASS [--kubeconfig FILE]
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from harness import Checks, Server, of_cluster

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
OF_CLUSTER, CLUSTER = of_cluster(sys.argv)
check = Checks()


def outputs(client, check):
    """Each command speaks to programs as well: JSON, or YAML, of the same facts."""
    for words in (["project", "list"], ["pipeline", "list", "shop"], ["runs", "--server", "shop/free"], ["explain", "shop/free"],
                  ["logs", "--server", "shop/free"], ["logs", "--server", "shop/free", "--tail", "1"],
                  ["logs", "--server", "shop/free", "--follow"], ["logs", "--server", "shop/free", "--search", "a b"],
                  ["start", "shop/free"], ["stop", "shop/free", "--wait"], ["diff", "shop/free"], ["account"],
                  ["project", "create", "made"], ["project", "delete", "made"],
                  ["pipeline", "delete", "shop/none"]):
        name = " ".join(words)
        code, out, err = client(*words, "--output", "json")
        lines = [json.loads(line) for line in out.splitlines()]
        check(f"{name} --output json", code == 0 and lines and all(isinstance(one, dict) for one in lines), out + err)
        if words[-2:][0] in ("create", "delete"):
            continue
        code, out, err = client(*words, "-o", "yaml")
        check(f"{name} --output yaml", code == 0 and ": " in out and not out.startswith("{"), out + err)
        plain, table = (client(*words, "--output", word) for word in ("plain", "table"))
        check(f"{name}: table is plain", plain[0] == table[0] == 0 and (words[0] in ("start", "explain", "diff") or
              plain[1] == table[1]), plain[1] + table[1])
    lines = [json.loads(line) for line in client("logs", "--server", "shop/free#1", "--output", "json")[1].splitlines()]
    check("the lines of a log have numbers, times and steps", [one["number"] for one in lines] ==
          list(range(1, len(lines) + 1)) and any(one["text"] == "a b" and one["node"] for one in lines), lines)


def what_is_not_there(client):
    """Who mistypes is told so; nothing looks as if there were merely no runs."""
    for words in (["runs", "--server", "shop/nothing"], ["explain", "shop/nothing"], ["logs", "--server", "shop/nothing"],
                  ["input", "shop/nothing"], ["start", "shop/nothing"], ["pipeline", "list", "nowhere"], ["credential", "list", "nowhere"]):
        code, out, err = client(*words)
        check(f"{' '.join(words)} says that it is not there", code == 64 and "not found" in err and not out, (code, out, err))
    code, out, err = client("logs", "shop/ask")
    check("logs of this machine say how those of the server are read", code == 64 and "logs --server shop/ask" in err, err)
    code, out, err = client("runs", "shop/ask")
    check("a pipeline may be named without more", (code, out) == (0, "no runs yet\n"), out + err)
    check("which one is asked for", "which one?" in client("explain")[2])
    code, out, err = client("account", "create", "a b")
    check("a name is letters and digits", code == 64 and "is no name" in err, err)
    code, out, err = client("runs", "--server", "shop/ask", "--limit", "x")
    check("a limit is a number", code == 64 and "whole number" in err, (code, out, err))


def tokens(client):
    for scopes in (["project:shop"], ["read", "project:shop", "project:ask-2"]):
        code, out, err = client("token", "create", *[word for scope in scopes for word in ("--scope", scope)])
        check(f"a token for {scopes}", code == 0 and out.startswith("wl_"), out + err)
    code, out, err = client("token", "list")
    check("tokens show what they are for", "read project:ask-2 project:shop" in out or "read project:shop project:ask-2" in out, out)
    for scope in ("project:", "projects:shop", "write"):
        code, out, err = client("token", "create", "--scope", scope)
        check(f"none for {scope}", code == 64 and "read or project:NAME" in err, out + err)


def folders(client, folder):
    """A folder that is none is said to be none, and nothing is made there."""
    none = pathlib.Path(folder, "none")
    for words in (["token", "list"], ["token", "revoke", "abc"], ["audit"], ["check"], ["kubeconfig"]):
        code, out, err = client(*words, "--data", str(none))
        check(f"{words} of no folder is refused with a sentence", code != 0 and str(none) in err and not none.exists(), (code, out + err))
    code, out, err = client("server", "--data", str(none), "--config", folder)
    check("a folder is no configuration", code == 64 and "is a folder" in err, (code, err))


def completion(client):
    """What a shell completes are the server's names."""
    for what, line, wanted in (("projects", ["pipeline", "list"], "shop"), ("pipelines", ["start"], "shop/ask"),
                               ("parameters", ["start", "shop/ask", "--param"], "WHO="), ("questions", ["input", "shop/ask", "--id"], "Ok\tReally?")):
        code, out, err = client("completion", "--list", what, *[f"--line={word}" for word in line])
        check(f"{what} of the server are completed", code == 0 and wanted in out.splitlines(), (code, out + err))
    code, out, err = client("completion", "--list", "pipelines", "--line=start", WINDLASS_SERVER="http://127.0.0.1:1")
    check("a server that is not there has none", code != 0 and out == "", (code, out))


def credentials(client, folder):
    key = pathlib.Path(folder, "key")
    key.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n")
    for words, stdin, kind in ((["shop/registry", "--user", "ci"], "hunter22\n", "basic-auth"), (["shop/word"], "sesame\n", "secret-text"),
                               (["shop/git", "--type", "ssh-auth", "--user", "git", "--file", str(key)], "", "ssh-auth")):
        code, out, err = client("credential", "create", *words, stdin=stdin)
        check(f"a credential {words}", code == 0 and not out, out + err)
        listed = dict(line.split() for line in client("credential", "list", "shop")[1].splitlines())
        check("is listed with its type", listed.get(words[0].split("/")[1]) == kind, listed)
    code, out, err = client("credential", "list", "shop", "-o", "json")
    check("its value is not shown", code == 0 and "registry" in out and "hunter22" not in out and "aHVudGVyMjI" not in out
          and "c2VzYW1l" not in out, out)
    script = pathlib.Path(folder, "Binds")
    script.write_text("node { withCredentials([usernamePassword(credentialsId: 'registry', usernameVariable: 'U', passwordVariable: 'P')])"
                      " { sh 'echo \"$U ${#P}\"' } }")
    client("pipeline", "create", "shop/binds", "--file", str(script))
    code, out, err = client("start", "shop/binds", "--follow")
    check("runs have it", code == 0 and "ci 8" in out, out + err)
    for words, stdin, said in ((["create", "shop/registry", "--user", "ci"], "x\n", "already exists"), (["create", "shop/none"], "", "no secret came"),
                               (["create", "shop/none", "--type", "ssh-auth"], "x", "needs --user"), (["create", "shop"], "x", "PROJECT/CREDENTIAL"),
                               (["create", "shop/none", "--type", "secret-text", "--user", "ci"], "x\n", "has no user"),
                               (["delete", "shop/none"], "", "not found")):
        code, out, err = client("credential", *words, stdin=stdin)
        check(f"credential {words} is refused with a sentence", code == 64 and said in err, (code, out + err))
    check("one goes", client("credential", "delete", "shop/word")[0] == 0)
    # It goes as each object with a finalizer does: when its controller has let it.
    deadline = time.monotonic() + 30
    while "word" in (out := client("credential", "list", "shop")[1]) and time.monotonic() < deadline:
        time.sleep(0.02)
    check("and is gone", "word" not in out, out)


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(WINDLASS, folder + "/data", *OF_CLUSTER, cluster=CLUSTER)
        env = {**os.environ, "XDG_CONFIG_HOME": folder + "/config", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}

        def client(*words, stdin="", **more):
            done = subprocess.run([WINDLASS, *words], input=stdin, capture_output=True, text=True, timeout=60,
                                  env={**env, **more})
            return done.returncode, done.stdout, done.stderr

        try:
            code, out, err = client("project")
            check("without a login it says what to do", code == 64 and "windlass login URL" in err, err)
            code, out, err = client("login", server.address, "--token-stdin", stdin="wl_" + "a" * 51 + "\n")
            check("a wrong token is no login", code == 64 and "does not know us" in err, err)
            code, out, err = client("login", server.address, "--token-stdin", stdin=server.token() + "\n")
            check("login", code == 0, err)
            code, out, err = client("login", server.address, "--token-stdin", "--output", "json", stdin=server.token() + "\n")
            check("login says as whom", code == 0 and json.loads(out)["name"] == "admin" and "wl_" not in out, out + err)
            mode = pathlib.Path(folder, "config/windlass/server.json").stat().st_mode & 0o777
            check("its file is for nobody else", mode == 0o600, oct(mode))
            check("project create", client("project", "create", "shop")[0] == 0)
            code, out, err = client("project", "list")
            check("project list", out == "shop\n", out)
            script = pathlib.Path(folder, "Jenkinsfile")
            script.write_text("""
pipeline { agent none
  parameters { string(name: 'WHO', defaultValue: 'x') }
  stages {
    stage('Hello') { steps { echo "hello ${params.WHO}" } }
    stage('Never') {
      when { expression { false } }
      steps { echo 'no' }
    }
    stage('Ask') { steps { input(id: 'Ok', message: 'Really?') } }
  } }
""")
            code, out, err = client("pipeline", "create", "shop/ask", "--file", str(script))
            check("pipeline create", code == 0, err)
            check("of what is right nothing is said", err == "", err)
            what_is_not_there(client)
            tokens(client)
            folders(client, folder)
            credentials(client, folder)
            wrong = pathlib.Path(folder, "Wrong")
            wrong.write_text("pipeline {\n  agent any\n  stages { }\n}\n")
            code, out, err = client("pipeline", "create", "shop/wrong", "--file", str(wrong))
            check("a Jenkinsfile that is not valid is kept, and what is wrong is said", code == 0 and f"{wrong}:3:3: No stages specified" in err
                  and "its runs will fail" in err, (code, out, err))
            code, out, err = client("start", "shop/ask", "--param", "WHO=you")
            check("start prints the run", (code, out) == (0, "shop/ask#1\n"), out + err)
            deadline = time.monotonic() + 60
            while "Really?" not in (out := client("input", "shop/ask")[1]) and time.monotonic() < deadline:
                time.sleep(0.05)
            check("input shows the question", out == "Ok\tReally?\n", out)
            code, out, err = client("input", "shop/ask", "--output", "json")
            check("or its facts", json.loads(out)["message"] == "Really?", out + err)
            completion(client)
            code, out, err = client("explain", "shop/ask")
            check("ill 32: explain says what it waits for", "waits for an answer: Really?" in out
                  and "stage Never was skipped" in out, out)
            code, out, err = client("explain", "shop/ask", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")
            check("in Chinese", "等待回答：Really?" in out, out)
            follower = subprocess.Popen([WINDLASS, "logs", "--server", "--follow", "shop/ask#1"], env=env,
                                        stdout=subprocess.PIPE, text=True)
            code, out, err = client("input", "shop/ask", "--proceed")
            check("input answers", code == 0, err)
            text = follower.communicate(timeout=60)[0]
            check("logs --follow ends with the run", "hello you\n" in text and text.endswith("Finished: SUCCESS\n"), text)
            code, out, err = client("input", "shop/ask", "--proceed")
            check("nothing is asked any more", code == 64 and "asks nothing" in err, err)
            script.write_text("input(id: 'Ship', message: 'Ship it?')\n")
            code, out, err = client("pipeline", "create", "shop/several", "--file", str(script))
            server.objects("PATCH", "/apis/devops.kubesphere.io/v1alpha3/namespaces/shop/pipelines/several", server.token(),
                           '{"metadata":{"annotations":{"windlass.io/approvals":"2"}}}', {"Content-Type": "application/merge-patch+json"})
            client("start", "shop/several")
            while "Ship" not in (out := client("input", "shop/several")[1]) and time.monotonic() < deadline:
                time.sleep(0.05)
            check("input says that several must approve", out == "Ship\tShip it?\n  2 people must approve, nobody has yet\n", out)
            code, out, err = client("input", "shop/several", "--proceed")
            check("one of them", code == 0 and out == "1 of 2 people have approved: admin\n", out + err)
            code, out, err = client("input", "shop/several")
            check("input says who has", out == "Ship\tShip it?\n  1 of 2 people have approved: admin\n", out)
            code, out, err = client("input", "shop/several", "--output", "json")
            check("or its facts", json.loads(out)["approvals"]["by"] == ["admin"], out)
            check("explain says it", "\n  1 of 2 people have approved: admin\n" in client("explain", "shop/several")[1],
                  client("explain", "shop/several")[1])
            code, out, err = client("explain", "shop/several", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")
            check("in Chinese", "1/2 人已批准：admin" in out, out)
            client("stop", "shop/several", "--wait")
            script.write_text("""
pipeline { agent any
  stages { stage('Build') { steps {
    sh 'echo compiling'
    sh 'exit 7'
  } } } }
""")
            code, out, err = client("pipeline", "create", "shop/broken", "--file", str(script))
            check("another pipeline", code == 0, err)
            code, out, err = client("start", "shop/broken", "--follow")
            check("start --follow has the run's exit code", code == 1 and out.endswith("Finished: FAILURE\n"), out + err)
            code, out, err = client("explain", "shop/broken#1")
            check("explain names the first cause", "first cause: stage Build, sh in line 5: script returned exit code 7"
                  in out, out)
            code, out, err = client("explain", "shop/broken#1", "--output", "json")
            check("or gives the facts", json.loads(out)["firstCause"]["step"] == "sh", out)
            for text, said in (("echo 'a'\nfoo.bar()", "its script in line 2: No such property: foo"),
                               ("node('nowhere') { echo 'x' }", "There are no nodes with the label"),
                               ("pipeline { agent { label 'nowhere' }\n stages { stage('A') { steps { echo 'x' } } } }", "There are no nodes with the label"),
                               ("try { foo.bar() } catch (e) { echo 'caught' }\nthrow new Exception('boom')", "its script in line 2: boom")):
                script.write_text(text)
                client("pipeline", "create", "shop/throws", "--file", str(script))
                client("start", "shop/throws", "--follow")
                code, out, err = client("explain", "shop/throws")
                check("explain names what the script threw", "first cause: " in out and said in out, out)
            script.write_text("node { sh 'while true; do sleep 0.1; done' }")
            client("pipeline", "create", "shop/broken", "--file", str(script))
            client("start", "shop/broken")
            code, out, err = client("stop", "shop/broken", "--wait")
            check("stop --wait", out == "shop/broken#2 FINISHED ABORTED\n", out + err)
            code, out, err = client("runs", "--server", "shop/broken")
            check("runs --server", [line.split()[:2] for line in out.splitlines()] == [["#2", "ABORTED"], ["#1", "FAILURE"]],
                  out)
            deadline = time.monotonic() + 60
            while "#2 ABORTED" not in (out := client("pipeline", "list", "shop")[1]) and time.monotonic() < deadline:
                time.sleep(0.05)
            check("pipeline list", "ask" in out and "#1 SUCCESS" in out and "#2 ABORTED" in out, out)
            for number in range(12):  # more than a page of KubeSphere's API
                client("pipeline", "create", f"shop/many-{number}", "--file", str(script))
            out = client("pipeline", "list", "shop")[1]
            check("pipeline list has all of them", sum(line.startswith("many-") for line in out.splitlines()) == 12, out)
            for number in range(12):
                client("pipeline", "delete", f"shop/many-{number}")
            check("pipeline delete", "many-" not in client("pipeline", "list", "shop")[1])
            code, out, err = client("start", "shop/ask", "--param", "WOH=you")
            check("a parameter that is not defined is refused, with the nearest", code == 64 and out == "" and
                  "defines no parameter named WOH; did you mean WHO?" in err, out + err)
            code, out, err = client("runs", "--server", "shop/ask")
            check("and starts nothing", len(out.splitlines()) == 1, out)
            script.write_text("pipeline { agent any\n  stages { stage('x') { stepz { echo 'x' } } }\n}\n")
            client("pipeline", "create", "shop/invalid", "--file", str(script))
            code, out, err = client("start", "shop/invalid", "--follow")
            check("an invalid Jenkinsfile fails", code == 1, out + err)
            code, out, err = client("explain", "shop/invalid")
            check("explain says where it is not valid", "first cause: its Jenkinsfile is not valid, line 2, column 12: " in out
                  and "stepz" in out, out)
            code, out, err = client("explain", "shop/invalid", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")
            check("in Chinese", "首要原因：Jenkinsfile 无效，第 2 行" in out, out)
            script.write_text("pipeline { agent none\n  stages { stage('x') { steps { echo 'x' } } }\n}\n")
            client("pipeline", "create", "shop/none", "--file", str(script))
            code, out, err = client("start", "shop/none", "--param", "A=b")
            check("a pipeline without any", code == 64 and "it defines none" in err, out + err)
            script.write_text("echo \"a ${params.A}\"")
            client("pipeline", "create", "shop/free", "--file", str(script))
            code, out, err = client("start", "shop/free", "--param", "A=b", "--follow")
            check("a Scripted one may have any", code == 0 and "a b\n" in out, out + err)
            status, head, text = server.request("POST", "/kapis/devops.kubesphere.io/v1alpha3/namespaces/shop/pipelines/none/"
                                                "pipelineruns", server.token(), {"parameters": [{"name": "A", "value": 1}]})
            check("the old surface warns and runs", status == 200 and head["Warning"].startswith('299 - "the pipeline '
                  'shop/none defines no parameter named A'), str(head))
            outputs(client, check)
            code, out, err = client("start", "shop/nowhere")
            check("an unknown pipeline", code == 64 and "nowhere" in err, err)
            code, out, err = client("stop", "shop")
            check("a wrong name", code == 64 and "PROJECT/PIPELINE" in err, err)
            check("pipeline delete", client("pipeline", "delete", "shop/ask")[0] == 0)
            check("project delete", client("project", "delete", "shop")[0] == 0)
            if CLUSTER:
                left = CLUSTER.leave_nothing()
                check("nothing is left on the cluster", not left, str(left))
            server.kill(15)
            code, out, err = client("project", "list")
            check("a server that is gone", code == 70 and "does not answer" in err, err)
        finally:
            if server.process.poll() is None:
                server.process.kill()
    check.end()


main()
