// What declarative.groovy asks of the run, by name. Each is one fact or one mark; order is declarative.groovy's alone.

/** True the first time it is asked in a run. */
def __once(String name) {
    return __host('run.once', name)
}

def __restart_stage() {
    return __host('run.restart_stage')
}

def __previous_result() {
    return __host('run.previous_result')
}

def __causes() {
    return __host('run.causes')
}

/** Commits of this run: of its checkouts, or of the project when nothing is checked out yet. */
def __change_log() {
    return __effect('scm.changes', [metadata: true]).collectMany { it.items }
}

def __scm() {
    return __host('scm')
}

def __is_block_step(String name) {
    return __host('step.is_block', name)
}

def __job_properties(Map properties) {
    __host('job.properties', properties)
}

/** Result that a step attached to the innermost stage, or null. */
def __stage_result() {
    return __host('stage.result')
}

/** `how` is failed or skipped. */
def __mark_stage(String how, reason) {
    if (how == 'skipped') {
        __host('stage.skipped', null, reason)
    } else {
        __host('stage.warn', 'FAILURE', reason)
    }
}

/** While post conditions run, currentBuild.result is the combined one; null takes it back. */
def __set_result(result) {
    __host('result.force', result)
}

def __stack_trace(Throwable t) {
    return __host('trace', t)
}

/** `name(args)` as a describable, whatever steps are called the same. */
def __symbol(String name, List args) {
    def out = ['$class': name]
    if (args.size() == 1 && args[0] instanceof Map) {
        out.putAll(args[0])
    } else if (args.size() == 1) {
        out[''] = args[0]
    }
    return out
}

/** The label that docker agents use when they name none. */
def __docker_label() {
    return __host('run.get', 'dockerLabel') ?: ''
}

def __has_cloud(name) {
    def clouds = __host('run.get', 'clouds') ?: []
    return name == null ? !clouds.isEmpty() : clouds.contains(name)
}

def __sha1(String text) {
    return __host('text.digest', text, 'SHA-1')
}

/** Variables that an installation of a tool sets. */
def __tool_environment(String type, String name, String path) {
    def bin = "${path}/bin".toString()
    switch (type) {
        case 'jdk': return ["JAVA_HOME=${path}".toString(), "PATH+JDK=${bin}".toString()]
        case 'maven': return ["M2_HOME=${path}".toString(), "MAVEN_HOME=${path}".toString(), "PATH+MAVEN=${bin}".toString()]
        case 'gradle': return ["GRADLE_HOME=${path}".toString(), "PATH+GRADLE=${bin}".toString()]
        case 'ant': return ["ANT_HOME=${path}".toString(), "PATH+ANT=${bin}".toString()]
        case 'go': return ["GOROOT=${path}".toString(), "PATH+GO=${bin}".toString()]
        case 'nodejs': return ["NODEJS_HOME=${path}".toString(), "PATH+NODEJS=${bin}".toString()]
        case 'git': return []
        default: return ["PATH+${type.toUpperCase()}=${bin}".toString()]
    }
}
