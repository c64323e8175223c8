// ObjectStore over an SQLite file: one thread writes, one reads, the reactor asks. Writes that come while a commit is
// on its way to the disk go together into the next one; each answers when its commit is on disk.
//
// A commit that fails (disk full, I/O error) fails every write in it with 503 and leaves the store as it was; reads go
// on. Deleting goes on in small parts between other writes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "objects/embedded_core.h"
#include "objects/object_store.h"

namespace windlass::objects {

struct EmbeddedStoreOptions {
  std::string path;                    ///< the database file; made when it is missing, in an existing folder
  std::int64_t kept_changes = 20'000;  ///< for watches that come back
  std::size_t max_queued_writes = 10'000;
  std::function<std::int64_t()> now_millis;
  std::function<std::uint64_t()> random;  ///< called on the writer's thread
};

class EmbeddedStore final : public ObjectStore {
 public:
  /// `io` and `sealer` must outlive it; the sealer is used from two threads.
  static Result<std::unique_ptr<EmbeddedStore>> open(boost::asio::io_context& io, Sealer& sealer,
                                                     EmbeddedStoreOptions options);
  /// Waits for the writes that were accepted.
  ~EmbeddedStore() override;

  ApiTask<data::Value> get(const ResourceType& type, std::string namespace_, std::string name) override;
  ApiTask<ListResult> list(const ResourceType& type, ListOptions options) override;
  ApiTask<data::Value> create(const ResourceType& type, std::string namespace_, data::Value object,
                              bool dry_run) override;
  ApiTask<data::Value> update(const ResourceType& type, std::string namespace_, std::string name, data::Value object,
                              Part part, bool dry_run) override;
  ApiTask<data::Value> modify(const ResourceType& type, std::string namespace_, std::string name, Modifier modifier,
                              Part part, bool dry_run) override;
  ApiTask<data::Value> remove(const ResourceType& type, std::string namespace_, std::string name,
                              DeleteOptions options) override;
  /// Seals every Secret by the newest key of the sealer, in small parts between other writes.
  ApiTask<void> seal_anew();
  std::unique_ptr<Watcher> watch(const ResourceType& type, WatchOptions options) override;
  /// Its two caches go, soon. For times when nothing happens.
  void release_memory();

  struct Impl;

 private:
  explicit EmbeddedStore(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::objects
