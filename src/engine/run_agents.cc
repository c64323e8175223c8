// What is told outside of the agents that are made for a run: how far each has come and what is wrong with it. A record
// of the journal each, durable before it is told, so that an ended run still says why.
#include <algorithm>

#include "data/binary.h"
#include "engine/agent_report.h"
#include "engine/run_actor.h"

namespace windlass::engine {

using data::Value;

/// What an earlier process has told.
Result<> RunActor::know_agents() {
  for (const auto& record : WL_TRY(journal_.records(kAgentRecord))) {
    auto report = agent_report_of(WL_TRY(data::decode_binary(record.payload)));
    if (hooks_.observer != nullptr) events_.emplace_back(AgentEvent{report});
    agent_reports_[report.key] = std::move(report);
  }
  return {};
}

void RunActor::tell_agent(AgentReport& report) {
  auto bytes = data::encode_binary(value_of(report));
  if (!bytes) return die(std::move(bytes).error());
  if (auto put = journal_.put_record({std::string(kAgentRecord), report.key, std::move(*bytes)}, true); !put) {
    return die(std::move(put).error());
  }
  events_.emplace_back(AgentEvent{report});
  schedule_turn();
}

void RunActor::agent_asked(const PendingEffect& effect, const std::string& label) {
  const auto key = key_text(effect.key);
  auto [found, is_new] = agent_reports_.try_emplace(key);
  if (!is_new) return;  // by an earlier process
  auto& report = found->second;
  report.key = key;
  report.flow_node = effect.flow_node;
  report.label = mask(label);
  report.times = Value::map_of("asked", hooks_.now_millis());
  tell_agent(report);
}

void RunActor::agent_ails(const std::string& key, const nodes::NodeTrouble& trouble, bool final) {
  const auto found = agent_reports_.find(key);
  if (found == agent_reports_.end()) return;
  auto& report = found->second;
  AgentTrouble told;
  told.code = trouble.code;
  told.evidence = masked(trouble.evidence);
  told.text = mask(trouble.text);
  told.since_millis = hooks_.now_millis();
  told.final = final;
  bool changed = take_trouble(report, std::move(told));
  if (!trouble.node.empty() && report.node != trouble.node) {
    report.node = trouble.node;
    changed = true;
  }
  if (final && (report.up || !report.over)) {
    report.up = false;
    report.over = changed = true;
  }
  if (changed) tell_agent(report);
}

void RunActor::agent_is_up(const std::string& key, const nodes::RemoteNode& node) {
  const auto found = agent_reports_.find(key);
  if (found == agent_reports_.end()) return;
  auto& report = found->second;
  AgentTrouble healed;
  healed.since_millis = hooks_.now_millis();
  take_trouble(report, std::move(healed));
  report.node = node.name;
  report.up = true;
  if (node.times.is_map()) {
    for (const auto& [name, value] : node.times.members()) report.times.set(name, value);
  }
  tell_agent(report);
}

void RunActor::agent_is_over(const std::string& key) {
  const auto found = agent_reports_.find(key);
  if (!live_ || found == agent_reports_.end() || found->second.over) return;
  found->second.up = false;
  found->second.over = true;
  tell_agent(found->second);
}

}  // namespace windlass::engine
