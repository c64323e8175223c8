#!/usr/bin/env python3
"""Who was a member of a project that is gone is none of the next one of its name, whenever the server dies meanwhile.

usage: members_test.py WINDLASS
"""
import json
import os
import pathlib
import sys
import tempfile
import time

from harness import Checks, Server

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
check = Checks()
APIS = "/apis/devops.kubesphere.io/v1alpha3"
OURS = "/kapis/windlass.io/v1"


class World:
    def __init__(self, folder):
        self.server = Server(WINDLASS, folder + "/data")
        self.token = self.server.token()

    def call(self, method, path, body=None):
        status, _, text = self.server.request(method, path, self.token, body)
        return status, json.loads(text) if text.startswith(("{", "[")) else text

    def wait(self, condition, what):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if condition():
                return
            time.sleep(0.02)
        check(what, False, "not within 60 s")

    def project(self, name):
        self.call("POST", f"{APIS}/devopsprojects", {"metadata": {"name": name}})
        self.wait(lambda: self.call("GET", f"/api/v1/namespaces/{name}")[0] == 200, f"{name} is made")

    def members(self, name):
        return {one["user"]: one["role"] for one in self.call("GET", f"{OURS}/projects/{name}/members")[1]["items"]}

    def set_member(self, name, user, role):
        status, got = self.call("PUT", f"{OURS}/projects/{name}/members/{user}", {"role": role})
        check(f"{user} becomes {role} of {name}", status == 200, got)

    def gone(self, name):
        self.wait(lambda: self.call("GET", f"{APIS}/devopsprojects/{name}")[0] == 404, f"{name} is gone")


def main():
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        try:
            world.call("POST", f"{OURS}/accounts", {"name": "ann"})
            world.project("shop")
            world.project("other")
            world.set_member("shop", "ann", "owner")
            world.set_member("other", "ann", "viewer")
            check("she is the owner", world.members("shop") == {"ann": "owner"}, world.members("shop"))
            world.call("DELETE", f"{APIS}/devopsprojects/shop")
            world.gone("shop")
            world.project("shop")
            check("the next project of that name begins with nobody", world.members("shop") == {}, world.members("shop"))
            check("another project keeps its members", world.members("other") == {"ann": "viewer"}, world.members("other"))
            ann = world.server.token("ann")
            status = world.server.request("GET", f"{APIS}/namespaces/shop/pipelines", ann)[0]
            check("and she has no right in it", status == 403, status)

            # Dies when the members are forgotten and the project is still there.
            world.set_member("shop", "ann", "developer")
            world.server.kill(9)
            os.environ["WINDLASS_TEST_CRASH_AT"] = "runs/members-forgotten:1"
            world.server.start()
            del os.environ["WINDLASS_TEST_CRASH_AT"]
            try:
                world.call("DELETE", f"{APIS}/devopsprojects/shop")
            except OSError:
                pass  # it may die before it answers
            world.wait(lambda: world.server.process.poll() is not None, "the server dies in between")
            pathlib.Path(world.server.folder, "address").unlink(missing_ok=True)
            world.server.start()
            world.gone("shop")
            world.project("shop")
            check("after a crash in between too", world.members("shop") == {}, world.members("shop"))

            # Deleted past its finalizer, by somebody who may.
            world.set_member("shop", "ann", "maintainer")
            world.call("DELETE", f"{APIS}/devopsprojects/other")
            world.gone("other")
            world.server.kill(9)
            world.server.start()
            check("the members of a project that lives stay over a crash", world.members("shop") == {"ann": "maintainer"},
                  world.members("shop"))
        finally:
            if world.server.process.poll() is None:
                world.server.process.kill()
    check.end()


main()
