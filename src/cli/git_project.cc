#include "cli/git_project.h"

#include <filesystem>
#include <sys/stat.h>

#include "proc/run_capture.h"

namespace windlass::cli {
namespace {

bool in_work_tree(const std::string& folder) {
  struct stat info{};
  for (auto path = std::filesystem::path(folder);; path = path.parent_path()) {
    if (::stat((path / ".git").c_str(), &info) == 0) return true;
    if (path == path.parent_path()) return false;
  }
}

std::string first_line(std::string text) {
  if (auto end = text.find('\n'); end != std::string::npos) text.resize(end);
  return text;
}

}  // namespace

Result<std::optional<engine::ScmInput>> inspect_git(const std::string& folder,
                                                    const std::vector<std::string>& environment) {
  if (!in_work_tree(folder)) return std::nullopt;
  auto git = [&](std::vector<std::string> arguments) -> Result<std::string> {
    proc::CaptureOptions options;
    // Whoever runs a project's Jenkinsfile trusts it with more than its git settings: it may be another user's.
    options.argv = {"git", "-c", "safe.directory=*", "-C", folder};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.env = environment;
    auto done = WL_TRY(proc::run_capture(options));
    if (done.status.code != 0) return fail(ErrorKind::not_found, first_line(done.err));
    return done.out;
  };
  auto head = git({"log", "-1", "--format=%H%n%an%n%ae%n%cn%n%ce%n%s", "HEAD"});
  if (!head) {
    if (head.error().kind == ErrorKind::not_found) return std::nullopt;  // no commit yet, or not ours to read
    return fail(
        std::move(head).error().while_doing({"looking at the git work tree of {}", "查看 {} 的 git 工作树"}, {folder}));
  }
  std::vector<std::string> lines;
  for (std::size_t at = 0; at <= head->size();) {
    auto end = head->find('\n', at);
    if (end == std::string::npos) end = head->size();
    lines.push_back(head->substr(at, end - at));
    at = end + 1;
  }
  if (lines.size() < 6) return std::nullopt;
  engine::ScmInput scm;
  scm.folder = first_line(WL_TRY(git({"rev-parse", "--show-toplevel"})));
  scm.commit = lines[0];
  scm.author_name = lines[1];
  scm.author_email = lines[2];
  scm.committer_name = lines[3];
  scm.committer_email = lines[4];
  scm.message = lines[5];
  if (auto branch = git({"symbolic-ref", "--short", "-q", "HEAD"})) scm.branch = first_line(*branch);
  auto url = git({"config", "--get", "remote.origin.url"});
  scm.url = url ? first_line(*url) : scm.folder;
  return scm;
}

}  // namespace windlass::cli
