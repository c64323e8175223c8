def items = ['a', 'b']
println items.collect { "- $it" }.join('\n')
println items.collect { "<li>${it}</li>" }.join('')
println "items: ${items.join(', ')}"
println items.join(' && ')
