#!/usr/bin/env python3
"""An unmodified kubectl against `windlass server`, and what plain HTTP clients may not do.

usage: kubectl_test.py WINDLASS
Ends with `N passed, N failed, N skipped`; without a kubectl on the PATH its cases are skipped and say so.
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from harness import Checks, Server, run

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
check = Checks()


def request(server, method, path, token=None, body=None, headers=None):
    status, _, text = server.request(method, path, token, body, headers)
    return status, text


def http_cases(server, token):
    check("healthz needs no token", request(server, "GET", "/healthz") == (200, "ok"))
    status, text = request(server, "GET", "/apis")
    check("everything else does", status == 401 and json.loads(text)["reason"] == "Unauthorized", text)
    for wrong in ("x", "wl_" + "a" * 51, token[:-1], token + "a"):
        status, text = request(server, "GET", "/api/v1/namespaces", wrong)
        check("a wrong token is nobody", status == 401, text)
    status, text = request(server, "GET", "/nowhere", token)
    check("an unknown path says so", status == 404, text)
    status, text = request(server, "POST", "/api/v1/namespaces", token, {"metadata": {"name": "http"}})
    check("create a namespace", status == 201, text)
    pipelines = "/apis/devops.kubesphere.io/v1alpha3/namespaces/http/pipelines"
    status, text = request(server, "POST", pipelines, token, "{", None)
    check("broken JSON is 400", status == 400 and json.loads(text)["kind"] == "Status", text)
    status, text = request(server, "POST", pipelines, token, "[" * 100000, None)
    check("deep JSON is 400", status == 400, text)
    status, text = request(server, "POST", pipelines, token, {"kind": "Secret", "metadata": {"name": "a"}})
    check("another kind is 400", status == 400, text)
    status, text = request(server, "POST", pipelines, token, {"metadata": {"name": "../etc"}})
    check("a hostile name is 422", status == 422 and "metadata.name" in json.loads(text)["message"], text)
    for i in range(5):
        status, text = request(server, "POST", pipelines, token, {"metadata": {"name": f"n{i}"}})
        check("a pipeline is made", status == 201, text)
    status, text = request(server, "GET", pipelines + "?limit=2", token)
    first = json.loads(text)
    check("a list in parts", len(first["items"]) == 2 and first["metadata"]["continue"], text)
    status, text = request(server, "GET", pipelines + "?limit=9&continue=" + first["metadata"]["continue"], token)
    check("its rest", [i["metadata"]["name"] for i in json.loads(text)["items"]] == ["n2", "n3", "n4"], text)
    status, text = request(server, "GET", pipelines + "?watch=1&resourceVersion=1&timeoutSeconds=1", token)
    events = [json.loads(line) for line in text.splitlines()]
    check("a watch from an old version", [e["type"] for e in events].count("ADDED") == 5, text)
    status, text = request(server, "GET", pipelines + "?labelSelector=a%20b", token)
    check("a wrong selector is 400", status == 400, text)
    secrets = "/api/v1/namespaces/http/secrets"
    request(server, "POST", secrets, token, {"metadata": {"name": "s"}, "stringData": {"k": "hunter2"}})
    steal = json.dumps([{"op": "copy", "from": "/data/k", "path": "/metadata/labels"}])
    copy = json.dumps([{"op": "add", "path": "/metadata/annotations", "value": {}},
                       {"op": "copy", "from": "/data/k", "path": "/metadata/annotations/stolen"}])
    guess = json.dumps([{"op": "test", "path": "/data/k", "value": "aHVudGVyMg=="}])
    for patch in (steal, copy):
        status, text = request(server, "PATCH", secrets + "/s", token, patch, {"Content-Type": "application/json-patch+json"})
        check("T36 a patch cannot copy a secret's value out", "aHVudGVyMg" not in text, text)
    status, text = request(server, "PATCH", secrets + "/s", token, guess, {"Content-Type": "application/json-patch+json"})
    check("nor find out whether a guess is right", status == 422, text)
    status, text = request(server, "GET", "/apis/clusters/host" + pipelines[5:] + "/n0", token)
    check("a cluster before the group changes nothing", status == 200 and json.loads(text)["kind"] == "Pipeline", text)
    raw = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    raw.sendall(b"POST /apis HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    check("smuggling is refused", raw.recv(64).startswith(b"HTTP/1.1 400"))
    raw.close()


PIPELINE = """
apiVersion: devops.kubesphere.io/v1alpha3
kind: Pipeline
metadata: {name: hello, namespace: demo}
spec: {type: pipeline, pipeline: {name: hello, jenkinsfile: "echo 'VALUE'"}}
"""


PROJECT = """
apiVersion: devops.kubesphere.io/v1alpha3
kind: DevOpsProject
metadata: {name: proj}
---
apiVersion: devops.kubesphere.io/v1alpha3
kind: Pipeline
metadata: {name: auto, namespace: proj}
spec:
  type: pipeline
  pipeline: {name: auto, jenkinsfile: "pipeline { agent any; stages { stage('a') { steps { echo 'x' } } } }"}
