#include "journal/commit_log.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "journal/schema.h"
#include "journal/seal.h"
#include "store/database.h"

namespace windlass::journal {

namespace {

constexpr std::string_view kMagic = "WLCOMMIT";
constexpr std::string_view kHintMagic = "WLLANDED";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kHeaderBytes = 8 + 4 + 4 + 8 + kIdBytes + 16;
constexpr std::size_t kFrameBytes = 4 + 16;
constexpr std::size_t kHintBytes = 8 + 32 + 8 + 8 + 8 + 16;
constexpr std::size_t kMostSegment = std::size_t{1} << 30;
constexpr std::size_t kMostFailed = 1024;

template <class T>
void put(std::string& to, T value) {
  static_assert(std::endian::native == std::endian::little);
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  to.append(raw, sizeof value);
}

void put_bytes(std::string& to, std::string_view bytes) {
  put(to, static_cast<std::uint32_t>(bytes.size()));
  to += bytes;
}

template <class T>
bool take(std::string_view& from, T& out) {
  if (from.size() < sizeof out) return false;
  std::memcpy(&out, from.data(), sizeof out);
  from.remove_prefix(sizeof out);
  return true;
}

bool take_bytes(std::string_view& from, std::string& out) {
  std::uint32_t size = 0;
  if (!take(from, size) || from.size() < size) return false;
  out = from.substr(0, size);
  from.remove_prefix(size);
  return true;
}

std::string folder_of(const std::string& state) { return state + "/commits"; }

std::string file_of(const std::string& folder, std::uint64_t number) {
  auto digits = std::to_string(number);
  return folder + "/" + std::string(12 - std::min<std::size_t>(12, digits.size()), '0') + digits + ".log";
}

Digest frame_digest(std::string_view segment, std::uint64_t offset, std::string_view payload) {
  return Digester().bytes("commit").bytes(segment).number(offset).bytes(payload).finish();
}

std::string make_header(std::uint64_t number, std::string_view id) {
  std::string out(kMagic);
  put(out, kVersion);
  put(out, std::uint32_t{0});
  put(out, number);
  out += id;
  const auto checksum = Digester().bytes("segment").bytes(out).finish();
  out += view(checksum);
  return out;
}

/// The segment's id; nothing where the header was not written whole. `unsupported` for a newer format.
Result<std::optional<std::string>> read_header(std::string_view bytes, std::uint64_t number, const std::string& file) {
  if (bytes.size() < kHeaderBytes) return std::nullopt;
  const auto head = bytes.substr(0, kHeaderBytes - 16);
  const auto checksum = Digester().bytes("segment").bytes(head).finish();
  if (bytes.substr(kHeaderBytes - 16, 16) != view(checksum) || !head.starts_with(kMagic)) return std::nullopt;
  auto rest = head.substr(kMagic.size());
  std::uint32_t version = 0, unused = 0;
  std::uint64_t said = 0;
  (void)(take(rest, version) && take(rest, unused) && take(rest, said));
  if (version > kVersion)
    return fail(ErrorKind::unsupported,
                {"{} has format version {} and this windlass reads up to {}; use the newer windlass that made it",
                 "{} 的格式版本为 {}，而此 windlass 最高可读 {}；请使用创建它的较新版本"},
                {file, version, kVersion});
  if (said != number) return std::nullopt;
  return std::string(rest);
}

/// The same machine since the last start of its kernel, and the same file system on it.
std::string boot_of(const std::string& folder, const store::Disk& disk) {
  struct stat status{};
  const bool known = ::stat(folder.c_str(), &status) == 0;
  return content_hash(disk.boot() + "/" + std::to_string(known ? status.st_dev : 0));
}

std::string make_hint(const std::string& boot, CommitPlace place) {
  std::string out(kHintMagic);
  out += boot;
  put(out, place.segment);
  put(out, place.offset);
  put(out, std::uint64_t{0});
  const auto checksum = Digester().bytes("landed").bytes(out).finish();
  out += view(checksum);
  return out;
}

std::optional<CommitPlace> read_landed(const std::string& folder, const store::Disk& disk) {
  if (disk.boot().empty()) return std::nullopt;
  const auto bytes = store::read_file(folder + "/landed", 4096);
  if (!bytes || bytes->size() < kHintBytes) return std::nullopt;
  CommitPlace place;
  auto rest = std::string_view(*bytes).substr(kHintMagic.size() + 32);
  (void)(take(rest, place.segment) && take(rest, place.offset));
  if (bytes->substr(0, kHintBytes) != make_hint(boot_of(folder, disk), place)) return std::nullopt;
  return place;
}

std::vector<std::uint64_t> segment_numbers(const std::string& folder) {
  std::vector<std::uint64_t> out;
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator(folder, problem)) {
    const auto name = entry.path().filename().string();
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
    if (parsed.ec == std::errc() && std::string_view(parsed.ptr) == ".log") out.push_back(number);
  }
  std::ranges::sort(out);
  return out;
}

std::size_t name_hash(const std::string& job, std::uint64_t number) {
  return std::hash<std::string>{}(job + "#" + std::to_string(number));
}

}  // namespace

