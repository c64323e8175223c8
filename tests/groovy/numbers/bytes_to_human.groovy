def human = { long n ->
    def units = ['B', 'KiB', 'MiB', 'GiB']
    int u = 0
    double v = n
    while (v >= 1024 && u < units.size() - 1) { v /= 1024; u++ }
    String.format('%.1f %s', v, units[u])
}
println human(512)
println human(2048)
println human(5_500_000)
println human(9_000_000_000)
