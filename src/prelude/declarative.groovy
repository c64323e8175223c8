// How a Declarative pipeline runs: the order of stages, agents, environments, conditions and post actions, as calls of
// ordinary steps. `pipeline { … }` was rewritten to __declarative(MODEL); MODEL is described in src/jenkinsfile/README.md.
//
// What this is not: a step. It decides only the order of effects. Everything from outside comes through steps and the
// functions of declarative_support.groovy. Source: pipeline-language 2.3 - 2.10, 2.12, 3.
//
// A run's context `run`: model, flags (options that are neither steps nor job properties), wrappers, restart.
// A place `at` of a stage: agent (the enclosing one), error (what ended an earlier stage), skip (why all is skipped).

def __declarative(Map model) {
    if (!__once('declarative')) {
        throw new IllegalStateException('Only one pipeline { ... } block can be executed in a single run.')
    }
    def run = [model: model, flags: [:], wrappers: [], restart: __restart_stage()]
    Throwable first = null
    boolean postDone = false
    __d_owe_post(run) { __d_pipeline_post(run, null) }
    try {
        for (lib in (model.libraries ?: [])) {
            __d_call('library', lib.args())
        }
        __d_options(run)
        __d_agent(run, model.agent, model.options, model.stages, false) {
            __d_environment(model.environment) {
                __d_wrapped(run.wrappers, 0) {
                    // A wrapper such as retry may come here again: each attempt begins without an error.
                    first = null
                    __d_tools(model.tools, null, model.agent, false) {
                        // From here on post has the agent and the environment.
                        __d_owe_post(run) { __d_pipeline_post(run, null) }
                        first = __d_sequence(run, model.stages, [agent: model.agent, error: null, skip: null], run.restart)
                        postDone = true
                        first = __d_pipeline_post(run, first)
                    }
                    if (first != null) {
                        throw first
                    }
                }
            }
        }
    } catch (Throwable e) {
        if (first == null) {
            first = e
        }
    }
    if (!postDone) {
        first = __d_pipeline_post(run, first)
    }
    if (first != null) {
        throw first
    }
}

// ---- options, wrappers -----------------------------------------------------------------------------------------------

/** Options that are neither wrappers nor job properties: they change what this file does. */
def __d_is_flag(String name) {
    return name in ['skipDefaultCheckout', 'skipStagesAfterUnstable', 'parallelsAlwaysFailFast', 'checkoutToSubdirectory',
                    'newContainerPerStage']
}

/** The value of a flag from its arguments: nothing means true. */
def __d_flag_value(List args) {
    if (args.isEmpty()) {
        return true
    }
    def value = args[0]
    if (value instanceof Map) {
        value = value.isEmpty() ? true : value.values().iterator().next()
    }
    return value
}

def __d_options(Map run) {
    def properties = []
    for (option in (run.model.options ?: [])) {
        if (__d_is_flag(option.name)) {
            run.flags[option.name] = __d_flag_value(option.args())
        } else if (__is_block_step(option.name)) {
            run.wrappers << option
        } else {
            properties << [name: option.name, args: __plain(option.args())]
        }
    }
    __job_properties([options   : properties,
                      parameters: (run.model.parameters ?: []).collect { [name: it.name, args: it.args()] },
                      triggers  : (run.model.triggers ?: []).collect { [name: it.name, args: __plain(it.args())] }])
}

/** Runs body inside of the block steps `wrappers[from..]`, the first one outermost. */
def __d_wrapped(List wrappers, int from, Closure body) {
    if (from >= wrappers.size()) {
        return body.call()
    }
    def wrapper = wrappers[from]
    return __d_call(wrapper.name, wrapper.args()) {
        __d_wrapped(wrappers, from + 1, body)
    }
}

/** A step as a script would call it. */
def __d_call(String name, List args, Closure body = null) {
    return __callStep(name, body == null ? args : args + [body])
}

def __d_env(String name) {
    return __host('env.get', name)
}

/** The arguments of a condition or option as one map; a single unnamed one gets the given name. */
def __d_named(List args, String sole) {
    if (args.isEmpty()) {
        return [:]
    }
    return args[0] instanceof Map ? args[0] : [(sole): args[0]]
}

// ---- agents ----------------------------------------------------------------------------------------------------------

def __d_has_node(Map agent) {
    return agent != null && agent.type != 'none'
}

