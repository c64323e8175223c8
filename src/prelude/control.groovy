// Steps that decide what runs, when and how often. Source: pipeline-language 3, 6.2.

def step_echo(Map args, Closure body) {
    __log(args.message == null ? 'null' : args.message)
}

def step_println(Map args, Closure body) {
    __step('echo', [message: String.valueOf(args.value)])
}

def step_print(Map args, Closure body) {
    __step('echo', [message: String.valueOf(args.value)])
}

def step_printf(Map args, Closure body) {
    __step('echo', [message: String.format(String.valueOf(args.format), (args.values ?: []) as Object[])])
}

def step_error(Map args, Closure body) {
    __abort(args.message)
}

def step_unstable(Map args, Closure body) {
    __log('WARNING: ' + args.message)
    __mark_unstable(args.message)
}

def step_stage(Map args, Closure body) {
    if (body == null) {
        __host('step.leaf', 'stage', args.name)
        __log('Using the ‘stage’ step without a block argument is deprecated')
        __log("Entering stage ${args.name}")
        __log('Proceeding')
        return null
    }
    return __block('stage', args.name, [stage: args.name], body)
}

def step_script(Map args, Closure body) {
    return __block('script', null, [:], body)
}

def step_node(Map args, Closure body) {
    def categories = __host('throttle.categories')
    def inner = { token ->
        __taken(token, null, 'node.acquire', [label: args.label], 'node.release', { taken ->
            __log("Running on ${taken.name} in ${taken.workspace}")
            [node: taken.lease, cwd: taken.workspace]
        }, body)
    }
    def token = __host('step.open', 'node')
    try {
        if (categories.isEmpty()) {
            return inner.call(token)
        }
        // First a place in each category, then an executor: whoever is throttled keeps none.
        def held = __effect('throttle.acquire', [categories: categories, label: args.label])
        def giveBack = { __effect('throttle.release', [lease: held.lease]) }
        def owed = __owe('release', giveBack)
        try {
            return inner.call(token)
        } finally {
            __host('ending.drop', owed)
            giveBack.call()
        }
    } finally {
        __host('step.close', token)
    }
}

/** `node` blocks in its body count in these categories; how many of them run at once is the server's to say. */
def step_throttle(Map args, Closure body) {
    def categories = (args.categories ?: []).collect { String.valueOf(it) }
    if (categories.isEmpty()) {
        throw new IllegalArgumentException('throttle needs the names of one or more categories')
    }
    return __block('throttle', null, [throttle: categories], body)
}

def step_ws(Map args, Closure body) {
    return __leased('ws', null, 'workspace.acquire', [path: args.dir], 'workspace.release', { taken ->
        __log("Running in ${taken.path}")
        [node: taken.lease, cwd: taken.path]
    }, body)
}

def step_dir(Map args, Closure body) {
    def token = __host('step.open', 'dir')
    try {
        def path = __host('path.resolve', args.path)
        __log("Running in ${path}")
        return __body(token, null, [cwd: path], body)
    } finally {
        __host('step.close', token)
    }
}

def step_withEnv(Map args, Closure body) {
    def overrides = (args.overrides ?: []).collect { String.valueOf(it) }
    for (entry in overrides) {
        if (!entry.contains('=')) {
            throw new IllegalArgumentException(entry)
        }
    }
    return __block('withEnv', null, [env: overrides], body)
}

def step_timeout(Map args, Closure body) {
    return __timeout_block(args, body)
}

def step_sleep(Map args, Closure body) {
    long ms = __millis(args.time, args.unit)
    __log("Sleeping for ${__host('duration.text', ms)}")
    __effect('timer', [ms: ms])
}

def step_waitUntil(Map args, Closure body) {
    def token = __host('step.open', 'waitUntil')
    try {
        long pause = args.initialRecurrencePeriod ?: 250L
        while (true) {
            def value = __body(token, null, [:], body)
            if (!(value instanceof Boolean)) {
                throw new ClassCastException("body return value ${value} is not boolean".toString())
            }
            if (value) {
                return null
            }
            if (!args.quiet) {
                __log("Will try again after ${__host('duration.text', pause)}")
            }
            __effect('timer', [ms: pause])
            pause = Math.min((pause * 1.2d) as long, 15000L)
        }
    } finally {
        __host('step.close', token)
    }
}

