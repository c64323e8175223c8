def r = new StringReader('a\nb\nc')
println r.readLine()
println r.readLines()
def br = new BufferedReader(new StringReader('p\nq'))
println br.readLine()
println br.text
println new StringReader('x y').text
new StringReader('l1\nl2').eachLine { println it }
