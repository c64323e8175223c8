// Begun by build.groovy.
node {
    sh "echo child-$WHAT >> \"\$EFFECTS\"; echo child says"
    env.SAID = sh(script: 'echo child-out >> "$EFFECTS"; echo words', returnStdout: true).trim()
}
unstable 'the child is shaky'
