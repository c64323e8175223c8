// Results and reports: what a report means for the run is decided here, storing it is an effect. Source: pipeline-language 6.6.

def step_junit(Map args, Closure body) {
    __log('Recording test results')
    def found = __effect('junit', args)
    if (!found.files) {
        if (!args.allowEmptyResults) {
            __abort('No test report files were found. Configuration error?')
        }
        __log('No test report files were found. Configuration error?')
    }
    if (found.failCount && !args.skipMarkingBuildUnstable) {
        __mark_unstable("${found.failCount} tests failed".toString())
    }
    return new hudson.tasks.junit.TestResultSummary(found)
}

def step_archive(Map args, Closure body) {
    __effect('archiveArtifacts', [artifacts: args.includes, excludes: args.excludes, allowEmptyArchive: true, fingerprint: false,
                                  onlyIfSuccessful: false, defaultExcludes: true, caseSensitive: true, followSymlinks: true])
    return null
}

def step_copyArtifacts(Map args, Closure body) {
    def wanted = new LinkedHashMap(args)
    if (args.selector != null) {
        wanted.selector = __describable(args.selector, 'artifact selector')
    }
    def copied = __effect('copyArtifacts', wanted)
    if (copied != null) {
        // Which run it was, for later steps: the plugin's own variable.
        def suffix = args.resultVariableSuffix ?: String.valueOf(copied.job).toUpperCase().replaceAll('[^A-Z0-9_]', '_')
        __host('env.set', 'COPYARTIFACT_BUILD_NUMBER_' + suffix, String.valueOf(copied.number))
    }
    return null
}

def __store(String type, patterns, Map args) {
    def list = (patterns instanceof Collection ? patterns : [patterns]).findAll { it }.collect { String.valueOf(it) }
    return __effect('report.store', [type: type, patterns: list, arguments: __plain(args)])
}

def step_recordIssues(Map args, Closure body) {
    def tools = __describables((args.tools ?: []) + (args.tool == null ? [] : [args.tool]), 'issue tool')
    __store('recordIssues', tools.collect { it.pattern ?: args.pattern }, args + [tools: tools])
    return null
}

def step_xunit(Map args, Closure body) {
    def tools = __describables(args.tools ?: [], 'test tool')
    def stored = __store('xunit', tools.collect { it.pattern }, args + [tools: tools])
    if (!stored.files && !tools.every { it.skipNoTestFiles }) {
        __abort('No test report files were found. Configuration error?')
    }
    return null
}

def step_cobertura(Map args, Closure body) {
    def stored = __store('cobertura', args.coberturaReportFile, args)
    if (!stored.files && args.failNoReports) {
        __abort("No coverage results were found using the pattern '${args.coberturaReportFile}'")
    }
    return null
}

def step_jacoco(Map args, Closure body) {
    __store('jacoco', args.execPattern, args)
    return null
}

def step_publishCoverage(Map args, Closure body) {
    def adapters = __describables(args.adapters ?: [], 'coverage adapter')
    def stored = __store('publishCoverage', adapters.collect { it.path }, args + [adapters: adapters])
    if (!stored.files && args.failNoReports) {
        __abort('No reports were found')
    }
    return null
}

def step_recordCoverage(Map args, Closure body) {
    __store('recordCoverage', (args.tools ?: []).collect { it.pattern }, args)
    return null
}

def step_allure(Map args, Closure body) {
    __store('allure', (args.results ?: []).collect { (it instanceof Map ? it.path : it) + '/**' }, args)
    return null
}

def step_robot(Map args, Closure body) {
    def folder = args.outputPath ? args.outputPath + '/' : ''
    def names = [args.outputFileName, args.reportFileName, args.logFileName, args.otherFiles]
    __store('robot', names.findAll { it }.collect { folder + it }, args)
    return null
}

def step_addBadge(Map args, Closure body) {
    __effect('badge', args)
    return null
}

def __icon_badge(String icon, Map args) {
    __effect('badge', [icon: icon] + args)
    return null
}

def step_addInfoBadge(Map args, Closure body) { return __icon_badge('symbol-information-circle', args) }

def step_addWarningBadge(Map args, Closure body) { return __icon_badge('symbol-warning', args) }

def step_addErrorBadge(Map args, Closure body) { return __icon_badge('symbol-error', args) }

def step_addShortText(Map args, Closure body) {
    def kept = args.findAll { it.value != null }
    for (name in ['border', 'background']) {
        if (kept[name] != null) {
            kept[name] = kept[name].toString()
        }
    }
    __effect('badge', kept)
    return null
}

def step_buildName(Map args, Closure body) {
    def name = __with_variables(args.nameTemplate)
    __log("New run name is '${name}'".toString())
    __host('run.set', 'displayName', name)
    return null
}

