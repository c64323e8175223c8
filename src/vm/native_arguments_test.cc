// Every native method called with everything: each parameter in turn is given null and values of all sorts while the
// others are as declared. Whatever a native was written for, the call ends with a value or a Java exception; in an ASan
// build nothing outside of an object is read. What it gives is not looked at here: tests/groovy does that.
#include <atomic>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "groovy/parser.h"
#include "vm/gdk/tables.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

class QuietHost final : public Host {
 public:
  void print(FiberId, std::string_view) override {}
  std::int64_t clock_millis(FiberId) override { return 1'795'539'152'000; }
  std::uint64_t random_bits(FiberId) override { return ++random_ * 0x9E3779B97F4A7C15U; }
  StepCall call_step(Vm&, FiberId, std::string_view, std::span<const Value>) override { return {}; }
  Status get_global(Vm&, FiberId, std::string_view, Value&) override { return Status::ok; }
  bool set_global(Vm&, FiberId, std::string_view, Value) override { return false; }
  Status call(Vm& vm, FiberId, std::string_view name, std::span<const Value>, Value&) override {
    vm.set_exception(vm.make_throwable("java.lang.UnsupportedOperationException", name));
    return Status::thrown;
  }
  void interrupt_branch(Vm&, FiberId, Value) override {}
  std::shared_ptr<const CodeUnit> load_class(Vm&, std::string_view) override { return nullptr; }
  std::string class_failure(std::string_view) override { return {}; }
  Compiled compile_text(Vm&, std::string_view, std::string_view) override { return std::unexpected(CompileFailure{}); }
  std::string known_steps() override { return {}; }
  std::string refuse(std::string_view, std::string_view) override { return {}; }

 private:
  std::uint64_t random_ = 0;
};

const std::vector<std::string>& anything() {
  static const std::vector<std::string> kValues = {"null",
                                                   "5",
                                                   "-7L",
                                                   "Long.MAX_VALUE",
                                                   "Long.MIN_VALUE",
                                                   "2.5d",
                                                   "3.25",
                                                   "3G",
                                                   "true",
                                                   "('c' as char)",
                                                   "'x'",
                                                   "'λ' * 3",
                                                   "\"g${1}\"",
                                                   "new StringBuilder('s')",
                                                   "[]",
                                                   "[3, 'a', null]",
                                                   "[:]",
                                                   "[a: 1]",
                                                   "([1, 2] as Set)",
                                                   "(1..3)",
                                                   "('a'..'c')",
                                                   "new int[2]",
                                                   "new byte[3]",
                                                   "['a', 'b'].toArray()",
                                                   "{ it }",
                                                   "'x'.&length",
                                                   "String",
                                                   "new Object()",
                                                   "new Exception('e')",
                                                   "~/a(b)?/",
                                                   "('ab' =~ /a/)",
                                                   "[1, 2].iterator()",
                                                   "[a: 1].entrySet().iterator().next()",
                                                   "new Date(0L)",
                                                   "Calendar.getInstance()",
                                                   "java.time.LocalDate.of(2020, 1, 31)",
                                                   "java.time.LocalTime.of(1, 2)",
                                                   "java.time.LocalDateTime.of(2020, 1, 31, 1, 2)",
                                                   "java.time.Instant.ofEpochMilli(5)",
                                                   "java.time.Duration.ofDays(3)",
                                                   "java.time.Period.ofDays(3)",
                                                   "java.time.ZoneId.of('UTC')",
                                                   "java.time.format.DateTimeFormatter.ofPattern('yyyy')",
                                                   "java.time.DayOfWeek.MONDAY",
                                                   "java.time.temporal.ChronoUnit.FOREVER",
                                                   "java.util.concurrent.TimeUnit.DAYS",
                                                   "java.math.RoundingMode.UP",
                                                   "new Random(1)",
                                                   "UUID.randomUUID()",
                                                   "new java.util.BitSet()",
                                                   "Locale.ENGLISH",
                                                   "TimeZone.getTimeZone('UTC')",
                                                   "new URL('http://a/b')",
                                                   "new TreeMap()",
                                                   "new Expando()"};
  return kValues;
}

