println((1.0..3.0).toList())
println((1.5..3.5).size())
println((1..2.5).toList())
println((1L..3L).toList()*.class.unique())
