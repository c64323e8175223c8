// What readMavenPom gives.
package org.apache.maven.model

/** An element of a pom: children by name. `properties` is a map; plural names such as `modules` are lists. */
class Model {
    private final Map tree

    Model(Map tree) {
        this.tree = tree
    }

    private Map child(String name) {
        for (one in tree.children) {
            if (one.name == name) {
                return one
            }
        }
        return null
    }

    private Object value(Map one) {
        if (one.name == 'properties') {
            Map out = [:]
            for (entry in one.children) {
                out[entry.name] = entry.text
            }
            return out
        }
        if (one.children.isEmpty()) {
            return one.text
        }
        return is_list(one) ? one.children.collect { value(it) } : new Model(one)
    }

    private boolean is_list(Map one) {
        String name = one.name
        return name.endsWith('s') && one.children.every { it.name == one.children[0].name } &&
            (name.startsWith(one.children[0].name) || name.startsWith(one.children[0].name[0..-2]))
    }

    Object getProperty(String name) {
        Map one = child(name)
        if (one != null) {
            return value(one)
        }
        if (name == 'properties') {
            return [:]
        }
        return name in ['modules', 'dependencies', 'profiles', 'repositories', 'licenses', 'developers'] ? [] : (name == 'packaging' ? 'jar' : null)
    }

    void setProperty(String name, Object value) {
        Map one = child(name)
        if (one == null) {
            one = [name: name, attributes: [:], text: '', children: []]
            tree.children << one
        }
        one.text = String.valueOf(value)
        one.children = []
    }

    Object methodMissing(String name, Object args) {
        if (name.startsWith('get') && args.length == 0) {
            return getProperty(name[3].toLowerCase() + name.substring(4))
        }
        if (name.startsWith('set') && args.length == 1) {
            setProperty(name[3].toLowerCase() + name.substring(4), args[0])
            return null
        }
        throw new MissingMethodException(name, Model, args)
    }

    Map toData() {
        return tree
    }

    String toString() {
        return "${getProperty('groupId')}:${getProperty('artifactId')}:${getProperty('packaging')}:${getProperty('version')}"
    }
}
