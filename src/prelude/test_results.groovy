// splitTests: the test classes of an earlier run in as many sets as there are to be branches, each about as long.

def step_splitTests(Map args, Closure body) {
    def parallelism = __describable(args.parallelism, 'test parallelism')
    boolean includes = args.generateInclusions ? true : false
    def found = __effect('tests.read', [job: __host('run.get', 'fullProjectName'), earlier: true])
    def classes = found == null ? [:] : __durations_of_classes(found)
    if (found != null) {
        __log("Using build #${found.number} as reference".toString())
    } else if (args.estimateTestsFromFiles && __host('node.info') != null) {
        __log('No record available, so try to find test classes')
        classes = __sizes_of_test_files()
    }
    if (classes.isEmpty()) {
        __log('No record available, so executing everything in one place')
        return includes ? [new org.jenkinsci.plugins.parallel_test_executor.TestSplit(false, [])] : [[]]
    }
    def sorted = classes.collect { name, weight -> [name: name, weight: weight as long] }.sort { a, b -> b.weight <=> a.weight }
    long total = sorted*.weight.sum()
    int count = parallelism.size != null ? parallelism.size as int : Math.max(1L, total.intdiv(Math.max(1L, (parallelism.mins as long) * 60000L))) as int
    if (count < 1) {
        __abort('splitTests needs a parallelism of one or more')
    }
    def sets = (1..count).collect { [total: 0L, names: []] }
    for (one in sorted) {
        def least = sets.min { it.total }
        least.total += one.weight
        least.names << one.name
    }
    def totals = sets*.total
    double mean = total / (double) count
    double deviation = Math.sqrt((totals.collect { (it - mean) * (it - mean) }.sum() as double) / count)
    __log(String.format('%d test classes (%dms) divided into %d sets. Min=%dms, Average=%dms, Max=%dms, stddev=%dms', sorted.size(), total, count,
                        totals.min(), (long) mean, totals.max(), (long) deviation))
    def splits = []
    for (int i = 0; i < count; i++) {
        boolean including = includes && i != 0
        def own = sets[i].names
        def listed = sorted*.name.findAll { (it in own) == including }
        splits << new org.jenkinsci.plugins.parallel_test_executor.TestSplit(including, listed.collectMany { [it + '.java', it + '.class'] })
    }
    return includes ? splits : splits*.list
}

/** Class as a path, with what its cases took in milliseconds. */
def __durations_of_classes(Map found) {
    def out = [:]
    for (suite in found.suites) {
        for (one in suite.cases) {
            def name = one.className.replace('.', '/')
            out[name] = (out[name] ?: 0L) + ((one.duration as BigDecimal) * 1000).longValue()
        }
    }
    return out
}

/** Without a record the files in the workspace stand for the classes, their lengths for what they take. */
def __sizes_of_test_files() {
    def out = [:]
    for (pattern in ['**/src/test/java/**/Test*.java', '**/src/test/java/**/*Test.java', '**/src/test/java/**/*Tests.java', '**/src/test/java/**/*TestCase.java']) {
        for (file in __effect('file.find', [glob: pattern, excludes: null])) {
            def path = file.path.replace('\\', '/')
            out[path.substring(path.indexOf('src/test/java/') + 'src/test/java/'.length()) - ~/\.java$/] = file.length
        }
    }
    return out
}
