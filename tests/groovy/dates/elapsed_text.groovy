def text = { long ms ->
    def s = ms.intdiv(1000)
    def h = s.intdiv(3600), m = (s % 3600).intdiv(60)
    (h ? "${h}h " : '') + (m ? "${m}m " : '') + "${s % 60}s"
}
println text(5000)
println text(65000)
println text(3_725_000)
println groovy.time.TimeCategory.minus(new Date(65000), new Date(0))
