#!/usr/bin/env python3
"""What a Jenkinsfile says about its own pipeline, and limits of pipelines and projects, on a server from outside.

usage: options_test.py WINDLASS [--kubeconfig FILE]
"""
import json
import pathlib
import sys
import tempfile

from harness import Server, of_cluster
from run_client import APIS, V2, V3, Client, blue, check, number_of, phase, until

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
OF_CLUSTER, CLUSTER = of_cluster(sys.argv)
PATCH = {"Content-Type": "application/merge-patch+json"}


def declarative(options, steps, triggers=""):
    return f"pipeline {{\n agent none\n options {{ {options} }}\n {triggers}\n stages {{ stage('S') {{ steps {{ {steps} }} }} }}\n}}"


def reason(admin, name, run):
    return (admin.view(name, admin.number(run)).get("reason") or {}).get("code")


def running(admin, run):
    return admin.until(run, lambda o: phase(o) == "Running")


def answer(admin, name, run):
    """Says yes to the one question that waits."""
    view = until(lambda: [w for w in admin.view(name, admin.number(run))["waiting"] if w["code"] == "input"], f"{run} asks")
    status, got, _ = admin.call("POST", f"{admin.builds(name, run)}/nodes/0/steps/{view[0]['node']}/",
                                {"id": view[0]["input"]["id"]})
    check(f"{run} is answered", status == 200, got)


def change(admin, name, script):
    path = f"{APIS}/namespaces/demo/pipelines/{name}"
    status, got, _ = admin.call("PATCH", path, json.dumps({"spec": {"pipeline": {"jenkinsfile": script}}}), PATCH)
    check(f"{name} is changed", status == 200, got)


def one_at_a_time(admin):
    admin.pipeline("single", declarative("disableConcurrentBuilds()", "input 'go?'"))
    first, second = admin.start("single"), admin.start("single")
    running(admin, first)
    until(lambda: reason(admin, "single", second) == "concurrent-build", "the second one waits, the first time too")
    answer(admin, "single", first)
    running(admin, second)
    check("then it is its turn", phase(admin.ended(first)) == "Succeeded")
    # Taken away again: it holds no longer.
    answer(admin, "single", second)
    admin.ended(second)
    change(admin, "single", declarative("timestamps()", "input 'go?'"))
    both = [admin.start("single"), admin.start("single")]
    check("without the option both run", all(running(admin, r) for r in both))
    for run in both:
        answer(admin, "single", run)
        admin.ended(run)


def scripted(admin):
    admin.pipeline("script", "properties([disableConcurrentBuilds()])\ninput 'go?'")
    first = admin.start("script")
    running(admin, first)
    until(lambda: admin.view("script", 1).get("waiting"), "it has set its properties")
    second = admin.start("script")
    until(lambda: reason(admin, "script", second) == "concurrent-build", "what the step properties sets holds for the next run")
    for run in (first, second):
        answer(admin, "script", run)
        check("both end well", phase(admin.ended(run)) == "Succeeded")


def parameters(server, admin):
    """What a Jenkinsfile declares is what the form of the next run shows, as in Jenkins once a run has said it."""
    def shown(name):
        status, body, _ = admin.call("GET", f"{APIS}/namespaces/demo/pipelines/{name}")
        metadata = json.loads(body["metadata"].get("annotations", {}).get("pipeline.devops.kubesphere.io/jenkins-metadata", "null"))
        if metadata is None:
            return None
        status, blue_body, _ = admin.call("GET", f"{V2}/devops/demo/pipelines/{name}")
        check("Blue Ocean says the same", status == 200 and blue_body["parameters"] == metadata["parameters"], blue_body)
        return [(p["name"], p["type"].removesuffix("ParameterDefinition"), p.get("choices"), p["defaultParameterValue"]["value"])
                for p in metadata["parameters"]]
    admin.pipeline("asks", "properties([parameters([string(name: 'A', defaultValue: \"${6 * 7}\"), choice(name: 'C', choices: ['x', 'y'])])])\necho params.A")
    admin.pipeline("asked", "pipeline {\n agent none\n parameters { booleanParam(name: 'B', defaultValue: true) }\n stages { stage('S') { steps { echo 'b' } } }\n}",
                   parameters=[{"name": "OWN", "type": "string", "default_value": "o"}])
    check("before a run nothing is known of a script", until(lambda: shown("asked"), "the controller has seen it") == [("OWN", "String", None, "o")])
    for name in ("asks", "asked"):
        check(f"{name} ends well", phase(admin.ended(admin.start(name))) == "Succeeded")
    scripted, declared = [("A", "String", None, "42"), ("C", "Choice", ["x", "y"], "x")], [("OWN", "String", None, "o"), ("B", "Boolean", None, True)]
    until(lambda: shown("asks") == scripted, "those of the step")
    until(lambda: shown("asked") == declared, "those of the section, beside the pipeline's own")
    change(admin, "asks", "properties([])\necho 'none'")
    admin.ended(admin.start("asks"))
    until(lambda: shown("asks") == [], "a script that takes them back")
    server.kill()
    server.start()
    check("they are there after a restart", shown("asked") == declared)
    admin.ended(admin.start("asked"))
    check("and stay", shown("asked") == declared)


