enum Day { MON, TUE, WED, THU, FRI, SAT, SUN }
import static Day.*
def weekend = EnumSet.of(SUN, SAT)
println weekend
println EnumSet.allOf(Day)
println EnumSet.noneOf(Day)
println EnumSet.range(TUE, THU)
println EnumSet.complementOf(weekend)
println EnumSet.copyOf([WED, MON])
println EnumSet.copyOf(weekend)
weekend << MON
weekend.add(FRI)
println weekend
weekend.remove(MON)
println weekend.contains(MON)
println weekend.size()
println weekend instanceof Set
println weekend == [FRI, SAT, SUN] as Set
println weekend.collect { it.ordinal() }
println weekend + EnumSet.of(TUE)
println weekend.first()
println weekend.any { it == FRI }
println SAT in weekend
println EnumSet.noneOf(Day).isEmpty()
weekend.removeAll(EnumSet.of(SAT))
println weekend
weekend.clear()
println weekend ? 'some' : 'none'
