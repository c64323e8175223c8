// windlass backup, restore, check, key: what the owner of a server's folder does with it.
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/folder_client.h"
#include "cli/terminal_text.h"
#include "data/json.h"
#include "journal/state_folder.h"
#include "server/backup.h"
#include "server/check.h"
#include "server/key_file.h"
#include "store/database.h"
#include "store/disk.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
namespace fs = std::filesystem;

constexpr OptionRow kData{"--data", "FOLDER", Shape::value, {"the server's folder", "服务器的数据目录"}};
constexpr OptionRow kBackupOptions[] = {
    {"FILE", "FILE", Shape::value, {"the backup to write; must not exist", "要写入的备份文件，不得已存在"}},
    {"--data",
     "FOLDER",
     Shape::value,
     {"the server's folder; without it the server that one is logged in to is asked",
      "服务器的数据目录；不指定则向已登录的服务器请求"}},
    {"--key", "FILE", Shape::value, {"where the key is kept, if not in the folder", "密钥文件（若不在数据目录中）"}},
    {"--keys",
     "FILE",
     Shape::value,
     {"write the keys too, into a file of their own (with --data)", "同时将密钥写入单独的文件（需 --data）"}},
};
constexpr Example kBackupExamples[] = {
    {"windlass backup /backup/monday.tar --data F --keys /safe/windlass.keys",
     {"everything, and what opens its secrets, in different places", "全部内容，密钥存放在别处"}},
};

std::int64_t now_millis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Writes beside the file and puts it in its place when it is whole.
class NewFile {
 public:
  static Result<NewFile> make(const std::string& path) {
    if (::access(path.c_str(), F_OK) == 0) {
      return fail(ErrorKind::already_exists,
                  {"{} exists already; nothing is overwritten", "{} 已存在；不会覆盖任何内容"}, {path});
    }
    NewFile out;
    out.path_ = path;
    out.draft_ = path + ".part";
    out.fd_ = ::open(out.draft_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (out.fd_ < 0) return fail(store::make_system_error(errno, out.draft_, "write"));
    return out;
  }
  NewFile(NewFile&& other) noexcept
      : path_(std::move(other.path_)), draft_(std::move(other.draft_)), fd_(std::exchange(other.fd_, -1)) {}
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile() {
    if (fd_ < 0) return;
    ::close(fd_);
    ::unlink(draft_.c_str());
  }
  Result<> write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = ::write(fd_, bytes.data(), bytes.size());
      if (count < 0) return fail(store::make_system_error(errno, draft_, "write"));
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }
  [[nodiscard]] const std::string& draft() const { return draft_; }
  Result<> keep() {
    if (::fsync(fd_) != 0) return fail(store::make_system_error(errno, draft_, "sync"));
    ::close(std::exchange(fd_, -1));
    if (::rename(draft_.c_str(), path_.c_str()) != 0) return fail(store::make_system_error(errno, path_, "write"));
    auto disk = store::make_disk();
    const auto parent = fs::path(path_).parent_path().string();
    return disk->sync_folder(parent.empty() ? "." : parent);
  }

 private:
  NewFile() = default;
  std::string path_, draft_;
  int fd_ = -1;
};

Result<> fetch(const Client& client, NewFile& file) {
  Result<> written;
  const auto answer = client.download("POST", "/kapis/windlass.io/v1/backup", [&](std::string_view part) {
    written = file.write(part);
    return written.has_value();
  });
  WL_CHECK_OK(written);  // before the sentence about a transfer that we ended ourselves
  return answer;
}

Result<> write_here(const server::DataFolder& folder, NewFile& file) {
  const auto keys = WL_TRY(folder.existing_keys());
  // After a power cut journals end too early until what the commit log has is in them: opening their folder does that.
  if (const auto state = folder.path() + "/runs/state"; ::access(state.c_str(), F_OK) == 0) {
    (void)WL_TRY(journal::StateFolder::open(state));
  }
  auto moment = WL_TRY(server::BackupMoment::take(folder.path(), {}));
  server::BackupStream stream(std::move(moment),
                              {.now_millis = now_millis(),
                               .version = std::string(kVersion),
                               .key_mark = journal::format_hex(keys->derive(server::kKeyMark)).substr(0, 16)});
  for (;;) {
    const auto part = WL_TRY(stream.next());
    if (part.empty()) return {};
    WL_CHECK_OK(file.write(part));
  }
}

