// Objects that every script sees: env, params, currentBuild, scm, steps. They hold no state of the run: every property is
// a question to the engine. Source: pipeline-language 4.

def make_global_env() {
    return new EnvGlobal()
}

def make_global_params() {
    return Collections.unmodifiableMap(__host('params'))
}

def make_global_currentBuild() {
    return new RunWrapper(null)
}

def make_global_steps() {
    return new StepsGlobal()
}

def make_global_scm() {
    def facts = __host('scm')
    if (facts == null) {
        throw new hudson.AbortException('‘checkout scm’ is only available when using “Multibranch Pipeline” or “Pipeline script from SCM”')
    }
    return new GitScm(facts)
}

/** Another run as a script sees it, from the facts an effect gave. */
def __run_wrapper(Map facts) {
    return facts == null ? null : new RunWrapper(facts)
}

class EnvGlobal {
    Object getProperty(String name) {
        return __host('env.get', name)
    }

    void setProperty(String name, Object value) {
        __host('env.set', name, String.valueOf(value))
    }

    Object getAt(Object name) {
        return __host('env.get', String.valueOf(name))
    }

    void putAt(Object name, Object value) {
        __host('env.set', String.valueOf(name), String.valueOf(value))
    }

    Map getEnvironment() {
        return __host('env.all')
    }
}

class StepsGlobal {
    Object invokeMethod(String name, Object args) {
        return __callStep(name, args as List)
    }
}

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
        return (fact('upstreamBuilds') ?: []).collect { new RunWrapper(it) }
    }

    List getChangeSets() {
        List sets = facts == null ? __effect('scm.changes', [metadata: false]) : (facts.changeSets ?: [])
        return sets.collect { new ChangeSet(it) }
    }

    List getBuildCauses() {
        return facts == null ? __host('run.causes') : (facts.causes ?: [])
    }

    List getBuildCauses(Object type) {
        String name = type instanceof Class ? type.getName() : String.valueOf(type)
        return getBuildCauses().findAll { it['_class'] == name }
    }

    RawBuild getRawBuild() {
        return new RawBuild(this)
    }

    RawBuild build() {
        return new RawBuild(this)
    }

    String toString() {
        return getFullDisplayName()
    }
}

class ChangeSet {
    final List items

    ChangeSet(Map facts) {
        items = facts.items.collect { new ChangeEntry(it) }
    }

    boolean isEmptySet() { return items.isEmpty() }
    Iterator iterator() { return items.iterator() }
}

/** A commit: commitId, msg, comment, author.fullName, timestamp, affectedFiles, affectedPaths. */
class ChangeEntry {
    private final Map facts

    ChangeEntry(Map facts) {
        this.facts = facts
    }

    String getCommitId() { return facts.commitId }
    String getMsg() { return facts.msg }
    String getComment() { return facts.comment ?: facts.msg }
    String getMsgAnnotated() { return facts.msg }
    long getTimestamp() { return (facts.timestamp ?: -1L) as long }
    Map getAuthor() { return facts.author instanceof Map ? facts.author : [fullName: facts.author, displayName: facts.author, id: facts.author] }
    String getAuthorName() { return getAuthor().fullName }
    String getAuthorEmail() { return getAuthor().email }
    List getAffectedFiles() { return facts.affectedFiles ?: [] }
    List getAffectedPaths() { return getAffectedFiles().collect { it.path } }
}

/** The few things that scripts ask of Jenkins' own object of a run. */
class RawBuild {
    private final RunWrapper run

