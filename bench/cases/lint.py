"""Reported without a goal: `windlass lint` of a Declarative Jenkinsfile of 1,000 lines, whole process, and the size of the programs."""
from harness import Row

STAGE = """        stage('Stage {0}') {{
            when {{ branch 'main' }}
            environment {{ NUMBER = '{0}' }}
            steps {{
                echo "stage ${{env.NUMBER}} of ${{env.JOB_NAME}}"
                sh label: 'build', script: 'make target-{0}'
                retry(3) {{ sh 'make check' }}
                archiveArtifacts artifacts: 'out/{0}/*.tar', allowEmptyArchive: true
            }}
            post {{ failure {{ echo 'stage {0} failed' }} }}
        }}
"""


def thousand_lines():
    lines = ["pipeline {", "    agent any", "    options { timestamps() }", "    stages {"]
    stage = 0
    while len(lines) + 11 + 3 <= 1000:
        stage += 1
        lines += STAGE.format(stage).splitlines()
    lines += ["    }", "    post { always { echo 'done' } }"]
    lines += ["    // the end of a long file"] * (999 - len(lines)) + ["}"]
    return "\n".join(lines) + "\n"


def measure(bench):
    folder = bench.jenkinsfile("long", thousand_lines())
    lint = bench.median([bench.windlass, "lint", str(folder / "Jenkinsfile")])
    yield Row("lint of 1,000 lines", lint.wall * 1e3, "ms")
    yield Row("windlass version", bench.median([bench.windlass, "version"]).wall * 1e3, "ms")
    for name in ("windlass", "windlass-agent"):
        yield Row(f"size of {name}", stripped_size(bench, name) / 2**20, "MiB")


def stripped_size(bench, name):
    out = bench.scratch / (name + ".stripped")
    bench.once(["strip", "-o", str(out), str(bench.binaries / name)])
    return out.stat().st_size
