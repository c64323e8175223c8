// Somebody orders an abort while two branches wait; what cleans up runs once, whatever dies meanwhile.
node {
    try {
        parallel(
            shell: {
                try {
                    sh 'echo begin >> "$EFFECTS"; sleep 60'
                    sh 'echo never >> "$EFFECTS"'
                } finally {
                    sh 'echo shell-cleaned >> "$EFFECTS"'
                }
            },
            timer: {
                try {
                    sleep 60
                } finally {
                    sh 'echo timer-cleaned >> "$EFFECTS"'
                }
            })
    } finally {
        sh 'echo after >> "$EFFECTS"'
        writeFile file: 'left.txt', text: 'left'
        archiveArtifacts 'left.txt'
    }
}
