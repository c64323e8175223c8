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

static Iterator childNodes(groovy.util.slurpersupport.GPathResult self) {
    return self.children().__elements().iterator()
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

/** The markup of a Node: with what appendNode, replaceNode and replaceBody left. */
static String __markup(Node node, boolean asItself) {
    def replacement = node.__replacement()
    if (replacement != null && !asItself) {
        return new groovy.xml.StreamingMarkupBuilder().bind(replacement).toString()
    }
    def out = new StringBuilder()
    out << '<' << node.__qualifiedName()
    node.attributes().each { k, v -> out << ' ' << k << "='" << __inMarkup(v, true) << "'" }
    out << '>'
    for (child in node.children()) {
        if (child instanceof Node) {
            out << __markup(child, false)
        } else if (child instanceof Closure) {
            out << new groovy.xml.StreamingMarkupBuilder().bind(child).toString()
        } else {
            out << __inMarkup(child, false)
        }
    }
    out << '</' << node.__qualifiedName() << '>'
    return out.toString()
}

static String __inMarkup(Object text, boolean isAttribute) {
    def plain = text.toString().replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')
    return isAttribute ? plain.replace("'", '&apos;').replace('\n', '&#10;') : plain
}

static String __markup(groovy.util.slurpersupport.GPathResult self) {
    def node = self.__node()
    return node instanceof Node ? __markup(node, false) : __inMarkup(node == null ? '' : node, false)
}

static String serialize(Class<groovy.xml.XmlUtil> self, Object content) {
    return groovy.xml.XmlUtil.__transformed(__xmlText(content))
}

static void serialize(Class<groovy.xml.XmlUtil> self, Object content, Object out) {
    out << groovy.xml.XmlUtil.__transformed(__xmlText(content))
}

static String __xmlText(Object content) {
    if (content instanceof Node) {
        def text = new StringWriter()
        def printer = new XmlNodePrinter(text)
        printer.preserveWhitespace = true
        printer.print(content)
        return text.toString()
    }
    if (content instanceof groovy.util.slurpersupport.GPathResult) {
        return content.__elements().collect { __markup(it) }.join('')
    }
    return content.toString()
}

/** Nodes made by a closure as NodeBuilder makes them. */
static List __built(Closure body) {
    def root = new NodeBuilder().invokeMethod('root', [body] as Object[])
    return root.children().toList()
}

static Object replaceNode(Node self, Closure body) {
    return self.__replaceBy(__built(body))
}

static Object replaceNode(Node self, Node other) {
    return self.__replaceBy([other])
}

static void plus(Node self, Closure body) {
    def parent = self.parent()
    def children = parent.children()
    int at = 0
    while (!children[at].is(self)) {
        at++
    }
    __built(body).reverse().each { made -> parent.append(made); children.remove(children.size() - 1); children.add(at + 1, made) }
}

static Object replaceNode(NodeList self, Closure body) {
    def made = __built(body)
    def out = self[0]
    self.toList().eachWithIndex { node, i -> node.__replaceBy(i == 0 ? made : []) }
    return out
}

static String asString(Class<groovy.xml.XmlUtil> self, Object content) {
    return __xmlText(content)
}
