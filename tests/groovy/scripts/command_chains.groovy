class Chain { def to(x) { "$what to $x" } ; def what }
def send(x) { new Chain(what: x) }
println(send('mail').to('bob'))
def s = send 'letter' to 'ann'
println s
