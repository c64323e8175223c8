#!/usr/bin/env python3
"""Clients that mean no good, or have no time: only they suffer (T53, T54, T55).

usage: hostile_http_test.py WINDLASS
"""
import json
import pathlib
import re
import resource
import select
import socket
import sys
import tempfile
import time

from harness import Checks, Server

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
check = Checks()
IDLE = 10000
MAPS = "/api/v1/namespaces/h/configmaps"


def resident_kib(server):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{server.process.pid}/status").read_text())[1])


def answers(server, token):
    return server.request("GET", "/kapis/windlass.io/v1/whoami", token)[0] == 200


def closed_within(sockets, seconds):
    """How many the server closed, until all are or the time is over."""
    poll, left = select.poll(), {s.fileno(): s for s in sockets}
    for fd in left:
        poll.register(fd, select.POLLIN | select.POLLHUP)
    deadline = time.monotonic() + seconds
    while left and time.monotonic() < deadline:
        for fd, _ in poll.poll(500):
            try:
                gone = left[fd].recv(4096) == b""
            except OSError:
                gone = True
            if gone:
                poll.unregister(fd)
                del left[fd]
    return len(sockets) - len(left)


def idle_sockets(server, token):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < IDLE + 1000:
        check.skip(f"{IDLE} idle sockets", f"this machine lets a process have {soft} files (ulimit -n)")
        return
    before = resident_kib(server)
    sockets = []
    for n in range(IDLE):
        # 127.0.0.2 and on: one source address has too few ports for itself.
        one = socket.socket()
        one.bind((f"127.0.0.{2 + n % 8}", 0))
        one.connect(("127.0.0.1", server.port))
        if n % 2:  # half have asked once and stay
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        sockets.append(one)
    for one in sockets[1::2]:
        one.settimeout(60)
        check("each is served", one.recv(4096).startswith(b"HTTP/1.1 200"))
    check(f"beside {IDLE} idle sockets requests are answered", answers(server, token))
    each = (resident_kib(server) - before) / IDLE
    check("and each of those costs little", each < 12, f"{each:.1f} KiB")
    for one in sockets:
        one.close()
    check("and when they are gone", answers(server, token))


def slow_ones(server, token):
    """Heads that never end, a byte at a time."""
    sockets = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    for one in sockets:
        one.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\nX-A: ")
    check("beside slow heads requests are answered", answers(server, token))
    deadline = time.monotonic() + 60
    gone = 0
    while gone < len(sockets) and time.monotonic() < deadline:
        left = []
        for one in sockets:
            try:
                one.sendall(b"a")
                left.append(one)
            except OSError:
                pass
        gone += len(sockets) - len(left)
        sockets = left
        if not sockets:
            break
        gone_now = closed_within(sockets, 1)
        sockets = [] if gone_now == len(sockets) else sockets
    check("who never ends a head is closed, however it dribbles", not sockets, len(sockets))
    # A body that never comes does not hold anybody up either; it has a minute.
    one = socket.create_connection(("127.0.0.1", server.port))
    one.sendall(f"POST {MAPS} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\nContent-Length: 100000\r\n\r\n".encode())
    check("beside a body that does not come too", answers(server, token))
    one.close()
    # Who asks for much and reads nothing.
    greedy = []
    for _ in range(20):
        one = socket.create_connection(("127.0.0.1", server.port))
        one.sendall(f"GET /openapi/v2 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\n\r\n".encode() * 50)
        greedy.append(one)
    check("beside clients that do not read", answers(server, token))
    for one in greedy:
        one.close()


