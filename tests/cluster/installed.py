"""Windlass installed in a cluster of tests/cluster/cluster, as whoever installs it has it: images of the built programs, the
command, kubectl. Used by install_test.py and by the demonstration."""
import atexit
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SYSTEM, WORKERS = "kubesphere-devops-system", "kubesphere-devops-worker"
STATE = "/var/lib/windlass/data/runs/state"
ENDS = ("Succeeded", "Failed", "Cancelled", "Unknown")

# As KubeSphere's chart has it, with images that need no registry.
CASC = """
jenkins:
  mode: EXCLUSIVE
  numExecutors: 0
  clouds:
    - kubernetes:
        name: kubernetes
        serverUrl: https://kubernetes.default
        namespace: kubesphere-devops-worker
        jenkinsUrl: http://devops-jenkins.kubesphere-devops-system:80
        containerCapStr: "10"
        templates:
          - name: base
            namespace: kubesphere-devops-worker
            label: base
            nodeUsageMode: NORMAL
            idleMinutes: 0
            containers:
              - {name: base, image: 'localhost/base:1', command: cat, ttyEnabled: true}
              - {name: jnlp, image: 'localhost/base:1'}
          - name: maven
            namespace: kubesphere-devops-worker
            label: maven
            containers:
              - {name: maven, image: 'localhost/maven:1', command: cat, ttyEnabled: true}
              - {name: jnlp, image: 'localhost/base:1'}
    - kubernetes:
        name: by-tls
        namespace: kubesphere-devops-worker
        templates: [{name: secret, label: by-tls, containers: [{name: jnlp, image: 'localhost/base:1'}]}]
"""

# What stands in for Maven where there is no network: it reads the project's name and makes what Maven would.
MVN = """#!/bin/sh
[ -f pom.xml ] || { echo "there is no POM in this directory" >&2; exit 1; }
name=$(sed -n 's|.*<artifactId>\\(.*\\)</artifactId>.*|\\1|p' pom.xml | head -n 1)
echo "[INFO] Building $name 1.0"
mkdir -p target/surefire-reports
echo "classes of $name" > target/$name-1.0.jar
echo '<testsuite name="AppTest" tests="2"><testcase classname="AppTest" name="adds"/><testcase classname="AppTest" name="subtracts"/></testsuite>' > target/surefire-reports/TEST-AppTest.xml
echo "[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0"
echo "[INFO] BUILD SUCCESS"
"""


def until(what, so, seconds=90, pause=0.1):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := so():
            return value
        time.sleep(pause)
    raise AssertionError(f"not within {seconds} s: {what}")


def devops(kind, which, spec=None, **metadata):
    out = {"apiVersion": "devops.kubesphere.io/v1alpha3", "kind": kind, "metadata": {"name": which, **metadata}}
    return out | ({"spec": spec} if spec is not None else {})


