def m = 'abc' =~ /(\d)/
try { m.group() } catch (IllegalStateException e) { println e.message }
m.find()
try { m.group(1) } catch (IllegalStateException e) { println e.message }
def n = 'a1' =~ /(\d)/
n.find()
try { n.group(5) } catch (IndexOutOfBoundsException e) { println e.message }
try { n.group('nope') } catch (IllegalArgumentException e) { println e.message }
