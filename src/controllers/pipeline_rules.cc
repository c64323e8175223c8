#include "controllers/pipeline_rules.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "objects/metadata.h"
#include "text/cron.h"
#include "text/regex.h"

namespace windlass::controllers {

using data::Value;

namespace {

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

class Problems {
 public:
  void add(const std::string& path, const std::string& what) { out_.push_back(path + ": " + what); }
  std::vector<std::string> take() { return std::move(out_); }

 private:
  std::vector<std::string> out_;
};

void check_discarder(const Value& block, const std::string& path, Problems& problems) {
  const Value* discarder = block.find("discarder");
  if (discarder == nullptr) return;
  for (const auto* field : {"days_to_keep", "num_to_keep"}) {
    const auto text = discarder->get_string(field);
    if (text.empty()) continue;
    const auto number = whole_number(text);
    if (!number || *number < -1) {
      problems.add(path + ".discarder." + field, "'" + text + "' is no number of " +
                                                     (std::string_view(field) == "days_to_keep" ? "days" : "runs") +
                                                     "; -1 or nothing keeps all");
    }
  }
}

void check_parameters(const Value& block, const std::string& path, Problems& problems) {
  const Value* parameters = block.find("parameters");
  if (parameters == nullptr) return;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < parameters->size(); ++i) {
    const auto& parameter = parameters->items()[i];
    const auto name = parameter.get_string("name");
    const auto place = path + ".parameters[" + std::to_string(i) + "]";
    if (name.empty()) problems.add(place + ".name", "a parameter needs a name");
    if (!name.empty() && !seen.insert(name).second) problems.add(place + ".name", "'" + name + "' is there twice");
    if (parameter.get_string("type") == "choice" && parameter.get_string("default_value").empty()) {
      problems.add(place + ".default_value", "a choice needs its values, one a line");
    }
  }
}

void check_webhook(const Value& block, const std::string& path, Problems& problems) {
  const Value* webhook = block.find("generic_webhook");
  if (webhook == nullptr || !webhook->get_bool("enable")) return;
  if (webhook->get_string("token").empty()) {
    problems.add(path + ".generic_webhook.token", "without a token everybody could start it; it is not started");
  }
  const auto check_regex = [&](const std::string& place, const std::string& pattern) {
    if (pattern.empty()) return;
    if (auto compiled = text::Regex::compile(pattern); !compiled) {
      problems.add(place, "'" + pattern + "' is no regular expression: " + compiled.error().message);
    }
  };
  check_regex(path + ".generic_webhook.filter_expression", webhook->get_string("filter_expression"));
  for (const auto* list : {"request_variables", "header_variables"}) {
    const Value* variables = webhook->find(list);
    if (variables == nullptr) continue;
    for (std::size_t i = 0; i < variables->size(); ++i) {
      const auto place = path + ".generic_webhook." + list + "[" + std::to_string(i) + "]";
      if (variables->items()[i].get_string("key").empty()) problems.add(place + ".key", "a variable needs its name");
      check_regex(place + ".regexp_filter", variables->items()[i].get_string("regexp_filter"));
    }
  }
}

/// A script of its own.
void check_plain(const Value& block, const std::string& full_name, Problems& problems) {
  const std::string path = "spec.pipeline";
  if (const Value* trigger = block.find("timer_trigger")) {
    if (const auto cron = trigger->get_string("cron"); !cron.empty()) {
      if (auto table = text::CronTable::parse(cron, full_name); !table) {
        problems.add(path + ".timer_trigger.cron", table.error().message);
      }
    }
  }
  check_parameters(block, path, problems);
  check_webhook(block, path, problems);
}

void check_multi_branch(const Value& block, Problems& problems) {
  const std::string path = "spec.multi_branch_pipeline";
  const auto source = block.get_string("source_type");
  const auto wanted = source + "_source";
  if (!source.empty() && block.find(wanted) == nullptr) {
    problems.add(path, "the source_type is " + source + ", and " + wanted + " is missing");
  }
  if (const Value* trigger = block.find("timer_trigger")) {
    if (const auto interval = trigger->get_string("interval"); !interval.empty()) {
      const auto millis = whole_number(interval);
      if (!millis || *millis <= 0) {
        problems.add(path + ".timer_trigger.interval", "'" + interval + "' is no number of milliseconds");
      }
    }
  }
  problems.add(path, "branches are not discovered yet, so this pipeline does not run");
}

Value parameter_definition(const Value& parameter) {
  const auto type = parameter.get_string("type");
  const auto name = parameter.get_string("name");
  Value out =
      Value::map_of("name", name, "description", parameter.get_string("description"), "type", parameter_class(type));
  Value value = parameter.get_string("default_value");
  if (type == "choice") {
    Value choices = Value::list();
    const auto lines = parameter.get_string("default_value");
    for (std::size_t at = 0; at <= lines.size();) {
      const auto end = std::min(lines.find('\n', at), lines.size());
      auto line = lines.substr(at, end - at);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (!line.empty()) choices.push(line);
      at = end + 1;
    }
    value = choices.size() > 0 ? choices.items().front() : Value("");
    out.set("choices", std::move(choices));
  } else if (type == "boolean") {
    value = parameter.get_string("default_value") == "true";
  } else if (type == "password") {
    value = "";  // a default that is a secret is nobody's to read
  }
  if (type != "file") out.set("defaultParameterValue", Value::map_of("name", name, "value", std::move(value)));
  return out;
}

}  // namespace

