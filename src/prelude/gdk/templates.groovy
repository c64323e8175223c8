// groovy.text: SimpleTemplateEngine, GStringTemplateEngine and StreamingTemplateEngine turn a text into a script whose
// `out` gathers the result: <% code %>, <%= value %>, ${value}, $name.

static Object createTemplate(groovy.text.TemplateEngine self, Object source) {
    def text = source instanceof CharSequence ? source.toString() : source.text
    return groovy.text.Template.__of(__script(text))
}

static String __quoted(String text) {
    return text.replace('\\', '\\\\').replace("'", "\\'").replace('\n', '\\n').replace('\r', '\\r')
}

static String __script(String text) {
    def code = new StringBuilder()
    def plain = new StringBuilder()
    def flush = {
        if (plain.length() > 0) {
            code.append("out << '").append(__quoted(plain.toString())).append("'\n")
            plain.setLength(0)
        }
    }
    int i = 0
    int n = text.length()
    while (i < n) {
        if (text.startsWith('<%', i)) {
            int end = text.indexOf('%>', i + 2)
            if (end < 0) {
                throw new groovy.lang.GroovyRuntimeException('Failed to parse template script: a <% without %>')
            }
            flush()
            def inner = text.substring(i + 2, end)
            if (inner.startsWith('=')) {
                code.append('out << (').append(inner.substring(1)).append(')\n')
            } else {
                code.append(inner).append('\n')
            }
            i = end + 2
        } else if (text[i] == '\\' && i + 1 < n && text[i + 1] == '$') {
            plain.append('$')
            i += 2
        } else if (text.startsWith('${', i)) {
            int depth = 1
            int j = i + 2
            while (j < n && depth > 0) {
                if (text[j] == '{') depth++
                if (text[j] == '}') depth--
                j++
            }
            flush()
            code.append('out << "${').append(text.substring(i + 2, j - 1)).append('}"\n')
            i = j
        } else if (text[i] == '$' && i + 1 < n && text[i + 1] ==~ /[A-Za-z_]/) {
            int j = i + 1
            while (j < n && (text[j] ==~ /\w/ || (text[j] == '.' && j + 1 < n && text[j + 1] ==~ /[A-Za-z_]/))) j++
            flush()
            code.append('out << "${').append(text.substring(i + 1, j)).append('}"\n')
            i = j
        } else {
            plain.append(text[i])
            i++
        }
    }
    flush()
    return code.toString()
}

static Object make(groovy.text.Template self) {
    return make(self, [:])
}

static Object make(groovy.text.Template self, Map binding) {
    def out = new StringWriter()
    def script = __compile(null, self.__content())
    script.binding = new Binding(new LinkedHashMap(binding) + [out: out])
    script.run()
    return out
}
