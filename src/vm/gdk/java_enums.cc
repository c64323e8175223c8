// Constants of Java's own enums and the conversions of TimeUnit. What every enum answers is core_methods.cc.
#include "vm/gdk/java_enums.h"

#include <array>
#include <limits>

#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

constexpr std::string_view kTimeUnits[] = {"NANOSECONDS", "MICROSECONDS", "MILLISECONDS", "SECONDS",
                                           "MINUTES",     "HOURS",        "DAYS"};
constexpr std::string_view kRoundingModes[] = {"UP",      "DOWN",      "CEILING",   "FLOOR",
                                               "HALF_UP", "HALF_DOWN", "HALF_EVEN", "UNNECESSARY"};
constexpr std::string_view kDaysOfWeek[] = {"MONDAY", "TUESDAY",  "WEDNESDAY", "THURSDAY",
                                            "FRIDAY", "SATURDAY", "SUNDAY"};
constexpr std::string_view kMonths[] = {"JANUARY", "FEBRUARY", "MARCH",     "APRIL",   "MAY",      "JUNE",
                                        "JULY",    "AUGUST",   "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"};
constexpr std::string_view kChronoUnits[] = {"NANOS",     "MICROS",    "MILLIS", "SECONDS", "MINUTES", "HOURS",
                                             "HALF_DAYS", "DAYS",      "WEEKS",  "MONTHS",  "YEARS",   "DECADES",
                                             "CENTURIES", "MILLENNIA", "ERAS",   "FOREVER"};
constexpr std::string_view kChronoFields[] = {"NANO_OF_SECOND",
                                              "NANO_OF_DAY",
                                              "MICRO_OF_SECOND",
                                              "MICRO_OF_DAY",
                                              "MILLI_OF_SECOND",
                                              "MILLI_OF_DAY",
                                              "SECOND_OF_MINUTE",
                                              "SECOND_OF_DAY",
                                              "MINUTE_OF_HOUR",
                                              "MINUTE_OF_DAY",
                                              "HOUR_OF_AMPM",
                                              "CLOCK_HOUR_OF_AMPM",
                                              "HOUR_OF_DAY",
                                              "CLOCK_HOUR_OF_DAY",
                                              "AMPM_OF_DAY",
                                              "DAY_OF_WEEK",
                                              "ALIGNED_DAY_OF_WEEK_IN_MONTH",
                                              "ALIGNED_DAY_OF_WEEK_IN_YEAR",
                                              "DAY_OF_MONTH",
                                              "DAY_OF_YEAR",
                                              "EPOCH_DAY",
                                              "ALIGNED_WEEK_OF_MONTH",
                                              "ALIGNED_WEEK_OF_YEAR",
                                              "MONTH_OF_YEAR",
                                              "PROLEPTIC_MONTH",
                                              "YEAR_OF_ERA",
                                              "YEAR",
                                              "ERA",
                                              "INSTANT_SECONDS",
                                              "OFFSET_SECONDS"};
constexpr std::string_view kTextStyles[] = {"FULL",   "FULL_STANDALONE",  "SHORT", "SHORT_STANDALONE",
                                            "NARROW", "NARROW_STANDALONE"};
constexpr std::string_view kFormatStyles[] = {"FULL", "LONG", "MEDIUM", "SHORT"};
constexpr std::string_view kNormalizerForms[] = {"NFD", "NFC", "NFKD", "NFKC"};
constexpr std::string_view kJsonParserTypes[] = {"INDEX_OVERLAY", "CHARACTER_SOURCE", "LAX", "CHAR_BUFFER"};
constexpr std::string_view kHudsonResults[] = {"SUCCESS", "UNSTABLE", "FAILURE", "NOT_BUILT", "ABORTED"};
constexpr std::string_view kFlowStyles[] = {"FLOW", "BLOCK", "AUTO"};

Status constant(Call& call) {
  const ClassId id = call.self().class_id();
  const auto names = java_enum_names(id);
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    if (names[i] == call.name()) return call.give(make_java_enum(call.heap(), id, i));
  }
  return call.throw_java(java::no_such_field_error, call.name());
}

// ---- TimeUnit

