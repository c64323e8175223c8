// groovy.xml.MarkupBuilder, groovy.util.NodeBuilder, XmlNodePrinter and NodePrinter. A builder is a native object of a map:
// `out` (the writer), `state` (0 nothing yet, 1 a start tag is open, 2 text was written, 3 an element was closed), `empty`
// (nothing is in the element yet), `depth`.

static void __put(Map state, Object text) {
    def out = state.out
    if (out == null) {
        print text
    } else if (out instanceof groovy.util.IndentPrinter) {
        out.print(text.toString())
    } else {
        out.write(text.toString())
    }
}

static void __newLine(Map state) {
    if (state.lines != false) {
        __put(state, '\n')
    }
}

static void __indent(Map state) {
    if (state.lines != false) {
        __put(state, (state.unit == null ? '  ' : state.unit) * state.depth)
    }
}

static String __escaped(Map state, Object text, boolean isAttribute) {
    def out = new StringBuilder()
    for (c in text.toString()) {
        switch (c) {
            case '&': out << '&amp;'; break
            case '<': out << '&lt;'; break
            case '>': out << '&gt;'; break
            case '\n': out << (isAttribute ? '&#10;' : c); break
            case '\r': out << (isAttribute ? '&#13;' : c); break
            case '\t': out << (isAttribute ? '&#09;' : c); break
            case '"': out << (isAttribute && state.doubleQuotes ? '&quot;' : c); break
            case "'": out << (isAttribute && !state.doubleQuotes ? '&apos;' : c); break
            default: out << c
        }
    }
    return out.toString()
}

static void __enter(Map state, int next, Object name) {
    if (state.state == 1) {
        if (next == 3) {
            if (state.empty) {
                __put(state, state.expandEmptyElements ? "></$name>" : ' />')
                state.empty = false
            }
        } else {
            __put(state, '>')
            if (state.empty) {
                state.empty = false
                __newLine(state)
                state.depth++
                __indent(state)
            }
            __put(state, '<' + name)
        }
    } else if (state.state == 2) {
        if (next == 3) {
            __put(state, "</$name>")
        } else {
            if (!state.empty) {
                __newLine(state)
                state.depth++
                __indent(state)
            }
            __put(state, '<' + name)
        }
    } else if (state.state == 3) {
        if (next == 3) {
            if (state.empty) {
                state.empty = false
            } else {
                __newLine(state)
                state.depth--
                __indent(state)
            }
            __put(state, "</$name>")
        } else {
            __newLine(state)
            __indent(state)
            __put(state, '<' + name)
        }
    } else {
        __put(state, '<' + name)
    }
    state.state = next
}

static void __text(Map state, Object text, boolean escaping) {
    if (state.state == 1) {
        state.state = 2
        state.empty = false
        __put(state, '>')
    }
    if (state.state != 0) {
        __put(state, escaping ? __escaped(state, text, false) : text)
    }
}

static void __attributes(Map state, Map attributes) {
    String quote = state.doubleQuotes ? '"' : "'"
    for (entry in attributes) {
        def value = entry.value
        if ((value == null && state.omitNullAttributes) || (value != null && state.omitEmptyAttributes && value.toString() == '')) {
            continue
        }
        __put(state, ' ' + entry.key + '=' + quote + (value == null ? '' : state.escapeAttributes == false ? value : __escaped(state, value, true)) + quote)
    }
}

/** What a call on a builder says: [attributes, value, body], each null where it was not given. */
static List __parts(Object builder, String name, Object args) {
    def list = args as List
    def map = null
    def value = null
    def body = null
    list.eachWithIndex { one, i ->
        if (one instanceof Closure && i == list.size() - 1) {
            body = one
        } else if (one instanceof Map && map == null) {
            map = one
        } else if (value == null) {
            value = one
        } else {
            throw new MissingMethodException(name, builder.getClass(), list.toArray(), false)
        }
    }
    return [map, value, body]
}

static Object invokeMethod(groovy.xml.MarkupBuilder self, String name, Object args) {
    Map state = self.__content()
    def (map, value, body) = __parts(self, name, args)
    if (map != null) {
        __enter(state, 1, name)
        __attributes(state, map)
        if (value != null) {
            __text(state, value, true)
        } else {
            state.empty = true
        }
    } else if (value != null) {
        __enter(state, 2, name)
        state.empty = false
        __put(state, '>' + __escaped(state, value, false))
    } else {
        state.empty = true
        __enter(state, 1, name)
    }
    if (map == null && value == null) {
        state.empty = true
    }
    if (body != null) {
        body.delegate = self
        body.call()
    }
    __enter(state, 3, name)
    return name
}

static Object getMkp(groovy.xml.MarkupBuilder self) { return groovy.xml.MarkupBuilderHelper.__of(self) }
static boolean getDoubleQuotes(groovy.xml.MarkupBuilder self) { return self.__content().doubleQuotes ? true : false }
static void setDoubleQuotes(groovy.xml.MarkupBuilder self, boolean value) { self.__content().doubleQuotes = value }
static boolean isOmitNullAttributes(groovy.xml.MarkupBuilder self) { return self.__content().omitNullAttributes ? true : false }
static void setOmitNullAttributes(groovy.xml.MarkupBuilder self, boolean value) { self.__content().omitNullAttributes = value }
static boolean isOmitEmptyAttributes(groovy.xml.MarkupBuilder self) { return self.__content().omitEmptyAttributes ? true : false }
static void setOmitEmptyAttributes(groovy.xml.MarkupBuilder self, boolean value) { self.__content().omitEmptyAttributes = value }
static boolean isExpandEmptyElements(groovy.xml.MarkupBuilder self) { return self.__content().expandEmptyElements ? true : false }
static void setExpandEmptyElements(groovy.xml.MarkupBuilder self, boolean value) { self.__content().expandEmptyElements = value }
static void setEscapeAttributes(groovy.xml.MarkupBuilder self, boolean value) { self.__content().escapeAttributes = value }

