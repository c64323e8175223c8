// Effects inside the comparator of a sort and inside a replacement.
int compared = 0
node {
    def sorted = [3, 1, 2].sort { a, b ->
        compared += 1
        sh(script: "echo compare-$compared $a $b >> \"\$EFFECTS\"", returnStatus: true)
        a <=> b
    }
    def text = 'x1 y2'.replaceAll(/[a-z](\d)/) { all, digit ->
        sh(script: "echo replace-$digit >> \"\$EFFECTS\"; echo $digit$digit", returnStdout: true).trim()
    }
    echo "$sorted $text"
}
