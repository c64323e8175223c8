#!/usr/bin/env python3
"""Windlass installed in the cluster by its own command, with exactly the rights that it is given, on a real API server and
kubelet. Usage: install_test.py BUILD CLUSTER_SCRIPT KUBECONFIG [CHECK …]"""
import base64
import collections
import json
import os
import re
import shutil
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from installed import ENDS, SYSTEM, WORKERS, Installed, devops, found, has, until

world = Installed(*sys.argv[1:4])
kubectl, get = world.kubectl, world.get
name = f"shop{os.getpid()}"
checks = []


def check(function):
    checks.append(function)
    return function


def start(which, script):
    world.start(name, which, script)


def ends(which, how, seconds=180):
    return world.ends(name, which, how, seconds)


def first_password():
    return base64.b64decode(get("secret", "devops-jenkins", SYSTEM)["data"]["jenkins-admin-password"]).decode()


def states(out):
    return collections.Counter(json.loads(line)["state"] for line in out.splitlines())


@check
def nothing_is_written_where_a_name_is_taken():
    kubectl("create", "namespace", SYSTEM, may_fail=True)
    kubectl("-n", SYSTEM, "create", "service", "clusterip", "devops-jenkins", "--tcp=80:8080")
    code, out, err = world.install()
    assert code == 1, (code, out, err)
    has(err, f"Service {SYSTEM}/devops-jenkins: it is there and not of Windlass")
    assert not out and not get("deployment", "devops-apiserver", SYSTEM) and not get("clusterrole", "windlass")
    kubectl("-n", SYSTEM, "delete", "service", "devops-jenkins")


@check
def why_it_does_not_start_is_said():
    code, out, err = world.install("--wait", "45", options=[*world.options(), "--image", "localhost/none:1"])
    assert code == 1, (code, out, err)
    has(err, "the image localhost/none:1 cannot be pulled", "the server does not run after 45 s")


@check
def one_command_installs_it():
    code, out, err = world.install("--output", "json", "--wait", "180")
    assert code == 0, (code, out, err, world.server_log()[-3000:])
    assert set(states(out)) <= {"made", "changed", "same", "kept"}, out
    pod = world.server_pod()
    assert pod["status"]["containerStatuses"][0]["restartCount"] == 0, pod["status"]
    has(world.server_log(), "leads, by the lease", "listening on", "the administrator admin has the password in", "agents in pods call")
    password = first_password()
    assert re.fullmatch("[a-z0-9]{22}", password), len(password)
    assert password not in out + err + world.server_log() and "setup=" not in world.server_log()
    # A namespace that was there before is left as it is; ours has KubeSphere's labels.
    of = {(one["kind"], one["name"]): one["state"] for one in map(json.loads, out.splitlines())}
    assert of["Namespace", SYSTEM] == "kept", of
    if of["Namespace", WORKERS] != "kept":
        assert get("namespace", WORKERS)["metadata"]["labels"]["kubesphere.io/workspace"] == "system-workspace"


@check
def again_it_changes_nothing():
    before, password = world.server_pod()["metadata"]["uid"], first_password()
    code, out, err = world.install("--output", "json")
    assert first_password() == password
    assert code == 0 and set(states(out)) <= {"same", "kept"}, (code, out, err)
    assert world.server_pod()["metadata"]["uid"] == before
    # Whatever an older program or a person made of our roles is as it was; the same by kubectl, from what is printed.
    kubectl("patch", "clusterrole", "windlass-project", "--type=json", "-p", '[{"op":"remove","path":"/rules/0"}]')
    code, out, err = world.install("--output", "json")
    assert code == 0 and states(out)["changed"] == 1, (code, out, err)
    code, out, err = world.install("--print")
    assert code == 0 and not err, err
    kubectl("apply", "--server-side", "--field-manager=windlass", "--dry-run=server", "-f", "-", text=out)