constexpr std::array<std::int64_t, 7> kNanos = {
    1, 1'000, 1'000'000, 1'000'000'000, 60'000'000'000, 3'600'000'000'000, 86'400'000'000'000};

/// Java saturates instead of overflowing.
std::int64_t convert(std::int64_t amount, std::size_t from, std::size_t to) {
  if (from <= to) return amount / (kNanos[to] / kNanos[from]);
  const std::int64_t ratio = kNanos[from] / kNanos[to];
  std::int64_t out = 0;
  if (__builtin_mul_overflow(amount, ratio, &out)) {
    return amount < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  }
  return out;
}
template <std::size_t kTo>
Status to_unit(Call& call) {
  return call.give(
      convert(call.long_arg(0), static_cast<std::size_t>(java_enum_ordinal(call.heap(), call.self())), kTo));
}
Status convert_from(Call& call) {
  const auto from = java_enum_ordinal(call.heap(), call.arg(1), java::time_unit);
  return call.give(convert(call.long_arg(0), static_cast<std::size_t>(from),
                           static_cast<std::size_t>(java_enum_ordinal(call.heap(), call.self()))));
}

/// DayOfWeek and Month count from one.
Status value_of_calendar_enum(Call& call) { return call.give(java_enum_ordinal(call.heap(), call.self()) + 1); }
Status calendar_enum_of(Call& call) {
  const ClassId id = call.self().class_id();
  const auto n = call.long_arg(0);
  if (n < 1 || n > static_cast<std::int64_t>(java_enum_names(id).size())) {
    return call.throw_java(java::date_time_exception, std::string("Invalid value for ") +
                                                          (id == java::time_month ? "MonthOfYear: " : "DayOfWeek: ") +
                                                          std::to_string(n));
  }
  return call.give(make_java_enum(call.heap(), id, static_cast<std::uint32_t>(n - 1)));
}
Status calendar_enum_plus(Call& call) {
  const ClassId id = call.class_of(call.self());
  const auto size = static_cast<std::int64_t>(java_enum_names(id).size());
  auto n = call.long_arg(0) % size;
  if (call.name() == "minus") n = -n;
  n = (java_enum_ordinal(call.heap(), call.self()) + n + size) % size;
  return call.give(make_java_enum(call.heap(), id, static_cast<std::uint32_t>(n)));
}
Status chrono_unit_text(Call& call) {
  static constexpr std::string_view kNames[] = {"Nanos",     "Micros",    "Millis", "Seconds", "Minutes", "Hours",
                                                "HalfDays",  "Days",      "Weeks",  "Months",  "Years",   "Decades",
                                                "Centuries", "Millennia", "Eras",   "Forever"};
  return call.give_utf8(kNames[static_cast<std::size_t>(java_enum_ordinal(call.heap(), call.self()))]);
}

using K = NativeKind;
#define WL_CONSTANT(owner, name) {owner, name, "", constant, K::static_field}
constexpr NativeMethod kMethods[] = {
    WL_CONSTANT("java.util.concurrent.TimeUnit", "NANOSECONDS"),
    WL_CONSTANT("java.util.concurrent.TimeUnit", "MICROSECONDS"),
    WL_CONSTANT("java.util.concurrent.TimeUnit", "MILLISECONDS"),
    WL_CONSTANT("java.util.concurrent.TimeUnit", "SECONDS"),
    WL_CONSTANT("java.util.concurrent.TimeUnit", "MINUTES"),
    WL_CONSTANT("java.util.concurrent.TimeUnit", "HOURS"),
    WL_CONSTANT("java.util.concurrent.TimeUnit", "DAYS"),
    {"java.util.concurrent.TimeUnit", "toNanos", "long", to_unit<0>},
    {"java.util.concurrent.TimeUnit", "toMicros", "long", to_unit<1>},
    {"java.util.concurrent.TimeUnit", "toMillis", "long", to_unit<2>},
    {"java.util.concurrent.TimeUnit", "toSeconds", "long", to_unit<3>},
    {"java.util.concurrent.TimeUnit", "toMinutes", "long", to_unit<4>},
    {"java.util.concurrent.TimeUnit", "toHours", "long", to_unit<5>},
    {"java.util.concurrent.TimeUnit", "toDays", "long", to_unit<6>},
    {"java.util.concurrent.TimeUnit", "convert", "long,Object", convert_from},
    WL_CONSTANT("java.math.RoundingMode", "UP"),
    WL_CONSTANT("java.math.RoundingMode", "DOWN"),
    WL_CONSTANT("java.math.RoundingMode", "CEILING"),
    WL_CONSTANT("java.math.RoundingMode", "FLOOR"),
    WL_CONSTANT("java.math.RoundingMode", "HALF_UP"),
    WL_CONSTANT("java.math.RoundingMode", "HALF_DOWN"),
    WL_CONSTANT("java.math.RoundingMode", "HALF_EVEN"),
    WL_CONSTANT("java.math.RoundingMode", "UNNECESSARY"),
    WL_CONSTANT("java.time.DayOfWeek", "MONDAY"),
    WL_CONSTANT("java.time.DayOfWeek", "TUESDAY"),
    WL_CONSTANT("java.time.DayOfWeek", "WEDNESDAY"),
    WL_CONSTANT("java.time.DayOfWeek", "THURSDAY"),
    WL_CONSTANT("java.time.DayOfWeek", "FRIDAY"),
    WL_CONSTANT("java.time.DayOfWeek", "SATURDAY"),
    WL_CONSTANT("java.time.DayOfWeek", "SUNDAY"),
    {"java.time.DayOfWeek", "getValue", "", value_of_calendar_enum},
    {"java.time.DayOfWeek", "of", "int", calendar_enum_of, K::static_method},
    {"java.time.DayOfWeek", "plus", "long", calendar_enum_plus},
    {"java.time.DayOfWeek", "minus", "long", calendar_enum_plus},
    WL_CONSTANT("java.time.Month", "JANUARY"),
    WL_CONSTANT("java.time.Month", "FEBRUARY"),
    WL_CONSTANT("java.time.Month", "MARCH"),
    WL_CONSTANT("java.time.Month", "APRIL"),
    WL_CONSTANT("java.time.Month", "MAY"),
    WL_CONSTANT("java.time.Month", "JUNE"),
    WL_CONSTANT("java.time.Month", "JULY"),
    WL_CONSTANT("java.time.Month", "AUGUST"),
    WL_CONSTANT("java.time.Month", "SEPTEMBER"),
    WL_CONSTANT("java.time.Month", "OCTOBER"),
    WL_CONSTANT("java.time.Month", "NOVEMBER"),
    WL_CONSTANT("java.time.Month", "DECEMBER"),
    {"java.time.Month", "getValue", "", value_of_calendar_enum},
    {"java.time.Month", "of", "int", calendar_enum_of, K::static_method},
    {"java.time.Month", "plus", "long", calendar_enum_plus},
    {"java.time.Month", "minus", "long", calendar_enum_plus},
    WL_CONSTANT("java.time.temporal.ChronoUnit", "NANOS"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "MICROS"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "MILLIS"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "SECONDS"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "MINUTES"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "HOURS"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "HALF_DAYS"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "DAYS"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "WEEKS"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "MONTHS"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "YEARS"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "DECADES"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "CENTURIES"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "MILLENNIA"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "ERAS"),
    WL_CONSTANT("java.time.temporal.ChronoUnit", "FOREVER"),
    {"java.time.temporal.ChronoUnit", "toString", "", chrono_unit_text},
    WL_CONSTANT("java.time.temporal.ChronoField", "NANO_OF_SECOND"),
    WL_CONSTANT("java.time.temporal.ChronoField", "NANO_OF_DAY"),
    WL_CONSTANT("java.time.temporal.ChronoField", "MICRO_OF_SECOND"),
    WL_CONSTANT("java.time.temporal.ChronoField", "MICRO_OF_DAY"),
    WL_CONSTANT("java.time.temporal.ChronoField", "MILLI_OF_SECOND"),
    WL_CONSTANT("java.time.temporal.ChronoField", "MILLI_OF_DAY"),
    WL_CONSTANT("java.time.temporal.ChronoField", "SECOND_OF_MINUTE"),
    WL_CONSTANT("java.time.temporal.ChronoField", "SECOND_OF_DAY"),
    WL_CONSTANT("java.time.temporal.ChronoField", "MINUTE_OF_HOUR"),
    WL_CONSTANT("java.time.temporal.ChronoField", "MINUTE_OF_DAY"),
    WL_CONSTANT("java.time.temporal.ChronoField", "HOUR_OF_AMPM"),
    WL_CONSTANT("java.time.temporal.ChronoField", "CLOCK_HOUR_OF_AMPM"),
    WL_CONSTANT("java.time.temporal.ChronoField", "HOUR_OF_DAY"),
    WL_CONSTANT("java.time.temporal.ChronoField", "CLOCK_HOUR_OF_DAY"),
    WL_CONSTANT("java.time.temporal.ChronoField", "AMPM_OF_DAY"),
    WL_CONSTANT("java.time.temporal.ChronoField", "DAY_OF_WEEK"),
    WL_CONSTANT("java.time.temporal.ChronoField", "ALIGNED_DAY_OF_WEEK_IN_MONTH"),
    WL_CONSTANT("java.time.temporal.ChronoField", "ALIGNED_DAY_OF_WEEK_IN_YEAR"),
    WL_CONSTANT("java.time.temporal.ChronoField", "DAY_OF_MONTH"),
    WL_CONSTANT("java.time.temporal.ChronoField", "DAY_OF_YEAR"),
    WL_CONSTANT("java.time.temporal.ChronoField", "EPOCH_DAY"),
    WL_CONSTANT("java.time.temporal.ChronoField", "ALIGNED_WEEK_OF_MONTH"),
    WL_CONSTANT("java.time.temporal.ChronoField", "ALIGNED_WEEK_OF_YEAR"),
    WL_CONSTANT("java.time.temporal.ChronoField", "MONTH_OF_YEAR"),
    WL_CONSTANT("java.time.temporal.ChronoField", "PROLEPTIC_MONTH"),
    WL_CONSTANT("java.time.temporal.ChronoField", "YEAR_OF_ERA"),
    WL_CONSTANT("java.time.temporal.ChronoField", "YEAR"),
    WL_CONSTANT("java.time.temporal.ChronoField", "ERA"),
    WL_CONSTANT("java.time.temporal.ChronoField", "INSTANT_SECONDS"),
    WL_CONSTANT("java.time.temporal.ChronoField", "OFFSET_SECONDS"),
    WL_CONSTANT("java.time.format.TextStyle", "FULL"),
    WL_CONSTANT("java.time.format.TextStyle", "FULL_STANDALONE"),
    WL_CONSTANT("java.time.format.TextStyle", "SHORT"),
    WL_CONSTANT("java.time.format.TextStyle", "SHORT_STANDALONE"),
    WL_CONSTANT("java.time.format.TextStyle", "NARROW"),
    WL_CONSTANT("java.time.format.TextStyle", "NARROW_STANDALONE"),
    WL_CONSTANT("java.time.format.FormatStyle", "FULL"),
    WL_CONSTANT("java.time.format.FormatStyle", "LONG"),
    WL_CONSTANT("java.time.format.FormatStyle", "MEDIUM"),
    WL_CONSTANT("java.time.format.FormatStyle", "SHORT"),
    WL_CONSTANT("java.text.Normalizer$Form", "NFD"),
    WL_CONSTANT("java.text.Normalizer$Form", "NFC"),
    WL_CONSTANT("java.text.Normalizer$Form", "NFKD"),
    WL_CONSTANT("java.text.Normalizer$Form", "NFKC"),
    WL_CONSTANT("groovy.json.JsonParserType", "CHAR_BUFFER"),
    WL_CONSTANT("groovy.json.JsonParserType", "INDEX_OVERLAY"),
    WL_CONSTANT("groovy.json.JsonParserType", "LAX"),
    WL_CONSTANT("groovy.json.JsonParserType", "CHARACTER_SOURCE"),
    WL_CONSTANT("org.yaml.snakeyaml.DumperOptions$FlowStyle", "FLOW"),
    WL_CONSTANT("org.yaml.snakeyaml.DumperOptions$FlowStyle", "BLOCK"),
    WL_CONSTANT("org.yaml.snakeyaml.DumperOptions$FlowStyle", "AUTO"),
    WL_CONSTANT("hudson.model.Result", "SUCCESS"),
    WL_CONSTANT("hudson.model.Result", "UNSTABLE"),
    WL_CONSTANT("hudson.model.Result", "FAILURE"),
    WL_CONSTANT("hudson.model.Result", "NOT_BUILT"),
    WL_CONSTANT("hudson.model.Result", "ABORTED"),
};
#undef WL_CONSTANT

}  // namespace

