node {
    try {
        sh 'echo begin >> "$EFFECTS"; exit 5'
    } catch (e) {
        echo "caught ${e.message}"
        sh 'echo caught >> "$EFFECTS"'
        throw new IllegalStateException('second', e)
    } finally {
        sh 'echo cleanup >> "$EFFECTS"'
        echo 'finally'
    }
}
