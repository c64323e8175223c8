// groovy.json.JsonBuilder: calls inside its closures become members.

class WindlassJsonDelegate {
    Map content = [:]

    def invokeMethod(String name, Object args) {
        content.put(name, WindlassJsonDelegate.valueOf(args as List))
    }

    static Object valueOf(List args) {
        if (args.size() == 1) {
            return args[0] instanceof Closure ? contentOf(args[0], []) : args[0]
        }
        if (args.size() == 2 && args[0] instanceof Collection && args[1] instanceof Closure) {
            return args[0].collect { contentOf(args[1], [it]) }
        }
        return args
    }

    static Map contentOf(Closure body, List args) {
        def delegate = new WindlassJsonDelegate()
        def own = body.clone()
        own.delegate = delegate
        own.resolveStrategy = Closure.DELEGATE_FIRST
        own.call(*args)
        return delegate.content
    }
}

static Object call(groovy.json.JsonBuilder self, Closure body) {
    self.__set(WindlassJsonDelegate.contentOf(body, []))
    return self.content
}

static Object call(groovy.json.JsonBuilder self, Map content) {
    self.__set(content)
    return content
}

static Object call(groovy.json.JsonBuilder self, Object... args) {
    self.__set(args.length == 1 && args[0] instanceof List ? args[0] : args.toList())
    return self.content
}

static Object call(groovy.json.JsonBuilder self, Collection items, Closure body) {
    self.__set(items.collect { WindlassJsonDelegate.contentOf(body, [it]) })
    return self.content
}

static Object invokeMethod(groovy.json.JsonBuilder self, String name, Object args) {
    self.__set([(name): __member(args as List)])
    return self.content
}

/** The content of the only member that a call on a builder makes. */
static Object __member(List list) {
    def value = null
    if (list.isEmpty()) {
        value = [:]
    } else if (list.size() == 1 && list[0] instanceof Closure) {
        value = WindlassJsonDelegate.contentOf(list[0], [])
    } else if (list.size() == 1 && list[0] instanceof Map) {
        value = list[0]
    } else if (list.size() == 2 && list[0] instanceof Map && list[1] instanceof Closure) {
        value = list[0] + WindlassJsonDelegate.contentOf(list[1], [])
    } else if (list.size() == 2 && list[0] instanceof Collection && list[1] instanceof Closure) {
        value = list[0].collect { WindlassJsonDelegate.contentOf(list[1], [it]) }
    } else {
        throw new groovy.json.JsonException('Expected no arguments, a single map, a single closure, or a map and closure as arguments.')
    }
    return value
}

static String toString(groovy.json.JsonBuilder self) {
    return groovy.json.JsonOutput.toJson(self.content)
}

static String toPrettyString(groovy.json.JsonBuilder self) {
    return groovy.json.JsonOutput.prettyPrint(groovy.json.JsonOutput.toJson(self.content))
}

static Object writeTo(groovy.json.JsonBuilder self, Object out) {
    out << groovy.json.JsonOutput.toJson(self.content)
    return out
}

// groovy.json.StreamingJsonBuilder: a native object of its writer; each call writes at once.

static Object __written(Object builder, Object content) {
    def text = groovy.json.JsonOutput.toJson(content)
    def out = builder.__content()
    out instanceof PrintStream ? out.print(text) : out.write(text)
    return content
}

static Object call(groovy.json.StreamingJsonBuilder self, Map content) { return __written(self, content) }
static Object call(groovy.json.StreamingJsonBuilder self, List content) { return __written(self, content) }
static Object call(groovy.json.StreamingJsonBuilder self, Object... args) { return __written(self, args.toList()) }
static Object call(groovy.json.StreamingJsonBuilder self, Closure body) { return __written(self, WindlassJsonDelegate.contentOf(body, [])) }

static Object call(groovy.json.StreamingJsonBuilder self, Collection items, Closure body) {
    return __written(self, items.collect { WindlassJsonDelegate.contentOf(body, [it]) })
}

static Object invokeMethod(groovy.json.StreamingJsonBuilder self, String name, Object args) {
    return __written(self, [(name): __member(args as List)])
}

static Object getWriter(groovy.json.StreamingJsonBuilder self) { return self.__content() }
