#include "journal/state_keys.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <unistd.h>
#include <utility>
#include <vector>

#include "journal/owner_lock.h"
#include "journal/schema.h"
#include "store/database.h"
#include "store/disk.h"

namespace windlass::journal {

namespace {

constexpr std::size_t kMostKeys = 16;
constexpr int kTries = 3000;
constexpr useconds_t kPause = 20'000;

std::string key_file(const std::string& state) { return state + "/keys/state.key"; }

void pass(Fault* fault, std::string_view point) {
  if (fault != nullptr) fault->pass(point);
}

/// The file as a whole or as it was; durable.
Result<> replace_file(store::Disk& disk, const std::string& state, const std::string& path, std::string_view bytes) {
  const auto fresh = path + ".new";
  if (::unlink(fresh.c_str()) != 0 && errno != ENOENT) return fail(store::make_system_error(errno, fresh, "remove"));
  WL_CHECK_OK(disk.write_file(fresh, bytes));
  if (::rename(fresh.c_str(), path.c_str()) != 0) return fail(store::make_system_error(errno, path, "replace"));
  return disk.sync_folder(state + "/keys");
}

enum class Wrapped : std::uint8_t { already, anew, not_begun };

/// The keys of one run.
Result<Wrapped> wrap_anew(const std::string& path, const KeyRing& keys) {
  auto db = WL_TRY(store::Database::open(path, {}));
  WL_TRY(check_run_schema(db));
  std::string uid;
  {
    auto row = WL_TRY(db.prepare("SELECT uid FROM run WHERE id=1"));
    if (!WL_TRY(row.next())) return Wrapped::not_begun;
    uid = row.bytes(0);
  }
  auto transaction = WL_TRY(store::Transaction::begin(db, store::Transaction::Kind::write));
  std::vector<std::pair<std::int64_t, std::string>> fresh;
  {
    auto row = WL_TRY(db.prepare("SELECT id,wrapped FROM seal ORDER BY id"));
    while (WL_TRY(row.next())) {
      const auto wrapped = row.bytes(1);
      if (wrapped.find_first_not_of('\0') == std::string_view::npos) continue;  // wiped
      const auto context = (row.integer(0) == 2 ? "secret key " : "run key ") + uid;
      if (auto anew = WL_TRY(keys.resealed(context, wrapped))) fresh.emplace_back(row.integer(0), std::move(*anew));
    }
  }
  if (fresh.empty()) return Wrapped::already;
  for (const auto& [id, wrapped] : fresh) {
    auto update = WL_TRY(db.prepare("UPDATE seal SET wrapped=?2 WHERE id=?1"));
    WL_CHECK_OK(update.run(id, store::Blob{wrapped}));
  }
  WL_CHECK_OK(transaction.commit());
  return Wrapped::anew;
}

}  // namespace

Result<std::shared_ptr<KeyRing>> read_state_keys(const std::string& state) {
  const auto path = key_file(state);
  const auto read_all = [&](const std::string& file, std::size_t most) -> Result<std::vector<SealKey>> {
    auto bytes = WL_TRY(store::read_file(file, most * kKeyBytes));
    std::vector<SealKey> out;
    const bool whole = !bytes.empty() && bytes.size() % kKeyBytes == 0;
    for (std::size_t at = 0; whole && at < bytes.size(); at += kKeyBytes) {
      out.push_back(WL_TRY(SealKey::from_bytes(std::string_view(bytes).substr(at, kKeyBytes))));
    }
    const auto size = bytes.size();
    wipe(bytes);
    if (whole) return out;
    return fail(ErrorKind::corrupt,
                {"{} is damaged: a key has 32 bytes, not {}; restore it from a copy",
                 "{} 已损坏：密钥应为 32 字节，而不是 {}；请从副本恢复"},
                {file, size});
  };
  // The older ones first: where a rotation ends in between, they are too many, never too few.
  auto older = read_all(path + ".old", kMostKeys);
  if (!older && older.error().kind != ErrorKind::not_found) return fail(std::move(older).error());
  auto newest = read_all(path, 1);
  if (!newest)
    return fail(std::move(newest).error().while_doing({"reading the key of the state folder", "读取状态目录的密钥"}));
  return std::make_shared<KeyRing>(std::move(newest->front()), older ? std::move(*older) : std::vector<SealKey>());
}

Result<> begin_state_rotation(const std::string& state, Fault* fault) {
  const auto keys = read_state_keys(state);
  if (!keys) return keys.error().kind == ErrorKind::not_found ? Result<>() : fail(keys.error());
  const auto path = key_file(state);
  const auto disk = store::make_disk();
  auto all = (*keys)->bytes();
  const auto newest = all.substr(0, kKeyBytes);
  // Begun, and the new key is in its place already: only the rest is to be done.
  const bool replaced = (*keys)->older() > 0 && all.find(newest, kKeyBytes) == std::string::npos;
  Result<> done;
  if (!replaced) {
    if ((*keys)->older() == 0) done = replace_file(*disk, state, path + ".old", all);
    pass(fault, "state-key-old");
    auto fresh = done ? SealKey::make() : Result<SealKey>(fail(done.error()));
    if (fresh) {
      done = replace_file(*disk, state, path, fresh->bytes());
    } else {
      done = fail(fresh.error());
    }
    pass(fault, "state-key-new");
  }
  wipe(all);
  return done;
}

Result<std::size_t> finish_state_rotation(const std::string& state,
                                          const std::function<void(const std::string&)>& notice, Fault* fault) {
  const auto keys = read_state_keys(state);
  if (!keys) return keys.error().kind == ErrorKind::not_found ? Result<std::size_t>(0) : fail(keys.error());
  if ((*keys)->older() == 0) return 0;
  std::size_t changed = 0;
  std::error_code problem;
  for (const auto& job : std::filesystem::directory_iterator(state + "/runs", problem)) {
    std::error_code inner;
    for (const auto& run : std::filesystem::directory_iterator(job.path(), inner)) {
      const auto path = run.path().string() + "/run.db";
      if (::access(path.c_str(), F_OK) != 0) continue;
      auto done = wrap_anew(path, **keys);
      // Made a moment ago, perhaps still with the old key: its first commit says who it is.
      for (int i = 0; done && *done == Wrapped::not_begun && probe_owner(run.path().string()).held; ++i) {
        if (i == kTries)
          return fail(ErrorKind::unavailable, {"the run of {} does not begin", "{} 的运行没有开始"}, {path});
        ::usleep(kPause);
        done = wrap_anew(path, **keys);
      }
      if (done) {
        changed += *done == Wrapped::anew ? 1 : 0;
      } else if (done.error().kind == ErrorKind::corrupt && ::access(path.c_str(), F_OK) == 0) {
        if (notice) notice("the keys of " + path + " stay as they are: " + done.error().message);
      } else if (::access(path.c_str(), F_OK) == 0) {
        return fail(done.error());  // the old key stays: the next start goes on
      }
      pass(fault, "state-key-run");
    }
    if (inner) return fail(store::make_system_error(inner.value(), job.path().string(), "look into"));
  }
  if (problem && problem != std::errc::no_such_file_or_directory) {
    return fail(store::make_system_error(problem.value(), state + "/runs", "look into"));
  }
  pass(fault, "state-key-wrapped");
  const auto old = key_file(state) + ".old";
  if (::unlink(old.c_str()) != 0 && errno != ENOENT) return fail(store::make_system_error(errno, old, "remove"));
  WL_CHECK_OK(store::make_disk()->sync_folder(state + "/keys"));
  return changed;
}

}  // namespace windlass::journal
