// What the journal of a run keeps about it beside its flow and its log: definition, parameters, revisions, test cases.
// For comparing runs and for the history of tests. Over a reader; no secret comes out of here.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/console.h"
#include "journal/run_journal.h"

namespace windlass::runs {

struct RunRecord {
  std::string script;  ///< the Jenkinsfile it began with
  /// Name and value; no value where it was a password. Nothing while the run goes on: then they are still secrets.
  std::optional<std::vector<std::pair<std::string, std::optional<std::string>>>> parameters;
  std::vector<std::pair<std::string, std::string>> revisions;  ///< of what was checked out: where from, commit
};
Result<RunRecord> read_record(journal::RunReader& run);

/// Why nothing of a run ran: its Jenkinsfile is not valid.
struct InvalidScript {
  std::int64_t count = 0;  ///< of errors
  std::int64_t line = 0, column = 0;
  std::string message;  ///< the first one's
};
/// Nothing where its Jenkinsfile was valid, or where an older program noted only its log.
Result<std::optional<InvalidScript>> read_invalid_script(journal::RunReader& run);

/// The exception that ended a run, as its log has it last.
struct ScriptFailure {
  std::string class_name, message;
  std::int64_t line = 0;  ///< in the pipeline's own script; 0: not there
};
/// Nothing where there was none, or where an older program noted only its log.
Result<std::optional<ScriptFailure>> read_failure(journal::RunReader& run);

/// Whether its script said, as `currentBuild.keepLog = true`, that it is not to be discarded.
Result<bool> read_keep_log(journal::RunReader& run);

/// The pods that were made for it: how far each came, what was wrong with it. In the order in which they were asked
/// for.
Result<std::vector<engine::AgentReport>> read_agents(journal::RunReader& run);

struct TestCounts {
  std::int64_t total = 0, failed = 0, skipped = 0;
};
/// The sums of all its reports; nothing where it has none.
Result<std::optional<TestCounts>> read_test_counts(journal::RunReader& run);

struct KeptTest {
  std::string class_name, name;
  std::string status;  ///< PASSED, FAILED, SKIPPED
  double seconds = 0;
  std::string message, details;
  std::string suite, file;

  /// The same for the same case in every run.
  [[nodiscard]] std::string key() const { return class_name + "#" + name; }
};
/// All cases of all its reports, at most `kMostTests`.
inline constexpr std::size_t kMostTests = 100'000;
Result<std::vector<KeptTest>> read_tests(journal::RunReader& run);

}  // namespace windlass::runs