// ---- errors ----------------------------------------------------------------------------------------------------------

def step_catchError(Map args, Closure body) {
    return __catching('catchError', args, args.buildResult, args.stageResult, body)
}

def step_warnError(Map args, Closure body) {
    return __catching('warnError', args, 'UNSTABLE', 'UNSTABLE', body)
}

def __catching(String step, Map args, buildResult, stageResult, Closure body) {
    def token = __host('step.open', step)
    try {
        try {
            return __body(token, null, [:], body)
        } catch (Throwable t) {
            // Errors of the evaluator itself (limits) never arrive here: no catch sees them.
            if (args.catchInterruptions == false && __is_actual_interruption(t)) {
                throw t
            }
            if (args.message) {
                __log('ERROR: ' + args.message)
            }
            __print_error(t)
            if (__is_interruption(t)) {
                buildResult = stageResult = __throwable_result(t)
            }
            if (buildResult && __rank(buildResult) > 0 && __host('result.worsen', String.valueOf(buildResult))) {
                __log("Setting overall build result to ${buildResult}")
            }
            if (stageResult && __rank(stageResult) > 0) {
                __host('stage.warn', String.valueOf(stageResult), args.message ?: t.message)
            }
            return null
        }
    } finally {
        __host('step.close', token)
    }
}

def step_retry(Map args, Closure body) {
    def token = __host('step.open', 'retry')
    try {
        def conditions = args.conditions ? __describables(args.conditions, 'retry condition') : null
        int left = args.count as int
        while (true) {
            try {
                return __body(token, null, [:], body)
            } catch (Throwable t) {
                left -= 1
                if (left <= 0 || !__may_retry(t, conditions)) {
                    throw t
                }
                __print_error(t, 'Execution failed')
                __log('Retrying')
            }
        }
    } finally {
        __host('step.close', token)
    }
}

def __may_retry(Throwable t, List conditions) {
    if (conditions == null) {
        return !__is_actual_interruption(t)
    }
    return conditions.any { condition ->
        switch (condition['$class']) {
            case 'agent': return __is_agent_error(t)
            case 'kubernetesAgent': return __is_agent_error(t) && (condition.handleNonKubernetes || __is_pod_error(t)) && !__is_final_pod_error(t)
            case 'nonresumable': return __is_nonresumable(t)
            default: return false
        }
    }
}

def __is_agent_error(Throwable t) {
    if (__is_interruption(t)) {
        return t.causes.any { it._class in [
            'org.jenkinsci.plugins.workflow.support.steps.ExecutorStepExecution$RemovedNodeCause',
            'org.jenkinsci.plugins.workflow.support.steps.ExecutorStepExecution$QueueTaskCancelled'] }
    }
    def name = __className(t)
    return name.startsWith('hudson.remoting.') || name == 'java.nio.channels.ClosedChannelException' ||
        (t.cause != null && !t.cause.is(t) && __is_agent_error(t.cause))
}

def __is_pod_error(Throwable t) {
    return __is_interruption(t) && t.causes.any { it.pod }
}

/** Another pod would end the same way: it needs more memory, or more time. */
def __is_final_pod_error(Throwable t) {
    def causes = t.causes.findAll { it.final }
    if (causes.isEmpty()) {
        return false
    }
    __log("Ignored termination reason(s) for POD for purposes of retry: ${causes.collect { it.reason ?: it.code }}".toString())
    return true
}

def __is_nonresumable(Throwable t) {
    return __className(t) == 'org.jenkinsci.plugins.workflow.steps.SynchronousResumeNotSupportedException'
}

// ---- parallel --------------------------------------------------------------------------------------------------------

