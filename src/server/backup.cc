#include "server/backup.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_map>

#include "data/json.h"
#include "journal/state_folder.h"
#include "server/tar.h"
#include "store/disk.h"

namespace windlass::server {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunk = 256 * 1024;
constexpr std::string_view kState = "runs/state";

std::string journal_folder(const std::string& job, std::uint64_t number) {
  const auto encoded = journal::encode_job(job);
  return encoded ? *encoded + "/" + std::to_string(number) : std::string();
}

Result<std::string> new_scratch(const std::string& folder) {
  auto path = folder + "/backup.tmp";
  std::error_code problem;
  fs::remove_all(path, problem);  // of a backup that a crash ended
  auto disk = store::make_disk();
  (void)WL_TRY(disk->make_folder(path));
  return path;
}

}  // namespace

std::string mark_of(const journal::SealKey& key) { return journal::format_hex(key.derive(kKeyMark)).substr(0, 16); }

Result<BackupMoment> BackupMoment::take(const std::string& folder, const std::vector<runs::FrozenRun>& going_on) {
  BackupMoment out;
  out.folder_ = folder;
  // Nobody commits while all the views are opened. The runs' table is its caller's; the others have their own threads.
  std::vector<std::unique_ptr<store::Database>> holders;
  std::vector<store::Transaction> held;
  // Of a server whose objects are in a cluster they are in that cluster's backup.
  const bool has_objects =
      ::access((folder + "/objects.db").c_str(), F_OK) == 0 || ::access((folder + "/store-id").c_str(), F_OK) != 0;
  std::vector<const char*> names;
  if (has_objects) names.push_back("objects.db");
  names.push_back("identity.db");
  names.push_back("runs/runs.db");
  for (const char* name : names) {
    holders.push_back(std::make_unique<store::Database>(WL_TRY(store::Database::open(folder + "/" + name, {}))));
    held.push_back(WL_TRY(store::Transaction::begin(*holders.back(), store::Transaction::Kind::write)));
  }
  for (const char* name : names) {
    View view{.name = name,
              .database = std::make_unique<store::Database>(
                  WL_TRY(store::Database::open(folder + "/" + name, {.read_only = true}))),
              .transaction = std::nullopt};
    view.transaction.emplace(WL_TRY(store::Transaction::begin(*view.database, store::Transaction::Kind::read)));
    auto first = WL_TRY(view.database->prepare("SELECT count(*) FROM sqlite_schema"));
    (void)WL_TRY(first.next());
    out.views_.push_back(std::move(view));
  }
  struct stat info{};
  if (::stat((folder + "/audit.log").c_str(), &info) == 0) out.audit_size_ = static_cast<std::uint64_t>(info.st_size);

  const auto has_journal = [&](const std::string& run) {
    return !run.empty() &&
           ::access((folder + "/" + std::string(kState) + "/runs/" + run + "/run.db").c_str(), F_OK) == 0;
  };
  std::unordered_map<std::string, std::optional<std::uint64_t>> moving;
  for (const auto& run : going_on) moving[journal_folder(run.job, run.number)] = run.sequence;
  auto rows = WL_TRY(out.views_.back().database->prepare("SELECT job, number, ended FROM runs ORDER BY id"));
  rows.start();
  while (WL_TRY(rows.next())) {
    const std::string job(rows.bytes(0));
    const auto number = static_cast<std::uint64_t>(rows.integer(1));
    Run run{.folder = journal_folder(job, number), .sequence = std::nullopt};
    if (rows.integer(2) == 0) {
      if (const auto known = moving.find(run.folder); known != moving.end()) run.sequence = known->second;
      if (run.sequence == 0U) continue;  // nothing of it is durable: it begins anew
      if (!has_journal(run.folder)) continue;
    }
    if (!run.folder.empty()) out.runs_.push_back(std::move(run));
  }
  return out;
}

BackupStream::BackupStream(BackupMoment moment, BackupFacts facts)
    : moment_(std::move(moment)), facts_(std::move(facts)) {
  plan();
}

BackupStream::~BackupStream() {
  if (fd_ >= 0) ::close(fd_);
  std::error_code problem;
  if (!scratch_.empty()) fs::remove_all(scratch_, problem);
}

void BackupStream::plan() {
  for (std::size_t i = 0; i < moment_.views_.size(); ++i) {
    items_.push_back({moment_.views_[i].name,
                      [this, i]() -> Result<Source> {
                        auto& view = moment_.views_[i];
                        const auto copy = scratch_ + "/copy.db";
                        WL_CHECK_OK(view.database->copy_to(copy));
                        view.transaction.reset();  // an open view keeps the log of the database growing
                        view.database.reset();
                        return Source{.path = copy, .temporary = true};
                      },
                      false});
  }
  items_.push_back({"audit.log",
                    [this]() -> Result<Source> {
                      return Source{.path = moment_.folder_ + "/audit.log", .most = moment_.audit_size_};
                    },
                    moment_.audit_size_ == 0});
  add_file("store-id", true);
  for (const auto& run : moment_.runs_) plan_run(run);
  auto first = std::exchange(items_, {});
  add_tree(std::string(kState) + "/programs");
  add_tree("uploads/kept");
  items_.insert(items_.begin(), std::make_move_iterator(first.begin()), std::make_move_iterator(first.end()));
}

