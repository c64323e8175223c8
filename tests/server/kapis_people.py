"""Cases of kapis_test.py: tokens, accounts and roles, configuration, operations."""
import base64
import hashlib
import hmac
import json
import time

from kapis_client import OURS, SECRET, V3, Client, check, make_pipeline


def jwt(claims, header=None, secret=SECRET):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    covered = part(json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode()) + "." + part(json.dumps(claims).encode())
    return covered + "." + part(hmac.new(secret.encode(), covered.encode(), hashlib.sha256).digest())


def case_kubesphere_tokens(client, project):
    """JSON Web Tokens of KubeSphere, and the review that its plugin in Jenkins asks for (ill 20)."""
    now = int(time.time())
    good = {"username": "admin", "uid": "u1", "token_type": "access_token", "iss": "kubesphere", "iat": now,
            "exp": now + 600, "nbf": now}
    static = {"username": "admin", "email": "admin@kubesphere.io", "token_type": "static_token"}
    stranger = dict(good, username="nobody-here")
    path = f"{V3}/devops/{project}/pipelines"

    def status(token, headers=None):
        return client.server.request("GET", path, token, None, headers)[0]

    check("an access token", status(jwt(good)) == 200)
    check("a static token", status(jwt(static)) == 200)
    check("4.x names the user in sub", status(jwt({k: v for k, v in good.items() if k != "username"} | {"sub": "admin"})) == 200)
    check("passed on in a header of its own", status(None, {"X-KubeSphere-Authorization": "Bearer " + jwt(good)}) == 200)
    check("ill 24: who is known to KubeSphere only is somebody, and may nothing here", status(jwt(stranger)) == 403)
    check("but reads what all may", client.server.request("GET", V3 + "/clustertemplates", jwt(stranger))[0] == 200)
    wrong = {"expired": jwt(dict(good, exp=now - 60)), "not yet valid": jwt(dict(good, nbf=now + 600)),
             "without an end": jwt({k: v for k, v in good.items() if k != "exp"}),
             "of another secret": jwt(good, secret="another secret of enough length!"),
             "not signed": jwt(good, {"alg": "none"}).rsplit(".", 1)[0] + ".", "of another algorithm": jwt(good, {"alg": "RS256"}),
             "a refresh token": jwt(dict(good, token_type="refresh_token")), "nobody's": jwt({"exp": now + 600})}
    for name, token in wrong.items():
        check("a token that is " + name, status(token) == 401, token)

    def review(token, api="authentication.k8s.io/v1beta1"):
        code, _, text = client.server.request("POST", "/oauth/authenticate", None, {
            "apiVersion": api, "kind": "TokenReview", "spec": {"token": token}})
        return code, text

    code, text = review(jwt(good))
    check("review", code == 200 and json.loads(text) == {
        "apiVersion": "authentication.k8s.io/v1beta1", "kind": "TokenReview",
        "status": {"authenticated": True, "user": {"username": "admin", "uid": "u1"}}}, text)
    check("review of a token of ours", review(client.token)[0] == 200)
    for name, token in wrong.items():
        check("review of one that is " + name, review(token)[0] == 500)
    check("review of none", review("")[0] == 400)
    check("review of no JSON", client.server.request("POST", "/oauth/authenticate", None, "{")[0] == 400)


