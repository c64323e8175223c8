// Pods as nodes: templates are scope, node.acquire makes the pod. Source: pipeline-language 6.11.

def step_podTemplate(Map args, Closure body) {
    def template = new LinkedHashMap(args)
    template.containers = __describables(args.containers ?: [], 'container')
    template.volumes = __describables(args.volumes ?: [], 'volume')
    template.envVars = __describables(args.envVars ?: [], 'environment variable')
    for (entry in [workspaceVolume: 'workspace volume', yamlMergeStrategy: 'yaml merge strategy', podRetention: 'pod retention']) {
        if (args[entry.key] != null) {
            template[entry.key] = __describable(args[entry.key], entry.value)
        }
    }
    if (!template.label) {
        template.label = "${__run_label()}-${__host('random.token', 5)}".toString()
    }
    return __block('podTemplate', null, [pods: [__plain(template)], env: ["POD_LABEL=${template.label}".toString()]], body)
}

def step_container(Map args, Closure body) {
    return __block('container', args.name, [launcher: [type: 'pod', container: args.name, shell: args.shell],
                                            env: ["POD_CONTAINER=${args.name}".toString()]], body)
}

/** The run as a label of Kubernetes may say it: the last 57 characters, none but letters, digits, `_` and `-`, the first and the last no sign. */
def __run_label() {
    if (__host('run.get', 'semantics') < 4) {
        return "${__host('run.get', 'projectName')}-${__host('run.get', 'number')}".toString()
    }
    String id = "${__host('run.get', 'fullProjectName')}#${__host('run.get', 'number')}".toString()
    id = (id.length() > 57 ? id.substring(id.length() - 57) : id).replaceAll(/[^_a-zA-Z0-9-]/, '_')
    return id.replaceAll(/^[_-]|[_-]$/, 'x')
}
