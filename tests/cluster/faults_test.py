#!/usr/bin/env python3
"""Never an orphan, never a loss: what befalls server, agents, node and API server while runs are under way. Runs go on or end as
declared; each shell runs once and its log is whole; a minute after the last run no pod is left.
Usage: faults_test.py BUILD CLUSTER_SCRIPT KUBECONFIG [PART…]"""
import os
import re
import signal
import sys
import time

from pod_server import World, has

world = World(sys.argv[1], sys.argv[2], sys.argv[3], f"faults{os.getpid()}")
parts = []
AT_ONCE = 3


def part(function):
    parts.append(function)
    return function


def counting(ticks):
    """A shell of about ticks / 5 seconds that says when it begins, counts, and says that it ends."""
    return f"sh 'echo began; i=0; while [ $i -lt {ticks} ]; do echo tick $i; sleep 0.2; i=$((i+1)); done; echo ended'"


def is_whole(text, ticks):
    """Each line once, in its order."""
    assert re.findall(r"^tick (\d+)$", text, re.M) == [str(i) for i in range(ticks)], text
    for once in ("began", "ended", "after"):
        assert len(re.findall(f"^{once}$", text, re.M)) == 1, (once, text)


def under_way(prefix, ticks, count=AT_ONCE):
    names = [f"{prefix}{i}" for i in range(count)]
    for one in names:
        world.start(one, f"node('base') {{ {counting(ticks)}; sh 'echo after' }}")
    for one in names:
        world.until(f"the shell of {one}", lambda one=one: "\ntick 2\n" in world.log_of(one), 90)
    return names


def go_on(names, ticks, seconds=120, empty=60):
    """They end well, in the pods that they had."""
    for one in names:
        text = world.ends(one, "Succeeded", seconds)
        is_whole(text, ticks)
        assert len(set(re.findall(r"Created Pod: \S+ (\S+)", text))) == 1, text
    no_pod_is_left(empty)


def no_pod_is_left(seconds=60):
    world.until("no pod is left", lambda: not world.pods(), seconds)


def pod_of(which):
    return world.pod(re.search(r"Running on (\S+) in ", world.log_of(which))[1])


def kill_in(which, words):
    """SIGKILL to the processes of the run's pod with these words in their command; at least one."""
    found = world.processes_in(pod_of(which), words)
    assert found, (which, words)
    for one in found:
        os.kill(one, signal.SIGKILL)
    return found


