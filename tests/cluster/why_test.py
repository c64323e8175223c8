#!/usr/bin/env python3
"""What is wrong with a pod is said within a second: in the run's log, as a condition and an event of its object, by `windlass explain` in
both languages; and `retry` takes it as it should. Usage: why_test.py BUILD CLUSTER_SCRIPT KUBECONFIG [PART…]"""
import contextlib
import http.server
import json
import os
import re
import subprocess
import sys
import threading
import time

from pod_server import WORKERS, World, has

world = World(sys.argv[1], sys.argv[2], sys.argv[3], f"why{os.getpid()}")
CHINESE = "zh_CN.UTF-8"
QUOTAS = f"/api/v1/namespaces/{WORKERS}/resourcequotas"
parts = []


def part(function):
    parts.append(function)
    return function


def shows(which, reason, seconds=60.0):
    """The condition, once it says so; and every other place that is to say the same."""
    def look():
        now = world.condition(which)
        return now if now.get("reason") == reason else None
    found = world.until(f"the condition {reason} of {which}", look, seconds)
    assert found["status"] == "False", found
    event = world.until("its event", lambda: [e for e in world.events(which) if e["reason"] == reason], 5)[0]
    assert event["type"] == "Warning" and event["count"] == 1, event
    return found["message"]


def quickly(which, event_is_there, reason):
    """How long after the cluster knows the run's object does, seconds; each look costs some milliseconds."""
    world.until(f"what befalls {which}", event_is_there, 60)
    began = time.monotonic()
    world.until(f"{reason} of {which}", lambda: world.condition(which).get("reason") == reason, 10)
    took = time.monotonic() - began
    # A second of a machine that has nothing else to do; what waits for a processor waits that much longer.
    allowed = max(1.0, os.getloadavg()[0] / os.cpu_count())
    assert took < allowed, f"{which}: {reason} was told {took:.2f} s after the cluster knew"
    return took


def pod_of(which):
    found = world.until(f"a pod of {which}", lambda: re.search(r"Created Pod: \S+ \S+/(\S+)", world.log_of(which)), 60)
    return found[1]


def statuses(pod):
    return ((world.pod(pod) or {}).get("status") or {}).get("containerStatuses") or []


def with_yaml(label, yaml, body, retries=2):
    """A pod of that manifest; how often it was begun stands in the log."""
    yaml["spec"]["containers"].append({"name": "jnlp", "image": "localhost/base:1"})
    return f"""podTemplate(label: '{label}', yaml: '''{json.dumps(yaml)}''') {{
  retry(count: {retries}, conditions: [kubernetesAgent(), nonresumable()]) {{
    node('{label}') {{ {body} }} }} }}"""


def container(name, **more):
    return {"name": name, "image": "localhost/base:1", "command": ["cat"], "tty": True} | more


@part
def no_node_takes_it():
    huge = {"spec": {"containers": [container("x", resources={"requests": {"cpu": "900"}})]}}
    world.start("huge", with_yaml("huge", huge, "sh 'true'"))
    pod = pod_of("huge")
    took = quickly("huge", lambda: any(c["type"] == "PodScheduled" and c["status"] == "False"
                                       for c in ((world.pod(pod) or {}).get("status") or {}).get("conditions") or []), "PodUnschedulable")
    has(shows("huge", "PodUnschedulable"), pod, "Insufficient cpu")
    has(world.log_of("huge"), "no node takes the pod: 0/1 nodes are available", "Insufficient cpu")
    has(world.explain("huge"), "no node takes the pod: 0/1 nodes are available")
    has(world.explain("huge", CHINESE), "没有节点可以调度该 Pod")
    trouble = world.view("huge")["agents"][0]["troubles"][-1]
    assert trouble["code"] == "pod-unschedulable" and trouble["since"] and "Insufficient cpu" in trouble["evidence"]["message"], trouble
    assert world.view("huge")["waiting"][0]["code"] == "pod-unschedulable", world.view("huge")["waiting"]
    world.remove_run("huge")
    return f"{took:.2f} s"


