def f(x) { def l = []; switch (x) { case 1: l << 1; break; default: l << 'd'; case 2: l << 2 }; l }
println f(1)
println f(2)
println f(3)
