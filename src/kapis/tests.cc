// Test cases of runs and their history. A case is known by its class and name, in every run of a pipeline the same.
#include <algorithm>
#include <iterator>
#include <map>
#include <memory>

#include "kapis/answers.h"
#include "kapis/run_access.h"
#include "kapis/run_facts.h"
#include "runs/run_record.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;

namespace {

constexpr std::size_t kHistory = 20;  ///< runs that are looked back at, at most
constexpr std::size_t kMostRuns = 100;
constexpr std::size_t kMostCases = 5000;
constexpr std::size_t kLongestText = 4000;

/// The beginning of a text, its characters whole.
std::string shortened(const std::string& text) {
  if (text.size() <= kLongestText) return text;
  auto end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

ApiTask<std::vector<runs::KeptTest>> tests_of(Call& call, const std::string& uid) {
  const auto tests = std::make_shared<std::vector<runs::KeptTest>>();
  WL_API_TRY(to_outcome(co_await call.services.runs.look_into(uid, [tests](auto& journal) -> Result<> {
    *tests = WL_TRY(runs::read_tests(journal));
    return {};
  })));
  co_return std::move(*tests);
}

/// Cases of one run, those that failed first; of each that failed, since which run it fails.
ApiTask<Response> of_run(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  auto tests = WL_API_TRY(co_await tests_of(call, run.uid));
  const auto status = call.request.parameter("status").value_or("");
  const auto offset = WL_API_TRY(number(call, "offset")).value_or(0);
  const auto limit = std::min<std::uint64_t>(WL_API_TRY(number(call, "limit")).value_or(100), kMostCases);
  std::map<std::string, std::int64_t> counts = {{"PASSED", 0}, {"FAILED", 0}, {"SKIPPED", 0}};
  for (const auto& one : tests) ++counts[one.status];
  if (!status.empty()) std::erase_if(tests, [&](const auto& one) { return one.status != status; });
  std::vector<runs::KeptTest> ordered, others;
  for (auto& one : tests) (one.status == "FAILED" ? ordered : others).push_back(std::move(one));
  std::ranges::move(others, std::back_inserter(ordered));
  tests = std::move(ordered);
  const auto total = tests.size();
  tests.erase(tests.begin(), tests.begin() + static_cast<std::ptrdiff_t>(std::min(offset, total)));
  if (tests.size() > limit) tests.resize(limit);

  // Back in time until each of them has passed or was not there.
  std::map<std::string, std::uint64_t> since;
  for (const auto& one : tests) {
    if (one.status == "FAILED") since[one.key()] = run.number;
  }
  std::map<std::string, bool> open;
  for (const auto& [key, first] : since) open[key] = true;
  const auto earlier = open.empty()
                           ? std::vector<runs::RunInfo>()
                           : WL_API_TRY(to_outcome(co_await call.services.runs.of_job(run.job, kHistory, run.number)));
  for (const auto& before : earlier) {
    if (before.phase != runs::Phase::ended || open.empty()) continue;
    const auto old = WL_API_TRY(co_await tests_of(call, before.uid));
    if (old.empty()) continue;  // it came to no tests: says nothing about them
    std::map<std::string, bool> failed;
    for (const auto& one : old) failed[one.key()] = failed[one.key()] || one.status == "FAILED";
    std::erase_if(open, [&](const auto& entry) {
      const auto found = failed.find(entry.first);
      if (found == failed.end() || !found->second) return true;
      since[entry.first] = before.number;
      return false;
    });
  }

  auto cases = Value::list();
  for (const auto& one : tests) {
    auto test = Value::map_of("key", one.key(), "class", one.class_name, "name", one.name, "suite", one.suite, "file",
                              one.file, "status", one.status, "seconds", one.seconds);
    if (!one.message.empty()) test.set("message", shortened(one.message));
    if (!one.details.empty()) test.set("details", shortened(one.details));
    if (const auto found = since.find(one.key()); found != since.end()) {
      test.set("failingSince", static_cast<std::int64_t>(found->second));
      test.set("new", found->second == run.number);
    }
    cases.push(std::move(test));
  }
  co_return json_answer(Value::map_of("cases", std::move(cases), "matching", static_cast<std::int64_t>(total), "passed",
                                      counts["PASSED"], "failed", counts["FAILED"], "skipped", counts["SKIPPED"]));
}

/// Of the newest runs: how many cases passed and failed, or with `case` what became of that one.
ApiTask<Response> trend(Call& call) {
  const auto key = call.request.parameter("case").value_or("");
  auto items = Value::list();
  const auto limit = std::min<std::uint64_t>(WL_API_TRY(number(call, "limit")).value_or(20), kMostRuns);
  const auto before = WL_API_TRY(number(call, "before")).value_or(0);
  const auto all =
      WL_API_TRY(to_outcome(co_await call.services.runs.of_job(call.at("d") + "/" + call.at("p"), limit, before)));
  for (const auto& run : all) {
    auto item = Value::map_of("number", static_cast<std::int64_t>(run.number), "result", run.result, "started",
                              run.started_millis);
    if (!key.empty()) {
      const runs::KeptTest* found = nullptr;
      const auto tests = WL_API_TRY(co_await tests_of(call, run.uid));
      for (const auto& one : tests) {
        if (one.key() == key && (found == nullptr || one.status == "FAILED")) found = &one;
      }
      if (found == nullptr) continue;
      item.set("status", found->status);
      item.set("seconds", found->seconds);
    } else {
      const auto counts = std::make_shared<std::optional<runs::TestCounts>>();
      WL_API_TRY(to_outcome(co_await call.services.runs.look_into(run.uid, [counts](auto& journal) -> Result<> {
        *counts = WL_TRY(runs::read_test_counts(journal));
        return {};
      })));
      if (!*counts) continue;
      item.set("passed", (*counts)->total - (*counts)->failed - (*counts)->skipped);
      item.set("failed", (*counts)->failed);
      item.set("skipped", (*counts)->skipped);
    }
    items.push(std::move(item));
  }
  co_return json_answer(Value::map_of("items", std::move(items)));
}

constexpr Route kRoutes[] = {
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/tests",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     of_run,
     "its test cases, failed ones first, with since when they fail: status, offset, limit",
     "status offset limit"},
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/tests",
     {"list", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     trend,
     "how the tests of its runs went, or one case: case, limit, before",
     "case limit before"},
};

}  // namespace

std::span<const Route> test_routes() { return kRoutes; }

}  // namespace windlass::kapis
