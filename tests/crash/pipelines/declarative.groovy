pipeline {
    agent any
    environment {
        GREETING = "hello ${sh(script: 'echo environment >> "$EFFECTS"; echo world', returnStdout: true).trim()}"
    }
    options { timeout(time: 5, unit: 'MINUTES') }
    stages {
        stage('Build') {
            steps {
                sh 'echo "build $GREETING" >> "$EFFECTS"'
            }
        }
        stage('Skipped') {
            when { expression { return sh(script: 'echo when >> "$EFFECTS"; exit 1', returnStatus: true) == 0 } }
            steps { sh 'echo never >> "$EFFECTS"' }
        }
        stage('Both') {
            parallel {
                stage('Left') { steps { sh 'echo left >> "$EFFECTS"' } }
                stage('Right') { steps { unstable 'shaky'; sh 'echo right >> "$EFFECTS"' } }
            }
        }
    }
    post {
        always { sh 'echo always >> "$EFFECTS"' }
        unstable { sh 'echo unstable >> "$EFFECTS"' }
        failure { sh 'echo failure >> "$EFFECTS"' }
    }
}