std::string encode_commit(const CommitRecord& record) {
  std::string out;
  out.reserve(record.rows.size() + record.job.size() + 128);
  put(out, static_cast<std::uint8_t>(record.kind));
  put(out, static_cast<std::uint8_t>(record.ends ? 1 : 0));
  put(out, record.number);
  put_bytes(out, record.job);
  out += view(record.before);
  out += view(record.after);
  put_bytes(out, record.wrapped_run);
  put_bytes(out, record.wrapped_secret);
  put_bytes(out, record.rows);
  return out;
}

Result<CommitRecord> decode_commit(std::string_view bytes) {
  CommitRecord record;
  std::uint8_t kind = 0, ends = 0;
  const bool whole = take(bytes, kind) && take(bytes, ends) && take(bytes, record.number) &&
                     take_bytes(bytes, record.job) && take(bytes, record.before) && take(bytes, record.after) &&
                     take_bytes(bytes, record.wrapped_run) && take_bytes(bytes, record.wrapped_secret) &&
                     take_bytes(bytes, record.rows) && bytes.empty();
  if (!whole || kind < 1 || kind > 2 || ends > 1)
    return fail(ErrorKind::corrupt, {"a record of the commit log is damaged: it is not one of a commit",
                                     "提交日志中有一条记录已损坏：它不是一次提交的记录"});
  record.kind = static_cast<CommitRecord::Kind>(kind);
  record.ends = ends != 0;
  return record;
}

Result<> read_commit_segment(std::string_view bytes, std::uint64_t number, const std::string& file,
                             std::vector<CommitSegments::Found>& out) {
  const auto id = WL_TRY(read_header(bytes, number, file));
  if (!id) return {};
  std::size_t at = kHeaderBytes;
  for (;;) {
    auto rest = bytes.substr(at);
    std::uint32_t size = 0;
    Digest checksum{};
    if (!take(rest, size) || !take(rest, checksum) || rest.size() < size) return {};
    const auto payload = rest.substr(0, size);
    if (frame_digest(*id, at, payload) != checksum) return {};
    at += kFrameBytes + size;
    out.push_back({{number, at}, WL_TRY(decode_commit(payload))});
  }
}

CommitSegments list_commit_segments(const std::string& state, const store::Disk& disk) {
  const auto folder = folder_of(state);
  CommitSegments out;
  out.numbers = segment_numbers(folder);
  if (!out.numbers.empty()) out.landed = read_landed(folder, disk);
  return out;
}

Result<CommitSegments> read_lagging_segments(const std::string& state, const store::Disk& disk) {
  auto listed = list_commit_segments(state, disk);
  if (!listed.landed) return read_commit_segments(state, disk);
  const auto folder = folder_of(state);
  for (const auto number : listed.numbers) {
    if (number < listed.landed->segment) continue;
    const auto file = file_of(folder, number);
    std::error_code problem;
    const auto size = std::filesystem::file_size(file, problem);
    if (problem) return fail(store::make_system_error(problem.value(), file, "read"));
    const auto whole = number == listed.landed->segment ? listed.landed->offset : kHeaderBytes;
    if (size > whole) return read_commit_segments(state, disk);
  }
  listed.is_unread = true;
  return listed;
}

Result<CommitSegments> read_commit_segments(const std::string& state, const store::Disk& disk) {
  const auto folder = folder_of(state);
  auto out = list_commit_segments(state, disk);
  if (out.numbers.empty()) return out;
  // One before a gap was deleted with those that are missing, and came back with a power cut.
  auto first = out.numbers.size() - 1;
  while (first > 0 && out.numbers[first - 1] + 1 == out.numbers[first]) --first;
  for (auto i = first; i < out.numbers.size(); ++i) {
    const auto file = file_of(folder, out.numbers[i]);
    const auto bytes = WL_TRY(store::read_file(file, kMostSegment));
    WL_CHECK_OK(read_commit_segment(bytes, out.numbers[i], file, out.records));
  }
  return out;
}

