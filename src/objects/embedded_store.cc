#include "objects/embedded_store.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>

#include "objects/metadata.h"
#include "store/migrate.h"

namespace windlass::objects {

namespace asio = boost::asio;
using data::Value;

namespace {

constexpr std::size_t kMaxBatch = 4096;
constexpr std::size_t kGarbagePart = 200;
constexpr std::size_t kSealPart = 100;
constexpr std::size_t kWatchPart = 500;
constexpr int kTrimEvery = 1000;

/// A database with the statements of the store. Neither moves once it is made.
struct Session {
  Session(store::Database database_, EmbeddedCore core_) : database(std::move(database_)), core(std::move(core_)) {}
  store::Database database;
  EmbeddedCore core;
};

/// Jobs for the reading thread.
class Jobs {
 public:
  using Job = std::move_only_function<void(Session&)>;

  void push(Job job) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(job));
    }
    wake_.notify_one();
  }
  /// Waits for jobs; false at the end.
  bool take(std::deque<Job>& into) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return !queue_.empty() || ending_; });
    if (queue_.empty()) return false;
    into.swap(queue_);
    return true;
  }
  void end() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  bool ending_ = false;
};

bool is_store_failure(const ApiStatus& status) { return status.code >= 500; }

}  // namespace

class EmbeddedWatcher;

struct EmbeddedStore::Impl : std::enable_shared_from_this<EmbeddedStore::Impl> {
  Impl(asio::io_context& io_, EmbeddedStoreOptions options_) : io(io_), options(std::move(options_)) {}

  asio::io_context& io;
  EmbeddedStoreOptions options;
  std::unique_ptr<Session> writer, reader;
  Jobs reads;
  std::thread writing, reading;
  std::unordered_set<EmbeddedWatcher*> watchers;  ///< reactor's thread
  int writes_since_trim = 0;                      ///< writer's thread

  Moment moment() const { return {options.now_millis(), options.random}; }

  /// Runs `work` on a worker and continues on the reactor with what it gives.
  template <class T, class Work>
  ApiTask<T> run_read(Work work) {
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Outcome<T>)>(
        [this](auto handler, Work inner) {
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          reads.push([this, shared, inner = std::move(inner)](Session& session) mutable {
            Outcome<T> out = [&]() -> Outcome<T> {
              auto transaction = store::Transaction::begin(session.database, store::Transaction::Kind::read);
              if (!transaction) return unavailable(transaction.error().message);
              return inner(session.core);
            }();
            asio::post(io, [shared, out = std::move(out)]() mutable { (*shared)(std::move(out)); });
          });
        },
        asio::use_awaitable, std::move(work));
  }

  struct Write {
    std::move_only_function<Outcome<Value>(EmbeddedCore&)> work;
    std::move_only_function<void(Outcome<Value>)> answer;  ///< posts to the reactor
    std::optional<Outcome<Value>> outcome;
  };
  std::mutex write_mutex;
  std::deque<Write> write_queue;
  std::condition_variable write_wake;
  bool ending = false;
  bool releasing = false;  ///< memory

  template <class Work>
  ApiTask<Value> run_write(Work work) {
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Outcome<Value>)>(
        [this](auto handler, Work inner) {
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          Write write;
          write.work = std::move(inner);
          write.answer = [this, shared](Outcome<Value> out) {
            asio::post(io, [shared, out = std::move(out)]() mutable { (*shared)(std::move(out)); });
          };
          {
            const std::lock_guard lock(write_mutex);
            if (write_queue.size() >= options.max_queued_writes) {
              write.answer(unavailable("too many writes are waiting for the disk; try again"));
              return;
            }
            write_queue.push_back(std::move(write));
          }
          write_wake.notify_one();
        },
        asio::use_awaitable, std::move(work));
  }

  void write_loop();
  bool write_batch(std::deque<Write>& batch);
  bool collect();
  /// Those who watch what was written look at it; to the others only the time has gone on.
  void tell_watchers(EmbeddedCore::Written written);
};

