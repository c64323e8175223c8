// The action that a run of a Declarative Pipeline has in Jenkins; libraries give one to Scripted runs (model_ast.groovy).
package org.jenkinsci.plugins.pipeline.modeldefinition.actions

class ExecutionModelAction {
    final Object stages

    ExecutionModelAction(Object stages) {
        this.stages = stages
    }
}