"""


def controller_cases(kubectl):
    """What the controllers do, as kubectl sees it."""
    project, pipeline = PROJECT.split("---")
    code, out, err = kubectl("apply", "-f", "-", stdin=project)
    check("apply a project", code == 0, out + err)

    def until(wanted, *words):
        shown = ""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            shown = "".join(kubectl(*words)[1:])
            if wanted in shown:
                return True, shown
            time.sleep(0.05)
        return False, shown

    check("its namespace comes", *until("Active", "get", "namespace", "proj", "-o", "jsonpath={.status.phase}"))
    code, out, err = kubectl("apply", "-f", "-", stdin=pipeline)
    check("a pipeline in it", code == 0, out + err)
    where = "jsonpath={.metadata.annotations.pipeline\\.devops\\.kubesphere\\.io/"
    check("is in order", *until("successful", "get", "pip", "auto", "-n", "proj", "-o", where + "syncstatus}"))
    check("has its JSON", *until('"stages"', "get", "pip", "auto", "-n", "proj", "-o", where + "jenkinsfile}"))
    check("describe shows what happened", *until("NamespaceCreated", "describe", "devopsproject", "proj"))
    code, out, err = kubectl("delete", "devopsproject", "proj", "--timeout=60s")
    check("deleting a project ends", code == 0, out + err)
    code, out, err = kubectl("get", "namespace", "proj")
    check("and takes its namespace", code != 0 and "NotFound" in err, out + err)


MAP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: shared, namespace: demo}
data: {a: "1", b: "2"}
"""


def server_side_apply(kubectl):
    """Field managers: who applied what, and that nobody overwrites another's without being told."""
    def owners():
        code, out, _ = kubectl("get", "cm", "shared", "-n", "demo", "-o", "json", "--show-managed-fields=true")
        if code != 0:  # before 1.21 they are always shown
            code, out, _ = kubectl("get", "cm", "shared", "-n", "demo", "-o", "json")
        return {m["manager"]: m["fieldsV1"] for m in json.loads(out)["metadata"].get("managedFields", [])}

    code, out, err = kubectl("apply", "--server-side", "--field-manager=one", "-f", "-", stdin=MAP)
    check("server-side apply makes it", code == 0 and "serverside-applied" in out, out + err)
    check("and owns what it named", owners().get("one", {}).get("f:data") == {"f:a": {}, "f:b": {}}, owners())
    code, out, err = kubectl("apply", "--server-side", "--field-manager=two", "-f", "-", stdin=MAP.replace('"1"', '"9"'))
    check("another one's value is a conflict", code != 0 and 'conflict with "one"' in err and ".data.a" in err, out + err)
    code, out, err = kubectl("apply", "--server-side", "--field-manager=two", "-f", "-", stdin=MAP)
    check("the same value is shared", code == 0 and set(owners()) == {"one", "two"}, out + err)
    code, out, err = kubectl("apply", "--server-side", "--field-manager=one", "-f", "-", stdin=MAP.replace('a: "1", ', ''))
    code, out, err = kubectl("get", "cm", "shared", "-n", "demo", "-o", "jsonpath={.data}")
    check("what the other one has stays", json.loads(out) == {"a": "1", "b": "2"}, out + err)
    code, out, err = kubectl("apply", "--server-side", "--field-manager=one", "--force-conflicts", "-f", "-", stdin=MAP.replace('"1"', '"9"'))
    check("with force it is taken", code == 0 and "f:a" not in owners()["two"].get("f:data", {}), owners())
    code, out, err = kubectl("patch", "cm", "shared", "-n", "demo", "--field-manager=three", "--type=merge", "-p", '{"data":{"b":"x"}}')
    check("another write owns what it changed", code == 0 and owners().get("three", {}).get("f:data") == {"f:b": {}}, owners())
    code, out, err = kubectl("apply", "--server-side", "--field-manager=one", "-f", "-", stdin=MAP.replace('"1"', '"9"'))
    check("which is a conflict then", code != 0 and 'conflict with "three"' in err, out + err)


