// Files that clients hand in: streamed to disk, durable before they have a name, found by the object they belong to.
#pragma once

#include <boost/asio/io_context.hpp>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rt/task.h"
#include "store/disk.h"

namespace windlass::uploads {

/// Whose file it is: an object's namespace and name.
struct UploadKey {
  std::string space, name;
  friend auto operator<=>(const UploadKey&, const UploadKey&) = default;
};

struct UploadOptions {
  std::uint64_t most_bytes = 0;  ///< of one file; 0: any number
  std::size_t most_at_once = 16;
  std::shared_ptr<store::Disk> disk;  ///< null: this machine's
};

/// One file that comes in. What was not kept goes with it, and then another one may come for its key.
class Upload {
 public:
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  /// Behind what is there. Errors: of the disk; `invalid` for more bytes than are taken, with a sentence.
  rt::Task<> write(std::string_view bytes);
  /// All of it is durable, under no name yet; its MD5 in hexadecimal digits.
  rt::Task<std::string> seal();
  [[nodiscard]] std::uint64_t size() const;
  /// It is what the key has under this name from now on, durably.
  rt::Task<> keep(std::string content);

 private:
  friend class UploadStore;
  struct State;
  explicit Upload(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

class UploadStore {
 public:
  /// Makes the folder; what was on its way when a server ended goes. `io` must outlive it.
  static Result<std::unique_ptr<UploadStore>> open(boost::asio::io_context& io, const std::string& folder,
                                                   UploadOptions options);
  ~UploadStore();

  /// Errors: conflict (one is on its way for this key), exhausted (too many are), invalid (a name that is none).
  rt::Task<std::unique_ptr<Upload>> begin(UploadKey key);
  [[nodiscard]] bool is_coming(const UploadKey& key) const;
  /// Where it is, if it is there: absolute, to read from. Empty: it is not.
  [[nodiscard]] std::string find(const UploadKey& key, std::string_view content) const;
  /// What else the key has goes; an empty name: all of it. While deletions are held it goes when they are not.
  rt::Task<> keep_only(UploadKey key, std::string content);
  /// Until what this gives back has gone, nothing is deleted: for a backup. It may outlive the store.
  std::shared_ptr<void> hold_deletions();
  /// Keys that have files.
  rt::Task<std::vector<UploadKey>> keys();

 private:
  struct Impl;
  explicit UploadStore(std::shared_ptr<Impl> impl);
  friend class Upload;
  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::uploads
