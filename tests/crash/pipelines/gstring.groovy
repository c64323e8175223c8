// Two effects in the middle of one expression, results and statuses.
node {
    def text = "${sh(script: 'echo a >> "$EFFECTS"; echo first', returnStdout: true).trim()}-" +
        "${sh(script: 'echo b >> "$EFFECTS"; exit 7', returnStatus: true)}-${System.currentTimeMillis() > 0}"
    echo text
    def map = [x: sh(script: 'echo c >> "$EFFECTS"; echo "p q"', returnStdout: true).trim().split(' ').toList()]
    echo "${map.x[1]}${map.x[0]} ${map}"
}