/** The evaluated arguments of an agent; `docker 'x'` names its one parameter. */
def __d_agent_args(Map agent) {
    if (agent.args != null) {
        return agent.args()
    }
    if (agent.value == null) {
        return [:]
    }
    def value = agent.value()
    if (agent.type == 'docker') {
        return [image: value]
    }
    return agent.type == 'dockerfile' ? [:] : [label: value]
}

/**
 * Takes what the agent says, runs body in it. `options` are those of the pipeline or stage that the agent belongs to, `below`
 * the stages in it.
 */
def __d_agent(Map run, Map agent, List options, List below, boolean inStage, Closure body) {
    if (agent == null) {
        def root = run.model.agent
        if (inStage && run.flags.newContainerPerStage && root?.type in ['docker', 'dockerfile']) {
            return __d_container(run, root.type, __d_agent_args(root), inStage, body)
        }
        return body.call()
    }
    if (agent.type == 'none') {
        return body.call()
    }
    def args = __d_agent_args(agent)
    boolean skip = run.flags.skipDefaultCheckout ? true : false
    for (option in (options ?: [])) {
        if (inStage && option.name == 'skipDefaultCheckout') {
            skip = __d_flag_value(option.args()) ? true : false
        }
    }
    if (agent.type == 'kubernetes') {
        if (!__has_cloud(args.cloud == null ? null : "${args.cloud}".toString())) {
            agent.refuse()
        }
        return __d_pod(run, args, below, skip, inStage, body)
    }
    boolean container = agent.type in ['docker', 'dockerfile']
    def inside = body
    if (container) {
        inside = { __d_container(run, agent.type, args, inStage, body) }
        if (inStage && __d_true(args.reuseNode) && __d_has_node(run.model.agent)) {
            return inside.call()
        }
        boolean freshInStages = !inStage && run.flags.newContainerPerStage
        if (freshInStages) {
            inside = body
        }
    } else if (!(agent.type in ['any', 'label', 'node'])) {
        __abort("Unrecognized agent type: ${agent.type}".toString())
    }
    def label = args.label == null ? (container ? __docker_label() : '') : "${args.label}".toString()
    def wanted = __d_images(run, agent.type == 'docker' ? args : null, below)
    def onNode = {
        __host('node.docker', wanted)
        __d_call('node', [label]) {
            if (args.customWorkspace) {
                __d_call('ws', ["${args.customWorkspace}".toString()]) {
                    __d_checkout(run, skip, inStage, inside)
                }
            } else {
                __d_checkout(run, skip, inStage, inside)
            }
        }
    }
    return __d_retried(args.retries, __symbol('agent', []), onNode)
}

def __d_true(value) {
    return value == true || value == 'true'
}

/** Only the loss of an agent is a reason to try again. */
def __d_retried(retries, condition, Closure body) {
    if (retries == null || (retries as int) <= 1) {
        return body.call()
    }
    return __d_call('retry', [[count: retries as int, conditions: [condition, __symbol('nonresumable', [])]]], body)
}

/** The implicit checkout; what it returns is in the environment of body. */
def __d_checkout(Map run, boolean skip, boolean inStage, Closure body) {
    def scm = skip ? null : __scm()
    if (scm == null) {
        return body.call()
    }
    def found = [:]
    def perform = {
        def variables = __d_call('checkout', [[scm: scm]])
        if (variables instanceof Map) {
            found.putAll(variables)
        }
    }
    def staged = inStage ? perform : { __d_call('stage', ['Declarative: Checkout SCM'], perform) }
    if (run.flags.checkoutToSubdirectory) {
        __d_call('dir', ["${run.flags.checkoutToSubdirectory}".toString()], staged)
    } else {
        staged.call()
    }
    def variables = found.findAll { it.value != null }.collect { "${it.key}=${it.value}".toString() }
    if (variables.isEmpty()) {
        return body.call()
    }
    return __d_call('withEnv', [variables], body)
}

/** The registry's host stands in front of the name, as in `docker pull`. */
def __d_image(Map args) {
    def image = "${args.image}".toString()
    return args.registryUrl ? __docker().inRegistry("${args.registryUrl}".toString(), image) : image
}

/** What a container of a pod is made of, in text. */
def __d_wanted_image(Map args) {
    def wanted = [image: __d_image(args), args: args.args == null ? '' : "${args.args}".toString(), alwaysPull: __d_true(args.alwaysPull)]
    for (key in ['registryUrl', 'registryCredentialsId']) {
        if (args[key]) {
            wanted[key] = "${args[key]}".toString()
        }
    }
    return wanted
}

