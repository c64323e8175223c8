#!/usr/bin/env python3
"""Jenkins' Configuration as Code of `windlass server`, from outside: the ConfigMap of KubeSphere's chart is written, and
runs, rights and the pages of Jenkins' plugin follow within seconds; what is wrong changes nothing.

usage: casc_test.py WINDLASS
"""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

from harness import Server
from run_client import OURS, V2, V3, Client, check, phase, until

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
MAPS = "/api/v1/namespaces/kubesphere-devops-system/configmaps"
SECRET = "a-secret-of-kubesphere-0123456789abcdef"
PASSWORD, SONAR_TOKEN = "mail-Passw0rd-never-shown", "sonar-t0ken-never-shown"


class Mailbox:
    """An SMTP server that asks for a login; keeps what it was told."""

    def __init__(self):
        box = self
        box.mails = []

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                def say(line):
                    self.wfile.write(line.encode() + b"\r\n")

                mail = {"login": "", "to": [], "text": ""}
                say("220 box")
                while line := self.rfile.readline().decode(errors="replace"):
                    word = line.split(" ")[0].strip().upper()
                    if word == "EHLO":
                        say("250-box\r\n250 AUTH PLAIN LOGIN")
                    elif word == "AUTH":
                        words = line.split()
                        if len(words) < 3:
                            say("334 ")
                            words.append(self.rfile.readline().decode().strip())
                        mail["login"] = base64.b64decode(words[-1]).decode().replace("\0", " ").strip()
                        say("235 ok")
                    elif word == "RCPT":
                        mail["to"].append(line.split("<")[1].split(">")[0])
                        say("250 ok")
                    elif word == "DATA":
                        say("354 go on")
                        while (text := self.rfile.readline().decode(errors="replace")) not in (".\r\n", ""):
                            mail["text"] += text
                        box.mails.append(mail)
                        say("250 kept")
                    elif word == "QUIT":
                        return say("221 bye")
                    else:
                        say("250 ok")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]


def jwt(user):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
    now = int(time.time())
    text = part({"alg": "HS256", "typ": "JWT"}) + b"." + part(
        {"username": user, "sub": user, "token_type": "static_token", "iat": now, "exp": now + 3600, "iss": "kubesphere"})
    mark = base64.urlsafe_b64encode(hmac.new(SECRET.encode(), text, hashlib.sha256).digest()).rstrip(b"=")
    return (text + b"." + mark).decode()


def make_library(folder):
    os.makedirs(folder + "/sub/vars")

    def git(*words):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=folder, check=True, capture_output=True)

    git("init", "--quiet", "-b", "main")
    for word in ("one", "two"):
        pathlib.Path(folder, "sub/vars/greet.groovy").write_text(f"def call() {{ echo 'library {word}' }}\n")
        git("add", ".")
        git("commit", "--quiet", "-m", word)
        git("branch", "v-" + word)


def document(folder, port, **more):
    given = {"greeting": "hello", "quiet": 0, "roles": "", "sonar": "http://sonar-two:9000"} | more
    return f"""
jenkins:
  mode: EXCLUSIVE
  labelString: special
  quietPeriod: {given["quiet"]}
  scmCheckoutRetryCount: 1
  globalNodeProperties:
  - envVars:
      env:
      - {{key: GREETING, value: "{given["greeting"]}"}}
{given["roles"]}
unclassified:
  location: {{url: "https://ci.example.org", adminAddress: "CI <ci@example.org>"}}
  mailer:
    smtpHost: 127.0.0.1
    smtpPort: "{port}"
    replyToAddress: no-reply@example.org
    defaultSuffix: "@example.org"
    authentication: {{username: ci, password: {PASSWORD}}}
  sonarGlobalConfiguration:
    installations:
    - {{name: first, serverUrl: "http://sonar-one:9000"}}
    - {{name: second, serverUrl: "{given["sonar"]}/", serverAuthenticationToken: {SONAR_TOKEN}}}
  globalLibraries:
    libraries:
    - name: shared
      defaultVersion: main
      allowVersionOverride: false
      retriever: {{modernSCM: {{libraryPath: sub, scm: {{git: {{remote: "file://{folder}/library"}}}}}}}}
    - name: free
      retriever: {{modernSCM: {{libraryPath: sub, scm: {{git: {{remote: "file://{folder}/library"}}}}}}}}
tool:
  maven: {{installations: [{{name: m3, home: /opt/maven}}]}}
  jdk: {{installations: [{{name: m3, home: /opt/jdk}}]}}
"""


