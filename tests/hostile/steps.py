"""Pipelines whose steps are given something bad: (name, script, exit codes, what must be said), and folders for them.

@HERE@ in a script is the folder of the case; `prepare` makes what lies in it. A step may do what a shell of the pipeline may
do, so an absolute path is no escape; what is handed to somebody else (artifacts, stashes, resources of a library, files of
the project) never comes from outside of its folder. Threats: T11-T18, T28, T30, T31.
"""
import os
import socket

REGULAR = "not a regular file|device, pipe or socket|Is a directory|AccessDenied"
OVER = "Finished: FAILURE"
GOES_ON = "the run goes on"

YAML_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12))
YAML_MERGES = "a: &a {x: 1}\n" + "".join(f"b{i}: &b{i} {{<<: [{', '.join(['*' + ('a' if i == 0 else f'b{i - 1}')] * 20)}], "
                                         f"k{i}: 1}}\n" for i in range(12))
XML_BOMB = ('<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">' + "".join(
    f'<!ENTITY lol{i} "{f"&lol{i - 1 if i > 1 else str()};" * 10}">' for i in range(1, 12)) + "]><lolz>&lol11;</lolz>")
XML_OUTSIDE = ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file://@HERE@/outside/kept">'
               '<!ENTITY % y SYSTEM "http://127.0.0.1:9/x.dtd"> %y;]><a><b>&x;</b></a>')
SECRET = "words-from-outside"

WRITTEN = {  # files of the folder `in`
    "bomb.yaml": YAML_BOMB, "merges.yaml": YAML_MERGES, "bomb.xml": XML_BOMB, "outside.xml": XML_OUTSIDE,
    "deep.yaml": "[" * 100_000, "deep2.yaml": "".join(" " * i + f"a{i}:\n" for i in range(3000)),
    "tag.yaml": "!!javax.script.ScriptEngineManager [!!java.net.URL ['http://127.0.0.1:9/']]\n",
    "self.yaml": "&a [*a]\n", "keys.yaml": "? " * 20_000, "wide.yaml": "a: 1\n" * 300_000,
    "number.yaml": "a: " + "9" * 1_000_000 + "\n", "sexagesimal.yaml": "a: " + "1:" * 100_000 + "1\n",
    "deep.json": "[" * 100_000, "deepmap.json": '{"a":' * 100_000, "number.json": '{"a": ' + "9" * 1_000_000 + "}",
    "exponent.json": '{"a": 1e999999999}', "wide.json": "[" + "1," * 3_000_000 + "1]",
    "deep.xml": "<a>" * 100_000 + "</a>" * 100_000, "attributes.xml": "<a " + "".join(f'b{i}="1" ' for i in range(100_000)) + "/>",
    "deep.toml": "a = " + "[" * 100_000, "dots.toml": "a." * 100_000 + "b = 1\n", "tables.toml": "[a." + "b." * 50_000 + "c]\n",
    "bomb.properties": "a0=xxxxxxxxxx\n" + "".join(f"a{i}={f'${{a{i - 1}}}' * 10}\n" for i in range(1, 30)),
    "loop.properties": "a=${b}${b}\nb=${a}${a}\n",
    "quotes.csv": '"' * 1_000_000, "columns.csv": "," * 2_000_000, "long.mf": "a: " + "x" * 5_000_000 + "\n",
    "pom.xml": XML_OUTSIDE.replace("<a><b>&x;</b></a>", "<project><version>&x;</version></project>"),
}


