import java.text.*
def a = new DecimalFormat('#.##'), b = new DecimalFormat('#.##')
println "${a == b} ${a.equals(b)} ${a == new DecimalFormat('#.#')} ${a.hashCode() == b.hashCode()} ${[a].contains(b)} ${[a, b].toSet().size()}"
println "${a.hashCode()} ${new DecimalFormat('$#,##0.00').hashCode()} ${new DecimalFormat('0%').hashCode()}"
b.roundingMode = java.math.RoundingMode.UP
println a == b
def s = new SimpleDateFormat('yyyy'), t = new SimpleDateFormat('yyyy')
println "${s == t} ${s == new SimpleDateFormat('MM')} ${s.hashCode()} ${s == 'yyyy'}"
t.timeZone = TimeZone.getTimeZone('GMT+5')
println s == t
def l = new Locale('de', 'CH')
println "${l.displayName}|${l.displayLanguage}|${l.displayCountry}|${l.getDisplayName(Locale.ENGLISH)}|${l.ISO3Country}|${l.ISO3Language}|${l.variant}|${l.script}|${l.displayVariant}"
println "${Locale.CHINA.displayName}, ${Locale.US.displayName}, ${new Locale('xx', 'YY').displayName}, ${new Locale('', 'US').displayName}, ${Locale.ROOT.displayName}."
println "${new Locale('en', 'US', 'POSIX')} ${new Locale('en', 'US', 'POSIX').displayName} ${new Locale('iw').language} ${new Locale('en', '', 'X')}"
println "${Locale.getISOCountries().length} ${Locale.ISOLanguages.length} ${Locale.getISOCountries().take(3)} ${Locale.getISOLanguages()[-1]}"
try { new Locale('xx').ISO3Language } catch (MissingResourceException e) { println e.message }
try { new Locale('en', 'XX').ISO3Country } catch (MissingResourceException e) { println e.message }
println Locale.getISOCountries().collect { new Locale('', it).getDisplayCountry(Locale.ENGLISH) }.join(', ').hashCode()
println Locale.getISOLanguages().collect { new Locale(it).getDisplayLanguage(Locale.ENGLISH) }.join(', ').hashCode()