std::span<const std::string_view> java_enum_names(ClassId class_id) {
  switch (class_id) {
    case java::time_unit:
      return kTimeUnits;
    case java::rounding_mode:
      return kRoundingModes;
    case java::time_day_of_week:
      return kDaysOfWeek;
    case java::time_month:
      return kMonths;
    case java::chrono_unit:
      return kChronoUnits;
    case java::chrono_field:
      return kChronoFields;
    case java::text_style:
      return kTextStyles;
    case java::format_style:
      return kFormatStyles;
    case java::normalizer_form:
      return kNormalizerForms;
    case java::json_parser_type:
      return kJsonParserTypes;
    case java::flow_style:
      return kFlowStyles;
    case java::hudson_result:
      return kHudsonResults;
    default:
      return {};
  }
}

Value make_java_enum(Heap& heap, ClassId class_id, std::uint32_t ordinal) {
  const Value v = heap.make_native(class_id, 2);
  const Value name = heap.make_string(java_enum_names(class_id)[ordinal]);
  heap.native_slots(v)[0] = name;
  heap.native_slots(v)[1] = Value::of_int(static_cast<std::int32_t>(ordinal));
  return v;
}

std::int32_t java_enum_ordinal(Heap& heap, Value v) {
  if (!v.is(Kind::native_object) || java_enum_names(heap.class_of(v)).empty()) return -1;
  return heap.native_slots(v)[1].as_int();
}

std::int32_t java_enum_ordinal(Heap& heap, Value v, ClassId class_id) {
  if (!v.is(Kind::native_object) || heap.class_of(v) != class_id) throw Misread(v);
  return heap.native_slots(v)[1].as_int();
}

NativeTable enum_methods() { return kMethods; }

}  // namespace windlass::vm