/// What a parameter of this type is given while another one varies.
std::string fitting(std::string_view type) {
  static const std::map<std::string, std::string, std::less<>> kByType = {
      {"int", "1"},
      {"long", "1L"},
      {"double", "1.5d"},
      {"float", "1.5f"},
      {"boolean", "true"},
      {"char", "('c' as char)"},
      {"short", "(1 as short)"},
      {"byte", "(1 as byte)"},
      {"String", "'a'"},
      {"CharSequence", "'a'"},
      {"Number", "2"},
      {"java.lang.Number", "2"},
      {"Object", "'o'"},
      {"Closure", "{ it }"},
      {"groovy.lang.Closure", "{ it }"},
      {"Collection", "[1]"},
      {"java.util.Collection", "[1]"},
      {"Iterable", "[1]"},
      {"List", "[1, 2]"},
      {"java.util.List", "[1, 2]"},
      {"Map", "[a: 1]"},
      {"java.util.Map", "[a: 1]"},
      {"Date", "new Date(0L)"},
      {"Object[]", "[1, 2].toArray()"},
      {"byte[]", "new byte[2]"},
      {"char[]", "new char[2]"},
      {"Class", "String"},
      {"BigDecimal", "1.5"},
      {"BigInteger", "3G"},
      {"java.time.temporal.ChronoUnit", "java.time.temporal.ChronoUnit.DAYS"}};
  const auto found = kByType.find(type);
  return found == kByType.end() ? "null" : found->second;
}

