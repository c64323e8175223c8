enum S { ON, OFF }
println S.ON == 'ON'
println S.ON.toString() == 'ON'
println "${S.ON}" == 'ON'
println S.ON.name().equals('ON')
println(['ON', 'OFF'].collect { S.valueOf(it) })
println S.values()*.toString().contains('OFF')