void BackupStream::plan_run(const BackupMoment::Run& run) {
  const auto name = std::string(kState) + "/runs/" + run.folder;
  items_.push_back({name + "/run.db",
                    [this, run, name]() -> Result<Source> {
                      const auto copy = scratch_ + "/copy.db";
                      if (::access((moment_.folder_ + "/" + name + "/run.db").c_str(), F_OK) != 0) {
                        return fail(ErrorKind::not_found, "");
                      }
                      WL_CHECK_OK(journal::copy_run_database(moment_.folder_ + "/" + std::string(kState), run.folder,
                                                             run.sequence, copy));
                      // Behind it, so that whatever the copy names is there.
                      add_tree(name + "/files");
                      add_tree(name + "/blobs");
                      return Source{.path = copy, .temporary = true};
                    },
                    true});
}

void BackupStream::add_file(const std::string& name, bool may_be_missing) {
  items_.push_front({name, [this, name]() -> Result<Source> { return Source{.path = moment_.folder_ + "/" + name}; },
                     may_be_missing});
}

/// Regular files only; what a link points to is another's.
void BackupStream::add_tree(const std::string& name) {
  const auto start = moment_.folder_ + "/" + name;
  std::error_code problem;
  std::vector<std::string> found;
  for (auto it = fs::recursive_directory_iterator(start, problem); !problem && it != fs::end(it);
       it.increment(problem)) {
    if (it->is_symlink(problem) || !it->is_regular_file(problem)) continue;
    found.push_back(name + it->path().string().substr(start.size()));
  }
  std::sort(found.rbegin(), found.rend());
  for (const auto& file : found) add_file(file, true);
}

Result<std::string> BackupStream::begin(Item item) {
  if (scratch_.empty()) scratch_ = WL_TRY(new_scratch(moment_.folder_));
  if (item.name.size() > kMostTarName) {
    return fail(ErrorKind::unsupported,
                {"the name of the file {}… is too long to be kept", "文件名 {}… 过长，无法保存"},
                {item.name.substr(0, 80)});
  }
  auto source = item.open();
  if (!source && source.error().kind == ErrorKind::not_found && item.may_be_missing) return std::string();
  if (!source) return fail(std::move(source).error().while_doing({"copying {}", "复制 {} "}, {item.name}));
  fd_ = ::open(source->path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd_ < 0 && errno == ENOENT && item.may_be_missing) return std::string();
  struct stat info{};
  if (fd_ < 0 || ::fstat(fd_, &info) != 0) return fail(store::make_system_error(errno, source->path, "read"));
  temporary_ = source->temporary ? source->path : std::string();
  name_ = std::move(item.name);
  size_ = left_ = std::min<std::uint64_t>(static_cast<std::uint64_t>(info.st_size), source->most);
  hasher_ = std::make_unique<journal::ContentHasher>();
  ++files_;
  return tar_head(name_, size_, info.st_mtim.tv_sec);
}

/// The next bytes of the open file, with its end when they are the last.
Result<std::string> BackupStream::more() {
  std::string out(static_cast<std::size_t>(std::min<std::uint64_t>(left_, kChunk)), '\0');
  const auto count = out.empty() ? 0 : ::read(fd_, out.data(), out.size());
  if (count < 0) return fail(store::make_system_error(errno, name_, "read"));
  if (count == 0 && left_ > 0)
    return fail(ErrorKind::unavailable, {"the file {} became shorter meanwhile", "文件 {} 在此期间变短了"}, {name_});
  out.resize(static_cast<std::size_t>(count));
  hasher_->add(out);
  left_ -= out.size();
  if (left_ > 0) return out;
  ::close(std::exchange(fd_, -1));
  if (!temporary_.empty()) {
    for (const char* end : {"", "-wal", "-shm", "-journal"}) ::unlink((temporary_ + end).c_str());
  }
  const auto entry = data::Value::map_of("path", name_, "size", static_cast<std::int64_t>(size_), "blake2b",
                                         journal::format_hex(hasher_->finish()));
  listed_ += (listed_.empty() ? "" : ",\n") + data::format_json(entry);
  return out + tar_padding(size_);
}

std::string BackupStream::manifest() {
  auto head =
      data::Value::map_of("format", 1, "windlass", facts_.version, "made", facts_.now_millis, "key", facts_.key_mark);
  auto text = data::format_json(head);
  text.pop_back();
  return text + ",\"files\":[\n" + listed_ + "\n]}\n";
}

Result<std::string> BackupStream::next() {
  for (;;) {
    if (fd_ >= 0) return more();
    if (stage_ == Stage::files) {
      if (!items_.empty()) {
        auto item = std::move(items_.front());
        items_.pop_front();
        auto head = WL_TRY(begin(std::move(item)));
        if (!head.empty()) return head;
        continue;
      }
      stage_ = Stage::end;
      const auto text = manifest();
      return tar_head("MANIFEST.json", text.size(), facts_.now_millis / 1000) + text + tar_padding(text.size());
    }
    if (stage_ == Stage::end) {
      stage_ = Stage::over;
      return tar_end();
    }
    return std::string();
  }
}

}  // namespace windlass::server