// ---- watching
// --------------------------------------------------------------------------------------------------------

class EmbeddedWatcher final : public Watcher {
 public:
  EmbeddedWatcher(std::shared_ptr<EmbeddedStore::Impl> store, const ResourceType& type, WatchOptions options)
      : store_(std::move(store)),
        type_(type),
        resource_(storage_name(type)),
        options_(std::move(options)),
        position_(options_.from),
        timer_(store_->io) {
    store_->watchers.insert(this);
  }
  ~EmbeddedWatcher() override { store_->watchers.erase(this); }

  ApiTask<std::vector<WatchEvent>> next(std::chrono::steady_clock::time_point deadline) override {
    for (;;) {
      stirred_ = false;
      struct Part {
        std::vector<Change> changes;
        std::int64_t newest = 0;
      };
      auto part = co_await store_->run_read<Part>(
          [type = &type_, namespace_ = options_.namespace_, from = position_](EmbeddedCore& core) -> Outcome<Part> {
            Part out;
            auto newest = core.newest_version();
            if (!newest) return std::unexpected(std::move(newest).error());
            auto changes = core.changes(*type, namespace_, from, kWatchPart);
            if (!changes) return std::unexpected(std::move(changes).error());
            out.changes = std::move(*changes);
            out.newest = out.changes.size() == kWatchPart ? out.changes.back().version : *newest;
            return out;
          });
      if (!part) co_return std::unexpected(std::move(part).error());
      position_ = std::max(position_, part->newest);
      std::vector<WatchEvent> events;
      for (auto& change : part->changes) add(std::move(change), events);
      if (!events.empty() || woken_) {
        woken_ = false;
        co_return events;
      }
      if (std::chrono::steady_clock::now() >= deadline) co_return events;
      if (stirred_) continue;
      timer_.expires_at(deadline);
      is_waiting_ = true;
      (void)co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
      is_waiting_ = false;
      if (woken_) {
        woken_ = false;
        co_return std::vector<WatchEvent>();
      }
    }
  }
  [[nodiscard]] std::int64_t position() const override { return position_; }
  void wake() override {
    woken_ = true;
    timer_.cancel();
  }
  void stir() {
    stirred_ = true;
    timer_.cancel();
  }
  void pass(const EmbeddedCore::Written& written) {
    // Whoever looks just now, or has not seen all before it, looks once more.
    if (!is_waiting_ || position_ < written.before || written.resources.contains(resource_)) return stir();
    position_ = std::max(position_, written.newest);
  }

 private:
  void add(Change change, std::vector<WatchEvent>& events) const {
    const bool fields = options_.fields.matches(change.object);
    const Value* labels = metadata_of(change.object).find("labels");
    const bool now = fields && options_.labels.matches(labels);
    bool before = now;
    if (change.labels_before) before = fields && options_.labels.matches(&*change.labels_before);
    WatchEvent event;
    event.version = change.version;
    switch (change.kind) {
      case Change::Kind::added:
        if (!now) return;
        event.kind = WatchEvent::Kind::added;
        break;
      case Change::Kind::modified:
        if (!now && !before) return;
        event.kind = !before ? WatchEvent::Kind::added : !now ? WatchEvent::Kind::deleted : WatchEvent::Kind::modified;
        break;
      case Change::Kind::deleted:
        if (!now) return;
        event.kind = WatchEvent::Kind::deleted;
        break;
    }
    event.object = std::move(change.object);
    events.push_back(std::move(event));
  }

  std::shared_ptr<EmbeddedStore::Impl> store_;
  const ResourceType& type_;
  const std::string resource_;
  WatchOptions options_;
  std::int64_t position_;
  asio::steady_timer timer_;
  bool is_waiting_ = false;
  bool woken_ = false;
  bool stirred_ = false;  ///< something was committed since the last look
};

// ---- writing
// ---------------------------------------------------------------------------------------------------------

