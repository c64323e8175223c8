def l = ['a', 'b', 'c']
def i = l.listIterator()
i.next()
i.add('x')
i.next()
i.remove()
println l
