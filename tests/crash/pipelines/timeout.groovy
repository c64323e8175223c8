node {
    try {
        timeout(time: 1500, unit: 'MILLISECONDS') {
            sh 'echo begin >> "$EFFECTS"; sleep 60'
            sh 'echo never >> "$EFFECTS"'
        }
    } finally {
        sh 'echo cleanup >> "$EFFECTS"'
        timeout(time: 1, unit: 'MINUTES') {
            sh 'echo quick >> "$EFFECTS"'
        }
    }
}
