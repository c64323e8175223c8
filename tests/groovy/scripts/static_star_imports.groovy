import static java.lang.Math.*
import static java.util.concurrent.TimeUnit.*
import static java.util.Collections.*
import static java.util.Calendar.YEAR as Y
import static java.lang.Integer.parseInt
import static java.lang.Integer.MAX_VALUE
println abs(-3) + max(1, 2)
println PI > 3
println floor(2.7d) + ' ' + sqrt(16d)
println MINUTES.toSeconds(2)
println emptyList()
println unmodifiableList([1])
println Y
println parseInt('12') + 1
println MAX_VALUE
println nCopies(2, 'a')
class Tool { static String hi(String n) { "hi $n" } ; static int LIMIT = 4 ; static class Inner { static x() { 'inner' } } }
println Tool.hi('a')
def abs(String s) { "text $s" }
println abs('q')
println HOURS
