// Secrets for the duration of a body. The journal seals what an effect gives; here it only becomes scope.
// Source: pipeline-language 6.8.

def step_withCredentials(Map args, Closure body) {
    return __with_bound('withCredentials', 'credentials.bind',
                      [bindings: __describables(args.bindings ?: [], 'credential binding')], body) { bound ->
        if (bound.names) {
            __log('Masking supported pattern matches of ' + bound.names.collect { '$' + it }.join(' or '))
        }
    }
}

/** Takes by the effect, gives back by credentials.release; `told` prints what belongs before the body. */
def __with_bound(String step, String effect, Map args, Closure body, Closure told = null) {
    return __leased(step, null, effect, args, 'credentials.release', { bound ->
        if (told != null) {
            told.call(bound)
        }
        __bound_scope(bound)
    }, body)
}

def step_sshagent(Map args, Closure body) {
    return __leased('sshagent', null, 'sshagent.start', [credentials: args.credentials, ignoreMissing: args.ignoreMissing],
                    'sshagent.stop', { bound -> __bound_scope(bound) }, body)
}

def step_withKubeConfig(Map args, Closure body) {
    return __with_bound('withKubeConfig', 'kubeconfig.bind', args, body)
}

def step_withAzureKeyvault(Map args, Closure body) {
    return __with_bound('withAzureKeyvault', 'azure.secrets',
                      [secrets: args.azureKeyVaultSecrets ?: [], vault: args.keyVaultURLOverride, credentialId: args.credentialIDOverride,
                       applicationId: args.applicationIDOverride, applicationSecret: args.applicationSecretOverride,
                       tenantId: args.tenantIDOverride], body) { bound ->
        if (bound.names) {
            __log('Masking supported pattern matches of ' + bound.names.collect { '$' + it }.join(' or '))
        }
    }
}

def step_withAWS(Map args, Closure body) {
    def env = []
    if (args.region) {
        env << "AWS_REGION=${args.region}".toString() << "AWS_DEFAULT_REGION=${args.region}".toString()
    }
    if (args.profile) {
        env << "AWS_PROFILE=${args.profile}".toString()
    }
    if (args.endpointUrl) {
        env << "AWS_ENDPOINT_URL=${args.endpointUrl}".toString()
    }
    def bindings = args.credentials ? [['$class': 'aws', credentialsId: args.credentials]] : []
    def role = args.role ? [role: args.role, roleAccount: args.roleAccount, roleSessionName: args.roleSessionName,
                            externalId: args.externalId, duration: args.duration, region: args.region] : null
    def token = __host('step.open', 'withAWS')
    def leases = []
    def owed = []
    try {
        def secrets = []
        def sensitive = []
        def take = { String effect, Map wanted ->
            def bound = __effect(effect, wanted)
            leases << bound.lease
            owed << __owe('release') { __effect('credentials.release', [lease: bound.lease]) }
            env.addAll(bound.env ?: [])
            secrets.addAll(bound.secrets ?: [])
            sensitive.addAll(bound.names ?: [])
        }
        if (bindings) {
            take.call('credentials.bind', [bindings: __describables(bindings, 'credential binding')])
        }
        if (role != null) {
            take.call('aws.role', role + [env: env])
        }
        return __body(token, null, [env: env, secrets: secrets, sensitive: sensitive], body)
    } finally {
        for (one in owed) {
            __host('ending.drop', one)
        }
        for (lease in leases) {
            __effect('credentials.release', [lease: lease])
        }
        __host('step.close', token)
    }
}
