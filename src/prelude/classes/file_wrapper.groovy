// What findFiles and touch give.
package org.jenkinsci.plugins.pipeline.utility.steps.fs

/** What findFiles and touch give. */
class FileWrapper {
    final String name
    final String path
    final boolean directory
    final long length
    final long lastModified

    FileWrapper(Map facts) {
        name = facts.name
        path = facts.path
        directory = facts.directory
        length = facts.length as long
        lastModified = facts.lastModified as long
    }

    String toString() {
        return path
    }
}
