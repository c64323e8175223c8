#include "catalog/normalize.h"

#include <gtest/gtest.h>
#include <ostream>

namespace windlass::catalog {
namespace {

using data::Value;

std::string show(const Value& value) {
  std::string out;
  if (value.is_null()) return "null";
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.kind() == data::Kind::long_integer) return std::to_string(value.as_int()) + "L";
  if (value.is_int()) return std::to_string(value.as_int());
  if (value.kind() == data::Kind::real) return std::to_string(value.as_double());
  if (value.is_list()) {
    for (const auto& item : value.items()) out += (out.empty() ? "" : ", ") + show(item);
    return "[" + out + "]";
  }
  if (value.has_members()) {
    for (const auto& [key, member] : value.members()) out += (out.empty() ? "" : ", ") + key + ":" + show(member);
    return value.class_name() + "{" + out + "}";
  }
  return "'" + value.text() + "'";
}

std::string run(std::string_view step, const Value& named, const Value& positional = Value::list()) {
  Catalog catalog;
  auto call = normalize(*catalog.find_step(step), named.members(), positional.items());
  if (!call) return call.error().java_class + ": " + call.error().message;
  std::string out = show(Value(call->arguments));
  for (const auto& line : call->warnings) out += " / " + line;
  return out;
}

const Value kNone = Value::map();

struct Row {
  std::string_view step;
  Value named;
  Value positional;
  std::string_view expected;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.step; }

class NormalizeTest : public testing::TestWithParam<Row> {};

TEST_P(NormalizeTest, Gives) {
  const auto& row = GetParam();
  EXPECT_EQ(run(row.step, row.named, row.positional), row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, NormalizeTest,
    testing::Values(Row{"echo", kNone, Value::list_of("hi"), "{message:'hi'}"},
                    Row{"echo", kNone, Value::list_of(7), "{message:'7'}"},
                    Row{"gitlabBuilds", kNone, Value::list_of(Value::list_of("a", "b")), "{builds:['a', 'b']}"},
                    Row{"compareVersions", kNone, Value::list_of("1"),
                        "java.lang.IllegalArgumentException: Expected named arguments but got [1]"},
                    Row{"echo", Value::map_of("message", "hi"), Value::list(), "{message:'hi'}"},
                    Row{"echo", kNone, Value::list_of(Value::map_of("message", "hi")), "{message:'hi'}"},
                    Row{"echo", kNone, Value::list(),
                        "java.lang.IllegalArgumentException: Missing required parameter: \"message\""},
                    Row{"echo", kNone, Value::list_of("a", "b"),
                        "java.lang.IllegalArgumentException: Expected named arguments but got [a, b]"},
                    Row{"echo", Value::map_of("message", "a"), Value::list_of("b"),
                        "java.lang.IllegalArgumentException: Expected named arguments but got [message:a, b]"},
                    Row{"println", kNone, Value::list_of(Value::map_of("a", 1)), "{value:{a:1}}"},
                    Row{"println", Value::map_of("a", 1), Value::list(), "{value:{a:1}}"},
                    Row{"println", kNone, Value::list(), "{value:''}"},
                    Row{"printf", kNone, Value::list_of("%s %s", 1, 2), "{format:'%s %s', values:[1, 2]}"},
                    Row{"sleep", kNone, Value::list_of(5), "{time:5L, unit:'SECONDS'}"},
                    Row{"sleep", Value::map_of("time", "5", "unit", "HOURS"), Value::list(), "{time:5L, unit:'HOURS'}"},
                    Row{"sleep", Value::map_of("time", 5, "unit", "hours"), Value::list(),
                        "java.lang.IllegalArgumentException: No enum constant java.util.concurrent.TimeUnit.hours"},
                    Row{"timeout", kNone, Value::list_of(5), "{time:5, unit:'MINUTES', activity:false}"},
                    Row{"timeout", Value::map_of("time", 10.9, "unit", nullptr), Value::list(),
                        "{time:10, unit:'MINUTES', activity:false}"},
                    Row{"timeout", Value::map_of("time", "soon"), Value::list(),
                        "java.lang.ClassCastException: timeout.time expects int but received class java.lang.String"},
                    Row{"timeout", Value::map_of("time", std::int64_t{1} << 40), Value::list(),
                        "java.lang.ClassCastException: timeout.time expects int but received class java.lang.Long"},
                    Row{"timeout", Value::map_of("time", 1, "unti", "HOURS"), Value::list(),
                        "{time:1, unit:'MINUTES', activity:false} / WARNING: Unknown parameter(s) found for step "
                        "'timeout': unti (did "
                        "you mean unit?)"},
                    Row{"sh", Value::map_of("script", "ls", "returnStdout", "TRUE"), Value::list(),
                        "{script:'ls', returnStdout:true, returnStatus:false}"},
                    Row{"withEnv", kNone, Value::list_of("A=b"), "{overrides:['A=b']}"},
                    Row{"publishHTML", Value::map_of("reportDir", "d", "keepAll", true), Value::list(),
                        "{target:{reportDir:'d', keepAll:true}}"},
                    Row{"publishHTML", Value::map_of("target", Value::map_of("reportDir", "d")), Value::list(),
                        "{target:{reportDir:'d'}}"},
                    Row{"parallel", Value::map_of("a", 1, "failFast", true, "b", 2), Value::list(),
                        "{closures:{a:1, b:2}, failFast:true}"},
                    Row{"parallel", kNone, Value::list_of(Value::map()), "{failFast:false}"},
                    Row{"step", kNone, Value::list_of(Value::map_of("$class", "Mailer", "recipients", "a")),
                        "{delegate:{$class:'Mailer', recipients:'a'}}"},
                    Row{"checkout", Value::map_of("$class", "GitSCM", "branches", 1), Value::list(),
                        "{scm:{$class:'GitSCM', branches:1}, changelog:true, poll:true}"},
                    Row{"checkout", Value::map_of("scm", Value::object("$opaque", {}), "poll", false), Value::list(),
                        "{scm:$opaque{}, changelog:true, poll:false}"},
                    Row{"readFile", Value::map_of("file", "f", "encoding", nullptr), Value::list(),
                        "{file:'f', encoding:null}"}));

TEST(NormalizeDescribable, MakesOneFormOfAllSpellings) {
  Catalog catalog;
  auto form = [&](const Value& value, std::string_view contexts) {
    auto result = normalize_describable(catalog, value, contexts);
    return result ? show(*result) : result.error().message;
  };
  data::Map binding = Value::map_of("credentialsId", "c", "variable", "V").members();
  std::string_view expected = "{$class:'string', credentialsId:'c', variable:'V'}";
  EXPECT_EQ(form(Value::object("string", binding), "credential binding"), expected);
  binding.set("$class", Value("org.jenkinsci.plugins.credentialsbinding.impl.StringBinding"));
  EXPECT_EQ(form(Value(binding), "credential binding"), expected);
  EXPECT_EQ(form(Value::object("cron", Value::map_of("", "H * * * *").members()), "trigger"),
            "{$class:'cron', spec:'H * * * *'}");
  EXPECT_EQ(form(Value::object("string", Value::map_of("name", "A", "more", 1).members()), "trigger,parameter"),
            "{$class:'string', name:'A', defaultValue:'', description:'', trim:false, more:1}");
  EXPECT_EQ(form(Value::map_of("$class", "a.b.Unheard", "x", 1), "scm"), "{$class:'Unheard', x:1}");
  EXPECT_EQ(form(Value::object("cron", {}), "trigger"), "Missing required parameter: \"spec\"");
  EXPECT_EQ(form(Value("text"), "trigger"), "'text'");
}

}  // namespace
}  // namespace windlass::catalog