def protobuf_fields(bytes_):
    """(number, value) of a message's fields, of the two kinds that are used."""
    at = 0

    def number():
        nonlocal at
        shift = value = 0
        while True:
            byte = bytes_[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(bytes_):
        key = number()
        if key & 7 == 2:
            size = number()
            yield key >> 3, bytes_[at:at + size]
            at += size
        elif key & 7 == 1:
            yield key >> 3, bytes_[at:at + 8]
            at += 8
        else:
            yield key >> 3, number()


def openapi_protobuf(server, token):
    """What kubectl before 1.25 asks for, read by the published field numbers."""
    import http.client
    bodies = []
    for asked, named in (("spec.v2@v1.0", "application/octet-stream"), ("spec.v2.v1.0", "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        kind = f"application/com.github.proto-openapi.{asked}+protobuf"
        connection.request("GET", "/openapi/v2", headers={"Authorization": "Bearer " + token, "Accept": kind})
        answer = connection.getresponse()
        bodies.append(answer.read())
        check("openapi v2 as protobuf, " + asked, answer.status == 200 and answer.headers["Content-Type"] == named, answer.headers)
    document = dict(protobuf_fields(bodies[0]))
    check("the same by both names", bodies[0] == bodies[1] and document[1] == b"2.0", document.get(1))
    definitions = {}
    for _, pair in protobuf_fields(document[9]):
        fields = dict(protobuf_fields(pair))
        definitions[fields[1].decode()] = fields[2]
    name = "io.kubesphere.devops.v1alpha3.Pipeline"
    check("has the kinds", name in definitions or "com.kubesphere.devops.v1alpha3.Pipeline" in definitions, sorted(definitions)[:5])
    plain = json.loads(server.request("GET", "/openapi/v2", token)[2])["definitions"]
    check("the same as in JSON", set(definitions) == set(plain), set(definitions) ^ set(plain))
    for one, schema in plain.items():
        fields = list(protobuf_fields(definitions[one]))
        properties = [dict(protobuf_fields(p))[1].decode() for n, v in fields if n == 25 for _, p in protobuf_fields(v)]
        check(f"{one}: all properties", properties == list(schema.get("properties", {})), properties)
        if "x-kubernetes-group-version-kind" in schema:
            extensions = {dict(protobuf_fields(v))[1]: dict(protobuf_fields(dict(protobuf_fields(v))[2]))[2] for n, v in fields if n == 31}
            kinds = json.loads(extensions[b"x-kubernetes-group-version-kind"])
            check(f"{one}: its kind", kinds == schema["x-kubernetes-group-version-kind"], kinds)


def kubectl_cases(server, config):
    env = dict(os.environ, KUBECONFIG=config)

    def kubectl(*words, stdin=None):
        return run("kubectl", *words, stdin=stdin, env=env)

    code, out, err = kubectl("api-resources")
    check("api-resources", code == 0 and "pipelineruns" in out and "pip" in out, out + err)
    code, out, err = kubectl("create", "namespace", "demo")
    check("create namespace", code == 0, out + err)
    code, out, err = kubectl("apply", "-f", "-", stdin=PIPELINE)
    check("apply makes it", code == 0 and "created" in out, out + err)
    code, out, err = kubectl("apply", "-f", "-", stdin=PIPELINE)
    check("apply again changes nothing", "unchanged" in out, out + err)
    code, out, err = kubectl("apply", "-f", "-", stdin=PIPELINE.replace("VALUE", "2"))
    check("apply changes it", "configured" in out, out + err)
    code, out, err = kubectl("get", "pip", "-n", "demo")
    check("get prints the columns", out.split()[:5] == ["NAME", "TYPE", "AGE", "hello", "pipeline"], out + err)
    code, out, err = kubectl("get", "pip", "hello", "-n", "demo", "-o", "jsonpath={.spec.pipeline.jenkinsfile}")
    check("get -o jsonpath", out == "echo '2'", out + err)
    code, out, err = kubectl("apply", "-f", "-", stdin=PIPELINE.replace("jenkinsfile:", "jenkinsfil:"))
    check("apply names a misspelt field", code != 0 and "jenkinsfil" in err, out + err)
    code, out, err = kubectl("explain", "pipeline.spec.pipeline.discarder")
    check("explain", code == 0 and "days_to_keep" in out, out + err)
    code, out, err = kubectl("describe", "pip", "hello", "-n", "demo")
    check("describe", code == 0 and "Jenkinsfile:" in out, out + err)
    code, out, err = kubectl("create", "secret", "generic", "s", "-n", "demo", "--from-literal=password=hunter2")
    check("create secret", code == 0, out + err)
    code, out, err = kubectl("get", "secret", "s", "-n", "demo", "-o", "yaml")
    check("its value is not shown", code == 0 and "aHVudGVyMg" not in out and "password" in out, out + err)
    code, out, err = kubectl("auth", "can-i", "delete", "pipelines", "-n", "demo")
    check("auth can-i", out.strip() == "yes", out + err)
    watch = subprocess.Popen(["kubectl", "get", "pip", "-n", "demo", "-w", "-o", "name", "--request-timeout=20s"],
                             stdout=subprocess.PIPE, text=True, env=env)
    first = watch.stdout.readline()
    kubectl("label", "pip", "hello", "-n", "demo", "x=y")
    second = watch.stdout.readline()
    watch.kill()
    watch.wait()
    check("get -w sees the change", first == second == "pipeline.devops.kubesphere.io/hello\n", first + second)
    code, out, err = kubectl("patch", "pip", "hello", "-n", "demo", "--type=json", "-p",
                             '[{"op":"remove","path":"/metadata/labels/x"}]')
    check("patch", code == 0, out + err)
    server_side_apply(kubectl)
    code, out, err = run("kubectl", "edit", "pip", "hello", "-n", "demo", env=dict(env, KUBE_EDITOR="true"))
    check("edit without a change", code == 0 and "no changes" in out + err, out + err)
    editor = pathlib.Path(config + ".editor")
    editor.write_text("#!/bin/sh\nsed -i \"s/echo '2'/echo '3'/\" \"$1\"\n")
    editor.chmod(0o700)
    code, out, err = run("kubectl", "edit", "pip", "hello", "-n", "demo", env=dict(env, KUBE_EDITOR=str(editor)))
    check("edit changes it", code == 0 and "edited" in out, out + err)
    code, out, err = kubectl("get", "pip", "hello", "-n", "demo", "-o", "jsonpath={.spec.pipeline.jenkinsfile}")
    check("as it was edited", out == "echo '3'", out + err)
    code, out, err = kubectl("auth", "can-i", "--list", "-n", "demo")
    check("auth can-i --list", code == 0 and "*.*" in out, out + err)
    controller_cases(kubectl)
    server.kill()
    server.start()
    run(WINDLASS, "kubeconfig", "--data", server.folder)
    code, out, _ = run(WINDLASS, "kubeconfig", "--data", server.folder)
    pathlib.Path(config).write_text(out)
    code, out, err = kubectl("get", "pip,secret", "-n", "demo", "-o", "name")
    kept = b"".join(one.read_bytes() for one in pathlib.Path(server.folder).rglob("*") if one.is_file())
    check("T35 no secret is readable in the folder", b"hunter2" not in kept and b"aHVudGVyMg" not in kept)
    check("all is there after kill -9", out.split() == ["pipeline.devops.kubesphere.io/hello", "secret/s"], out + err)
    code, out, err = kubectl("delete", "namespace", "demo", "--timeout=60s")
    check("delete namespace waits for its content", code == 0, out + err)
    code, out, err = kubectl("get", "pip", "-A", "-o", "name")
    check("which is gone", "hello" not in out, out + err)


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(WINDLASS, folder + "/data")
        try:
            code, token, err = run(WINDLASS, "token", "create", "--data", server.folder, "--user", "admin")
            check("token create prints a token", code == 0 and token.startswith("wl_"), err)
            http_cases(server, token.strip())
            openapi_protobuf(server, token.strip())
            code, _, err = run(WINDLASS, "server", "--data", server.folder, "--listen", "127.0.0.1:0")
            check("a second server is refused", code == 70 and str(server.process.pid) in err, err)
            if shutil.which("kubectl"):
                config = folder + "/kubeconfig"
                code, out, err = run(WINDLASS, "kubeconfig", "--data", server.folder)
                pathlib.Path(config).touch(mode=0o600)
                pathlib.Path(config).write_text(out)
                kubectl_cases(server, config)
            else:
                check.skip("kubectl", "none is on the PATH (Debian: kubernetes-client)")
            server.kill(15)
            check("SIGTERM ends it cleanly", server.process.returncode == 0, str(server.process.returncode))
            os.chmod(server.folder, 0o755)
            code, _, err = run(WINDLASS, "server", "--data", server.folder, "--listen", "127.0.0.1:0")
            check("a folder that others may enter is refused", code == 70 and "chmod 700" in err, err)
            os.chmod(server.folder, 0o700)
        finally:
            if server.process.poll() is None:
                server.process.kill()
    check.end()


main()
