def out = []
for (x in [1, 2, 3, 4]) {
    switch (x) {
        case 2: continue
        case 4: out << 'four'; break
        default: out << x
    }
    out << '.'
}
println out