CommitLog::CommitLog(std::string folder, std::string state, std::shared_ptr<store::Disk> disk)
    : folder_(std::move(folder)), state_(std::move(state)), disk_(std::move(disk)) {}

CommitLog::~CommitLog() {
  if (!is_noted_) write_landed();
  if (hint_ >= 0) ::close(hint_);
}

Result<std::unique_ptr<CommitLog>> CommitLog::open(const std::string& state, std::shared_ptr<store::Disk> disk,
                                                   const CommitSegments& before) {
  std::unique_ptr<CommitLog> log(new CommitLog(folder_of(state), state, std::move(disk)));
  if (WL_TRY(log->disk_->make_folder(log->folder_))) WL_CHECK_OK(log->disk_->sync_folder(state));
  log->boot_ = boot_of(log->folder_, *log->disk_);
  log->hint_ = ::open((log->folder_ + "/landed").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  log->older_ = before.numbers;
  if (before.is_unread) log->unread_ = before.numbers.back();
  log->segment_ = before.numbers.empty() ? 0 : before.numbers.back();
  std::unordered_set<std::size_t> named;
  for (const auto& found : before.records) named.insert(name_hash(found.record.job, found.record.number));
  log->named_.emplace_back(log->segment_, std::move(named));
  const std::scoped_lock both(log->writing_, log->mutex_);
  WL_CHECK_OK(log->begin_segment());
  log->landed_ = {log->segment_, log->offset_};
  log->write_landed();
  return log;
}

/// Both mutexes are held.
Result<> CommitLog::begin_segment() {
  const auto number = segment_ + 1;
  auto id = random_bytes(kIdBytes);
  auto file = WL_TRY(disk_->make_log(file_of(folder_, number)));
  const auto begun = [&]() -> Result<> {
    WL_CHECK_OK(file->append(make_header(number, id)));
    WL_CHECK_OK(file->sync());
    return disk_->sync_folder(folder_);
  }();
  if (!begun) {
    ::unlink(file_of(folder_, number).c_str());
    return begun;
  }
  if (file_) older_.push_back(segment_);
  file_ = std::move(file);
  segment_id_ = std::move(id);
  segment_ = number;
  offset_ = kHeaderBytes;
  broken_ = false;
  // What waits now is written here.
  named_.emplace_back(number, waiting_.empty() ? std::unordered_set<std::size_t>{} : named_.back().second);
  return {};
}

CommitLog::Ticket CommitLog::add(const CommitRecord& record, const std::vector<std::string>& folders) {
  auto bytes = encode_commit(record);
  const std::scoped_lock lock(mutex_);
  waiting_.push_back(std::move(bytes));
  folders_.insert(folders.begin(), folders.end());
  if (record.creates()) new_jobs_.push_back(name_hash(record.job, 0));
  named_.back().second.insert(name_hash(record.job, record.number));
  return ++newest_;
}

bool CommitLog::knows_job(const std::string& job) const {
  const std::scoped_lock lock(mutex_);
  return jobs_.contains(name_hash(job, 0));
}

CommitLog::Ticket CommitLog::newest() const {
  const std::scoped_lock lock(mutex_);
  return newest_;
}

/// Deeper ones first: what is in a folder before its own name.
Result<> CommitLog::sync_folders(const std::set<std::string>& folders) {
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) WL_CHECK_OK(disk_->sync_folder(*folder));
  return {};
}

Result<> CommitLog::write(Ticket ticket) {
  const std::scoped_lock writer(writing_);
  const auto answer = [&]() -> Result<> {
    for (const auto& failed : failed_) {
      if (ticket >= failed.first && ticket <= failed.last) return fail(failed.why);
    }
    return {};
  };
  std::vector<std::string> records;
  std::set<std::string> folders;
  std::vector<std::size_t> jobs;
  Ticket last = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (written_ >= ticket) return answer();
    records = std::exchange(waiting_, {});
    folders = std::exchange(folders_, {});
    jobs = std::exchange(new_jobs_, {});
    last = newest_;
  }
  const auto first = last - records.size() + 1;
  auto done = [&]() -> Result<> {
    if (broken_) {
      const std::scoped_lock lock(mutex_);
      // Behind an end that nobody knows nothing can be written.
      auto names = named_.back().second;
      WL_CHECK_OK(begin_segment());
      named_.back().second = std::move(names);
    }
    std::string bytes;
    std::vector<std::uint64_t> ends;
    for (const auto& payload : records) {
      const auto at = offset_ + bytes.size();
      put(bytes, static_cast<std::uint32_t>(payload.size()));
      const auto checksum = frame_digest(segment_id_, at, payload);
      bytes += view(checksum);
      bytes += payload;
      ends.push_back(offset_ + bytes.size());
    }
    broken_ = true;  // until it is known to be whole
    WL_CHECK_OK(file_->append(bytes));
    // A file system makes them durable in one go, where it is asked for both at once.
    Result<> named;
    std::thread beside;
    const auto sync_names = [&] { named = sync_folders(folders); };
    if (!folders.empty() && disk_->has_parallel_syncs()) beside = std::thread(sync_names);
    const auto written = file_->sync();
    if (beside.joinable()) {
      beside.join();
    } else {
      sync_names();
    }
    WL_CHECK_OK(written);
    broken_ = false;
    const std::scoped_lock lock(mutex_);
    offset_ += bytes.size();
    WL_CHECK_OK(named);
    jobs_.insert(jobs.begin(), jobs.end());
    for (std::size_t i = 0; i < ends.size(); ++i) pending_.push_back({first + i, {segment_, ends[i]}});
    return {};
  }();
  const std::scoped_lock lock(mutex_);
  written_ = last;
  if (!done) {
    failed_.push_back({first, last, done.error()});
    if (failed_.size() > kMostFailed) failed_.pop_front();
  }
  return done;
}