/**
 * The images that steps on a node are going to run in: the agent's own, and those of stages that reuse the node. A pod gets a
 * container for each when it is made, and none later; a node with Docker does not need to know.
 */
def __d_images(Map run, Map own, List below) {
    def out = own == null ? [] : [__d_wanted_image(own)]
    if (__has_cloud(null) && __d_has_node(run.model.agent)) {
        __d_reused_images(below ?: [], out)
    }
    return out
}

def __d_reused_images(List stages, List out) {
    for (one in stages) {
        def agent = one.agent
        if (agent?.type == 'docker') {
            def args = [:]
            try {
                args = __d_agent_args(agent)
            } catch (Exception e) {
                // Not known before its stage: that one says so.
                continue
            }
            if (!__d_true(args.reuseNode)) {
                continue  // a node of its own
            }
            def wanted = __d_wanted_image(args)
            // A variable that only the stage has reads as null here: no pod is made to wait for an image that is none.
            boolean known = !("${wanted.image} ${wanted.args}".toString() =~ /\bnull\b/).find()
            if (known && !out.contains(wanted)) {
                out << wanted
            }
        } else if (agent != null && agent.type != 'none') {
            continue
        }
        __d_reused_images(one.stages ?: one.parallel ?: [], out)
    }
}

/** The same in a pod: in the container that the pod was given for it. */
def __d_pod_container(Map run, Map node, Map args, Closure body) {
    def wanted = __d_wanted_image(args)
    def digest = __host('text.digest', "${wanted.image}\n${wanted.args}".toString(), 'SHA-256')
    def found = node.pod.docker.find { it.digest == digest }
    if (found == null) {
        __abort("the pod ${node.name} has no container of the image ${wanted.image}, and gets none once it runs. ".toString() +
                'The images of stages with reuseNode true are put into the pod when it is made, as far as they are known then: ' +
                'write the image without variables of a stage or matrix, or leave reuseNode out for a pod of its own, or name a container of ' +
                'agent { kubernetes } by container(…)')
    }
    if (run.flags.newContainerPerStage && __once('newContainerPerStage')) {
        __log("newContainerPerStage: the stages share the container ${found.name} of the pod".toString())
    }
    return __d_call('container', [found.name], body)
}

/** Runs body in a container on the node that is already taken. */
def __d_container(Map run, String type, Map args, boolean inStage, Closure body) {
    def node = __host('node.info')
    if (node?.pod != null && type == 'docker') {
        return __d_pod_container(run, node, args, body)
    }
    def options = args.args == null ? '' : "${args.args}".toString()
    def setup = { Closure prepare ->
        if (inStage) {
            return prepare.call()
        }
        return __d_call('stage', ['Declarative: Agent Setup'], prepare)
    }
    def work = {
        def image
        if (type == 'dockerfile') {
            if (node?.pod != null) {
                __docker().program()  // says in a pod without Docker what to write instead, before anything is read
            }
            image = setup.call { __d_build_image(args) }
        } else {
            image = __docker().image("${args.image}".toString())
            if (__d_true(args.alwaysPull)) {
                setup.call { image.pull() }
            }
        }
        image.inside(options, body)
    }
    if (args.registryUrl || args.registryCredentialsId) {
        return __docker().withRegistry(args.registryUrl == null ? '' : "${args.registryUrl}".toString(),
                                   args.registryCredentialsId == null ? null : "${args.registryCredentialsId}".toString(), work)
    }
    return work.call()
}

/** Builds the image of a Dockerfile under a tag that changes only with its content, arguments and job. */
def __d_build_image(Map args) {
    def folder = args.dir ? "${args.dir}".toString() : '.'
    def file = args.filename ? "${args.filename}".toString() : 'Dockerfile'
    def path = folder == '.' ? file : "${folder}/${file}".toString()
    def more = args.additionalBuildArgs ? "${args.additionalBuildArgs} ".toString() : ''
    def tag = __sha1("${__d_env('JOB_NAME')}\n${__d_call('readFile', [path])}\n${more}".toString())
    return __docker().build(tag, "${more}-f \"${path}\" \"${folder}\"".toString())
}

def __d_no_cloud(line) {
    __abort("agent { kubernetes } in line ${line} needs a Kubernetes cloud and this installation has none: ".toString() +
            'use another agent, or run the pipeline on a server that is connected to a cluster')
}

