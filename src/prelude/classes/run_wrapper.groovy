// currentBuild, and other runs as scripts see them. Every property is a question to the engine.
package org.jenkinsci.plugins.workflow.support.steps.build

/** This run (facts null) or another one, read-only. */
class RunWrapper {
    private final Map facts

    RunWrapper(Map facts) {
        this.facts = facts
    }

    private Object fact(String name) {
        return facts == null ? __host('run.get', name) : facts[name]
    }

    private void change(String name, Object value) {
        if (facts != null) {
            throw new SecurityException("can only set the ${name} property on the current build".toString())
        }
        __host('run.set', name, value)
    }

    private RunWrapper other(String which) {
        Map found = __effect('run.read', [job: fact('fullProjectName'), number: fact('number'), which: which])
        return found == null ? null : new RunWrapper(found)
    }

    private static int rank(Object result) {
        int at = ['SUCCESS', 'UNSTABLE', 'FAILURE', 'NOT_BUILT', 'ABORTED'].indexOf(String.valueOf(result).toUpperCase())
        return at < 0 ? 2 : at
    }

    int getNumber() { return fact('number') as int }
    String getId() { return String.valueOf(fact('number')) }
    String getDisplayName() { return fact('displayName') }
    void setDisplayName(Object value) { change('displayName', String.valueOf(value)) }
    String getDescription() { return fact('description') }
    void setDescription(Object value) { change('description', value == null ? null : String.valueOf(value)) }
    String getResult() { return fact('result') }
    /** As Jenkins reads it: in any case, and anything that is no result is a failure. */
    void setResult(Object value) {
        String wanted = String.valueOf(value).toUpperCase()
        change('result', wanted in ['SUCCESS', 'UNSTABLE', 'FAILURE', 'NOT_BUILT', 'ABORTED'] ? wanted : 'FAILURE')
    }
    String getCurrentResult() { return getResult() ?: 'SUCCESS' }
    boolean resultIsBetterOrEqualTo(Object result) { return rank(getCurrentResult()) <= rank(result) }
    boolean resultIsWorseOrEqualTo(Object result) { return rank(getCurrentResult()) >= rank(result) }
    boolean isKeepLog() { return fact('keepLog') ? true : false }
    void setKeepLog(boolean value) { change('keepLog', value) }
    long getTimeInMillis() { return fact('timeInMillis') as long }
    long getStartTimeInMillis() { return fact('startTimeInMillis') as long }
    long getDuration() { return fact('duration') as long }
    String getDurationString() { return fact('durationString') }
    String getFullDisplayName() { return fact('fullDisplayName') }
    String getProjectName() { return fact('projectName') }
    String getFullProjectName() { return fact('fullProjectName') }
    String getAbsoluteUrl() { return fact('absoluteUrl') }
    Map getBuildVariables() { return fact('buildVariables') ?: [:] }
    RunWrapper getPreviousBuild() { return other('previous') }
    RunWrapper getPreviousBuildInProgress() { return other('previousInProgress') }
    RunWrapper getPreviousCompletedBuild() { return other('previousCompleted') }
    RunWrapper getPreviousSuccessfulBuild() { return other('previousSuccessful') }
    RunWrapper getPreviousFailedBuild() { return other('previousFailed') }
    RunWrapper getPreviousNotFailedBuild() { return other('previousNotFailed') }
    RunWrapper getPreviousBuiltBuild() { return other('previousBuilt') }
    RunWrapper getNextBuild() { return other('next') }

    List getUpstreamBuilds() {
        List found = []
        for (cause in getBuildCauses()) {
            if (!cause.upstreamProject) {
                continue
            }
            Map read = __effect('run.read', [job: cause.upstreamProject, number: cause.upstreamBuild, which: 'this'])
            if (read != null) {
                RunWrapper run = new RunWrapper(read)
                found << run
                found.addAll(run.getUpstreamBuilds())
            }
        }
        return found
    }

    List getChangeSets() {
        List sets = facts == null ? __effect('scm.changes', [metadata: false]) : (facts.changeSets ?: [])
        return sets.collect { new hudson.plugins.git.GitChangeSetList(it) }
    }

    List getBuildCauses() {
        return facts == null ? __host('run.causes') : (facts.causes ?: [])
    }

    List getBuildCauses(Object type) {
        String name = type instanceof Class ? type.getName() : String.valueOf(type)
        return getBuildCauses().findAll { it['_class'] == name }
    }

    Object getRawBuild() {
        return new org.jenkinsci.plugins.workflow.job.WorkflowRun(this)
    }

    Object build() {
        return new org.jenkinsci.plugins.workflow.job.WorkflowRun(this)
    }

    String toString() {
        return getFullDisplayName()
    }
}
