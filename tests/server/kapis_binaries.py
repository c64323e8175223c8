"""S2iBinary: the files that images are made from, as the console hands them in and reads them again."""
import hashlib
import http.client
import json
import pathlib
import time

from harness import is_sanitized
from kapis_client import V2, check

KIND = "/apis/devops.kubesphere.io/v1alpha1"


def form(*parts, boundary="----limit"):
    """(name, file name or None, bytes) each."""
    out = b""
    for name, file, content in parts:
        head = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
        out += f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
    return out + f"--{boundary}--\r\n".encode(), {"Content-Type": "multipart/form-data; boundary=" + boundary}


def raw(client, method, path, body=None, headers=None):
    """Status, headers, bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", client.server.port, timeout=60)
    connection.request(method, path, body=body, headers={"Authorization": "Bearer " + client.token, **(headers or {})})
    answer = connection.getresponse()
    out = answer.status, answer.headers, answer.read()
    connection.close()
    return out


def resident(client):
    """The most memory that the server has had, in KiB."""
    for line in pathlib.Path(f"/proc/{client.server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])


def until(good, what):
    deadline = time.monotonic() + 60
    while not good() and time.monotonic() < deadline:
        time.sleep(0.02)
    check(what, good())


def case_s2ibinaries(client, project):
    server, where = client.server, f"{KIND}/namespaces/{project}/s2ibinaries"
    kept = pathlib.Path(server.folder, "uploads/kept", project)
    incoming = pathlib.Path(server.folder, "uploads/in")

    def make(name):
        status, _, text = server.objects("POST", where, client.token, {
            "apiVersion": "devops.kubesphere.io/v1alpha1", "kind": "S2iBinary", "metadata": {"name": name}})
        check(f"an S2iBinary {name}", status == 201, text)

    def shown(name):
        return json.loads(server.objects("GET", f"{where}/{name}", client.token)[2])

    make("app")
    path = f"/namespaces/{project}/s2ibinaries/app/file"
    first = b"PK\x03\x04\r\n--" + bytes(range(256)) * 3000
    md5 = hashlib.md5(first).hexdigest()
    body, head = form(("md5", None, md5.upper().encode()), ("s2ibinary", "C:\\work\\shop 1.jar", first), ("other", None, b"x"))
    status, made = client("PUT", path, body, head, root=V2)
    check("a file is taken", status == 200, str(made))
    check("what is known of it", (made["spec"]["fileName"], made["spec"]["md5"], made["spec"]["size"], made["status"]["phase"]) ==
          ("shop 1.jar", md5, "750K", "Ready") and made["spec"]["uploadTimeStamp"].endswith("Z"), str(made))
    check("and stored", shown("app") == made, str(shown("app")))
    url = made["spec"]["downloadURL"]
    check("where it is", url == f"{V2}{path}/shop%201.jar", url)
    client("GET", path + "/shop%201.jar", root=V2)
    status, headers, got = raw(client, "GET", url)
    check("the same bytes, as a file to keep", (status, got) == (200, first) and headers["Content-Disposition"] ==
          'attachment; filename="shop 1.jar"' and headers["X-Content-Type-Options"] == "nosniff", str((status, headers)))
    status, headers, got = raw(client, "GET", url, headers={"Range": "bytes=4-9"})
    check("a range", (status, got) == (206, first[4:10]), str((status, got)))
    check("by the other family of paths", raw(client, "GET", url.replace("/namespaces/", "/devops/"))[2] == first)
    check("no other name", raw(client, "GET", url.replace("shop", "ship"))[0] == 404)

    # What is refused leaves what was there.
    for name, parts, code, words in (
            ("another MD5", (("s2ibinary", "b.jar", b"x"), ("md5", None, md5.encode())), 500, "changed or cut"),
            ("two files", (("s2ibinary", "b", b"x"), ("s2ibinary", "c", b"y")), 400, "more than one file"),
            ("no file", (("md5", None, md5.encode()),), 400, "no file"),
            ("a field for a file", (("s2ibinary", None, b"x"),), 400, "is no file"),
            ("T11: a name that is none", (("s2ibinary", "a/..", b"x"),), 400, "no name"),
            ("T11: a name with a control character", (("s2ibinary", "a\x01b", b"x"),), 400, "no name"),
            ("a long MD5", (("s2ibinary", "b", b"x"), ("md5", None, b"0" * 2000)), 400, "longer than any MD5"),
            ("a long file", (("s2ibinary", "b", b"x" * (65 << 20)),), 413, "windlass.maxUploadMiB")):
        body, head = form(*parts)
        status, text = client("PUT", path, body, head, root=V2)
        check(f"refused: {name}", status == code and words in str(text), str((status, text)))
    status, text = client("PUT", path, form(("s2ibinary", "b", b"x"))[0][:-6], form()[1], root=V2)
    check("refused: a form that was cut", status == 400 and "no end" in text, text)
    status, text = client("PUT", path, {"file": "x"}, root=V2)
    check("refused: no form", status == 400 and "multipart/form-data" in text, text)
    check("what was there stands", shown("app")["status"]["phase"] == "Ready" and raw(client, "GET", url)[2] == first)
    check("no part of the others stays", not list(incoming.iterdir()) and len(list(kept.rglob("*.*"))) <= 1, str(list(kept.rglob("*"))))
    status, text = client("PUT", f"/namespaces/{project}/s2ibinaries/none/file", *form(("s2ibinary", "b", b"x")), root=V2)
    check("refused: for no object", status == 404, text)

    # Two at once for one object: the second is told so, and that the first was cut off is seen.
    make("slow")
    body, head = form(("s2ibinary", "s.jar", b"s" * 100_000))
    slow = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    slow.putrequest("PUT", f"{V2}/namespaces/{project}/s2ibinaries/slow/file")
    for name, value in {**head, "Authorization": "Bearer " + client.token, "Content-Length": str(len(body))}.items():
        slow.putheader(name, value)
    slow.endheaders(body[:50_000])
    until(lambda: shown("slow").get("status", {}).get("phase") == "Uploading", "Uploading while it comes")
    status, text = client("PUT", f"/namespaces/{project}/s2ibinaries/slow/file", body, head, root=V2)
    check("one at a time for an object", status == 409 and "on its way" in text, str((status, text)))
    slow.close()
    until(lambda: shown("slow")["status"]["phase"] == "UploadFailed", "UploadFailed when its client is gone")
    until(lambda: not list(incoming.iterdir()), "and nothing of it stays")

    # Memory does not grow with the file.
    big = b"0123456789abcdef" * (3 << 20)  # 48 MiB of the 64 that the test's configuration takes
    before = resident(client)
    for turn in range(2):
        body, head = form(("s2ibinary", f"big{turn}.jar", big))
        status, made = client("PUT", path, body, head, root=V2)
        check("a large one", status == 200 and made["spec"]["size"] == "48M", str(made))
    if is_sanitized(client.server.windlass):
        check.skip("ill 26: memory stays small", "a sanitizer keeps what was freed")
    else:
        check("ill 26: memory stays small", resident(client) - before < 16 << 10, f"{before} {resident(client)}")
    check("only the newest content is kept", len(list((kept / "app").iterdir())) == 1, str(list(kept.rglob("*"))))
    check("it is that", raw(client, "GET", made["spec"]["downloadURL"])[2] == big)
    small = b"small"
    body, head = form(("s2ibinary", "small.jar", small))
    status, made = client("PUT", path, body, head, root=V2)

    # Who may: viewers read, maintainers change.
    for role, may_read, may_write in (("viewer", 200, 403), ("developer", 200, 403), ("maintainer", 200, 200), (None, 403, 403)):
        name = f"s2i-{role}"
        server.add_member(name, project, role)
        token = server.token(name)
        check(f"T46: {role} reads", server.request("GET", made["spec"]["downloadURL"], token)[0] == may_read)
        check(f"T46: {role} writes", server.request("PUT", V2 + path, token, body, head)[0] == may_write)
    check("T46: nobody reads", server.request("GET", made["spec"]["downloadURL"])[0] == 401)
    check("T46: a whole file is not waited for before nobody is told", server.request("PUT", V2 + path, None, body, head)[0] == 401)

    # An md5 that a person writes leads nowhere else.
    server.objects("PATCH", where + "/app", client.token, '{"spec":{"md5":"../../../../key"}}', {"Content-Type": "application/merge-patch+json"})
    status, _, got = raw(client, "GET", made["spec"]["downloadURL"])
    check("T11: content is named by its MD5 only", status == 404 and b"upload it again" in got, str((status, got)))
    status, again = client("PUT", path, body, head, root=V2)
    check("and comes back with the next file", raw(client, "GET", again["spec"]["downloadURL"])[2] == small)

    if server.cluster:
        check.skip("what is behind an object goes when it does", "on a cluster they are looked at once an hour, not watched")
        return

    # A server that dies keeps what was whole, and what it was taking is not Uploading for ever.
    server.objects("PATCH", where + "/slow", client.token, '{"status":{"phase":"Uploading"}}', {"Content-Type": "application/merge-patch+json"})
    until(lambda: shown("slow")["status"]["phase"] == "UploadFailed", "Uploading ends where nobody uploads")

    # It goes with its object, and with its project.
    server.objects("DELETE", where + "/app", client.token)
    until(lambda: not (kept / "app").exists(), "the content goes with its object")
    make("app")
    check("another of its name has none", client("GET", path + "/small.jar", root=V2)[0] == 404)
