println 'v1.2' ==~ /v\d\.\d/
println 'xv1.2' ==~ /v\d\.\d/
println 'abc' ==~ ~/a.c/
println 'release/1.0' ==~ /release\/.*/
println 'a\nb' ==~ /a.b/
println 'a\nb' ==~ /(?s)a.b/
println 'MAIN' ==~ /(?i)main/
println null ==~ /x/
