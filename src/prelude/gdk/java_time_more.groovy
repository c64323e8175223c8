// Methods of java.time that are arithmetic on what the natives give.

static java.time.Period plusDays(java.time.Period self, long n) { return java.time.Period.of(self.years, self.months, Math.toIntExact(self.days + n)) }
static java.time.Period plusMonths(java.time.Period self, long n) { return java.time.Period.of(self.years, Math.toIntExact(self.months + n), self.days) }
static java.time.Period plusYears(java.time.Period self, long n) { return java.time.Period.of(Math.toIntExact(self.years + n), self.months, self.days) }
static java.time.Period minusDays(java.time.Period self, long n) { return plusDays(self, -n) }
static java.time.Period minusMonths(java.time.Period self, long n) { return plusMonths(self, -n) }
static java.time.Period minusYears(java.time.Period self, long n) { return plusYears(self, -n) }
static java.time.Period withDays(java.time.Period self, int n) { return java.time.Period.of(self.years, self.months, n) }
static java.time.Period withMonths(java.time.Period self, int n) { return java.time.Period.of(self.years, n, self.days) }
static java.time.Period withYears(java.time.Period self, int n) { return java.time.Period.of(n, self.months, self.days) }

static java.time.Period plus(java.time.Period self, java.time.Period other) {
    return java.time.Period.of(Math.addExact(self.years, other.years), Math.addExact(self.months, other.months), Math.addExact(self.days, other.days))
}

static java.time.Period minus(java.time.Period self, java.time.Period other) {
    return java.time.Period.of(Math.subtractExact(self.years, other.years), Math.subtractExact(self.months, other.months), Math.subtractExact(self.days, other.days))
}

static java.time.Period multipliedBy(java.time.Period self, int n) {
    return java.time.Period.of(Math.multiplyExact(self.years, n), Math.multiplyExact(self.months, n), Math.multiplyExact(self.days, n))
}

static java.time.Period negated(java.time.Period self) { return multipliedBy(self, -1) }
static boolean isZero(java.time.Period self) { return self.years == 0 && self.months == 0 && self.days == 0 }
static boolean isNegative(java.time.Period self) { return self.years < 0 || self.months < 0 || self.days < 0 }

static java.time.Period normalized(java.time.Period self) {
    long all = self.years * 12L + self.months
    return java.time.Period.of(Math.toIntExact(all.intdiv(12L)), (all % 12L) as int, self.days)
}

static int length(java.time.Month self, boolean leapYear) {
    switch (self.value) {
        case 2: return leapYear ? 29 : 28
        case [4, 6, 9, 11]: return 30
        default: return 31
    }
}

static int minLength(java.time.Month self) { return length(self, false) }
static int maxLength(java.time.Month self) { return length(self, true) }

static java.time.YearMonth plusMonths(java.time.YearMonth self, long n) {
    long all = self.year * 12L + self.monthValue - 1 + n
    return java.time.YearMonth.of(Math.floorDiv(all, 12L) as int, (Math.floorMod(all, 12L) as int) + 1)
}

static java.time.YearMonth plusYears(java.time.YearMonth self, long n) { return plusMonths(self, n * 12L) }
static java.time.YearMonth minusMonths(java.time.YearMonth self, long n) { return plusMonths(self, -n) }
static java.time.YearMonth minusYears(java.time.YearMonth self, long n) { return plusMonths(self, n * -12L) }
static java.time.YearMonth withMonth(java.time.YearMonth self, int n) { return java.time.YearMonth.of(self.year, n) }
static java.time.YearMonth withYear(java.time.YearMonth self, int n) { return java.time.YearMonth.of(n, self.monthValue) }
static java.time.Month getMonth(java.time.YearMonth self) { return java.time.Month.of(self.monthValue) }
static int compareTo(java.time.YearMonth self, java.time.YearMonth other) {
    return self.year != other.year ? self.year - other.year : self.monthValue - other.monthValue
}
static boolean isAfter(java.time.YearMonth self, java.time.YearMonth other) { return compareTo(self, other) > 0 }
static boolean isBefore(java.time.YearMonth self, java.time.YearMonth other) { return compareTo(self, other) < 0 }
static boolean isLeapYear(java.time.YearMonth self) { return java.time.LocalDate.of(self.year, 1, 1).isLeapYear() }
static int lengthOfYear(java.time.YearMonth self) { return isLeapYear(self) ? 366 : 365 }
static boolean isValidDay(java.time.YearMonth self, int day) { return day >= 1 && day <= self.lengthOfMonth() }

static java.time.Month firstMonthOfQuarter(java.time.Month self) { return java.time.Month.of((self.value - 1).intdiv(3) * 3 + 1) }
static int firstDayOfYear(java.time.Month self, boolean leapYear) {
    int day = 1
    for (int m = 1; m < self.value; m++) day += length(java.time.Month.of(m), leapYear)
    return day
}

static java.time.YearMonth now(Class<java.time.YearMonth> self) { def today = java.time.LocalDate.now(); return java.time.YearMonth.of(today.year, today.monthValue) }
static java.time.YearMonth now(Class<java.time.YearMonth> self, java.time.ZoneId zone) { def today = java.time.LocalDate.now(zone); return java.time.YearMonth.of(today.year, today.monthValue) }

static java.util.stream.Stream datesUntil(java.time.LocalDate self, java.time.LocalDate end) {
    def out = []
    for (def day = self; day.isBefore(end); day = day.plusDays(1)) {
        out << day
    }
    return out.stream()
}

static java.time.Duration getDuration(java.time.temporal.ChronoUnit self) {
    switch (self.name()) {
        case 'NANOS': return java.time.Duration.ofNanos(1)
        case 'MICROS': return java.time.Duration.ofNanos(1000)
        case 'MILLIS': return java.time.Duration.ofMillis(1)
        case 'SECONDS': return java.time.Duration.ofSeconds(1)
        case 'MINUTES': return java.time.Duration.ofMinutes(1)
        case 'HOURS': return java.time.Duration.ofHours(1)
        case 'HALF_DAYS': return java.time.Duration.ofHours(12)
        case 'DAYS': return java.time.Duration.ofDays(1)
        case 'WEEKS': return java.time.Duration.ofDays(7)
        case 'MONTHS': return java.time.Duration.ofSeconds(2629746)
        case 'YEARS': return java.time.Duration.ofSeconds(31556952)
        case 'DECADES': return java.time.Duration.ofSeconds(315569520)
        case 'CENTURIES': return java.time.Duration.ofSeconds(3155695200L)
        case 'MILLENNIA': return java.time.Duration.ofSeconds(31556952000L)
        default: return java.time.Duration.ofSeconds(self.name() == 'ERAS' ? 31556952000000000L : Long.MAX_VALUE)
    }
}

static java.time.Duration truncatedTo(java.time.Duration self, java.time.temporal.ChronoUnit unit) {
    long step = getDuration(unit).toNanos()
    return java.time.Duration.ofNanos(self.toNanos().intdiv(step) * step)
}

static java.time.ZonedDateTime atZoneSameInstant(java.time.OffsetDateTime self, java.time.ZoneId zone) { return self.toInstant().atZone(zone) }
static java.time.ZonedDateTime withZoneSameLocal(java.time.ZonedDateTime self, java.time.ZoneId zone) { return self.toLocalDateTime().atZone(zone) }
