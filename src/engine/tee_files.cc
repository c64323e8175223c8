#include "engine/tee_files.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "files/root.h"

namespace windlass::engine {

namespace {

/// Appends to a regular file; anything else of that name is refused.
Result<> append(const std::string& path, std::string_view text) {
  const auto root = WL_TRY(files::Root::absolute("/"));
  return root.write(path, text, {.append = true});
}

/// The text without the engine's own lines; rows of the log hold several lines.
std::string without_pipeline_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto size = end == std::string_view::npos ? text.size() : end + 1;
    if (!text.starts_with("[Pipeline] ")) out += text.substr(0, size);
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace

void TeeFiles::open(std::uint64_t id, std::string branch, std::string path, std::uint64_t size, std::uint64_t after) {
  files_[id] = {.branch = std::move(branch), .path = std::move(path), .size = size, .after = after, .problem = {}};
}

Result<> TeeFiles::close(std::uint64_t id) {
  auto found = files_.find(id);
  if (found == files_.end()) return {};
  auto problem = std::move(found->second.problem);
  files_.erase(found);
  if (!problem.empty()) return fail(ErrorKind::unavailable, problem);
  return {};
}

bool TeeFiles::belongs(const Copy& copy, std::string_view branch) {
  if (copy.branch.empty() || branch == copy.branch) return true;
  return branch.starts_with(copy.branch) && branch[copy.branch.size()] == '/';
}

void TeeFiles::write(std::string_view branch, std::string_view text) {
  for (auto& [id, copy] : files_) {
    if (!copy.problem.empty() || !belongs(copy, branch)) continue;
    if (auto done = append(copy.path, without_pipeline_lines(text)); !done) copy.problem = done.error().message;
  }
}

Result<> TeeFiles::rebuild(journal::RunReader& log) {
  if (files_.empty()) return {};
  constexpr std::size_t kRowsAtOnce = 1000;
  for (auto& [id, copy] : files_) {
    if (::truncate(copy.path.c_str(), static_cast<off_t>(copy.size)) != 0 && errno != ENOENT) {
      copy.problem = "cannot write " + copy.path + ": " + std::strerror(errno);
    }
  }
  for (std::uint64_t next = 1;;) {
    const auto rows = WL_TRY(log.read_log_rows(next, kRowsAtOnce));
    if (rows.empty()) return {};
    for (const auto& row : rows) {
      next = row.row + 1;
      for (auto& [id, copy] : files_) {
        if (!copy.problem.empty() || row.after_entry <= copy.after || !belongs(copy, row.branch)) continue;
        if (auto done = append(copy.path, without_pipeline_lines(row.bytes)); !done)
          copy.problem = done.error().message;
      }
    }
  }
}

}  // namespace windlass::engine