class World:
    def __init__(self, folder):
        self.folder = folder
        self.box = Mailbox()
        make_library(folder + "/library")
        self.config = pathlib.Path(folder, "kubesphere.yaml")
        self.configure()
        self.server = Server(WINDLASS, folder + "/data", "--config", str(self.config))
        self.token = self.server.token()
        self.admin = Client(self.server, self.token)
        self.admin.project_is_made()
        until(lambda: self.admin.call("GET", "/api/v1/namespaces/kubesphere-devops-system")[0] == 200, "the system's namespace")
        self.has_map = False

    def configure(self, more=""):
        fresh = pathlib.Path(self.folder, "fresh")
        fresh.write_text(f"authentication: {{jwtSecret: {SECRET}}}\nwindlass:\n  executors: 4\n{more}")
        os.rename(fresh, self.config)

    def write(self, text):
        """The ConfigMap's jenkins.yaml."""
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "jenkins-casc-config"}, "data": {"jenkins.yaml": text}}
        method, path = ("PUT", MAPS + "/jenkins-casc-config") if self.has_map else ("POST", MAPS)
        status, got, _ = self.admin.call(method, path, body)
        check("the ConfigMap is written", status in (200, 201), got)
        self.has_map = True

    def facts(self):
        return self.admin.call("GET", OURS + "/configuration")[1]

    def greeting_is(self, word):
        def look():
            held = self.facts().get("configuration") or {}
            return word in json.dumps(held.get("jenkins", {}).get("globalNodeProperties", ""))
        until(look, f"the configuration says {word}", 20)

    def log(self):
        return pathlib.Path(self.folder, "data.log").read_text()

    def ran(self, name, script, result="Succeeded", client=None):
        client = client or self.admin
        client.pipeline(name, script)
        run = client.start(name)
        ended = client.ended(run)
        text = client.log(name, run)
        check(f"{name} ends as {result}", phase(ended) == result, text)
        return text


def case_runs(w):
    w.write(document(w.folder, w.box.port))
    w.greeting_is("hello")
    text = w.ran("whole", """@Library('shared') _
node('special') {
    echo "env ${env.GREETING}"
    sh 'echo "shell $GREETING"; env | sort > all; ! grep -i -E "passw0rd|smtp" all'
    greet()
    echo 'tools ' + tool(name: 'm3', type: 'maven') + ' ' + tool(name: 'm3', type: 'jdk')
    withSonarQubeEnv('second') {
        echo "sonar ${env.SONAR_CONFIG_NAME} ${env.SONAR_HOST_URL}"
        sh 'test ${#SONAR_AUTH_TOKEN} = 23 && echo "token ${SONAR_AUTH_TOKEN}"'
    }
    withSonarQubeEnv { echo "default ${env.SONAR_CONFIG_NAME}" }
    mail to: 'dev, other@elsewhere.org', subject: 'from a run', body: 'text'
}
""")
    for word in ("env hello", "shell hello", "Loading library shared@main", "library two", "tools /opt/maven /opt/jdk",
                 "sonar second http://sonar-two:9000", "token ****", "default first"):
        check(f"the log has: {word}", word in text, text)
    check("no secret is in the log", SONAR_TOKEN not in text and PASSWORD not in text)
    mail = (w.box.mails or [{"login": "", "to": [], "text": ""}])[-1]
    check("the mail's login is the configured one", mail["login"] == f"ci {PASSWORD}", str(mail))
    check("a name has the configured domain", sorted(mail["to"]) == ["dev@example.org", "other@elsewhere.org"], str(mail))
    check("who sends and who is answered", '"CI" <ci@example.org>' in mail["text"] and "no-reply@example.org" in mail["text"], str(mail))
    text = w.ran("stranger", "withSonarQubeEnv('third') { echo 'never' }", "Failed")
    check("a server that nobody configured", "does not match any configured installation. Number of installations that can be configured: 2." in text, text)
    text = w.ran("named", """node { withEnv(['EMAIL_SMTP_HOST=127.0.0.1', 'EMAIL_SMTP_PORT=%d']) {
        mail to: 'a@b.c', subject: 'own host', body: 'x' } }""" % w.box.port)
    check("a host that a pipeline names is not given the password (T38)", w.box.mails[-1]["login"] == "" and
          "own host" in w.box.mails[-1]["text"], str(w.box.mails[-1]))


