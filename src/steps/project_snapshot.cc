#include "steps/project_snapshot.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/json.h"
#include "files/root.h"
#include "proc/run_capture.h"

namespace windlass::steps {

namespace {

using data::Value;

/// git in the project's folder, with nothing that could write there.
class ProjectGit {
 public:
  ProjectGit(const std::string& folder, const std::map<std::string, std::string>& environment) : folder_(folder) {
    for (const auto& [name, value] : environment) {
      // Settings of the user stay; what would lead git to another repository does not.
      if (name.starts_with("GIT_") && !name.starts_with("GIT_CONFIG_")) continue;
      environment_.push_back(name + "=" + value);
    }
    environment_.emplace_back("GIT_OPTIONAL_LOCKS=0");
  }
  void set(const std::string& variable) { environment_.push_back(variable); }

  [[nodiscard]] Result<proc::Captured> run(const std::vector<std::string>& words) const {
    proc::CaptureOptions options;
    // The Jenkinsfile is run, so the folder is trusted whoever owns it; what is uncommitted is not worth compressing.
    options.argv = {"git"};
    for (const auto* setting : {"core.hooksPath=/dev/null", "core.fsmonitor=false", "core.looseCompression=0",
                                "safe.directory=*", "advice.addEmbeddedRepo=false"}) {
      options.argv.insert(options.argv.end(), {"-c", setting});
    }
    options.argv.insert(options.argv.end(), words.begin(), words.end());
    options.env = environment_;
    options.cwd = folder_;
    options.limit = std::chrono::minutes(10);
    return proc::run_capture(options);
  }
  [[nodiscard]] Result<std::string> read(const std::vector<std::string>& words) const {
    auto captured = WL_TRY(run(words));
    if (captured.status.code != 0) {
      auto why = captured.err.substr(0, captured.err.find('\n'));
      return fail(ErrorKind::unavailable,
                  "cannot take the project of " + folder_ + ": git " + words.front() + ": " + why);
    }
    if (captured.out.ends_with('\n')) captured.out.pop_back();
    return std::move(captured.out);
  }

