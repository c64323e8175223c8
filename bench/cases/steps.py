"""Goal 5: a pipeline of 1,000 `sh 'true'`, whose starts and ends are durable one by one, beside a C program that starts the same
thousand shells and does nothing else; whole processes. And the step that does nothing but log: 20,000 `echo` less 2,000 of them,
per step."""
from harness import Row

STEPS = 1000
FEW, MANY = 2000, 20000


def repeated(count, step):
    return f"node {{\n    for (int i = 0; i < {count}; i++) {{\n        {step}\n    }}\n}}\n"


def measure(bench):
    folder = bench.jenkinsfile("steps", repeated(STEPS, "sh 'true'"))
    shells = [bench.opponent("shells"), str(STEPS)]
    ours_wall, bare = bench.together(bench.run_command(folder), shells)
    yield Row("1,000 durable sh 'true'", ours_wall * 1e3, "ms", "1,000 sh -c true in C", bare * 1e3, 1.5, "5")
    ours_wall, bare = bench.together(bench.run_command(folder, in_memory=True), shells)
    yield Row("the same, their state in memory", ours_wall * 1e3, "ms", "1,000 sh -c true in C", bare * 1e3)
    few, many = bench.together(bench.run_command(bench.jenkinsfile("few", repeated(FEW, "echo 'x'"))),
                               bench.run_command(bench.jenkinsfile("many", repeated(MANY, "echo 'x'"))))
    yield Row("one echo", (many - few) / (MANY - FEW) * 1e6, "µs", limit=30, goal="5")


REMARKS = """A step is one shell, one commit and its sync; on a busy disk the sync is most of it, so the second row leaves the disk out. Above the bare shell a step
then costs less than half a millisecond of the program (eight pages of the database's log, the script's file in the workspace, the evaluator and the log), 0.25 ms of the agent,
most of which is the kernel's work of starting and reaping, and that `sh -xe FILE`, as Jenkins runs it, does a little more than `sh -c true`. The program's
part of the next step cannot begin before the result of this one is durable."""
