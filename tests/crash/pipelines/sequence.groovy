node {
    stage('Build') {
        sh 'echo one >> "$EFFECTS"'
        sh 'echo two >> "$EFFECTS"; echo to-error >&2; printf no-newline'
    }
    stage('Test') {
        echo "in ${env.STAGE_NAME} ${BUILD_NUMBER}"
        sh 'echo three >> "$EFFECTS"; for i in 1 2 3; do echo line $i; done'
    }
}