@part
def a_quota_is_used_up_and_there_is_room_again():
    world.api("POST", QUOTAS, {"metadata": {"name": "few"}, "spec": {"hard": {"pods": "0"}}})
    try:
        world.until("the quota counts", lambda: (world.api("GET", QUOTAS + "/few").get("status") or {}).get("hard"))
        world.start("quota", "node('base') { sh 'echo hello' }")
        message = shows("quota", "PodQuota")
        has(message, "the quota few of namespace kubesphere-devops-worker is used up", "pods=1", "pods=0")
        has(world.log_of("quota"), "kubernetes resource quota exceeded", "exceeded quota: few")
        has(world.explain("quota"), "the quota few")
        has(world.explain("quota", CHINESE), "配额 few")
        time.sleep(1.2)  # what passes within a second is not told of an ended run
    finally:
        world.api("DELETE", QUOTAS + "/few")
    has(world.ends("quota", "Succeeded", 60), "hello")
    assert world.condition("quota")["status"] == "True", world.condition("quota")
    has(world.explain("quota"), "the quota few")  # why it took so long
    assert "Normal" in [e["type"] for e in world.events("quota") if e["reason"] in ("PodPending", "AgentConnected", "AgentReleased")], world.events("quota")


@part
def an_image_cannot_be_pulled():
    world.start("noimage", with_yaml("noimage", {"spec": {"containers": [container("tool", image="localhost/none:7")]}}, "container('tool') { sh 'true' }"))
    pod = pod_of("noimage")
    took = quickly("noimage", lambda: any((c["state"].get("waiting") or {}).get("reason") in ("ErrImagePull", "ImagePullBackOff")
                                          for c in statuses(pod)), "PodImage")
    message = shows("noimage", "PodImage")
    has(message, "the image localhost/none:7 of container tool cannot be pulled since 20")
    trouble = world.view("noimage")["agents"][0]["troubles"][-1]
    assert trouble["evidence"]["image"] == "localhost/none:7" and trouble["evidence"]["since"], trouble
    assert re.search("none:7.*(not found|failed|refused|resolve)", trouble["evidence"]["message"]), trouble
    has(world.explain("noimage", CHINESE), "无法拉取容器 tool 的镜像 localhost/none:7")
    world.remove_run("noimage")
    return f"{took:.2f} s"


EATS = "dd if=/dev/zero of=/dev/null bs=200M count=1"


@part
def the_memory_of_a_step_is_used_up():
    """The kernel ends the step's program, the container lives; what the step tells is an exit code, and here why."""
    small = {"spec": {"containers": [container("tool", resources={"limits": {"memory": "64Mi"}})]}}
    world.start("eats", with_yaml("eats", small, f"container('tool') {{ sh 'echo on $NODE_NAME; {EATS}' }}"))
    text = world.ends("eats", "Failed")
    has(text, "container tool, whose memory was used up, its limit is 64Mi, it had used 6", "script returned exit code 137")
    assert text.count("\non eats-") == 1, text  # an exit code is no agent error
    has(world.explain("eats"), "its limit is 64Mi")
    trouble = world.view("eats")["agents"][0]["troubles"][-1]
    assert trouble["code"] == "pod-memory-process" and trouble["until"], trouble


@part
def a_container_is_ended_for_its_memory():
    """Another pod would end the same way: it is not tried again."""
    eater = container("eater", command=["sh", "-c", f"sleep 4; exec {EATS}"], tty=False, resources={"limits": {"memory": "64Mi"}})
    world.start("oom", with_yaml("oom", {"spec": {"containers": [eater]}}, "sh 'echo on $NODE_NAME; sleep 1000'"))
    pod = pod_of("oom")
    took = quickly("oom", lambda: any((c["state"].get("terminated") or {}).get("reason") == "OOMKilled" for c in statuses(pod))
                   or not world.pod(pod), "PodMemory")
    has(shows("oom", "PodMemory"), "container eater ran out of memory, its limit is 64Mi")
    text = world.until("its end", lambda: (lambda log: log if "Finished: " in log else "")(world.log_of("oom")), 60)
    world.until("its phase", lambda: world.phase("oom") in ("Failed", "Cancelled"), 10)
    has(text, "Ignored termination reason(s) for POD for purposes of retry: [OOMKilled]", "OOMKilled")
    assert text.count("\non oom-") == 1, text
    has(world.explain("oom"), "container eater ran out of memory, its limit is 64Mi")
    return f"{took:.2f} s"


