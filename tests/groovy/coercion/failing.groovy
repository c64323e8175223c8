try { println 'abc' as int } catch (e) { println e.class.simpleName + ': ' + e.message }
try { println(['a'] as Integer) } catch (e) { println e.class.simpleName }
try { println(new Object() as Integer) } catch (e) { println e.class.simpleName }
try { println((Integer) 'x') } catch (e) { println e.class.simpleName + ': ' + e.message }
try { println((List) 'x') } catch (e) { println e.class.simpleName + ': ' + e.message }
