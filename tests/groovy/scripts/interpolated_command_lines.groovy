def args = [image: 'app', tag: '1.0', push: true]
def cmd = ['docker', 'build', '-t', "${args.image}:${args.tag}"]
if (args.push) cmd << '--push'
println cmd.join(' ')
println cmd*.class*.simpleName
println "env: ${[A: 1, B: 'x y'].collect { k, v -> "$k='$v'" }.join(' ')}"
