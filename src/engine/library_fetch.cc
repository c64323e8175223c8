#include "engine/library_fetch.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>

#include "data/json.h"
#include "engine/libraries.h"
#include "files/root.h"
#include "groovy/parser.h"
#include "jenkinsfile/libraries.h"
#include "steps/git_fetch.h"
#include "text/masker.h"

namespace windlass::engine {

namespace fs = std::filesystem;

namespace {

using data::Value;

/// Where the programs of this machine are: nobody has a node yet whose PATH would be used.
constexpr std::string_view kPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// As much of a run as git needs, before there is one.
class Unbegun final : public steps::RunServices {
 public:
  Unbegun(std::string folder, const Value& credentials) : folder_(std::move(folder)), credentials_(credentials) {}

  void log(std::string_view text) override {
    if (logged_.size() < kMostLogged) logged_ += text.substr(0, kMostLogged - logged_.size());
  }
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
  void mask(std::string_view secret) override { secrets_.emplace_back(secret); }
  [[nodiscard]] std::string masked(std::string_view text) const override {
    text::Masker masker(text::SecretSet::make(secrets_));
    auto out = masker.push(text);
    return out + masker.flush();
  }
  [[nodiscard]] std::string fact(std::string_view) const override { return {}; }
  [[nodiscard]] std::int64_t now_millis() const override { return 0; }
  std::string log_tail(std::size_t) override { return {}; }
  Result<std::vector<steps::OtherRun>> runs_of(std::string_view) override { return std::vector<steps::OtherRun>(); }
  Result<steps::OtherRunContent> read_run(const steps::OtherRun&, std::string_view) override {
    return fail(ErrorKind::not_found, {"there is no run yet", "还没有运行"});
  }

  /// What was said, without secrets: where it was too much whole lines of it, since half of a secret is not known as
  /// one.
  [[nodiscard]] std::string logged() const {
    const auto whole = logged_.size() < kMostLogged ? logged_.size() : logged_.rfind('\n') + 1;
    return masked(std::string_view(logged_).substr(0, whole));
  }

 private:
  static constexpr std::size_t kMostLogged = 64u * 1024;
  std::string folder_;
  const Value& credentials_;
  std::string logged_;
  std::vector<std::string> secrets_;
};

/// Trees of libraries by repository, credential and commit, below the state folder: what a commit is does not change,
/// so a run that wants one which an earlier run has brought asks the repository for its name alone, with its own
/// credentials. Those that nobody has wanted for a while go.
class TreeCache {
 public:
  explicit TreeCache(const std::string& state_folder) : top_(state_folder + "/libraries") {}

  /// Where the tree of that commit is, or belongs.
  [[nodiscard]] std::string place(const LibraryInput& library, const Value& credentials,
                                  const std::string& commit) const {
    std::string key = library.repository + "\n";
    for (const auto& one : credentials.items()) {
      if (!library.credentials_id.empty() && one.get_string("id") == library.credentials_id)
        key += data::format_json(one);
    }
    return top_ + "/" + files::hash_bytes(key, files::Hash::sha256) + "/" + commit;
  }
  /// Whether it is there; then it stays for the next hour.
  static bool use(const std::string& place) {
    std::error_code error;
    if (!fs::is_directory(place, error)) return false;
    fs::last_write_time(place, fs::file_time_type::clock::now(), error);
    return true;
  }
  /// The tree at `from` becomes that at `place`, unless another run was quicker; false: it is still at `from`.
  bool keep(const std::string& from, const std::string& place) const {
    std::error_code error;
    fs::create_directories(fs::path(place).parent_path(), error);
    if (!error) fs::rename(from, place, error);
    if (error) return false;
    fs::last_write_time(place, fs::file_time_type::clock::now(), error);
    tidy();
    return true;
  }

 private:
  void tidy() const {
    std::vector<std::pair<fs::file_time_type, fs::path>> all;
    std::error_code error;
    for (fs::directory_iterator library(top_, error), end; !error && library != end; library.increment(error)) {
      std::error_code inner;
      for (fs::directory_iterator tree(library->path(), inner), last; !inner && tree != last; tree.increment(inner)) {
        std::error_code unknown;
        all.emplace_back(fs::last_write_time(tree->path(), unknown), tree->path());
      }
    }
    std::ranges::sort(all, std::greater());
    const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
    for (std::size_t i = kKeptTrees; i < all.size(); ++i) {
      if (all[i].first < old) fs::remove_all(all[i].second, error);
    }
  }
  static constexpr std::size_t kKeptTrees = 50;
  std::string top_;
};

std::vector<std::string> wanted_by(const std::string& script_name, const std::string& script) {
  std::vector<std::string> out;
  if (script.find("Library") == std::string::npos) return out;
  const auto parsed = groovy::parse(std::make_shared<const groovy::Source>(script_name, script));
  if (!parsed.diagnostics.empty()) return out;
  for (const auto& one : jenkinsfile::collect_libraries(*parsed.tree)) out.push_back(one.identifier);
  return out;
}

/// The folder of a library of which an earlier run has brought this very commit; empty: it is to be fetched, or said
/// why it cannot be.
std::string kept_tree(const TreeCache& cache, steps::EffectContext& context, const LibraryInput& library,
                      const std::string& version, const Value& retriever, const Value& credentials) {
  const auto source = steps::read_git_source(*retriever.find("scm"), context.place.environment);
  const auto path = steps::library_path(retriever, context.place.environment);
  const auto folder = context.run.run_folder("scm");
  if (!source || !path || !folder || version.empty()) return {};
  const auto access = steps::GitAccess::make(context, source->credentials_id, source->url);
  if (!access) return {};
  steps::GitClient git(context, *folder);
  git.use(access->get());
  const auto commit = steps::find_version(git, source->url, version);
  if (!commit) return {};
  const auto place = cache.place(library, credentials, *commit);
  if (!TreeCache::use(place)) return {};
  return path->empty() ? place : place + "/" + *path;
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
  const TreeCache cache(state_folder);
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
    Unbegun question(folder, credentials), services(folder, credentials);
    steps::Place place;
    place.environment["PATH"] = kPath;
    steps::EffectContext asking{.key = "library-" + one.name, .step = "library", .place = place, .run = question};
    steps::EffectContext context{.key = "library-" + one.name, .step = "library", .place = place, .run = services};
    const auto retriever = retriever_of(*found);
    if (auto there = kept_tree(cache, asking, *found, one.version, retriever, credentials); !there.empty()) {
      found->folder = std::move(there);
      // As Jenkins says it.
      found->log = question.logged() + "Library " + one.name + "@" + one.version + " is cached. Copying from home.\n";
      continue;
    }
    const auto brought =
        steps::fetch_library(context, Value::map_of("name", one.name, "version", one.version, "retriever", retriever));
    found->log = services.logged();
    if (brought) {
      const auto top = brought->value.get_string("top"),
                 inside = brought->value.get_string("folder").substr(top.size());
      const auto kept = cache.place(*found, credentials, brought->value.get_string("revision"));
      found->folder = (cache.keep(top, kept) ? kept : top) + inside;
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
