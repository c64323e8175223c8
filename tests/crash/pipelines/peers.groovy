// What is delivered to others is delivered once: a restart that hides whether it was is said, never repeated.
node {
    sh 'echo before >> "$EFFECTS"'
    def got = httpRequest(url: "${env.PEER_HTTP}/read")
    echo "got ${got.status} ${got.content}"
    retry(count: 2, conditions: [nonresumable()]) {
        try {
            httpRequest(url: "${env.PEER_HTTP}/write", httpMode: 'POST', requestBody: 'payload')
        } catch (e) {
            echo "hidden: ${e.class.name}"
        }
    }
    mail(to: 'ann@example.org', subject: 'done', body: 'all well')
    sh 'echo after >> "$EFFECTS"'
}