Result<server::BackupReport> back_up(const Invocation& in, const ParsedOptions& options, const std::string& target) {
  auto file = WL_TRY(NewFile::make(target));
  if (const auto data = options.get("--data"); !data.empty()) {
    auto place = WL_TRY(folder_or_server(in, data));
    const auto key = options.has("--key") ? absolute_path(in.working_folder, options.get("--key")) : std::string();
    if (place.folder && !key.empty()) place.folder->use_key(key);
    // Keys first: a rotation between would make newer ones, which open this backup too while it lasts.
    if (const auto keys = options.get("--keys"); !keys.empty()) {
      const auto folder = WL_TRY(server::DataFolder::open_existing(data));
      WL_CHECK_OK(server::write_key_file(folder.path(), absolute_path(in.working_folder, keys), key));
    }
    WL_CHECK_OK(place.client ? fetch(*place.client, file) : write_here(*place.folder, file));
  } else {
    const auto client = WL_TRY(Client::open(in));
    WL_CHECK_OK(fetch(client, file));
  }
  auto report = WL_TRY(server::read_backup(file.draft(), std::nullopt));
  WL_CHECK_OK(file.keep());
  return report;
}

std::string mebibytes(std::uint64_t bytes) { return std::to_string((bytes + (1U << 19U)) >> 20U) + " MiB"; }

int run_backup(const Invocation& in, const ParsedOptions& options) {
  const auto target = options.get("FILE");
  if (target.empty() || (options.has("--keys") && !options.has("--data"))) {
    return complain(target.empty()
                        ? say(in.language, {"backup: which file shall it be written to?", "backup：请指定要写入的文件"})
                        : say(in.language, {"backup: keys are told to the folder's owner only: add --data",
                                            "backup：密钥仅提供给数据目录的所有者：请加 --data"}),
                    kExitUsage);
  }
  const auto report = back_up(in, options, absolute_path(in.working_folder, target));
  if (!report) return complain_of("backup", report.error(), in.language);
  print(say(in.language, {"{} files, {}, read back and whole", "{} 个文件，{}，已读回校验"},
            {std::to_string(report->files), mebibytes(report->bytes)}) +
        "\n");
  if (!options.has("--keys")) {
    print(say(in.language, {"the keys are not in it; keep a copy of them apart (--keys FILE)",
                            "备份不含密钥；请另行保存密钥（--keys FILE）"}) +
          "\n");
  }
  return kExitSuccess;
}

constexpr OptionRow kRestoreOptions[] = {
    {"FILE", "FILE", Shape::value, {"a backup", "备份文件"}},
    {"--data", "FOLDER", Shape::value, {"the new folder; must be missing or empty", "新的数据目录，须不存在或为空"}},
    {"--keys", "FILE", Shape::value, {"the keys that were written with it", "与备份对应的密钥文件"}},
};

Result<server::BackupReport> restore(const std::string& file, const std::string& keys, std::string folder) {
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  std::error_code problem;
  if (fs::exists(folder, problem) && !fs::is_empty(folder, problem)) {
    return fail(ErrorKind::already_exists,
                {"{} is not empty; a backup is restored into a new folder", "{} 不是空目录；备份只能恢复到新目录"},
                {folder});
  }
  const auto draft = folder + ".restoring";
  fs::remove_all(draft, problem);  // of a restore that did not end
  auto disk = store::make_disk();
  (void)WL_TRY(disk->make_folder(draft));
  const auto fill = [&]() -> Result<server::BackupReport> {
    auto report = WL_TRY(server::read_backup(file, draft));
    WL_CHECK_OK(server::install_key_file(keys, draft, report.key_mark));
    const auto check = WL_TRY(server::check_folder(draft, true));
    if (!check.findings.empty()) {
      return fail(ErrorKind::corrupt, {"what the backup holds is damaged: {}", "备份中的内容已损坏：{}"},
                  {check.findings.front()});
    }
    return report;
  };
  auto report = fill();
  if (!report) {
    fs::remove_all(draft, problem);
    return report;
  }
  fs::remove(folder, problem);  // an empty one
  if (::rename(draft.c_str(), folder.c_str()) != 0) return fail(store::make_system_error(errno, folder, "make"));
  const auto parent = fs::path(folder).parent_path().string();
  WL_CHECK_OK(disk->sync_folder(parent.empty() ? "." : parent));
  return report;
}

int run_restore(const Invocation& in, const ParsedOptions& options) {
  const auto file = options.get("FILE"), data = options.get("--data"), keys = options.get("--keys");
  if (file.empty() || data.empty() || keys.empty()) {
    return complain(say(in.language, {"restore: needs the backup, --data for the new folder, and --keys for its keys",
                                      "restore：需要备份文件、--data 指定的新目录以及 --keys 指定的密钥文件"}),
                    kExitUsage);
  }
  const auto report = restore(absolute_path(in.working_folder, file), absolute_path(in.working_folder, keys),
                              absolute_path(in.working_folder, data));
  if (!report) return complain_of("restore", report.error(), in.language);
  print(say(in.language,
            {"{} files, {}, whole; start it with: windlass server --data {}",
             "{} 个文件，{}，完整；启动：windlass server --data {}"},
            {std::to_string(report->files), mebibytes(report->bytes), data}) +
        "\n");
  return kExitSuccess;
}