@check
def the_two_samples():
    world.project(name)
    start("label", "pipeline {\n  agent { node { label 'base' } }\n  stages { stage('Run shell') { steps { sh 'echo hello world' } } }\n}")
    start("any", "pipeline {\n  agent any\n  stages { stage('Run shell') { steps { sh 'echo hello world' } } }\n}")
    for which in ("label", "any"):
        text = ends(which, "Succeeded")
        found(r"Running on (base-[a-z0-9]{5}\S*) in /home/jenkins/agent/workspace/", text)
        has(text, "+ echo hello world\nhello world\n", "Finished: SUCCESS")
        assert "SUCCESS" in get("configmap", which, name)["data"]["status"]


@check
def agents_call_by_tls_where_no_other_address_is_said():
    start("tls", "node('by-tls') { sh 'echo by TLS' }")
    has(ends("tls", "Succeeded"), f"value: https://devops-jenkins-agent.{SYSTEM}:50000/", "name: WINDLASS_CA", "by TLS\n")


@check
def with_tls_only_nobody_is_answered_in_the_clear():
    code, out, err = world.install("--tls-only", "--wait", "180")
    assert code == 0, (code, out, err, world.server_log()[-3000:])
    start("only", f"""node('by-tls') {{
  sh 'wget -qO- http://devops-apiserver.{SYSTEM}:9090/healthz || echo not in the clear'
  sh 'echo by TLS only'
}}""")
    has(ends("only", "Succeeded"), "not in the clear\n", "by TLS only\n")
    code, out, err = world.install("--wait", "180")
    assert code == 0, (code, out, err, world.server_log()[-3000:])


@check
def credentials_of_a_project_and_services_by_their_names():
    kubectl("-n", name, "create", "secret", "generic", "token", "--type=credential.devops.kubesphere.io/secret-text", "--from-literal=secret=hunter2")
    until("its state", lambda: get("secret", "token", name)["metadata"].get("annotations", {}).get("credential.devops.kubesphere.io/syncstatus") == "successful")
    start("bound", """node('maven') {
  withCredentials([string(credentialsId: 'token', variable: 'T')]) { sh 'test "$T" = hunter2 && echo it is "$T"' }
  sh 'wget -qO- http://devops-apiserver.kubesphere-devops-system:9090/healthz; echo; wget -qO- http://devops-jenkins.kubesphere-devops-system/healthz'
  writeFile file: 'pom.xml', text: '<project><artifactId>shop</artifactId></project>'
  container('maven') { sh 'mvn package' }
  junit 'target/surefire-reports/*.xml'
  archiveArtifacts 'target/*.jar'
}""")
    text = ends("bound", "Succeeded")
    has(text, "it is ****", "BUILD SUCCESS", "Recording test results")
    assert text.count("\nok") == 2, text


