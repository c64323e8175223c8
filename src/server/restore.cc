// Reading backups back: what read_backup() promises in backup.h.
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <set>
#include <unistd.h>

#include "data/json.h"
#include "server/backup.h"
#include "server/tar.h"
#include "store/disk.h"

namespace windlass::server {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunk = 256 * 1024;
constexpr std::size_t kMostManifest = 512u << 20;
constexpr std::int64_t kFormat = 1;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

/// Only what a server's folder has: a backup does not write anything else.
bool is_ours(std::string_view name) {
  return name == "objects.db" || name == "store-id" || name == "identity.db" || name == "audit.log" ||
         name == "runs/runs.db" || name.starts_with("runs/state/runs/") || name.starts_with("runs/state/programs/") ||
         name.starts_with("uploads/kept/");
}

struct Seen {
  std::uint64_t size = 0;
  std::string hash;
};

class Reader {
 public:
  Reader(std::string file, std::optional<std::string> into) : file_(std::move(file)), into_(std::move(into)) {}

  Result<BackupReport> run() {
    const Descriptor source(::open(file_.c_str(), O_RDONLY | O_CLOEXEC));
    if (source.get() < 0) return fail(store::make_system_error(errno, file_, "read"));
    TarReader tar([&](std::size_t most) -> Result<std::string> {
      std::string out(std::max(most, kChunk), '\0');
      const auto count = ::read(source.get(), out.data(), out.size());
      if (count < 0) return fail(store::make_system_error(errno, file_, "read"));
      out.resize(static_cast<std::size_t>(count));
      return out;
    });
    TarFile file;
    std::string manifest;
    for (;;) {
      auto more = tar.next(file);
      if (!more) return damaged(more.error());
      if (!*more) break;
      if (!manifest.empty())
        return damaged(Sentence{"something stands behind its list of files", "文件列表之后还有内容"});
      if (file.name == "MANIFEST.json") {
        manifest = WL_TRY(whole(tar, file));
      } else if (!is_ours(file.name)) {
        return damaged(Error(ErrorKind::corrupt, Sentence{"it holds {}, which no backup has", "含有备份中不应有的 {}"},
                             {file.name}));
      } else if (seen_.contains(file.name)) {
        return damaged(Error(ErrorKind::corrupt, Sentence{"it holds {} twice", "{} 出现两次"}, {file.name}));
      } else {
        WL_CHECK_OK(take(tar, file));
      }
    }
    if (manifest.empty())
      return damaged(Sentence{"it has no list of its files: it was not finished", "没有文件列表：备份未完成"});
    auto report = WL_TRY(compare(manifest));
    if (into_) WL_CHECK_OK(sync_folders());
    return report;
  }

 private:
  [[nodiscard]] std::unexpected<Error> damaged(const SentencePart& why) const {
    return fail(ErrorKind::corrupt, {"the backup {} is damaged: {}", "备份 {} 已损坏：{}"}, {file_, why});
  }
  [[nodiscard]] std::unexpected<Error> damaged(const Error& error) const {
    return error.kind == ErrorKind::corrupt ? damaged(SentencePart(error)) : fail(error);
  }

  Result<std::string> whole(TarReader& tar, const TarFile& file) const {
    if (file.size > kMostManifest || file.size == 0)
      return damaged(Sentence{"its list of files has no sensible size", "文件列表的大小不合理"});
    std::string out;
    while (out.size() < file.size) {
      auto part = tar.bytes(kChunk);
      if (!part) return damaged(part.error());
      out += *part;
    }
    return out;
  }

  Result<> take(TarReader& tar, const TarFile& file) {
    std::optional<Descriptor> target;
    const auto path = into_.value_or("") + "/" + file.name;
    if (into_) {
      WL_CHECK_OK(make_folders(file.name));
      target.emplace(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
      if (target->get() < 0) return fail(store::make_system_error(errno, path, "write"));
    }
    journal::ContentHasher hasher;
    for (;;) {
      auto part = tar.bytes(kChunk);
      if (!part) return damaged(part.error());
      if (part->empty()) break;
      hasher.add(*part);
      for (std::string_view rest = *part; target && !rest.empty();) {
        const auto count = ::write(target->get(), rest.data(), rest.size());
        if (count < 0) return fail(store::make_system_error(errno, path, "write"));
        rest.remove_prefix(static_cast<std::size_t>(count));
      }
    }
    if (target && ::fsync(target->get()) != 0) return fail(store::make_system_error(errno, path, "sync"));
    seen_[file.name] = {file.size, journal::format_hex(hasher.finish())};
    return {};
  }

  Result<> make_folders(const std::string& name) {
    auto disk = store::make_disk();
    for (auto at = name.find('/'); at != std::string::npos; at = name.find('/', at + 1)) {
      const auto folder = *into_ + "/" + name.substr(0, at);
      if (folders_.insert(folder).second) (void)WL_TRY(disk->make_folder(folder));
    }
    return {};
  }

  Result<> sync_folders() const {
    auto disk = store::make_disk();
    for (const auto& folder : folders_) WL_CHECK_OK(disk->sync_folder(folder));
    return disk->sync_folder(*into_);
  }

  Result<BackupReport> compare(const std::string& manifest) {
    data::JsonParseOptions options;
    options.max_bytes = kMostManifest;
    options.max_elements = 50'000'000;
    const auto value = data::parse_json(manifest, options);
    if (!value || !value->is_map()) return damaged(Sentence{"its list of files cannot be read", "无法读取文件列表"});
    if (value->get_int("format") != kFormat) {
      return fail(ErrorKind::unsupported,
                  {"the backup {} has format {} and this windlass reads format 1; use the newer one that made it",
                   "备份 {} 的格式为 {}，而此 windlass 只读格式 1；请使用创建它的较新版本"},
                  {file_, value->get_int("format")});
    }
    BackupReport out{.version = value->get_string("windlass"),
                     .key_mark = value->get_string("key"),
                     .made_millis = value->get_int("made")};
    const auto* files = value->find("files");
    if (files == nullptr || !files->is_list())
      return damaged(Sentence{"its list of files cannot be read", "无法读取文件列表"});
    for (const auto& one : files->items()) {
      const auto path = one.get_string("path");
      const auto found = seen_.find(path);
      if (found == seen_.end())
        return damaged(Error(ErrorKind::corrupt, Sentence{"the file {} is missing", "缺少文件 {}"}, {path}));
      if (static_cast<std::uint64_t>(one.get_int("size", -1)) != found->second.size ||
          one.get_string("blake2b") != found->second.hash) {
        return damaged(Error(ErrorKind::corrupt,
                             Sentence{"the file {} is not what was put into it", "文件 {} 与放入时不同"}, {path}));
      }
      ++out.files;
      out.bytes += found->second.size;
      seen_.erase(found);
    }
    if (!seen_.empty())
      return damaged(Error(ErrorKind::corrupt, Sentence{"the file {} is not in its list", "文件 {} 不在列表中"},
                           {seen_.begin()->first}));
    return out;
  }

  std::string file_;
  std::optional<std::string> into_;
  std::map<std::string, Seen> seen_;
  std::set<std::string> folders_;
};

}  // namespace

Result<BackupReport> read_backup(const std::string& file, const std::optional<std::string>& into) {
  return Reader(file, into).run();
}

}  // namespace windlass::server
