println '''first
    |second
    |  third'''.stripMargin()
println '''a
    #b
    #c'''.stripMargin('#')
println '''no margin
  here'''.stripMargin()
println """|version: ${1 + 1}
           |name: x""".stripMargin()
