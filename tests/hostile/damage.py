"""Journals that something else has changed: flipped bytes, cut files, missing parts.

A change that matters is told with exit code 70 and a sentence; one that does not (a free page of the database) leaves
everything as it was. Never is a log or a journal silently another or a shorter one, and never do other runs suffer.
"""
import json
import os
import random
import shutil
import sqlite3
import subprocess

PIPELINE = """
def first = "one-${sh2()}"
def sh2() { node { return sh(script: 'echo step-1 >> @HERE@/effects; echo two', returnStdout: true).trim() } }
node {
    sh 'echo step-2 >> @HERE@/effects; i=0; while [ $i -lt 300 ]; do echo "a line of output $i"; i=$((i+1)); done'
    writeFile file: 'a.txt', text: 'alpha'
    stash name: 's', includes: '*.txt'
    archiveArtifacts 'a.txt'
    def large = 'y' * 100000
    writeFile file: 'large.txt', text: large
    echo "got ${readFile('large.txt').size()}"
    sh 'echo step-3 >> @HERE@/effects'
}
echo "ends with $first"
"""
EFFECTS = ["step-1", "step-2", "step-3"]
# Before the end: all entries are there, and what is left to do has no effect that could be done twice.
LATE = "engine/before-end:1"
TELLS = "damaged|damage|not a database|malformed|missing|gone|no run|corrupt|newer|cannot|never began|the disk failed"


class Journal:
    """A state folder with an ended run app#1, an interrupted one app#2 and another ended one app#3, and copies of it."""

    def __init__(self, world):
        self.world = world
        world.write("Jenkinsfile", PIPELINE.replace("@HERE@", str(world.folder)))
        self.kept = world.folder / "kept-state"
        self.state = world.folder / "state" / "windlass"
        self.first = world.run("run", "--output", "plain")
        world.run("run", "--output", "plain", environment={"WINDLASS_TEST_CRASH_AT": LATE})
        world.run("run", "--output", "plain")
        world.end_agent()
        (world.folder / "effects").unlink()
        shutil.rmtree(self.state / "agent")
        self.state.rename(self.kept)
        self.renew()
        self.truth = {run: self.dump(run) for run in ("app#1", "app#2", "app#3")}
        self.log = {run: world.run("logs", run).out for run in ("app#1", "app#3")}
        self.renew()
        resumed = world.run("run", "--resume", "app#2", "--output", "plain")
        self.resumed = resumed.code, world.run("logs", "app#2").out.partition(b"Resuming")[0]
        self.renew()

    def renew(self):
        shutil.rmtree(self.state, ignore_errors=True)
        shutil.copytree(self.kept, self.state, symlinks=True)
        # A database that was copied has the access rights that it had: copytree keeps them.

    def file(self, run, name):
        job, number = run.split("#")
        return self.state / "runs" / job / number / name

    def dump(self, run):
        done = subprocess.run([self.world.probe, "dump", self.state, run], capture_output=True)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def check(self, expect, run, what):
        """What is wrong when `what` has been done to `run`."""
        world = self.world
        found = []
        for other in ("app#1", "app#3"):
            if other != run:
                outcome = world.run("logs", other)
                if outcome.code != 0 or outcome.out != self.log[other]:
                    found.append(f"logs {other}: {outcome.code} {outcome.text[-200:]}")
        listed = world.run("runs")
        found += expect(listed, (0,), "app#1 (?s:.*)SUCCESS|app#3 (?s:.*)SUCCESS")
        if b"app#3" not in listed.out or b"app#1" not in listed.out and run != "app#1":
            found.append("runs leaves other runs out: " + listed.text)
        verified = world.run("runs", "--verify", run)
        found += expect(verified, (0, 64, 70), None if verified.code == 0 else TELLS)
        same = self.dump(run) == self.truth[run]
        if verified.code == 0 and not same:
            found.append("--verify says that there is no damage")
        if run == "app#2":
            found += self.check_resume(expect, same)
        else:
            found += self.check_log(expect, run)
        return [f"{what}: {problem}" for problem in found]

    def check_log(self, expect, run):
        read = self.world.run("logs", run)
        found = expect(read, (0, 64, 70), None if read.code == 0 else TELLS)
        if read.code == 0 and read.out != self.log[run]:
            found.append(f"logs: {len(read.out)} bytes instead of {len(self.log[run])}, and no complaint")
        if read.code != 0 and not self.log[run].startswith(read.out):
            found.append("logs: another log, before the complaint")
        replayed = self.world.run("replay", run)
        return found + expect(replayed, (0, 64, 70), None if replayed.code == 0 else TELLS)

    def check_resume(self, expect, same):
        resumed = self.world.run("run", "--resume", "app#2", "--output", "plain")
        found = expect(resumed, (0, 64, 70), None if resumed.code == 0 else TELLS)
        if resumed.code == 0:
            if not same:
                found.append("it was resumed although its journal is another one")
            if self.world.run("logs", "app#2").out.partition(b"Resuming")[0] != self.resumed[1]:
                found.append("the log of the resumed run is another one")
        if (self.world.folder / "effects").exists():
            found.append("a shell ran: " + (self.world.folder / "effects").read_text())
            (self.world.folder / "effects").unlink()
        return found


