println URLEncoder.encode('a b&c=d/é+~*', 'UTF-8')
println URLDecoder.decode('a+b%26c%3Dd%C3%A9', 'UTF-8')
println URLEncoder.encode('feature/x#1', 'UTF-8').replace('+', '%20')
println URLEncoder.encode('', 'UTF-8') + '|'
try { URLDecoder.decode('%zz', 'UTF-8') } catch (IllegalArgumentException e) { println e.class.simpleName }
