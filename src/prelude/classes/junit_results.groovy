// Test results: what the step junit gives, and what rawBuild shows of the tests that a run kept.
package hudson.tasks.junit

/** hudson.tasks.junit.TestResultAction and its result. */
class TestResultAction {
    private final Map facts
    private final Object run

    TestResultAction(Map facts, Object run) {
        this.facts = facts
        this.run = run
    }

    int getTotalCount() { return facts.total as int }
    int getFailCount() { return facts.failed as int }
    int getSkipCount() { return facts.skipped as int }
    int getPassCount() { return getTotalCount() - getFailCount() - getSkipCount() }
    TestResultAction getResult() { return this }
    List getSuites() { return facts.suites.collect { new SuiteResult(it) } }
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
    TestResultAction getPreviousResult() {
        def found = __effect('tests.read', [job: run.getFullProjectName(), earlier: true])
        return found == null ? null : new TestResultAction(found, run)
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

class SuiteResult {
    private final Map facts

    SuiteResult(Map facts) {
        this.facts = facts
    }

    String getName() { return facts.name }
    String getFile() { return facts.file }
    List getCases() { return facts.cases.collect { new CaseResult(it, facts.name) } }
    float getDuration() { return (facts.cases.collect { it.duration as BigDecimal }.sum() ?: 0) as float }
}

class CaseResult {
    private final Map facts
    private final String suite

    CaseResult(Map facts, String suite) {
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

class TestResultSummary {
    final int totalCount
    final int failCount
    final int skipCount
    final int passCount

    TestResultSummary(Map found) {
        totalCount = found.totalCount as int
        failCount = found.failCount as int
        skipCount = found.skipCount as int
        passCount = found.passCount as int
    }
}
