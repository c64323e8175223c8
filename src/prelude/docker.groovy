// The `docker` global and the steps below it. Commands are `sh` steps where Jenkins' are, so that they show in the log;
// the container of `inside` is started without a shell and is given to the steps of the body as their launcher.
// Source: pipeline-language 6.10.

def make_global_docker() {
    return new org.jenkinsci.plugins.docker.workflow.Docker()
}

/** The same object for other prelude files. */
def __docker() {
    return make_global_docker()
}

// ---- steps -----------------------------------------------------------------------------------------------------------

def step_withDockerRegistry(Map args, Closure body) {
    def registry = args.registry ?: [:]
    return __leased('withDockerRegistry', null, 'docker.login',
                    [url: args.url ?: registry.url, credentialsId: args.credentialsId ?: registry.credentialsId, toolName: args.toolName],
                    'credentials.release', { bound -> __bound_scope(bound) }, body)
}

def step_withDockerServer(Map args, Closure body) {
    def server = args.server ?: [:]
    return __leased('withDockerServer', null, 'docker.server',
                    [uri: args.uri ?: server.uri, credentialsId: args.credentialsId ?: server.credentialsId],
                    'credentials.release', { bound -> __bound_scope(bound) }, body)
}

def step_withDockerContainer(Map args, Closure body) {
    def inPod = __docker().containerOf("${args.image}".toString(), args.args ?: '')
    if (inPod != null) {
        return __callStep('container', [[name: inPod], body])
    }
    def token = __host('step.open', 'withDockerContainer')
    try {
        def program = __docker_program(args.toolName)
        def container = __start_container(program, args)
        def stop = {
            __effect('exec', [argv: [program, 'stop', '--time=1', container], cleanup: true])
            __effect('exec', [argv: [program, 'rm', '-f', '--volumes', container], cleanup: true])
        }
        def owed = __owe('release', stop)
        try {
            __check_running(program, container, args.image)
            return __body(token, null, [launcher: [type: 'docker', container: container, argv: [program, 'exec', container]]], body)
        } finally {
            __host('ending.drop', owed)
            stop.call()
        }
    } finally {
        __host('step.close', token)
    }
}

def __docker_program(tool) {
    return tool ? __effect('tool', [name: tool, type: 'dockerTool']) + '/bin/docker' : __docker().program()
}

def __output(List argv) {
    def done = __effect('exec', [argv: argv, quiet: true])
    return done.status == 0 ? done.stdout.trim() : null
}

def __start_container(String program, Map args) {
    def node = __host('node.info')
    def argv = [program, 'run', '-t', '-d', '-u', "${__output(['id', '-u'])}:${__output(['id', '-g'])}".toString()]
    argv.addAll(__words(args.args ?: ''))
    argv << '-w' << node.cwd
    def own = __own_container(program)
    if (own != null) {
        __log("Jenkins seems to be running inside container ${own}")
        argv << '--volumes-from' << own
    } else {
        __log('Jenkins does not seem to be running inside a container')
        for (folder in [node.workspace, node.tmp]) {
            argv << '-v' << "${folder}:${folder}:rw,z".toString()
        }
    }
    def masked = []
    for (entry in __host('env.all').entrySet()) {
        if (!(entry.key in ['PATH', 'HOME', 'HOSTNAME', 'PWD', 'OLDPWD', 'SHLVL', 'TERM', '_'])) {
            argv << '-e'
            masked << argv.size()
            argv << entry.key  // docker takes the value from its own environment: secrets stay out of process lists
        }
    }
    argv << args.image << 'cat'
    def done = __effect('exec', [argv: argv, mask: masked])
    if (done.status != 0) {
        __abort("Failed to run image '${args.image}'. Error: ${done.stderr.trim()}")
    }
    return done.stdout.trim()
}

/** Id of the container that the agent itself runs in, if this docker knows it. */
def __own_container(String program) {
    def name = __output(['hostname'])
    if (name == null || !(name ==~ /[0-9a-f]{12,64}/)) {
        return null
    }
    return __output([program, 'inspect', '-f', '{{.Id}}', name])
}

def __check_running(String program, String container, String image) {
    def top = __effect('exec', [argv: [program, 'top', container, '-eo', 'pid,comm']])
    if (top.status != 0 || !top.stdout.contains('cat')) {
        __log('ERROR: The container started but didn\'t run the expected command. Please double check your ENTRYPOINT does execute ' +
              'the command passed as docker run argument, as required by official docker images (see ' +
              'https://github.com/docker-library/official-images#consistency for entrypoint consistency requirements).')
        __log('Alternatively you can force image entrypoint to be disabled by adding option `--entrypoint=\'\'`.')
    }
}

/** Words as a shell splits them: blanks, both quotes, backslash. */
def __words(String line) {
    def out = []
    def word = new StringBuilder()
    boolean open = false
    String quote = null
    for (int i = 0; i < line.length(); i++) {
        String c = line[i]
        if (quote == null && c.trim().isEmpty()) {
            if (open) {
                out << word.toString()
                word = new StringBuilder()
                open = false
            }
        } else if (c == quote) {
            quote = null
        } else if (quote == null && (c == '\'' || c == '"')) {
            quote = c
            open = true
        } else {
            if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                c = line[++i]
            }
            word.append(c)
            open = true
        }
    }
    if (open) {
        out << word.toString()
    }
    return out
}
