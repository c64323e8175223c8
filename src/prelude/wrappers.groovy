// Tools and services around a body. Source: pipeline-language 6.9.

def __provided(String step, String effect, Map args, Closure body) {
    return __leased(step, null, effect, args, 'credentials.release', { bound -> __bound_scope(bound) }, body)
}

def step_configFileProvider(Map args, Closure body) {
    return __provided('configFileProvider', 'configfiles.provide', [files: __describables(args.configFiles ?: [], 'managed file')], body)
}

def step_nodejs(Map args, Closure body) {
    def token = __host('step.open', 'nodejs')
    try {
        def path = __effect('tool', [name: args.nodeJSInstallationName, type: 'nodejs'])
        return __body(token, null, [env: __tool_environment('nodejs', args.nodeJSInstallationName, path)], body)
    } finally {
        __host('step.close', token)
    }
}

def step_withGradle(Map args, Closure body) {
    return __block('withGradle', null, [:], body)
}

/** There are no folders here: their properties come as --env. */
def step_withFolderProperties(Map args, Closure body) {
    return __block('withFolderProperties', null, [:], body)
}

def step_withMaven(Map args, Closure body) {
    def options = __describables(args.options ?: [], 'maven publisher')
    def wanted = new LinkedHashMap(args)
    wanted.remove('options')
    return __leased('withMaven', null, 'maven.prepare', wanted, 'credentials.release', { bound -> __bound_scope(bound) }, {
        try {
            return body.call()
        } finally {
            __publish_maven(args.publisherStrategy == 'EXPLICIT', options)
        }
    })
}

/** What Maven left behind; nothing there is no error. */
def __publish_maven(boolean explicit, List options) {
    def wants = { String name ->
        def one = options.find { it['$class'] == name }
        one == null ? !explicit : !one.disabled
    }
    if (wants('junitPublisher')) {
        __step('junit', [testResults: '**/target/surefire-reports/TEST-*.xml,**/target/failsafe-reports/TEST-*.xml',
                         allowEmptyResults: true])
    }
    if (wants('artifactsPublisher')) {
        __step('archiveArtifacts', [artifacts: '**/pom.xml,**/target/*.jar,**/target/*.war,**/target/*.ear', allowEmptyArchive: true,
                                    excludes: '**/target/original-*.jar', fingerprint: true])
    }
}

// ---- SonarQube -------------------------------------------------------------------------------------------------------

def step_withSonarQubeEnv(Map args, Closure body) {
    return __provided('withSonarQubeEnv', 'sonar.env', [installationName: args.installationName, credentialsId: args.credentialsId], body)
}

def step_waitForQualityGate(Map args, Closure body) {
    def gate = __effect('sonar.gate', [credentialsId: args.credentialsId, webhookSecretId: args.webhookSecretId])
    if (args.abortPipeline && gate.status != 'OK') {
        __abort("Pipeline aborted due to quality gate failure: ${gate.status}")
    }
    return new hudson.plugins.sonar.QualityGate(gate)
}

// ---- wrap([$class: …]) -----------------------------------------------------------------------------------------------

def step_wrap(Map args, Closure body) {
    def one = __describable(args.delegate, 'build wrapper')
    def name = one['$class']
    switch (name) {
        case 'buildUser': return __block('wrap', null, [env: __user_variables(__host('run.user'))], body)
        case 'ansiColor': return __block('wrap', null, [ansi: one.colorMapName], body)
        case 'timestamps': return __block('wrap', null, [timestamps: true], body)
        case 'maskPasswords':
            return __block('wrap', null, [secrets: (one.varPasswordPairs ?: []).collect { it.password }.findAll { it }], body)
        case 'withCredentials': return __step('withCredentials', [bindings: one.bindings], body)
        case 'sshAgent': return __step('sshagent', [credentials: one.credentialIds, ignoreMissing: one.ignoreMissing], body)
        case 'configFileProvider': return __step('configFileProvider', [configFiles: one.managedFiles], body)
        case 'nodejs': return __step('nodejs', [nodeJSInstallationName: one.nodeJSInstallationName], body)
        case 'withSonarQubeEnv': return __step('withSonarQubeEnv', [installationName: one.installationName], body)
    }
    if (!__host('symbol.known', name, 'build wrapper')) {
        throw new UnsupportedOperationException("no known implementation of class jenkins.tasks.SimpleBuildWrapper is named ${name}".toString())
    }
    __log("WARNING: the wrapper ${name} is not offered; the body runs without it".toString())
    return __block('wrap', null, [:], body)
}

def __user_variables(Map user) {
    if (user == null || !user.id) {
        return []
    }
    def full = user.name ?: user.id
    def first = full.contains(' ') ? full.substring(0, full.indexOf(' ')) : full
    def last = full.contains(' ') ? full.substring(full.indexOf(' ') + 1) : ''
    def out = ["BUILD_USER=${full}", "BUILD_USER_ID=${user.id}", "BUILD_USER_FIRST_NAME=${first}", "BUILD_USER_LAST_NAME=${last}",
               "BUILD_USER_EMAIL=${user.email ?: ''}"]
    return out.collect { it.toString().replace('$', '$$') }
}
