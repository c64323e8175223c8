// One walk over /proc; processes that vanish meanwhile, or that we may not read, are not ours to end.
#include "proc/tree.h"

#include <charconv>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "proc/fd.h"
#include "proc/identity.h"

namespace windlass::proc {
namespace {

std::string read_environ(std::int64_t pid) {
  constexpr std::size_t kMost = 4U << 20U;
  std::string block;
  Fd file(::open(("/proc/" + std::to_string(pid) + "/environ").c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return block;
  char bytes[16U << 10U];
  for (;;) {
    const auto count = ::read(file.get(), bytes, sizeof bytes);
    if (count <= 0 || block.size() > kMost) return block;
    block.append(bytes, static_cast<std::size_t>(count));
  }
}

}  // namespace

bool has_entry(std::string_view block, std::string_view entry, bool is_prefix) {
  while (!block.empty()) {
    const auto end = block.find('\0');
    const auto item = block.substr(0, end);
    if (is_prefix ? item.starts_with(entry) : item == entry) return true;
    if (end == std::string_view::npos) return false;
    block.remove_prefix(end + 1);
  }
  return false;
}

bool asks_to_survive(std::string_view block) {
  return has_entry(block, "JENKINS_NODE_COOKIE=dontKillMe", false) ||
         has_entry(block, "JENKINS_SERVER_COOKIE=dontKillMe", false);
}

std::vector<std::int64_t> find_tree(const TreeQuery& query) {
  std::vector<std::int64_t> found;
  DIR* folder = ::opendir("/proc");
  if (folder == nullptr) return found;
  const auto self = static_cast<std::int64_t>(::getpid());
  while (const dirent* entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    std::int64_t pid = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (parsed.ec != std::errc{} || parsed.ptr != name.data() + name.size() || pid == self) continue;
    auto stat = read_proc_stat(pid);
    if (!stat || stat->state == 'Z' || stat->state == 'X') continue;
    const bool is_member = query.session != 0 && (stat->session == query.session || stat->group == query.session);
    if (!is_member && query.cookie.empty()) continue;
    const auto block = read_environ(pid);
    if (!is_member && !has_entry(block, query.cookie, query.cookie_is_prefix)) continue;
    if (asks_to_survive(block)) continue;
    found.push_back(pid);
  }
  ::closedir(folder);
  return found;
}

std::size_t signal_tree(const TreeQuery& query, int signal) {
  const auto found = find_tree(query);
  for (auto pid : found) ::kill(static_cast<pid_t>(pid), signal);
  return found.size();
}

std::optional<std::vector<std::int64_t>> list_children() {
  const auto self = std::to_string(::getpid());
  Fd file(::open(("/proc/self/task/" + self + "/children").c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return std::nullopt;
  std::string text;
  char bytes[4096];
  for (ssize_t count = 0; (count = ::read(file.get(), bytes, sizeof bytes)) > 0;) {
    text.append(bytes, static_cast<std::size_t>(count));
  }
  std::vector<std::int64_t> children;
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end) {
    std::int64_t pid = 0;
    const auto parsed = std::from_chars(at, end, pid);
    if (parsed.ec == std::errc{}) children.push_back(pid);
    at = parsed.ptr == at ? at + 1 : parsed.ptr;
  }
  return children;
}

}  // namespace windlass::proc
