// What libraries made to show parallel stages of Scripted Pipelines: an action without stages. It shows nothing here, and need not.
package org.jenkinsci.plugins.pipeline.modeldefinition.ast

class ModelASTStages {
    ModelASTStages(Object source) {
    }
}
