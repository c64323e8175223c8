// The cost of starting: what a person waits for who runs a line.
println 'hello'
