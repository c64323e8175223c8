def turns = 0
sleep time: 300, unit: 'MILLISECONDS'
waitUntil(initialRecurrencePeriod: 50) {
    turns += 1
    turns >= 3
}
node {
    sh 'echo awake >> "$EFFECTS"'
}
echo "turns $turns"
