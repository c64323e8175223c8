// groovy.time: what TimeCategory adds inside `use(TimeCategory) { }`, and durations as millis in a native object.

static Object minus(Class<groovy.time.TimeCategory> self, Date later, Date earlier) {
    return groovy.time.TimeDuration.__of(later.time - earlier.time)
}

static long toMilliseconds(groovy.time.TimeDuration self) {
    return self.__content()
}

static int getDays(groovy.time.TimeDuration self) {
    return (int) self.__content().intdiv(86400000L)
}

static int getHours(groovy.time.TimeDuration self) {
    return (int) (self.__content().intdiv(3600000L) % 24)
}

static int getMinutes(groovy.time.TimeDuration self) {
    return (int) (self.__content().intdiv(60000L) % 60)
}

static int getSeconds(groovy.time.TimeDuration self) {
    return (int) (self.__content().intdiv(1000L) % 60)
}

static int getMillis(groovy.time.TimeDuration self) {
    return (int) (self.__content() % 1000)
}

static Date getAgo(groovy.time.TimeDuration self) {
    return new Date(new Date().time - self.__content())
}

static Date getFrom(groovy.time.TimeDuration self) {
    return new Date(new Date().time + self.__content())
}

static Object plus(groovy.time.TimeDuration self, Object other) {
    return other instanceof Date ? new Date(other.time + self.__content()) : groovy.time.TimeDuration.__of(self.__content() + other.__content())
}

static Object minus(groovy.time.TimeDuration self, Object other) {
    return groovy.time.TimeDuration.__of(self.__content() - other.__content())
}

static Date plus(Date self, groovy.time.TimeDuration span) {
    return new Date(self.time + span.__content())
}

static Date minus(Date self, groovy.time.TimeDuration span) {
    return new Date(self.time - span.__content())
}

static String toString(groovy.time.TimeDuration self) {
    long millis = self.__content()
    def parts = []
    int days = getDays(self)
    int hours = getHours(self)
    int minutes = getMinutes(self)
    if (days != 0) parts << days + ' days'
    if (hours != 0) parts << hours + ' hours'
    if (minutes != 0) parts << minutes + ' minutes'
    long rest = millis % 60000
    if (rest != 0) {
        def sign = rest < 0 ? '-' : ''
        long positive = rest < 0 ? -rest : rest
        parts << sign + positive.intdiv(1000) + '.' + (positive % 1000).toString().padLeft(3, '0') + ' seconds'
    }
    return parts ? parts.join(', ') : '0'
}
