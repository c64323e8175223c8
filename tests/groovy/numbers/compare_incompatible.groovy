try { println 1 < 'a' } catch (e) { println e.class.name; println e.message }
try { println 'a' <=> 1 } catch (e) { println e.class.name }
try { println([1] < [2]) } catch (e) { println e.class.name; println e.message }