std::string_view parameter_class(std::string_view type) {
  struct Row {
    std::string_view type, name;
  };
  static constexpr Row kRows[] = {
      {"string", "StringParameterDefinition"},     {"text", "TextParameterDefinition"},
      {"boolean", "BooleanParameterDefinition"},   {"choice", "ChoiceParameterDefinition"},
      {"password", "PasswordParameterDefinition"}, {"file", "FileParameterDefinition"},
  };
  for (const auto& row : kRows) {
    if (row.type == type) return row.name;
  }
  return "StringParameterDefinition";
}

std::vector<std::string> check_pipeline(const Value& pipeline) {
  Problems problems;
  const Value* spec = pipeline.find("spec");
  const auto type = spec != nullptr ? spec->get_string("type") : std::string();
  if (type.empty()) {
    problems.add("spec.type", "must be pipeline or multi-branch-pipeline");
    return problems.take();
  }
  const bool multi = type == "multi-branch-pipeline";
  const std::string_view key = multi ? "multi_branch_pipeline" : "pipeline";
  const Value* block = spec->find(key);
  if (block == nullptr || !block->has_members()) {
    problems.add("spec." + std::string(key), "missing, and the type is " + type);
    return problems.take();
  }
  const auto name = objects::meta_text(pipeline, "name");
  if (const auto own = block->get_string("name"); own != name) {
    problems.add("spec." + std::string(key) + ".name", "is '" + own + "' and must be as metadata.name, '" + name + "'");
  }
  check_discarder(*block, "spec." + std::string(key), problems);
  if (multi) {
    check_multi_branch(*block, problems);
  } else {
    check_plain(*block, objects::meta_text(pipeline, "namespace") + "/" + name, problems);
  }
  return problems.take();
}

Value pipeline_metadata(const Value& pipeline, const PipelineFacts& facts, const Value& declared) {
  Value out = Value::map_of("weatherScore", facts.weather_score);
  if (facts.estimated_duration_millis >= 0) out.set("estimatedDurationInMillis", facts.estimated_duration_millis);
  const Value* spec = pipeline.find("spec");
  const Value* plain = spec != nullptr ? spec->find("pipeline") : nullptr;
  const Value* multi = spec != nullptr ? spec->find("multi_branch_pipeline") : nullptr;
  const bool is_multi = spec != nullptr && spec->get_string("type") == "multi-branch-pipeline";
  Value parameters = Value::list();
  if (!is_multi && plain != nullptr) {
    const auto& own = declared.is_list() ? declared.items() : Value::List{};
    const auto in_script = [&own](const std::string& name) {
      return std::ranges::any_of(own, [&](const Value& one) { return one.get_string("name") == name; });
    };
    if (const Value* list = plain->find("parameters")) {
      for (const auto& parameter : list->items()) {
        if (!in_script(parameter.get_string("name"))) parameters.push(parameter_definition(parameter));
      }
    }
    for (const auto& parameter : own) parameters.push(parameter_definition(parameter));
  }
  out.set("parameters", std::move(parameters));
  out.set("name", objects::meta_text(pipeline, "name"));
  out.set("disabled", false);
  if (is_multi) {
    for (const auto* count :
         {"totalNumberOfBranches", "numberOfFailingBranches", "numberOfSuccessfulBranches", "totalNumberOfPullRequests",
          "numberOfFailingPullRequests", "numberOfSuccessfulPullRequests"}) {
      out.set(count, 0);
    }
    out.set("branchNames", Value::list());
    if (multi != nullptr) out.set("scriptPath", multi->get_string("script_path", "Jenkinsfile"));
  }
  if (facts.latest_run) out.set("latestRun", *facts.latest_run);
  return out;
}

}  // namespace windlass::controllers