def step_parallel(Map args, Closure body) {
    Map branches = args.closures ?: [:]
    for (entry in branches.entrySet()) {
        if (!(entry.value instanceof Closure)) {
            throw new IllegalArgumentException("Expected a closure or failFast but found ${entry.key}=${entry.value}".toString())
        }
    }
    def token = __host('step.open', 'parallel')
    try {
        if (branches.isEmpty()) {
            __log('No branches to run')
            return [:]
        }
        return __run_branches(token, branches, args.failFast ? true : false)
    } finally {
        __host('step.close', token)
    }
}

def __run_branches(token, Map branches, boolean failFast) {
    def bodies = [:]
    for (entry in branches.entrySet()) {
        def name = String.valueOf(entry.key)
        bodies[name] = __branch_body(name, __host('branch.open', token, name), entry.value)
    }
    def names = new ArrayList(bodies.keySet())
    def running = new LinkedHashSet(0..<names.size())
    def failed = []
    def results = __parallel(bodies) { index, error ->
        running.remove(index)
        if (error == null) {
            return
        }
        failed << error
        if (failFast && failed.size() == 1) {
            for (other in running) {
                __interrupt(other, __interruption('ABORTED', [[
                    _class: 'org.jenkinsci.plugins.workflow.cps.steps.ParallelStep$FailFastCause',
                    shortDescription: "Failed in branch ${names[index]}".toString()]]))
            }
        }
    }
    if (failed) {
        throw __most_severe(failed, failFast)
    }
    def values = [:]
    for (entry in results.entrySet()) {
        values[entry.key] = entry.value.value
    }
    return values
}

/** A function of its own, so that each branch has its own variables. */
def __branch_body(String name, bodyToken, Closure body) {
    return { ->
        __host('branch.enter', bodyToken)
        Throwable failure = null
        try {
            return body.call()
        } catch (Throwable t) {
            failure = t
            throw t
        } finally {
            __host('body.close', bodyToken, failure)
            if (failure != null) {
                __log("Failed in branch ${name}")
            }
        }
    }
}

/** `failed` is in order of time. The others are kept as suppressed. */
def __most_severe(List failed, boolean first) {
    def chosen = failed[0]
    if (!first) {
        for (t in failed) {
            if (__severity(t) > __severity(chosen)) {
                chosen = t
            }
        }
    }
    for (t in failed) {
        if (!t.is(chosen)) {
            chosen.addSuppressed(t)
        }
    }
    return chosen
}

def __severity(Throwable t) {
    if (__is_interruption(t)) {
        return __rank(__throwable_result(t))
    }
    return t instanceof hudson.AbortException ? 10 : 20
}

// ---- people, other runs, order between runs --------------------------------------------------------------------------

def step_input(Map args, Closure body) {
    def asked = new LinkedHashMap(args)
    asked.parameters = __describables(args.parameters ?: [], 'parameter')
    __log(args.message)
    __log(asked.parameters ? 'Input requested' : 'Proceed or Abort')
    def answer = __effect('input', __plain(asked))
    if (!answer.approved) {
        throw __interruption('ABORTED', [[
            _class: 'org.jenkinsci.plugins.workflow.support.steps.input.Rejection',
            shortDescription: "Rejected by ${answer.by}".toString(), user: answer.byId ?: answer.by]])
    }
    __log("Approved by ${answer.by}")
    def values = new LinkedHashMap(answer.values ?: [:])
    if (args.submitterParameter) {
        values[args.submitterParameter] = answer.byId ?: answer.by
    }
    if (values.isEmpty()) {
        return null
    }
    return values.size() == 1 ? values.values().iterator().next() : values
}

def step_build(Map args, Closure body) {
    __log("Scheduling project: ${args.job}")
    def queued = __effect('build.schedule', [job: args.job, quietPeriod: args.quietPeriod,
                                             parameters: __describables(args.parameters ?: [], 'parameter value')])
    if (!args.wait && !args.waitForStart) {
        return null
    }
    def started = __effect('build.started', [ref: queued.ref])
    __log("Starting building: ${started.fullDisplayName}")
    if (args.waitForStart) {
        return __run_wrapper(started)
    }
    def ended = __effect('build.ended', [ref: queued.ref])
    if (args.propagate && ended.result != 'SUCCESS') {
        throw __interruption(ended.result, [[
            _class: 'org.jenkinsci.plugins.workflow.support.steps.build.DownstreamFailureCause',
            shortDescription: "${ended.fullDisplayName} completed with status ${ended.result} (propagate: false to ignore)".toString()]],
            false)
    }
    return __run_wrapper(ended)
}

