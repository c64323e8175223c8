def text = 'the cat and the dog and the bird'
def counts = text.split(' ').countBy { it }
println counts.sort { a, b -> b.value <=> a.value ?: a.key <=> b.key }
println counts.findAll { it.value > 1 }.keySet()
println counts.max { it.value }.key