@part
def it_is_evicted():
    """Another pod may do: it is tried again."""
    disk = {"spec": {"containers": [container("tool", volumeMounts=[{"name": "little", "mountPath": "/little"}])],
                     "volumes": [{"name": "little", "emptyDir": {"sizeLimit": "1Mi"}}]}}
    body = "container('tool') { sh 'echo on $NODE_NAME; dd if=/dev/zero of=/little/x bs=1M count=8; sleep 1000' }"
    world.start("evicted", with_yaml("evicted", disk, body))
    world.until("its eviction", lambda: "the pod was evicted" in world.log_of("evicted"), 150)
    text = world.log_of("evicted")
    has(text, "the pod was evicted from node node1", "EmptyDir volume", "1Mi")
    world.until("its second pod", lambda: world.log_of("evicted").count("\non evicted-") == 2, 60)
    troubles = [t["code"] for a in world.view("evicted")["agents"] for t in a["troubles"]]
    assert "pod-evicted" in troubles, troubles
    assert any(e["reason"] == "PodEvicted" for e in world.events("evicted")), world.events("evicted")
    world.remove_run("evicted")


@part
def it_lives_longer_than_it_may():
    """activeDeadlineSeconds: another pod would end the same way."""
    world.start("deadline", with_yaml("deadline", {"spec": {"activeDeadlineSeconds": 6, "containers": [container("tool")]}},
                                      "sh 'echo on $NODE_NAME; sleep 1000'"))
    has(shows("deadline", "PodDeadline", 90), "activeDeadlineSeconds")
    text = world.until("its end", lambda: (lambda log: log if "Finished: " in log else "")(world.log_of("deadline")), 60)
    has(text, "Ignored termination reason(s) for POD for purposes of retry: [DeadlineExceeded]")
    assert text.count("\non deadline-") == 1, text


@part
def a_container_ends():
    """An exit code of its own: another pod is tried."""
    ends = container("tool", command=["sh", "-c", "sleep 3; echo last words; exit 3"], tty=False)
    world.start("ends", with_yaml("ends", {"spec": {"containers": [ends]}}, "sh 'echo on $NODE_NAME; sleep 1000'"))
    text = world.until("its end", lambda: (lambda log: log if "Finished: " in log else "")(world.log_of("ends")), 90)
    has(text, "container tool ended with exit code 3 (Error)", "last words", "- tool -- terminated (3)")
    assert text.count("\non ends-") == 2, text
    has(shows("ends", "PodContainerEnded"), "exit code 3")


@part
def its_agent_does_not_connect():
    world.start("wrong", "node('wrong-address') { sh 'true' }")
    message = shows("wrong", "PodAgent", 60)
    has(message, f"has not connected to http://{world.host}:1/", "nobody answers there, as the server sees it", "it says: ")
    has(world.log_of("wrong"), "-----Logs-------------", "cannot reach")
    has(world.explain("wrong", CHINESE), "Pod 中的代理", "服务器访问该地址也无人应答")
    text = world.until("its end", lambda: (lambda log: log if "Finished: " in log else "")(world.log_of("wrong")), 60)
    has(text, "Failed to launch")
    trouble = world.view("wrong")["agents"][0]["troubles"][-1]
    assert trouble["final"] and trouble["evidence"]["check"]["code"] == "url-refused" and trouble["evidence"]["log"], trouble
    has(world.explain("wrong"), "has not connected")


@part
def no_template_has_the_label():
    world.start("label", "node('basse') { sh 'true' }")
    has(world.ends("label", "Failed"), "There are no nodes with the label", "basse")
    has(shows("label", "PodLabel"), "There are no nodes with the label", "basse", "base")
    has(world.explain("label"), "no template has the label basse; the nearest are ", "base")
    has(world.explain("label", CHINESE), "没有模板具有标签 basse；相近的标签有 ", "base")


