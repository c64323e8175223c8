def tries = 0
node {
    retry(3) {
        tries += 1
        sh "echo try-$tries >> \"\$EFFECTS\"; exit ${tries < 3 ? 1 : 0}"
    }
    catchError(buildResult: 'SUCCESS', stageResult: 'SUCCESS') {
        sh 'echo fails >> "$EFFECTS"; false'
    }
    waitUntil(initialRecurrencePeriod: 20) {
        tries += 1
        sh(script: "echo wait-$tries >> \"\$EFFECTS\"; exit ${tries < 5 ? 1 : 0}", returnStatus: true) == 0
    }
}
