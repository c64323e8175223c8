// groovy.util.ConfigSlurper: the text runs as a closure whose names and nested blocks become members. Declarations of
// classes, methods and imports are not for such a text.

class WindlassConfigDelegate {
    ConfigObject config
    ConfigObject root
    String environment

    def getProperty(String name) {
        if (this.@config.containsKey(name)) {
            return this.@config.get(name)
        }
        if (this.@root.containsKey(name)) {
            return this.@root.get(name)
        }
        def made = new ConfigObject()
        this.@config.put(name, made)
        return made
    }

    void setProperty(String name, Object value) {
        this.@config.put(name, value)
    }

    def invokeMethod(String name, Object args) {
        def list = args as List
        if (list.size() != 1 || !(list[0] instanceof Closure)) {
            throw new MissingMethodException(name, ConfigSlurper, args as Object[])
        }
        if (name == 'environments') {
            def chosen = new WindlassConfigEnvironments(target: this, environment: this.@environment)
            return WindlassConfigDelegate.runWith(list[0], chosen)
        }
        def inner = this.@config.get(name)
        if (!(inner instanceof ConfigObject)) {
            inner = new ConfigObject()
            this.@config.put(name, inner)
        }
        return WindlassConfigDelegate.runWith(list[0], WindlassConfigDelegate.make(inner, this.@root, this.@environment))
    }

    static WindlassConfigDelegate make(ConfigObject config, ConfigObject root, String environment) {
        def out = new WindlassConfigDelegate()
        out.@config = config
        out.@root = root
        out.@environment = environment
        return out
    }

    static Object runWith(Closure body, Object delegate) {
        def own = body.clone()
        own.delegate = delegate
        own.resolveStrategy = Closure.DELEGATE_FIRST
        return own.call()
    }
}

/** The block `environments`: only the chosen one's settings count. */
class WindlassConfigEnvironments {
    def target
    String environment

    def invokeMethod(String name, Object args) {
        def list = args as List
        if (name == environment) {
            WindlassConfigDelegate.runWith(list[0], target)
        }
    }
}

static ConfigObject parse(ConfigSlurper self, Object source) {
    def text = source instanceof CharSequence ? source.toString() : source.text
    def config = new ConfigObject()
    def body = __compile(null, '{ -> ' + text + '\n}').run()
    WindlassConfigDelegate.runWith(body, WindlassConfigDelegate.make(config, config, self.__content()))
    return config
}

static Properties toProperties(ConfigObject self) {
    def out = new Properties()
    __flattenInto(self, '', out)
    return out
}

static Map flatten(ConfigObject self) {
    def out = [:]
    __flattenInto(self, '', out)
    return out
}

static void __flattenInto(Map from, String prefix, Map out) {
    for (entry in from) {
        if (entry.value instanceof Map) {
            __flattenInto(entry.value, prefix + entry.key + '.', out)
        } else {
            out.put(prefix + entry.key, out instanceof Properties ? entry.value.toString() : entry.value)
        }
    }
}

static ConfigObject merge(ConfigObject self, ConfigObject other) {
    for (entry in other) {
        def mine = self.get(entry.key)
        if (mine instanceof ConfigObject && entry.value instanceof ConfigObject) {
            merge(mine, entry.value)
        } else {
            self.put(entry.key, entry.value)
        }
    }
    return self
}
