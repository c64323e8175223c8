import java.text.*
def values = [0, 1, -1, 12345.678, -12345.678, 0.05, 0.005, -0.001, 1e-7, 1e20, 123456789012345678L, 0.1d, 1234.5d, -0.0001d, 100d, 3.0e-5d, 2.5d, 0.125d, 1e-5d, 1.0E16d, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 12345678901234567890123.456789G]
def patterns = ['0', '#', '0.00', '#.##', '#,##0.00', '#,###', '000.000', '.00', '.##', '#.', '0.#', '#,##,##0.0', '0%', '0.0%', '0.0\u2030', '$#,##0.00', "'#'0", "0.0 'apples'", "o''clock 0", '0.00;(0.00)', '0;0', '0.0;-0.0', '-0', '0E0', '0.00E0', '##0.##E0', '00.##E00', '#,##0.00;(#)', '0.####################', '¤0.00', '0000000000.0', '##0.#####E0']
for (p in patterns) {
  def f = new DecimalFormat(p)
  println "[$p] [${f.toPattern()}] ${f.minimumIntegerDigits} ${f.minimumFractionDigits} ${f.maximumFractionDigits} ${f.groupingSize} ${f.multiplier} " + [f.positivePrefix, f.positiveSuffix, f.negativePrefix, f.negativeSuffix]
  println '  ' + values.collect { f.format(it) }.join(' | ')
}
for (p in ['0.0.0', '#0#', '0,', '0%%', '0E', "'0", ';0', '#E0', '0.#0', '#,']) {
  try { println p + ' ' + new DecimalFormat(p).toPattern() } catch (e) { println "$p: ${e.class.name}: ${e.message}" }
}
for (mode in java.math.RoundingMode.values()) {
  def f = new DecimalFormat('0.0'); f.roundingMode = mode
  println "$mode " + [1.25, 1.35, -1.25, 1.25d, 1.35d, -1.35d, 1.2].collect { try { f.format(it) } catch (e) { e.toString() } }.join(' ')
}
def parse = { f, t -> try { def v = f.parse(t); "$v ${v.class.simpleName}" } catch (e) { e.toString() } }
def n = NumberFormat.getInstance(Locale.US)
println(['1,234.5', '12', '-7', '1,2,3', '12abc', 'abc', '', '1.5.2', ' 1', '+1', '1e5', '1E5', '99999999999999999999', '-0', '.5', '5.', '∞', 'NaN', '-∞', '1,'].collect { parse(n, it) }.join(' | '))
println(['12%', '12', '-5%', '1,200%'].collect { parse(NumberFormat.getPercentInstance(Locale.US), it) }.join(' | '))
println(['$1,200.50', '1', '-$3.00', '($3.00)'].collect { parse(NumberFormat.getCurrencyInstance(Locale.US), it) }.join(' | '))
println(['(1.5)', '1.5', '-1.5', '(1.5'].collect { parse(new DecimalFormat('0.0;(0.0)'), it) }.join(' | '))
println NumberFormat.getCurrencyInstance(Locale.US).format(-1234.5) + ' ' + NumberFormat.getPercentInstance(Locale.US).format(0.125) + ' ' + NumberFormat.getIntegerInstance(Locale.US).format(2.5)
def g = NumberFormat.getInstance(Locale.US); g.maximumFractionDigits = 1; g.minimumFractionDigits = 2; println g.format(1.23456) + ' ' + g.maximumFractionDigits
g.maximumIntegerDigits = 3; println g.format(123456) + ' ' + g.minimumIntegerDigits
g.minimumIntegerDigits = 5; println g.format(12) + ' ' + g.maximumIntegerDigits
g.parseIntegerOnly = true; println parse(g, '12.9')
try { new DecimalFormat('0').format('x') } catch (e) { println e }
