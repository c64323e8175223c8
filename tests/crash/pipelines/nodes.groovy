node('linux') {
    sh 'echo "$NODE_NAME" >> "$EFFECTS"; echo kept > file; pwd'
    node('arm') {
        sh 'echo "inner $NODE_NAME $EXECUTOR_NUMBER" >> "$EFFECTS"; test ! -e file'
    }
}
node('linux') {
    // The same workspace, still with what the first block left there.
    sh 'echo "again $(cat file)" >> "$EFFECTS"'
    dir('sub') {
        writeFile file: 'a.txt', text: 'alpha'
        sh 'echo "dir $(cat a.txt)" >> "$EFFECTS"'
    }
    withEnv(['X=1', 'PATH+Y=/y']) {
        sh 'echo "x $X ${PATH%%:*}" >> "$EFFECTS"'
    }
}
