import java.util.concurrent.TimeUnit as TU
import static java.lang.Math.max
import static java.lang.Math.*
import java.text.*
println TU.SECONDS
println max(1, 2)
println abs(-3)
println PI > 3
println new SimpleDateFormat('yyyy').class.simpleName
