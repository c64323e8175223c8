// The `docker` global and the steps below it. Commands are `sh` steps where Jenkins' are, so that they show in the log;
// the container of `inside` is started without a shell and is given to the steps of the body as their launcher.
// Source: pipeline-language 6.10.

def make_global_docker() {
    return new DockerGlobal()
}

/** The same object for other prelude files. */
def __docker() {
    return make_global_docker()
}

class DockerGlobal {
    private final Map programs = [:]

    /** `docker`, or `podman` on a node that has only that. Asked once per node and tool. */
    String program() {
        def at = "${__host('node.info').name} ${__host('env.get', 'DOCKER_TOOL_NAME')}".toString()
        if (programs[at] == null) {
            programs[at] = __effect('docker.program', [toolName: null])
        }
        return programs[at]
    }

    Object withRegistry(String url, Closure body) {
        return withRegistry(url, null, body)
    }

    Object withRegistry(String url, String credentialsId, Closure body) {
        return inNode {
            __callStep('withEnv', [[overrides: ["DOCKER_REGISTRY_URL=${url}".toString()]], {
                __callStep('withDockerRegistry', [[url: url, credentialsId: credentialsId, toolName: __host('env.get', 'DOCKER_TOOL_NAME')], body])
            }])
        }
    }

    Object withServer(String uri, Closure body) {
        return withServer(uri, null, body)
    }

    Object withServer(String uri, String credentialsId, Closure body) {
        return inNode { __callStep('withDockerServer', [[uri: uri, credentialsId: credentialsId], body]) }
    }

    Object withTool(String tool, Closure body) {
        return inNode {
            def home = __callStep('tool', [[name: tool, type: 'dockerTool']])
            __callStep('withEnv', [[overrides: ["PATH=${home}/bin:${__host('env.get', 'PATH')}".toString(),
                                               "DOCKER_TOOL_NAME=${tool}".toString()]], body])
        }
    }

    DockerImage image(String id) {
        return new DockerImage(this, id)
    }

    DockerImage build(String image, String args = '.') {
        return inNode {
            __callStep('withEnv', [[overrides: ["JD_IMAGE=${image}".toString()]], {
                __callStep('sh', [[script: program() + ' build -t "$JD_IMAGE" ' + args]])
            }])
            this.image(image)
        }
    }

    /** Takes a node if there is none. */
    Object inNode(Closure body) {
        return __host('node.info') != null ? body.call() : __callStep('node', [[label: ''], body])
    }

    /** `name` with the registry of withRegistry in front, unless it has one. */
    String qualified(String name) {
        String url = __host('env.get', 'DOCKER_REGISTRY_URL')
        if (!url) {
            return name
        }
        String host = url.contains('://') ? url.substring(url.indexOf('://') + 3) : url
        while (host.endsWith('/')) {
            host = host.substring(0, host.length() - 1)
        }
        if (host == 'index.docker.io/v1' || host == 'docker.io') {
            return name
        }
        if (host.contains('/')) {
            def rest = host.substring(host.indexOf('/') + 1)
            host = rest in ['v1', 'v2'] ? host.substring(0, host.indexOf('/')) : host
        }
        return name.startsWith(host + '/') ? name : host + '/' + name
    }
}

class DockerImage {
    private final DockerGlobal docker
    final String id

    DockerImage(DockerGlobal docker, String id) {
        this.docker = docker
        this.id = id
    }

    String imageName() {
        return docker.qualified(id)
    }

    private Object command(List env, String script, Map more = [:]) {
        return __callStep('withEnv', [[overrides: env], { __callStep('sh', [[script: script] + more]) }])
    }

    Object inside(Closure body) {
        return inside('', body)
    }

    Object inside(String args, Closure body) {
        return docker.inNode {
            String name = imageName()
            boolean local = false
            if (name != id && exists('JD_ID', id)) {
                name = id
                local = true
            }
            if (!local && !exists('JD_TO_RUN', name)) {
                pull()
            }
            __callStep('withDockerContainer', [[image: name, args: args, toolName: __host('env.get', 'DOCKER_TOOL_NAME')], {
                body.call()
            }])
        }
    }

    private boolean exists(String variable, String name) {
        return command(["${variable}=${name}".toString()], docker.program() + ' inspect -f . "$' + variable + '"', [returnStatus: true]) == 0
    }

    void pull() {
        docker.inNode { command(["JD_IMAGE=${imageName()}".toString()], docker.program() + ' pull "$JD_IMAGE"') }
    }

    DockerContainer run(String args = '', String command = '') {
        return docker.inNode {
            def words = docker.program() + ' run -d' + (args ? ' ' + args : '') + ' "$JD_IMAGE"' + (command ? ' ' + command : '')
            def started = this.command(["JD_IMAGE=${imageName()}".toString()], words, [returnStdout: true])
            new DockerContainer(docker, started.trim())
        }
    }

    Object withRun(Closure body) {
        return withRun('', '', body)
    }

    Object withRun(String args, Closure body) {
        return withRun(args, '', body)
    }

    Object withRun(String args, String command, Closure body) {
        return docker.inNode {
            def container = run(args, command)
            def owed = __host('ending.add', 'release', { container.stop() })
            try {
                return body.call(container)
            } finally {
                __host('ending.drop', owed)
                container.stop()
            }
        }
    }

    /** The tag in the name, if any: a colon after the last slash. */
    private String ownTag() {
        int colon = id.lastIndexOf(':')
        return colon > id.lastIndexOf('/') ? id.substring(colon + 1) : 'latest'
    }

    private String bareName() {
        int colon = id.lastIndexOf(':')
        return colon > id.lastIndexOf('/') ? id.substring(0, colon) : id
    }

    String tag() {
        return tag(ownTag())
    }

    String tag(String name, boolean force = true) {
        return docker.inNode {
            def full = docker.qualified(bareName() + ':' + name)
            command(["JD_ID=${id}".toString(), "JD_TAGGED_IMAGE_NAME=${full}".toString()], docker.program() + ' tag "$JD_ID" "$JD_TAGGED_IMAGE_NAME"')
            full
        }
    }

    void push() {
        push(ownTag())
    }

    void push(String name, boolean force = true) {
        docker.inNode {
            def full = tag(name, force)
            command(["JD_TAGGED_IMAGE_NAME=${full}".toString()], docker.program() + ' push "$JD_TAGGED_IMAGE_NAME"')
        }
    }

    String toString() {
        return id
    }
}

class DockerContainer {
    private final DockerGlobal docker
    final String id

    DockerContainer(DockerGlobal docker, String id) {
        this.docker = docker
        this.id = id
    }

    void stop() {
        __callStep('withEnv', [[overrides: ["JD_ID=${id}".toString()]], {
            __callStep('sh', [[script: docker.program() + ' stop "$JD_ID" && ' + docker.program() + ' rm -f --volumes "$JD_ID"']])
        }])
    }

    String port(int port) {
        return __callStep('withEnv', [[overrides: ["JD_ID=${id}".toString(), "JD_PORT=${port}".toString()]], {
            __callStep('sh', [[script: docker.program() + ' port "$JD_ID" "$JD_PORT"', returnStdout: true]])
        }]).trim()
    }
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
    return tool ? __effect('tool', [name: tool, type: 'dockerTool']) + '/bin/docker' : __effect('docker.program', [toolName: null])
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
