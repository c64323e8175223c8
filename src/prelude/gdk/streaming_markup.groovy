// groovy.xml.StreamingMarkupBuilder: what bind() gives writes the markup when it is asked for its text.

class WindlassMarkup {
    private Closure windlassBody
    private String windlassEncoding
    private StringBuilder windlassText
    private Map windlassSpaces = [:]

    WindlassMarkup(Closure body, String encoding) {
        windlassBody = body
        windlassEncoding = encoding
    }

    void writeTo(Object writer) { writer.write(toString()) }

    String toString() {
        windlassText = new StringBuilder()
        def value = windlassRun(windlassBody)
        if (value instanceof groovy.util.slurpersupport.GPathResult && windlassText.length() == 0) {
            windlassAdd(value)
        }
        return windlassText.toString()
    }

    Object windlassRun(Closure code) {
        def own = code.clone()
        own.delegate = this
        return own.maximumNumberOfParameters > 0 ? own.call(this) : own.call()
    }

    static String windlassEscaped(Object text, boolean isAttribute) {
        def plain = text.toString().replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')
        return isAttribute ? plain.replace("'", '&apos;').replace('\n', '&#10;').replace('\r', '&#13;').replace('\t', '&#09;') : plain
    }

    void windlassAdd(Object value) {
        if (value instanceof Closure) {
            windlassRun(value)
        } else if (value instanceof groovy.util.slurpersupport.GPathResult) {
            for (node in value.__elements()) {
                windlassText << node.__markup()
            }
        } else if (value != null) {
            windlassText << windlassEscaped(value, false)
        }
    }

    void windlassRaw(Object text) { windlassText << text }
    void windlassDeclare(Map spaces) { windlassSpaces = spaces }
    String windlassEncodingName() { return windlassEncoding }

    WindlassMarkupHelper getMkp() { return new WindlassMarkupHelper(this) }
    WindlassMarkup getOut() { return this }

    def leftShift(Object value) {
        windlassAdd(value)
        return this
    }

    def invokeMethod(String name, Object args) {
        def attributes = [:]
        def content = []
        for (one in (args as List)) {
            if (one instanceof Map) {
                attributes.putAll(one)
            } else {
                content << one
            }
        }
        windlassText << '<' + name
        windlassSpaces.each { k, v -> windlassText << (k ? " xmlns:$k='$v'" : " xmlns='$v'") }
        windlassSpaces = [:]
        attributes.each { k, v -> windlassText << " $k='" + (v == null ? '' : windlassEscaped(v, true)) + "'" }
        if (content.isEmpty()) {
            windlassText << '/>'
            return
        }
        windlassText << '>'
        for (one in content) {
            windlassAdd(one)
        }
        windlassText << '</' + name + '>'
    }
}

class WindlassMarkupHelper {
    private final WindlassMarkup markup

    WindlassMarkupHelper(WindlassMarkup markup) {
        this.markup = markup
    }

    void yield(Object value) { markup.windlassAdd(value) }
    void yieldUnescaped(Object value) { markup.windlassRaw(value) }
    void comment(Object value) { markup.windlassRaw('<!--' + value + '-->') }
    void declareNamespace(Map spaces) { markup.windlassDeclare(spaces) }

    void xmlDeclaration(Map attributes = [:]) {
        def encoding = attributes.encoding ?: markup.windlassEncodingName()
        markup.windlassRaw("<?xml version='1.0'" + (encoding ? " encoding='$encoding'" : '') + '?>\n')
    }

    void pi(Map instructions) {
        for (entry in instructions) {
            markup.windlassRaw('<?' + entry.key + (entry.value instanceof Map ? entry.value.collect { k, v -> " $k='$v'" }.join('') : ' ' + entry.value) + '?>\n')
        }
    }
}

static Object bind(groovy.xml.StreamingMarkupBuilder self, Closure body) {
    return new WindlassMarkup(body, self.__content().encoding)
}

static Object bindNode(groovy.xml.StreamingMarkupBuilder self, Object node) {
    return new WindlassMarkup({ node }, self.__content().encoding)
}

static void setEncoding(groovy.xml.StreamingMarkupBuilder self, String value) { self.__content().encoding = value }
static String getEncoding(groovy.xml.StreamingMarkupBuilder self) { return self.__content().encoding }