def case_libraries(w):
    text = w.ran("override", "@Library('shared@v-one') _\ngreet()\n", "Failed")
    check("no other version", "Version override not permitted for library shared" in text, text)
    text = w.ran("no-version", "@Library('free') _\ngreet()\n", "Failed")
    check("a version is needed", "No version specified for library free" in text, text)
    text = w.ran("version", "@Library('free@v-one') _\ngreet()\n")
    check("the version that is asked for", "library one" in text, text)
    before = text.partition("[Pipeline] Start of Pipeline")[0].splitlines()
    check("the log has how git brought it, once", before[1] == "Loading library free@v-one" and
          [line.split()[2] for line in before[2:]] == ["ls-remote", "fetch"] and
          all(line.startswith(" > git ") and line.endswith(" # timeout=10") for line in before[2:]), before)
    text = w.ran("gone", "@Library('free@nowhere') _\ngreet()\n", "Failed")
    check("a version that is not there", "No version nowhere found for library free" in text and
          " > git ls-remote " in text, text)
    kept = list(pathlib.Path(w.server.folder).glob("runs/state/libraries/*/*/sub/vars/greet.groovy"))
    check("each commit is brought once", sorted(one.read_text().split()[-2] for one in kept) == ["one'", "two'"], kept)
    one = next(path for path in kept if "library one" in path.read_text())
    one.write_text("def call() { echo 'library kept' }\n")
    text = w.ran("again", "@Library('free@v-one') _\ngreet()\n")
    check("a run that wants it again takes it from there", "library kept" in text, text)
    before = text.partition("[Pipeline] Start of Pipeline")[0].splitlines()
    check("and says so", len(before) == 4 and before[2].startswith(" > git ls-remote ") and
          before[3] == "Library free@v-one is cached. Copying from home.", before)
    one.write_text("def call() { echo 'library one' }\n")
    text = w.ran("later", "library 'free@v-one'\ngreet()\n")
    check("the step library", "Loading library free@v-one" in text and "library one" in text, text)
    text = w.ran("later-refused", "library 'shared@v-one'\n", "Failed")
    check("the step, refused", "Version override not permitted for library shared" in text, text)
    text = w.ran("unknown", "@Library('other') _\n", "Failed")
    check("a library that nobody configured", "No library named other found" in text, text)


def case_checkout_is_tried_again(w):
    text = w.ran("retries", """node { checkout([$class: 'GitSCM', branches: [[name: 'main']],
        userRemoteConfigs: [[url: 'file:///nowhere/at/all']]]) }""", "Failed")
    check("once more, and no more", text.count("Retrying after 1 second") == 1 and "Retrying after 2" not in text, text)


