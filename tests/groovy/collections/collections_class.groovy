def l = [3, 1, 2]
Collections.sort(l)
println l
Collections.reverse(l)
println l
Collections.sort(l, { a, b -> a <=> b } as Comparator)
println l
println Collections.max(l)
println Collections.emptyList()
println Collections.singletonList('x')
println Collections.unmodifiableList([1]).size()
println Collections.nCopies(2, 'a').join()
Collections.addAll(l, 8, 9)
println l
println Collections.singleton(5)
println Collections.synchronizedList([1, 2])
println Collections.emptyMap().size()