def step_buildDescription(Map args, Closure body) {
    def description = __with_variables(args.descriptionTemplate)
    __log("New run description is '${description}'".toString())
    __host('run.set', 'description', description)
    return null
}

/** `${NAME}` and `$NAME` of the environment; what it does not have stays as it is written. */
def __with_variables(String template) {
    return template.replaceAll(/\$\{(?:ENV, *var *= *")?(\w+)"?\}|\$(\w+)/) { whole, braced, bare ->
        __host('env.get', braced ?: bare) ?: whole
    }
}

// ---- commit statuses -------------------------------------------------------------------------------------------------

def step_gitlabCommitStatus(Map args, Closure body) {
    return __block('gitlabCommitStatus', null, [:]) {
        __gitlab(args.name, 'running')
        try {
            def value = body.call()
            __gitlab(args.name, 'success')
            return value
        } catch (Throwable t) {
            __gitlab(args.name, __is_interruption(t) ? 'canceled' : 'failed')
            throw t
        }
    }
}

def step_gitlabBuilds(Map args, Closure body) {
    return __block('gitlabBuilds', null, [:]) {
        for (name in args.builds) {
            __gitlab(name, 'pending')
        }
        body.call()
    }
}

def __gitlab(name, String state) {
    __effect('commit.status', [host: 'gitlab', name: name, state: state])
}

// ---- step([$class: …]) -----------------------------------------------------------------------------------------------

def step_step(Map args, Closure body) {
    def one = __describable(args.delegate, 'publisher')
    def name = one.remove('$class')
    switch (name) {
        case 'mailer': return __mailer(one)
        case 'emailext':
            return __step('emailext', [to: one.recipientList, subject: one.defaultSubject ?: '$DEFAULT_SUBJECT',
                                       body: one.defaultContent ?: '$DEFAULT_CONTENT', attachmentsPattern: one.attachmentsPattern])
        case 'gitHubCommitStatusSetter':
        case 'GitHubSetCommitStatusBuilder':
            __effect('commit.status', [host: 'github', state: __host('result.current').toLowerCase(),
                                       name: one.contextSource?.context, arguments: __plain(one)])
            return null
        case 'publishHTML':
            for (target in (one.reportTargets ?: [])) {
                __effect('publishHTML', [target: __plain(target)])
            }
            return null
        case 'archiveArtifacts':
        case 'fingerprint':
        case 'cleanWs':
            __effect(name, __plain(one))
            return null
        case 'junit':
            step_junit(one, null)
            return null
        case 'copyArtifacts': return step_copyArtifacts(one, null)
        case 'robot': return step_robot(one, null)
        case 'xunit': return step_xunit(one, null)
        case 'jacoco': return step_jacoco(one, null)
        case 'cobertura': return step_cobertura(one, null)
        case 'allure': return step_allure(one, null)
        case 'recordIssues': return step_recordIssues(one, null)
    }
    if (name in ['sshPublisher', 'influxDbPublisher', 's3Upload', 'GhprbPullRequestMerge']) {
        // What it would change elsewhere must not be taken for done.
        throw new UnsupportedOperationException("the step ${name} is not offered by this version; use ${__host('step.instead', name) ?: 'sh'} instead".toString())
    }
    if (!__host('symbol.known', name, 'publisher') && !(name =~ /(Publisher|Recorder|Reporter|Archiver|Collector)$/)) {
        throw new UnsupportedOperationException("no known implementation of interface jenkins.tasks.SimpleBuildStep is named ${name}".toString())
    }
    def patterns = one.findAll { it.key.toLowerCase().contains('pattern') || it.key == 'javadocDir' }.collect { it.value }
    __log("WARNING: ${name} is not evaluated; its files are kept".toString())
    __store(name, patterns, one)
    return null
}

/** Jenkins' plain mail after a run: only for runs that are not well, or well again. */
def __mailer(Map one) {
    def current = __host('result.current')
    def before = __host('run.previous_result')
    boolean fixed = current == 'SUCCESS' && before != null && before != 'SUCCESS'
    if (current == 'SUCCESS' && !fixed) {
        return null
    }
    if (current == 'UNSTABLE' && before == 'UNSTABLE' && one.notifyEveryUnstableBuild == false) {
        return null
    }
    def title = __host('run.get', 'fullDisplayName')
    def words = fixed ? 'Jenkins build is back to normal' : (current == 'UNSTABLE' ? 'Build unstable in Jenkins' : 'Build failed in Jenkins')
    __effect('mail', [to: one.recipients, subject: "${words}: ${title}".toString(),
                      body: "See <${__host('run.get', 'absoluteUrl')}>\n\n${fixed ? '' : __effect('log.tail', [lines: 250])}".toString(),
                      providers: one.sendToIndividuals ? ['culprits'] : [], charset: 'UTF-8', mimeType: 'text/plain'])
    return null
}
