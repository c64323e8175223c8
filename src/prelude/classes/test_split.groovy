// What splitTests gives to one branch.
package org.jenkinsci.plugins.parallel_test_executor

/** What one branch runs: all but the listed classes, or the listed ones only. */
class TestSplit {
    final boolean includes
    final List list

    TestSplit(boolean includes, List list) {
        this.includes = includes
        this.list = list
    }

    String toString() { return (includes ? 'includes' : 'excludes') + list }
}
