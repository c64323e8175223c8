"""One process of windlass under watch: what it said, how it ended, how much processor time and memory it took.

A case fails when the process dies by a signal, takes too long or too much, ends with another exit code than those that are
allowed, or does not say what it should. Processor time, not time on the wall, so that a busy machine changes nothing.
"""
import os
import re
import resource
import select
import signal
import subprocess
import time

CRASH_WORDS = re.compile(rb"terminate called|Sanitizer|Segmentation|runtime error:|Assertion .* failed")
MOST_KEPT = 1 << 20  # bytes of each output's beginning, and of its end; what lies between is read and dropped


class Outcome:
    def __init__(self, code, out, err, seconds, mebibytes):
        self.code, self.out, self.err, self.seconds, self.mebibytes = code, out, err, seconds, mebibytes

    @property
    def text(self):
        return (self.out + b"\n" + self.err).decode("utf-8", "replace")


def run(command, cwd, env, wall=120, cpu=60, stdin=b"", limit_as=None, before=None):
    """Runs it to its end; a process that uses more than `cpu` seconds is ended by the kernel (SIGXCPU). `before` is called in
    the new process."""
    def prepare():
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if limit_as:
            resource.setrlimit(resource.RLIMIT_AS, (limit_as, limit_as))
        if before:
            before()

    process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, preexec_fn=prepare)
    kept = {process.stdout: bytearray(), process.stderr: bytearray()}
    try:
        process.stdin.write(stdin)
        process.stdin.close()
    except BrokenPipeError:
        pass
    open_pipes = list(kept)
    deadline = time.monotonic() + wall
    while open_pipes:
        ready, _, _ = select.select(open_pipes, [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            os.killpg(process.pid, signal.SIGKILL)
            break
        for pipe in ready:
            piece = os.read(pipe.fileno(), 1 << 16)
            if not piece:
                open_pipes.remove(pipe)
            else:
                kept[pipe] += piece
                if len(kept[pipe]) > 3 * MOST_KEPT:
                    del kept[pipe][MOST_KEPT:-MOST_KEPT]
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    process.stderr.close()
    return Outcome(process.returncode, bytes(kept[process.stdout]), bytes(kept[process.stderr]),
                   usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024)


def problems(outcome, codes, says, cpu, mebibytes):
    """What is wrong with it, as sentences; empty when nothing is."""
    found = []
    if outcome.code < 0:
        found.append(f"ended by {signal.Signals(-outcome.code).name}")
    elif outcome.code not in codes:
        found.append(f"exit code {outcome.code}, not {' or '.join(map(str, codes))}")
    if CRASH_WORDS.search(outcome.out + outcome.err):
        found.append("crashed")
    if says and not re.search(says, outcome.text):
        found.append(f"does not say /{says}/")
    if outcome.seconds > cpu:
        found.append(f"took {outcome.seconds:.1f} s of processor time, more than {cpu}")
    if mebibytes and outcome.mebibytes > mebibytes:
        found.append(f"took {outcome.mebibytes} MiB, more than {mebibytes}")
    return found
