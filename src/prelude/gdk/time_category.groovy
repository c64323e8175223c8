// groovy.time: what TimeCategory adds inside `use(TimeCategory) { }`, and its durations. A duration is a native object of
// the list [years, months, days, hours, minutes, seconds, millis]; the parts are kept as they were given.

static Object getYears(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.DatumDependentDuration.__of([n, 0, 0, 0, 0, 0, 0]) }
static Object getYear(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.DatumDependentDuration.__of([n, 0, 0, 0, 0, 0, 0]) }
static Object getMonths(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.DatumDependentDuration.__of([0, n, 0, 0, 0, 0, 0]) }
static Object getMonth(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.DatumDependentDuration.__of([0, n, 0, 0, 0, 0, 0]) }
static Object getWeeks(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.Duration.__of([0, 0, n * 7, 0, 0, 0, 0]) }
static Object getWeek(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.Duration.__of([0, 0, n * 7, 0, 0, 0, 0]) }
static Object getDays(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.Duration.__of([0, 0, n, 0, 0, 0, 0]) }
static Object getDay(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.Duration.__of([0, 0, n, 0, 0, 0, 0]) }
static Object getHours(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.TimeDuration.__of([0, 0, 0, n, 0, 0, 0]) }
static Object getHour(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.TimeDuration.__of([0, 0, 0, n, 0, 0, 0]) }
static Object getMinutes(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.TimeDuration.__of([0, 0, 0, 0, n, 0, 0]) }
static Object getMinute(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.TimeDuration.__of([0, 0, 0, 0, n, 0, 0]) }
static Object getSeconds(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.TimeDuration.__of([0, 0, 0, 0, 0, n, 0]) }
static Object getSecond(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.TimeDuration.__of([0, 0, 0, 0, 0, n, 0]) }
static Object getMilliseconds(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.TimeDuration.__of([0, 0, 0, 0, 0, 0, n]) }
static Object getMillisecond(Class<groovy.time.TimeCategory> self, Integer n) { return groovy.time.TimeDuration.__of([0, 0, 0, 0, 0, 0, n]) }

/** What lies between two dates: days and below, each with the sign of the whole. */
static Object minus(Class<groovy.time.TimeCategory> self, Date later, Date earlier) {
    long rest = later.time - earlier.time
    def parts = [0, 0]
    for (unit in [86400000L, 3600000L, 60000L, 1000L]) {
        parts << (int) rest.intdiv(unit)
        rest = rest % unit
    }
    return groovy.time.TimeDuration.__of(parts + [(int) rest])
}

static Date plus(Class<groovy.time.TimeCategory> self, Date date, groovy.time.BaseDuration span) { return __moved(date, span, 1) }
static Date minus(Class<groovy.time.TimeCategory> self, Date date, groovy.time.BaseDuration span) { return __moved(date, span, -1) }
static Date plus(groovy.time.BaseDuration self, Date date) { return __moved(date, self, 1) }

static Date __moved(Date date, Object span, int sign) {
    def parts = span.__content()
    def calendar = Calendar.getInstance()
    calendar.setTime(date)
    calendar.add(Calendar.YEAR, sign * parts[0])
    calendar.add(Calendar.MONTH, sign * parts[1])
    calendar.add(Calendar.DAY_OF_YEAR, sign * parts[2])
    calendar.add(Calendar.HOUR_OF_DAY, sign * parts[3])
    calendar.add(Calendar.MINUTE, sign * parts[4])
    calendar.add(Calendar.SECOND, sign * parts[5])
    calendar.add(Calendar.MILLISECOND, sign * parts[6])
    return calendar.getTime()
}

static int getYears(groovy.time.BaseDuration self) { return self.__content()[0] }
static int getMonths(groovy.time.BaseDuration self) { return self.__content()[1] }
static int getDays(groovy.time.BaseDuration self) { return self.__content()[2] }
static int getHours(groovy.time.BaseDuration self) { return self.__content()[3] }
static int getMinutes(groovy.time.BaseDuration self) { return self.__content()[4] }
static int getSeconds(groovy.time.BaseDuration self) { return self.__content()[5] }
static int getMillis(groovy.time.BaseDuration self) { return self.__content()[6] }

/** Months and years are as long as they are from now on. */
static long toMilliseconds(groovy.time.BaseDuration self) {
    if (self instanceof groovy.time.DatumDependentDuration) {
        def now = new Date()
        return __moved(now, self, 1).time - now.time
    }
    def parts = self.__content()
    return (((parts[2] * 24L + parts[3]) * 60L + parts[4]) * 60L + parts[5]) * 1000L + parts[6]
}

static int compareTo(groovy.time.BaseDuration self, groovy.time.BaseDuration other) {
    return Long.signum(toMilliseconds(self) - toMilliseconds(other))
}

/** Days and above mean whole days: the time of such a date is midnight. */
static Date __fromNow(Object span, int sign) {
    def date = __moved(new Date(), span, sign)
    return span instanceof groovy.time.TimeDuration || span instanceof groovy.time.TimeDatumDependentDuration ? date : date.clearTime()
}

static Date getAgo(groovy.time.BaseDuration self) { return __fromNow(self, -1) }
static Object getFrom(groovy.time.BaseDuration self) { return groovy.time.BaseDuration$From.__of(self) }
static Date getNow(groovy.time.BaseDuration$From self) { return __fromNow(self.__content(), 1) }
static Date getToday(groovy.time.BaseDuration$From self) { return __fromNow(self.__content(), 1) }

/** The type of a sum says whether months or hours may be in it. */
static Object __sum(Object left, Object right, int sign) {
    def parts = [left.__content(), right.__content()].transpose().collect { it[0] + sign * it[1] }
    boolean dated = left instanceof groovy.time.DatumDependentDuration || right instanceof groovy.time.DatumDependentDuration
    boolean timed = [left, right].any { it instanceof groovy.time.TimeDuration || it instanceof groovy.time.TimeDatumDependentDuration }
    if (dated) {
        return timed ? groovy.time.TimeDatumDependentDuration.__of(parts) : groovy.time.DatumDependentDuration.__of(parts)
    }
    return timed ? groovy.time.TimeDuration.__of(parts) : groovy.time.Duration.__of(parts)
}

static Object plus(groovy.time.BaseDuration self, groovy.time.BaseDuration other) { return __sum(self, other, 1) }

static Object minus(groovy.time.BaseDuration self, groovy.time.BaseDuration other) {
    if (self.class == groovy.time.DatumDependentDuration && other instanceof groovy.time.TimeDuration) {
        return groovy.time.DatumDependentDuration.__of(__sum(self, other, -1).__content())
    }
    return __sum(self, other, -1)
}

static String toString(groovy.time.BaseDuration self) {
    def parts = self.__content()
    def out = []
    ['years', 'months', 'days', 'hours', 'minutes'].eachWithIndex { name, i -> if (parts[i] != 0) out << parts[i] + ' ' + name }
    if (parts[5] != 0 || parts[6] != 0) {
        int millis = parts[6] % 1000
        int seconds = parts[5] + (parts[6] - millis).intdiv(1000)
        def whole = seconds == 0 ? (millis < 0 ? '-0' : '0') : seconds.toString()
        out << whole + '.' + Math.abs(millis).toString().padLeft(3, '0') + ' seconds'
    }
    return out ? out.join(', ') : '0'
}
