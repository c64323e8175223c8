import java.text.*
def f = new DecimalFormat('#,##0.00##;(#,##0.00##)')
println f.toPattern()
println f.minimumFractionDigits + ' ' + f.maximumFractionDigits + ' ' + f.minimumIntegerDigits + ' ' + f.maximumIntegerDigits
println f.groupingSize + ' ' + f.groupingUsed + ' ' + f.multiplier + ' ' + f.decimalSeparatorAlwaysShown
println f.positivePrefix + '|' + f.positiveSuffix + '|' + f.negativePrefix + '|' + f.negativeSuffix
println f.roundingMode.toString() + ' ' + f.parseBigDecimal + ' ' + f.parseIntegerOnly
f.groupingSize = 2; println f.format(1234567.891)
f.groupingUsed = false; println f.format(1234567.891) + ' ' + f.toPattern()
f.decimalSeparatorAlwaysShown = true; f.minimumFractionDigits = 0; println f.format(5)
f.multiplier = 10; println f.format(5)
f.positivePrefix = '+'; println f.format(5)
f.negativeSuffix = '!'; println f.format(-5)
f.applyPattern('000.0'); println f.format(3.14159) + ' ' + f.toPattern()
f.parseBigDecimal = true; println f.parse('012.5').class.name
def p = new DecimalFormat('0.0%'); println p.format(0.256) + ' ' + p.multiplier + ' ' + p.positiveSuffix
def n = NumberFormat.getInstance(Locale.US); println n.maximumFractionDigits + ' ' + n.format(1234.56789) + ' ' + n.toPattern()
def i = NumberFormat.getIntegerInstance(Locale.US); println i.maximumFractionDigits + ' ' + i.parseIntegerOnly + ' ' + i.roundingMode
println new DecimalFormat('0.##E0').format(12345)
