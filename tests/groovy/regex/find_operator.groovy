def m = 'build-123-rc4' =~ /(\w+)-(\d+)/
println m.find()
println m.group()
println m.group(1) + ' ' + m.group(2)
println m.start() + ' ' + m.end()
println m.groupCount()
println m.class.name