/// Receivers of a class's methods.
std::vector<std::string> receivers(std::string_view owner) {
  static const std::map<std::string, std::vector<std::string>, std::less<>> kByOwner = {
      {"java.lang.CharSequence", {"'ab,c'", "''", "new StringBuilder('xyz')", "\"a${1}\""}},
      {"java.lang.String", {"'ab,c'", "'λx'", "''"}},
      {"java.lang.StringBuilder", {"new StringBuilder('xyz')"}},
      {"java.lang.StringBuffer", {"new StringBuffer('xyz')"}},
      {"java.lang.Number", {"5", "2.5d", "3G", "1.25"}},
      {"java.lang.Integer", {"5"}},
      {"java.lang.Long", {"5L"}},
      {"java.lang.Short", {"(5 as short)"}},
      {"java.lang.Byte", {"(5 as byte)"}},
      {"java.lang.Float", {"5f"}},
      {"java.lang.Double", {"5d"}},
      {"java.lang.Boolean", {"true"}},
      {"java.lang.Character", {"('c' as char)"}},
      {"java.lang.Class", {"String", "ArrayList"}},
      {"java.lang.Iterable", {"[1, 2]", "(1..3)", "([1] as Set)"}},
      {"java.util.Collection", {"[1, 2]", "[]", "(1..3)", "([1] as Set)", "[a: 1].values()"}},
      {"java.util.List", {"[3, 1, 2]", "[]", "(1..3)", "Collections.unmodifiableList([1])"}},
      {"java.util.Set", {"([1] as Set)", "[a: 1].keySet()"}},
      {"java.util.Map", {"[a: 1]", "[:]", "new TreeMap([b: 2])"}},
      {"java.util.Map$Entry", {"[a: 1].entrySet().iterator().next()"}},
      {"java.util.Deque", {"new ArrayDeque([1, 2])", "new LinkedList([1])"}},
      {"java.util.Queue", {"new LinkedList([1])", "new PriorityQueue([2, 1])"}},
      {"java.util.Iterator", {"[1, 2].iterator()", "[a: 1].iterator()", "'ab'.iterator()"}},
      {"java.util.ArrayList$ListItr", {"[1, 2].listIterator()"}},
      {"java.util.Enumeration", {"Collections.enumeration([1])"}},
      {"java.util.Calendar", {"Calendar.getInstance()"}},
      {"java.util.TimeZone", {"TimeZone.getTimeZone('Europe/Berlin')"}},
      {"java.util.UUID", {"UUID.randomUUID()"}},
      {"java.util.Scanner", {"new Scanner('a b 3')"}},
      {"java.util.Optional", {"Optional.of(1)", "Optional.empty()"}},
      {"java.util.EnumSet", {"EnumSet.noneOf(java.time.Month)"}},
      {"java.util.StringTokenizer", {"new StringTokenizer('a b')"}},
      {"java.util.StringJoiner", {"new StringJoiner(',')"}},
      {"java.util.Locale", {"Locale.ENGLISH"}},
      {"java.util.Base64$Encoder", {"Base64.getEncoder()"}},
      {"java.util.Base64$Decoder", {"Base64.getDecoder()"}},
      {"java.util.stream.BaseStream", {"[1, 2].stream()"}},
      {"java.util.concurrent.TimeUnit", {"java.util.concurrent.TimeUnit.SECONDS"}},
      {"java.util.regex.Pattern", {"~/a(b)?/"}},
      {"java.util.regex.Matcher", {"('ab' =~ /a(b)/)", "('abab' =~ /(?<n>b)/).tap { it.find() }", "('' =~ /x/)"}},
      {"groovy.lang.Closure", {"{ it }", "{ a, b -> a }", "'x'.&length"}},
      {"groovy.lang.Range", {"(1..3)", "('a'..'c')"}},
      {"groovy.lang.GString", {"\"a${1}b\""}},
      {"groovy.lang.Tuple2", {"new Tuple2(1, 2)"}},
      {"groovy.lang.ExpandoMetaClass", {"String.metaClass"}},
      {"groovy.lang.MetaProperty", {"String.metaClass.properties[0]", "''.metaClass.getMetaProperty('bytes')"}},
      {"groovy.lang.Script", {"this"}},
      {"groovy.lang.Binding", {"new Binding([a: 1])", "this.binding"}},
      {"java.math.BigDecimal", {"2.50", "-0.001"}},
      {"java.math.BigInteger", {"25G", "-1G"}},
      {"java.math.MathContext", {"new java.math.MathContext(3)"}},
      {"java.net.URL", {"new URL('http://u@h:1/p?q#f')"}},
      {"java.net.URI", {"new URI('http://u@h:1/p?q#f')", "new URI('a')"}},
      {"java.nio.charset.Charset", {"java.nio.charset.Charset.forName('UTF-8')"}},
      {"java.security.MessageDigest", {"java.security.MessageDigest.getInstance('MD5')"}},
      {"javax.crypto.Mac", {"javax.crypto.Mac.getInstance('HmacSHA256')"}},
      {"java.text.SimpleDateFormat", {"new java.text.SimpleDateFormat('yyyy')"}},
      {"java.io.PrintStream", {"System.out"}},
      {"java.io.Writer", {"new StringWriter()", "new PrintWriter(new StringWriter())"}},
      {"java.io.Reader", {"new StringReader('ab')", "new BufferedReader(new StringReader('a'))"}},
      {"java.io.InputStream", {"new ByteArrayInputStream(new byte[2])"}},
      {"java.io.OutputStream", {"new ByteArrayOutputStream()"}},
      {"java.lang.Throwable", {"new Exception('e')", "new RuntimeException('r', new Error('c'))"}},
      {"java.lang.StackTraceElement", {"new Exception('e').stackTrace[0]"}},
      {"java.lang.Enum", {"java.time.Month.MAY", "E.ONE"}},
      {"java.lang.Object", {"new Object()", "'a'", "5", "[1]", "null", "{ it }", "new int[2]", "E.ONE", "new P(a: 1)"}},
      {"java.time.LocalDate", {"java.time.LocalDate.of(2020, 1, 31)"}},
      {"java.time.LocalTime", {"java.time.LocalTime.of(1, 2)"}},
      {"java.time.LocalDateTime", {"java.time.LocalDateTime.of(2020, 1, 31, 1, 2)"}},
      {"java.time.Instant", {"java.time.Instant.ofEpochMilli(5)"}},
      {"java.time.Duration", {"java.time.Duration.ofDays(3)"}},
      {"java.time.Period", {"java.time.Period.ofDays(3)"}},
      {"java.time.YearMonth", {"java.time.YearMonth.of(2020, 2)"}},
      {"java.time.Year", {"java.time.Year.of(2020)"}},
      {"java.time.MonthDay", {"java.time.MonthDay.of(2, 29)"}},
      {"java.time.Clock", {"java.time.Clock.systemUTC()"}},
      {"java.time.DayOfWeek", {"java.time.DayOfWeek.MONDAY"}},
      {"java.time.Month", {"java.time.Month.MAY"}},
      {"java.time.temporal.ChronoUnit",
       {"java.time.temporal.ChronoUnit.DAYS", "java.time.temporal.ChronoUnit.FOREVER"}},
      {"java.time.ZoneId", {"java.time.ZoneId.of('UTC')"}},
      {"java.time.ZoneOffset", {"java.time.ZoneOffset.ofHours(2)"}},
      {"java.time.ZonedDateTime", {"java.time.ZonedDateTime.of(2020, 1, 1, 1, 1, 1, 0, java.time.ZoneId.of('UTC'))"}},
      {"java.time.OffsetDateTime", {"java.time.OffsetDateTime.now()"}},
      {"java.time.format.DateTimeFormatter", {"java.time.format.DateTimeFormatter.ofPattern('yyyy-MM-dd')"}},
      {"java.lang.Object[]", {"new int[2]", "[1, 2].toArray()"}},
      {"hudson.model.Result", {"hudson.model.Result.FAILURE"}}};
  const auto found = kByOwner.find(owner);
  if (found != kByOwner.end()) return found->second;
  std::string name(owner);
  return {"new " + name + "()", "new " + name + "('a')", "new " + name + "([a: 1])", name};
}

