class L { static int made = 0; @Lazy def big = { made++; 'big' }() }
def l = new L()
println L.made
println l.big + l.big
println L.made
@Singleton class S { int n = 1 }
println S.instance.n
println S.instance.is(S.instance)
