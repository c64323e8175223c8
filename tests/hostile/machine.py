"""A machine that does not do what it should: full or read-only disks, no shell, no home, few descriptors, nobody who reads.

Asked for: one clear sentence, exit code 70 or FAILURE as fits, and nothing lost: with the cause gone, the run goes on and
ends as it would have. Mounts are made in a mount namespace of their own; where that is not allowed the case is skipped.
"""
import ctypes
import json
import os
import resource
import shutil
import signal

PIPELINE = """
node {
    for (int i = 0; i < 6; i++) {
        sh "echo step-$i >> @HERE@/effects; head -c 20000 /dev/urandom | od -c | head -n 200"
        writeFile file: "f$i", text: 'x' * 3000
    }
    stash name: 's', includes: 'f*'
    archiveArtifacts 'f*'
}
echo 'the end'
"""
EFFECTS = [f"step-{i}" for i in range(6)]
FULL = "no space left|disk is full|cannot write|No space|the disk failed"

CLONE_NEWNS, MS_REC, MS_PRIVATE, MS_RDONLY, MS_REMOUNT, MS_BIND = 0x20000, 0x4000, 0x40000, 1, 32, 4096
LIBC = ctypes.CDLL(None, use_errno=True)


def mount(source, target, kind, flags, data=None):
    encoded = [None if text is None else str(text).encode() for text in (source, target, kind)]
    if LIBC.mount(*encoded, flags, None if data is None else data.encode()) != 0:
        raise OSError(ctypes.get_errno(), f"cannot mount {target}")


def own_mounts():
    if LIBC.unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "cannot unshare")
    mount(None, "/", None, MS_REC | MS_PRIVATE)


def may_mount():
    """Asked of a child, which it changes."""
    child = os.fork()
    if child == 0:
        try:
            own_mounts()
            mount("none", "/mnt", "tmpfs", 0, "size=64k")
            os._exit(0)
        except OSError:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


class FullDisk:
    """A mount namespace whose state folder is a small disk; a child keeps it while commands come and go."""

    def __init__(self, folder, size):
        self.folder = folder
        ready, told = os.pipe()
        self.keeper = os.fork()
        if self.keeper == 0:
            os.close(ready)
            own_mounts()
            mount("none", folder, "tmpfs", 0, f"size={size},nr_inodes=4000")
            os.write(told, b"x")
            os.close(told)
            while True:
                signal.pause()
        os.close(told)
        os.read(ready, 1)
        os.close(ready)

    def enter(self):
        namespace = os.open(f"/proc/{self.keeper}/ns/mnt", os.O_RDONLY)
        where = os.getcwd()
        if LIBC.setns(namespace, CLONE_NEWNS) != 0:
            raise OSError(ctypes.get_errno(), "cannot enter")
        os.chdir(where)

    def grow(self, size):
        child = os.fork()
        if child == 0:
            try:
                self.enter()
                mount("none", self.folder, "tmpfs", MS_REMOUNT, f"size={size}")
                os._exit(0)
            except OSError:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0

    def close(self):
        os.kill(self.keeper, 9)
        os.waitpid(self.keeper, 0)


def effects_of(world):
    path = world.folder / "effects"
    return path.read_text().split() if path.exists() else []


def write_pipeline(world):
    world.write("Jenkinsfile", PIPELINE.replace("@HERE@", str(world.folder)))


def whole_in_the_end(world, expect, before=None):
    """The cause is gone: the run (or, where none began, a new one) ends well, and no shell ran twice."""
    found = []
    done = world.run("run", "--resume", "--output", "plain", before=before)
    if done.code == 64:  # nothing began
        if effects_of(world):
            found.append(f"a run that never began has left {effects_of(world)}")
        done = world.run("run", "--output", "plain", before=before)
    found += expect(done, (0, 1), "Finished: (SUCCESS|FAILURE)")
    if len(set(effects_of(world))) != len(effects_of(world)):
        found.append(f"a shell ran twice: {effects_of(world)}")
    if done.code == 0 and effects_of(world) != EFFECTS:
        found.append(f"a shell did not run: {effects_of(world)}")
    found += expect(world.run("logs", before=before), (0,), "Finished: ")
    listed = world.run("runs", "--output", "json", before=before)
    found += expect(listed, (0,), '"id"')
    for line in listed.text.splitlines():
        if line.startswith('{'):
            found += expect(world.run("runs", "--verify", json.loads(line)["id"], before=before), (0,), "no damage")
    return found