static void yield(groovy.xml.MarkupBuilderHelper self, Object value) { __text(self.__content().__content(), value, true) }
static void yieldUnescaped(groovy.xml.MarkupBuilderHelper self, Object value) { __text(self.__content().__content(), value, false) }
static void comment(groovy.xml.MarkupBuilderHelper self, String value) { yieldUnescaped(self, "<!-- $value -->") }

static void xmlDeclaration(groovy.xml.MarkupBuilderHelper self, Map attributes) {
    pi(self, [xml: attributes])
}

static void pi(groovy.xml.MarkupBuilderHelper self, Map instructions) {
    Map state = self.__content().__content()
    for (entry in instructions) {
        __put(state, '<?' + entry.key)
        __attributes(state, entry.value)
        __put(state, '?>\n')
    }
}

// ---- NodeBuilder: the map holds the node whose children are being made

static Object invokeMethod(groovy.util.NodeBuilder self, String name, Object args) {
    Map state = self.__content()
    def (map, value, body) = __parts(self, name, args)
    def node = new Node(state.current, name, map == null ? [:] : map, value == null ? [] : value)
    if (body != null) {
        def outer = state.current
        state.current = node
        body.delegate = self
        body.call()
        state.current = outer
    }
    return node
}

// ---- printers of Nodes

static void print(groovy.util.IndentPrinter self, String text) {
    def out = self.__content().out
    if (out == null) {
        print text
    } else {
        out.write(text)
    }
}

static void println(groovy.util.IndentPrinter self, String text) {
    if (self.__content().auto) {
        printIndent(self)
    }
    print(self, text)
    println(self)
}

static void println(groovy.util.IndentPrinter self) { __newLine(self.__content()) }
static void printIndent(groovy.util.IndentPrinter self) {
    Map state = self.__content()
    __put(state, (state.unit == null ? '  ' : state.unit) * state.depth)
}

static void incrementIndent(groovy.util.IndentPrinter self) { self.__content().depth++ }
static void decrementIndent(groovy.util.IndentPrinter self) { self.__content().depth-- }
static int getIndentLevel(groovy.util.IndentPrinter self) { return self.__content().depth }
static void setIndentLevel(groovy.util.IndentPrinter self, int level) { self.__content().depth = level }
static void flush(groovy.util.IndentPrinter self) { }

static void setPreserveWhitespace(groovy.util.XmlNodePrinter self, boolean value) { self.__content().preserve = value }
static boolean getPreserveWhitespace(groovy.util.XmlNodePrinter self) { return self.__content().preserve ? true : false }
static void setExpandEmptyElements(groovy.util.XmlNodePrinter self, boolean value) { self.__content().expandEmptyElements = value }
static void setQuote(groovy.util.XmlNodePrinter self, String value) { self.__content().doubleQuotes = value == '"' }
static void setNamespaceAware(groovy.util.XmlNodePrinter self, boolean value) { }

static void print(groovy.util.XmlNodePrinter self, Node node) {
    Map state = self.__content()
    if (state.doubleQuotes == null) {
        state.doubleQuotes = true
    }
    __printXml(state, node)
}

static void __printXml(Map state, Node node) {
    def name = node.__qualifiedName()
    def children = node.children()
    if (children.isEmpty()) {
        __indent(state)
        __put(state, '<' + name)
        __attributes(state, node.attributes())
        __put(state, state.expandEmptyElements ? "></$name>" : '/>')
        __newLine(state)
        return
    }
    boolean flat = state.preserve && !children.any { it instanceof Node }
    __indent(state)
    __put(state, '<' + name)
    __attributes(state, node.attributes())
    __put(state, '>')
    if (!flat) {
        __newLine(state)
    }
    state.depth++
    for (child in children) {
        if (child instanceof Node) {
            __printXml(state, child)
        } else {
            if (!state.preserve) {
                __indent(state)
            }
            __put(state, __escaped(state, child, false))
            if (!state.preserve) {
                __newLine(state)
            }
        }
    }
    state.depth--
    if (!flat) {
        __indent(state)
    }
    __put(state, "</$name>")
    __newLine(state)
}

static void print(groovy.util.NodePrinter self, Node node) {
    __printNode(self.__content(), node)
}

static void __printNode(Map state, Node node) {
    __indent(state)
    __put(state, node.name())
    __put(state, '(' + node.attributes().collect { k, v -> k + ':' + (v instanceof CharSequence ? "'" + v + "'" : v) }.join(', ') + ')')
    def children = node.children()
    if (children.isEmpty()) {
        __newLine(state)
        return
    }
    __put(state, ' {')
    __newLine(state)
    state.depth++
    for (child in children) {
        if (child instanceof Node) {
            __printNode(state, child)
        } else {
            __indent(state)
            __put(state, child)
            __newLine(state)
        }
    }
    state.depth--
    __indent(state)
    __put(state, '}')
    __newLine(state)
}
