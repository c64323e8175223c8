def numbers = []
pipeline {
    agent any
    stages {
        stage('Work') {
            steps { sh 'echo work >> "$EFFECTS"' }
        }
        stage('Loop') {
            steps {
                lock('printer') {
                    sh 'echo loop >> "$EFFECTS"'
                    script {
                        try { while (true) { numbers << numbers.size() } } finally { echo 'never' }
                    }
                }
            }
            post {
                always { sh "echo post-${numbers.size()} >> \"\$EFFECTS\"" }
                failure { script { while (true) { numbers << 1 } } }
            }
        }
        stage('Never') { steps { sh 'echo never >> "$EFFECTS"' } }
    }
    post {
        always { sh "echo always-${numbers.size()} >> \"\$EFFECTS\"" }
        failure { sh 'echo failure >> "$EFFECTS"' }
    }
}
