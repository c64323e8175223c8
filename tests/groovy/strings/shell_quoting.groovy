def q = { "'" + it.replace("'", "'\\''") + "'" }
println q("it's")
println q('plain')
println "echo ${q('a b')}"
println 'C:\\dir\\file'.replace('\\', '/')