@check
def rights_are_these_and_no_others():
    yes = [("create", "pods", WORKERS), ("patch", "pods", WORKERS), ("delete", "pods", WORKERS), ("create", "leases.coordination.k8s.io", WORKERS),
           ("get", "secrets", name), ("update", "secrets", name), ("watch", "secrets", name), ("create", "configmaps", name),
           ("update", "pipelineruns.devops.kubesphere.io/status", name), ("list", "pipelines.devops.kubesphere.io", None), ("create", "namespaces", ""),
           ("get", "configmaps", SYSTEM)]
    no = [("get", "secrets", "kube-system"), ("list", "secrets", None), ("watch", "secrets", None), ("get", "secrets", "default"), ("get", "secrets", SYSTEM),
          ("list", "secrets", WORKERS), ("watch", "secrets", WORKERS), ("delete", "secrets", WORKERS), ("list", "configmaps", None), ("get", "configmaps", "kube-system"), ("update", "configmaps", SYSTEM),
          ("patch", "nodes", ""), ("get", "nodes", ""), ("delete", "nodes", ""), ("escalate", "clusterroles.rbac.authorization.k8s.io", ""),
          ("bind", "clusterroles.rbac.authorization.k8s.io", ""), ("update", "clusterroles.rbac.authorization.k8s.io", ""),
          ("create", "clusterrolebindings.rbac.authorization.k8s.io", ""), ("delete", "rolebindings.rbac.authorization.k8s.io", name),
          ("impersonate", "serviceaccounts", SYSTEM), ("impersonate", "users", ""), ("create", "pods", "kube-system"), ("create", "pods", name),
          ("create", "pods", SYSTEM), ("create", "pods/exec", SYSTEM), ("create", "serviceaccounts/token", SYSTEM), ("create", "serviceaccounts", SYSTEM),
          ("update", "deployments.apps", SYSTEM), ("patch", "customresourcedefinitions.apiextensions.k8s.io", ""), ("get", "persistentvolumes", "")]
    for verb, resource, space in yes:
        assert world.may("windlass", verb, resource, space), f"windlass may not {verb} {resource} in {space}"
    for verb, resource, space in no:
        assert not world.may("windlass", verb, resource, space), f"windlass may {verb} {resource} in {space}"
    assert world.may("windlass", "bind", "clusterroles.rbac.authorization.k8s.io", "", "windlass-project")
    for role in ("cluster-admin", "admin", "edit", "windlass"):
        assert not world.may("windlass", "bind", "clusterroles.rbac.authorization.k8s.io", "", role), role
    # The account of agents' pods: those, and nothing else of a project's or the cluster's.
    assert world.may("devops-jenkins", "create", "pods", WORKERS) and world.may("devops-jenkins", "get", "pods/log", WORKERS)
    for verb, resource, space in [("get", "secrets", name), ("get", "secrets", WORKERS), ("delete", "nodes", ""), ("create", "pods", SYSTEM),
                                  ("create", "rolebindings.rbac.authorization.k8s.io", name), ("list", "pipelines.devops.kubesphere.io", None)]:
        assert not world.may("devops-jenkins", verb, resource, space), f"devops-jenkins may {verb} {resource} in {space}"
    # And where it is bound: in projects alone.
    bound = {b["metadata"]["namespace"] for b in json.loads(kubectl("get", "rolebindings", "-A", "-o", "json"))["items"] if b["roleRef"]["name"] == "windlass-project"}
    assert name in bound and all(get("namespace", one)["metadata"]["labels"].get("kubesphere.io/devopsproject") for one in bound), bound


ODD = """podTemplate(yaml: '''
spec:
SPEC
''') { node(POD_LABEL) {
BODY
} }"""
JNLP = "  - {name: jnlp, image: 'localhost/base:1'}"


def odd(which, container, body):
    start(which, ODD.replace("SPEC", f"  containers:\n{container}\n{JNLP}").replace("BODY", body))


@check
def odd_pods_work_or_say_why():
    """What clusters and images do to pods: roots that cannot be written, users of their own, no shell, the workspace elsewhere."""
    odd("readonly", "  - {name: c, image: 'localhost/base:1', command: [cat], tty: true, securityContext: {readOnlyRootFilesystem: true}}",
        "container('c') { sh 'touch /bin/x 2>/dev/null && echo writable || echo cannot; echo kept > f; cat f' }")
    odd("foreign", "  - {name: c, image: 'localhost/base:1', command: [cat], tty: true, securityContext: {runAsUser: 12345, runAsGroup: 12345}}",
        "sh 'echo mine > f'; container('c') { sh 'id -u; cat f; echo by another user > g' }; echo \"read: ${readFile('g').trim()}\"")
    odd("bare", "  - {name: c, image: 'localhost/bare:1'}", "echo 'the pod is there'; container('c') { sh 'echo never' }")
    odd("elsewhere", "  - {name: c, image: 'localhost/base:1', command: [cat], tty: true, volumeMounts: [{name: workspace-volume, mountPath: /build}]}",
        "sh 'echo from the agent > f'; container('c') { sh 'pwd; cat f; cat /build/workspace/*/f; echo from the container > g' }; echo \"read: ${readFile('g').trim()}\"")
    odd("own", "  - {name: c, image: 'localhost/base:1', command: [/bin/sh, -c, 'while true; do sleep 1; done'], securityContext: {readOnlyRootFilesystem: true, runAsUser: 1000}}",
        "container('c') { sh 'echo by an exec' }")
    has(ends("readonly", "Succeeded"), "cannot\n", "kept\n")
    has(ends("foreign", "Succeeded"), "\n12345\n", "mine\n", "read: by another user")
    text = ends("bare", "Failed")
    has(text, "the pod is there", "/bin/sh")
    print("  without a shell: " + " | ".join(line for line in text.splitlines() if "/bin/sh" in line)[:300], flush=True)
    text = ends("elsewhere", "Succeeded")
    has(text, "read: from the container")
    assert text.count("\nfrom the agent\n") == 2, text
    has(ends("own", "Succeeded"), "by an exec\n")


