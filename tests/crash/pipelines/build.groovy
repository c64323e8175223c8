// Another pipeline runs as a run of its own, once, and gives its result back.
node {
    sh 'echo before >> "$EFFECTS"'
}
def child = build(job: 'child', parameters: [string(name: 'WHAT', value: 'tea')], propagate: false)
echo "child #${child.number} ${child.result} ${child.buildVariables.SAID}"
node {
    sh "echo after-${child.result} >> \"\$EFFECTS\""
}
