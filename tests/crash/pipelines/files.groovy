node {
    writeFile file: 'a/one.txt', text: 'one'
    stash name: 'parts', includes: 'a/**'
    archiveArtifacts artifacts: 'a/*.txt'
    sh 'rm -r a; echo removed >> "$EFFECTS"'
    unstash 'parts'
    echo readFile('a/one.txt') + fileExists('b')
    sh 'echo "back $(cat a/one.txt)" >> "$EFFECTS"'
}