def __d_pod(Map run, Map args, List below, boolean skip, boolean inStage, Closure body) {
    def template = [:]
    def settings = [:]
    for (entry in args) {
        if (entry.key in ['defaultContainer', 'customWorkspace', 'retries', 'yamlFile', 'containerTemplate']) {
            settings[entry.key] = entry.value
        } else {
            template[entry.key] = entry.value
        }
    }
    if (settings.containerTemplate != null) {
        template.containers = [settings.containerTemplate]
    }
    if (args.containerTemplates != null) {
        template.remove('containerTemplates')
        template.containers = args.containerTemplates
    }
    if (template.inheritFrom == null) {
        template.inheritFrom = ''  // unlike the step, which continues the template around it
    }
    if (settings.yamlFile != null) {
        template.yaml = __d_call('readTrusted', ["${settings.yamlFile}".toString()])
    }
    def inside = settings.defaultContainer == null ? body : { __d_call('container', ["${settings.defaultContainer}".toString()], body) }
    def wanted = __d_images(run, null, below)
    // As the plugin has it: also what is no pod's fault, but not what every pod would end by.
    return __d_retried(settings.retries, __symbol('kubernetesAgent', [[handleNonKubernetes: true]])) {
        __d_call('podTemplate', [template]) {
            __host('node.docker', wanted)
            __d_call('node', [args.label ?: __d_env('POD_LABEL')]) {
                if (settings.customWorkspace) {
                    __d_call('ws', ["${settings.customWorkspace}".toString()]) { __d_checkout(run, skip, inStage, inside) }
                } else {
                    __d_checkout(run, skip, inStage, inside)
                }
            }
        }
    }
}

/** A step that needs a node, used under `agent none`, fails with the sentence that says so. */
def __d_needs_node(Map agent, Closure body) {
    try {
        return body.call()
    } catch (Throwable e) {
        if (!__d_has_node(agent) && __className(e) == 'org.jenkinsci.plugins.workflow.steps.MissingContextVariableException') {
            __abort('Attempted to execute a step that requires a node context while ‘agent none’ was specified. ' +
                    'Be sure to specify your own ‘node { ... }’ blocks when using ‘agent none’.')
        }
        throw e
    }
}

// ---- environment, tools ----------------------------------------------------------------------------------------------

/** Runs body with the block's variables: credentials outermost, then the plain values, each computed when it is needed. */
def __d_environment(List entries, Closure body) {
    if (!entries) {
        return body.call()
    }
    def plain = [:]
    def secret = [:]
    for (entry in entries) {
        if (entry.credentials != null) {
            secret[entry.name] = entry.credentials
        } else {
            plain[entry.name] = entry.value
        }
    }
    def values = [:]
    def busy = [:]
    def resolve = null
    def get = { String name, Closure otherwise ->
        if (plain.containsKey(name) && !busy.containsKey(name)) {
            return resolve.call(name)
        }
        try {
            return otherwise.call()
        } catch (MissingPropertyException e) {
            return null
        }
    }
    resolve = { String name ->
        if (!values.containsKey(name)) {
            busy[name] = true
            try {
                values[name] = "${plain[name].call(get)}".toString()
            } catch (NullPointerException e) {
                throw new IllegalArgumentException("One or more variables have some issues with their values: ${name}")
            } finally {
                busy.remove(name)
            }
        }
        return values[name]
    }
    def withValues = {
        if (plain.isEmpty()) {
            return body.call()
        }
        // References may have been computed first, but the block's own order is what withEnv shows.
        values.clear()
        def overrides = plain.keySet().collect { "${it}=${resolve.call(it)}".toString() }
        return __d_call('withEnv', [overrides], body)
    }
    if (secret.isEmpty()) {
        return withValues.call()
    }
    def bindings = secret.collect { name, id ->
        ['$class': 'DeclarativeCredentials', credentialsId: "${id.call(get)}".toString(), variable: name]
    }
    return __d_call('withCredentials', [bindings], withValues)
}

/** Installs tools and puts them into the environment of body. Those of the stage win over inherited ones of the same type. */
def __d_tools(List tools, List inherited, Map agent, boolean inStage, Closure body) {
    def wanted = [:]
    for (one in (inherited ?: [])) {
        wanted[one.type] = one.version
    }
    for (one in (tools ?: [])) {
        wanted[one.type] = one.version
    }
    if (wanted.isEmpty() || !__d_has_node(agent)) {
        return body.call()
    }
    def variables = []
    def install = {
        wanted.each { type, version ->
            def name = "${version.call()}".toString()
            def path = __d_call('tool', [[name: name, type: type]])
            variables.addAll(__tool_environment(type, name, "${path}".toString()))
        }
    }
    if (inStage) {
        install.call()
    } else {
        __d_call('stage', ['Declarative: Tool Install'], install)
    }
    return variables.isEmpty() ? body.call() : __d_call('withEnv', [variables], body)
}

