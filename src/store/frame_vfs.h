// SQLite's file system, with one difference: the frames of a transaction go into its write-ahead log with one write.
//
// SQLite writes each page and each page's 24 bytes of header by themselves: sixteen writes for a commit of eight pages,
// which is most of what a commit costs beside its sync. Here they wait in memory until the frame that ends the
// transaction, and go out before that frame's write returns; so whoever is told of the commit finds it in the file, and
// a write that fails is told where SQLite expects it.
// For connections that never spill a transaction into the log before it ends (PRAGMA cache_spill=OFF, as
// Database::open() says): then frames that anything but the next frame follows are those of a transaction that was
// given up. They are dropped, since another connection may have put its own in their place by then.
// Source: the WAL format of SQLite's documentation (a frame's header is 24 bytes, and its second word is not zero in
// the last frame of a transaction).
#pragma once

#include <string>

namespace windlass::store {

/// The name of that file system, which stands on SQLite's default one; made at the first call. Any thread.
[[nodiscard]] const std::string& frame_vfs();

}  // namespace windlass::store