def step_lock(Map args, Closure body) {
    def wanted = []
    if (args.resource || args.label) {
        wanted << [resource: args.resource, label: args.label, quantity: args.quantity ?: 0]
    }
    wanted.addAll((args.extra ?: []).collect { __plain(it) })
    if (wanted.isEmpty()) {
        throw new IllegalArgumentException('Either resource label or resource name must be specified.')
    }
    def shown = '[' + wanted.collect { __lock_text(it) }.join(', ') + ']'
    def token = __host('step.open', 'lock')
    try {
        __log("Trying to acquire lock on ${shown}")
        def held = __effect('lock.acquire', [wanted: wanted, inversePrecedence: args.inversePrecedence,
                                             skipIfLocked: args.skipIfLocked, strategy: args.resourceSelectStrategy,
                                             priority: args.priority, reason: args.reason])
        if (held == null) {
            __log("${shown} is locked, skipping execution...")
            return null
        }
        def giveBack = {
            __effect('lock.release', [lease: held.lease])
            __log("Lock released on resource [${held.names.join(', ')}]")
        }
        def owed = __owe('release', giveBack)
        try {
            __log("Lock acquired on ${shown}")
            return __body(token, null, [env: __lock_variables(args.variable, held.names)], body)
        } finally {
            __host('ending.drop', owed)
            giveBack.call()
        }
    } finally {
        __host('step.close', token)
    }
}

def __lock_text(Map one) {
    if (one.resource) {
        return "Resource: ${one.resource}"
    }
    return one.quantity ? "Label: ${one.label}, Quantity: ${one.quantity}" : "Label: ${one.label}"
}

def __lock_variables(variable, List names) {
    if (!variable) {
        return []
    }
    def out = ["${variable}=${names.join(',')}".toString()]
    names.eachWithIndex { name, i -> out << "${variable}${i}=${name}".toString() }
    return out
}

def step_properties(Map args, Closure body) {
    def list = __describables(args.properties ?: [], 'property')
    for (property in list) {
        if (property['$class'] == 'parameters') {
            property.parameterDefinitions = __describables(property.parameterDefinitions, 'parameter')
        } else if (property['$class'] == 'pipelineTriggers') {
            property.triggers = __describables(property.triggers, 'trigger')
        } else if (property['$class'] == 'buildDiscarder') {
            property.strategy = __describable(property.strategy, 'discarder')
        }
    }
    __effect('properties', [properties: list])
}

// ---- facts of the node -----------------------------------------------------------------------------------------------

def step_isUnix(Map args, Closure body) {
    return __host('node.info').unix
}

def step_pwd(Map args, Closure body) {
    def node = __host('node.info')
    return args.tmp ? node.tmp : node.cwd
}

def step_getContext(Map args, Closure body) {
    throw new SecurityException('getContext is internal and not offered')
}

def step_withContext(Map args, Closure body) {
    throw new SecurityException('withContext is internal and not offered')
}

// ---- views of the log ------------------------------------------------------------------------------------------------

def step_timestamps(Map args, Closure body) {
    return __block('timestamps', null, [timestamps: true], body)
}

def step_ansiColor(Map args, Closure body) {
    return __block('ansiColor', null, [ansi: args.colorMapName], body)
}

def step_tee(Map args, Closure body) {
    return __leased('tee', null, 'tee.start', [file: args.file], 'tee.stop', { taken -> [tee: taken.lease] }, body)
}

def step_compareVersions(Map args, Closure body) {
    if (args.failIfEmpty && (!args.v1 || !args.v2)) {
        throw new IllegalArgumentException('Both versions must not be empty.')
    }
    return __host('version.compare', args.v1 ?: '', args.v2 ?: '')
}
