def seen = []
def shared = [count: 0]
node {
    for (int i = 0; i < 3; i++) {
        sh "echo loop-$i >> \"\$EFFECTS\""
        shared.count += i
    }
    ['x', 'y'].each { name ->
        seen << sh(script: "echo each-$name >> \"\$EFFECTS\"; echo $name", returnStdout: true).trim()
    }
    def picked = [3, 1, 2].findAll { n -> sh(script: "echo find-$n >> \"\$EFFECTS\"; exit ${n % 2}", returnStatus: true) == 1 }
    def sizes = ['aa', 'b'].collectEntries { [(it): sh(script: "echo entry-$it >> \"\$EFFECTS\"; echo ${it.length()}", returnStdout: true) as int] }
    echo "$seen $picked $sizes ${shared.count}"
}