def case_what_has_begun_keeps(w):
    w.admin.pipeline("keeps", "echo \"before ${env.GREETING}\"\ninput 'go on?'\necho \"after ${env.GREETING}\"\n")
    run = w.admin.start("keeps")
    until(lambda: any(one.get("code") == "input" for one in w.admin.view("keeps", run).get("waiting", [])), "it asks")
    w.write(document(w.folder, w.box.port, greeting="changed"))
    w.greeting_is("changed")
    number = w.admin.number(run)
    waiting = w.admin.view("keeps", run)["waiting"][0]
    status, got, _ = w.admin.call("POST", f"{V2}/devops/demo/pipelines/keeps/runs/{number}/nodes/0/steps/{waiting['node']}/", {
        "id": waiting["input"]["id"]})
    check("it is answered", status == 200, got)
    w.admin.ended(run)
    text = w.admin.log("keeps", run)
    check("a run keeps what it began with", "before hello" in text and "after hello" in text, text)
    check("the next one has what holds now", "env changed" in w.ran("next", "echo \"env ${env.GREETING}\""))


def case_quiet_period(w):
    w.write(document(w.folder, w.box.port, greeting="quiet", quiet=2))
    w.greeting_is("quiet")
    w.admin.pipeline("quietly", "echo 'x'")
    run = w.admin.start("quietly")
    w.admin.ended(run)
    view = w.admin.view("quietly", run)
    check("it waits for the quiet period", view["started"] - view["queued"] >= 2000, str(view))
    w.write(document(w.folder, w.box.port, greeting="loud"))
    w.greeting_is("loud")


def case_wrong_changes_nothing(w):
    w.write("jenkins:\n  mode: SOMETIMES\n")
    until(lambda: "SOMETIMES" in w.facts()["problem"], "the problem is told", 20)
    check("what held holds", "GREETING" in json.dumps(w.facts()["configuration"]), str(w.facts()))
    check("runs go on with it", "env loud" in w.ran("still", "echo \"env ${env.GREETING}\""))
    metrics = w.server.request("GET", "/metrics", w.token)[2]
    check("the metric says so", "windlass_configuration_holds 0" in metrics, metrics)

    def events():
        got = w.admin.call("GET", "/api/v1/namespaces/kubesphere-devops-system/events")[1]
        return [(one["reason"], one["type"], one["involvedObject"]["name"]) for one in got["items"]]
    until(lambda: ("ConfigurationRefused", "Warning", "jenkins-casc-config") in events(), "an event of the ConfigMap", 20)
    check("and one for what was taken", ("ConfigurationTaken", "Normal", "jenkins-casc-config") in events(), str(events()))
    status, head, text = w.server.request("POST", "/configuration-as-code/reload", w.token)
    check("Jenkins' page for what is wrong", status == 200 and "text/html" in head["Content-Type"] and "SOMETIMES" in text, (status, text))
    check("the log says it once", w.log().count("SOMETIMES") == 1, w.log()[-3000:])
    # The same findings once more are no news.
    w.write(document(w.folder, w.box.port, greeting="loud") + "\nunclasified: {}\n")
    until(lambda: w.facts()["problem"] == "", "it is right again", 20)
    said = w.log().count("did you mean unclassified?")
    w.server.request("POST", "/configuration-as-code/reload", w.token)
    check("a finding is said once", said == 1 and w.log().count("did you mean unclassified?") == 1, w.log()[-2000:])
    check("the metric says so too", "windlass_configuration_holds 1" in w.server.request("GET", "/metrics", w.token)[2])


