node {
    writeFile file: 'in/a.txt', text: 'alpha'
    writeFile file: 'TEST-a.xml', text: '<testsuite name="s"><testcase classname="c" name="a"/><testcase classname="c" name="b"/></testsuite>'
    sh 'echo packed >> "$EFFECTS"; mkdir -p in/sub; echo beta > in/sub/b.txt; ln -sf a.txt in/link'
    zip zipFile: 'a.zip', dir: 'in'
    tar file: 'a.tgz', dir: 'in'
    stash name: 'first', includes: 'in/**'
    junit 'TEST-*.xml'
    deleteDir()
    unstash 'first'
    stash name: 'second', includes: 'in/sub/**'
    sh 'echo "back $(cat in/link) $(cat in/sub/b.txt)" >> "$EFFECTS"; rm -r in'
    unstash 'second'
    archiveArtifacts artifacts: 'in/**', fingerprint: true
    echo "${findFiles(glob: 'in/**').length} ${readFile('in/sub/b.txt')}"
}
def answer = input(message: 'Ship it?', id: 'ship', parameters: [choice(name: 'HOW', choices: ['sea', 'air'])])
node {
    unstash 'first'
    sh "echo shipped-by-$answer-\$(cat in/a.txt) >> \"\$EFFECTS\""
}
