// Steps about files that are a read or a write and pure work in between. Source: pipeline-language 6.5.

def step_findFiles(Map args, Closure body) {
    return __effect('file.find', [glob: args.glob, excludes: args.excludes]).collect { new org.jenkinsci.plugins.pipeline.utility.steps.fs.FileWrapper(it) } as org.jenkinsci.plugins.pipeline.utility.steps.fs.FileWrapper[]
}

def step_touch(Map args, Closure body) {
    return new org.jenkinsci.plugins.pipeline.utility.steps.fs.FileWrapper(__effect('file.touch', args))
}

def step_sha1(Map args, Closure body) {
    return __digest(args.file, 'SHA-1')
}

def step_sha256(Map args, Closure body) {
    return __digest(args.file, 'SHA-256')
}

def step_sha512(Map args, Closure body) {
    return __digest(args.file, 'SHA-512')
}

def step_md5(Map args, Closure body) {
    return __digest(args.file, 'MD5')
}

def __digest(String file, String algorithm) {
    return __effect('file.digest', [file: file, algorithm: algorithm])
}

def step_verifySha1(Map args, Closure body) {
    __verify(args, 'SHA-1')
}

def step_verifySha256(Map args, Closure body) {
    __verify(args, 'SHA-256')
}

def __verify(Map args, String algorithm) {
    def found = __digest(args.file, algorithm)
    if (!found.equalsIgnoreCase(args.hash)) {
        __abort("${algorithm} hash mismatch: expected ${args.hash} but ${args.file} has ${found}")
    }
}

def step_prependToFile(Map args, Closure body) {
    def source = args.originalFile ?: args.file
    def old = __effect('fileExists', [file: source]) ? __effect('readFile', [file: source]) : ''
    __effect('writeFile', [file: args.file, text: args.content + old])
}

// ---- JSON, YAML, TOML ------------------------------------------------------------------------------------------------

def step_readJSON(Map args, Closure body) {
    def value = __host('json.parse', __file_or_text('readJSON', args), args.returnPojo)
    return !args.returnPojo && (value instanceof Map || value instanceof List) ? net.sf.json.JSONSerializer.toJSON(value) : value
}

def step_writeJSON(Map args, Closure body) {
    return __text_or_file('writeJSON', args, __host('json.print', __plain(args.json), args.pretty))
}

def __text_or_file(String step, Map args, String text) {
    if (args.returnText && args.file) {
        throw new IllegalArgumentException("Cannot provide both returnText and file to ${step}.".toString())
    }
    if (args.returnText) {
        return text
    }
    if (!args.file) {
        throw new IllegalArgumentException("Either file or returnText must be provided to ${step}.".toString())
    }
    __effect('writeFile', [file: args.file, text: text, encoding: args.charset])
    return null
}

def step_readYaml(Map args, Closure body) {
    def documents = []
    if (args.file) {
        documents.addAll(__yaml_documents(__effect('readFile', [file: args.file])))
    }
    if (args.text != null) {
        documents.addAll(__yaml_documents(args.text))
    }
    if (!args.file && args.text == null) {
        throw new IllegalArgumentException('At least one of file or text needs to be provided to readYaml.')
    }
    if (documents.isEmpty()) {
        return null
    }
    return documents.size() == 1 ? documents[0] : documents
}

def __yaml_documents(text) {
    def read = __host('yaml.parse', text)
    return read instanceof Map ? read.entries.collect { __from_entries(it) } : read
}

/** Keys of a YAML document may be numbers or dates: then all its maps come as their entries. */
def __from_entries(value) {
    if (value instanceof Map) {
        def out = [:]
        for (pair in value.entries) {
            out.put(__from_entries(pair[0]), __from_entries(pair[1]))
        }
        return out
    }
    return value instanceof List ? value.collect { __from_entries(it) } : value
}

def step_writeYaml(Map args, Closure body) {
    if (args.data != null && args.datas != null) {
        throw new IllegalArgumentException('Only one of data or datas can be provided to writeYaml.')
    }
    if (args.file && !args.overwrite && __effect('fileExists', [file: args.file])) {
        throw new java.nio.file.FileAlreadyExistsException("${args.file} already exist.".toString())
    }
    def documents = args.datas == null ? [args.data] : args.datas instanceof Collection ? args.datas as List : [args.datas]
    return __text_or_file('writeYaml', args, __dump_yaml(documents))
}

/** That a prelude has it tells the engine that `data` and `datas` come as they are, keys and all. */
def __dump_yaml(List documents) {
    return __host('yaml.dump', documents)
}

def step_readTOML(Map args, Closure body) {
    return __host('toml.parse', __file_or_text('readTOML', args))
}

def step_writeTOML(Map args, Closure body) {
    return __text_or_file('writeTOML', args, __host('toml.print', __plain(args.toml)))
}

// ---- properties, CSV, manifests --------------------------------------------------------------------------------------

def step_readProperties(Map args, Closure body) {
    if (!args.file && args.text == null) {
        throw new IllegalArgumentException('At least one of file or text needs to be provided to readProperties.')
    }
    def out = [:]
    for (entry in (args.defaults ?: [:]).entrySet()) {
        out[String.valueOf(entry.key)] = String.valueOf(entry.value)
    }
    if (args.file) {
        if (__effect('fileExists', [file: args.file])) {
            out.putAll(__host('properties.parse', __effect('readFile', [file: args.file, encoding: args.charset])))
        } else {
            __log("warning: ${args.file} does not exist")
        }
    }
    if (args.text != null) {
        out.putAll(__host('properties.parse', args.text))
    }
    return args.interpolate ? __interpolated(out) : out
}

/** Replaces ${name} by other entries, some levels deep; a name that stands for itself stays. */
def __interpolated(Map values) {
    def out = [:]
    for (entry in values.entrySet()) {
        String text = entry.value
        for (int depth = 0; depth < 16 && text.contains('${'); depth++) {
            String next = __replaced(text, values)
            if (next == text) {
                break
            }
            text = next
        }
        out[entry.key] = text
    }
    return out
}

def __replaced(String text, Map values) {
    def out = new StringBuilder()
    int at = 0
    while (true) {
        int open = text.indexOf('${', at)
        int close = open < 0 ? -1 : text.indexOf('}', open)
        if (close < 0) {
            return out.append(text.substring(at)).toString()
        }
        def name = text.substring(open + 2, close)
        out.append(text.substring(at, open)).append(values.containsKey(name) ? values[name] : text.substring(open, close + 1))
        at = close + 1
    }
}

def step_readCSV(Map args, Closure body) {
    return __host('csv.parse', __file_or_text('readCSV', args), args.format)
}

def step_writeCSV(Map args, Closure body) {
    __effect('writeFile', [file: args.file, text: __host('csv.print', __plain(args.records), args.format)])
}

def step_readManifest(Map args, Closure body) {
    if (args.file && args.text) {
        throw new IllegalArgumentException('At most one of file or text must be provided to readManifest.')
    }
    def text = args.file ? __effect('file.manifest', [file: args.file]) : args.text
    if (text == null) {
        throw new IllegalArgumentException('At least one of file or text needs to be provided to readManifest.')
    }
    return __host('manifest.parse', text)
}

// ---- Maven -----------------------------------------------------------------------------------------------------------

def step_readMavenPom(Map args, Closure body) {
    return new org.apache.maven.model.Model(__host('xml.parse', __effect('readFile', [file: args.file])))
}

def step_writeMavenPom(Map args, Closure body) {
    __effect('writeFile', [file: args.file, text: __host('xml.print', __plain(args.model))])
}
