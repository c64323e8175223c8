println 'a-b-c' - '-'
println 'a.b.b' - '.b'
println 'abc' - 'x'
println 'abc' - /b./
println 'hello123' - ~/\d+/
println 'release-1.0' - 'release-'
println 'aXbX'.minus('X')