// ---- stages ----------------------------------------------------------------------------------------------------------

/** Runs stages one after the other; returns the first error of the sequence, or null. `restart`: where to begin again. */
def __d_sequence(Map run, List stages, Map at, String restart) {
    Throwable first = at.error
    boolean before = restart != null
    for (one in stages) {
        if (before && one.name == restart) {
            before = false
        }
        def skip = before ? [kind: 'restart', restart: restart] : at.skip
        try {
            __d_stage(run, one, [agent: at.agent, error: first, skip: skip, tools: at.tools])
        } catch (Throwable e) {
            if (first == null) {
                first = e
            }
        }
    }
    return first
}

/** One stage, in the order of section 2.4. Throws what ended it. */
def __d_stage(Map run, Map one, Map at) {
    __d_call('stage', [one.name]) {
        def skip = at.skip
        if (skip == null && at.error != null) {
            skip = [kind: 'failure']
        }
        if (skip == null && run.flags.skipStagesAfterUnstable && __host('result.get') == 'UNSTABLE') {
            skip = [kind: 'unstable']
        }
        if (skip != null) {
            __d_skip(run, one, at, skip)
            return
        }
        Throwable failed = null
        def gate = [when: one.when, passed: one.when == null]
        def state = [postDone: false]
        try {
            __d_variables(one.cell) {
                __d_stage_body(run, one, at, gate, state)
            }
            if (!gate.passed) {
                __d_skip(run, one, at, [kind: 'when'])
            }
        } catch (Throwable e) {
            failed = e
        }
        boolean branches = one.parallel != null || one.matrix != null
        if (branches && gate.passed && !state.postDone) {
            failed = __d_stage_post(run, one, at.agent, failed)
        }
        if (failed != null) {
            throw failed
        }
    }
}

def __d_stage_body(Map run, Map one, Map at, Map gate, Map state) {
    if (!__d_gate(run, gate, gate.when?.beforeOptions)) {
        return
    }
    def wrappers = (one.options ?: []).findAll { !__d_is_flag(it.name) }
    __d_wrapped(wrappers, 0) {
        if (!__d_gate(run, gate, gate.when?.beforeInput)) {
            return
        }
        __d_input(one.input) {
            if (one.parallel != null || one.matrix != null) {
                if (__d_gate(run, gate, true)) {
                    __d_environment(one.environment) {
                        __d_branch_stage(run, one, at, state)
                    }
                }
                return
            }
            if (!__d_gate(run, gate, gate.when?.beforeAgent)) {
                return
            }
            __d_agent(run, one.agent, one.options, one.stages, true) {
                if (__d_gate(run, gate, true)) {
                    __d_environment(one.environment) {
                        def agent = one.agent ?: at.agent
                        __d_tools(one.tools, at.tools ?: run.model.tools, agent, true) {
                            __d_stage_work(run, one, at, agent)
                        }
                    }
                }
            }
        }
    }
}

/** Evaluates `when` if it is due now and not yet decided; true when the stage may go on. */
def __d_gate(Map run, Map gate, due) {
    if (gate.passed || !due) {
        return true
    }
    gate.passed = gate.when.conditions.every { __d_condition(run, it) }
    return gate.passed
}

/** Steps or nested stages, then the stage's post. */
def __d_stage_work(Map run, Map one, Map at, Map agent) {
    Throwable failed = null
    def holder = [:]
    if (one.post) {
        __d_owe_post(holder) { __d_stage_post(run, one, agent, null) }
    }
    if (one.stages != null) {
        failed = __d_sequence(run, one.stages, [agent: agent, error: null, skip: null, tools: one.tools ?: at.tools], null)
    } else {
        try {
            __d_needs_node(agent) { one.steps.call() }
        } catch (Throwable e) {
            failed = e
        }
    }
    __d_post_begins(holder)
    failed = __d_stage_post(run, one, agent, failed)
    if (failed != null) {
        throw failed
    }
}

