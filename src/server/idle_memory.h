// A server that has nothing to do holds little memory: what its last work has left behind goes back to the system.
//
// Left behind are caches of databases and pieces of the heap that nothing lies in. The program's own pages are the
// system's, which takes them back by itself when it needs memory. Source: docs/operations.md.
#pragma once

#include <cstdint>

namespace windlass::server {

/// When to give memory back: once after each time of work, when nothing has happened between two looks. Pure.
class IdleWatch {
 public:
  /// `happened` is a count that grows with all that is done. True: now.
  bool look(std::uint64_t happened) {
    const bool quiet = happened == seen_;
    seen_ = happened;
    if (!quiet) given_back_ = false;
    if (!quiet || given_back_) return false;
    given_back_ = true;
    return true;
  }

 private:
  std::uint64_t seen_ = 0;
  bool given_back_ = false;
};

/// The heap's empty pages. Some milliseconds; any thread, others go on meanwhile.
void give_back_memory();

}  // namespace windlass::server