    RawBuild(RunWrapper run) {
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

    ProjectOfRun getProject() { return new ProjectOfRun(run) }
    ProjectOfRun getParent() { return new ProjectOfRun(run) }
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
    RunWrapper getPreviousBuild() { return run.getPreviousBuild() }
    RunWrapper getPreviousBuildInProgress() { return run.getPreviousBuildInProgress() }
    RunWrapper getPreviousCompletedBuild() { return run.getPreviousCompletedBuild() }
    RunWrapper getPreviousSuccessfulBuild() { return run.getPreviousSuccessfulBuild() }
    RunWrapper getNextBuild() { return run.getNextBuild() }
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
                return found == null ? [] : [new TestsOfRun(found, run)]
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
    private final RunWrapper run

    ParametersOfRun(RunWrapper run) {
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

/** hudson.tasks.junit.TestResultAction and its result. */
class TestsOfRun {
    private final Map facts
    private final RunWrapper run

    TestsOfRun(Map facts, RunWrapper run) {
        this.facts = facts
        this.run = run
    }

    int getTotalCount() { return facts.total as int }
    int getFailCount() { return facts.failed as int }
    int getSkipCount() { return facts.skipped as int }
    int getPassCount() { return getTotalCount() - getFailCount() - getSkipCount() }
    TestsOfRun getResult() { return this }
    List getSuites() { return facts.suites.collect { new TestSuiteOfRun(it) } }
    List getFailedTests() { return cases('FAILED') }
    List getSkippedTests() { return cases('SKIPPED') }
    List getPassedTests() { return cases('PASSED') }
    float getDuration() { return (getSuites()*.duration.sum() ?: 0) as float }
    String getDisplayName() { return 'Test Results' }
    String getUrlName() { return 'testReport' }

    private List cases(String status) {
        return getSuites()*.cases.flatten().findAll { it.rawStatus == status }
    }

    /** Of the newest earlier run with test results. */
    TestsOfRun getPreviousResult() {
        def found = __effect('tests.read', [job: run.getFullProjectName(), earlier: true])
        return found == null ? null : new TestsOfRun(found, run)
    }

    /** ` / +2`: against the run before, empty without one. */
    String getFailureDiffString() {
        def before = getPreviousResult()
        if (before == null) {
            return ''
        }
        int change = getFailCount() - before.getFailCount()
        return ' / ' + (change == 0 ? '±0' : change > 0 ? '+' + change : String.valueOf(change))
    }
}

class TestSuiteOfRun {
    private final Map facts

    TestSuiteOfRun(Map facts) {
        this.facts = facts
    }

    String getName() { return facts.name }
    String getFile() { return facts.file }
    List getCases() { return facts.cases.collect { new TestCaseOfRun(it, facts.name) } }
    float getDuration() { return (facts.cases.collect { it.duration as BigDecimal }.sum() ?: 0) as float }
}

class TestCaseOfRun {
    private final Map facts
    private final String suite

    TestCaseOfRun(Map facts, String suite) {
        this.facts = facts
        this.suite = suite
    }

    String getName() { return facts.name }
    String getDisplayName() { return facts.name }
    String getClassName() { return facts.className }
    String getFullName() { return facts.className + '.' + facts.name }
    String getFullDisplayName() { return getFullName() }
    String getPackageName() { return facts.className.contains('.') ? facts.className.substring(0, facts.className.lastIndexOf('.')) : '(root)' }
    String getSimpleName() { return facts.className.substring(facts.className.lastIndexOf('.') + 1) }
    String getTitle() { return 'Case Result: ' + facts.name }
    String getSuiteName() { return suite }
    float getDuration() { return facts.duration as float }
    String getRawStatus() { return facts.status }
    String getStatus() { return facts.status }
    boolean isPassed() { return facts.status == 'PASSED' }
    boolean isSkipped() { return facts.status == 'SKIPPED' }
    boolean isFailed() { return facts.status == 'FAILED' }
    String getErrorDetails() { return facts.message }
    String getErrorStackTrace() { return facts.details }
    String getSkippedMessage() { return isSkipped() ? facts.message : null }
    String toString() { return getFullName() }
}

class ProjectOfRun {
    private final RunWrapper run

    ProjectOfRun(RunWrapper run) {
        this.run = run
    }

    private RunWrapper read(String which) {
        Map found = __effect('run.read', [job: run.getFullProjectName(), number: run.getNumber(), which: which])
        return found == null ? null : new RunWrapper(found)
    }

    String getName() { return run.getProjectName() }
    String getFullName() { return run.getFullProjectName() }
    String getDisplayName() { return run.getProjectName() }
    RunWrapper getLastBuild() { return read('last') }
    RunWrapper getLastCompletedBuild() { return read('lastCompleted') }
    RunWrapper getLastSuccessfulBuild() { return read('lastSuccessful') }
    RunWrapper getLastFailedBuild() { return read('lastFailed') }
    String toString() { return getFullName() }
}

/** The repository of the Jenkinsfile; lists may be changed and given to checkout again. */
class GitScm {
    List branches
    List userRemoteConfigs
    List extensions
    String key
    Object browser
    boolean doGenerateSubmoduleConfigurations = false
    List submoduleCfg = []

    GitScm(Map facts) {
        branches = (facts.branches ?: []).collect { new BranchSpec(it) }
        userRemoteConfigs = (facts.userRemoteConfigs ?: []).collect { new UserRemoteConfig(it) }
        extensions = facts.extensions ?: []
        key = facts.key
    }

    Map toData() {
        return ['$class': 'GitSCM', branches: branches, userRemoteConfigs: userRemoteConfigs, extensions: extensions, key: key]
    }
}

/** `project` marks what stands for the project of this run itself; a name that a script changes stands for the remote. */
class BranchSpec {
    String name
    private final String own

    BranchSpec(Object facts) {
        name = facts instanceof Map ? facts.name : String.valueOf(facts)
        own = facts instanceof Map && facts.project ? name : null
    }

    Map toData() { return own != null && own == name ? [name: name, project: true] : [name: name] }
    String toString() { return name }
}

class UserRemoteConfig {
    String url
    String name
    String refspec
    String credentialsId
    private final String own

    UserRemoteConfig(Map facts) {
        url = facts.url
        own = facts.project ? url : null
        name = facts.name
        refspec = facts.refspec
        credentialsId = facts.credentialsId
    }

    Map toData() {
        def out = [url: url, name: name, refspec: refspec, credentialsId: credentialsId]
        return own != null && own == url ? out + [project: true] : out
    }

    String toString() { return url }
}
