println 0 ? 'yes' : 'no'
println 0.0 ? 'yes' : 'no'
println 0L ? 'yes' : 'no'
println(-1 ? 'yes' : 'no')
println 0.0d ? 'yes' : 'no'
println 0G ? 'yes' : 'no'
println(('a' as char) ? 'yes' : 'no')
println((0 as char) ? 'yes' : 'no')
println 0.1 ? 'yes' : 'no'
println Double.NaN ? 'yes' : 'no'