def case_pages(w):
    root = "/configuration-as-code"
    w.server.add_member("viewer", "demo", "viewer")
    member = w.server.token("viewer")
    check("nobody", w.server.request("POST", root + "/reload")[0] == 401)
    check("not an administrator", w.server.request("POST", root + "/reload", member)[0] == 403)
    check("GET changes nothing", w.server.request("GET", root + "/reload", w.token)[0] == 405)
    for action in ("reload", "replace"):
        check(f"POST {action}", w.server.request("POST", f"{root}/{action}", w.token)[0] == 302)
    check("checkNewSource", w.server.request("POST", root + "/checkNewSource?newSource=/x", w.token)[2] == "<div/>")
    status, _, text = w.server.request("POST", root + "/check", w.token, "jenkins: {mode: NORMAL}")
    check("check, right", status == 200 and json.loads(text) == [], (status, text))
    status, _, text = w.server.request("POST", root + "/check", w.token, "jenkins: {mode: 7}")
    check("check, wrong", status == 400 and "is no mode" in json.loads(text)[0]["message"], (status, text))
    status, head, text = w.server.request("POST", root + "/export", w.token)
    check("export", status == 200 and "GREETING" in text and head["Content-Disposition"] == "attachment; filename=jenkins.yaml", text)
    check("without secrets", PASSWORD not in text and SONAR_TOKEN not in text)
    check("our own route without secrets", PASSWORD not in json.dumps(w.facts()) and SONAR_TOKEN not in json.dumps(w.facts()))
    check("our own route is not for everybody", w.server.request("GET", OURS + "/configuration", member)[0] == 403 and
          w.server.request("POST", OURS + "/configuration/reload", member)[0] == 403)
    check("our own reload", w.server.request("POST", OURS + "/configuration/reload", w.token)[0] == 200)
    check("nothing else is there", w.server.request("POST", root + "/schemas", w.token)[0] == 404)


ROLES = """
  authorizationStrategy:
    roleBased:
      roles:
        global:
        - {name: admin, permissions: [Overall/Administer], entries: [{user: boss}]}
        - {name: everybody, permissions: [Overall/Read, Job/Discover], assignments: [authenticated, anonymous]}
        items:
        - {name: app, pattern: "demo/app.*", permissions: [Job/Read, Job/Build, View/Read], entries: [{user: anna}]}
        - {name: all, pattern: "demo/.*", permissions: [hudson.model.Item.Read], assignments: [bert]}
"""


def case_rights(w):
    for name in ("app", "other"):
        w.admin.pipeline(name, "echo 'x'")
    anna, bert, boss, carl = (Client(w.server, jwt(name)) for name in ("anna", "bert", "boss", "carl"))

    def may(client, method, path, body=None):
        return client.call(method, path, body)[0]
    pipeline = f"{V3}/devops/demo/pipelines"
    check("nobody has rights before", all(may(one, "GET", pipeline + "/app") == 403 for one in (anna, bert, boss, carl)))
    w.write(document(w.folder, w.box.port, greeting="roles", roles=ROLES))
    w.greeting_is("roles")
    check("an item role reads its pipeline", may(anna, "GET", pipeline + "/app") == 200)
    check("and no other", may(anna, "GET", pipeline + "/other") == 403)
    check("nor the list of all", may(anna, "GET", pipeline) == 403)
    check("it starts its pipeline", may(anna, "POST", f"{V3}/namespaces/demo/pipelines/app/pipelineruns", {}) == 200)
    check("and no other", may(anna, "POST", f"{V3}/namespaces/demo/pipelines/other/pipelineruns", {}) == 403)
    check("it changes nothing", may(anna, "PUT", pipeline + "/app", {}) == 403 and may(anna, "DELETE", pipeline + "/app") == 403)
    check("it stops nothing without Job/Cancel", may(anna, "POST", f"{OURS}/projects/demo/pipelines/app/runs/1/stop") == 403)
    check("it sees runs of its own", may(anna, "GET", f"{OURS}/projects/demo/pipelines/app/runs/1") == 200)
    check("a role of all reads all of it", may(bert, "GET", pipeline) == 200 and may(bert, "GET", pipeline + "/other") == 200)
    check("and starts nothing", may(bert, "POST", f"{V3}/namespaces/demo/pipelines/app/pipelineruns", {}) == 403)
    check("a role reads no credentials", may(bert, "GET", f"{V3}/devops/demo/credentials") == 403)
    check("an administrator is one", may(boss, "POST", OURS + "/configuration/reload") == 200)
    check("who has no role has no right", may(carl, "GET", pipeline + "/app") == 403)
    check("nobody stays nobody", w.server.request("GET", pipeline + "/app")[0] == 401)
    findings = json.dumps(w.facts()["findings"])
    for word in ("nobody without a token has any right here", "View/Read gives nothing here: there are no views", "Job/Discover gives nothing"):
        check(f"it is listed: {word}", word in findings, findings)
    w.write(document(w.folder, w.box.port, greeting="wide", roles="  authorizationStrategy: {loggedInUsersCanDoAnything: {allowAnonymousRead: true}}\n"))
    w.greeting_is("wide")
    check("rights go with their role", may(anna, "GET", pipeline + "/app") == 403 and may(boss, "GET", OURS + "/configuration") == 403)
    check("nobody is widened silently", may(carl, "GET", pipeline + "/app") == 403)
    check("it is listed", "jenkinsRights: everything" in json.dumps(w.facts()["findings"]), str(w.facts()["findings"]))
    w.configure("  jenkinsRights: everything\n")
    until(lambda: may(carl, "GET", pipeline + "/app") == 200, "where the server's own configuration says so", 20)
    check("but nobody stays nobody", w.server.request("GET", pipeline + "/app")[0] == 401)
    w.configure("  jenkinsRights: none\n")
    until(lambda: may(carl, "GET", pipeline + "/app") == 403, "and not where it says none", 20)
    w.configure()


