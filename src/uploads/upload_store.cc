#include "uploads/upload_store.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

#include "rt/worker.h"
#include "store/database.h"
#include "text/codec.h"
#include "text/digest.h"

namespace windlass::uploads {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTogether = 256u * 1024;  ///< bytes of one write
constexpr std::size_t kMostName = 253;

/// A name of Kubernetes' objects, or one made of digits, letters and '-'.
bool is_safe(std::string_view name) {
  if (name.empty() || name.size() > kMostName || name.front() == '.') return false;
  for (const char c : name) {
    const bool is_good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!is_good) return false;
  }
  return true;
}

Result<> check(const UploadKey& key) {
  if (is_safe(key.space) && is_safe(key.name)) return {};
  return fail(ErrorKind::invalid, "'" + key.space + "/" + key.name + "' cannot have a file: it is no name");
}

}  // namespace

struct UploadStore::Impl : std::enable_shared_from_this<UploadStore::Impl> {
  Impl(boost::asio::io_context& io_, std::string folder_, UploadOptions options_)
      : io(io_),
        folder(std::move(folder_)),
        options(std::move(options_)),
        disk(options.disk ? options.disk : std::shared_ptr<store::Disk>(store::make_disk())) {}

  boost::asio::io_context& io;
  std::string folder;
  UploadOptions options;
  std::shared_ptr<store::Disk> disk;
  std::set<UploadKey> coming;
  int held = 0;                            ///< nothing is deleted
  std::map<UploadKey, std::string> later;  ///< what keep_only() was asked for meanwhile
  std::uint64_t last = 0;
  std::unique_ptr<rt::Worker> worker;  ///< from the first file on

  [[nodiscard]] std::string kept() const { return folder + "/kept"; }
  [[nodiscard]] std::string of(const UploadKey& key) const { return kept() + "/" + key.space + "/" + key.name; }
  rt::Task<> keep_only(UploadKey key, std::string content);
  rt::Worker& disks() {
    if (!worker) worker = std::make_unique<rt::Worker>(io);
    return *worker;
  }
};

struct Upload::State {
  State(std::shared_ptr<UploadStore::Impl> store_, UploadKey key_)
      : store(std::move(store_)), key(std::move(key_)), path(store->folder + "/in/" + std::to_string(++store->last)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    file.reset();
    if (!path.empty()) ::unlink(path.c_str());
  }

  std::shared_ptr<UploadStore::Impl> store;
  UploadKey key;
  std::string path;
  text::Digest md5 = *text::Digest::make("MD5");
  std::unique_ptr<windlass::store::LogFile> file;
  std::string waiting;  ///< not written yet
  std::uint64_t size = 0;
};

Upload::Upload(std::shared_ptr<State> state) : state_(std::move(state)) {}

Upload::~Upload() { state_->store->coming.erase(state_->key); }

std::uint64_t Upload::size() const { return state_->size; }

rt::Task<> Upload::write(std::string_view bytes) {
  auto state = state_;
  const auto most = state->store->options.most_bytes;
  if (most > 0 && bytes.size() > most - state->size) {
    co_return fail(ErrorKind::invalid, "the file has more than " + std::to_string(most >> 20) +
                                           " MiB, and this server takes no longer one; windlass.maxUploadMiB of its "
                                           "configuration says how much");
  }
  state->size += bytes.size();
  state->waiting += bytes;
  if (state->waiting.size() < kTogether) co_return Result<>();
  co_return co_await state->store->disks().run([state]() -> Result<> {
    state->md5.add(state->waiting);
    auto done = state->file->append(state->waiting);
    state->waiting.clear();
    return done;
  });
}

rt::Task<std::string> Upload::seal() {
  auto state = state_;
  co_return co_await state->store->disks().run([state]() -> Result<std::string> {
    state->md5.add(state->waiting);
    WL_CHECK_OK(state->file->append(state->waiting));
    state->waiting = {};
    WL_CHECK_OK(state->file->sync());
    return text::encode_hex(state->md5.finish());
  });
}

rt::Task<> Upload::keep(std::string content) {
  auto state = state_;
  if (!is_safe(content)) co_return fail(ErrorKind::internal, "'" + content + "' is no name of a file");
  state->store->later.erase(state->key);  // whoever keeps it says next what else may stay
  co_return co_await state->store->disks().run([state, content]() -> Result<> {
    auto& own = *state->store;
    state->file.reset();
    const auto space = own.kept() + "/" + state->key.space, folder = own.of(state->key);
    if (WL_TRY(own.disk->make_folder(space))) WL_CHECK_OK(own.disk->sync_folder(own.kept()));
    if (WL_TRY(own.disk->make_folder(folder))) WL_CHECK_OK(own.disk->sync_folder(space));
    const auto target = folder + "/" + content;
    if (::rename(state->path.c_str(), target.c_str()) != 0) {
      return fail(store::make_system_error(errno, target, "write"));
    }
    state->path.clear();
    return own.disk->sync_folder(folder);
  });
}

