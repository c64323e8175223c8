// Objects that every script sees: env, params, currentBuild, scm, steps, pipeline. They hold no state of the run: every property is
// a question to the engine. Source: pipeline-language 4.

def make_global_env() {
    return new org.jenkinsci.plugins.workflow.cps.EnvActionImpl()
}

def make_global_params() {
    return Collections.unmodifiableMap(__host('params'))
}

def make_global_currentBuild() {
    return new org.jenkinsci.plugins.workflow.support.steps.build.RunWrapper(null)
}

def make_global_steps() {
    return new org.jenkinsci.plugins.workflow.cps.DSL()
}

def make_global_scm() {
    def facts = __host('scm')
    if (facts == null) {
        throw new hudson.AbortException('‘checkout scm’ is only available when using “Multibranch Pipeline” or “Pipeline script from SCM”')
    }
    return new hudson.plugins.git.GitSCM(facts)
}

/** What `pipeline { … }` is where it is no Declarative Pipeline: libraries put a Scripted one into it. */
def make_global_pipeline() {
    return new org.jenkinsci.plugins.workflow.cps.PlainPipeline()
}

/** Another run as a script sees it, from the facts an effect gave. */
def __run_wrapper(Map facts) {
    return facts == null ? null : new org.jenkinsci.plugins.workflow.support.steps.build.RunWrapper(facts)
}