SLOW = "node('base') { sh 'echo began; i=0; while [ $i -lt 150 ]; do sleep 0.1; i=$((i+1)); done; echo ended'; sh 'echo after' }"


def goes_on(which, end_it):
    start(which, SLOW)
    until("its shell", lambda: "\nbegan\n" in world.log(name, which))
    pod = found(r"Running on (base-\S+) in ", world.log(name, which))
    uid = get("pod", pod, WORKERS)["metadata"]["uid"]
    end_it()
    text = ends(which, "Succeeded")
    assert text.count("\nbegan\n") == 1 and text.count("\nended\n") == 1, text
    has(text, "Resuming build", "after")
    left = get("pod", pod, WORKERS)
    assert left is None or left["metadata"]["uid"] == uid
    assert text.count("Running on ") == 1, text


@check
def a_server_that_is_killed_goes_on_with_its_pods():
    def kill():
        os.kill(until("the server's process", world.server_process), signal.SIGKILL)
        until("its next process", lambda: (world.server_pod() or {}).get("status", {}).get("containerStatuses", [{}])[0].get("ready"), 60)
    goes_on("killed", kill)


@check
def a_server_whose_pod_is_deleted_goes_on_with_its_pods():
    def delete():
        before = world.server_pod()["metadata"]["name"]
        kubectl("-n", SYSTEM, "delete", "pod", before, "--grace-period=0", "--force")
        until("another pod", lambda: (pod := world.server_pod()) and pod["metadata"]["name"] != before and
              pod["status"].get("containerStatuses", [{}])[0].get("ready"), 120)
    goes_on("deleted", delete)


@check
def a_namespace_with_credentials_goes():
    """The binding outlives the Secrets, or nobody could take off their finalizers."""
    other = name + "-b"
    world.project(other)
    kubectl("-n", other, "create", "secret", "generic", "token", "--type=credential.devops.kubesphere.io/secret-text", "--from-literal=secret=x")
    until("its finalizer", lambda: get("secret", "token", other)["metadata"].get("finalizers"))
    kubectl("delete", "devopsproject", other, "--timeout=120s", timeout=130)
    until("the namespace's end", lambda: not get("namespace", other), 120)


@check
def the_project_goes_with_all_it_has():
    kubectl("delete", "devopsproject", name, "--timeout=120s", timeout=130)
    until("the namespace's end", lambda: not get("namespace", name), 120)
    until("no pod is left", lambda: not world.items("pods", WORKERS), 90)
    until("no lease of a run is left", lambda: not [one for one in world.items("leases", WORKERS) if one["metadata"]["name"].startswith("windlass-run-")], 60)
    assert "windlass-server" in [one["metadata"]["name"] for one in world.items("leases", WORKERS)]


