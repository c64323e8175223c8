def two = { a, b -> "$a,$b" }
try { two(1) } catch (MissingMethodException e) { println e.message.readLines()[0].replaceAll(/@\w+/, '') }
def none = { -> 'x' }
try { none(1) } catch (MissingMethodException e) { println 'no such signature' }
def typed = { int a -> a }
try { typed('x') } catch (MissingMethodException e) { println 'no such signature' }