void EmbeddedStore::Impl::tell_watchers(EmbeddedCore::Written written) {
  if (written.newest == 0) return;
  asio::post(io, [self = shared_from_this(), written = std::move(written)] {
    for (auto* watcher : self->watchers) watcher->pass(written);
  });
}

void EmbeddedStore::Impl::write_loop() {
  bool garbage = true;  // what a dead process left
  for (;;) {
    std::deque<Write> batch;
    {
      std::unique_lock lock(write_mutex);
      if (!garbage) write_wake.wait(lock, [&] { return !write_queue.empty() || ending || releasing; });
      if (std::exchange(releasing, false)) writer->database.release_memory();
      if (write_queue.empty() && ending) return;
      while (!write_queue.empty() && batch.size() < kMaxBatch) {
        batch.push_back(std::move(write_queue.front()));
        write_queue.pop_front();
      }
    }
    if (!batch.empty()) garbage = write_batch(batch);
    if (garbage) garbage = collect();
  }
}

/// One commit; true when there may be garbage behind it.
bool EmbeddedStore::Impl::write_batch(std::deque<Write>& batch) {
  std::optional<ApiStatus> broken;
  bool has_garbage = false;
  static_cast<void>(writer->core.take_written());  // of one that did not become durable
  {
    auto transaction = store::Transaction::begin(writer->database, store::Transaction::Kind::write);
    if (!transaction) {
      broken = unavailable(transaction.error().message).error();
    } else {
      for (auto& write : batch) {
        write.outcome = write.work(writer->core);
        if (!*write.outcome && is_store_failure(write.outcome->error())) {
          broken = write.outcome->error();
          break;
        }
      }
      writes_since_trim += static_cast<int>(batch.size());
      if (!broken && writes_since_trim >= kTrimEvery) {
        writes_since_trim = 0;
        if (auto trimmed = writer->core.trim_changes(options.kept_changes); !trimmed) broken = trimmed.error();
      }
      if (!broken) {
        has_garbage = writer->core.has_garbage().value_or(true);
        if (auto done = transaction->commit(); !done) broken = unavailable(done.error().message).error();
      }
    }
  }
  for (auto& write : batch) {
    if (broken) {
      // A refusal of the API itself stands, whatever became of the batch.
      const bool refused = write.outcome && !*write.outcome && !is_store_failure(write.outcome->error());
      write.answer(refused ? std::move(*write.outcome) : Outcome<Value>(std::unexpected(*broken)));
    } else {
      write.answer(std::move(*write.outcome));
    }
  }
  if (broken) return false;
  tell_watchers(writer->core.take_written());
  return has_garbage;
}

/// One part of what deletions left; true when there may be more.
bool EmbeddedStore::Impl::collect() {
  auto transaction = store::Transaction::begin(writer->database, store::Transaction::Kind::write);
  if (!transaction) return false;
  static_cast<void>(writer->core.take_written());
  auto more = writer->core.collect_garbage(kGarbagePart, moment());
  if (!more || !transaction->commit()) return false;
  tell_watchers(writer->core.take_written());
  return *more;
}

// ---- the interface
// ---------------------------------------------------------------------------------------------------

Result<std::unique_ptr<EmbeddedStore>> EmbeddedStore::open(asio::io_context& io, Sealer& sealer,
                                                           EmbeddedStoreOptions options) {
  auto impl = std::make_shared<Impl>(io, std::move(options));
  store::Database::Options full;
  auto writing = WL_TRY(store::open_or_make(impl->options.path, EmbeddedCore::schema(), full));
  auto writing_core = WL_TRY(EmbeddedCore::open(writing, sealer));
  impl->writer = std::make_unique<Session>(std::move(writing), std::move(writing_core));
  store::Database::Options read_only;
  read_only.read_only = true;
  auto reading = WL_TRY(store::Database::open(impl->options.path, read_only));
  auto reading_core = WL_TRY(EmbeddedCore::open(reading, sealer));
  impl->reader = std::make_unique<Session>(std::move(reading), std::move(reading_core));
  impl->writing = std::thread([raw = impl.get()] { raw->write_loop(); });
  impl->reading = std::thread([raw = impl.get()] {
    std::deque<Jobs::Job> jobs;
    while (raw->reads.take(jobs)) {
      for (auto& job : jobs) job(*raw->reader);
      jobs.clear();
    }
  });
  return std::unique_ptr<EmbeddedStore>(new EmbeddedStore(std::move(impl)));
}

