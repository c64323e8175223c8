println 'a1b22'.replaceAll(/\d+/) { (it.toInteger() * 2).toString() }
println 'john smith'.replaceAll(/(\w)(\w*)/) { all, first, rest -> first.toUpperCase() + rest }
println 'x-y-z'.replaceAll(/-(\w)/) { it[1].toUpperCase() }
println 'one two'.replaceAll(/\w+/) { "<$it>" }
println '${name} is ${age}'.replaceAll(/\$\{(\w+)\}/) { all, key -> [name: 'Bob', age: 5][key] }
