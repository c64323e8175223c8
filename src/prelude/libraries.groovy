// Code that is loaded while the run goes on. Source: pipeline-language 5.10.

def step_library(Map args, Closure body) {
    def parts = String.valueOf(args.identifier).split('@', 2)
    def retriever = args.retriever == null ? null : __describable(args.retriever, 'library retriever')
    if (retriever != null) {
        retriever.scm = __git_form_of(__describable(retriever.scm, 'scm source,scm'))
        if (retriever.scm['$class'] == 'fromScm') {
            retriever.scm.scm = __git_form_of(__describable(retriever.scm.scm, 'scm'))
        }
    }
    def loaded = __effect('library.load', [name: parts[0], version: parts.length > 1 ? parts[1] : null,
                                           retriever: retriever, changelog: args.changelog != false])
    return new org.jenkinsci.plugins.workflow.libs.LoadedClasses(loaded.name)
}

def step_load(Map args, Closure body) {
    return __block('load', args.path, [:]) {
        def text = __effect('readFile', [file: args.path])
        return __host('script.compile', text, args.path).run()
    }
}

def step_evaluate(Map args, Closure body) {
    return __host('script.compile', args.script, null).run()
}
