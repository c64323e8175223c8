if ('abc' =~ /b/) println 'found'
if (!('abc' =~ /z/)) println 'not found'
def m = 'abc' =~ /z/
println m ? 'yes' : 'no'
println 'x' =~ /x/ && true
println(('abc' =~ /b/).asBoolean())
