// Closure-taking methods of XmlSlurper's results and of Nodes.

static Object find(groovy.util.slurpersupport.GPathResult self, Closure condition) {
    for (item in self.__elements()) {
        if (condition(item)) {
            return item
        }
    }
    return self.__chosen([])
}

static Object findAll(groovy.util.slurpersupport.GPathResult self, Closure condition) {
    return self.__chosen(self.__elements().findAll { condition(it) })
}

static Object getAt(groovy.util.slurpersupport.GPathResult self, Range range) {
    return self.__elements()[range]
}

static Object getAt(groovy.util.slurpersupport.GPathResult self, String name) {
    return self.getProperty(name)
}

static Object plus(groovy.util.slurpersupport.GPathResult self, Object other) {
    return other instanceof groovy.util.slurpersupport.GPathResult ? self.__chosen(self.__elements() + other.__elements()) : self.text() + other
}

static void appendNode(groovy.util.slurpersupport.GPathResult self, Object content) {
    throw new UnsupportedOperationException('appendNode: use XmlParser to change a document')
}
