"""Goal 12: a thousand runs become a thousand pods at a real API server (tests/cluster, without a node: the pods stay pending). Ours are orders to a fleet,
each of a run of its own, so a lease before each pod, and the watch that tells what becomes of them; the opponent is a loop of POSTs of the same pods over four
connections. Seconds from the first request to the last answer, in turn. Without a compiled cluster (`tests/cluster/cluster build`) there is no row."""
import os
import statistics
import subprocess
import sys
from pathlib import Path

from harness import ROOT, Row

PODS = 1000
CLUSTER = str(ROOT / "tests/cluster/cluster")


def measure(bench):
    home = Path(os.environ.get("CLUSTER_HOME", Path.home() / ".cache/windlass-cluster"))
    if not (home / "bin/kube-proxy").exists():
        print("bench: no Kubernetes is compiled here; tests/cluster/cluster build", file=sys.stderr)
        return
    environment = dict(os.environ, CLUSTER_NAME=f"bench-{os.getpid()}", NO_PROXY="*")
    try:
        config = subprocess.run([CLUSTER, "up"], env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

        def once(*mode):
            out = subprocess.run([str(bench.binaries / "windlass_pod_rate"), config, *mode], env=environment, stdout=subprocess.PIPE, text=True, check=True)
            return [float(word) for word in out.stdout.split()]
        once("raw", str(PODS // 4), "4")  # the API server is warm
        ours, theirs, used = [], [], []
        for _ in range(min(bench.rounds, 3)):
            theirs.append(once("raw", str(PODS), "4")[0])
            seconds, processor = once("fleet", str(PODS))
            ours.append(seconds)
            used.append(100 * processor / seconds)
        yield Row(f"{PODS} runs to {PODS} pods", statistics.median(ours), "s", "a loop of POSTs", statistics.median(theirs), 1 / 0.7, "12")
        yield Row("of one core meanwhile", statistics.median(used), "%")
    finally:
        subprocess.run([CLUSTER, "down"], env=environment, check=False)
