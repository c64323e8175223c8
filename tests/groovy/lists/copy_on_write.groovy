def l = new java.util.concurrent.CopyOnWriteArrayList([1, 2])
for (x in l) l << x + 10
println l