void CommitLog::landed(Ticket ticket) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::lower_bound(pending_, ticket, {}, &Pending::ticket);
  if (found == pending_.end() || found->ticket != ticket) return;
  found->landed = true;
  while (!pending_.empty() && pending_.front().landed) {
    if (!keeps_all_) landed_ = pending_.front().end;
    is_noted_ = false;
    pending_.pop_front();
  }
}

void CommitLog::note_landed() {
  const std::scoped_lock lock(mutex_);
  if (!is_noted_) write_landed();
}

void CommitLog::write_landed() {
  is_noted_ = true;
  if (hint_ < 0) return;
  const auto bytes = make_hint(boot_, landed_);
  // Where it cannot be written it is not there, or lags: then more is looked at after a restart.
  if (::pwrite(hint_, bytes.data(), bytes.size(), 0) != std::ssize(bytes)) (void)::ftruncate(hint_, 0);
}

void CommitLog::keep_all() {
  const std::scoped_lock lock(mutex_);
  keeps_all_ = true;
}

bool CommitLog::mentions(const std::string& job, std::uint64_t number) const {
  const std::scoped_lock lock(mutex_);
  if (!older_.empty() && older_.front() <= unread_) return true;
  const auto hash = name_hash(job, number);
  return std::ranges::any_of(named_, [&](const auto& segment) { return segment.second.contains(hash); });
}

std::uint64_t CommitLog::size() const {
  const std::scoped_lock lock(mutex_);
  return offset_ - kHeaderBytes;
}

Result<> CommitLog::rotate() {
  const std::scoped_lock both(writing_, mutex_);
  return begin_segment();
}

std::optional<std::uint64_t> CommitLog::retirable() const {
  if (keeps_all_ || older_.empty()) return std::nullopt;
  auto last = older_.back();
  if (!pending_.empty()) {
    if (pending_.front().end.segment <= older_.front()) return std::nullopt;
    last = std::min(last, pending_.front().end.segment - 1);
  }
  return last;
}

bool CommitLog::has_older() const {
  const std::scoped_lock lock(mutex_);
  return !older_.empty();
}

bool CommitLog::keeps_all() const {
  const std::scoped_lock lock(mutex_);
  return keeps_all_;
}

Result<> CommitLog::retire() {
  std::optional<std::uint64_t> last;
  std::vector<std::uint64_t> gone;
  {
    const std::scoped_lock lock(mutex_);
    last = retirable();
    if (!last) return {};
    std::ranges::copy_if(older_, std::back_inserter(gone), [&](std::uint64_t number) { return number <= *last; });
  }
  WL_CHECK_OK(disk_->sync_all(state_));
  WL_CHECK_OK(delete_commit_segments(state_, *disk_, gone));
  const std::scoped_lock lock(mutex_);
  std::erase_if(older_, [&](std::uint64_t number) { return number <= *last; });
  while (!named_.empty() && named_.front().first <= *last) named_.pop_front();
  return {};
}

Result<> delete_commit_segments(const std::string& state, store::Disk& disk,
                                const std::vector<std::uint64_t>& numbers) {
  const auto folder = folder_of(state);
  for (const auto number : numbers) {
    const auto file = file_of(folder, number);
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) return fail(store::make_system_error(errno, file, "delete"));
  }
  return numbers.empty() ? Result<>{} : disk.sync_folder(folder);
}

}  // namespace windlass::journal