@part
def retries_of_a_declarative_agent():
    """`retries` is the same with a new pod each time: not for what every pod would end by."""
    eater = json.dumps({"spec": {"containers": [container("eater", command=["sh", "-c", f"sleep 4; exec {EATS}"], tty=False,
                                                          resources={"limits": {"memory": "64Mi"}}),
                                                {"name": "jnlp", "image": "localhost/base:1"}]}})
    world.start("dretries", f"""pipeline {{
  agent {{ kubernetes {{ yaml '''{eater}'''; retries 3 }} }}
  stages {{ stage('one') {{ steps {{ sh 'echo on $NODE_NAME; sleep 1000' }} }} }} }}""")
    text = world.until("its end", lambda: (lambda log: log if "Finished: " in log else "")(world.log_of("dretries")), 90)
    has(text, "Ignored termination reason(s) for POD for purposes of retry: [OOMKilled]")
    assert len(re.findall(r"\non \S*dretries-", text)) == 1, text
    world.start("dagain", """pipeline {
  agent { kubernetes { inheritFrom 'base'; retries 2 } }
  stages { stage('one') { steps { sh 'echo on $NODE_NAME; if [ -e /tmp/never ]; then exit 0; fi; sleep 1000' } } } }""")
    first = world.until("its first pod", lambda: re.search(r"\non (\S+)\n", world.log_of("dagain")))[1]
    world.delete_pod(first, 0)
    world.until("its second pod", lambda: len(set(re.findall(r"\non (\S+)\n", world.log_of("dagain")))) == 2, 60)
    world.remove_run("dagain")


def the_end_of(which, seconds=90):
    text = world.until(f"the end of {which}", lambda: (lambda log: log if "Finished: " in log else "")(world.log_of(which)), seconds)
    world.until("its phase", lambda: world.phase(which) in ("Failed", "Cancelled"), 10)
    return text


@part
def an_init_container_fails():
    """Another pod is tried."""
    prepare = {"name": "prepare", "image": "localhost/base:1", "command": ["sh", "-c", "echo not today; exit 4"]}
    world.start("init", with_yaml("init", {"spec": {"initContainers": [prepare], "containers": []}}, "sh 'echo never'"))
    text = the_end_of("init")
    has(text, "init container prepare failed with exit code 4 (Error)", "- prepare -- terminated (4)", "not today")
    assert text.count("Created Pod: ") == 2 and "\nnever" not in text, text
    has(shows("init", "PodInit"), "init container prepare failed with exit code 4")


@part
def a_volume_comes_late():
    """It is told, and over once the volume is there."""
    uses = container("tool", volumeMounts=[{"name": "late", "mountPath": "/late"}])
    late = {"spec": {"containers": [uses], "volumes": [{"name": "late", "configMap": {"name": "late"}}]}}
    world.start("mount", with_yaml("mount", late, "sh 'echo mounted'"))
    has(shows("mount", "PodMount"), "a volume of the pod is not there", 'configmap "late" not found')
    has(world.log_of("mount"), "a volume of the pod is not there")
    has(world.explain("mount", CHINESE), "Pod 的卷不可用")
    at = f"/api/v1/namespaces/{WORKERS}/configmaps"
    world.api("POST", at, {"metadata": {"name": "late"}, "data": {"a": "b"}})
    try:
        has(world.ends("mount", "Succeeded", 150), "mounted")
    finally:
        world.api("DELETE", at + "/late")
    assert world.condition("mount")["status"] == "True", world.condition("mount")


@part
def its_network_cannot_be_set_up():
    """The node's own configuration is wrong for a while."""
    conflist = os.path.join(os.path.dirname(sys.argv[3]), "cni", "10-pods.conflist")
    with open(conflist) as whole:
        before = whole.read()

    def put(text):
        with open(conflist + ".new", "w") as out:
            out.write(text)
        os.rename(conflist + ".new", conflist)
    put(before.replace('"type": "bridge"', '"type": "no-such-plugin"'))
    try:
        world.start("sandbox", "node('base') { sh 'echo connected' }")
        has(shows("sandbox", "PodSandbox"), "the node cannot set the pod up", "no-such-plugin")
        has(world.explain("sandbox", CHINESE), "节点无法建立 Pod 沙箱")
    finally:
        put(before)
    has(world.ends("sandbox", "Succeeded", 150), "connected")


