// The program windlass-worker as a child that has nothing but the scripts it is given, beside a FakeRun that plays the
// server; and texts by which two runs are compared.
#pragma once

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include "data/json.h"
#include "proc/run_capture.h"
#include "proc/spawn.h"
#include "steps/remote_effect.h"
#include "steps/remote_files.h"
#include "steps/remote_push.h"
#include "steps/remote_request.h"
#include "steps/testing/fake_run.h"

namespace windlass::worker {

using data::Value;
using steps::FakeRun;
using steps::Outcome;

constexpr std::int64_t kOldTime = 1'600'000'000;  ///< of all files that a case begins with

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::string& path, std::string_view text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// The program as a child: what it printed, how it ended.
struct Child {
  std::string out, log;
  proc::ExitStatus status;
};

inline std::vector<std::string> worker_words(const std::string& script, const std::string& file) {
  const auto line = script.substr(0, script.find('\n'));
  const std::string begin = "#!" + std::string(steps::kWorkerProgram) + " ";
  EXPECT_TRUE(line.starts_with(begin)) << line;
  return {WINDLASS_WORKER, line.substr(std::min(begin.size(), line.size())), file};
}

inline proc::Process start_worker(const FakeRun& run, const std::string& script, const std::string& name) {
  const auto base = run.folder + "/" + name;
  write_file(base + ".sh", script);
  const proc::Fd out(::open((base + ".out").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  const proc::Fd log(::open((base + ".log").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  auto child = proc::spawn({.program = WINDLASS_WORKER,
                            .argv = worker_words(script, base + ".sh"),
                            .env = {},
                            .cwd = "/",
                            .new_session = true,
                            .fds = {{out.get(), 1}, {log.get(), 2}}});
  EXPECT_TRUE(child) << child.error().message;
  return std::move(*child);
}

inline Child end_worker(const FakeRun& run, proc::Process& process, const std::string& name) {
  const auto status = process.wait_for(std::chrono::minutes(2));
  EXPECT_TRUE(status.has_value()) << "the worker does not end";
  const auto base = run.folder + "/" + name;
  return {
      .out = read_file(base + ".out"), .log = read_file(base + ".log"), .status = status.value_or(proc::ExitStatus{})};
}

inline Child run_worker(const FakeRun& run, const std::string& script) {
  auto process = start_worker(run, script, "child");
  return end_worker(run, process, "child");
}

inline std::map<std::string, std::string> own_environment() { return {{"PATH", "/usr/local/bin:/usr/bin:/bin"}}; }

/// An effect by the program, as the engine will do it.
inline Outcome perform_in_pod(FakeRun& run, const std::string& effect, const Value& arguments,
                              const std::string& key = "1:1") {
  steps::EffectContext context{.key = key, .step = effect, .place = run.place, .run = run};
  auto request = steps::make_request(context, effect, arguments, own_environment());
  if (!request) return std::unexpected(std::move(request).error());
  for (const auto& secret : request->secrets) run.mask(secret);
  steps::RemoteScripts scripts(std::move(*request));
  for (;;) {
    auto script = scripts.next();
    if (!script) return steps::abort_with("TEST: " + script.error().message);
    if (!*script) return steps::abort_with("TEST: no request among the scripts");
    const auto child = run_worker(run, **script);
    run.logged += child.log;
    steps::RunFolderSink sink(run);
    steps::OutputDecoder decoder({.effect = scripts.is_last() ? effect : ""}, sink);
    if (auto taken = decoder.push(child.out); !taken) return steps::abort_with("TEST: " + taken.error().message);
    for (const auto& secret : decoder.take_secrets()) run.mask(secret);
    auto outcome = decoder.outcome();
    if (!outcome || child.status.code != 0) return steps::missing_outcome(effect, "test", child.status.code);
    if (!*outcome) return *outcome;
    if (!scripts.is_last()) continue;
    if (auto stored = sink.finish(); !stored) return steps::abort_with("TEST: " + stored.error().message);
    auto settled = steps::settle_remote(context, effect, arguments, std::move(*outcome));
    if (settled) {
      for (const auto& record : settled->records) run.kept[record.kind][record.key] = record.payload;
    }
    return settled;
  }
}

/// One text for both ways: their folders have one name, files that travelled are where they are kept.
inline std::string plain(const FakeRun& run, std::string text) {
  for (std::size_t at = 0; (at = text.find(run.folder, at)) != std::string::npos;)
    text.replace(at, run.folder.size(), "F");
  text = std::regex_replace(text, std::regex("F/ws@tmp/worker-[0-9a-f-]+/files"), "F/run");
  // Times of files that the effect made.
  return std::regex_replace(text, std::regex(R"(odified":(?!1600000000000)[0-9]+)"), "odified\":NOW");
}

inline std::string tree(const std::string& folder) {
  std::vector<std::string> lines;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, ignored)) {
    const auto path = entry.path().string();
    const auto name = path.substr(folder.size() + 1);
    // Of git: times of its index, logs with times, hooks of the machine's template.
    if (name.find(".git/") != std::string::npos) continue;
    if (entry.is_symlink()) {
      lines.push_back(name + " -> " + std::filesystem::read_symlink(entry.path()).string());
    } else if (entry.is_regular_file()) {
      auto content = read_file(path);
      // Archives hold the times of the files that were packed; their content is compared where they are unpacked.
      if (name.ends_with(".zst") || name.ends_with(".zip") || name.ends_with("gz") || name.ends_with(".tar"))
        content = "?";
      lines.push_back(name + " " + std::to_string(FakeRun::mode_of(path)) + " " + content);
    } else {
      lines.push_back(name + "/");
    }
  }
  std::ranges::sort(lines);
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

inline std::string shown(const FakeRun& run, const Outcome& outcome) {
  if (!outcome) {
    return plain(run, outcome.error().java_class + ": " + outcome.error().message + " " +
                          data::format_json(outcome.error().fields));
  }
  std::string out = data::format_json(outcome->value) + "\n" + outcome->stage_result + " " + outcome->run_result + "\n";
  for (const auto& record : outcome->records) {
    out += record.kind + " " + record.key + " " + data::format_json(record.payload) + "\n";
  }
  return plain(run, std::move(out));
}

/// What the run keeps; folders without files and the repositories of checkouts are left out.
inline std::string kept_files(const FakeRun& run) {
  std::istringstream lines(plain(run, tree(run.folder + "/run")));
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    if (!line.ends_with('/') && !line.starts_with("scm/")) out += line + "\n";
  }
  return out;
}

inline void old_times(const std::string& folder) {
  const timespec times[2] = {{.tv_sec = kOldTime, .tv_nsec = 0}, {.tv_sec = kOldTime, .tv_nsec = 0}};
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, ignored)) {
    ::utimensat(AT_FDCWD, entry.path().c_str(), times, AT_SYMLINK_NOFOLLOW);
  }
}

inline void set_up(FakeRun& run) {
  run.facts = {{"job", "folder/app"}, {"number", "7"}, {"run_folder", "/state/7"}, {"result", ""}};
  std::filesystem::create_directories(run.place.workspace_tmp);
}

inline Value user_login(const char* id) {
  return Value::map_of("id", id, "type", "usernamePassword", "username", "ann", "password", "pass word-1");
}

/// The scripts of an effect; the last one is the request.
inline std::vector<std::string> scripts_of(FakeRun& run, const std::string& effect, const Value& arguments) {
  steps::EffectContext context{.key = "1:1", .step = effect, .place = run.place, .run = run};
  auto request = steps::make_request(context, effect, arguments, own_environment());
  EXPECT_TRUE(request) << request.error().message;
  steps::RemoteScripts scripts(std::move(*request));
  std::vector<std::string> out;
  for (;;) {
    auto script = scripts.next();
    EXPECT_TRUE(script) << script.error().message;
    if (!script || !*script) return out;
    out.push_back(std::move(**script));
  }
}

inline std::optional<Outcome> outcome_in(const std::string& out, const std::string& effect, FakeRun& run) {
  steps::RunFolderSink sink(run);
  steps::OutputDecoder decoder({.effect = effect}, sink);
  auto taken = decoder.push(out);
  EXPECT_TRUE(taken) << taken.error().message;
  return decoder.outcome();
}

}  // namespace windlass::worker
