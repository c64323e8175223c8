// Checkouts: every spelling becomes one effect scm.checkout with one form of its map. Source: pipeline-language 6.4.

def step_checkout(Map args, Closure body) {
    if (args.scm == null) {
        __abort('‘checkout scm’ is only available when using “Multibranch Pipeline” or “Pipeline script from SCM”')
    }
    return __check_out(args.scm, args)
}

def step_git(Map args, Closure body) {
    def remote = [url: args.url]
    if (args.credentialsId) {
        remote.credentialsId = args.credentialsId
    }
    return __check_out(['$class': 'GitSCM', branches: [[name: '*/' + args.branch]], userRemoteConfigs: [remote],
                      extensions: [['$class': 'LocalBranch', localBranch: args.branch]]], args)
}

def step_svn(Map args, Closure body) {
    return __check_out(['$class': 'SubversionSCM', locations: [[remote: args.url]]], args)
}

def __check_out(scm, Map args) {
    def form = __git_form_of(__describable(scm, 'scm'))
    if (form['$class'] == 'multiSCM') {
        form.scmList = (form.scmList ?: []).collect { __git_form_of(__describable(it, 'scm')) }
    }
    return __effect('scm.checkout', [scm: form, changelog: args.changelog != false, poll: args.poll != false]).variables
}

def __git_form_of(Map form) {
    return form['$class'] == 'scmGit' ? __git_form(form) : form
}

def step_readScmFile(Map args, Closure body) {
    def scm = args.scm == null ? null : __git_form_of(__describable(args.scm, 'scm,scm source'))
    return __effect('readScmFile', [path: args.path, scm: scm, encoding: args.encoding])
}

def step_resolveScm(Map args, Closure body) {
    def source = __describable(args.source, 'scm source,scm')
    if (source['$class'] == 'fromScm') {
        source.scm = __describable(source.scm, 'scm')
    }
    return __effect('resolveScm', [source: __git_form_of(source), targets: args.targets.collect { String.valueOf(it) },
                                   ignoreErrors: args.ignoreErrors])
}

def __git_form(Map form) {
    if (form.url) {
        form.userRemoteConfigs = (form.userRemoteConfigs ?: []) + [[url: form.url]]
    }
    form.remove('url')
    form.branches = (form.branches ?: [[name: '**']]).collect { it instanceof Map ? it : [name: String.valueOf(it)] }
    form.userRemoteConfigs = form.userRemoteConfigs ?: []
    form.extensions = __describables(form.extensions ?: [], 'scm extension')
    return form
}
