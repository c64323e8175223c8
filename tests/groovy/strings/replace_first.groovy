println 'aab'.replaceFirst('a', 'x')
println 'v1.2.3'.replaceFirst(/^v/, '')
println 'foo.bar.foo'.replaceFirst(/foo/) { it.toUpperCase() }
println 'abc'.replaceFirst(/(b)/, '<$1>')
