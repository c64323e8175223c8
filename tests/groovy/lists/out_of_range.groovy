def l = [1]
println l[3]
try { println l.get(3) } catch (e) { println e.class.name + ': ' + e.message }
try { println l[-3] } catch (e) { println e.class.name + ': ' + e.message }
try { [].first() } catch (e) { println e.class.name + ': ' + e.message }
try { [].last() } catch (e) { println e.class.name + ': ' + e.message }
try { [].pop() } catch (e) { println e.class.name + ': ' + e.message }
try { l.remove(4) } catch (e) { println e.class.name + ': ' + e.message }
try { l.subList(0, 3) } catch (e) { println e.class.name + ': ' + e.message }
