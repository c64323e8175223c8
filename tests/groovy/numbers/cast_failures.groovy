try { Integer i = 'abc'; println i } catch (e) { println e.message }
try { println 'abc' as Integer } catch (e) { println e.class.name + ' ' + e.message }
try { List l = 5; println l } catch (e) { println e.message }
try { int i = [1]; println i } catch (e) { println e.message }
try { Map m = 'x'; println m } catch (e) { println e.message }
