for (s in ['true', 'TRUE', 'y', 'Y', '1', 'yes', 'on', 'false', '', ' true ', '0']) {
    println "$s -> ${s.toBoolean()}"
}
println Boolean.valueOf('yes')
println 'false' as Boolean
println 'false' ? 'truthy' : 'falsy'
