#!/usr/bin/env python3
"""KubeSphere's API of `windlass server`, by plain HTTP as its console speaks it.

usage: kapis_test.py WINDLASS [--write-page | --kubeconfig FILE]
Each function case_… of the modules that are imported here is a transcript. Which routes a case called is noted, and
docs/compat/kubesphere.md must list each route with its case: --write-page writes that table anew. At the end every
route is called by nobody and by users of each role (kapis_rights.py). With a kubeconfig the objects are those of that
cluster, which must be new to this test. Ends with `N passed, N failed, N skipped`.
"""
import pathlib
import sys
import tempfile

import kapis_binaries
import kapis_editor
import kapis_objects
import kapis_people
import kapis_runs
from harness import Server, of_cluster, run
from kapis_client import SECRET, WINDLASS, Client, Route, check, make_project
from kapis_rights import check_rights

OF_CLUSTER, CLUSTER = of_cluster(sys.argv)
PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/compat/kubesphere.md"
V3 = "/kapis/devops.kubesphere.io/v1alpha3"
V2 = "/kapis/devops.kubesphere.io/v1alpha2"
BEGIN, END = "<!-- routes: written by tests/server/kapis_test.py --write-page -->", "<!-- end of routes -->"


def cases():
    """As they stand in their files."""
    for module in (kapis_objects, kapis_editor, kapis_runs, kapis_people, kapis_binaries):
        yield from ((name, case) for name, case in vars(module).items() if name.startswith("case_"))


def page_table(routes):
    lines = [BEGIN, "| method | path | right | what | test |", "|---|---|---|---|---|"]
    for route in routes:
        case = route.cases[0] if route.cases else "-"
        lines.append(f"| {route.method} | `{route.path.replace('/kapis/devops.kubesphere.io', '')}` | {route.right} | {route.what} | {case} |")
    return "\n".join(lines + [END])


def main():
    code, out, err = run(WINDLASS, "server", "--explain-routes")
    routes = [Route(line) for line in out.splitlines()]
    check("--explain-routes", code == 0 and len(routes) > 40, err)
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "kubesphere.yaml")
        config.write_text(f"authentication:\n  jwtSecret: {SECRET}\n  maximumClockSkew: 10s\ndevops:\n  host: x\n"
                          "windlass:\n  maxUploadMiB: 64\n")
        server = Server(WINDLASS, folder + "/data", "--config", str(config), *OF_CLUSTER, cluster=CLUSTER)
        try:
            client = Client(server, routes, server.token())
            project, _ = make_project(client, "shared")
            for name, case in cases():
                client.case = name
                case(client, project)
            check_rights(server, routes, project)
            if CLUSTER:
                left = CLUSTER.leave_nothing()
                check("nothing is left on the cluster", not left, str(left))
            server.kill(15)
            check("SIGTERM ends it cleanly", server.process.returncode == 0, str(server.process.returncode))
        finally:
            if server.process.poll() is None:
                server.process.kill()
    for route in routes:
        check(f"a case calls {route.method} {route.path}", route.cases)
    page = PAGE.read_text()
    table = page_table(routes)
    if "--write-page" in sys.argv:
        start, end = page.index(BEGIN), page.index(END) + len(END)
        PAGE.write_text(page[:start] + table + page[end:])
    elif not CLUSTER:
        check("docs/compat/kubesphere.md has the routes and their cases (write it anew with --write-page)", table in page)
    check.end()


main()