@part
def one_of_higher_priority_takes_its_place():
    """Another pod may find room: it is tried again."""
    classes = "/apis/scheduling.k8s.io/v1/priorityclasses"
    cpus = float(world.api("GET", "/api/v1/nodes")["items"][0]["status"]["allocatable"]["cpu"])
    most = f"{int(cpus * 600)}m"
    world.api("POST", classes, {"metadata": {"name": "urgent"}, "value": 1000})
    try:
        low = {"spec": {"containers": [container("tool", resources={"requests": {"cpu": most}})]}}
        world.start("preempted", with_yaml("preempted", low, "sh 'echo on $NODE_NAME; sleep 1000'"))
        first = world.until("its first pod", lambda: re.search(r"\non (\S+)\n", world.log_of("preempted")), 60)[1]
        world.api("POST", "/api/v1/namespaces/default/pods", {
            "metadata": {"name": "urgent"}, "spec": {"priorityClassName": "urgent", "terminationGracePeriodSeconds": 0, "containers": [
                container("tool", resources={"requests": {"cpu": most}})]}})
        world.until("its end", lambda: "the pod had to make room for one of higher priority" in world.log_of("preempted"), 60)
        world.until("its second pod waits", lambda: world.log_of("preempted").count("Created Pod: ") == 2, 60)
        world.until(f"the event of the end of {first}, not in {world.events('preempted')}", lambda: any(
            e["reason"] == "PodPreempted" and first in e["message"] for e in world.events("preempted")), 30)
        world.api("DELETE", "/api/v1/namespaces/default/pods/urgent")
        world.until("its second pod", lambda: len(set(re.findall(r"\non (\S+)\n", world.log_of("preempted")))) == 2, 90)
        world.remove_run("preempted")
    finally:
        world.api("DELETE", "/api/v1/namespaces/default/pods/urgent", may_fail=True)
        world.api("DELETE", classes + "/urgent")


@part
def it_ended_while_no_server_ran():
    """Nobody watched: said all the same, in the log, on the object and as an event, and `retry` takes it as it would have."""
    eater = container("eater", command=["sh", "-c", f"while [ ! -e /tmp/eat ]; do sleep 0.2; done; exec {EATS}"], tty=False,
                      resources={"limits": {"memory": "64Mi"}})
    world.start("awayoom", with_yaml("awayoom", {"spec": {"containers": [eater]}}, "sh 'echo on $NODE_NAME; sleep 1000'"))
    world.start("awaygone", "retry(count: 2, conditions: [kubernetesAgent()]) { node('base') { sh 'echo on $NODE_NAME; sleep 1000' } }")
    pods = {which: world.until(f"a pod of {which}", lambda: re.search(r"\non (\S+)\n", world.log_of(which)), 60)[1] for which in ("awayoom", "awaygone")}
    world.until("its object says that its agent is there", lambda: world.condition("awayoom").get("reason") == "AgentConnected", 10)
    world.kill_server()
    eaters = world.processes_in(world.pod(pods["awayoom"]), "/tmp/eat")
    with open(f"/proc/{eaters[0]}/root/tmp/eat", "w"):
        pass
    world.delete_pod(pods["awaygone"], 0)
    world.until("the kubelet has told it", lambda: any((c["state"].get("terminated") or {}).get("reason") == "OOMKilled" for c in statuses(pods["awayoom"])), 30)
    world.until("the other one is gone", lambda: not world.pod(pods["awaygone"]), 30)
    world.start_server()
    has(shows("awayoom", "PodMemory"), "container eater ran out of memory, its limit is 64Mi")
    text = the_end_of("awayoom")
    has(text, "container eater ran out of memory, its limit is 64Mi", "Ignored termination reason(s) for POD for purposes of retry: [OOMKilled]")
    assert text.count("\non awayoom-") == 1, text
    world.until("its second pod", lambda: len(set(re.findall(r"\non (\S+)\n", world.log_of("awaygone")))) == 2, 60)
    has(world.log_of("awaygone"), f"Pod {WORKERS}/{pods['awaygone']} was just deleted")
    event = world.until("its event", lambda: [e for e in world.events("awaygone") if e["reason"] == "PodDeleted"], 10)[0]
    has(event["message"], pods["awaygone"])
    assert event["count"] == 1, event
    world.remove_run("awaygone")


