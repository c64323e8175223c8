node {
    try {
        parallel(
            slow: {
                try {
                    sh 'echo slow-started >> "$EFFECTS"; sleep 60'
                    sh 'echo never >> "$EFFECTS"'
                } finally {
                    sh 'echo slow-cleaned >> "$EFFECTS"'
                }
            },
            bad: {
                sh '#!/bin/sh\nwhile ! grep -q slow-started "$EFFECTS"; do sleep 0.02; done; echo bad >> "$EFFECTS"; exit 4'
            },
            failFast: true)
    } finally {
        sh 'echo after >> "$EFFECTS"'
    }
}
