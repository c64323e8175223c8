def kept = []
pipeline {
    agent any
    stages {
        stage('Fill') {
            steps {
                sh 'echo begin >> "$EFFECTS"'
                script { while (true) { kept.addAll((1..50).collect { 'x' * 20000 + it }) } }
            }
            post { always { sh "echo kept ${kept.size()} >> \"\$EFFECTS\"" } }
        }
        stage('Never') { steps { sh 'echo never >> "$EFFECTS"' } }
    }
    post { failure { sh "echo still ${kept.size()} >> \"\$EFFECTS\"" } }
}
