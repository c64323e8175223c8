println '1.2.3'.matches(/\d+\.\d+\.\d+/)
println 'v1.2.3'.matches(/\d+/)
println 'abc'.matches('a.*')
println 'abc' ==~ /abc/
println 'abc' ==~ /ab/
println 'main' ==~ 'main|master'
