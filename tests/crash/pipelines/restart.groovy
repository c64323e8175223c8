def seen = []
node {
    seen << sh(script: 'echo before >> "$EFFECTS"; echo value', returnStdout: true).trim()
    lock('printer') {
        timeout(5) {
            withCredentials([string(credentialsId: 'token', variable: 'TOKEN')]) {
                sh 'echo "inside ${#TOKEN}" >> "$EFFECTS"'
                sh 'echo "cut $BUILD_NUMBER" >> "$EFFECTS"; test -e "${EFFECTS%/effects}/second"'
                sh 'echo "after ${#TOKEN}" >> "$EFFECTS"'
            }
        }
    }
    parallel(
        left: { sh 'echo left >> "$EFFECTS"' },
        right: { sh 'echo right >> "$EFFECTS"' })
    sh "echo 'seen ${seen} ${env.BUILD_NUMBER}' >> \"\$EFFECTS\""
}
