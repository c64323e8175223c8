// YAML for libraries that do not use readYaml and writeYaml. Dates and layout are SnakeYAML's.
package org.yaml.snakeyaml

class Yaml {
    private final DumperOptions options

    Yaml() {
        this(new DumperOptions())
    }

    Yaml(DumperOptions options) {
        this.options = options
    }

    /** A text, or something that has one: a reader, an input stream. */
    private List documents(Object source) {
        def read = __host('yaml.parse', source instanceof CharSequence ? source.toString() : source.text)
        return read instanceof Map ? read.entries.collect { fromEntries(it) } : read
    }

    /** Keys may be numbers or dates: then all maps come as their entries. */
    private Object fromEntries(Object value) {
        if (value instanceof Map) {
            def out = [:]
            for (pair in value.entries) {
                out.put(fromEntries(pair[0]), fromEntries(pair[1]))
            }
            return out
        }
        return value instanceof List ? value.collect { fromEntries(it) } : value
    }

    Object load(Object source) {
        def all = documents(source)
        if (all.size() > 1) {
            throw new org.yaml.snakeyaml.error.YAMLException('expected a single document in the stream but found another document')
        }
        return all.isEmpty() ? null : all[0]
    }

    List loadAll(Object source) {
        return documents(source)
    }

    String dump(Object data) {
        return print([data], options.flow)
    }

    void dump(Object data, Object writer) {
        writer.write(dump(data))
    }

    String dumpAll(Object all) {
        return print(all.collect { it }, options.flow)
    }

    String dumpAsMap(Object data) {
        return print([data], 'BLOCK')
    }

    private String print(List all, String flow) {
        def text = __host('yaml.dump', all, flow, options.width)
        return options.explicitStart ? '---\n' + text : text
    }
}

/** Only what is set here has an effect; setPrettyFlow changes nothing in block style, which is where scripts say it. */
class DumperOptions {
    private String flow = 'AUTO'
    private int width = 80
    private boolean explicitStart = false
    private boolean pretty = false

    String getFlow() { return flow == 'FLOW' && pretty ? 'BLOCK' : flow }
    int getWidth() { return width }
    boolean isExplicitStart() { return explicitStart }
    void setDefaultFlowStyle(Object style) { flow = String.valueOf(style) }
    void setWidth(int columns) { width = columns }
    void setExplicitStart(boolean start) { explicitStart = start }
    void setPrettyFlow(boolean on) { pretty = on }
}