std::vector<std::string> split(std::string_view parameters) {
  std::vector<std::string> out;
  std::string one;
  for (const char c : parameters) {
    if (c == ',') {
      out.push_back(std::move(one));
      one.clear();
    } else if (c != ' ') {
      one += c;
    }
  }
  if (!one.empty()) out.push_back(std::move(one));
  return out;
}

std::vector<std::string> argument_lists(std::string_view parameters) {
  std::vector<std::string> types = split(parameters);
  if (!types.empty() && types.back().ends_with("...")) {
    types.back() = "Object";
    types.emplace_back("Object");
  }
  std::vector<std::string> out;
  for (std::size_t varied = 0; varied < types.size(); ++varied) {
    for (const std::string& value : anything()) {
      std::string list;
      for (std::size_t i = 0; i < types.size(); ++i) {
        list += (i == 0 ? "" : ", ") + (i == varied ? value : fitting(types[i]));
      }
      out.push_back(std::move(list));
    }
  }
  if (types.empty()) out.emplace_back();
  return out;
}

/// A line each; call_with_everything() puts the classes E and P before them.
std::string calls_of(const NativeMethod& method) {
  const std::string owner(method.owner.substr(0, method.owner.find('$')));
  const bool nested = method.owner.find('$') != std::string_view::npos;
  std::string script;
  const auto attempt = [&](const std::string& expression) {
    script += "try { x = " + expression + "; y = \"$x\"; z = x == x } catch (Throwable t) { e = \"$t\" }\n";
  };
  const std::string class_name = nested ? std::string(method.owner) : owner;
  if (method.kind == NativeKind::static_field) {
    attempt(class_name + "." + std::string(method.name));
    return script;
  }
  // The first receiver meets all of them, the others each some.
  const std::vector<std::string> all = receivers(method.owner);
  std::size_t number = 0;
  for (const std::string& arguments : argument_lists(method.parameters)) {
    ++number;
    switch (method.kind) {
      case NativeKind::constructor:
        attempt("new " + class_name + "(" + arguments + ")");
        break;
      case NativeKind::static_method:
        attempt(class_name + "." + std::string(method.name) + "(" + arguments + ")");
        break;
      default:
        for (std::size_t k = 0; k < all.size(); ++k) {
          if (k > 0 && number > 1 && number % 5 != k % 5) continue;
          attempt("(" + all[k] + ").'" + std::string(method.name) + "'(" + arguments + ")");
        }
    }
  }
  return script;
}

