"""What each pipeline of pipelines/ needs, and how it ends undisturbed."""
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
import shutil
import subprocess


@dataclass
class Scenario:
    name: str
    exit: int = 0
    shells: bool = True
    arguments: list = field(default_factory=list)
    secrets: list = field(default_factory=list)
    setup: object = None      # (root) -> further arguments
    retries: bool = False     # the script itself starts a lost step again
    hides: list = field(default_factory=list)   # what the log may say instead of performing something again
    reads: list = field(default_factory=list)   # deliveries that may be repeated
    changes_world: bool = False   # its later effects change what its earlier ones meet: cut where it is, not afterwards
    sampled: bool = True      # part of --sample; what differs from another only in the evaluator is killed by --all and --cuts
    restart: str = None       # the run under test restarts a first one from this step; that one is deleted before a resume
    abort_after: str = ''     # an effect; once it is there, somebody orders an abort
    child: str = ''           # the job of a run that this one begins

    def prepare(self, root):
        return [*self.arguments, *(self.setup(root) if self.setup else [])]

    def may_hold(self, path):
        return False


def credentials(root):
    path = root / 'credentials.json'
    path.write_text(json.dumps([
        {'id': 'token', 'type': 'string', 'secret': 'correct-horse-battery'},
        {'id': 'login', 'type': 'usernamePassword', 'username': 'ann', 'password': 'tr0ub4dor-and-3'},
    ]))
    return ['--credentials', str(path)]


def library(root):
    folder = root / 'library'
    (folder / 'vars').mkdir(parents=True)
    (folder / 'src/org/example').mkdir(parents=True)
    (folder / 'vars/greet.groovy').write_text("def call(name) { sh \"echo greet-$name >> \\\"\\$EFFECTS\\\"\" }\n")
    (folder / 'src/org/example/Counter.groovy').write_text(
        'package org.example\nclass Counter implements Serializable { int total; void add(int n) { total += n } }\n')
    return ['--library', f'tools={folder}']


DOCKER = '''#!/bin/sh
# As much of docker as `inside` needs; a container is a line in a file.
what=$1; shift
case $what in
    run) echo "docker-run" >> "$EFFECTS"
         for i in 1 2 3 4 5 6 7 8; do echo "layer $i of the image" >&2; sleep 0.02; done
         echo 0123456789abcdef;;
    inspect) echo .;;
    top) echo 'PID COMMAND'; echo '1 cat';;
    exec) while :; do case $1 in -w|-e) shift 2;; *) break;; esac; done
          shift; exec "$@";;
    stop|rm) echo "docker-$what" >> "$EFFECTS"; echo 0123456789abcdef;;
    *) exit 1;;
esac
'''


def fake_docker(root):
    (root / 'bin').mkdir()
    (root / 'bin/docker').write_text(DOCKER)
    (root / 'bin/docker').chmod(0o755)
    return ['--env', f'PATH={root}/bin:{os.environ["PATH"]}']


def child_job(root):
    return ['--job-file', f'child={Path(__file__).resolve().parent / "pipelines" / "child.groovy"}']


def repository(root):
    """A repository that counts what is pushed to it: each push is an effect."""
    bare, work = root / 'peer.git', root / 'peer-work'
    fixed = {**os.environ, 'GIT_CONFIG_GLOBAL': '/dev/null', 'GIT_CONFIG_NOSYSTEM': '1',
             'GIT_AUTHOR_DATE': '2024-01-01T00:00:00Z', 'GIT_COMMITTER_DATE': '2024-01-01T00:00:00Z'}

    def git(*words):
        subprocess.run(['git', *map(str, words)], check=True, env=fixed, capture_output=True)

    git('init', '-q', '-b', 'main', work)
    (work / 'file').write_text('content\n')
    git('-C', work, 'add', 'file')
    git('-C', work, '-c', 'user.name=ann', '-c', 'user.email=ann@example.org', 'commit', '-q', '-m', 'first')
    git('clone', '-q', '--bare', work, bare)
    hook = bare / 'hooks' / 'post-receive'
    hook.write_text('#!/bin/sh\necho pushed >> "$EFFECTS"\n')
    hook.chmod(0o755)
    shutil.rmtree(work)
    return ['--env', f'PEER_GIT=file://{bare}']


SCENARIOS = [
    Scenario('sequence'),
    Scenario('gstring'),
    Scenario('loops'),
    Scenario('parallel'),
    Scenario('failfast', exit=1),
    Scenario('finally', exit=1),
    Scenario('timeout', exit=3, changes_world=True),
    Scenario('sleep'),
    Scenario('retry', retries=True),
    Scenario('credentials', setup=credentials, secrets=['correct-horse-battery', 'tr0ub4dor-and-3']),
    Scenario('input', arguments=['--input', '{"action":"proceed","params":{"WHERE":"north"}}']),
    Scenario('lock'),
    Scenario('nodes', arguments=['--node', '{"name":"node-1","labels":"linux x64"}',
                                 '--node', '{"name":"node-2","labels":"arm"}']),
    Scenario('sort'),
    Scenario('files'),
    Scenario('code', setup=library),
    Scenario('peers', hides=['[Pipeline] echo\nhidden: org.jenkinsci.plugins.workflow.steps.SynchronousResumeNotSupportedException\n',
                             'A restart hid whether this message was sent; it is not sent again.\n'],
             reads=['GET /read ']),
    Scenario('declarative', exit=2),
    Scenario('limit', exit=1, arguments=['--max-instructions', '200000']),
    Scenario('memory', exit=1, arguments=['--max-memory', '4'], sampled=False),
    Scenario('restart', setup=credentials, secrets=['correct-horse-battery', 'tr0ub4dor-and-3'], restart='@13'),
    Scenario('abort', exit=3, abort_after='begin', changes_world=True),
    Scenario('build', setup=child_job, child='child'),
    Scenario('git', setup=repository, changes_world=True),
    Scenario('docker', setup=fake_docker),
    Scenario('packing', changes_world=True, arguments=['--input', '{"id":"ship","action":"proceed","params":{"HOW":"air"}}']),
]