UploadStore::UploadStore(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
UploadStore::~UploadStore() = default;

Result<std::unique_ptr<UploadStore>> UploadStore::open(boost::asio::io_context& io, const std::string& folder,
                                                       UploadOptions options) {
  auto impl = std::make_shared<Impl>(io, folder, std::move(options));
  std::error_code problem;
  fs::remove_all(folder + "/in", problem);
  for (const auto& one : {folder, folder + "/in", impl->kept()}) (void)WL_TRY(impl->disk->make_folder(one));
  return std::unique_ptr<UploadStore>(new UploadStore(std::move(impl)));
}

rt::Task<std::unique_ptr<Upload>> UploadStore::begin(UploadKey key) {
  WL_CO_TRY_VOID(check(key));
  if (impl_->coming.contains(key)) {
    co_return fail(ErrorKind::conflict,
                   "another file for " + key.name + " is on its way; send this one when it is there");
  }
  if (impl_->coming.size() >= impl_->options.most_at_once) {
    co_return fail(ErrorKind::exhausted, std::to_string(impl_->coming.size()) +
                                             " files are on their way to this server, which are as many as it takes at "
                                             "once; send this one again in a moment");
  }
  impl_->coming.insert(key);
  auto state = std::make_shared<Upload::State>(impl_, std::move(key));
  auto out = std::unique_ptr<Upload>(new Upload(state));
  state->file = WL_CO_TRY(co_await impl_->disks().run([state] { return state->store->disk->make_log(state->path); }));
  co_return out;
}

bool UploadStore::is_coming(const UploadKey& key) const { return impl_->coming.contains(key); }

std::string UploadStore::find(const UploadKey& key, std::string_view content) const {
  if (!check(key) || !is_safe(content)) return {};
  auto out = impl_->of(key) + "/" + std::string(content);
  struct stat info{};
  return ::lstat(out.c_str(), &info) == 0 && S_ISREG(info.st_mode) ? out : std::string();
}

rt::Task<> UploadStore::keep_only(UploadKey key, std::string content) {
  if (!check(key)) co_return Result<>();
  if (impl_->held > 0) {
    impl_->later[std::move(key)] = std::move(content);
    co_return Result<>();
  }
  co_return co_await impl_->keep_only(std::move(key), std::move(content));
}

rt::Task<> UploadStore::Impl::keep_only(UploadKey key, std::string content) {
  auto impl = shared_from_this();
  co_return co_await impl->disks().run([impl, key, content]() -> Result<> {
    std::error_code problem;
    for (auto it = fs::directory_iterator(impl->of(key), problem); !problem && it != fs::end(it);
         it.increment(problem)) {
      if (!content.empty() && it->path().filename() == content) continue;
      if (::unlink(it->path().c_str()) != 0 && errno != ENOENT) {
        return fail(store::make_system_error(errno, it->path().string(), "remove"));
      }
    }
    // Folders that have something in them stay.
    if (::rmdir(impl->of(key).c_str()) == 0) ::rmdir((impl->kept() + "/" + key.space).c_str());
    return {};
  });
}

std::shared_ptr<void> UploadStore::hold_deletions() {
  ++impl_->held;
  return {nullptr, [weak = std::weak_ptr(impl_)](void*) {
            const auto impl = weak.lock();
            if (!impl || --impl->held > 0) return;
            for (auto& [key, content] : std::exchange(impl->later, {})) {
              boost::asio::co_spawn(
                  impl->io,
                  [impl, key, content]() -> boost::asio::awaitable<void> {
                    // What cannot be removed now is found by the next look at all that there is.
                    (void)co_await impl->keep_only(key, content);
                  },
                  boost::asio::detached);
            }
          }};
}

rt::Task<std::vector<UploadKey>> UploadStore::keys() {
  auto impl = impl_;
  std::error_code none;
  if (fs::is_empty(impl->kept(), none)) co_return std::vector<UploadKey>();  // no thread for nothing
  co_return co_await impl->disks().run([impl]() -> Result<std::vector<UploadKey>> {
    std::vector<UploadKey> out;
    std::error_code problem;
    for (auto space = fs::directory_iterator(impl->kept(), problem); !problem && space != fs::end(space);
         space.increment(problem)) {
      std::error_code inner;
      for (auto name = fs::directory_iterator(space->path(), inner); !inner && name != fs::end(name);
           name.increment(inner)) {
        out.push_back({space->path().filename().string(), name->path().filename().string()});
      }
    }
    return out;
  });
}

}  // namespace windlass::uploads