def flip(path, at, mask):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ mask]))


def places(size, count):
    """The head, where formats keep their signs, and a spread of the rest; the same each time."""
    chance = random.Random(size)
    head = [at for at in (0, 16, 18, 19, 21, 24, 28, 40, 44, 47, 52, 56, 60, 63, 68, 71, 92, 96, 100, 103, 105, 107) if at < size]
    return sorted({*head, *(chance.randrange(size) for _ in range(count))})


def add_cases(case, expect, count):
    """`count`: how many bytes are flipped in each file."""
    def flips(name, run, file):
        @case(f"damage: flipped bytes of {name}")
        def _(world):
            journal = Journal(world)
            found = []
            path = journal.file(run, file)
            for at in places(path.stat().st_size, count):
                flip(path, at, 1 << at % 8)
                found += journal.check(expect, run, f"byte {at}")
                journal.renew()
                if len(found) > 8:
                    break
            return found

    flips("an ended run", "app#1", "run.db")
    flips("an interrupted run", "app#2", "run.db")
    flips("an interrupted run's write-ahead log", "app#2", "run.db-wal")

    @case("damage: cut files")
    def _(world):
        journal = Journal(world)
        found = []
        for run, file in (("app#1", "run.db"), ("app#2", "run.db"), ("app#2", "run.db-wal")):
            size = journal.file(run, file).stat().st_size
            for left in (0, 1, 31, 32, 99, 512, 4095, 4096, 4128, 8192, size // 2, size - 4096, size - 100, size - 1):
                if 0 <= left < size:
                    os.truncate(journal.file(run, file), left)
                    found += journal.check(expect, run, f"{file} of {run} cut to {left} of {size}")
                    journal.renew()
        return found

    @case("damage: missing and strange files")
    def _(world):
        journal = Journal(world)
        found = []

        def each(what, change, run):
            change()
            found.extend(journal.check(expect, run, what))
            journal.renew()

        for run in ("app#1", "app#2"):
            database = journal.file(run, "run.db")
            folder = database.parent
            each(f"{run}: no folder", lambda: shutil.rmtree(folder), run)
            each(f"{run}: no database", database.unlink, run)
            each(f"{run}: no lock", lambda: (folder / "owner.lock").unlink(missing_ok=True), run)
            each(f"{run}: a lock of noise", lambda: (folder / "owner.lock").write_bytes(os.urandom(72)), run)
            each(f"{run}: a folder for a database", lambda: (database.unlink(), database.mkdir()), run)
            each(f"{run}: a pipe for a database", lambda: (database.unlink(), os.mkfifo(database)), run)
            each(f"{run}: a link to nowhere", lambda: (database.unlink(), database.symlink_to("nowhere")), run)
            each(f"{run}: a device", lambda: (database.unlink(), database.symlink_to("/dev/zero")), run)
            each(f"{run}: noise", lambda: database.write_bytes(os.urandom(50_000)), run)
            each(f"{run}: another run's", lambda: shutil.copy(journal.file("app#3", "run.db"), database), run)
        each("app#2: no write-ahead log", lambda: journal.file("app#2", "run.db-wal").unlink(), "app#2")
        each("app#2: an older state of both", lambda: rewind(journal), "app#2")
        return found

    @case("damage: what all runs share")
    def _(world):
        journal = Journal(world)
        found = []
        key = journal.state / "keys" / "state.key"
        for what, change in (("no key", key.unlink), ("a short key", lambda: os.truncate(key, 7)),
                             ("another key", lambda: key.write_bytes(os.urandom(32)))):
            change()
            found += expect(world.run("run", "--resume", "app#2"), (70,), "key|damaged|unsealed")
            found += expect(world.run("runs"), (0,), "app#3")
            journal.renew()
        programs = list((journal.state / "programs").iterdir())
        for what, change in (("no programs", lambda path: path.unlink()), ("flipped", lambda path: flip(path, 1000, 4)),
                             ("cut", lambda path: os.truncate(path, 100))):
            for path in programs:
                change(path)
            if programs:
                # This program has that prelude itself, known by its hash: the file is read only by one that has another.
                found += expect(world.run("run", "--resume", "app#2"), (0,), "Finished: SUCCESS")
                found += expect(world.run("logs", "app#1"), (0,), "Finished: SUCCESS")
                # What a new run needs is written again where it is missing, and never taken as it is where it is not whole.
                found += expect(world.run("run", "--output", "plain"), (0, 70), None)
            journal.renew()
            (world.folder / "effects").unlink(missing_ok=True)
        return found

    @case("damage: the index")
    def _(world):
        journal = Journal(world)
        found = []
        index = journal.state / "index.db"
        changes = [("none", index.unlink), ("empty", lambda: os.truncate(index, 0)), ("short", lambda: os.truncate(index, 1000)),
                   ("noise", lambda: index.write_bytes(os.urandom(20_000)))]
        changes += [(f"byte {at}", lambda at=at: flip(index, at, 1 << at % 8)) for at in places(index.stat().st_size, count)]
        for what, change in changes:
            for name in ("index.db-wal", "index.db-shm"):
                (journal.state / name).unlink(missing_ok=True)
            change()
            listed = world.run("runs")
            if listed.code == 70 and "use the newer windlass that made it" in listed.text:
                journal.renew()  # a version that is not known yet is not taken for damage
                continue
            found += [f"{what}: {problem}" for problem in expect(listed, (0,), "app#1")]
            for run in ("app#2", "app#3"):
                if run not in listed.text:
                    found.append(f"{what}: {run} is not listed\n{listed.text}")
            found += [f"{what}: {problem}" for problem in expect(world.run("logs", "app#3"), (0,), "Finished: SUCCESS")]
            journal.renew()
        return found


    @case("damage: rows of the index")
    def _(world):
        """SQLite finds nothing wrong with these: only the rows' checksums tell."""
        journal = Journal(world)
        found = []
        index = journal.state / "index.db"
        truth = world.run("runs", "--output", "json").out

        def change(sql):
            with sqlite3.connect(index) as connection:
                connection.executescript(sql)
            connection.close()

        run3 = "row \\d+, of the run app#3, is not as it was written"
        for sql, says in (("UPDATE runs SET result='FAILURE' WHERE number=3", run3),
                          ("UPDATE runs SET ended_ms=ended_ms+1 WHERE number=3", run3),
                          ("UPDATE runs SET job='other' WHERE number=1", "of the run other#1, is not"),
                          ("UPDATE runs SET number=30 WHERE number=3", "of the run app#30, is not"),
                          ("UPDATE runs SET checksum=NULL WHERE number=3", run3),
                          ("UPDATE runs SET ordinal=40 WHERE number=1", "row 40, of the run app#1, is not"),
                          ("UPDATE jobs SET next=1", "row of the job app is not")):
            change(sql)
            said = world.run("runs", "--output", "json")
            found += [f"{sql}: {problem}" for problem in expect(said, (0,), "(?s)index.db is damaged: its .*" + says + ".*made again")]
            if said.out != truth:
                found.append(f"{sql}: another list\n{said.text}")
            if world.run("runs", "--output", "json").err:
                found.append(f"{sql}: told twice")
            done = world.run("run", "--output", "plain")
            found += [f"{sql}, then a run: {problem}" for problem in expect(done, (0,), "SUCCESS")]
            if b"app#4" not in world.run("runs").out:
                found.append(f"{sql}: the next run is not app#4")
            (world.folder / "effects").unlink()
            world.end_agent()
            journal.renew()
        # A lookup that leads nowhere: each index has the other one's tree.
        change("PRAGMA writable_schema=ON; UPDATE sqlite_schema SET rootpage=(SELECT sum(rootpage) FROM sqlite_schema WHERE "
               "type='index' AND name IN ('one_number', 'by_uid'))-rootpage WHERE name IN ('one_number', 'by_uid')")
        said = world.run("logs", "app#3")
        found += [f"lookups: {problem}" for problem in expect(said, (0,), "(?s)Finished.*lookup by number goes astray at row \\d+, of the run app#3")]
        if said.out != journal.log["app#3"]:
            found.append("lookups: another log")
        return found


def rewind(journal):
    """Database and log as they were some commits ago, the lock as it is: a copy that was put back."""
    path = journal.file("app#2", "run.db-wal")
    os.truncate(path, max(32, path.stat().st_size // 2 // 4120 * 4120))
