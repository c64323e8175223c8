def where = input(message: 'Where to?', parameters: [string(name: 'WHERE', defaultValue: 'south')])
node {
    sh "echo go-$where >> \"\$EFFECTS\""
}
