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

    List getCauses() { return run.getBuildCauses().collect { new RunCause(it) } }

    RunCause getCause(Object type) {
        String wanted = type instanceof Class ? type.getName() : String.valueOf(type)
        for (one in run.getBuildCauses()) {
            String name = one['_class']
            if (name == wanted || name.endsWith('.' + wanted) || name.endsWith('$' + wanted)) {
                return new RunCause(one)
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

    /** Of what plugins attach to a run only this is known: that somebody aborted it, and which libraries it loaded. */
    List getActions(Object type) {
        String name = type instanceof Class ? type.getName() : String.valueOf(type)
        if (name.endsWith('LibrariesAction')) {
            return [new LibrariesOfRun(__host('run.libraries'))]
        }
        return name.endsWith('InterruptedBuildAction') && getResult() == 'ABORTED' ? [[causes: getCauses()]] : []
    }

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

/** A cause by getters and by properties, as the map of getBuildCauses() has them. */
class RunCause {
    private final Map facts

    RunCause(Map facts) {
        this.facts = facts
    }

    String getShortDescription() { return facts.shortDescription }
    String getUserId() { return facts.userId }
    String getUserName() { return facts.userName }
    String getUpstreamProject() { return facts.upstreamProject }
    Object getUpstreamBuild() { return facts.upstreamBuild }
    String getUpstreamUrl() { return facts.upstreamUrl }
    Object propertyMissing(String name) { return facts[name] }
    String toString() { return facts['_class'] }
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