EmbeddedStore::~EmbeddedStore() {
  {
    const std::lock_guard lock(impl_->write_mutex);
    impl_->ending = true;
  }
  impl_->write_wake.notify_all();
  impl_->reads.end();
  impl_->writing.join();
  impl_->reading.join();
}

void EmbeddedStore::release_memory() {
  impl_->reads.push([](Session& session) { session.database.release_memory(); });
  const std::lock_guard lock(impl_->write_mutex);
  impl_->releasing = true;
  impl_->write_wake.notify_one();
}

ApiTask<Value> EmbeddedStore::get(const ResourceType& type, std::string namespace_, std::string name) {
  return impl_->run_read<Value>([type = &type, namespace_ = std::move(namespace_), name = std::move(name)](
                                    EmbeddedCore& core) { return core.get(*type, namespace_, name); });
}

ApiTask<ListResult> EmbeddedStore::list(const ResourceType& type, ListOptions options) {
  return impl_->run_read<ListResult>(
      [type = &type, options = std::move(options)](EmbeddedCore& core) { return core.list(*type, options); });
}

ApiTask<Value> EmbeddedStore::create(const ResourceType& type, std::string namespace_, Value object, bool dry_run) {
  return impl_->run_write([this, type = &type, namespace_ = std::move(namespace_), object = std::move(object),
                           dry_run](EmbeddedCore& core) mutable {
    return core.create(*type, namespace_, std::move(object), impl_->moment(), dry_run);
  });
}

ApiTask<void> EmbeddedStore::seal_anew() {
  auto cursor = std::make_shared<EmbeddedCore::SealCursor>();
  while (!cursor->done) {
    auto part = co_await impl_->run_write([this, cursor](EmbeddedCore& core) -> Outcome<Value> {
      auto next = core.seal_anew(impl_->writer->database, *cursor, kSealPart);
      if (!next) return std::unexpected(std::move(next).error());
      *cursor = *next;
      return Value();
    });
    if (!part) co_return std::unexpected(std::move(part).error());
  }
  co_return Outcome<void>();
}

ApiTask<Value> EmbeddedStore::update(const ResourceType& type, std::string namespace_, std::string name, Value object,
                                     Part part, bool dry_run) {
  return impl_->run_write([this, type = &type, namespace_ = std::move(namespace_), name = std::move(name),
                           object = std::move(object), part, dry_run](EmbeddedCore& core) mutable {
    return core.update(*type, namespace_, name, std::move(object), part, impl_->moment(), dry_run);
  });
}

ApiTask<Value> EmbeddedStore::modify(const ResourceType& type, std::string namespace_, std::string name,
                                     Modifier modifier, Part part, bool dry_run) {
  return impl_->run_write([this, type = &type, namespace_ = std::move(namespace_), name = std::move(name),
                           modifier = std::move(modifier), part, dry_run](EmbeddedCore& core) {
    return core.modify(*type, namespace_, name, modifier, part, impl_->moment(), dry_run);
  });
}

ApiTask<Value> EmbeddedStore::remove(const ResourceType& type, std::string namespace_, std::string name,
                                     DeleteOptions options) {
  return impl_->run_write([this, type = &type, namespace_ = std::move(namespace_), name = std::move(name),
                           options = std::move(options)](EmbeddedCore& core) {
    return core.remove(*type, namespace_, name, options, impl_->moment());
  });
}

std::unique_ptr<Watcher> EmbeddedStore::watch(const ResourceType& type, WatchOptions options) {
  return std::make_unique<EmbeddedWatcher>(impl_, type, std::move(options));
}

}  // namespace windlass::objects
