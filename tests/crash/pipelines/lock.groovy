def order = []
parallel(
    one: { node { lock('printer') { sh 'sleep 0.1; echo one-in >> "$EFFECTS"; echo one-out >> "$EFFECTS"' } } },
    two: { node { lock(resource: 'printer') { sh 'echo two-in >> "$EFFECTS"'; sh 'echo two-out >> "$EFFECTS"' } } })
milestone 1
milestone 5
echo 'both'
