// Functions for all other prelude files: blocks, results, errors, data. What this is not: steps.
// Invariant: every block that is opened here is closed here, however its body ends. Source: pipeline-language 3.

def __log(text) {
    __host('log', String.valueOf(text))
}

def __step(String name, Map args, Closure body = null) {
    return __callStep(name, body == null ? [args] : [args, body])
}

/** A block step with one body: its three or four lines, its scope, the body's value. */
def __block(String step, String label, Map scope, Closure body) {
    def token = __host('step.open', step)
    try {
        return __body(token, label, scope, body)
    } finally {
        __host('step.close', token)
    }
}

/** One body of a block that is open; a step may run several. */
def __body(token, String label, Map scope, Closure body) {
    if (body == null) {
        throw new IllegalStateException('There’s no body to invoke')
    }
    __host('body.open', token, label, scope)
    Throwable failure = null
    try {
        return body.call()
    } catch (Throwable t) {
        failure = t
        throw t
    } finally {
        __host('body.close', token, failure)
    }
}

/** A block around something that an effect takes and another gives back. `scope` makes the scope from what was taken. */
def __leased(String step, String label, String acquire, Map args, String release, Closure scope, Closure body) {
    def token = __host('step.open', step)
    try {
        return __taken(token, label, acquire, args, release, scope, body)
    } finally {
        __host('step.close', token)
    }
}

/** The inside of such a block that is open. */
def __taken(token, String label, String acquire, Map args, String release, Closure scope, Closure body) {
    def taken = __effect(acquire, args)
    def giveBack = { __effect(release, [lease: taken.lease]) }
    def owed = __owe('release', giveBack)
    try {
        return __body(token, label, scope.call(taken), body)
    } finally {
        __host('ending.drop', owed)
        giveBack.call()
    }
}

/**
 * What the run owes until ending.drop: where a limit ends this code before it could do it, the engine calls the closure.
 * Added right behind the effect that took what a `release` gives back.
 */
def __owe(String what, Closure todo) {
    return __host('ending.add', what, todo)
}

/** Scope of what credentials.bind and its like give. */
def __bound_scope(Map bound) {
    def scope = [env: bound.env ?: []]
    if (bound.secrets) {
        scope.secrets = bound.secrets
        scope.sensitive = bound.names ?: []
    }
    return scope
}

def __timeout_block(Map args, Closure body) {
    def token = __host('step.open', 'timeout')
    try {
        long ms = __millis(args.time, args.unit ?: 'MINUTES')
        def shown = __host('duration.text', ms)
        __log(args.activity ? "Timeout set to expire after ${shown} without activity" : "Timeout set to expire in ${shown}")
        def id = __effect('timeout.start', [ms: ms, activity: args.activity ? true : false])
        def owed = __owe('release') { __effect('timeout.stop', [id: id]) }
        try {
            return __body(token, null, [timeout: id], body)
        } catch (org.jenkinsci.plugins.workflow.steps.FlowInterruptedException t) {
            // Outside of its own block an expired timeout is an error like others: retry runs again.
            if (t.causes.any { it.id == id }) {
                __setFields(t, [actualInterruption: false])
            }
            throw t
        } finally {
            __host('ending.drop', owed)
            __effect('timeout.stop', [id: id])
        }
    } finally {
        __host('step.close', token)
    }
}

def __millis(time, unit) {
    long n = time as long
    switch (String.valueOf(unit)) {
        case 'NANOSECONDS': return n.intdiv(1000000L)
        case 'MICROSECONDS': return n.intdiv(1000L)
        case 'MILLISECONDS': return n
        case 'SECONDS': return __saturated(n, 1000L)
        case 'MINUTES': return __saturated(n, 60000L)
        case 'HOURS': return __saturated(n, 3600000L)
        default: return __saturated(n, 86400000L)
    }
}

/** The product, or the last number where there is none so large: Java's TimeUnit does the same. */
def __saturated(long n, long factor) {
    long most = Long.MAX_VALUE.intdiv(factor)
    return n > most ? Long.MAX_VALUE : n < -most ? Long.MIN_VALUE : n * factor
}

def __abort(message) {
    throw new hudson.AbortException(String.valueOf(message))
}

