def (user, host) = 'bob@example.org'.split('@')
println user
println host
def (a, b, c) = 'x:y'.tokenize(':')
println "$a $b $c"