def odd_heads(server):
    def first_line(bytes_):
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as one:
            one.sendall(bytes_)
            try:
                return one.recv(200).split(b"\r\n")[0].decode()
            except OSError:
                return "closed"

    for name, head in {
        "two lengths": b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "length and chunks": b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "a signed length": b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\na",
        "a folded header": b"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
        "a blank before the colon": b"GET / HTTP/1.1\r\nHost : h\r\n\r\n",
        "a bare CR": b"GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n",
        "a zero byte": b"GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n",
        "a bad chunk": b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "an endless chunk head": b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 100000,
        "another coding": b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "an absolute target": b"GET http://x/ HTTP/1.1\r\nHost: h\r\n\r\n",
        "no HTTP": b"\x16\x03\x01 hello\r\n\r\n" + b"x" * 600,
    }.items():
        line = first_line(head)
        check(f"{name} is refused", line == "" or line == "closed" or re.match(r"HTTP/1.1 (400|404|411|413|414|431|501)", line), line)
    line = first_line(b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X: " + b"a" * 70000 + b"\r\n\r\n")
    check("a head of 64 KiB is too long", line.startswith(("HTTP/1.1 431", "HTTP/1.1 400")) or line in ("", "closed"), line)


def bodies(server, token):
    def post(body, path=MAPS):
        return server.request("POST", path, token, body, {"Content-Type": "application/json"})

    for name, body in {
        "not a number": '{"metadata":{"name":"a"},"data":{"x":NaN}}',
        "infinity": '{"metadata":{"name":"a"},"data":{"x":Infinity}}',
        "a lone surrogate": '{"metadata":{"name":"a"},"data":{"x":"\\ud800"}}',
        "bytes that are no UTF-8": b'{"metadata":{"name":"a"},"data":{"x":"\xff\xfe"}}',
        "a zero byte": b'{"metadata":{"name":"a"},"data":{"x":"\0"}}',
        "something behind it": '{"metadata":{"name":"a"}} x',
        "a comma too many": '{"metadata":{"name":"a"},}',
        "lists in lists": "[" * 200000,
        "maps in maps": '{"a":' * 200000,
        "deep data": '{"metadata":{"name":"a"},"data":{"x":' + "[" * 5000 + "]" * 5000 + "}}",
        "no object": '"text"',
        "nothing": "",
        "a list": "[]",
        "metadata of another kind": '{"metadata":[]}',
        "a name of another kind": '{"metadata":{"name":{"x":1}}}',
        "data of another kind": '{"metadata":{"name":"a"},"data":[1]}',
        "labels of another kind": '{"metadata":{"name":"a","labels":{"x":1}}}',
    }.items():
        status, _, text = post(body)
        told = text.startswith("{") and json.loads(text).get("kind") == "Status"
        check(f"{name} is refused with a sentence", status in (400, 413, 422) and told, f"{status} {text[:300]}")
    for name, body in {
        "a huge number": '{"metadata":{"name":"huge"},"data":{"x":' + "9" * 100000 + "}}",
        "a huge exponent": '{"metadata":{"name":"exp"},"data":{"x":1e999999999}}',
        "a key twice": '{"metadata":{"name":"twice","name":"twice2"},"data":{"x":"1","x":"2"}}',
        "many keys": '{"metadata":{"name":"many"},"data":{' + ",".join(f'"k{i}":""' for i in range(200000)) + "}}",
    }.items():
        status, _, text = post(body)
        check(f"{name} does no harm", status < 500, f"{status} {text[:300]}")
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as one:
        one.sendall(f"POST {MAPS} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\nContent-Length: {(16 << 20) + 1}\r\n\r\n".encode())
        line = one.recv(200)
    check("a body of more than 16 MiB is refused before it is sent", line.startswith(b"HTTP/1.1 413"), line)
    deep = "metadata" + "/x" * 5000
    for name, kind, patch in (("a patch of a deep path", "application/json-patch+json", json.dumps([{"op": "add", "path": "/" + deep, "value": 1}])),
                              ("a patch of many steps", "application/json-patch+json", json.dumps([{"op": "copy", "from": "/data", "path": f"/data/k{i}"} for i in range(60)])),
                              ("a merge of depth", "application/merge-patch+json", '{"a":' * 3000 + "1" + "}" * 3000),
                              ("an apply with a bomb", "application/apply-patch+yaml", "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
                                  f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12)))):
        server.request("POST", MAPS, token, {"metadata": {"name": "p"}, "data": {"a": "b"}})
        status, _, text = server.request("PATCH", MAPS + "/p?fieldManager=x", token, patch, {"Content-Type": kind})
        check(f"{name} is refused", 400 <= status < 500, f"{status} {text[:200]}")
    for selector in ("a in (" + ",".join(f"v{i}" for i in range(50000)) + ")", "a,b=(", "!" * 1000, "a" * 60000, "x notin ()", "=", ",,,"):
        status, _, text = server.request("GET", MAPS + "?labelSelector=" + re.sub(r"[^\w(),!]", lambda m: f"%{ord(m[0]):02x}", selector)[:60000], token)
        check("a selector that is none", status in (200, 400, 414, 431), f"{status} {text[:200]}")
    check("and all the while it lives", answers(server, token))


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = IDLE + 2000
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(hard, wanted), hard))
    with tempfile.TemporaryDirectory() as folder:
        server = Server(WINDLASS, folder + "/data")
        try:
            token = server.token()
            server.request("POST", "/api/v1/namespaces", token, {"metadata": {"name": "h"}})
            odd_heads(server)
            bodies(server, token)
            slow_ones(server, token)
            idle_sockets(server, token)
            server.kill(15)
            check("it ends cleanly", server.process.returncode == 0, server.process.returncode)
        finally:
            if server.process.poll() is None:
                server.process.kill()
    check.end()


main()