def case_managed_files(w):
    status, got, _ = w.admin.call("POST", "/api/v1/namespaces", {"metadata": {"name": "kubesphere-devops-worker"}})
    check("the workers' namespace", status in (201, 409), got)
    status, got, _ = w.admin.call("POST", "/api/v1/namespaces/kubesphere-devops-worker/configmaps", {
        "metadata": {"name": "ks-devops-agent"}, "data": {"MavenSetting": "<settings><!-- mirror one --></settings>"}})
    check("the chart's settings", status == 201, got)
    script = """node {
    configFileProvider([configFile(fileId: 'MavenSetting', variable: 'S')]) { sh 'cat "$S"' }
    withMaven(mavenSettingsConfig: 'MavenSetting') { sh 'echo "$MAVEN_CONFIG"' }
}"""
    text = w.ran("managed", script)
    check("configFileProvider has it", "mirror one" in text, text)
    check("withMaven has it", "--settings" in text and "using Maven settings provided by the Jenkins Managed Configuration File 'MavenSetting'" in text, text)
    w.admin.call("PUT", "/api/v1/namespaces/kubesphere-devops-worker/configmaps/ks-devops-agent", {
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "ks-devops-agent"}, "data": {"MavenSetting": "<settings><!-- mirror two --></settings>"}})
    text = w.ran("managed-again", script)
    check("a change is there for the next run, without a restart", "mirror two" in text, text)


def case_start_has_it(w):
    kept = pathlib.Path(w.folder, "data/casc")
    check("what was taken is kept, sealed", kept.exists() and PASSWORD.encode() not in kept.read_bytes())
    w.server.kill()
    w.server.start()
    check("a server that starts has it at once", "GREETING" in json.dumps(w.facts().get("configuration")), str(w.facts()))
    w.server.kill()
    w.server.options = (*w.server.options, "--casc", w.folder + "/jenkins.yaml")
    pathlib.Path(w.folder, "jenkins.yaml").write_text(document(w.folder, w.box.port, greeting="of a file"))
    w.server.start()
    w.greeting_is("of a file")
    fresh = pathlib.Path(w.folder, "fresh.yaml")
    fresh.write_text(document(w.folder, w.box.port, greeting="of a changed file"))
    os.rename(fresh, w.folder + "/jenkins.yaml")
    w.greeting_is("of a changed file")


def main():
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        try:
            for case in (case_runs, case_libraries, case_checkout_is_tried_again, case_what_has_begun_keeps, case_quiet_period,
                         case_wrong_changes_nothing, case_pages, case_rights, case_managed_files, case_start_has_it):
                case(world)
        finally:
            world.server.process.terminate()
            world.server.process.wait(30)
    check.end()


main()
