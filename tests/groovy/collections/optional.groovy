println Optional.of('x').get()
println Optional.empty().isPresent()
println Optional.ofNullable(null).orElse('default')
println Optional.of(5).map { it * 2 }.get()
println Optional.of(5).filter { it > 9 }.isPresent()
Optional.of('here').ifPresent { println it }
println Optional.of(1)
println Optional.empty()
println Optional.ofNullable('v').orElseGet { 'other' }
try { Optional.empty().get() } catch (NoSuchElementException e) { println e.message }