constexpr OptionRow kCheckOptions[] = {
    kData,
    {"--key", "FILE", Shape::value, {"where the key is kept, if not in the folder", "密钥文件（若不在数据目录中）"}},
    {"--output", "plain|json", Shape::value, {"sentences, or one JSON object", "文字说明，或一个 JSON 对象"}},
};
constexpr ExitCode kCheckExits[] = {
    {0, {"everything is whole", "全部完好"}},
    {1, {"something is damaged; each thing is named", "存在损坏，逐一列出"}},
};

int run_check(const Invocation& in, const ParsedOptions& options) {
  const auto data = options.get("--data");
  if (data.empty()) {
    return complain(
        say(in.language, {"check: --data FOLDER names the server's folder", "check：请用 --data 指定服务器的数据目录"}),
        kExitUsage);
  }
  auto folder = server::DataFolder::open_existing(data);
  if (!folder) return complain_of("check", folder.error(), in.language);
  // Held for as long as it takes: no server begins to work on the folder meanwhile.
  const bool at_rest = folder->lock_existing();
  const auto found = server::check_folder(
      folder->path(), at_rest, options.has("--key") ? absolute_path(in.working_folder, options.get("--key")) : "");
  if (!found) return complain_of("check", found.error(), in.language);
  const auto number = [](std::uint64_t value) { return data::Value(static_cast<std::int64_t>(value)); };
  if (options.get("--output", "plain") == "json") {
    auto findings = data::Value::list();
    for (const auto& one : found->findings) findings.push(one);
    auto out = data::Value::map_of("whole", found->findings.empty(), "findings", std::move(findings));
    out.set("objects", number(found->objects));
    out.set("runs", number(found->runs));
    out.set("entries", number(found->entries));
    out.set("logBytes", number(found->log_bytes));
    out.set("artifacts", number(found->artifacts));
    out.set("auditLines", number(found->audit_lines));
    out.set("behind", number(found->behind));
    print(data::format_json(out) + "\n");
    return found->findings.empty() ? kExitSuccess : kExitFailure;
  }
  for (const auto& one : found->findings) print(without_controls(one) + "\n");
  if (found->behind != 0) {
    print(say(in.language,
              {"{} runs were not looked at: the commit log of a server that was killed has more of them; whoever opens "
               "the folder next, the server or windlass runs, brings it into their journals",
               "{} 次运行未检查：被强制结束的服务器的提交日志中还有其后续内容；下次由服务器或 windlass runs "
               "打开该目录时会写入它们的日志"},
              {std::to_string(found->behind)}) +
          "\n");
  }
  print(say(in.language,
            {"{} objects, {} runs with {} entries and {} bytes of log, {} artifacts, {} lines of audit log: {}",
             "{} 个对象，{} 次运行（{} 条记录、{} 字节日志），{} 个制品，{} 条审计记录：{}"},
            {std::to_string(found->objects), std::to_string(found->runs), std::to_string(found->entries),
             std::to_string(found->log_bytes), std::to_string(found->artifacts), std::to_string(found->audit_lines),
             found->findings.empty()
                 ? say(in.language, {"all whole", "全部完好"})
                 : say(in.language, {"{} damaged", "{} 处损坏"}, {std::to_string(found->findings.size())})}) +
        "\n");
  return found->findings.empty() ? kExitSuccess : kExitFailure;
}

}  // namespace

const Command kBackupCommand{
    "backup",
    {"write everything a server keeps into one file, while it works", "在服务器运行时将其全部内容备份到一个文件"},
    "FILE [--data FOLDER [--keys FILE]]",
    kBackupOptions,
    {"Objects, accounts, runs with journals, logs and files, and the audit log, all as of one moment; no workspaces. "
     "The keys that open its\nsecrets are never in it.",
     "对象、账户、运行（记录、日志与文件）以及审计日志，均为同一时刻的状态；不含工作空间。备份中不含解密所需的密钥。"},
    run_backup,
    Group::server,
    kBackupExamples};
const Command kRestoreCommand{
    "restore",
    {"make a server's folder from a backup", "从备份恢复数据目录"},
    "FILE --data FOLDER --keys FILE",
    kRestoreOptions,
    {"The folder appears when it is complete and checked, else not at all. Runs that had not ended go on where they "
     "were "
     "then; what steps\nof theirs ran on a machine is gone.",
     "目录在完整并通过校验后才会出现。未结束的运行将从当时的状态继续；当时在机器上执行的步骤已不存在。"},
    run_restore,
    Group::server};
const Command kCheckCommand{
    "check",
    {"find and name damage in a server's folder", "检查数据目录并指出损坏之处"},
    "--data FOLDER [--output plain|json]",
    kCheckOptions,
    {"Every database, journal, blob, artifact and the audit log, each by its own checksums, and what one says of the "
     "other. "
     "Nothing is\nchanged. Beside a running server too.",
     "逐一校验各数据库、运行记录、数据块、制品与审计日志，以及它们之间的一致性。不做任何修改；服务器运行时也可使用。"},
    run_check,
    Group::server,
    {},
    kCheckExits};

}  // namespace windlass::cli
