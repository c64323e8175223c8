#include "steps/place_files.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace windlass::steps {

std::string absolute_path(const Place& place, std::string_view path) {
  // Clean first, in the node's own paths: `..` stops at its root.
  auto cwd = std::string_view(place.cwd);
  if (cwd.starts_with(place.mirror)) cwd.remove_prefix(place.mirror.size());
  std::string whole = path.starts_with('/') ? std::string(path) : std::string(cwd) + "/" + std::string(path);
  auto clean = std::filesystem::path(std::move(whole)).lexically_normal().string();
  while (clean.size() > 1 && clean.back() == '/') clean.pop_back();
  if (clean.starts_with("//")) clean.erase(0, 1);
  return place.mirror + clean;
}

std::string folder_of(const Place& place, std::string_view dir) { return absolute_path(place, dir); }

Result<files::Root> machine_root() { return files::Root::absolute("/"); }

std::string environment_variable(const Place& place, std::string_view name) {
  auto found = place.environment.find(std::string(name));
  return found == place.environment.end() ? std::string() : found->second;
}

std::string text_of(const data::Value& arguments, std::string_view name, std::string_view otherwise) {
  const auto* found = arguments.find(name);
  if (found == nullptr || found->is_null()) return std::string(otherwise);
  if (found->is_bool()) return found->as_bool() ? "true" : "false";
  if (found->is_int()) return std::to_string(found->as_int());
  return found->text();
}

files::PathFilter filter_of(text::AntFileSet patterns) {
  auto shared = std::make_shared<text::AntFileSet>(std::move(patterns));
  return [shared](const std::string& path, bool is_folder) {
    return is_folder ? shared->may_match_below(path) : shared->matches(path);
  };
}

std::unexpected<StepError> file_error(const Error& error, const std::string& path) {
  if (path.find('\0') != std::string::npos) {
    return throw_with("java.nio.file.InvalidPathException", "Nul character not allowed: " + path);
  }
  switch (error.kind) {
    case ErrorKind::not_found:
      return throw_with("java.nio.file.NoSuchFileException", path);
    case ErrorKind::already_exists:
      return throw_with("java.nio.file.FileAlreadyExistsException", path);
    case ErrorKind::forbidden: {
      struct stat info = {};
      if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
        return throw_with("java.io.IOException", path + " is not a regular file");
      }
      return throw_with("java.nio.file.AccessDeniedException", path);
    }
    default:
      break;
  }
  struct stat info = {};
  if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return throw_with("java.io.IOException", path + ": Is a directory");
  }
  return io_error(error);
}

std::unexpected<StepError> io_error(const Error& error) { return throw_with("java.io.IOException", error.message); }

Result<void> copy_file(const files::Root& from, std::string_view path, const files::Root& to,
                       std::string_view to_path) {
  const auto source = WL_TRY(from.open_read(path));
  struct stat info = {};
  if (::fstat(source.get(), &info) != 0) return fail(files::make_error(errno, "read", path));
  // A new file each time: what is there may be a link, or be read by somebody else right now.
  auto removed = WL_TRY(to.remove(to_path));
  static_cast<void>(removed);
  const auto target = WL_TRY(to.open_write(to_path, {.mode = 0600}));
  std::vector<char> buffer(1U << 18U);
  for (;;) {
    const auto count = ::read(source.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(files::make_error(errno, "read", path));
    if (count == 0) break;
    WL_CHECK_OK(files::write_all(target.get(), {buffer.data(), static_cast<std::size_t>(count)}, to_path));
  }
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, info.st_mtim};
  if (::fchmod(target.get(), info.st_mode & 0777) != 0 || ::futimens(target.get(), times) != 0) {
    return fail(files::make_error(errno, "copy to", to_path));
  }
  return {};
}

Result<void> set_modified(int file, std::int64_t milliseconds) {
  const auto seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000;
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                             {.tv_sec = seconds, .tv_nsec = (milliseconds - seconds * 1000) * 1'000'000}};
  if (::futimens(file, times) != 0) return fail(files::make_error(errno, "set time of", "a file"));
  return {};
}

Result<std::vector<FoundFile>> find_files(EffectContext& context, const std::string& folder,
                                          const text::AntFileSet& patterns, bool follow_links) {
  std::vector<FoundFile> out;
  auto root = files::Root::confined(folder);
  if (!root) {
    if (root.error().kind == ErrorKind::not_found) return out;
    return fail(root.error());
  }
  const auto& workspace = context.place.workspace;
  const bool inside = !workspace.empty() && (folder == workspace || folder.starts_with(workspace + "/"));
  auto visit = [&](const files::Entry& entry) -> Result<void> {
    if (context.run.cancelled()) return fail(ErrorKind::cancelled, "the step was asked to stop");
    if (entry.kind == files::EntryKind::file) {
      out.push_back({entry.path, entry.size, entry.modified, folder + "/" + entry.path});
    } else if (entry.kind == files::EntryKind::link && follow_links && inside) {
      // The walk follows links below its own folder; one to elsewhere in the workspace is looked up from there.
      auto whole = files::Root::confined(workspace);
      if (!whole) return {};
      const auto relative = (folder + "/" + entry.path).substr(workspace.size() + 1);
      auto target = whole->stat(relative);
      if (target && target->kind == files::EntryKind::file) {
        out.push_back({entry.path, target->size, target->modified, folder + "/" + entry.path});
      }
    }
    return {};
  };
  WL_CHECK_OK(root->walk(".", filter_of(patterns), visit, {.follow_links = follow_links}));
  return out;
}

Result<void> empty_for_checkout(const Place& place, const std::string& folder) {
  const auto root = WL_TRY(machine_root());
  const auto entries = WL_TRY(root.list(folder));
  if (entries.empty()) return {};
  auto below = [&folder](const std::string& top) {
    return !top.empty() && (folder == top || folder.starts_with(top + "/"));
  };
  if (!below(place.workspace) && !below(place.workspace_tmp) && !below(place.node_root)) {
    return fail(
        ErrorKind::invalid,
        "the folder " + folder + " is not empty and is not part of the workspace; it is not emptied for a checkout");
  }
  return root.remove_content(folder);
}

Result<void> sync_file(const EffectContext& context, const std::string& path) {
  if (!context.run.keeps_files()) return {};
  for (const auto& name : {path, std::filesystem::path(path).parent_path().string()}) {
    const files::Fd fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid() || ::fsync(fd.get()) != 0) return fail(files::make_error(errno, "store", name));
  }
  return {};
}

Result<void> sync_below(const EffectContext& context, const std::string& folder) {
  if (!context.run.keeps_files()) return {};
  const files::Fd fd(::open(folder.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid() || ::syncfs(fd.get()) != 0) return fail(files::make_error(errno, "store", folder));
  return {};
}

}  // namespace windlass::steps