def case_people(client, project):
    """Accounts, members and tokens by our own API."""
    status, me = client("GET", "/whoami", root=OURS)
    check("who am I", (status, me["name"], me["role"], me["scopes"]) == (200, "admin", "admin", ""), me)
    status, made = client("POST", "/accounts", {"name": "ann", "password": "correct horse"}, root=OURS)
    check("an account", status == 200 and made == {"name": "ann", "role": "user", "password": True, "disabled": False}, made)
    check("twice is 409", client("POST", "/accounts", {"name": "ann"}, root=OURS)[0] == 409)
    for body, sentence in (({"name": "a b"}, "letters, digits"), ({"name": "x", "password": "short"}, "10 characters"),
                           ({"name": "x", "role": "king"}, "admin"), ({"name": 5}, "1 to 63")):
        status, answer = client("POST", "/accounts", body, root=OURS)
        check(f"not {body}", status == 400 and sentence in answer, answer)
    check("one", client("GET", "/accounts/ann", root=OURS)[1]["name"] == "ann")
    check("none", client("GET", "/accounts/nobody", root=OURS)[0] == 404)
    status, listed = client("GET", "/accounts", root=OURS)
    check("the list", {"admin", "ann"} <= {a["name"] for a in listed["items"]}, listed)
    login = {"Accept": "application/json"}
    status, _, text = client.server.request("POST", "/login", None, {"user": "ann", "password": "correct horse"}, login)
    ann = Client(client.server, client.routes, json.loads(text)["token"])
    ann.case = client.case
    check("ann logs in", status == 200 and ann("GET", "/whoami", root=OURS)[1]["name"] == "ann", text)
    where = f"/devops/{project}/pipelines"
    check("and sees nothing yet", ann("GET", where)[0] == 403)
    members = f"/projects/{project}/members"
    check("no role of that name", client("PUT", members + "/ann", {"role": "king"}, root=OURS)[0] == 400)
    check("nobody of that name", client("PUT", members + "/nobody", {"role": "viewer"}, root=OURS)[0] == 404)
    check("no project of that name", client("PUT", "/projects/none/members/ann", {"role": "viewer"}, root=OURS)[0] == 404)
    status, made = client("PUT", members + "/ann", {"role": "viewer"}, root=OURS)
    check("a role", (status, made) == (200, {"user": "ann", "role": "viewer"}), made)
    check("at once", ann("GET", where)[0] == 200 and make_pipeline(ann, project, "ann")[0] == 403)
    check("which she cannot raise", ann("PUT", members + "/ann", {"role": "owner"}, root=OURS)[0] == 403)
    check("the members", client("GET", members, root=OURS)[1]["items"] == [{"user": "ann", "role": "viewer"}])
    status, token = ann("POST", "/tokens", {"name": "script", "scopes": ["read"], "expiresIn": 3600}, root=OURS)
    check("a token of her own", status == 200 and token["user"] == "ann" and token["scopes"] == "read", token)
    script = Client(client.server, client.routes, token["token"])
    check("reads", script("GET", where)[0] == 200)
    check("makes no wider one", script("POST", "/tokens", {"name": "x"}, root=OURS)[0] == 403)
    for body, sentence in (({"scopes": ["write"]}, "read or project:NAME"), ({"scopes": "read"}, "list of words"),
                           ({"expiresIn": -1}, "seconds"), ({"expiresIn": "1h"}, "seconds")):
        status, answer = ann("POST", "/tokens", body, root=OURS)
        check(f"no token {body}", status == 400 and sentence in answer, answer)
    check("not for others", ann("POST", "/tokens", {"user": "admin"}, root=OURS)[0] == 403)
    check("nor theirs", ann("GET", "/tokens?user=admin", root=OURS)[0] == 403 and ann("GET", "/tokens?all=true", root=OURS)[0] == 403)
    status, listed = ann("GET", "/tokens", root=OURS)
    mine = [t for t in listed["items"] if t["name"] == "script"]
    check("listed without its secret", len(mine) == 1 and mine[0]["used"] > 0 and token["token"] not in json.dumps(listed), listed)
    everybodys = client("GET", "/tokens?all=true", root=OURS)[1]["items"]
    check("administrators see all", {"admin", "ann"} <= {t["user"] for t in everybodys}, everybodys)
    foreign = next(t["id"] for t in everybodys if t["user"] == "admin")
    check("nobody revokes another's", ann("DELETE", "/tokens/" + foreign, root=OURS)[0] == 404)
    check("revoked", ann("DELETE", "/tokens/" + mine[0]["id"], root=OURS)[0] == 200 and script("GET", where)[0] == 401)
    check("once", ann("DELETE", "/tokens/" + mine[0]["id"], root=OURS)[0] == 404)
    status, narrow = client("POST", "/tokens", {"name": "one project", "scopes": ["project:" + project]}, root=OURS)
    narrow = Client(client.server, client.routes, narrow["token"])
    check("an administrator's token for a project", narrow("GET", where)[0] == 200)
    check("is for no other", narrow("GET", "/devops/other/pipelines")[0] == 403 and narrow("GET", "/accounts", root=OURS)[0] == 403)
    check("nor more", narrow("POST", "/tokens", {"name": "x"}, root=OURS)[0] == 403)
    password = "/accounts/ann/password"
    check("not without the old one", ann("PUT", password, {"password": "battery staple"}, root=OURS)[0] == 403)
    check("not of another", ann("PUT", "/accounts/admin/password", {"password": "battery staple"}, root=OURS)[0] == 403)
    status, answer = ann("PUT", password, {"old": "correct horse", "password": "battery staple"}, root=OURS)
    check("a new password", status == 200, answer)
    check("ends her sessions (T08)", ann("GET", "/whoami", root=OURS)[0] == 401)
    status, _, text = client.server.request("POST", "/login", None, {"user": "ann", "password": "battery staple"}, login)
    check("and opens new ones", status == 200, text)
    ann = Client(client.server, client.routes, json.loads(text)["token"])
    ann.case = client.case
    status, made = client("PUT", "/accounts/ann", {"disabled": True}, root=OURS)
    check("disabled", status == 200 and made["disabled"] and ann("GET", "/whoami", root=OURS)[0] == 401, made)
    status, _, text = client.server.request("POST", "/login", None, {"user": "ann", "password": "battery staple"}, login)
    check("the password opens nothing either", status == 401, text)
    client("PUT", "/accounts/ann", {"disabled": False}, root=OURS)
    check("and back", ann("GET", "/whoami", root=OURS)[0] == 200)
    check("a role for the server", client("PUT", "/accounts/ann", {"role": "admin"}, root=OURS)[1]["role"] == "admin"
          and ann("GET", "/accounts", root=OURS)[0] == 200)
    client("PUT", "/accounts/ann", {"role": "user"}, root=OURS)
    for method, path, body in (("PUT", "/accounts/admin", {"role": "user"}), ("PUT", "/accounts/admin", {"disabled": True}),
                               ("DELETE", "/accounts/admin", None)):
        status, answer = client(method, path, body, root=OURS)
        check(f"the last administrator stays: {method} {body}", status == 409 and "last administrator" in answer, answer)
    check("out of the project", client("DELETE", members + "/ann", root=OURS)[0] == 200 and ann("GET", where)[0] == 403)
    check("once", client("DELETE", members + "/ann", root=OURS)[0] == 404)
    client("PUT", members + "/ann", {"role": "owner"}, root=OURS)
    check("deleted", client("DELETE", "/accounts/ann", root=OURS)[0] == 200 and ann("GET", "/whoami", root=OURS)[0] == 401)
    check("with all memberships", client("GET", members, root=OURS)[1]["items"] == [])


def case_configuration(client, project):
    status, got = client("GET", "/configuration", root=OURS)
    check("nothing is configured", status == 200 and got == {"problem": "", "used": [], "findings": [], "configuration": None}, str(got))
    status, got = client("POST", "/configuration/reload", {}, root=OURS)
    check("nor after another look", status == 200 and got["configuration"] is None, str(got))


def case_operations(client, project):
    """What operators ask a running server for; backup_test.py looks into what comes."""
    status, tar = client("POST", "/backup", root=OURS)
    check("a backup", status == 200 and ("objects.db" in tar) != bool(client.server.cluster) and "MANIFEST.json" in tar, f"{status} {tar[:200]}")
    status, got = client("POST", "/key/rotation", {}, root=OURS)
    check("another key", (status, got) == (200, {"result": "success"}), got)