def wait(seconds):
    """Time passes; a server that had to end is started again, as its service does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        world.keep_server()
        time.sleep(0.1)


def serves_again():
    def look():
        world.keep_server()
        return world.api("GET", "/api/v1/nodes", may_fail=True)
    world.until("the API server answers", look, 90)


@part
def the_server_is_killed():
    names = under_way("server", 60)
    world.kill_server()
    time.sleep(2)
    world.start_server()
    go_on(names, 60)


@part
def the_server_is_killed_while_pods_come():
    """Whatever it was about to do is found again: a run has one pod."""
    for at in range(4):
        names = [f"coming{at}{i}" for i in range(2)]
        for one in names:
            world.start(one, f"node('base') {{ {counting(5)}; sh 'echo after' }}")
        time.sleep(0.25 * at)
        world.kill_server()
        world.start_server()
        go_on(names, 5)


@part
def the_links_of_its_agents_are_killed():
    """The dialer and the link of a pod hold nothing: runs go on."""
    names = under_way("link", 50)
    for one in names:
        for words in ("windlass-agent dial", "windlass-agent link"):
            kill_in(one, words)
    go_on(names, 50)


@part
def the_shim_of_an_agent_is_killed():
    """With it its shells are lost: an agent error, and `retry` has another pod; without retry the run ends, and says so."""
    body = "node('base') { sh 'echo on $NODE_NAME; sleep 3'; sh 'sleep 20'; echo 'after' }"
    world.start("shim", f"retry(count: 2, conditions: [kubernetesAgent(), nonresumable()]) {{ {body} }}")
    world.start("shimonce", body)
    for one in ("shim", "shimonce"):
        world.until(f"the shell of {one}", lambda one=one: "sleep 20" in world.log_of(one), 90)
        kill_in(one, "windlass-agent pod")
    text = world.until("its end", lambda: (lambda log: log if "Finished: " in log else "")(world.log_of("shimonce")), 60)
    world.until("its phase", lambda: world.phase("shimonce") in ("Failed", "Cancelled"), 10)
    has(text, "ended with exit code 137")
    text = world.ends("shim", "Succeeded", 90)
    assert len(set(re.findall(r"^on (\S+)$", text, re.M))) == 2, text
    no_pod_is_left()


@part
def a_pod_is_deleted_by_hand():
    """Gracefully and with force."""
    for one, grace in (("gentle", None), ("force", 0)):
        world.start(one, "retry(count: 2, conditions: [kubernetesAgent()]) { node('base') { sh 'echo on $NODE_NAME; sleep 8'; echo 'after' } }")
    for one, grace in (("gentle", None), ("force", 0)):
        pod = world.until(f"the shell of {one}", lambda one=one: re.search(r"^on (\S+)$", world.log_of(one), re.M), 90)[1]
        world.delete_pod(pod, grace)
    for one in ("gentle", "force"):
        text = world.ends(one, "Succeeded")
        has(text, "was just deleted")
        assert len(set(re.findall(r"^on (\S+)$", text, re.M))) == 2, text
    no_pod_is_left()


@part
def the_link_is_cut_for_half_a_minute():
    names = under_way("cut", 60)
    world.cluster("cut")
    try:
        wait(30)
        assert all("\ntick 59\n" not in world.log_of(one) for one in names), "the link was not cut"
    finally:
        world.cluster("mend")
    go_on(names, 60)


@part
def the_kubelet_stands_still_and_is_killed():
    names = under_way("kubelet", 100)
    world.cluster("pause", "kubelet")
    wait(8)
    world.cluster("resume", "kubelet")
    wait(2)
    world.cluster("kill", "kubelet")
    wait(3)
    world.cluster("start", "kubelet")
    # All is deleted by then; a kubelet of 1.20 that was started anew takes some minutes to end what it finds.
    go_on(names, 100, empty=240)


@part
def the_api_server_is_killed_and_watches_expire():
    """What it was before is forgotten meanwhile: who watches from there is told 410 and lists anew."""
    names = under_way("watch", 100)
    world.cluster("kill", "apiserver")
    world.cluster("forget")
    wait(4)
    world.cluster("start", "apiserver")
    serves_again()
    go_on(names, 100)
    # It sees what happens afterwards.
    world.start("seen", f"node('base') {{ {counting(3)}; sh 'echo after' }}")
    go_on(["seen"], 3)


@part
def etcd_stands_still():
    names = under_way("etcd", 150)
    world.cluster("pause", "etcd")
    wait(20)
    world.cluster("resume", "etcd")
    serves_again()
    go_on(names, 150)


@part
def the_api_server_stands_still_for_two_minutes():
    """Shells go on; a server whose lease is lost ends and is started again; nothing is lost, nothing done twice."""
    names = under_way("api", 750, 2)
    world.cluster("pause", "apiserver")
    try:
        wait(120)
    finally:
        world.cluster("resume", "apiserver")
    serves_again()
    go_on(names, 750, 180)


@part
def the_node_is_lost():
    """Its kubelet is silent: the cluster says that the node does not answer, and so does a run. Its agent was never gone, so it goes on.
    (A cluster whose only node is silent evicts nothing: Kubernetes takes that for a fault of its own.)"""
    names = under_way("silent", 500, 2)
    for one in names:  # what a kubelet has not told before cannot be taken back for it
        world.until(f"the pod of {one} is told ready", lambda one=one: any(
            c["type"] == "Ready" and c["status"] == "True" for c in pod_of(one)["status"].get("conditions", [])), 30)
    world.cluster("pause", "kubelet")
    try:
        told = world.until("a run says so", lambda: [one for one in names if any(
            e["reason"] == "PodNodeLost" for e in world.events(one))], 90)
        has(world.events(told[0])[-1]["message"] + world.explain(told[0]), "node node1 of the pod does not answer")
    finally:
        world.cluster("resume", "kubelet")
    go_on(names, 500, empty=240)


took = world.run_parts(parts, sys.argv[4:])
world.end()
print(f"faults: all as described ({sum(one for _, one in took):.0f} s)")