@check
def nothing_was_refused():
    """By the API server's own word, of everything that the server has asked since it was installed (ill 21)."""
    asked = world.audit("windlass")
    refused = collections.Counter(one[1:4] for one in asked if not one[0])
    assert not refused, refused
    assert "orbidden" not in world.server_log(), world.server_log()
    used = {(verb, resource) for _, verb, resource, _, _ in asked}
    granted = set()
    for kind in ("clusterrole/windlass", "clusterrole/windlass-project", f"-n={SYSTEM} role/windlass", f"-n={WORKERS} role/windlass-agents",
                 f"-n={WORKERS} role/windlass-registry"):
        for rule in json.loads(kubectl("get", *kind.split(), "-o", "json"))["rules"]:
            granted |= {(verb, resource) for verb in rule["verbs"] for resource in rule["resources"]}
    unused = sorted(f"{verb} {resource}" for verb, resource in granted - used)
    print(f"  {len(asked)} requests, none refused; of {len(granted)} rights not used here: {', '.join(unused)}", flush=True)


@check
def one_command_takes_it_away_and_keeps_what_people_have():
    kept = name + "-c"
    world.project(kept)
    world.start(kept, "before", "node('base') { sh 'echo before' }")
    world.ends(kept, "before", "Succeeded")
    code, out, err = world.uninstall("--output", "json")
    assert code == 0 and set(states(out)) == {"removed"}, (code, out, err)
    for kind, which, space in (("deployment", "devops-apiserver", SYSTEM), ("service", "devops-jenkins", SYSTEM), ("clusterrole", "windlass", None),
                               ("clusterrolebinding", "windlass", None), ("serviceaccount", "windlass", SYSTEM), ("rolebinding", "windlass-project", kept)):
        assert not get(kind, which, space), (kind, which)
    assert get("persistentvolumeclaim", "windlass", SYSTEM) and get("configmap", "jenkins-casc-config", SYSTEM) and first_password()
    assert world.phase(kept, "before") == "Succeeded"
    # The next one goes on with all of it.
    code, out, err = world.install("--wait", "180")
    assert code == 0, (code, out, err, world.server_log()[-3000:])
    has(world.log(kept, "before"), "before\n", "Finished: SUCCESS")
    world.apply(devops("PipelineRun", "after", {"pipelineRef": {"name": "before"}}, namespace=kept))
    until("its end", lambda: world.phase(kept, "after") in ENDS, 120)
    assert get("pipelinerun", "after", kept)["metadata"]["annotations"]["devops.kubesphere.io/jenkins-pipelinerun-id"] == "2"
    # And with its data: what people have is let go of, and can be deleted by themselves.
    code, out, err = world.uninstall("--delete-data")
    assert code == 0, (code, out, err)
    has(out, "removed        PersistentVolumeClaim", "changed        PipelineRun", "kubectl delete -f -")
    assert not get("persistentvolumeclaim", "windlass", SYSTEM) and not get("secret", "devops-jenkins", SYSTEM)
    kubectl("-n", kept, "delete", "pipelineruns,pipelines", "--all", "--timeout=60s")
    kubectl("delete", "devopsproject", kept, "--timeout=60s")
    code, out, err = world.uninstall()
    assert code == 0, (code, out, err)
    has(out, f"There is no Windlass in the namespace {SYSTEM}.")


world.load_programs()
world.load_stand_ins()
world.load_folder("localhost/bare:1", lambda root: shutil.copy("/bin/busybox", root), '["/busybox", "sleep", "99999"]', busybox=False)
wanted = sys.argv[4:]
for one in checks:
    if wanted and one.__name__ not in wanted:
        continue
    began = time.monotonic()
    try:
        one()
    except AssertionError:
        for run in json.loads(kubectl("-n", name, "get", "pipelineruns", "-o", "json", may_fail=True) or '{"items": []}')["items"]:
            which = run["metadata"]["name"]
            if world.phase(name, which) != "Succeeded":
                print(f"---- the log of {which}:\n{world.log(name, which)}")
        print(f"---- the server:\n{world.server_log()[-4000:]}")
        print(f"---- the pods:\n{kubectl('get', 'pods', '-A', '-o', 'wide', may_fail=True)}", flush=True)
        raise
    print(f"ok: {one.__name__.replace('_', ' ')} ({time.monotonic() - began:.1f} s)", flush=True)
print("installed in a cluster: all as described")
