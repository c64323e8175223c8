// env and steps. They hold no state of the run: every property is a question to the engine.
package org.jenkinsci.plugins.workflow.cps

class EnvActionImpl extends GroovyObjectSupport {
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

class DSL {
    Object invokeMethod(String name, Object args) {
        return __callStep(name, args as List)
    }
}

class PlainPipeline {
    Object call(Closure body) {
        return body()
    }
}
