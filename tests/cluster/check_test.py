#!/usr/bin/env python3
"""windlass cluster check, from outside, on a real API server: as an administrator, as one who may little, as nobody, and
where there is nothing. Usage: check_test.py WINDLASS KUBECONFIG"""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile

windlass, kubeconfig = sys.argv[1], sys.argv[2]
environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "NO_PROXY": "*"}


def check(*arguments, **more):
    done = subprocess.run([windlass, "cluster", "check", *arguments], capture_output=True, text=True, timeout=60,
                          env={**environment, **more})
    return done.returncode, done.stdout, done.stderr


def kubectl(*arguments, text=None):
    return subprocess.run(["kubectl", "--kubeconfig", kubeconfig, *arguments], capture_output=True, text=True, input=text, timeout=60)


def variant(change):
    """The administrator's kubeconfig, changed; JSON is YAML too."""
    config = json.loads(kubectl("config", "view", "--raw", "-o", "json").stdout)
    change(config)
    file = tempfile.NamedTemporaryFile("w", suffix=".kubeconfig", delete=False)
    json.dump(config, file)
    file.close()
    return file.name


# As an administrator: everything that Kubernetes has is there; our kinds are not installed.
code, out, err = check("--kubeconfig", kubeconfig, "--namespace", "default", "--output", "json")
facts = json.loads(out)
assert code == 1, (code, err)
assert facts["user"]["name"] == "admin" and facts["user"]["groups"] == ["system:masters"], facts["user"]
assert facts["version"].startswith("v1."), facts["version"]
missing = [one["what"] for one in facts["items"] if one["state"] != "ok"]
assert missing == [f"{plural} of devops.kubesphere.io/v1alpha3" for plural in ("devopsprojects", "pipelines", "pipelineruns")], missing
assert facts["complete"] is False

# With them it is complete; both languages; KUBECONFIG with several files.
crds = subprocess.run([windlass, "cluster", "crds"], capture_output=True, text=True, timeout=60, env=environment)
assert crds.returncode == 0, crds.stderr
applied = kubectl("apply", "-f", "-", text=crds.stdout)
assert applied.returncode == 0, applied.stderr
kubectl("wait", "--for", "condition=established", "crd", "--all", "--timeout=30s")
code, out, err = check("--namespace", "default", KUBECONFIG=f"/nonexistent/x:{kubeconfig}")
assert code == 0, (code, out, err)
assert "we are admin, of system:masters" in out and re.search(r"^(\d+) of \1 things", out, re.M), out
code, out, err = check("--namespace", "nowhere", KUBECONFIG=kubeconfig, LC_ALL="zh_CN.UTF-8")
assert code == 1 and "当前身份为 admin" in out and "kubectl create namespace nowhere" in out, (out, err)

# An APIService of the server's own that somebody has deleted: clients that look kinds up do not find them any more.
kubectl("delete", "apiservice", "v1.coordination.k8s.io")
code, out, err = check("--kubeconfig", kubeconfig, "--namespace", "default")
assert code == 1 and re.search(r"^APIService v1\.coordination\.k8s\.io +not registered", out, re.M), (code, out, err)
assert "/etc/kubernetes/manifests/kube-apiserver.yaml" in out and out.count("not registered") == 1, out
kubectl("apply", "-f", "-", text=json.dumps(
    {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": "v1.coordination.k8s.io"},
     "spec": {"group": "coordination.k8s.io", "version": "v1", "groupPriorityMinimum": 16500, "versionPriority": 15}}))
assert check("--kubeconfig", kubeconfig, "--namespace", "default")[0] == 0

# As one who may look at pods and nothing else.
limited = variant(lambda config: config["users"][0]["user"].update({"as": "ann", "as-groups": ["looking"]}))
kubectl("create", "clusterrole", "looking", "--verb=get,list,watch", "--resource=pods")
kubectl("create", "clusterrolebinding", "looking", "--clusterrole=looking", "--group=looking")
code, out, err = check("--kubeconfig", limited, "--namespace", "default", "--output", "json")
states = {one["what"]: one["state"] for one in json.loads(out)["items"] if one["kind"] == "right"}
assert code == 1, (code, err)
assert states["get pods in namespace default"] == "ok" and states["create pods in namespace default"] == "missing", states
code, out, err = check("--kubeconfig", limited, "--namespace", "default")
assert "create pods in namespace default" in out and "not allowed: no pod can be an agent" in out, out

# As nobody: the cluster does not know us.
nobody = variant(lambda config: config["users"][0].update({"user": {"token": "nonsense"}}))
code, out, err = check("--kubeconfig", nobody)
assert code == 70 and "Unauthorized" in err and "nonsense" not in out + err, (code, out, err)

# A credential program; one that fails says so in one sentence.
def plugin(config):
    config["users"][0]["user"] = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "sh",
                                           "args": ["-c", "echo no such account >&2; exit 4"], "installHint": "ask ops", "interactiveMode": "Never"}}
code, out, err = check("--kubeconfig", variant(plugin))
assert code == 70 and "the credential program sh ended with exit code 4: no such account; ask ops" in err and err.count("\n") == 1, err

# Where nothing is: an address that nobody listens on, a file that is not there, a context that is not there.
with socket.socket() as unused:
    unused.bind(("127.0.0.1", 0))
    gone = variant(lambda config: config["clusters"][0]["cluster"].update({"server": f"https://127.0.0.1:{unused.getsockname()[1]}"}))
    code, out, err = check("--kubeconfig", gone)
assert code == 70 and "Connection refused" in err and err.count("\n") == 1, err
code, out, err = check("--kubeconfig", "/nonexistent/config")
assert code == 64 and "/nonexistent/config cannot be read" in err, err
code, out, err = check("--kubeconfig", kubeconfig, "--context", "other")
assert code == 64 and "no context other; it has" in err, err
code, out, err = check()
assert code == 64 and "no cluster is known" in err, err
print("cluster check: as it should be")
