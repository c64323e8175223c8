def version = '2.14.3'
def parts = version.split(/\./)*.toInteger()
println parts[0] * 10000 + parts[1] * 100 + parts[2]
println parts
println((parts[0] << 16) | (parts[1] << 8) | parts[2])
println String.format('%02d%02d%02d', parts[0], parts[1], parts[2])
