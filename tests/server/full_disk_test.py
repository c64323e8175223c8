#!/usr/bin/env python3
"""A server whose disk fills up in the middle of a run: writes are refused with a sentence, reads go on, and after a restart
with room the run goes on where it was. Needs a mount namespace of its own for a small disk; skips where there is none.

usage: full_disk_test.py WINDLASS
"""
import base64
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from harness import Checks, Server

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
check = Checks()


def inside(folder):
    disk = folder + "/disk"
    os.mkdir(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m,mode=0700", "none", disk], check=True)
    server = Server(WINDLASS, disk + "/data")
    env = {**os.environ, "WINDLASS_TOKEN": server.token(), "LC_ALL": "C.UTF-8"}

    def client(*words):
        done = subprocess.run([WINDLASS, *words], capture_output=True, text=True, timeout=60,
                              env={**env, "WINDLASS_SERVER": server.address})
        return done.returncode, done.stdout + done.stderr

    try:
        client("project", "create", "shop")
        script = pathlib.Path(folder, "Jenkinsfile")
        # In the middle it waits until the disk is full. What it says then is more than the last page of the commit log may
        # have room for, also packed: else a script that cannot be written would end the run before the server sees the full disk.
        noise = base64.b64encode(os.urandom(15000)).decode()
        script.write_text(f"node {{ for (int i = 0; i < 40; i++) {{ sh 'echo line'; "
                          f"if (i == 9) {{ sh 'until [ -e {folder}/full ]; do sleep 0.05; done'; echo '{noise}' }} }} }}\n")
        said = client("pipeline", "create", "shop/x", "--file", str(script))
        check("a pipeline is made", said[0] == 0, said)
        check("a run begins", client("start", "shop/x") == (0, "shop/x#1\n"))
        deadline = time.monotonic() + 60
        while client("logs", "--server", "shop/x")[1].count("\nline\n") < 10 and time.monotonic() < deadline:
            time.sleep(0.05)
        fill = pathlib.Path(disk, "fill")
        with open(fill, "wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 65536):
                    pass
            except OSError:
                pass
        pathlib.Path(folder, "full").touch()
        deadline = time.monotonic() + 60
        while "cannot go on here" not in (said := client("explain", "shop/x")[1]) and time.monotonic() < deadline:
            time.sleep(0.1)
        check("the run says that the disk is full", "nothing of it is lost" in said and "the disk is full" in said, said)
        code, said = client("project", "create", "other")
        check("a write is refused with a sentence", code == 70 and "the disk is full" in said, said)
        check("reads go on", client("project", "list") == (0, "shop\n"))
        fill.unlink()
        server.kill(15)
        check("the server ends cleanly", server.process.returncode == 0)
        server.start()
        deadline = time.monotonic() + 60
        while "SUCCESS" not in (said := client("runs", "--server", "shop/x")[1]) and time.monotonic() < deadline:
            time.sleep(0.1)
        check("with room again the run goes on to its end", "#1      SUCCESS" in said, said)
        lines = client("logs", "--server", "shop/x")[1].count("\nline\n")
        check("each step once", lines == 40, lines)
        server.kill(15)
    finally:
        if server.process.poll() is None:
            server.process.kill()
    check.end()


def main():
    if len(sys.argv) > 2:
        return inside(sys.argv[2])
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        check.skip("a full disk", "no mount namespace for a small one (needs root)")
        check.end()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(subprocess.run(["unshare", "--mount", "python3", __file__, WINDLASS, folder]).returncode)


main()
