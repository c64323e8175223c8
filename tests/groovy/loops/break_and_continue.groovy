for (i in 1..5) { if (i == 2) continue; if (i == 4) break; print i }
println()
outer:
for (a in 1..3) {
    for (b in 1..3) {
        if (b == 2) continue outer
        if (a == 3) break outer
        print "$a$b "
    }
}
println()