/** The branches of a parallel or matrix stage, then the stage's post. */
def __d_branch_stage(Map run, Map one, Map at, Map state) {
    Throwable failed = null
    def holder = [:]
    if (one.post) {
        __d_owe_post(holder) { __d_stage_post(run, one, at.agent, null) }
    }
    try {
        __d_branches(run, one, [agent: at.agent, error: null, skip: null, tools: at.tools])
    } catch (Throwable e) {
        failed = e
    }
    __d_post_begins(holder)
    state.postDone = true
    failed = __d_stage_post(run, one, at.agent, failed)
    if (failed != null) {
        throw failed
    }
}

def __d_branches(Map run, Map one, Map at) {
    def stages = one.parallel != null ? one.parallel : __d_cells(one.matrix)
    def branches = [:]
    for (each in stages) {
        def branch = each
        branches[branch.name] = { __d_stage(run, branch, at) }
    }
    if (branches.isEmpty()) {
        return
    }
    if (one.failFast || run.flags.parallelsAlwaysFailFast) {
        branches.failFast = true
    }
    __d_call('parallel', [branches])
}

/** The cells of a matrix as stages: the product of the axes in written order, without what an exclude takes out. */
def __d_cells(Map matrix) {
    def cells = [[]]
    for (axis in matrix.axes) {
        def wider = []
        for (cell in cells) {
            for (value in axis.values) {
                wider << (cell + [[name: axis.name, value: value]])
            }
        }
        cells = wider
    }
    def kept = cells.findAll { cell ->
        !matrix.excludes.any { exclude ->
            exclude.every { axis ->
                def mine = cell.find { it.name == axis.name }
                mine != null && (axis.inverse ? !axis.values.contains(mine.value) : axis.values.contains(mine.value))
            }
        }
    }
    return kept.collect { cell ->
        def one = [:]
        for (entry in matrix) {
            if (!(entry.key in ['axes', 'excludes'])) {
                one[entry.key] = entry.value
            }
        }
        one.name = 'Matrix - ' + cell.collect { "${it.name} = '${it.value}'" }.join(', ')
        one.cell = cell.collect { "${it.name}=${it.value}".toString() }
        return one
    }
}

def __d_variables(List variables, Closure body) {
    return variables ? __d_call('withEnv', [variables], body) : body.call()
}

/** Says why a stage is skipped, and opens the stages in it, which are skipped for the same reason. */
def __d_skip(Map run, Map one, Map at, Map reason) {
    def why = [failure : 'due to earlier failure(s)',
               unstable: 'due to earlier stage(s) marking the build as unstable',
               when    : 'due to when conditional',
               restart : "due to this build restarting at stage \"${reason.restart}\""][reason.kind]
    __log("Stage \"${one.name}\" skipped ${why}".toString())
    __mark_stage('skipped', reason.kind)
    if (one.parallel != null || one.matrix != null) {
        __d_branches(run, one, [agent: at.agent, error: null, skip: reason])
    } else if (one.stages != null) {
        __d_sequence(run, one.stages, [agent: at.agent, error: null, skip: reason], null)
    }
}

/** Asks, then runs body with the answers in the environment. */
def __d_input(Map wanted, Closure body) {
    if (wanted == null) {
        return body.call()
    }
    def args = [:]
    for (field in ['message', 'id', 'ok', 'submitter', 'submitterParameter']) {
        if (wanted[field] != null) {
            def value = wanted[field].call()
            args[field] = value == null ? null : "${value}".toString()
        }
    }
    def parameters = (wanted.parameters ?: []).collect { [name: it.name, args: it.args()] }
    if (!parameters.isEmpty()) {
        args.parameters = parameters.collect { __symbol(it.name, it.args) }
    }
    def answer = __d_call('input', [args])
    def variables = []
    if (answer instanceof Map) {
        answer.each { name, value -> variables << "${name}=${value}".toString() }
    } else if (args.submitterParameter != null) {
        variables << "${args.submitterParameter}=${answer}".toString()
    } else if (parameters.size() == 1) {
        variables << "${__d_named(parameters[0].args, 'name').name}=${answer}".toString()
    }
    return __d_variables(variables, body)
}

// ---- when ------------------------------------------------------------------------------------------------------------

