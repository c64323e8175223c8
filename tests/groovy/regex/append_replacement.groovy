def m = 'a1b2' =~ /\d/
def sb = new StringBuffer()
while (m.find()) { m.appendReplacement(sb, (m.group().toInteger() + 1).toString()) }
m.appendTail(sb)
println sb
println 'a1'.replaceAll(/(\d)/, '\\$$1')
