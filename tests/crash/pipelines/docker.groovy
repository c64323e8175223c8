// Programs that are no shells: their errors are shown as they come, and are part of the result as well.
node {
    docker.image('busybox').inside {
        sh 'echo inside >> "$EFFECTS"; echo inside'
    }
    sh 'echo outside >> "$EFFECTS"'
}