@part
def its_cloud_is_taken_away():
    """From the configuration, while the server is started again; the pod goes too."""
    world.start("cloud", "retry(count: 2, conditions: [kubernetesAgent()]) { node('passing') { sh 'echo on $NODE_NAME; sleep 1000' } }")
    pod = world.until("its pod", lambda: re.search(r"\non (\S+)\n", world.log_of("cloud")), 60)[1]
    world.configure(without="passing")
    try:
        world.stop_server()
        world.start_server()
        text = the_end_of("cloud")
    finally:
        world.configure()
        world.stop_server()
        world.start_server()
    has(text, f"the pod {pod} is in the cloud passing, which is not connected any more", "There are no nodes with the label", "passing")
    world.until("its pod is gone", lambda: not world.pod(pod), 90)


@part
def a_step_that_a_restart_has_cut_short():
    """nonresumable(): what was sent may have arrived, so only a retry sends it again; an agent's condition does not take it."""
    asked = []

    class Slow(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)
            if asked.count(self.path) == 1:
                time.sleep(20)
            with contextlib.suppress(OSError):
                self.send_response(204)
                self.end_headers()

        def log_message(self, *_):
            pass
    slow = http.server.ThreadingHTTPServer((world.host, 0), Slow)
    threading.Thread(target=slow.serve_forever, daemon=True).start()
    post = f"httpRequest httpMode: 'POST', url: 'http://{world.host}:{slow.server_port}/NAME'"
    for which, condition in (("cutagain", "nonresumable()"), ("cutonce", "kubernetesAgent()")):
        world.start(which, f"retry(count: 2, conditions: [{condition}]) {{ {post.replace('NAME', which)} }}")
    world.until("both have asked", lambda: {"/cutagain", "/cutonce"} <= set(asked), 30)
    world.kill_server()
    world.start_server()
    has(world.ends("cutagain", "Succeeded", 60), "Retrying")
    has(world.ends("cutonce", "Failed", 60), "cannot be resumed after a controller restart")
    slow.shutdown()
    assert (asked.count("/cutagain"), asked.count("/cutonce")) == (2, 1), asked


@part
def programs_of_kubesphere_that_crash():
    """`windlass cluster check`, S93 and S94: a controller ends for want of a kind; installed, it is no longer blamed on that."""
    def check(language="C.UTF-8"):
        done = subprocess.run([world.windlass, "cluster", "check", "--kubeconfig", world.kubeconfig], capture_output=True, text=True, timeout=60,
                              env={**world.environment, "LC_ALL": language})
        return next((line for line in done.stdout.splitlines() if line.startswith("pod kubesphere-system/ks-controller ")), "")
    space = "/api/v1/namespaces/kubesphere-system"
    world.api("POST", "/api/v1/namespaces", {"metadata": {"name": "kubesphere-system"}}, may_fail=True)
    world.until("its account", lambda: world.api("GET", f"{space}/serviceaccounts/default", may_fail=True))
    words = 'no matches for kind "Config" in version "notification.kubesphere.io/v2beta1"'
    world.api("POST", f"{space}/pods", {"metadata": {"name": "ks-controller"}, "spec": {"terminationGracePeriodSeconds": 0, "containers": [
        container("manager", command=["sh", "-c", f"echo '{words}'; exit 1"], tty=False)]}})
    assert check() == "", check()
    line = world.until("it waits for its next start", check, 60)
    has(line, "ends again and again (manager, ", " restarts, Error, exit code 1)",
        "does not serve Config (notification.kubesphere.io/v2beta1)", "kubectl apply -f bundle.yaml of Notification Manager")
    has(check(CHINESE), "反复崩溃", "notification.kubesphere.io/v2beta1")
    name = "configs.notification.kubesphere.io"
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    schema = {"openAPIV3Schema": {"type": "object"}}
    world.api("POST", definitions, {"metadata": {"name": name}, "spec": {
        "group": "notification.kubesphere.io", "scope": "Cluster", "names": {"plural": "configs", "kind": "Config"},
        "versions": [{"name": "v2beta1", "served": True, "storage": True, "schema": schema}]}})
    world.until("it is served", lambda: "logs --previous ks-controller" in check(), 30)
    world.api("DELETE", f"{definitions}/{name}")
    world.api("DELETE", f"{space}/pods/ks-controller")


world.run_parts(parts, sys.argv[4:])
world.end()
print("why: all as described")
