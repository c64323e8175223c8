// What the step library gives.
package org.jenkinsci.plugins.workflow.libs

/** `lib.pkg.Class.new(args)`, `lib.pkg.Class.method(args)`: names grow until one is a class. */
class LoadedClasses {
    private final String library
    private final String path

    LoadedClasses(String library, String path = '') {
        this.library = library
        this.path = path
    }

    Object getProperty(String name) {
        def longer = path.isEmpty() ? name : path + '.' + name
        def type = path.isEmpty() ? null : __host('class.find', path)
        return type == null ? new LoadedClasses(library, longer) : type."${name}"
    }

    Object invokeMethod(String name, Object args) {
        def type = __host('class.find', path)
        if (type == null) {
            throw new IllegalAccessException("No such class: ${path} in library ${library}".toString())
        }
        return name == 'new' ? type.newInstance(*args) : type."${name}"(*args)
    }
}
