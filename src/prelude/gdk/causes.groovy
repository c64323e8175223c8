// hudson.model.Cause: a native object of the map that getBuildCauses() gives, of the class that the map names.

static Object __known(Class<hudson.model.Cause> self, Map facts) {
    switch (facts['_class']) {
        case 'hudson.model.Cause$UserIdCause': return hudson.model.Cause$UserIdCause.__of(facts)
        case 'hudson.model.Cause$UpstreamCause': return hudson.model.Cause$UpstreamCause.__of(facts)
        case 'org.jenkinsci.plugins.workflow.support.steps.build.BuildUpstreamCause': return org.jenkinsci.plugins.workflow.support.steps.build.BuildUpstreamCause.__of(facts)
        case 'hudson.model.Cause$RemoteCause': return hudson.model.Cause$RemoteCause.__of(facts)
        case 'hudson.triggers.TimerTrigger$TimerTriggerCause': return hudson.triggers.TimerTrigger$TimerTriggerCause.__of(facts)
        case 'hudson.triggers.SCMTrigger$SCMTriggerCause': return hudson.triggers.SCMTrigger$SCMTriggerCause.__of(facts)
        case 'jenkins.branch.BranchIndexingCause': return jenkins.branch.BranchIndexingCause.__of(facts)
        case 'jenkins.branch.BranchEventCause': return jenkins.branch.BranchEventCause.__of(facts)
        case 'com.cloudbees.jenkins.GitHubPushCause': return com.cloudbees.jenkins.GitHubPushCause.__of(facts)
        case 'org.jenkinsci.plugins.workflow.cps.replay.ReplayCause': return org.jenkinsci.plugins.workflow.cps.replay.ReplayCause.__of(facts)
    }
    return hudson.model.Cause.__of(facts)
}

static String getShortDescription(hudson.model.Cause self) { return self.__content().shortDescription }
static String getUserId(hudson.model.Cause self) { return self.__content().userId }
static String getUserName(hudson.model.Cause self) { return self.__content().userName }
static String getUpstreamProject(hudson.model.Cause self) { return self.__content().upstreamProject }
static Object getUpstreamBuild(hudson.model.Cause self) { return self.__content().upstreamBuild }
static String getUpstreamUrl(hudson.model.Cause self) { return self.__content().upstreamUrl }
static List getUpstreamCauses(hudson.model.Cause self) { return (self.__content().upstreamCauses ?: []).collect { hudson.model.Cause.__known(it) } }
static Object propertyMissing(hudson.model.Cause self, String name) { return self.__content()[name] }
static String toString(hudson.model.Cause self) { return self.__content()['_class'] }