def newest_wins(server, admin):
    admin.pipeline("newest", declarative("disableConcurrentBuilds(abortPrevious: true)", "input 'go?'"))
    first = admin.start("newest")
    running(admin, first)
    second = admin.start("newest")
    got = admin.ended(first)
    check("a newer run ends the older one", phase(got) == "Cancelled" and blue(got)["result"] == "NOT_BUILT"
          and "Superseded by #2" in admin.log("newest", first), admin.log("newest", first))
    running(admin, second)
    third = admin.start("newest")
    server.kill()
    server.start()
    check("also through a kill", blue(admin.ended(second))["result"] == "NOT_BUILT", admin.log("newest", second))
    answer(admin, "newest", third)
    check("and the newest one goes on", phase(admin.ended(third)) == "Succeeded")


def time_and_number(admin):
    admin.pipeline("quiet", declarative("quietPeriod(3600)", "echo 'x'"))
    run = admin.start("quiet")
    until(lambda: reason(admin, "quiet", run) == "quiet-period", "a quiet period")
    admin.call("POST", admin.builds("quiet", run) + "/stop/", {})
    check("a run in its quiet period can be stopped", phase(admin.ended(run)) == "Cancelled")
    admin.pipeline("seldom", declarative("rateLimitBuilds(throttle: [count: 1, durationName: 'hour', userBoost: false])", "echo 'x'"))
    check("the first one runs", phase(admin.ended(admin.start("seldom"))) == "Succeeded")
    run = admin.start("seldom")
    until(lambda: reason(admin, "seldom", run) == "rate-limit", "the next one waits for its time")
    admin.call("POST", admin.builds("seldom", run) + "/stop/", {})
    admin.ended(run)
    admin.pipeline("throttled", "properties([throttleJobProperty(throttleEnabled: true, maxConcurrentTotal: 2, "
                                "throttleOption: 'project')])\ninput 'go?'")
    runs = [admin.start("throttled")]
    until(lambda: admin.view("throttled", 1).get("waiting"), "it has set its properties")
    runs += [admin.start("throttled"), admin.start("throttled")]
    running(admin, runs[1])
    until(lambda: reason(admin, "throttled", runs[2]) == "pipeline-limit", "the third one waits")
    answer(admin, "throttled", runs[0])
    running(admin, runs[2])
    for run in runs[1:]:
        answer(admin, "throttled", run)
    check("all three end well", all(phase(admin.ended(r)) == "Succeeded" for r in runs))


def kept_runs(admin):
    admin.pipeline("few", declarative("buildDiscarder(logRotator(numToKeepStr: '2'))", "echo 'x'"))
    for _ in range(5):
        admin.ended(admin.start("few"))
    until(lambda: [number_of(o) for o in admin.objects_of("few")] == ["4", "5"], "the discarder of the Jenkinsfile holds")
    admin.pipeline("many", "properties([buildDiscarder(logRotator(numToKeepStr: '3'))])", discarder={"num_to_keep": "1"})
    for _ in range(5):
        admin.ended(admin.start("many"))
    until(lambda: [number_of(o) for o in admin.objects_of("many")] == ["3", "4", "5"], "before that of the pipeline's object")


def flags(server, admin):
    admin.pipeline("hints", declarative("durabilityHint('PERFORMANCE_OPTIMIZED'); disableResume()", "input 'go?'"))
    run = admin.start("hints")
    until(lambda: admin.view("hints", 1).get("waiting"), "it asks")
    server.kill()
    server.start()
    got = admin.ended(run)
    check("a run that does not resume is aborted by a restart", phase(got) == "Cancelled", admin.log("hints", run))
    admin.pipeline("failfast", """
pipeline { agent none
  options { parallelsAlwaysFailFast() }
  stages { stage('P') { parallel {
    stage('a') { steps { sleep 3600 } }
    stage('b') { steps { error 'no' } }
  } } } }""")
    got = admin.ended(admin.start("failfast"))
    check("parallelsAlwaysFailFast", phase(got) == "Failed", got)


