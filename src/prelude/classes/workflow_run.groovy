// What scripts reach by rawBuild: Jenkins' own objects of a run and its job, as far as scripts read them.
package org.jenkinsci.plugins.workflow.job

/** The few things that scripts ask of Jenkins' own object of a run. */
class WorkflowRun {
    private final Object run

    WorkflowRun(Object run) {
        this.run = run
    }

    List getCauses() { return run.getBuildCauses().collect { hudson.model.Cause.__known(it) } }

    Object getCause(Object type) {
        String wanted = type instanceof Class ? type.getName() : String.valueOf(type)
        for (one in run.getBuildCauses()) {
            String name = one['_class']
            def cause = hudson.model.Cause.__known(one)
            if (name == wanted || name.endsWith('.' + wanted) || name.endsWith('$' + wanted) || (type instanceof Class && type.isInstance(cause))) {
                return cause
            }
        }
        return null
    }

    WorkflowJob getProject() { return new WorkflowJob(run) }
    WorkflowJob getParent() { return new WorkflowJob(run) }
    String getAbsoluteUrl() { return run.getAbsoluteUrl() }
    String getUrl() { return run.getAbsoluteUrl() }
    int getNumber() { return run.getNumber() }
    String getResult() { return run.getResult() }
    String getDisplayName() { return run.getDisplayName() }
    String getFullDisplayName() { return run.getFullDisplayName() }
    String getDescription() { return run.getDescription() }
    void setDescription(Object value) { run.setDescription(value) }
    long getStartTimeInMillis() { return run.getStartTimeInMillis() }
    long getTimeInMillis() { return run.getTimeInMillis() }
    Map getEnvironment() { return __host('env.all') }
    Map getEnvironment(Object listener) { return __host('env.all') }
    List getLog(int lines) { return __effect('log.tail', [lines: lines]).readLines() }
    List getChangeSets() { return run.getChangeSets() }
    List getLog() { return getLog(100000) }
    Object getPreviousBuild() { return run.getPreviousBuild() }
    Object getPreviousBuildInProgress() { return run.getPreviousBuildInProgress() }
    Object getPreviousCompletedBuild() { return run.getPreviousCompletedBuild() }
    Object getPreviousSuccessfulBuild() { return run.getPreviousSuccessfulBuild() }
    Object getNextBuild() { return run.getNextBuild() }
    boolean isBuilding() { return run.getDuration() == 0 || getResult() == null }
    void save() { }

    long getDuration() { return run.getDuration() }
    String getDurationString() { return run.getDurationString() }

    /** What plugins attach to a run: its causes, parameters, test results, revision, libraries, and that somebody aborted it. */
    List getActions(Object type) {
        String name = type instanceof Class ? type.getName() : String.valueOf(type)
        String last = name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1)
        switch (last) {
            case 'LibrariesAction':
                return [new LibrariesOfRun(__host('run.libraries'))]
            case 'InterruptedBuildAction':
                return getResult() == 'ABORTED' ? [[causes: getCauses()]] : []
            case 'CauseAction':
                return [new CausesOfRun(getCauses())]
            case 'ParametersAction':
                return [new ParametersOfRun(run)]
            case 'TestResultAction':
            case 'AbstractTestResultAction':
            case 'AggregatedTestResultAction':
                def found = __effect('tests.read', [job: run.getFullProjectName(), number: run.getNumber()])
                return found == null ? [] : [new hudson.tasks.junit.TestResultAction(found, run)]
            case 'BuildData':
                def variables = run.getBuildVariables()
                def commit = __host('env.get', 'GIT_COMMIT') ?: variables.GIT_COMMIT
                return commit ? [new BuildDataOfRun(commit, __host('env.get', 'GIT_URL'), __host('env.get', 'GIT_BRANCH'))] : []
        }
        return []
    }

    List getAllActions() { return getActions('hudson.model.CauseAction') + getActions('hudson.model.ParametersAction') }
    List getActions() { return getAllActions() }
    void addAction(Object action) { }

    Object getAction(Object type) {
        List found = getActions(type)
        return found.isEmpty() ? null : found[0]
    }

    void delete() {
        throw new UnsupportedOperationException('a run cannot delete itself; use buildDiscarder(logRotator(…))')
    }
}

class WorkflowJob {
    private final Object run

    WorkflowJob(Object run) {
        this.run = run
    }

    private Object read(String which) {
        Map found = __effect('run.read', [job: run.getFullProjectName(), number: run.getNumber(), which: which])
        return found == null ? null : new org.jenkinsci.plugins.workflow.support.steps.build.RunWrapper(found)
    }

    String getName() { return run.getProjectName() }
    String getFullName() { return run.getFullProjectName() }
    String getDisplayName() { return run.getProjectName() }
    Object getLastBuild() { return read('last') }
    Object getLastCompletedBuild() { return read('lastCompleted') }
    Object getLastSuccessfulBuild() { return read('lastSuccessful') }
    Object getLastFailedBuild() { return read('lastFailed') }
    String toString() { return getFullName() }
}

class LibrariesOfRun {
    final List libraries

    LibrariesOfRun(List libraries) {
        this.libraries = libraries
    }
}

/** hudson.model.CauseAction: the causes are objects of their own classes (gdk/causes.groovy). */
class CausesOfRun {
    final List causes

    CausesOfRun(List causes) {
        this.causes = causes
    }

    Object findCause(Class type) { return causes.find { type.isInstance(it) } }
}

/** hudson.model.ParametersAction. */
class ParametersOfRun {
    private final Object run

    ParametersOfRun(Object run) {
        this.run = run
    }

    List getParameters() {
        def own = __host('run.get', 'number') == run.getNumber() && __host('run.get', 'fullProjectName') == run.getFullProjectName()
        def values = own ? __host('params') : run.getBuildVariables()
        return values.collect { name, value -> [name: name, value: value] }
    }

    Object getParameter(String name) { return getParameters().find { it.name == name } }
}

/** hudson.plugins.git.util.BuildData, as far as scripts read it. */
class BuildDataOfRun {
    private final String commit
    private final String url
    private final String branch

    BuildDataOfRun(String commit, String url, String branch) {
        this.commit = commit
        this.url = url
        this.branch = branch
    }

    Map getLastBuiltRevision() { return [sha1String: commit, sha1: [name: commit], branches: branch ? [[name: branch, sha1String: commit]] : []] }
    List getRemoteUrls() { return url ? [url] : [] }
}