def add_cases(case, expect, sizes, sanitized):
    """`case` notes a function under a name; `expect` judges an outcome; `sizes` of disks in KiB."""
    mounts = may_mount()

    def needs_mounts(name):
        def note(function):
            case(name)(function if mounts else lambda world: None)
        return note

    @case("machine: no home")
    def _(world):
        world.write("Jenkinsfile", "echo 'x'\n")
        nowhere = {"HOME": None, "XDG_STATE_HOME": None}
        return (expect(world.run("run", environment=nowhere), (70,), "neither HOME nor XDG_STATE_HOME .*--state") +
                expect(world.run("runs", environment=nowhere), (70,), "neither HOME") +
                expect(world.run("lint", environment=nowhere), (0,)) +
                expect(world.run("run", "--state", str(world.folder / "s"), environment=nowhere), (0,), "SUCCESS"))

    @case("machine: a home that is not there")
    def _(world):
        world.write("Jenkinsfile", "echo 'x'\n")
        found = expect(world.run("run", environment={"HOME": "/dev/null/x", "XDG_STATE_HOME": None}), (70,), "/dev/null/x")
        return found + expect(world.run("run", "--state", "/proc/x/y"), (70,), "/proc/x")

    @case("machine: the state folder is a file")
    def _(world):
        world.write("Jenkinsfile", "echo 'x'\n")
        world.write("state", "x")
        return expect(world.run("run", "--state", "state"), (70,), "state")

    @case("machine: parts of the state folder are something else")
    def _(world):
        world.write("Jenkinsfile", "node { sh 'true' }\n")
        found = []
        for part in ("runs", "keys", "programs", "agent", "workspace", "index.db", "keys/state.key", "runs/app"):
            state = world.folder / ("s-" + part.replace("/", "-"))
            path = state / part
            path.parent.mkdir(parents=True, exist_ok=True)
            if part.endswith((".db", ".key")):
                path.mkdir()
            else:
                path.write_text("x")
            found += expect(world.run("run", "--state", str(state)), (1, 70), part.split("/")[-1])
        return found

    @needs_mounts("machine: the state folder is read-only")
    def _(world):
        write_pipeline(world)
        found = expect(world.run("run", "--output", "plain"), (0,), "SUCCESS")
        state = world.folder / "state"

        def read_only():
            own_mounts()
            mount(state, state, None, MS_BIND)
            mount(None, state, None, MS_REMOUNT | MS_BIND | MS_RDONLY)

        found += expect(world.run("run", "--output", "plain", before=read_only), (70,), "read-only|Read-only|readonly")
        found += expect(world.run("runs", before=read_only), (0,), "SUCCESS")
        return found + expect(world.run("logs", before=read_only), (0,), "Finished: SUCCESS")

    @needs_mounts("machine: no shell")
    def _(world):
        world.write("Jenkinsfile", "node { sh 'true' }\n")

        def without_programs():
            own_mounts()
            for folder in ("/usr/bin", "/bin"):
                if not os.path.islink(folder):
                    mount("none", folder, "tmpfs", 0)

        found = expect(world.run("run", "--output", "plain", before=without_programs), (1,), "(?s)has no /bin/sh.*Finished: FAILURE")
        world.write("Jenkinsfile", "pipeline { agent any\n stages { stage('a') { steps { catchError { sh 'true' } } }\n stage('b') { "
                                   "steps { echo 'goes on' } } } }\n")
        return found + expect(world.run("run", "--output", "plain", before=without_programs), (1,), "(?s)has no /bin/sh.*goes on")

    @case("machine: no agent")
    def _(world):
        alone = world.folder / "alone"
        alone.mkdir()
        shutil.copy(world.windlass, alone / "windlass")
        world.windlass = str(alone / "windlass")
        world.write("Jenkinsfile", "node { sh 'true' }\n")
        return expect(world.run("run", "--output", "plain"), (1,), "(?s)no windlass-agent: looked for.*Finished: FAILURE")

    @needs_mounts("machine: a full disk")
    def _(world):
        found = []
        for size in sizes:
            state = world.folder / "state" / "windlass"
            shutil.rmtree(state.parent, ignore_errors=True)
            state.mkdir(parents=True)
            (world.folder / "effects").unlink(missing_ok=True)
            write_pipeline(world)
            disk = FullDisk(str(state), f"{size}k")
            try:
                done = world.run("run", "--output", "plain", before=disk.enter)
                here = expect(done, (0, 1, 70), "SUCCESS" if done.code == 0 else FULL)
                here += expect(world.run("runs", before=disk.enter), (0, 70), None)
                disk.grow("64m")
                here += whole_in_the_end(world, expect, disk.enter)
            finally:
                disk.close()
            found += [f"{size} KiB: {problem}" for problem in here]
        return found

    @case("machine: files may not grow")
    def _(world):
        found = []
        # ThreadSanitizer's runtime writes a file before main: with none allowed it is what is ended.
        for size in (50, 5_000, 30_000, 60_000, 90_000, 150_000, 300_000) if sanitized else (0, 50, 5_000, 30_000, 60_000, 90_000, 150_000, 300_000):
            shutil.rmtree(world.folder / "state", ignore_errors=True)
            (world.folder / "effects").unlink(missing_ok=True)
            write_pipeline(world)
            done = world.run("run", "--output", "plain",
                             before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
            here = expect(done, (0, 1, 70), "SUCCESS" if done.code == 0 else FULL + "|too large|exit code")
            # The agent has the same limit until it ends by itself.
            world.end_agent()
            here += whole_in_the_end(world, expect)
            found += [f"{size} bytes: {problem}" for problem in here]
        return found

    @case("machine: few descriptors")
    def _(world):
        found = []
        if sanitized:
            return found  # their own checks need descriptors (whether memory can be read is asked of a pipe) and fail without
        for count in (4, 8, 12, 16, 24):
            shutil.rmtree(world.folder / "state", ignore_errors=True)
            (world.folder / "effects").unlink(missing_ok=True)
            write_pipeline(world)
            done = world.run("run", "--output", "plain",
                             before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (count, count)))
            here = expect(done, (0, 1, 70), "SUCCESS" if done.code == 0 else "descriptor|open files|FAILURE|cannot|unable")
            world.end_agent()
            here += whole_in_the_end(world, expect)
            found += [f"{count} descriptors: {problem}" for problem in here]
        return found

    @case("machine: nobody gave standard streams")
    def _(world):
        found = []
        for closed in ((0,), (1,), (2,), (0, 1, 2)):
            shutil.rmtree(world.folder / "state", ignore_errors=True)
            (world.folder / "effects").unlink(missing_ok=True)
            write_pipeline(world)
            done = world.run("run", "--output", "plain", before=lambda: [os.close(fd) for fd in closed])
            here = expect(done, (0,))
            here += expect(world.run("logs"), (0,), "the end\n.*\n?Finished: SUCCESS")
            here += expect(world.run("runs", "--verify", "1"), (0,), "no damage")
            if effects_of(world) != EFFECTS:
                here.append(f"ran {effects_of(world)}")
            found += [f"{closed} closed: {problem}" for problem in here]
        return found

    @case("machine: output goes nowhere")
    def _(world):
        write_pipeline(world)

        def full():
            os.dup2(os.open("/dev/full", os.O_WRONLY), 1)

        return expect(world.run("run", "--output", "plain", before=full), (0,)) + expect(world.run("logs"), (0,), "Finished: SUCCESS")
