def a = 1; def b = 2;
println a + b;
def c = a +
    b
println c
def d = [1, 2, 3]
    .collect { it * 2 }
    .findAll { it > 2 }
println d
println(a ==
    1 ? 'one'
      : 'other')
