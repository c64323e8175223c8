def l = [1, 2].asImmutable()
try { l << 3 } catch (UnsupportedOperationException e) { println e.class.name + ' ' + e.message }
def u = Collections.unmodifiableList([1])
try { u.add(2) } catch (e) { println e.class.name }
try { Collections.emptyList().add(1) } catch (e) { println e.class.name }
try { Arrays.asList(1, 2).add(3) } catch (e) { println e.class.name }
def a = Arrays.asList(1, 2)
a[0] = 9
println a
println l
