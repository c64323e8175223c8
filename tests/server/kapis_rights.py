"""T46: each route of `windlass server`, by nobody, by a stranger and by each role."""
import json
import re
import time

from kapis_client import check


ROLES = ("viewer", "developer", "maintainer", "owner")


def check_rights(server, routes, project):
    """T46: every route by nobody, by a stranger, and by each role: 401, 403, or something else."""
    def people():
        server.add_member("stranger", project, None)
        for role in ROLES:
            server.add_member(role, project, role)

    def made_again():
        """The project, after its owner has deleted it: with all in it went what anybody was in it."""
        admin, path = server.token(), "/apis/devops.kubesphere.io/v1alpha3/devopsprojects"
        deadline = time.monotonic() + 60
        while server.objects("GET", f"{path}/{project}", admin)[0] != 404 and time.monotonic() < deadline:
            time.sleep(0.02)
        server.objects("POST", path, admin, {"apiVersion": "devops.kubesphere.io/v1alpha3", "kind": "DevOpsProject", "metadata": {"name": project}})
        while server.objects("GET", f"/api/v1/namespaces/{project}", admin)[0] != 200 and time.monotonic() < deadline:
            time.sleep(0.02)
        people()

    people()
    tokens = {user: server.token(user) for user in ("stranger", *ROLES)}
    changing = ("create", "update", "delete")
    for route in routes:
        path = route.path.replace("DP", "devops/" + project).replace("WS", "workspaces/ws1/devops")
        path = path.replace("{ws}", "ws1").replace("{d}", project).replace("{ns}", project).replace("**", "x")
        path = re.sub(r"{\w+}", "none", path)
        method = "GET" if route.method == "ANY" else route.method
        body = {} if method in ("POST", "PUT") else None
        name = f"{method} {route.path}"
        status, _, text = server.request(method, path, None, body)
        check(f"nobody may not {name}", status == 401 and json.loads(text)["kind"] == "Status", f"{status} {text}")
        status, _, text = server.request(method, path, "wl_" + "a" * 51, body)
        check(f"a wrong token may not {name}", status == 401, f"{status} {text}")
        if route.right.startswith("anybody"):
            continue
        verb, resource = route.right.split()
        resource = resource.split(".")[0]
        shared = resource in ("clustertemplates", "clustersteptemplates")
        for user, token in tokens.items():
            status, _, text = server.request(method, path, token, body)
            may = shared and verb not in changing
            if resource in ("accounts", "backups", "configurations", "keyrotations"):
                may = False
            elif user == "owner":
                may = may or not (resource == "devopsprojects" and verb == "create")
            elif user == "maintainer":
                may = may or resource not in ("devopsprojects", "members") or verb not in changing
            elif user == "developer" and resource == "pipelineruns":
                may = True
            elif user in ("viewer", "developer"):
                may = may or (verb not in changing and resource != "secrets")
            check(f"{user}: {name} {'may' if may else 'may not'}", (status != 403) == may, f"{status} {text}")
        if resource == "devopsprojects" and verb == "delete":
            made_again()
