// What a number is written with: symbols of a locale or one's own.
import java.text.DecimalFormat
import java.text.DecimalFormatSymbols
import java.text.NumberFormat

def shown = { it.toString().collect { c -> (c as char) > (126 as char) ? '\\u' + Integer.toHexString((int) (c as char)) : c }.join() }

def own = new DecimalFormatSymbols(Locale.US)
println own.decimalSeparator.class.name + ' ' + own.decimalSeparator + own.groupingSeparator + own.minusSign + own.percent + own.zeroDigit + own.digit + own.patternSeparator
println own.exponentSeparator + ' ' + own.naN + ' ' + shown(own.infinity) + ' ' + shown(own.perMill) + ' ' + own.currencySymbol + ' ' + own.internationalCurrencySymbol
own.decimalSeparator = ','
own.setGroupingSeparator('.' as char)
def format = new DecimalFormat('#,##0.00', own)
println format.format(1234567.891)
println format.format(-0.5)
println format.parse('1.234,5')
println format.toPattern()
own.decimalSeparator = '!'
println format.format(1.5)
println format.decimalFormatSymbols.decimalSeparator
def changed = format.decimalFormatSymbols
changed.minusSign = '~'
changed.zeroDigit = 'a'
format.decimalFormatSymbols = changed
println format.format(-1234.5)
println format.parse('~b.cde,f')
changed.exponentSeparator = 'x10^'
changed.infinity = 'lots'
changed.naN = 'none'
changed.zeroDigit = '0'
def wide = new DecimalFormat('0.##E0', changed)
println wide.format(0.00012) + ' ' + wide.format(Double.NaN) + ' ' + wide.format(Double.NEGATIVE_INFINITY)
println wide.parse('1,2x10^~4')
println new DecimalFormat('0.0%', changed).format(-0.25)
changed.percent = 'P'
changed.perMill = 'M'
println new DecimalFormat('0.0%', changed).format(0.25) + ' ' + new DecimalFormat('0.0\u2030', changed).format(0.25)
changed.currencySymbol = 'Taler'
changed.internationalCurrencySymbol = 'TAL'
changed.monetaryDecimalSeparator = ':'
println new DecimalFormat('0.00 \u00a4', changed).format(2.5) + ' ' + new DecimalFormat('\u00a4\u00a4 0.00', changed).format(2.5)
println changed == changed.clone()
println changed == own
println new DecimalFormatSymbols() == DecimalFormatSymbols.getInstance()
println new DecimalFormat('#.#', new DecimalFormatSymbols(Locale.GERMANY)).format(1.5)
println new DecimalFormat('0.00', DecimalFormatSymbols.getInstance(Locale.ENGLISH)).format(1.005)
println new DecimalFormat('0.0') == new DecimalFormat('0.0', new DecimalFormatSymbols(Locale.FRANCE))

for (locale in [Locale.US, Locale.ENGLISH, Locale.UK, Locale.CANADA, Locale.ROOT, Locale.FRANCE, Locale.FRENCH, Locale.CANADA_FRENCH, Locale.GERMANY, Locale.GERMAN, Locale.ITALY,
                Locale.JAPAN, Locale.KOREA, Locale.CHINA, Locale.CHINESE, new Locale('es', 'ES'), new Locale('es', 'MX'), new Locale('pt', 'BR'), new Locale('pt', 'PT'),
                new Locale('nl', 'NL'), new Locale('sv', 'SE'), new Locale('pl', 'PL'), new Locale('ru', 'RU'), new Locale('de', 'AT'), new Locale('de', 'CH'), new Locale('da', 'DK'),
                new Locale('fi', 'FI'), new Locale('nb', 'NO'), new Locale('cs', 'CZ'), new Locale('tr', 'TR'), new Locale('en', 'AU'), new Locale('en', 'IN'), new Locale('en', 'ZA'),
                new Locale('uk', 'UA'), new Locale('hu', 'HU'), new Locale('fr', 'CH'), new Locale('it', 'CH'), new Locale('el', 'GR'), new Locale('zh', 'TW')]) {
    println locale.toString() + ' ' + shown(NumberFormat.getInstance(locale).format(-1234567.891)) + ' ' + shown(NumberFormat.getPercentInstance(locale).format(0.25)) + ' ' +
        shown(NumberFormat.getCurrencyInstance(locale).format(-1234.5)) + ' ' + shown(String.format(locale, '%,.2f %e %,d %08.2f', -1234567.891, 1234.5, 1234567, 12.5)) + ' ' +
        shown(NumberFormat.getInstance(locale).format(Double.NaN)) + ' ' + shown(new DecimalFormat('0.0E0', new DecimalFormatSymbols(locale)).format(1234)) + ' ' +
        NumberFormat.getInstance(locale).parse(NumberFormat.getInstance(locale).format(-1234567.891))
}
println String.format((Locale) null, '%,.2f', 1234.5)
println String.format(Locale.GERMANY, '%,12.2f|%-12.1f|%+.3f|%s', 1234.5, 2.25, 3.14159, 1.5)