class Installed:
    """`cluster` is the script, `kubeconfig` the administrator's."""

    def __init__(self, build, cluster, kubeconfig):
        self.build, self.cluster, self.kubeconfig = os.path.abspath(build), os.path.abspath(cluster), kubeconfig
        self.windlass = os.path.join(self.build, "windlass")
        self.folder = tempfile.mkdtemp(prefix="windlass-installed-")
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "LC_ALL": "C.UTF-8", "NO_PROXY": "*"}
        self.instance = os.path.dirname(kubeconfig)
        self.casc = os.path.join(self.folder, "jenkins.yaml")
        with open(self.casc, "w") as out:
            out.write(CASC)

    # ---- the cluster

    def kubectl(self, *arguments, text=None, may_fail=False, timeout=120):
        done = subprocess.run(["kubectl", "--kubeconfig", self.kubeconfig, *arguments], capture_output=True, text=True, input=text,
                              timeout=timeout, env={**os.environ, "NO_PROXY": "*"})
        assert may_fail or done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    def get(self, kind, which, space=None):
        out = self.kubectl(*(["-n", space] if space else []), "get", kind, which, "-o", "json", "--ignore-not-found")
        return json.loads(out) if out else None

    def items(self, kind, space):
        return json.loads(self.kubectl("-n", space, "get", kind, "-o", "json"))["items"]

    def apply(self, *items):
        self.kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(items)}))

    # ---- images

    def load(self, archive):
        done = subprocess.run([self.cluster, "load", archive], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        os.unlink(archive)

    def load_programs(self):
        for kind, name in (("server", "localhost/windlass:1"), ("agent", "localhost/windlass-agent:1")):
            archive = os.path.join(self.folder, kind + ".tar")
            done = subprocess.run([os.path.join(HERE, "../../tools/make_image"), kind, self.build, name, archive], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            self.load(archive)

    def load_folder(self, name, fill, entrypoint='["/bin/sh"]', busybox=True):
        """An image of a folder that `fill` has put things into, over Debian's busybox."""
        root = tempfile.mkdtemp(dir=self.folder)
        if busybox:
            for folder in ("bin", "tmp", "etc"):
                os.makedirs(os.path.join(root, folder))
            os.chmod(os.path.join(root, "tmp"), 0o1777)
            shutil.copy("/bin/busybox", os.path.join(root, "bin/busybox"))
            for program in subprocess.run(["/bin/busybox", "--list"], capture_output=True, text=True, check=True).stdout.split():
                if program != "busybox":
                    os.symlink("busybox", os.path.join(root, "bin", program))
        fill(root)
        os.chmod(root, 0o755)
        archive = os.path.join(self.folder, "folder.tar")
        with open(archive, "wb") as out:
            subprocess.run([self.cluster, "image", root, name, entrypoint], stdout=out, check=True)
        self.load(archive)
        shutil.rmtree(root)

    def load_stand_ins(self):
        """Images that pipelines name and nobody can pull here: one that has a `mvn`, and the plugin's default agent."""
        self.load_folder("docker.io/jenkins/inbound-agent:4.10-2", lambda root: None)

        def fill(root):
            with open(os.path.join(root, "bin/mvn"), "w") as out:
                out.write(MVN)
            os.chmod(os.path.join(root, "bin/mvn"), 0o755)
        self.load_folder("localhost/maven:1", fill)

    # ---- Windlass

    def options(self):
        """The folder of the node is one below the instance's own, and goes with it."""
        volume = os.path.join(self.instance, "volume")
        os.makedirs(volume, exist_ok=True)
        return ["--kubeconfig", self.kubeconfig, "--image", "localhost/windlass:1", "--agent-image", "localhost/windlass-agent:1",
                "--storage", f"node:node1:{volume}", "--casc", self.casc]

    def install(self, *more, options=None):
        done = subprocess.run([self.windlass, "cluster", "install", *(self.options() if options is None else options), *more], capture_output=True,
                              text=True, env=self.environment, timeout=400)
        return done.returncode, done.stdout, done.stderr

    def uninstall(self, *more):
        done = subprocess.run([self.windlass, "cluster", "uninstall", "--kubeconfig", self.kubeconfig, *more], capture_output=True, text=True,
                              env=self.environment, timeout=400)
        return done.returncode, done.stdout, done.stderr

    def server_pod(self):
        pods = [p for p in json.loads(self.kubectl("-n", SYSTEM, "get", "pods", "-l", "app.kubernetes.io/component=server", "-o", "json"))["items"]
                if not p["metadata"].get("deletionTimestamp")]
        return pods[0] if len(pods) == 1 else None

    def in_server(self, *command, may_fail=False):
        return self.kubectl("-n", SYSTEM, "exec", "deploy/devops-apiserver", "--", "windlass", *command, may_fail=may_fail)

    def server_log(self):
        return self.kubectl("-n", SYSTEM, "logs", "deploy/devops-apiserver", may_fail=True)

    # ---- runs

    def project(self, name):
        self.apply(devops("DevOpsProject", name))
        until("the namespace", lambda: self.get("namespace", name))

    def start(self, project, which, script):
        self.apply(devops("Pipeline", which, {"type": "pipeline", "pipeline": {"name": which, "jenkinsfile": script}}, namespace=project),
                   devops("PipelineRun", which, {"pipelineRef": {"name": which}}, namespace=project))

    def phase(self, project, which):
        return ((self.get("pipelinerun", which, project) or {}).get("status") or {}).get("phase")

    def log(self, project, which):
        return self.in_server("logs", "--state", STATE, f"{project}/{which}#1", may_fail=True)

    def ends(self, project, which, how, seconds=180):
        until(f"the end of {which}", lambda: self.phase(project, which) in ENDS, seconds)
        assert self.phase(project, which) == how, (self.phase(project, which), self.log(project, which), self.server_log()[-3000:])
        return self.log(project, which)

    # ---- rights

    def may(self, account, verb, resource, space=None, name=None):
        what = [verb, resource + (f"/{name}" if name else "")]
        where = ["-n", space] if space else ["-A"] if space is None else []
        out = self.kubectl("auth", "can-i", *what, *where, "--as", f"system:serviceaccount:{SYSTEM}:{account}", may_fail=True)
        return out.strip().splitlines()[-1] == "yes"

    def audit(self, account):
        """What the account has asked the API server for: (allowed, verb, resource, namespace, name)."""
        out = []
        with open(os.path.join(self.instance, "audit.log")) as lines:
            for line in lines:
                if not line.endswith("\n"):
                    continue
                one = json.loads(line)
                if one["user"]["username"] != f"system:serviceaccount:{SYSTEM}:{account}" or "objectRef" not in one:
                    continue
                of = one["objectRef"]
                resource = of["resource"] + ("/" + of["subresource"] if of.get("subresource") else "")
                out.append((one.get("annotations", {}).get("authorization.k8s.io/decision") != "forbid", one["verb"], resource,
                            of.get("namespace", ""), of.get("name", "")))
        return out

    def server_process(self):
        """The server's process on this machine, by the control group of this instance alone."""
        group = f"/windlass-{os.path.basename(self.instance)}/"
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as line, open(f"/proc/{pid}/cgroup") as cgroup:
                    if b"--project-role" in line.read() and group in cgroup.read():
                        return int(pid)
            except OSError:
                continue
        return None


def has(text, *words):
    for word in words:
        assert word in text, f"{word!r} is not in:\n{text}"


def found(pattern, text):
    match = re.search(pattern, text)
    assert match, f"{pattern!r} is not in:\n{text}"
    return match[1]
