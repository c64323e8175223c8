class Money {
    BigDecimal v
    Object asType(Class c) {
        if (c == String) return "\$$v".toString()
        if (c == Integer) return v.intValue()
        if (c == Map) return [value: v]
        throw new ClassCastException("no $c.simpleName")
    }
}
def m = new Money(v: 9.99)
println m as String
println m as Integer
println m as Map
try { m as List } catch (ClassCastException e) { println e.message }
