node {
    withCredentials([string(credentialsId: 'token', variable: 'TOKEN'),
                     usernamePassword(credentialsId: 'login', usernameVariable: 'WHO', passwordVariable: 'PASS')]) {
        sh 'echo "length ${#TOKEN} ${#PASS}" >> "$EFFECTS"; echo "shown: $TOKEN $PASS"'
        def copy = "${env.WHO}"
        echo "who $copy, password $PASS"
        sh 'echo "$WHO" >> "$EFFECTS"'
    }
    sh 'echo "outside ${TOKEN:-unset}" >> "$EFFECTS"'
}