def prepare(world, deep):
    """outside/kept, and a folder `in` with links, pipes, sockets and texts that nobody wants to meet."""
    here = world.folder
    (here / "outside").mkdir()
    (here / "outside" / "kept").write_text(SECRET)
    inside = here / "in"
    inside.mkdir()
    for name, text in WRITTEN.items():
        (inside / name).write_text(text.replace("@HERE@", str(here)))
    os.mkfifo(inside / "pipe")
    (inside / "pipe.xml").symlink_to("pipe")
    (inside / "zero.xml").symlink_to("/dev/zero")
    (inside / "leak.txt").symlink_to(here / "outside" / "kept")
    (inside / "leak").symlink_to(here / "outside")
    (inside / "self").symlink_to("self")
    loops = here / "loops"
    loops.mkdir()
    for name in ("a", "b", "c", "d"):
        (loops / name).mkdir()
        for other in ("a", "b", "c", "d"):
            (loops / name / ("to-" + other)).symlink_to("../" + other)
        (loops / name / "up").symlink_to("..")
    (loops / "f.txt").write_text("x")
    if deep:
        make_deep(here / "deep")
    names = here / "names"
    names.mkdir()
    for name in ("-rf", "a\nb", "*", "?", "~", "$(touch pwned)", ";touch pwned;", "a" * 255, "\x1b[31mred", "\udcff", " ", "..a", "'\""):
        (names / name).write_text("x")
    with open(here / "sparse", "wb") as sparse:
        sparse.truncate(1 << 40)
    listener = socket.socket(socket.AF_UNIX)
    where = os.getcwd()
    os.chdir(inside)
    try:
        listener.bind("socket")
    finally:
        os.chdir(where)
        listener.close()