def limits(server, admin):
    admin.pipeline("limited", "input 'go?'")
    path = f"{APIS}/namespaces/demo/pipelines/limited"
    admin.call("PATCH", path, json.dumps({"metadata": {"annotations": {"windlass.io/max-running": "1"}}}), PATCH)
    runs = [admin.start("limited"), admin.start("limited")]
    running(admin, runs[0])
    until(lambda: reason(admin, "limited", runs[1]) == "pipeline-limit", "a limit of the pipeline's object")
    for run in runs:
        answer(admin, "limited", run)
        admin.ended(run)
    admin.project_made("small")
    small = Client(server, admin.token, "small")
    admin.call("PATCH", f"{APIS}/devopsprojects/small", json.dumps(
        {"metadata": {"annotations": {"windlass.io/max-running": "1", "windlass.io/max-queued": "2"}}}), PATCH)
    for name in "abcd":
        small.pipeline(name, "input 'go?'")
    first = small.start("a")
    running(small, first)
    # The limits are told a moment after the annotation: until then a second one may begin.
    second = small.start("b")
    got = small.until(second, lambda o: phase(o) == "Running" or reason(small, "b", second) == "project-limit")
    check("a limit of the project", reason(small, "b", second) == "project-limit", got)
    third = small.start("c")
    small.until(third, lambda o: number_of(o))
    fourth = small.ended(small.start("d"))
    check("and of its queue", phase(fourth) == "Failed" and fourth["status"]["conditions"][0]["reason"] == "QueueFull"
          and "2 runs in the queue" in fourth["status"]["conditions"][0]["message"], fourth)
    server.kill()
    server.start()
    until(lambda: reason(small, "b", second) == "project-limit", "the limit holds after a restart")
    answer(small, "a", first)
    running(small, second)
    answer(small, "b", second)
    running(small, third)
    answer(small, "c", third)
    check("one after the other", all(phase(small.ended(r)) == "Succeeded" for r in (first, second, third)))


def fair(server, admin, folder):
    """One executor: a project with many runs in the queue does not hold up another one's first."""
    admin.project_made("big")
    admin.project_made("tiny")
    big, tiny = Client(server, admin.token, "big"), Client(server, admin.token, "tiny")
    order = pathlib.Path(folder, "order")
    script = f"node {{ sh \"echo ${{env.JOB_NAME}} >> {order}; sleep 0.1\" }}"
    big.pipeline("p", script)
    tiny.pipeline("p", script)
    runs = [big.start("p") for _ in range(25)]
    until(lambda: order.exists(), "the big project is at work")
    one = tiny.start("p")
    tiny.number(one)
    before = len(order.read_text().split())
    tiny.ended(one)
    place = order.read_text().split().index("tiny/p")
    check("another project's run is next, or nearly", place <= before + 3, (before, place))
    waits = [w for r in runs[-1:] for w in big.view("p", big.number(r)).get("waiting", [])]
    check("who waits says for what", not waits or waits[0]["code"] in ("executor", "shell"), waits)
    check("all end well", all(phase(big.ended(r, 120)) == "Succeeded" for r in runs))


