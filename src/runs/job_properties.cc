#include "runs/job_properties.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "engine/declared_properties.h"
#include "text/utf.h"

namespace windlass::runs {

using data::Value;

namespace {

constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr std::int64_t kMost = 1'000'000'000;  ///< of any number a script gives
constexpr std::size_t kMostParameters = 500;   ///< a form of more nobody fills in
constexpr std::size_t kMostText = 16 * 1024;   ///< of one text in it

/// `name(args)` as Declarative tells it, or a map with $class: its name, its named arguments, its first unnamed one.
struct Described {
  std::string type;
  Value fields = Value::map();
  Value unnamed;
};

Described described(const Value& item) {
  Described out;
  out.type = item.get_string("$class");
  if (const auto* args = item.find("args"); out.type.empty() && args != nullptr && args->is_list()) {
    out.type = item.get_string("name");
    if (args->size() == 0) return out;
    const auto& first = args->items().front();
    (first.is_map() && first.get_string("$class").empty() ? out.fields : out.unnamed) = first;
    return out;
  }
  if (out.type.empty()) out.type = item.get_string("symbol");
  if (item.is_map()) out.fields = item;
  return out;
}

bool is(const Described& one, std::string_view symbol, std::string_view class_name) {
  return one.type == symbol || (!class_name.empty() && one.type.ends_with(class_name));
}

/// A named argument, or the unnamed one in its place.
const Value* argument(const Described& one, std::string_view name) {
  if (const auto* named = one.fields.find(name)) return named;
  return one.unnamed.is_null() ? nullptr : &one.unnamed;
}

std::int64_t number_of(const Value* value, std::int64_t otherwise) {
  if (value == nullptr) return otherwise;
  if (value->is_int()) return std::clamp<std::int64_t>(value->as_int(), -1, kMost);
  if (!value->is_string()) return otherwise;
  const auto& text = value->text();
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? std::clamp<std::int64_t>(out, -1, kMost)
                                                                  : otherwise;
}

bool truth(const Value* value) {
  return value != nullptr && (value->is_bool() ? value->as_bool() : value->is_string() && value->text() == "true");
}

std::string text_of(const Value* value) { return value != nullptr && value->is_string() ? value->text() : ""; }

void take_discarder(const Described& one, JobProperties& out) {
  const auto* strategy = argument(one, "strategy");
  if (strategy == nullptr) return;
  const auto rotator = described(*strategy);
  const auto limit = [&](std::string_view text_name, std::string_view int_name) -> std::int64_t {
    const auto given = number_of(rotator.fields.find(text_name), 0);
    return given != 0 ? given : number_of(rotator.fields.find(int_name), -1);
  };
  out.keep_runs = limit("numToKeepStr", "numToKeep");
  out.keep_days = limit("daysToKeepStr", "daysToKeep");
}

void take_rate(const Described& one, JobProperties& out) {
  const auto* throttle = argument(one, "throttle");
  if (throttle == nullptr) return;
  const auto limit = described(*throttle);
  const auto* inner = &limit.fields;
  const auto count = number_of(inner->find("count"), 0);
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> kPeriods = {{{"second", kSecond},
                                                                                  {"minute", kMinute},
                                                                                  {"hour", kHour},
                                                                                  {"day", kDay},
                                                                                  {"week", 7 * kDay},
                                                                                  {"month", 31 * kDay},
                                                                                  {"year", 365 * kDay}}};
  const auto name = text_of(inner->find("durationName"));
  for (const auto& [period, millis] : kPeriods) {
    if (count > 0 && name == period) out.rate_millis = millis / count;
  }
  out.rate_spares_users = truth(inner->find("userBoost"));
}

/// Variables of one kind: `from` as the plugin names its fields, `to` as a pipeline's object has them.
Value variables_of(const Described& trigger, std::string_view list,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  auto out = Value::list();
  const auto* given = trigger.fields.find(list);
  for (const auto& item : given != nullptr && given->is_list() ? given->items() : Value::List{}) {
    if (!item.is_map() || text_of(item.find("key")).empty()) continue;
    auto one = Value::map();
    for (const auto& [from, to] : fields) one.set(std::string(to), text_of(item.find(from)));
    out.push(std::move(one));
  }
  return out;
}

Value webhook_of(const Described& one) {
  if (one.fields.find(engine::kLeftOut) != nullptr || text_of(one.fields.find("token")).empty()) return {};
  auto out = Value::map_of("enable", true, "token", text_of(one.fields.find("token")), "cause",
                           text_of(one.fields.find("causeString")), "filter_text",
                           text_of(one.fields.find("regexpFilterText")), "filter_expression",
                           text_of(one.fields.find("regexpFilterExpression")));
  out.set("post_variables", variables_of(one, "genericVariables",
                                         {{"key", "key"},
                                          {"value", "expression"},
                                          {"expressionType", "expression_type"},
                                          {"regexpFilter", "regexp_filter"},
                                          {"defaultValue", "default_value"}}));
  out.set("request_variables",
          variables_of(one, "genericRequestVariables", {{"key", "key"}, {"regexpFilter", "regexp_filter"}}));
  out.set("header_variables",
          variables_of(one, "genericHeaderVariables", {{"key", "key"}, {"regexpFilter", "regexp_filter"}}));
  return out;
}

bool is_webhook(const Described& one) {
  return is(one, "GenericTrigger", "GenericTrigger") || one.type == "genericTrigger";
}

std::vector<std::string> texts_of(const Value* list) {
  std::vector<std::string> out;
  for (const auto& one : list != nullptr && list->is_list() ? list->items() : Value::List{}) {
    if (one.is_string() && !one.text().empty()) out.push_back(one.text());
  }
  return out;
}

/// The smaller of two limits, 0 being none: there is one node here, so that so many per node are so many at all.
std::int64_t smaller_limit(const Value* total, const Value* per_node) {
  const auto all = std::max<std::int64_t>(0, number_of(total, 0));
  const auto each = std::max<std::int64_t>(0, number_of(per_node, 0));
  return all == 0 ? each : each == 0 ? all : std::min(all, each);
}

std::string shortened(const std::string& text) {
  return text.size() <= kMostText ? text : text::repair_utf8(std::string_view(text).substr(0, kMostText));
}

/// As a text field of a form has it.
std::string shown_default(const Value* value) {
  if (value == nullptr) return {};
  if (value->is_bool()) return value->as_bool() ? "true" : "false";
  if (value->is_int()) return std::to_string(value->as_int());
  return value->is_string() ? shortened(value->text()) : std::string();
}

/// In the shape of `spec.pipeline.parameters`; null where it has no name.
Value parameter_of(const Value& item) {
  struct Row {
    std::string_view symbol, class_name, type;
  };
  static constexpr Row kRows[] = {
      {"booleanParam", "BooleanParameterDefinition", "boolean"},
      {"choice", "ChoiceParameterDefinition", "choice"},
      {"choiceParam", "", "choice"},
      {"text", "TextParameterDefinition", "text"},
      {"password", "PasswordParameterDefinition", "password"},
      {"file", "FileParameterDefinition", "file"},
      {"stashedFile", "", "file"},
      {"base64File", "", "file"},
  };
  const auto one = described(item);
  const auto name = text_of(one.fields.find("name"));
  if (name.empty() || name.size() > kMostText) return {};
  std::string type = "string";
  for (const auto& row : kRows) {
    if (is(one, row.symbol, row.class_name)) type = row.type;
  }
  auto fallback = type == "password" ? std::string() : shown_default(one.fields.find("defaultValue"));
  if (type == "choice") {
    const auto* choices = one.fields.find("choices");
    fallback = shown_default(choices);
    for (const auto& choice : choices != nullptr && choices->is_list() ? choices->items() : Value::List{}) {
      if (fallback.size() < kMostText) fallback += (fallback.empty() ? "" : "\n") + shown_default(&choice);
    }
  }
  return Value::map_of("name", name, "type", std::move(type), "default_value", std::move(fallback), "description",
                       shortened(text_of(one.fields.find("description"))));
}

void take_parameters(const Value& list, JobProperties& out) {
  if (!list.is_list()) return;
  auto parameters = Value::list();
  for (const auto& item : list.items()) {
    if (parameters.size() == kMostParameters) break;
    if (auto one = parameter_of(item); !one.is_null()) parameters.push(std::move(one));
  }
  if (parameters.size() != 0) out.parameters = std::move(parameters);
}

bool leaves_open(const Value& told, std::string_view section, bool (*counts)(const Described&)) {
  const auto* list = told.find(section);
  for (const auto& item : list != nullptr && list->is_list() ? list->items() : Value::List{}) {
    const auto one = described(item);
    if (counts(one) && one.fields.find(engine::kLeftOut) != nullptr) return true;
  }
  return false;
}

void take_trigger(const Value& item, JobProperties& out) {
  const auto one = described(item);
  if (is_webhook(one)) {
    if (auto webhook = webhook_of(one); !webhook.is_null()) out.webhook = std::move(webhook);
    return;
  }
  if (is(one, "cron", "TimerTrigger")) {
    const auto spec = text_of(argument(one, "spec"));
    if (!spec.empty()) out.cron += (out.cron.empty() ? "" : "\n") + spec;
  } else if (is(one, "upstream", "ReverseBuildTrigger")) {
    UpstreamTrigger trigger;
    const auto list = text_of(argument(one, "upstreamProjects"));
    for (std::size_t at = 0; at <= list.size();) {
      const auto end = std::min(list.find(',', at), list.size());
      auto name = list.substr(at, end - at);
      at = end + 1;
      name.erase(0, std::min(name.find_first_not_of(" \t\r\n"), name.size()));
      name.erase(name.find_last_not_of(" \t\r\n") + 1);
      if (!name.empty()) trigger.projects.push_back(std::move(name));
    }
    if (auto threshold = text_of(one.fields.find("threshold")); !threshold.empty()) {
      trigger.threshold = threshold.substr(threshold.rfind('.') + 1);
    }
    if (!trigger.projects.empty()) out.upstream.push_back(std::move(trigger));
  }
}

void take_property(const Value& item, JobProperties& out) {
  const auto one = described(item);
  if (is(one, "disableConcurrentBuilds", "DisableConcurrentBuildsJobProperty")) {
    out.disable_concurrent = true;
    out.abort_previous = truth(argument(one, "abortPrevious"));
  } else if (is(one, "quietPeriod", "")) {
    out.quiet_millis = std::max<std::int64_t>(0, number_of(argument(one, "seconds"), 0)) * kSecond;
  } else if (is(one, "rateLimitBuilds", "RateLimitBranchProperty$JobPropertyImpl") || one.type == "rateLimit") {
    take_rate(one, out);
  } else if (is(one, "throttleJobProperty", "ThrottleJobProperty")) {
    if (!truth(one.fields.find("throttleEnabled"))) return;
    if (text_of(one.fields.find("throttleOption")) == "category") {
      out.categories = texts_of(one.fields.find("categories"));
    } else {
      out.max_running = smaller_limit(one.fields.find("maxConcurrentTotal"), one.fields.find("maxConcurrentPerNode"));
    }
  } else if (is(one, "throttleConcurrentBuilds", "")) {
    out.categories = texts_of(one.fields.find("categories"));
    out.max_running = smaller_limit(one.fields.find("maxTotal"), one.fields.find("maxPerNode"));
  } else if (is(one, "buildDiscarder", "BuildDiscarderProperty")) {
    take_discarder(one, out);
  } else if (is(one, "pipelineTriggers", "PipelineTriggersJobProperty")) {
    if (const auto* list = one.fields.find("triggers"); list != nullptr && list->is_list()) {
      for (const auto& trigger : list->items()) take_trigger(trigger, out);
    }
  }
}

}  // namespace

JobProperties job_properties_of(const Value& told) {
  JobProperties out;
  for (const auto* key : {"options", "properties"}) {
    const auto* list = told.find(key);
    for (const auto& one : list != nullptr && list->is_list() ? list->items() : Value::List{}) take_property(one, out);
  }
  if (const auto* list = told.find("triggers"); list != nullptr && list->is_list()) {
    for (const auto& one : list->items()) take_trigger(one, out);
  }
  if (const auto* list = told.find("parameters")) take_parameters(*list, out);
  return out;
}

bool leaves_webhook_open(const Value& told) { return leaves_open(told, "triggers", is_webhook); }

bool leaves_parameters_open(const Value& told) {
  return leaves_open(told, "parameters", [](const Described&) { return true; });
}

Value to_value(const JobProperties& in) {
  auto out = Value::map_of("disable_concurrent", in.disable_concurrent, "abort_previous", in.abort_previous, "quiet",
                           in.quiet_millis, "rate", in.rate_millis, "rate_spares_users", in.rate_spares_users,
                           "max_running", in.max_running, "cron", in.cron);
  if (in.keep_runs) out.set("keep_runs", *in.keep_runs);
  if (in.keep_days) out.set("keep_days", *in.keep_days);
  auto triggers = Value::list();
  for (const auto& one : in.upstream) {
    auto projects = Value::list();
    for (const auto& name : one.projects) projects.push(name);
    triggers.push(Value::map_of("projects", std::move(projects), "threshold", one.threshold));
  }
  out.set("upstream", std::move(triggers));
  if (!in.categories.empty()) {
    auto categories = Value::list();
    for (const auto& one : in.categories) categories.push(one);
    out.set("categories", std::move(categories));
  }
  if (!in.webhook.is_null()) out.set("webhook", in.webhook);
  if (!in.parameters.is_null()) out.set("parameters", in.parameters);
  return out;
}

JobProperties job_properties_from(const Value& value) {
  JobProperties out;
  out.disable_concurrent = value.get_bool("disable_concurrent");
  out.abort_previous = value.get_bool("abort_previous");
  out.quiet_millis = value.get_int("quiet");
  out.rate_millis = value.get_int("rate");
  out.rate_spares_users = value.get_bool("rate_spares_users");
  out.max_running = value.get_int("max_running");
  out.cron = value.get_string("cron");
  if (value.find("keep_runs") != nullptr) out.keep_runs = value.get_int("keep_runs");
  if (value.find("keep_days") != nullptr) out.keep_days = value.get_int("keep_days");
  if (const auto* list = value.find("upstream")) {
    for (const auto& one : list->items()) {
      UpstreamTrigger trigger;
      trigger.threshold = one.get_string("threshold");
      if (const auto* projects = one.find("projects")) {
        for (const auto& name : projects->items()) trigger.projects.push_back(name.text());
      }
      out.upstream.push_back(std::move(trigger));
    }
  }
  out.categories = texts_of(value.find("categories"));
  if (const auto* webhook = value.find("webhook")) out.webhook = *webhook;
  if (const auto* parameters = value.find("parameters")) out.parameters = *parameters;
  return out;
}

bool reaches(const std::string& result, const std::string& threshold) {
  static constexpr std::array<std::string_view, 5> kWorse = {"SUCCESS", "UNSTABLE", "FAILURE", "NOT_BUILT", "ABORTED"};
  const auto place = [](const std::string& one) { return std::find(kWorse.begin(), kWorse.end(), one); };
  return place(threshold) != kWorse.end() && place(result) <= place(threshold);
}

}  // namespace windlass::runs
