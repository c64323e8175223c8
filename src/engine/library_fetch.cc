#include "engine/library_fetch.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "engine/libraries.h"
#include "groovy/parser.h"
#include "jenkinsfile/libraries.h"
#include "steps/git_fetch.h"

namespace windlass::engine {

namespace {

using data::Value;

/// Where the programs of this machine are: nobody has a node yet whose PATH would be used.
constexpr std::string_view kPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// As much of a run as git needs, before there is one.
class Unbegun final : public steps::RunServices {
 public:
  Unbegun(std::string folder, const Value& credentials) : folder_(std::move(folder)), credentials_(credentials) {}

  void log(std::string_view) override {}
  [[nodiscard]] bool cancelled() const override { return false; }
  std::vector<std::pair<std::string, Value>> records(std::string_view, std::string_view) override { return {}; }
  Result<std::string> run_folder(std::string_view) override { return folder_; }
  [[nodiscard]] bool keeps_files() const override { return false; }
  std::optional<Value> credential(std::string_view id) override {
    for (const auto& one : credentials_.items()) {
      if (one.get_string("id") == id) return one;
    }
    return std::nullopt;
  }
  void mask(std::string_view) override {}
  [[nodiscard]] std::string masked(std::string_view text) const override { return std::string(text); }
  [[nodiscard]] std::string fact(std::string_view) const override { return {}; }
  [[nodiscard]] std::int64_t now_millis() const override { return 0; }
  std::string log_tail(std::size_t) override { return {}; }
  Result<std::vector<steps::OtherRun>> runs_of(std::string_view) override { return std::vector<steps::OtherRun>(); }
  Result<steps::OtherRunContent> read_run(const steps::OtherRun&, std::string_view) override {
    return fail(ErrorKind::not_found, "there is no run yet");
  }

 private:
  std::string folder_;
  const Value& credentials_;
};

std::vector<std::string> wanted_by(const std::string& script_name, const std::string& script) {
  std::vector<std::string> out;
  if (script.find("Library") == std::string::npos) return out;
  const auto parsed = groovy::parse(std::make_shared<const groovy::Source>(script_name, script));
  if (!parsed.diagnostics.empty()) return out;
  for (const auto& one : jenkinsfile::collect_libraries(*parsed.tree)) out.push_back(one.identifier);
  return out;
}

}  // namespace

Value retriever_of(const LibraryInput& library) {
  Value source = Value::map_of("$class", "gitSource", "remote", library.repository);
  if (!library.credentials_id.empty()) source.set("credentialsId", library.credentials_id);
  Value out = Value::map_of("$class", "modernSCM", "scm", std::move(source));
  if (!library.path.empty()) out.set("libraryPath", library.path);
  return out;
}

bool may_want_libraries(const std::vector<LibraryInput>& known, const std::string& script) {
  if (known.empty()) return false;
  return script.find("Library") != std::string::npos || std::ranges::any_of(known, &LibraryInput::implicit);
}

std::shared_ptr<const FetchedLibraries> FetchedLibraries::fetch(std::vector<LibraryInput> known,
                                                                const std::string& script_name,
                                                                const std::string& script, const Value& credentials,
                                                                const std::string& state_folder) {
  std::shared_ptr<FetchedLibraries> out(new FetchedLibraries());
  const auto wanted = name_libraries(known, wanted_by(script_name, script));
  std::string folder = state_folder + "/library-XXXXXX";
  const bool has_folder = wanted.empty() || ::mkdtemp(folder.data()) != nullptr;
  if (!wanted.empty() && has_folder) out->folder_ = folder;
  for (const auto& one : wanted) {
    const auto found = std::ranges::find(known, one.name, &LibraryInput::name);
    if (found == known.end() || found->repository.empty()) continue;
    if (!has_folder) {
      found->problem = "library " + one.name + ": no folder can be made in " + state_folder;
      continue;
    }
    if (auto good = check_library_version(*found, one.version); !good) {
      found->problem = good.error().message;
      continue;
    }
    Unbegun services(folder, credentials);
    steps::Place place;
    place.environment["PATH"] = kPath;
    steps::EffectContext context{.key = "library-" + one.name, .step = "library", .place = place, .run = services};
    const auto brought = steps::fetch_library(
        context, Value::map_of("name", one.name, "version", one.version, "retriever", retriever_of(*found)));
    if (brought) {
      found->folder = brought->value.get_string("folder");
    } else {
      const auto& why = brought.error().message;
      found->problem = why.starts_with("No version") ? why : "Could not fetch library " + one.name + ": " + why;
    }
  }
  out->libraries_ = std::move(known);
  return out;
}

FetchedLibraries::~FetchedLibraries() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

}  // namespace windlass::engine
