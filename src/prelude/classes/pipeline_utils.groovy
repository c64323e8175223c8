// A class of a Jenkins plugin that scripts import: org.jenkinsci.plugins.pipeline.modeldefinition.Utils.
package org.jenkinsci.plugins.pipeline.modeldefinition

class Utils {
    /** Shows a stage as left out. */
    static void markStageSkippedForConditional(String name) {
        __host('stage.skipped', name, 'SKIPPED_FOR_CONDITIONAL')
    }

    static void markStageSkippedForFailure(String name) {
        __host('stage.skipped', name, 'SKIPPED_FOR_FAILURE')
    }

    static void markStageSkippedForUnstable(String name) {
        __host('stage.skipped', name, 'SKIPPED_FOR_UNSTABLE')
    }
}
