// RunServices in memory with a temporary workspace, for the tests of all families of effects.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <stdlib.h>
#include <sys/stat.h>

#include "steps/effect.h"
#include "text/masker.h"

namespace windlass::steps {

class FakeRun final : public RunServices {
 public:
  FakeRun() {
    std::string pattern = std::filesystem::temp_directory_path().string() + "/windlass-steps-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    place.has_node = true;
    place.node = "built-in";
    place.node_root = folder;
    place.workspace = folder + "/ws";
    place.workspace_tmp = folder + "/ws@tmp";
    place.cwd = place.workspace;
    place.environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
    std::filesystem::create_directories(place.workspace);
  }
  FakeRun(const FakeRun&) = delete;
  FakeRun& operator=(const FakeRun&) = delete;
  ~FakeRun() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  /// Performs an effect of the table as the engine does, and keeps its records.
  Outcome perform(std::string_view name, const data::Value& arguments, std::string key = "1:1") {
    for (const auto& row : effect_table()) {
      if (row.name != name) continue;
      EffectContext context{.key = std::move(key), .step = std::string(name), .place = place, .run = *this};
      auto outcome = row.perform(context, arguments);
      if (outcome) {
        for (const auto& record : outcome->records) {
          kept[record.kind][record.key] = record.payload;
        }
      }
      return outcome;
    }
    return abort_with("no effect is called " + std::string(name));
  }
  /// "CLASS: MESSAGE", or "" for success.
  std::string error_of(std::string_view name, const data::Value& arguments) {
    auto outcome = perform(name, arguments);
    return outcome ? "" : outcome.error().java_class + ": " + outcome.error().message;
  }

  void write(const std::string& path, std::string_view bytes) const {
    const auto whole = std::filesystem::path(place.workspace) / path;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::string read(const std::string& path) const {
    std::ifstream in(std::filesystem::path(place.workspace) / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] bool exists(const std::string& path) const {
    return std::filesystem::exists(std::filesystem::symlink_status(std::filesystem::path(place.workspace) / path));
  }
  /// An executable shell script that steps find on the PATH before all others.
  void program(const std::string& name, std::string_view script) {
    const auto bin = folder + "/bin";
    std::filesystem::create_directories(bin);
    std::ofstream(bin + "/" + name, std::ios::binary) << "#!/bin/sh\n" << script;
    ::chmod((bin + "/" + name).c_str(), 0755);
    auto& path = place.environment["PATH"];
    if (!path.starts_with(bin)) path = bin + ":" + path;
  }
  static unsigned mode_of(const std::string& path) {
    struct stat info = {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
  }

  void log(std::string_view text) override { logged += text; }
  [[nodiscard]] bool cancelled() const override { return is_cancelled; }
  std::vector<std::pair<std::string, data::Value>> records(std::string_view kind, std::string_view key) override {
    std::vector<std::pair<std::string, data::Value>> out;
    for (const auto& [name, value] : kept[std::string(kind)]) {
      if (key.empty() || name == key) out.emplace_back(name, value);
    }
    return out;
  }
  Result<std::string> run_folder(std::string_view name) override {
    auto path = folder + "/run/" + std::string(name);
    std::filesystem::create_directories(path);
    return path;
  }
  std::optional<data::Value> credential(std::string_view id) override {
    for (const auto& one : credentials) {
      if (one.get_string("id") == id) return one;
    }
    return std::nullopt;
  }
  void mask(std::string_view secret) override { secrets.emplace_back(secret); }
  [[nodiscard]] std::string masked(std::string_view text) const override {
    return text::mask_all(*text::SecretSet::make(secrets), text);
  }
  [[nodiscard]] std::string fact(std::string_view name) const override {
    auto found = facts.find(std::string(name));
    return found == facts.end() ? "" : found->second;
  }
  [[nodiscard]] std::int64_t now_millis() const override { return 1'700'000'000'000; }
  std::string log_tail(std::size_t max_bytes) override {
    return logged.size() <= max_bytes ? logged : logged.substr(logged.size() - max_bytes);
  }

  Result<std::vector<OtherRun>> runs_of(std::string_view job) override {
    std::vector<OtherRun> out;
    for (const auto& one : other_runs) {
      if (one.run.job == job) out.push_back(one.run);
    }
    return out;
  }
  Result<OtherRunContent> read_run(const OtherRun& run, std::string_view record_kind) override {
    for (const auto& one : other_runs) {
      if (one.run.job != run.job || one.run.number != run.number) continue;
      auto content = one.content;
      if (record_kind != one.record_kind) content.records.clear();
      return content;
    }
    return fail(ErrorKind::not_found, "no such run");
  }

  struct StoredRun {
    OtherRun run;
    std::string record_kind;
    OtherRunContent content;
  };
  std::vector<StoredRun> other_runs;  ///< newest first
  std::string folder;
  Place place;
  std::string logged;
  bool is_cancelled = false;
  std::vector<std::string> secrets;  ///< what was given to mask()
  std::vector<data::Value> credentials;
  std::map<std::string, std::string> facts;
  std::map<std::string, std::map<std::string, data::Value>> kept;
};

}  // namespace windlass::steps