/** An exception that carries a result; `actual` is false where it is an error that merely has one. */
def __interruption(String result, List causes, boolean actual = true) {
    def t = new org.jenkinsci.plugins.workflow.steps.FlowInterruptedException(causes.collect { it.shortDescription }.join(', '))
    __setFields(t, [result: result, causes: causes, actualInterruption: actual])
    return t
}

def __is_interruption(Throwable t) {
    return t instanceof org.jenkinsci.plugins.workflow.steps.FlowInterruptedException
}

/** An abort by a person, failFast, a newer run: never retried, caught only where a step says so. */
def __is_actual_interruption(Throwable t) {
    return __is_interruption(t) && t.actualInterruption != false
}

def __throwable_result(Throwable t) {
    return __is_interruption(t) ? String.valueOf(t.result ?: 'ABORTED') : 'FAILURE'
}

/** 0 for SUCCESS, growing with severity; anything unknown counts as FAILURE. */
def __rank(result) {
    int rank = ['SUCCESS', 'UNSTABLE', 'FAILURE', 'NOT_BUILT', 'ABORTED'].indexOf(String.valueOf(result).toUpperCase())
    return rank < 0 ? 2 : rank
}

/** As at the end of a run: one line for an abort, one per cause, or a trace. `heading` stands before a trace. */
def __print_error(Throwable t, String heading = null) {
    if (t instanceof hudson.AbortException) {
        __log('ERROR: ' + t.message)
    } else if (__is_interruption(t)) {
        for (cause in t.causes) {
            __log(cause.shortDescription)
        }
    } else {
        if (heading != null) {
            __log('ERROR: ' + heading)
        }
        __log(__host('trace', t))
    }
}

/** Values as data: objects of the prelude as maps, texts with values in them as texts. */
def __plain(value) {
    if (value instanceof CharSequence) {
        return value.toString()
    }
    if (value instanceof Map) {
        def out = [:]
        for (entry in value.entrySet()) {
            out[String.valueOf(entry.key)] = __plain(entry.value)
        }
        return out
    }
    if (value instanceof Collection || value instanceof Object[]) {
        def out = []
        for (item in value) {
            out << __plain(item)
        }
        return out
    }
    if (value == null || value instanceof Number || value instanceof Boolean) {
        return value
    }
    if (value instanceof hudson.model.Result) {
        return value.toString()
    }
    return value.respondsTo('toData') ? __plain(value.toData()) : value
}

/** `symbol(…)` and `[$class: …]` as one form, for each of `contexts` in turn. */
def __describable(value, String contexts) {
    return __host('describable', __plain(value), contexts)
}

def __describables(values, String contexts) {
    return values.collect { __describable(it, contexts) }
}

/** Either the named file's text or the text itself; exactly one of them. */
def __file_or_text(String step, Map args) {
    if (args.file && args.text) {
        throw new IllegalArgumentException("At most one of file or text must be provided to ${step}.".toString())
    }
    if (!args.file && args.text == null) {
        throw new IllegalArgumentException("At least one of file or text needs to be provided to ${step}.".toString())
    }
    return args.file ? __effect('readFile', [file: args.file, encoding: args.charset]) : args.text
}

def __mark_unstable(String message) {
    __host('result.worsen', 'UNSTABLE')
    __host('stage.warn', 'UNSTABLE', message)
}

/** A step without a body that is a function here: its node in the graph ends with it. */
def __run_step(node, function, Map args, Closure body) {
    Throwable failure = null
    try {
        return function.call(args, body)
    } catch (Throwable t) {
        failure = t
        throw t
    } finally {
        __host('step.ended', node, failure)
    }
}

/**
 * Runs each closure in a branch of its own and waits for all; never throws. → map in the order of `branches`:
 * name → [value:] or [error:]. `onEnd` is called here with (index, throwable or null) as each ends.
 */
def __parallel(Map branches, Closure onEnd) {
    def names = new ArrayList(branches.keySet())
    def results = [:]
    for (name in names) {
        results[name] = null
    }
    __spawn(new ArrayList(branches.values()))
    for (int i = 0; i < names.size(); i++) {
        int index = __nextEnded()
        def outcome = __outcome(index)
        results[names[index]] = outcome
        onEnd(index, outcome.error)
    }
    return results
}