def throttled(server, admin, config):
    """Categories of the configuration: of whole runs, and of `node` blocks in the step throttle."""
    admin.project_made("otto")
    other = Client(server, admin.token, "otto")
    option = "throttleJobProperty(categories: ['db'], throttleEnabled: true, throttleOption: 'category')"
    admin.pipeline("cat-a", declarative(option, "input 'go?'"))
    other.pipeline("cat-b", declarative(option, "input 'go?'"))
    first = admin.start("cat-a")
    running(admin, first)
    second = other.start("cat-b")
    until(lambda: reason(other, "cat-b", second) == "throttle", "a run of another project waits for the category, the first time too")
    view = other.view("cat-b", other.number(second))
    check("and says for which", view["reason"]["evidence"] == {"category": "db", "running": 1, "limit": 1}, view["reason"])
    server.kill()
    server.start()
    until(lambda: reason(other, "cat-b", second) == "throttle", "it still waits after a restart")
    answer(admin, "cat-a", first)
    running(other, second)
    check("then it is its turn", phase(admin.ended(first)) == "Succeeded")
    answer(other, "cat-b", second)
    check("and it ends well", phase(other.ended(second)) == "Succeeded")

    script = "throttle(['slots']) { node { input 'go?' } }"
    admin.pipeline("steps", script)
    runs = [admin.start("steps") for _ in range(3)]

    def codes():
        return sorted(w["code"] for r in runs for w in admin.view("steps", admin.number(r)).get("waiting", []))
    until(lambda: codes() == ["input", "input", "throttle"], "two of three have a place")
    waiting = next(r for r in runs if admin.view("steps", admin.number(r))["waiting"][0]["code"] == "throttle")
    view = admin.view("steps", admin.number(waiting))
    one = view["waiting"][0]
    check("the third one says what it waits for", one["detail"] == "slots" and one["holder"]["limit"] == 2
          and one["holder"]["running"] == 2 and one["holder"]["job"] == "demo/steps", one)
    load = admin.call("GET", "/kapis/windlass.io/v1/load")[1]["nodes"]
    check("it holds no executor meanwhile", [(n["busy"], n["waiting"]) for n in load if n["node"] == "built-in"] == [(2, 0)], load)
    check("its log is the plugin's", "Still waiting to schedule task\nAlready running 2 builds across all nodes\n" in
          admin.log("steps", waiting), admin.log("steps", waiting))
    server.kill()
    server.start()
    until(lambda: codes() == ["input", "input", "throttle"], "the same after a restart")
    config.write_text("windlass: {executors: 4, throttle: {db: {total: 1}, slots: {total: 3}}}\n")
    until(lambda: codes() == ["input"] * 3, "a larger limit of the configuration lets it in")
    for run in runs:
        answer(admin, "steps", run)
        check(f"{run} ends well", phase(admin.ended(run)) == "Succeeded", admin.log("steps", run))

    # So many on each node: this machine is one.
    config.write_text("windlass: {executors: 4, throttle: {slots: {total: 3, perNode: 1}}}\n")
    until(lambda: "windlass.throttle is slots 3, slots 1 on each node" in pathlib.Path(server.folder + ".log").read_text(), "it is taken")
    admin.pipeline("nodes", script)
    runs = [admin.start("nodes"), admin.start("nodes")]
    until(lambda: sorted(w["code"] for r in runs for w in admin.view("nodes", admin.number(r)).get("waiting", []))
          == ["input", "throttle"], "one of two has the place of the node")
    waiting = next(r for r in runs if admin.view("nodes", admin.number(r))["waiting"][0]["code"] == "throttle")
    one = admin.view("nodes", admin.number(waiting))["waiting"][0]
    check("the other one says of which node", one["detail"] == "slots" and one["holder"]["node"] == "built-in"
          and (one["holder"]["running"], one["holder"]["limit"]) == (1, 1), one)
    check("in the plugin's words", "Already running 1 builds on node\n" in admin.log("nodes", waiting), admin.log("nodes", waiting))
    for run in sorted(runs, key=lambda r: r == waiting):
        answer(admin, "nodes", run)
        check(f"{run} ends well", phase(admin.ended(run)) == "Succeeded", admin.log("nodes", run))


def main():
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "config.yaml")
        config.write_text("windlass: {executors: 4, throttle: {db: {total: 2, perNode: 1}, slots: {total: 2}}}\n")
        server = Server(WINDLASS, folder + "/throttle", "--config", str(config), *OF_CLUSTER, cluster=CLUSTER)
        try:
            admin = Client(server, server.token())
            admin.project_made("demo")
            throttled(server, admin, config)
        finally:
            if server.process.poll() is None:
                server.process.kill()
        server = Server(WINDLASS, folder + "/data", "--executors", "1", *OF_CLUSTER, cluster=CLUSTER)
        try:
            admin = Client(server, server.token())
            admin.project_made("demo")
            one_at_a_time(admin)
            scripted(admin)
            parameters(server, admin)
            newest_wins(server, admin)
            time_and_number(admin)
            kept_runs(admin)
            flags(server, admin)
            limits(server, admin)
            fair(server, admin, folder)
            if CLUSTER:
                left = CLUSTER.leave_nothing()
                check("nothing is left on the cluster", not left, str(left))
        finally:
            if server.process.poll() is None:
                server.process.kill()
    check.end()


main()
