#include "cli/files.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "cli/terminal_text.h"

namespace windlass::cli {

Result<std::string> read_file(const std::string& path, Language language) {
  constexpr std::size_t kMost = 64u << 20;
  int fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return fail(ErrorKind::not_found, {"cannot read {}: {}", "无法读取 {}：{}"}, {path, system_words(errno)});
  }
  struct stat info{};
  if (::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    ::close(fd);
    return fail(ErrorKind::invalid,
                say(language, {"{} is a folder; name the file in it", "{} 是目录；请指定其中的文件"}, {path}));
  }
  std::string out;
  char buffer[65536];
  for (;;) {
    auto n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    out.append(buffer, static_cast<std::size_t>(n));
    if (out.size() > kMost) {
      if (path != "-") ::close(fd);
      return fail(
          ErrorKind::invalid,
          say(language, {"{} is larger than 64 MiB; that is no pipeline", "{} 超过 64 MiB，不可能是流水线"}, {path}));
    }
  }
  if (path != "-") ::close(fd);
  return out;
}

std::string absolute_path(const std::string& working_folder, const std::string& path) {
  std::filesystem::path p(path);
  if (p.is_relative()) p = std::filesystem::path(working_folder) / p;
  auto text = p.lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

}  // namespace windlass::cli
