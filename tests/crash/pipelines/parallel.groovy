// Branches share variables; results arrive in any order and are told one at a time.
def total = 0
def order = []
node {
    parallel(
        a: {
            sh 'sleep 0.05; echo a1 >> "$EFFECTS"'
            total += 1
            sh 'echo a2 >> "$EFFECTS"'
            order << 'a'
        },
        b: {
            sh 'echo b1 >> "$EFFECTS"'
            total += 10
            sh 'sleep 0.1; echo b2 >> "$EFFECTS"'
            order << 'b'
        },
        c: {
            parallel(c1: { sh 'sleep 0.2; echo c1 >> "$EFFECTS"'; order << 'c1' },
                     c2: { total += 100 })
        })
    sh "echo total-$total-${order.size()}-${order.sort().join()} >> \"\$EFFECTS\""
}
echo "total $total"
