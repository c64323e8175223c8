def m = 'abc123' =~ /\d+/
println m.matches()
m.reset()
println m.find()
println m.lookingAt()
def n = 'abc' =~ /(a)(x)?/
n.find()
println n.group(2)
println n[0]