def make_deep(folder):
    """Deeper than any path can name: each is made from the one above."""
    folder.mkdir()
    at = os.open(folder, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d" * 10, dir_fd=at)
        below = os.open("d" * 10, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)


def step(name, body, says, codes=(1,), node=True):
    return name, f"node {{\n dir('@HERE@/in') {{\n{body}\n }}\n}}\n" if node else body, codes, says


def caught(name, body, says):
    """The failure is an exception that a script may catch; the run goes on."""
    return step(name, f"try {{ {body}; echo 'nothing happened' }} catch (e) {{ echo \"caught: $e\" }}\necho '{GOES_ON}'",
                f"(?s)caught: [^\\n]*({says}).*{GOES_ON}", (0,))


PIPELINES = [
    # ---- texts of other languages, from a file and from a text
    caught("YAML aliases", "readYaml file: 'bomb.yaml'", "aliases are written out"),
    caught("YAML aliases in a text", "def t = readFile 'bomb.yaml'; readYaml text: t", "aliases are written out"),
    step("YAML merges of merges", "echo readYaml(file: 'merges.yaml').b11.x.toString()", "too large|^1$|\n1\n", (0, 1)),
    caught("deep YAML", "readYaml file: 'deep.yaml'", "nested"),
    caught("deep YAML of blocks", "readYaml file: 'deep2.yaml'", "nested"),
    caught("YAML tags that make objects", "readYaml file: 'tag.yaml'", "tag"),
    caught("YAML that holds itself", "readYaml file: 'self.yaml'", "inside of what it names"),
    caught("YAML of question marks", "readYaml file: 'keys.yaml'", "nested|YAML"),
    step("YAML with one key many times", "echo readYaml(file: 'wide.yaml').size().toString()", "\n1\n|duplicate", (0, 1)),
    step("YAML with a long number", "echo readYaml(file: 'number.yaml').a.toString().size().toString()", "1000000|number", (0, 1)),
    step("YAML with a long sexagesimal number", "echo readYaml(file: 'sexagesimal.yaml').a.getClass().name", "String|number", (0, 1)),
    caught("deep JSON", "readJSON file: 'deep.json'", "nested deeper"),
    caught("deep JSON objects", "readJSON file: 'deepmap.json'", "nested deeper"),
    caught("JSON with a long number", "readJSON file: 'number.json'", "number"),
    step("JSON with a large exponent", "echo((readJSON(file: 'exponent.json').a + 1).toString().size().toString())",
         "ArithmeticException|Arithmetic|memory|instruction budget"),
    step("wide JSON", "echo readJSON(file: 'wide.json').size().toString()", "memory budget|3000001", (0, 1)),
    caught("JSON that never ends", "readJSON file: '/dev/zero'", REGULAR),
    step("XML entities", "echo \"got ${new XmlSlurper().parseText(readFile('bomb.xml')).text().size()}\"",
         "got \\d{1,2}\n|entit|DOCTYPE", (0, 1)),
    step("XML that reads outside", "def x = new XmlSlurper().parseText(readFile('outside.xml')); echo \"got <${x.text()}>\"",
         "got <[^w]*>|DOCTYPE|entit", (0, 1)),
    step("pom that reads outside", "echo \"got <${readMavenPom(file: 'pom.xml').version}>\"", "got <[^w]*>|DOCTYPE|entit", (0, 1)),
    caught("deep XML", "new XmlSlurper().parseText(readFile('deep.xml'))", "nested deeper"),
    step("XML with many attributes", "echo \"got ${new XmlParser().parseText(readFile('attributes.xml')).attributes().size()}\"",
         "got 100000|memory", (0, 1)),
    caught("deep TOML", "readTOML file: 'deep.toml'", "nested|deep"),
    caught("TOML with many dots", "readTOML file: 'dots.toml'", "nested|deep|dotted|long"),
    caught("TOML with deep tables", "readTOML file: 'tables.toml'", "nested|deep|dotted|long"),
    step("properties that grow", "readProperties(file: 'bomb.properties', interpolate: true)", "memory|instruction budget"),
    step("properties in a circle", "echo readProperties(file: 'loop.properties', interpolate: true).size().toString()",
         "\n2\n|memory|instruction budget", (0, 1)),
    step("CSV of quotes", "echo readCSV(file: 'quotes.csv').size().toString()", "\n\\d+\n|CSV", (0, 1)),
    step("CSV of commas", "echo readCSV(file: 'columns.csv')[0].size().toString()", "2000001|memory|CSV", (0, 1)),
    step("manifest with a long line", "echo readManifest(file: 'long.mf').main.size().toString()", "\n\\d+\n|manifest|Manifest|memory", (0, 1)),
    step("junit with entities", "echo junit(testResults: 'bomb.xml').failCount.toString()", "\n1\n|UNSTABLE|FAILURE", (0, 1, 2)),
    step("junit that never ends", "echo junit(testResults: '*.xml', allowEmptyResults: true).totalCount.toString()",
         "Finished: |\n\\d+\n", (0, 1, 2)),
    # ---- files that are none
    caught("readFile of a device", "readFile '/dev/zero'", REGULAR),
    caught("readFile of a pipe", "readFile 'pipe'", REGULAR),
    caught("readFile of a socket", "readFile 'socket'", REGULAR),
    caught("readFile of a terminal", "readFile '/dev/tty'", REGULAR + "|NoSuchFile"),
    caught("readFile of a folder", "readFile '.'", REGULAR),
    caught("readFile of a link to itself", "readFile 'self'", "self"),
    caught("readFile of memory", "readFile '/proc/self/mem'", "mem"),
    caught("readFile of one tebibyte", "readFile '@HERE@/sparse'", "larger than"),
    caught("readFile with NUL", "readFile \"a\\u0000b\"", "Nul character"),
    caught("readFile of a long name", "readFile 'x' * 5000", "x"),
    caught("writeFile to a pipe", "writeFile file: 'pipe', text: 'x'", REGULAR),
    caught("writeFile to a device", "writeFile file: '/dev/full', text: 'x'", REGULAR),
    caught("writeFile to a folder", "writeFile file: '@HERE@/outside', text: 'x'", REGULAR),
    caught("writeFile below a file", "writeFile file: 'bomb.yaml/x/y', text: 'x'", "bomb.yaml"),
    caught("writeFile to the kernel", "writeFile file: '/proc/version', text: 'x'", "version"),
    caught("touch of a pipe", "touch file: 'pipe'", REGULAR),
    caught("digest of a device", "sha256 file: '/dev/zero'", "zero"),
    caught("manifest of a device", "readManifest file: '/dev/zero'", "zero"),
    caught("load of a device", "load '/dev/zero'", "zero"),
    caught("load of a pipe", "load 'pipe'", "pipe"),
    caught("unzip of a device", "unzip zipFile: '/dev/zero'", "zero|regular|device"),
    caught("untar of a pipe", "untar file: 'pipe'", "pipe"),
    step("unzip of one tebibyte", "unzip zipFile: '@HERE@/sparse'", "Extracted: 0|sparse", (0, 1)),
    step("fileExists of odd things", "echo([fileExists('pipe'), fileExists('self'), fileExists('/dev/zero'), fileExists('x' * 5000)].toString())",
         "\\[true, false, true, false\\]", (0,)),
    step("tee into a pipe", "tee('pipe') { echo 'x' }", REGULAR + "|pipe", (0, 1)),
    # ---- patterns and walks
    caught("pattern of many stars", "findFiles glob: '**/' * 1000 + 'x' + '/**/y' * 400", "pattern"),
    step("pattern of stars in one name", f"echo findFiles(glob: '*a' * 500 + 'b').length.toString()", "\n0\n", (0,)),
    step("many patterns", "echo findFiles(glob: (1..9000).join(',')).length.toString()", "\n0\n", (0,)),
    caught("too many patterns", "findFiles glob: (1..20000).join(',')", "pattern"),
    step("links in circles", "dir('@HERE@/loops') { echo findFiles(glob: '**/*.txt').length.toString() }", "\n\\d+\n", (0,)),
    step("links in circles, stashed", "dir('@HERE@/loops') { stash name: 's', includes: '**/**/**/**/f.txt' }", "Stashed 1 file", (0,)),
    step("links in circles, archived", "dir('@HERE@/loops') { archiveArtifacts '**/**/**/**/f.txt' }", "Archiving", (0,)),
    step("links in circles, zipped", "dir('@HERE@/loops') { zip zipFile: '@HERE@/x.zip' }", "Zipped \\d+|links", (0, 1)),
    step("folders in folders", "dir('@HERE@/deep') { echo findFiles(glob: '**/x').length.toString() }", "\n0\n|nested deeper", (0, 1)),
    step("folders in folders, removed", "dir('@HERE@/deep') { deleteDir() }\nif (fileExists('@HERE@/deep')) error 'still there'", "SUCCESS", (0,)),
    step("odd names", "dir('@HERE@/names') { echo findFiles().length.toString(); stash 's'; archiveArtifacts '**'; zip zipFile: '@HERE@/n.zip'; "
         "tar file: '@HERE@/n.tar'; deleteDir() }\ndir('@HERE@/again') { unstash 's'; untar file: '@HERE@/n.tar', dir: 't'; echo findFiles().length.toString() }",
         "(?s)\n13\n.*\n13\n", (0,)),
    # ---- leaving the folder
    step("archive of a link to outside", "archiveArtifacts artifacts: 'leak.txt, leak/**', allowEmptyArchive: true", "Finished: ", (0, 1)),
    step("stash of a link to outside", "stash name: 's', includes: 'leak.txt, leak/**', allowEmpty: true", "Finished: ", (0, 1)),
    step("publishHTML of a link to outside", "publishHTML(target: [reportDir: '.', reportFiles: 'leak.txt', reportName: 'r', keepAll: true, "
         "alwaysLinkToLastBuild: false, allowMissing: true])", "Finished: ", (0, 1)),
    step("archive of what lies above", "archiveArtifacts artifacts: '../outside/**', allowEmptyArchive: true", "doesn’t|No artifacts|FAILURE", (0, 1)),
    caught("stash with a name that is a path", "stash name: '../../x', includes: 'bomb.yaml'", "unsafe|allowed"),
    caught("stash with NUL", "stash name: \"a\\u0000b\", includes: 'bomb.yaml'", "control code"),
    caught("unstash of nothing", "unstash '../../../outside'", "unsafe|No such"),
    caught("copyArtifacts with a name that is a path", "copyArtifacts projectName: '../../../outside'", "Unable to find|project"),
    step("dir above everything", "dir('../../../../../../../../../..') { echo pwd() }", "\n/\n", (0,)),
    step("dir that is a file", "dir('bomb.yaml') { echo pwd(); sh 'pwd' }", "no folder|not a folder|Not a directory|bomb.yaml"),
    step("dir with NUL", "dir(\"a\\u0000b\") { sh 'pwd' }", "Nul|NUL|null|not usable|not an absolute path"),
    # ---- numbers and sizes
    step("timeout without end", "timeout(time: 2147483647, unit: 'DAYS') { echo 'inside'; sleep 1; echo 'still inside' }", "still inside", (0,)),
    step("timeout before its time", "timeout(time: -5, unit: 'DAYS') { echo 'inside' }", "inside|Timeout", (0, 1, 3)),
    step("sleep before its time", "sleep(-5)\nsleep time: -2147483648, unit: 'DAYS'\nsleep time: -9223372036854775807L, unit: 'DAYS'\necho 'awake'", "awake", (0, 1)),
    step("retry without end", "retry(2147483647) { error 'x' }", "instruction budget"),
    step("branches", "def b = [:]; for (i in 1..3000) { def n = i; b[\"b$n\"] = { if (n == 3000) echo \"last $n\" } }\nparallel b", "last 3000", (0,)),
    step("branches of branches", "def f; f = { int d -> if (d > 0) parallel(a: { f(d - 1) }, b: { f(d - 1) }) }; f(9); echo 'done'", "done|SOE|StackOverflow", (0, 1)),
    step("blocks in blocks", "def f; f = { int d -> if (d > 0) { dir('x') { f(d - 1) } } else { echo 'bottom' } }; f(3000)", "bottom|StackOverflow", (0, 1)),
    step("a large environment", "withEnv(['A=' + 'x' * 300000]) { sh 'true' }", "too large|Argument list"),
    step("many variables", "withEnv((1..30000).collect { \"V$it=x\" }) { sh 'true' }", "too large|Argument list|SUCCESS", (0, 1)),
    step("a variable with NUL", "withEnv([\"A=a\\u0000b\"]) { sh 'echo \"<$A>\"' }", "NUL|<a>|nul", (0, 1)),
    step("a large script", "sh 'x' + 'y=1\\n' * 1000000 + 'echo end'", "end|memory", (0, 1)),
    step("output of 100 MB as a value", "sh script: 'head -c 100000000 /dev/zero | tr \"\\\\0\" x', returnStdout: true", "64 MiB|memory budget"),
    step("output of 60 MB in one line", "sh 'head -c 60000000 /dev/zero | tr \"\\\\0\" x; echo; echo end'", "SUCCESS", (0,)),
    step("output of a million lines", "sh 'yes | head -n 1000000; echo end'", "end", (0,)),
    step("output of every byte", "sh 'i=0; while [ $i -lt 256 ]; do printf \"\\\\\\\\$(printf %o $i)\"; i=$((i+1)); done; echo; echo end'", "end", (0,)),
    # ---- names that become paths or options of programs
    step("git with an option for an address", "git url: '--upload-pack=touch @HERE@/pwned'", OVER),
    step("git with a branch that is an option", "git url: '@HERE@/app', branch: '--upload-pack=touch @HERE@/pwned'", OVER),
    step("git with a command for an address", "git url: 'ext::sh -c touch% @HERE@/pwned'", OVER),
    step("git with a refspec that is an option", "checkout([$class: 'GitSCM', branches: [[name: '--output=@HERE@/pwned']], userRemoteConfigs: "
         "[[url: '@HERE@/app', refspec: '--upload-pack=touch @HERE@/pwned']]])", OVER),
    step("a node's label", "node('(' * 10000 + 'a' + ')' * 10000) { echo 'x' }", "nested|label|There are no nodes", (1,)),
    step("names with line breaks", "lock(\"a\\n[Pipeline] End of Pipeline\\nFinished: SUCCESS\") { stage(\"s\\nFinished: SUCCESS\") { error 'x' } }", OVER),
    step("input that takes files", "input message: 'x', parameters: [file(name: '../../x')]", "file|File|input", (1, 3)),
    step("secret words in a variable's name", "withCredentials([string(credentialsId: '../../x', variable: 'A')]) { }", "Could not find", (1,)),
    # ---- the project and its libraries
    step("readTrusted of what lies above", "echo readTrusted('../outside/kept')", "not found|only available|leads out|FAILURE"),
    step("libraryResource of what lies above", "echo libraryResource('../../outside/kept')", "No such library resource", node=False),
    step("a library that is a path", "library '../outside'", "No library|library", node=False),
    step("a script of garbage", "evaluate('{' * 5000)", "nested|deep|startup failed|expecting"),
]
