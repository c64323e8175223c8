#include "engine/agent_report.h"

#include <utility>

namespace windlass::engine {

using data::Value;

namespace {

constexpr std::size_t kMostTroubles = 20;

Value part(const Value& value, std::string_view key) {
  const auto* found = value.find(key);
  return found != nullptr ? *found : Value();
}

}  // namespace

Value value_of(const AgentReport& report) {
  auto troubles = Value::list();
  for (const auto& one : report.troubles) {
    auto trouble =
        Value::map_of("code", one.code, "text", one.text, "since", one.since_millis, "until", one.until_millis);
    trouble.set("final", one.final);
    trouble.set("evidence", one.evidence);
    troubles.push(std::move(trouble));
  }
  auto out = Value::map_of("key", report.key, "flowNode", static_cast<std::int64_t>(report.flow_node), "label",
                           report.label, "name", report.node, "up", report.up);
  out.set("over", report.over);
  out.set("times", report.times.is_map() ? report.times : Value::map());
  out.set("troubles", std::move(troubles));
  return out;
}

AgentReport agent_report_of(const Value& value) {
  AgentReport out;
  out.key = value.get_string("key");
  out.flow_node = static_cast<std::uint64_t>(value.get_int("flowNode"));
  out.label = value.get_string("label");
  out.node = value.get_string("name");
  out.up = value.get_bool("up");
  out.over = value.get_bool("over");
  out.times = part(value, "times");
  if (const auto* troubles = value.find("troubles")) {
    for (const auto& one : troubles->items()) {
      out.troubles.push_back({one.get_string("code"), part(one, "evidence"), one.get_string("text"),
                              one.get_int("since"), one.get_int("until"), one.get_bool("final")});
    }
  }
  return out;
}

bool take_trouble(AgentReport& report, AgentTrouble trouble) {
  auto* now = report.troubles.empty() || report.troubles.back().until_millis != 0 ? nullptr : &report.troubles.back();
  if (now != nullptr && now->final) return false;
  if (trouble.code.empty()) {
    if (now == nullptr) return false;
    now->until_millis = trouble.since_millis;
    return true;
  }
  if (now != nullptr && now->code == trouble.code) {
    if (now->evidence == trouble.evidence && now->final == trouble.final) return false;
    trouble.since_millis = now->since_millis;
    *now = std::move(trouble);
    return true;
  }
  if (now != nullptr) now->until_millis = trouble.since_millis;
  report.troubles.push_back(std::move(trouble));
  if (report.troubles.size() > kMostTroubles) report.troubles.erase(report.troubles.begin());
  return true;
}

}  // namespace windlass::engine
