#include "engine/sandbox_rules.h"

#include <algorithm>
#include <iterator>

namespace windlass::engine {
namespace {

using Row = SandboxRow;

// Sorted by owner.
constexpr Row kAllowed[] = {
    {"groovy.json.JsonBuilder", "<init> call toPrettyString toString"},
    {"groovy.json.JsonOutput", "prettyPrint toJson"},
    {"groovy.json.JsonOutput$JsonUnescaped", "toString"},
    {"groovy.json.JsonSlurper", "<init> parseText"},
    {"groovy.json.JsonSlurperClassic", "<init> parseText"},
    {"groovy.lang.Binding", "hasVariable"},
    {"groovy.lang.Closure",
     "DELEGATE_FIRST DELEGATE_ONLY OWNER_FIRST OWNER_ONLY TO_SELF call clone curry getDelegate "
     "getResolveStrategy ncurry setDelegate setResolveStrategy"},
    {"groovy.lang.GString", "plus"},
    {"groovy.lang.Range", "add get getFrom getTo pop remove step"},
    {"groovy.lang.Script", "getBinding"},
    {"groovy.time.BaseDuration", "compareTo toString"},
    {"groovy.util.Expando", "toString"},
    {"groovy.util.Node", "iterator toString"},
    {"groovy.util.NodeList", "getAt"},
    {"groovy.util.slurpersupport.GPathResult", "asBoolean equals getAt hashCode iterator plus toString"},
    {"groovy.xml.XmlUtil", "escapeXml"},
    {"hudson.AbortException", "<init>"},
    {"hudson.model.Cause", "getShortDescription"},
    {"hudson.model.Result", "ABORTED FAILURE NOT_BUILT SUCCESS UNSTABLE fromString toString"},
    {"java.io.ByteArrayOutputStream", "toString"},
    {"java.io.File", "compareTo toString"},
    {"java.io.InputStream", "close"},
    {"java.io.OutputStream", "close flush"},
    {"java.io.PrintStream", "append flush"},
    {"java.io.PrintWriter", "<init>"},
    {"java.io.Reader", "close read"},
    {"java.io.StringReader", "<init> reset"},
    {"java.io.StringWriter", "<init> toString"},
    {"java.io.Writer", "append close flush leftShift write"},
    {"java.lang.AbstractStringBuilder",
     "append appendCodePoint capacity delete deleteCharAt ensureCapacity indexOf insert lastIndexOf "
     "plus replace reverse setCharAt setLength subSequence substring toString trimToSize"},
    {"java.lang.Boolean", "and booleanValue compareTo or parseBoolean toBoolean toString valueOf xor"},
    {"java.lang.CharSequence",
     "bitwiseNegate capitalize center charAt contains count denormalize drop dropWhile eachLine "
     "eachMatch endsWith expand find findAll getAt getBytes isAllWhitespace isDouble isEmpty isFloat "
     "isInteger isLong isNumber length matches minus multiply normalize padLeft padRight readLines "
     "replaceAll replaceFirst reverse size split splitEachLine startsWith startsWithAny stripIndent "
     "stripMargin take takeWhile toDouble toFloat toInteger toList toLong toLowerCase "
     "toUpperCase tokenize tr trim unexpand"},
    {"java.lang.Character", "compareTo minus next plus previous toString"},
    {"java.lang.Class", "getName getSimpleName isInstance"},
    {"java.lang.Double", "toString"},
    {"java.lang.Enum", "compareTo name next ordinal previous toString valueOf values"},
    {"java.lang.Exception", "<init>"},
    {"java.lang.Float", "toString"},
    {"java.lang.Integer", "MAX_VALUE parseInt toString valueOf"},
    {"java.lang.Iterable",
     "collate collectNested combinations contains count disjoint drop dropRight eachPermutation first "
     "flatten getAt join last minus permutations plus size sort tail take takeRight toList toSet "
     "toSorted"},
    {"java.lang.Long", "toString"},
    {"java.lang.Math",
     "E PI abs acos addExact asin atan atan2 cbrt ceil cos cosh exp expm1 floor floorDiv floorMod "
     "hypot incrementExact log log10 log1p max min multiplyExact negateExact pow random rint round "
     "signum sin sinh sqrt subtractExact tan tanh toDegrees toIntExact toRadians"},
    {"java.lang.Number",
     "abs bitwiseNegate byteValue compareTo doubleValue floatValue intValue longValue minus multiply "
     "next plus power previous shortValue times toInteger"},
    {"java.lang.Object",
     "<init> any asBoolean asType collect collectEntries collectMany countBy each eachWithIndex equals "
     "every find findAll findIndexOf findIndexValues findLastIndexOf findResult findResults getClass "
     "groupBy hashCode inject inspect is isCase iterator max min print printf println sleep split sum "
     "toString with"},
    {"java.lang.Object[]",
     "contains count eachWithIndex first getAt join last minus plus reverseEach size sort toList "
     "toSorted"},
    {"java.lang.StackTraceElement", "toString"},
    {"java.lang.String",
     "<init> codePointAt compareTo concat contentEquals equalsIgnoreCase format getBytes getChars "
     "indexOf join lastIndexOf leftShift next plus previous regionMatches replace split startsWith "
     "stripIndent subSequence substring toBoolean toCharArray toLowerCase toUpperCase valueOf"},
    {"java.lang.StringBuffer", "<init>"},
    {"java.lang.StringBuilder", "<init>"},
    {"java.lang.System", "currentTimeMillis identityHashCode"},
    {"java.lang.Throwable", "getCause getMessage printStackTrace"},
    {"java.math.BigDecimal", "multiply negate"},
    {"java.math.BigInteger", "negate not toString"},
    {"java.net.MalformedURLException", "<init>"},
    {"java.net.URI", "compareTo toString"},
    {"java.net.URL", "<init> toString"},
    {"java.net.URLDecoder", "decode"},
    {"java.net.URLEncoder", "encode"},
    {"java.nio.charset.Charset", "forName toString"},
    {"java.nio.charset.StandardCharsets", "ISO_8859_1 US_ASCII UTF_16 UTF_8"},
    {"java.nio.file.Path", "compareTo toString"},
    {"java.text.MessageFormat", "format"},
    {"java.text.NumberFormat", "format"},
    {"java.text.SimpleDateFormat", "<init> format getTimeZone isLenient parse setLenient setTimeZone"},
    {"java.time.DayOfWeek", "FRIDAY MONDAY SATURDAY SUNDAY THURSDAY TUESDAY WEDNESDAY"},
    {"java.time.Duration", "compareTo toString"},
    {"java.time.Instant",
     "compareTo getEpochSecond getNano minusMillis minusNanos minusSeconds parse plusMillis plusNanos "
     "plusSeconds toString with"},
    {"java.time.LocalDate",
     "compareTo format getDayOfMonth getDayOfWeek getDayOfYear getMonth getMonthValue getYear "
     "isLeapYear lengthOfMonth lengthOfYear minusDays minusMonths minusWeeks minusYears now parse "
     "plusDays plusMonths plusWeeks plusYears toEpochDay toString with withDayOfMonth withDayOfYear "
     "withMonth withYear"},
    {"java.time.LocalDateTime",
     "compareTo format getDayOfMonth getDayOfWeek getDayOfYear getHour getMinute getMonth "
     "getMonthValue getNano getSecond getYear minusDays minusHours minusMinutes minusMonths minusNanos "
     "minusSeconds minusWeeks minusYears now of parse plusDays plusHours plusMinutes plusMonths "
     "plusNanos plusSeconds plusWeeks plusYears toString with withDayOfMonth withDayOfYear withHour "
     "withMinute withMonth withNano withSecond withYear"},
    {"java.time.LocalTime",
     "MIDNIGHT NOON compareTo format getHour getMinute getNano getSecond minusHours minusMinutes minusNanos "
     "minusSeconds now parse plusHours plusMinutes plusNanos plusSeconds toNanoOfDay toSecondOfDay "
     "toString with withHour withMinute withNano withSecond"},
    {"java.time.OffsetDateTime", "compareTo toString with"},
    {"java.time.Period", "toString"},
    {"java.time.YearMonth", "compareTo toString"},
    {"java.time.ZoneId", "toString"},
    {"java.time.ZonedDateTime", "compareTo toString with"},
    {"java.time.format.DateTimeFormatter",
     "BASIC_ISO_DATE ISO_DATE ISO_DATE_TIME ISO_INSTANT ISO_LOCAL_DATE ISO_LOCAL_DATE_TIME "
     "ISO_LOCAL_TIME ISO_OFFSET_DATE_TIME ISO_TIME ISO_ZONED_DATE_TIME ofPattern"},
    {"java.time.temporal.ChronoField", "toString"},
    {"java.time.temporal.ChronoUnit",
     "CENTURIES DAYS DECADES ERAS FOREVER HALF_DAYS HOURS MICROS MILLENNIA MILLIS MINUTES MONTHS NANOS "
     "SECONDS WEEKS YEARS between isDateBased isTimeBased toString"},
    {"java.time.temporal.ValueRange", "toString"},
    {"java.util.ArrayList", "<init>"},
    {"java.util.Arrays", "asList equals hashCode toString"},
    {"java.util.Base64", "getDecoder getEncoder getMimeDecoder getMimeEncoder getUrlDecoder getUrlEncoder"},
    {"java.util.Base64$Decoder", "decode"},
    {"java.util.Base64$Encoder", "encode encodeToString withoutPadding"},
    {"java.util.BitSet", "toString"},
    {"java.util.Calendar",
     "AM AM_PM APRIL AUGUST DATE DAY_OF_MONTH DAY_OF_WEEK DAY_OF_WEEK_IN_MONTH DAY_OF_YEAR DECEMBER "
     "DST_OFFSET ERA FEBRUARY FRIDAY HOUR HOUR_OF_DAY JANUARY JULY JUNE MARCH MAY MILLISECOND MINUTE "
     "MONDAY MONTH NOVEMBER OCTOBER PM SATURDAY SECOND SEPTEMBER SUNDAY THURSDAY TUESDAY WEDNESDAY "
     "WEEK_OF_MONTH WEEK_OF_YEAR YEAR ZONE_OFFSET add after before clear compareTo equals format get "
     "getActualMaximum getActualMinimum getAt getFirstDayOfWeek getInstance getTime getTimeInMillis "
     "getTimeZone hashCode isLenient putAt roll set setFirstDayOfWeek setLenient setTime "
     "setTimeInMillis setTimeZone toString"},
    {"java.util.Collection",
     "addAll contains containsAll findAll intersect isEmpty leftShift minus plus remove removeAll "
     "retainAll size split toListString unique"},
    {"java.util.Collections",
     "addAll binarySearch disjoint emptyList emptyMap fill frequency indexOfSubList lastIndexOfSubList "
     "list max min nCopies replaceAll reverse reverseOrder rotate shuffle singleton singletonList "
     "singletonMap sort swap synchronizedCollection synchronizedList synchronizedMap synchronizedSet "
     "unmodifiableCollection unmodifiableList unmodifiableMap unmodifiableSet"},
    {"java.util.Date",
     "<init> after before compareTo format getAt getDate getDateString getDateTimeString getDay "
     "getHours getMinutes getMonth getSeconds getTime getTimeString getTimezoneOffset getYear hashCode "
     "minus next parse plus previous set setDate setHours setMinutes setMonth setSeconds setTime "
     "setYear toCalendar toGMTString toString"},
    {"java.util.DoubleSummaryStatistics", "toString"},
    {"java.util.Enumeration", "toList"},
    {"java.util.HashMap", "<init>"},
    {"java.util.HashSet", "<init>"},
    {"java.util.IntSummaryStatistics", "toString"},
    {"java.util.Iterator", "count hasNext join next reverse toList"},
    {"java.util.LinkedHashSet", "<init>"},
    {"java.util.LinkedList", "pop push remove"},
    {"java.util.List",
     "add addAll get getAt indexOf plus pop push putAt remove reverse reverseEach sort subList "
     "transpose withDefault withLazyDefault"},
    {"java.util.Locale",
     "CANADA CANADA_FRENCH CHINESE ENGLISH FRANCE FRENCH GERMAN GERMANY ITALIAN ITALY JAPAN JAPANESE "
     "KOREA KOREAN ROOT SIMPLIFIED_CHINESE TRADITIONAL_CHINESE UK US toString"},
    {"java.util.LongSummaryStatistics", "toString"},
    {"java.util.Map",
     "any asImmutable clear collect collectEntries collectMany containsKey containsValue count countBy "
     "each eachWithIndex entrySet every find findAll findResult findResults get getAt getOrDefault "
     "groupBy groupEntriesBy inject isEmpty keySet leftShift max min minus plus put putAll putAt "
     "putIfAbsent remove replace reverseEach size sort subMap toMapString toSorted values withDefault"},
    {"java.util.Map$Entry", "getKey getValue"},
    {"java.util.Objects", "equals hash hashCode requireNonNull toString"},
    {"java.util.Optional", "equals hashCode toString"},
    {"java.util.OptionalDouble", "equals hashCode toString"},
    {"java.util.OptionalInt", "equals hashCode toString"},
    {"java.util.OptionalLong", "equals hashCode toString"},
    {"java.util.PriorityQueue", "add addAll leftShift remove"},
    {"java.util.Queue", "add remove"},
    {"java.util.Random", "<init> nextBoolean nextBytes nextDouble nextFloat nextGaussian nextInt nextLong"},
    {"java.util.Scanner", "close hasNext next"},
    {"java.util.Set", "add"},
    {"java.util.Stack", "pop push"},
    {"java.util.StringJoiner", "toString"},
    {"java.util.StringTokenizer", "toList"},
    {"java.util.TimeZone", "getTimeZone"},
    {"java.util.TreeMap", "<init> subMap"},
    {"java.util.TreeSet", "<init> first last"},
    {"java.util.UUID", "compareTo hashCode randomUUID toString"},
    {"java.util.concurrent.TimeUnit", "HOURS MILLISECONDS MINUTES SECONDS"},
    {"java.util.concurrent.atomic.AtomicBoolean", "toString"},
    {"java.util.concurrent.atomic.AtomicInteger", "intValue longValue toString"},
    {"java.util.concurrent.atomic.AtomicLong", "intValue longValue toString"},
    {"java.util.concurrent.atomic.AtomicReference", "toString"},
    {"java.util.regex.Matcher",
     "appendReplacement appendTail asBoolean end find getAt group groupCount hasAnchoringBounds "
     "hasTransparentBounds iterator lookingAt matches pattern quoteReplacement region regionEnd "
     "regionStart replaceAll replaceFirst reset start toMatchResult toString useAnchoringBounds "
     "usePattern useTransparentBounds"},
    {"java.util.regex.Pattern", "compile flags matcher matches pattern quote split toString"},
    {"java.util.stream.BaseStream", "close collect each iterator"},
    {"jenkins.model.CauseOfInterruption", "getShortDescription"},
    {"jenkins.model.CauseOfInterruption$UserInterruption", "getUserId"},
    {"org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable", "getArguments getSymbol"},
    {"org.jenkinsci.plugins.workflow.steps.FlowInterruptedException", "<init> getCauses getResult"},
};
static_assert(std::ranges::is_sorted(kAllowed, {}, &Row::owner));

// Classes of the prelude that stand in for Jenkins' and plugins' own: everything but what follows a `!`.
constexpr Row kStandIns[] = {
    {"hudson.plugins.git.", "*"},
    {"hudson.plugins.sonar.QualityGate", "*"},
    {"hudson.tasks.junit.TestResultSummary", "*"},
    {"jenkins.plugins.http_request.ResponseContentSupplier", "*"},
    {"jenkins.plugins.slack.workflow.SlackResponse", "*"},
    {"net.sf.json.", "*"},
    {"org.apache.maven.model.", "*"},
    {"org.jenkinsci.plugins.docker.workflow.", "*"},
    {"org.jenkinsci.plugins.parallel_test_executor.", "*"},
    {"org.jenkinsci.plugins.pipeline.modeldefinition.Utils", "*"},
    {"org.jenkinsci.plugins.pipeline.utility.steps.fs.FileWrapper", "*"},
    {"org.jenkinsci.plugins.workflow.cps.", "*"},
    {"org.jenkinsci.plugins.workflow.libs.LoadedClasses", "*"},
    {"org.jenkinsci.plugins.workflow.support.steps.build.RunWrapper", "!getRawBuild"},
};

bool has_word(std::string_view words, std::string_view word) {
  for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

std::span<const SandboxRow> sandbox_rows() { return kAllowed; }

bool sandbox_allows(std::string_view owner, std::string_view member) {
  const auto* row = std::ranges::lower_bound(kAllowed, owner, {}, &Row::owner);
  if (row != std::end(kAllowed) && row->owner == owner) return has_word(row->members, member);
  for (const Row& stand_in : kStandIns) {
    if (!owner.starts_with(stand_in.owner)) continue;
    const bool whole = stand_in.owner.ends_with('.') || owner.size() == stand_in.owner.size();
    if (!whole && owner[stand_in.owner.size()] != '$') continue;
    return !stand_in.members.starts_with('!') || stand_in.members.substr(1) != member;
  }
  return false;
}

std::string_view sandbox_refused_before(std::string_view owner, std::string_view member) {
  struct Refused {
    std::string_view owner, member, sentence;
  };
  static constexpr Refused kRefused[] = {
      {"java.lang.System", "getenv", "Scripts not permitted to use staticMethod java.lang.System getenv"},
      {"java.lang.System", "getProperty",
       "Scripts not permitted to use staticMethod java.lang.System getProperty java.lang.String"},
      {"java.lang.System", "exit", "Scripts not permitted to use staticMethod java.lang.System exit int"},
      {"jenkins.model.Jenkins", "getInstance",
       "Scripts not permitted to use staticMethod jenkins.model.Jenkins getInstance"},
      {"jenkins.model.Jenkins", "get", "Scripts not permitted to use staticMethod jenkins.model.Jenkins get"},
      {"org.jenkinsci.plugins.workflow.support.steps.build.RunWrapper", "getRawBuild",
       "Scripts not permitted to use method org.jenkinsci.plugins.workflow.support.steps.build.RunWrapper getRawBuild"},
      {"java.lang.Class", "forName",
       "Scripts not permitted to use staticMethod java.lang.Class forName java.lang.String"},
  };
  for (const auto& row : kRefused) {
    if (row.owner == owner && row.member == member) return row.sentence;
  }
  return {};
}

}  // namespace windlass::engine
