#include "runs/run_record.h"

#include <algorithm>

#include "data/binary.h"
#include "data/json.h"
#include "engine/agent_report.h"
#include "engine/stored_run.h"
#include "store/disk.h"

namespace windlass::runs {

namespace {
constexpr std::size_t kLargestReport = 256u << 20;
}

Result<RunRecord> read_record(journal::RunReader& run) {
  RunRecord out;
  auto inputs = WL_TRY(engine::stored_inputs(run));
  out.script = std::move(inputs.script);
  // Until it ends, values are as they were given, passwords among them.
  if (!run.header().secrets) {
    out.parameters.emplace();
    for (auto& [name, value] : inputs.parameters) {
      const bool wiped = inputs.wiped_parameters.contains(name);
      out.parameters->emplace_back(name, wiped ? std::nullopt : std::optional<std::string>(std::move(value)));
    }
  }
  for (const auto& record : WL_TRY(run.records("scm"))) {
    out.revisions.emplace_back(record.key, WL_TRY(data::decode_binary(record.payload)).get_string("revision"));
  }
  return out;
}

Result<std::optional<InvalidScript>> read_invalid_script(journal::RunReader& run) {
  const auto record = WL_TRY(run.find_record("invalid", "Jenkinsfile"));
  if (!record) return std::nullopt;
  const auto facts = WL_TRY(data::decode_binary(*record));
  InvalidScript out{.count = facts.get_int("count"), .message = {}};
  if (const auto* problems = facts.find("problems"); problems != nullptr && problems->size() != 0) {
    const auto& first = problems->items().front();
    out.line = first.get_int("line");
    out.column = first.get_int("column");
    out.message = first.get_string("message");
  }
  return out;
}

Result<std::optional<ScriptFailure>> read_failure(journal::RunReader& run) {
  const auto record = WL_TRY(run.find_record("run", "failure"));
  if (!record) return std::nullopt;
  const auto facts = WL_TRY(data::decode_binary(*record));
  return ScriptFailure{
      .class_name = facts.get_string("class"), .message = facts.get_string("message"), .line = facts.get_int("line")};
}

Result<bool> read_keep_log(journal::RunReader& run) {
  const auto record = WL_TRY(run.find_record("run", "facts"));
  return record && WL_TRY(data::decode_binary(*record)).get_bool("keepLog");
}

Result<std::optional<TestCounts>> read_test_counts(journal::RunReader& run) {
  std::optional<TestCounts> out;
  for (const auto& record : WL_TRY(run.records("junit"))) {
    const auto counts = WL_TRY(data::decode_binary(record.payload));
    if (!out) out.emplace();
    out->total += counts.get_int("total");
    out->failed += counts.get_int("failed");
    out->skipped += counts.get_int("skipped");
  }
  return out;
}

Result<std::vector<KeptTest>> read_tests(journal::RunReader& run) {
  std::vector<KeptTest> out;
  for (const auto& record : WL_TRY(run.records("junit"))) {
    const auto file = WL_TRY(data::decode_binary(record.payload)).get_string("file");
    if (file.empty() || file.find('/') != std::string::npos) {
      return fail(ErrorKind::corrupt, "the record of a test report names no file of its folder");
    }
    const auto text = WL_TRY(store::read_file(run.folder() + "/files/junit/" + file, kLargestReport));
    data::JsonParseOptions options;
    options.max_bytes = kLargestReport;
    options.max_elements = 4'000'000;
    const auto report = WL_TRY(data::parse_json(text, options));
    const auto* suites = report.find("suites");
    if (suites == nullptr) continue;
    for (const auto& suite : suites->items()) {
      const auto* cases = suite.find("cases");
      if (cases == nullptr) continue;
      for (const auto& one : cases->items()) {
        if (out.size() == kMostTests) return out;
        const auto* seconds = one.find("duration");
        out.push_back({.class_name = one.get_string("className"),
                       .name = one.get_string("name"),
                       .status = one.get_string("status"),
                       .seconds = seconds == nullptr ? 0 : seconds->as_double(),
                       .message = one.get_string("message"),
                       .details = one.get_string("details"),
                       .suite = suite.get_string("name"),
                       .file = suite.get_string("file")});
      }
    }
  }
  return out;
}

Result<std::vector<engine::AgentReport>> read_agents(journal::RunReader& run) {
  std::vector<engine::AgentReport> out;
  for (const auto& record : WL_TRY(run.records(engine::kAgentRecord))) {
    out.push_back(engine::agent_report_of(WL_TRY(data::decode_binary(record.payload))));
  }
  std::ranges::sort(out, {},
                    [](const engine::AgentReport& one) { return std::pair(one.times.get_int("asked"), one.key); });
  return out;
}

}  // namespace windlass::runs
