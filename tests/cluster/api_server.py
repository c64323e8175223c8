"""A cluster's API server as the administrator of a kubeconfig sees it: what the tests in Python share."""
import base64
import http.client
import json
import os
import re
import ssl
import tempfile
import time


class ApiServer:
    def __init__(self, kubeconfig):
        with open(kubeconfig) as file:
            text = file.read()
        field = lambda key: re.search(key + r": \"?([^\s\"},]+)", text)[1]
        self.host = re.match(r"https://(.*)", field("server"))[1]
        with tempfile.TemporaryDirectory() as folder:
            paths = {}
            for key in ("certificate-authority-data", "client-certificate-data", "client-key-data"):
                paths[key] = os.path.join(folder, key)
                with open(os.open(paths[key], os.O_CREAT | os.O_WRONLY, 0o600), "wb") as out:
                    out.write(base64.b64decode(field(key)))
            self.tls = ssl.create_default_context(cafile=paths["certificate-authority-data"])
            self.tls.load_cert_chain(paths["client-certificate-data"], paths["client-key-data"])

    def request(self, method, path, body=None, headers=None):
        """Status, headers, text."""
        connection = http.client.HTTPSConnection(self.host, context=self.tls, timeout=30)
        try:
            text = json.dumps(body) if isinstance(body, (dict, list)) else body
            connection.request(method, path, text, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def leave_nothing(self, seconds=60):
        """Deletes what a test of a server has made of ours, while that server runs. What is still there then."""
        group, left = "/apis/devops.kubesphere.io/v1alpha3", []
        deadline = time.monotonic() + seconds
        for kind in ("devopsprojects", "clustertemplates", "clustersteptemplates"):
            names = lambda: [one["metadata"]["name"] for one in json.loads(self.request("GET", f"{group}/{kind}")[2])["items"]]
            for name in names():
                self.request("DELETE", f"{group}/{kind}/{name}")
            while names() and time.monotonic() < deadline:
                time.sleep(0.1)
            left += names()
        self.request("DELETE", "/api/v1/namespaces/kubesphere-devops-system/configmaps/jenkins-agent-config")
        return left
