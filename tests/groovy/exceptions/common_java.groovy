def list = [
    { [1, 2].get(5) },
    { 'abc'.substring(9) },
    { null.foo() },
    { Integer.parseInt('z') },
    { (Object) new Date(0) as Integer },
    { [].iterator().next() },
    { 1.intdiv(0) },
    { new int[2][5] },
    { Class.forName('no.such.Type') },
    { 'a'.toInteger() },
    { UUID.fromString('bad') },
    { Enum.valueOf(java.util.concurrent.TimeUnit, 'X') },
]
list.each { try { println it() } catch (Throwable t) { println t.class.name } }
