enum Color { RED, GREEN, BLUE }
println Color.RED
println Color.values()
println Color.valueOf('GREEN')
println Color.BLUE.ordinal()
println Color.RED.name()
println Color.RED.toString()
println Color.RED == Color.RED
println Color.RED < Color.BLUE
println Color.RED.next()
println Color.RED.previous()
println Color.GREEN.class
println Color.values().size()
println Color.RED instanceof Enum
