// What the tests of this module share: a folder that goes away, and a journal with something of everything in it.
#pragma once

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <stdlib.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "journal/state_folder.h"

namespace windlass::journal::testing_support {

struct TemporaryFolder {
  TemporaryFolder() {
    // Memory where there is some: these tests sync thousands of times, and what a disk keeps is FaultDisk's to say.
    std::string name =
        ::access("/dev/shm", W_OK) == 0 ? "/dev/shm/windlass-journal-XXXXXX" : "/tmp/windlass-journal-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

inline RunSpec make_spec(std::string job = "folder/main") {
  return {.job = std::move(job),
          .created_ms = 1'700'000'000'000,
          .semantics = 3,
          .inputs = "parameters and environment",
          .secrets = "credential hunter2",
          .program = {{"Jenkinsfile", "node { sh 'make' }"}, {"prelude", std::string(100'000, 'p')}}};
}

inline NewEntry make_entry(EntryType type, std::string_view branch, std::uint64_t ordinal, std::string_view payload) {
  return {.type = type,
          .effect = EffectKind::task,
          .branch = branch,
          .ordinal = ordinal,
          .step = "sh",
          .line = 7,
          .column = 3,
          .payload_kind = 1,
          .payload = payload,
          .time_ms = 1'700'000'000'123};
}

/// One step as the engine writes it: intent, node and line in one commit, output and result in the next.
inline void write_step(RunJournal& journal, std::string_view branch, std::uint64_t ordinal) {
  const std::string token = std::string(branch) + "/" + std::to_string(ordinal);
  ASSERT_TRUE(
      journal.append(make_entry(EntryType::intent, branch, ordinal, "make " + std::to_string(ordinal))).has_value());
  FlowNode node{.id = static_cast<std::int64_t>(journal.last_sequence()),
                .kind = 5,
                .step = "sh",
                .branch = std::string(branch),
                .start_ms = 10};
  ASSERT_TRUE(journal.put_node(node).has_value());
  ASSERT_TRUE(journal.append_line(branch, ordinal, "[Pipeline] sh\n").value());
  ASSERT_TRUE(journal.commit().has_value());
  ASSERT_TRUE(journal.append_output(branch, token, 0, 10, "+ make " + std::to_string(ordinal) + "\n").value());
  ASSERT_TRUE(journal.append(make_entry(EntryType::result, branch, ordinal, "0")).has_value());
  node.end_ms = 20;
  node.result = "SUCCESS";
  ASSERT_TRUE(journal.put_node(node).has_value());
  ASSERT_TRUE(journal.put_record({"junit", token, "3 tests"}, false).has_value());
  ASSERT_TRUE(journal.commit().has_value());
}

inline RunInfo info_of(const RunReader& run) {
  return {.uid = run.header().uid, .job = run.header().job, .number = run.header().number};
}

}  // namespace windlass::journal::testing_support