 private:
  std::string folder_;
  std::vector<std::string> environment_;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

Result<void> write_file(const std::string& path, std::string_view bytes) {
  const auto root = WL_TRY(files::Root::absolute("/"));
  return root.write(path, bytes, {.mode = 0600});
}

/// Remote branches as branches, the current branch over them, and tags.
std::string packed_refs(const std::string& listed, const ProjectSource& source) {
  std::map<std::string, std::string> refs;
  for (const auto& line : lines_of(listed)) {
    const auto space = line.find(' ');
    if (space == std::string::npos) continue;
    auto name = line.substr(space + 1);
    constexpr std::string_view kRemote = "refs/remotes/origin/";
    if (name.starts_with(kRemote)) {
      name = name.substr(kRemote.size());
      if (name == "HEAD") continue;
      name = "refs/heads/" + name;
    }
    refs[name] = line.substr(0, space);
  }
  if (!source.branch.empty()) {
    // A folder and a file of one name cannot both be refs; the branch that is checked out wins.
    const auto own = "refs/heads/" + source.branch;
    std::erase_if(
        refs, [&own](const auto& ref) { return ref.first.starts_with(own + "/") || own.starts_with(ref.first + "/"); });
    refs[own] = source.commit;
  }
  std::string out = "# pack-refs with: sorted \n";
  for (const auto& [name, id] : refs) out += id + " " + name + "\n";
  return out;
}

/// The path of `folder` relative to `top` when it is below it.
std::optional<std::string> path_inside(const std::string& top, const std::string& folder) {
  if (folder.empty()) return std::nullopt;
  std::error_code error;
  const auto whole = std::filesystem::weakly_canonical(folder, error);
  const auto base = std::filesystem::weakly_canonical(top, error);
  if (error) return std::nullopt;
  auto relative = whole.lexically_relative(base).string();
  if (relative.empty() || relative == "." || relative.starts_with("..")) return std::nullopt;
  return relative;
}

struct ProjectPaths {
  std::string objects, index, shallow, head_tree, format;
};

Result<ProjectPaths> find_paths(const ProjectGit& git, const ProjectSource& source) {
  const auto lines =
      lines_of(WL_TRY(git.read({"rev-parse", "--path-format=absolute", "--git-path", "objects", "--git-path", "index",
                                "--git-path", "shallow", "--show-object-format", source.commit + "^{tree}"})));
  if (lines.size() != 5) return fail(ErrorKind::unavailable, "git says too little about " + source.folder);
  return ProjectPaths{lines[0], lines[1], lines[2], lines[4], lines[3]};
}

Result<void> make_repository(const ProjectGit& git, const ProjectSource& source, const ProjectPaths& paths,
                             const std::string& repository) {
  const auto root = WL_TRY(files::Root::absolute("/"));
  auto removed = WL_TRY(root.remove(repository));
  static_cast<void>(removed);
  WL_TRY(git.read({"init", "--quiet", "--bare", "--template=", "--object-format=" + paths.format, repository}));
  WL_CHECK_OK(write_file(repository + "/objects/info/alternates", paths.objects + "\n"));
  const auto refs =
      WL_TRY(git.read({"for-each-ref", "--format=%(objectname) %(refname)", "refs/tags", "refs/remotes/origin"}));
  WL_CHECK_OK(write_file(repository + "/packed-refs", packed_refs(refs, source)));
  const auto head = source.branch.empty() ? source.commit : "ref: refs/heads/" + source.branch;
  WL_CHECK_OK(write_file(repository + "/HEAD", head + "\n"));
  if (root.exists(paths.shallow)) {
    const auto shallow = WL_TRY(root.read(paths.shallow));
    WL_CHECK_OK(write_file(repository + "/shallow", shallow));
  }
  // Checkouts ask for commits by their id.
  return root.write(repository + "/config", "[uploadpack]\n\tallowAnySHA1InWant = true\n", {.append = true});
}

/// A commit with everything that is not committed, made from a copy of the index into the snapshot's own objects.
Result<void> take_uncommitted(ProjectGit git, const ProjectSource& source, const ProjectPaths& paths,
                              const std::string& scm_folder, ProjectSnapshot& out) {
  const auto index = scm_folder + "/index";
  const auto root = WL_TRY(files::Root::absolute("/"));
  auto removed = WL_TRY(root.remove(index));
  static_cast<void>(removed);
  struct stat before{};
  if (::stat(paths.index.c_str(), &before) == 0) {
    const auto bytes = WL_TRY(root.read(paths.index, std::uint64_t{4} << 30));
    WL_CHECK_OK(write_file(index, bytes));
    // git compares a file's time with the time of the index to know whether it may have been edited unseen in the same
    // moment: a copy that looked younger would hide an edit of equal size.
    const timespec times[2] = {before.st_atim, before.st_mtim};
    if (::utimensat(AT_FDCWD, index.c_str(), times, 0) != 0)
      return fail(files::make_error(errno, "set time of", index));
  }
  git.set("GIT_INDEX_FILE=" + index);
  git.set("GIT_OBJECT_DIRECTORY=" + out.repository + "/objects");
  git.set("GIT_ALTERNATE_OBJECT_DIRECTORIES=" + paths.objects);
  for (const auto* role : {"AUTHOR", "COMMITTER"}) {
    git.set("GIT_" + std::string(role) + "_NAME=windlass");
    git.set("GIT_" + std::string(role) + "_EMAIL=windlass@localhost");
    git.set("GIT_" + std::string(role) + "_DATE=@0 +0000");
  }
  std::vector<std::string> where = {"--", ":/"};
  if (auto own = path_inside(source.folder, source.excluded)) {
    // git complains of a path that is excluded and ignored as well; ignored ones are left out anyway.
    const auto ignored = WL_TRY(git.run({"check-ignore", "--quiet", "--", source.excluded}));
    if (ignored.status.code != 0) where.push_back(":(top,exclude,literal)" + *own);
  }
  auto add = [&git, &where](const char* what) {
    std::vector<std::string> words = {"add", what, "--ignore-errors"};
    words.insert(words.end(), where.begin(), where.end());
    return git.run(words);
  };
  const auto added = WL_TRY(add("--all"));
  if (added.status.code != 0) {
    // Something that cannot be read: the rest is taken along, at least all that git knows already.
    out.complaint = "not everything of the project could be taken along: " + added.err.substr(0, added.err.find('\n'));
    static_cast<void>(WL_TRY(add("--update")));
  }
  const auto tree = WL_TRY(git.read({"write-tree"}));
  if (tree != paths.head_tree) {
    out.tree = WL_TRY(git.read({"commit-tree", tree, "-p", source.commit, "-m", "uncommitted changes"}));
    const auto names = WL_TRY(git.read({"diff-tree", "-r", "--name-only", paths.head_tree, tree}));
    out.changed = static_cast<std::int64_t>(lines_of(names).size());
  }
  auto gone = WL_TRY(root.remove(index));
  static_cast<void>(gone);
  return {};
}

Result<ProjectSnapshot> read_snapshot(const std::string& file, const std::string& repository) {
  const auto root = WL_TRY(files::Root::absolute("/"));
  const auto text = WL_TRY(root.read(file));
  const auto value = WL_TRY(data::parse_json(text));
  return ProjectSnapshot{.repository = repository,
                         .head = value.get_string("head"),
                         .tree = value.get_string("tree"),
                         .changed = value.get_int("changed"),
                         .complaint = value.get_string("complaint")};
}

Result<files::Fd> lock_folder(const std::string& scm_folder) {
  files::Fd lock(::open((scm_folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.valid()) return fail(files::make_error(errno, "open", scm_folder + "/lock"));
  while (::flock(lock.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return fail(files::make_error(errno, "lock", scm_folder + "/lock"));
  }
  return lock;
}

/// Written beside its name first: whoever finds it finds it whole.
Result<void> write_last(const std::string& path, const std::string& text) {
  WL_CHECK_OK(write_file(path + ".new", text));
  if (::rename((path + ".new").c_str(), path.c_str()) != 0) return fail(files::make_error(errno, "write", path));
  return {};
}

}  // namespace

Result<ProjectSnapshot> ensure_project_snapshot(const ProjectSource& source, const std::string& scm_folder,
                                                const std::map<std::string, std::string>& environment) {
  const auto lock = WL_TRY(lock_folder(scm_folder));
  const auto repository = scm_folder + "/project.git";
  const auto done = scm_folder + "/snapshot.json";
  if (::access(done.c_str(), F_OK) == 0) return read_snapshot(done, repository);
  const ProjectGit git(source.folder, environment);
  const auto paths = WL_TRY(find_paths(git, source));
  WL_CHECK_OK(make_repository(git, source, paths, repository));
  ProjectSnapshot out{.repository = repository, .head = source.commit};
  WL_CHECK_OK(take_uncommitted(git, source, paths, scm_folder, out));
  const auto text = data::format_json(
      Value::map_of("head", out.head, "tree", out.tree, "changed", out.changed, "complaint", out.complaint));
  WL_CHECK_OK(write_last(done, text));
  return out;
}

Result<std::string> export_project_snapshot(const ProjectSnapshot& snapshot, const std::string& scm_folder,
                                            const std::map<std::string, std::string>& environment) {
  const auto lock = WL_TRY(lock_folder(scm_folder));
  const auto folder = scm_folder + "/export.git";
  const auto done = scm_folder + "/export.json";
  if (::access(done.c_str(), F_OK) == 0) return folder;
  const auto root = WL_TRY(files::Root::absolute("/"));
  auto removed = WL_TRY(root.remove(folder));
  static_cast<void>(removed);
  const auto* format = snapshot.head.size() == 64 ? "sha256" : "sha1";
  const ProjectGit outside(scm_folder, environment);
  WL_TRY(outside.read({"init", "--quiet", "--bare", "--template=", "--object-format=" + std::string(format), folder}));
  const ProjectGit git(folder, environment);
  // One pack instead of many files; commits that no branch has come by their ids.
  std::vector<std::string> fetch = {
      "-c",        "fetch.unpackLimit=1", "-c", "gc.auto=0",         "fetch",          "--quiet",
      "--no-tags", "--update-shallow",    "--", snapshot.repository, "+refs/*:refs/*", snapshot.head};
  if (!snapshot.tree.empty()) fetch.push_back(snapshot.tree);
  WL_TRY(git.read(fetch));
  const auto head = WL_TRY(root.read(snapshot.repository + "/HEAD"));
  WL_CHECK_OK(write_file(folder + "/HEAD", head));
  WL_CHECK_OK(root.write(folder + "/config", "[uploadpack]\n\tallowAnySHA1InWant = true\n", {.append = true}));
  // Folders without files do not travel, and git wants this one.
  WL_CHECK_OK(write_file(folder + "/refs/.keep", ""));
  WL_CHECK_OK(write_last(done, "{}"));
  return folder;
}

}  // namespace windlass::steps
