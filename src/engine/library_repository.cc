#include "engine/library_repository.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "proc/run_capture.h"

namespace windlass::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::minutes kLimit{10};

/// The git program in one folder, with the environment of the run; nobody is asked for a password.
class Git {
 public:
  Git(std::string folder, const RunInputs& inputs) : folder_(std::move(folder)) {
    for (const auto& [name, value] : inputs.environment) {
      // A git that calls us has variables that would lead ours to its repository.
      if (!name.starts_with("GIT_DIR") && name != "GIT_WORK_TREE" && name != "GIT_INDEX_FILE")
        environment_.push_back(name + "=" + value);
    }
    environment_.emplace_back("GIT_TERMINAL_PROMPT=0");
  }

  Result<proc::Captured> run(const std::vector<std::string>& words) const {
    proc::CaptureOptions options;
    options.argv = {"git"};
    options.argv.insert(options.argv.end(), words.begin(), words.end());
    options.env = environment_;
    options.cwd = folder_;
    options.limit = kLimit;
    return proc::run_capture(options);
  }

  /// Errors: unavailable with git's last words.
  Result<std::string> read(const std::vector<std::string>& words) const {
    auto done = WL_TRY(run(words));
    if (done.status.code == 0) return std::move(done.out);
    auto text = done.err.empty() ? done.out : done.err;
    while (text.ends_with('\n')) text.pop_back();
    return fail(ErrorKind::unavailable, {"git {}: {}", "git {}：{}"}, {words.front(), text});
  }

 private:
  std::string folder_;
  std::vector<std::string> environment_;
};

bool is_commit_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

Result<> bring(const Git& git, const LibraryInput& library, const std::string& version) {
  WL_TRY(git.read({"init", "--quiet"}));
  std::string wanted = version.empty() ? "HEAD" : version;
  if (!version.empty() && !is_commit_id(version)) {
    const auto refs = WL_TRY(git.read({"ls-remote", "--", library.repository}));
    wanted.clear();
    for (const auto& ref : {"refs/heads/" + version, "refs/tags/" + version, version}) {
      if (refs.find("\t" + ref + "\n") != std::string::npos) {
        wanted = ref;
        break;
      }
    }
    if (wanted.empty()) {
      return fail(ErrorKind::not_found, "No version " + version + " found for library " + library.name);
    }
  }
  auto done = WL_TRY(git.run({"fetch", "--quiet", "--no-tags", "--depth=1", "--", library.repository, wanted}));
  if (done.status.code != 0 && is_commit_id(wanted)) {
    // Servers may refuse a commit by its id: everything then.
    WL_TRY(git.read({"fetch", "--quiet", "--tags", "--", library.repository, "+refs/heads/*:refs/remotes/origin/*"}));
    WL_TRY(git.read({"checkout", "--quiet", "--detach", wanted, "--"}));
    return {};
  }
  if (done.status.code != 0) return fail(ErrorKind::unavailable, {"git fetch: {}", "git fetch：{}"}, {done.err});
  WL_TRY(git.read({"checkout", "--quiet", "--detach", "FETCH_HEAD", "--"}));
  return {};
}

}  // namespace

RepositoryTree::RepositoryTree(RepositoryTree&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}

RepositoryTree::~RepositoryTree() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

Result<RepositoryTree> RepositoryTree::fetch(const LibraryInput& library, const std::string& asked,
                                             const RunInputs& inputs) {
  std::string folder = inputs.state_folder + "/library-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    return fail(ErrorKind::unavailable, {"library {}: no folder can be made in {}", "库 {}：无法在 {} 中创建目录"},
                {library.name, inputs.state_folder});
  }
  RepositoryTree tree(folder);
  auto brought = bring(Git(folder, inputs), library, library.version.empty() ? asked : library.version);
  if (!brought && brought.error().kind == ErrorKind::not_found) return fail(std::move(brought).error());
  if (!brought) {
    return fail(ErrorKind::unavailable, "Could not fetch library " + library.name + " from " + library.repository +
                                            ": " + brought.error().message);
  }
  return tree;
}

}  // namespace windlass::engine
