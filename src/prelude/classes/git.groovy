// scm, and the commits of changeSets.
package hudson.plugins.git

/** The repository of the Jenkinsfile; lists may be changed and given to checkout again. */
class GitSCM {
    List branches
    List userRemoteConfigs
    List extensions
    String key
    Object browser
    boolean doGenerateSubmoduleConfigurations = false
    List submoduleCfg = []

    GitSCM(String url) {
        this([branches: ['*/master'], userRemoteConfigs: [[url: url]]])
    }

    /** As scripts make one: of remotes, branches, whether submodules are generated, those, browser, tool, extensions. */
    GitSCM(List remotes, List branches, Boolean generate, Collection submodules, Object browser, String tool, List extensions) {
        this(remotes, branches, browser, tool, extensions)
    }

    GitSCM(List remotes, List branches, Object browser, String tool, List extensions) {
        this([:])
        this.userRemoteConfigs = remotes
        this.branches = branches
        this.browser = browser
        this.extensions = extensions ?: []
    }

    GitSCM(Map facts) {
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

    UserRemoteConfig(String url, String name, String refspec, String credentialsId) {
        this([url: url, name: name, refspec: refspec, credentialsId: credentialsId])
    }

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

class GitChangeSetList {
    final List items

    GitChangeSetList(Map facts) {
        items = facts.items.collect { new GitChangeSet(it) }
    }

    String getKind() { return 'git' }
    List getLogs() { return items }
    boolean isEmptySet() { return items.isEmpty() }
    Iterator iterator() { return items.iterator() }
}

/** A commit: commitId, msg, comment, author.fullName, timestamp, affectedFiles, affectedPaths. */
class GitChangeSet {
    private final Map facts

    GitChangeSet(Map facts) {
        this.facts = facts
    }

    String getCommitId() { return facts.commitId }
    String getId() { return facts.commitId }
    String getRevision() { return facts.commitId }
    String getTitle() { return facts.msg }
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