def __d_condition(Map run, Map condition) {
    switch (condition.type) {
        case 'expression': return condition.body.call() ? true : false
        case 'not': return !__d_condition(run, condition.children[0])
        case 'allOf': return condition.children.every { __d_condition(run, it) }
        case 'anyOf': return condition.children.any { __d_condition(run, it) }
        case 'buildingTag': return __d_env('TAG_NAME') ? true : false
        case 'isRestartedRun': return run.restart != null
    }
    def args = __d_named(condition.args(), condition.type == 'triggeredBy' ? 'cause' : 'pattern')
    switch (condition.type) {
        case 'branch':
            return __d_matches(args.comparator, 'GLOB', args.pattern, __d_env('BRANCH_NAME') ?: __d_env('GIT_LOCAL_BRANCH'), false)
        case 'tag':
            // Without a pattern: any tag.
            return __d_matches(args.comparator, 'GLOB', args.pattern ?: '**', __d_env('TAG_NAME'), false)
        case 'environment':
            def actual = __d_env("${args.name}".toString())
            def is = actual == null ? '' : "${actual}".toString()
            def wanted = args.value == null ? '' : "${args.value}".toString()
            return __d_true(args.ignoreCase) ? is.equalsIgnoreCase(wanted) : is == wanted
        case 'equals': return args.expected == args.actual
        case 'changeRequest': return __d_change_request(args)
        case 'changelog': return __d_changes().any { __d_find(args.pattern, it.msg) || __d_find(args.pattern, it.comment) }
        case 'changeset':
            boolean exact = __d_true(args.caseSensitive)
            return __d_changes().any { change ->
                change.paths.any { __d_matches(args.comparator, 'GLOB', args.pattern, it, exact) }
            }
        case 'triggeredBy': return __causes().any { __d_is_cause(it, args) }
    }
    __abort("Unknown conditional ${condition.type}".toString())
}

def __d_changes() {
    def changes = __change_log()
    if (changes.isEmpty()) {
        __log('Warning, empty changelog. ' +
              (__host('run.get', 'number') == 1 ? 'Probably because this is the first build.' : 'Have you run checkout?'))
    }
    return changes
}

def __d_find(pattern, text) {
    if (pattern == null || text == null) {
        return false
    }
    return (text =~ ('(?m)(?s)' + pattern)).find()
}

def __d_change_request(Map args) {
    if (!__d_env('CHANGE_ID')) {
        return false
    }
    def variables = [id: 'CHANGE_ID', target: 'CHANGE_TARGET', branch: 'CHANGE_BRANCH', fork: 'CHANGE_FORK', url: 'CHANGE_URL',
                     title: 'CHANGE_TITLE', author: 'CHANGE_AUTHOR', authorDisplayName: 'CHANGE_AUTHOR_DISPLAY_NAME',
                     authorEmail: 'CHANGE_AUTHOR_EMAIL']
    return variables.every { field, variable ->
        args[field] == null || __d_matches(args.comparator, 'EQUALS', args[field], __d_env(variable), true)
    }
}

/**
 * Whether a cause is meant: by how the simple name of its class begins, without regard to case (`timer`, `SCMTrigger`), or by its
 * whole name. Details are looked at for UserIdCause in full only, as Jenkins has it.
 */
def __d_is_cause(Map cause, Map args) {
    def wanted = "${args.cause}".toString()
    def full = "${cause._class}".toString()
    def last = full.substring(full.lastIndexOf('.') + 1)
    def simple = last.contains('$') ? last.substring(last.lastIndexOf('$') + 1) : last
    if (simple == 'UserIdCause' && wanted == simple) {
        return args.detail == null || "${args.detail}".toString() in [cause.userId, cause.userName]
    }
    return wanted in [full, last] || simple ==~ ('(?i)\\.*' + wanted + '.*')
}

/** Compares by GLOB (Ant paths), REGEXP (the whole text) or EQUALS, by the usual one when another is named; nothing matches null. */
def __d_matches(comparator, String usual, pattern, text, boolean exact) {
    if (pattern == null || text == null || text == '') {
        return false
    }
    def how = "${comparator}".toString().toUpperCase()
    if (!(how in ['GLOB', 'REGEXP', 'EQUALS'])) {
        how = usual
    }
    def wanted = "${pattern}".toString()
    def actual = "${text}".toString()
    switch (how) {
        case 'REGEXP': return actual ==~ wanted
        case 'EQUALS': return actual == wanted
    }
    return actual.replace('\\', '/') ==~ ((exact ? '' : '(?i)') + __d_glob(wanted))
}

