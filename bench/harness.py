"""What the benchmarks share: starting programs, pairs of medians, rows, and what is known of the machine.

A figure of one program alone says little: machines differ, and one machine differs from hour to hour. So a row that has a
goal measures ours and its opponent in turn, round after round, and what counts is the ratio of the two medians.
"""
import atexit
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("JAVA_HOME", "/usr")  # Debian's groovy looks elsewhere for it

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


@dataclass
class Run:
    wall: float
    cpu: float
    peak_kib: int
    output: bytes


@dataclass
class Row:
    """One line of the table. `theirs` is None where there is no opponent, `limit` where there is no goal."""
    what: str
    ours: float
    unit: str
    opponent: str = ""
    theirs: float | None = None
    limit: float | None = None  # of the ratio; of `ours` itself where there is no opponent
    goal: str = ""
    measured_ratio: float | None = None  # where it is not ours / theirs (a mean of several)

    @property
    def ratio(self):
        if self.measured_ratio is not None:
            return self.measured_ratio
        return None if self.theirs is None else self.ours / self.theirs

    @property
    def verdict(self):
        if self.limit is None:
            return ""
        value = self.ours if self.ratio is None else self.ratio
        return "met" if value <= self.limit else f"missed, {value / self.limit:.2f} times the limit"


def number(value, unit=""):
    if value is None:
        return ""
    digits = 4 if value < 1 else 3
    text = f"{value:.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}" if 0 < abs(value) < 1000 else f"{value:.0f}"
    return f"{text} {unit}".strip()


class Bench:
    def __init__(self, binaries, rounds):
        self.binaries = Path(binaries).resolve()
        self.rounds = rounds
        self.windlass = str(self.binaries / "windlass")
        # On a real disk (/tmp is often memory, where durability costs nothing) and in no git work tree, which a run would keep.
        self.scratch = Path(tempfile.mkdtemp(prefix="windlass-bench-", dir="/var/tmp"))
        atexit.register(shutil.rmtree, self.scratch, ignore_errors=True)
        self.stopwatch = self.compile_c(HERE / "stopwatch.c")

    def compile_c(self, source):
        out = self.scratch / Path(source).stem
        subprocess.run(["gcc", "-O2", "-Wall", "-o", str(out), str(source)], check=True)
        return str(out)

    @staticmethod
    def opponent_source(name):
        return HERE / "opponents" / f"{name}.c"

    def opponent(self, name):
        return self.compile_c(self.opponent_source(name))

    def once(self, command):
        output = self.scratch / "output"
        done = subprocess.run([self.stopwatch, str(output), *command], capture_output=True, timeout=1200, check=False)
        text = done.stdout.split()
        if done.returncode != 0 or len(text) != 4 or text[3] != b"0":
            sys.exit(f"bench: {' '.join(command)} failed\n{done.stderr.decode('utf-8', 'replace')}")
        return Run(float(text[0]), float(text[1]), int(text[2]), output.read_bytes())

    def together(self, *commands, often=1, pause=0):
        """Medians of the wall seconds of each, one after the other in each round. The first one, where a run is short,
        runs `often` times a round, its round being the median of those, `pause` seconds before each."""
        walls = [[] for _ in commands]
        for _ in range(self.rounds):
            for index, command in enumerate(commands):
                seconds = []
                for _ in range(often if index == 0 else 1):
                    time.sleep(pause if index == 0 else 0)
                    seconds.append(self.once(command).wall)
                walls[index].append(statistics.median(seconds))
        return [statistics.median(all_of_one) for all_of_one in walls]

    def median(self, command):
        """Of one that has no opponent: a Run of medians."""
        runs = [self.once(command) for _ in range(self.rounds)]
        return Run(statistics.median(r.wall for r in runs), statistics.median(r.cpu for r in runs),
                   int(statistics.median(r.peak_kib for r in runs)), runs[0].output)

    def jenkinsfile(self, name, text):
        folder = self.scratch / name
        folder.mkdir()
        (folder / "Jenkinsfile").write_text(text)
        return folder

    def run_command(self, folder, in_memory=False):
        """`windlass run` of that folder's Jenkinsfile; the state folder lies beside it and is kept between runs. In memory:
        what is left when the disk is not counted."""
        state = folder / "state"
        if in_memory:
            state = Path(tempfile.mkdtemp(prefix="windlass-bench-", dir="/dev/shm"))
            atexit.register(shutil.rmtree, state, ignore_errors=True)
        return [self.windlass, "run", str(folder / "Jenkinsfile"), "--output", "plain", "--state", str(state)]


def machine():
    """Name and value of what a reader needs to judge the figures."""
    def first(command, default="?"):
        try:
            return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip().splitlines()[0]
        except (OSError, IndexError):
            return default
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.machine())
    memory = int(next(line.split()[1] for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal")))
    return [("CPU", f"{cpu}, {os.cpu_count()} cores"), ("memory", f"{memory / 2**20:.0f} GiB"),
            ("kernel", platform.release()), ("Debian", Path("/etc/debian_version").read_text().strip()),
            ("load before", " ".join(Path("/proc/loadavg").read_text().split()[:3])),
            ("measured", time.strftime("%Y-%m-%d")),
            ("clang", first(["clang++-19", "--version"])), ("Groovy", first(["groovy", "--version"])),
            ("Java", first(["dpkg-query", "-W", "-f=${Package} ${Version}\n", "openjdk-17-jre-headless"]))]
