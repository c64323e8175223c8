// java.time.Year, MonthDay and Clock: arithmetic on what the natives give. DateTimeFormatter's localized forms are those of English.

static boolean isLeap(java.time.Year self) { return java.time.Year.isLeap(self.value as long) }
static int length(java.time.Year self) { return isLeap(self) ? 366 : 365 }
static java.time.LocalDate atDay(java.time.Year self, int day) { return java.time.LocalDate.ofYearDay(self.value, day) }
static java.time.YearMonth atMonth(java.time.Year self, Object month) { return java.time.YearMonth.of(self.value, month) }
static java.time.LocalDate atMonthDay(java.time.Year self, java.time.MonthDay day) { return day.atYear(self.value) }
static boolean isValidMonthDay(java.time.Year self, java.time.MonthDay day) { return day != null && day.isValidYear(self.value) }
static java.time.Year plusYears(java.time.Year self, long n) { return java.time.Year.of(Math.toIntExact(self.value + n)) }
static java.time.Year minusYears(java.time.Year self, long n) { return plusYears(self, -n) }
static int compareTo(java.time.Year self, java.time.Year other) { return self.value - other.value }
static boolean isAfter(java.time.Year self, java.time.Year other) { return self.value > other.value }
static boolean isBefore(java.time.Year self, java.time.Year other) { return self.value < other.value }
static String format(java.time.Year self, java.time.format.DateTimeFormatter how) { return how.format(atDay(self, 1)) }

static java.time.Month getMonth(java.time.MonthDay self) { return java.time.Month.of(self.monthValue) }
static boolean isValidYear(java.time.MonthDay self, int year) { return self.monthValue != 2 || self.dayOfMonth != 29 || java.time.Year.isLeap(year as long) }

static java.time.LocalDate atYear(java.time.MonthDay self, int year) {
    return java.time.LocalDate.of(year, self.monthValue, isValidYear(self, year) ? self.dayOfMonth : 28)
}

/** The day is cut to the length of the month. */
static java.time.MonthDay withMonth(java.time.MonthDay self, int month) {
    return java.time.MonthDay.of(month, Math.min(self.dayOfMonth, java.time.Month.of(month).maxLength()))
}

static java.time.MonthDay with(java.time.MonthDay self, java.time.Month month) { return withMonth(self, month.value) }
static java.time.MonthDay withDayOfMonth(java.time.MonthDay self, int day) { return java.time.MonthDay.of(self.monthValue, day) }

static int compareTo(java.time.MonthDay self, java.time.MonthDay other) {
    return self.monthValue != other.monthValue ? self.monthValue - other.monthValue : self.dayOfMonth - other.dayOfMonth
}

static boolean isAfter(java.time.MonthDay self, java.time.MonthDay other) { return compareTo(self, other) > 0 }
static boolean isBefore(java.time.MonthDay self, java.time.MonthDay other) { return compareTo(self, other) < 0 }
static String format(java.time.MonthDay self, java.time.format.DateTimeFormatter how) { return how.format(atYear(self, 2000)) }

static java.time.Clock systemUTC(Class<java.time.Clock> self) { return java.time.Clock.system(java.time.ZoneOffset.UTC) }
static java.time.Clock systemDefaultZone(Class<java.time.Clock> self) { return java.time.Clock.system(java.time.ZoneId.systemDefault()) }
static java.time.Clock tickMillis(Class<java.time.Clock> self, java.time.ZoneId zone) { return java.time.Clock.tick(java.time.Clock.system(zone), java.time.Duration.ofMillis(1)) }
static java.time.Clock tickSeconds(Class<java.time.Clock> self, java.time.ZoneId zone) { return java.time.Clock.tick(java.time.Clock.system(zone), java.time.Duration.ofSeconds(1)) }
static java.time.Clock tickMinutes(Class<java.time.Clock> self, java.time.ZoneId zone) { return java.time.Clock.tick(java.time.Clock.system(zone), java.time.Duration.ofMinutes(1)) }
static long millis(java.time.Clock self) { return self.instant().toEpochMilli() }

static String __date_pattern(java.time.format.FormatStyle style) {
    switch (style.name()) {
        case 'SHORT': return 'M/d/yy'
        case 'MEDIUM': return 'MMM d, y'
        case 'LONG': return 'MMMM d, y'
    }
    return 'EEEE, MMMM d, y'
}

static String __time_pattern(java.time.format.FormatStyle style) {
    switch (style.name()) {
        case 'SHORT': return 'h:mm a'
        case 'MEDIUM': return 'h:mm:ss a'
        case 'LONG': return 'h:mm:ss a z'
    }
    return 'h:mm:ss a zzzz'
}

static java.time.format.DateTimeFormatter ofLocalizedDate(Class<java.time.format.DateTimeFormatter> self, java.time.format.FormatStyle style) {
    return java.time.format.DateTimeFormatter.ofPattern(__date_pattern(style))
}

static java.time.format.DateTimeFormatter ofLocalizedTime(Class<java.time.format.DateTimeFormatter> self, java.time.format.FormatStyle style) {
    return java.time.format.DateTimeFormatter.ofPattern(__time_pattern(style))
}

static java.time.format.DateTimeFormatter ofLocalizedDateTime(Class<java.time.format.DateTimeFormatter> self, java.time.format.FormatStyle style) {
    return ofLocalizedDateTime(self, style, style)
}

static java.time.format.DateTimeFormatter ofLocalizedDateTime(Class<java.time.format.DateTimeFormatter> self, java.time.format.FormatStyle date, java.time.format.FormatStyle time) {
    def between = date.name() in ['FULL', 'LONG'] ? " 'at' " : ', '
    return java.time.format.DateTimeFormatter.ofPattern(__date_pattern(date) + between + __time_pattern(time))
}