/** An Ant path pattern as a regular expression: `*` and `?` stay within a part, `**` is any number of parts. */
def __d_glob(String pattern) {
    def glob = pattern.replace('\\', '/')
    if (glob.endsWith('/')) {
        glob += '**'
    }
    def parts = glob.split("/", -1).toList()
    def out = ''
    def pending = false
    int size = parts.size()
    for (int i = 0; i < size; i++) {
        if (parts[i] == '**') {
            if (i + 1 == size) {
                // `a/**` also is `a` itself.
                out += i == 0 || parts[i - 1] == '**' ? '.*' : '(?:/.*)?'
            } else {
                if (pending) {
                    out += '/'
                }
                out += '(?:[^/]*/)*'
            }
            pending = false
            continue
        }
        if (pending) {
            out += '/'
        }
        for (character in parts[i].toList()) {
            out += character == '*' ? '[^/]*' : character == '?' ? '[^/]' : __d_quoted(character)
        }
        pending = true
    }
    return out
}

def __d_quoted(String character) {
    return '\\^$.|+()[]{}'.contains(character) ? '\\' + character : character
}

// ---- post ------------------------------------------------------------------------------------------------------------

def __d_conditions() {
    return ['always', 'changed', 'fixed', 'regression', 'aborted', 'success', 'unsuccessful', 'unstable', 'failure', 'notBuilt',
            'cleanup']
}

def __d_rank(String result) {
    return ['SUCCESS', 'UNSTABLE', 'FAILURE', 'NOT_BUILT', 'ABORTED'].indexOf(result ?: 'SUCCESS')
}

/** The worst of the run's result so far, the error, and at stage level the stage's warnings. */
def __d_current(Throwable failed, boolean inStage) {
    def worst = __host('result.current')
    def more = [failed == null ? null : __throwable_result(failed), inStage ? __stage_result() : null]
    for (result in more) {
        if (__d_rank(result) > __d_rank(worst)) {
            worst = result
        }
    }
    return worst
}

def __d_holds(String condition, String current) {
    def previous = __previous_result()
    switch (condition) {
        case 'changed': return previous == null || previous != current
        case 'fixed': return previous in ['FAILURE', 'UNSTABLE'] && current == 'SUCCESS'
        case 'regression': return previous != null && __d_rank(current) > __d_rank(previous)
        case 'aborted': return current == 'ABORTED'
        case 'success': return current == 'SUCCESS'
        case 'unsuccessful': return current != 'SUCCESS'
        case 'unstable': return current == 'UNSTABLE'
        case 'failure': return current == 'FAILURE'
        case 'notBuilt': return current == 'NOT_BUILT'
    }
    return true
}

def __d_any_holds(Map post, Throwable failed, boolean inStage) {
    if (!post) {
        return false
    }
    def current = __d_current(failed, inStage)
    return __d_conditions().any { post[it] != null && __d_holds(it, current) }
}

/** Post conditions run even where a limit ends what is written here: until they begin, `holder` owes them. */
def __d_owe_post(Map holder, Closure post) {
    __d_post_begins(holder)
    holder.owed = __owe('post') {
        def failed = post.call()
        if (failed != null) {
            throw failed
        }
    }
}

def __d_post_begins(Map holder) {
    if (holder.owed != null) {
        __host('ending.drop', holder.owed)
        holder.owed = null
    }
}

def __d_pipeline_post(Map run, Throwable failed) {
    __d_post_begins(run)
    def result = failed
    try {
        if (__d_any_holds(run.model.post, failed, false)) {
            __d_call('stage', ['Declarative: Post Actions']) {
                result = __d_run_post(run.model.post, run.model.agent, failed, false)
            }
        }
    } catch (Throwable e) {
        if (result == null) {
            result = e
        }
    }
    return result
}

def __d_stage_post(Map run, Map one, Map agent, Throwable failed) {
    if (!__d_any_holds(one.post, failed, true)) {
        return failed
    }
    __log('Post stage')
    return __d_run_post(one.post, agent, failed, true)
}

/** Each condition is decided just before its turn, because an earlier one may have changed the result. */
def __d_run_post(Map post, Map agent, Throwable failed, boolean inStage) {
    Throwable first = failed
    for (name in __d_conditions()) {
        if (post[name] == null) {
            continue
        }
        def original = __host('result.get')
        def current = __d_current(first, inStage)
        if (!__d_holds(name, current)) {
            continue
        }
        try {
            __set_result(current)
            __d_needs_node(agent) { post[name].call() }
        } catch (Throwable e) {
            __log("Error when executing ${name} post condition:".toString())
            __log(__stack_trace(e))
            if (first == null) {
                first = e
            }
        }
        if (__host('result.current') == current && current != original) {
            __set_result(original)
        }
    }
    return first
}
