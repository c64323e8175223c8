// Standard output of the worker: frames of steps/remote_effect.h, written whole or not at all.
//
// Any thread may write: effects ask for masks while they run. After a failed write nothing more is written; the exit
// code says so.
#pragma once

#include <mutex>
#include <string_view>

namespace windlass::worker {

class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}
  void write(std::string_view frame);
  [[nodiscard]] bool is_broken() const { return is_broken_; }

 private:
  int fd_;
  std::mutex mutex_;
  bool is_broken_ = false;
};

/// All of `text` to a descriptor, whatever interrupts it. False when that cannot be.
bool write_whole(int fd, std::string_view text);

}  // namespace windlass::worker