/// A script is cut into pieces: code has a largest size, and one call that uses up a budget shall not hide the next
/// ones.
void run(const std::string& script) {
  static const auto kRuntime = make_runtime(all_native_tables(), {});
  auto parsed = groovy::parse(std::make_shared<const groovy::Source>("a.groovy", script));
  ASSERT_TRUE(parsed.diagnostics.empty()) << parsed.diagnostics.front().message << "\n" << script;
  auto unit = compile(std::shared_ptr<const groovy::Tree>(std::move(parsed.tree)), "A", ScriptKind::plain);
  ASSERT_TRUE(unit.has_value()) << script;
  QuietHost host;
  Limits limits;
  limits.instructions = 5'000'000;
  limits.live_bytes = std::size_t{64} << 20;
  Vm vm(kRuntime, host, limits);
  (void)vm.start_script(vm.load(*unit));
  while (vm.resume(1'000'000) == RunState::sliced) {
  }
}

void call_with_everything(const NativeMethod& method) {
  constexpr int kLinesOfOneScript = 200;
  const std::string script = calls_of(method);
  std::size_t at = 0;
  while (at < script.size() && !testing::Test::HasFatalFailure()) {
    std::size_t end = at;
    for (int n = 0; n < kLinesOfOneScript && end < script.size(); ++n) end = script.find('\n', end) + 1;
    run("enum E { ONE, TWO }\nclass P { def a }\n" + script.substr(at, end - at));
    at = end;
  }
}

/// In a process of its own. One that dies does not hide the next: another process goes on behind it.
TEST(NativeArguments, NoNativeReadsAValueAsWhatItIsNot) {
  std::vector<const NativeMethod*> methods;
  for (const NativeTable table : all_native_tables()) {
    for (const NativeMethod& method : table) methods.push_back(&method);
  }
  ASSERT_GT(methods.size(), 1000U);
  void* const shared = ::mmap(nullptr, sizeof(std::size_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  std::atomic_ref<std::size_t> at(*static_cast<std::size_t*>(shared));
  for (at = 0; at < methods.size(); ++at) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (; at < methods.size(); ++at) {
        call_with_everything(*methods[at]);
        if (testing::Test::HasFatalFailure()) ::_exit(1);
      }
      ::_exit(0);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    if (status == 0 && at == methods.size()) break;
    const NativeMethod& dead = *methods.at(at);
    ADD_FAILURE() << dead.owner << "." << dead.name << "(" << dead.parameters << "): " << status;
  }
  ::munmap(shared, sizeof(std::size_t));
}

/// The sentence is the one that Groovy has for it.
TEST(NativeArguments, AMisreadArgumentIsAMissingMethodAndNullANullPointer) {
  static const auto kRuntime = make_runtime(all_native_tables(), {});
  QuietHost host;
  Vm vm(kRuntime, host, Limits{});
  auto parsed = groovy::parse(std::make_shared<const groovy::Source>("a.groovy", R"(
    d = java.time.LocalDate.of(2020, 1, 31)
    try { d.format(5) } catch (e) { a = "${e.class.name} $e.message" }
    try { d.format(null) } catch (e) { b = "${e.class.name} $e.message" }
  )"));
  auto unit = compile(std::shared_ptr<const groovy::Tree>(std::move(parsed.tree)), "A", ScriptKind::plain);
  ASSERT_TRUE(unit.has_value());
  (void)vm.start_script(vm.load(*unit));
  ASSERT_EQ(vm.resume(100'000), RunState::finished);
  EXPECT_TRUE(
      vm.display(vm.binding_get("a"))
          .starts_with("groovy.lang.MissingMethodException No signature of method: java.time.LocalDate.format()"))
      << vm.display(vm.binding_get("a"));
  EXPECT_EQ(vm.display(vm.binding_get("b")), "java.lang.NullPointerException null");
}

}  // namespace
}  // namespace windlass::vm
