// Files that the server sends, piece by piece. Writing a piece again changes nothing, and one that comes before its
// predecessor is refused, so a file is whole as soon as its last piece is there.
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/root.h"
#include "proc/spawn.h"
#include "steps/place_files.h"
#include "steps/remote_push.h"
#include "worker/perform.h"

namespace windlass::worker {

namespace {

/// Its time is set behind the last piece, so this file is as it shall be. It may be one that cannot be opened any more.
bool is_whole(const files::Root& root, const steps::PutPiece& piece) {
  const auto there = root.stat(piece.path, false);
  return there && there->kind == files::EntryKind::file && there->size == piece.total &&
         there->modified == piece.modified;
}

/// A folder that is there already keeps its mode.
Result<void> make_folder(const files::Root& root, const steps::PutPiece& piece) {
  if (root.exists(piece.path)) return {};
  WL_CHECK_OK(root.make_folders(piece.path));
  const auto folder = WL_TRY(root.open(piece.path, O_RDONLY | O_DIRECTORY));
  if (::fchmod(folder.get(), piece.mode | 0700U) != 0) return fail(files::make_error(errno, "make", piece.path));
  return {};
}

Result<void> write_piece(const files::Root& root, const steps::PutPiece& piece, std::string_view content) {
  if (piece.is_folder) return make_folder(root, piece);
  if (is_whole(root, piece)) return {};
  // Appending does not empty it; the place of a piece is its own.
  const auto file = WL_TRY(root.open_write(piece.path, {.append = true, .mode = 0600}));
  if (::fcntl(file.get(), F_SETFL, 0) != 0) return fail(files::make_error(errno, "write", piece.path));
  struct stat info = {};
  if (::fstat(file.get(), &info) != 0) return fail(files::make_error(errno, "write", piece.path));
  if (static_cast<std::uint64_t>(info.st_size) < piece.offset) {
    return fail(ErrorKind::invalid, "a piece of " + piece.path + " is missing: it ends at byte " +
                                        std::to_string(info.st_size) + ", the next begins at " +
                                        std::to_string(piece.offset));
  }
  for (std::uint64_t done = 0; done < content.size();) {
    const auto count =
        ::pwrite(file.get(), content.data() + done, content.size() - done, static_cast<off_t>(piece.offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(files::make_error(errno, "write", piece.path));
    done += static_cast<std::uint64_t>(count);
  }
  if (piece.offset + piece.size != piece.total) return {};
  if (::ftruncate(file.get(), static_cast<off_t>(piece.total)) != 0 || ::fchmod(file.get(), piece.mode) != 0) {
    return fail(files::make_error(errno, "write", piece.path));
  }
  return steps::set_modified(file.get(), piece.modified);
}

Result<void> write_pieces(std::string_view document) {
  const auto put = WL_TRY(steps::decode_put(document));
  WL_CHECK_OK(proc::ensure_folder(put.folder, 0700));
  // What an effect wrote by the server has absolute paths of the script, which may pass links as a shell's do.
  const auto root = put.folder == "/" ? WL_TRY(steps::machine_root()) : WL_TRY(files::Root::confined(put.folder));
  std::string_view rest = put.content;
  for (const auto& piece : put.pieces) {
    WL_CHECK_OK(write_piece(root, piece, rest.substr(0, piece.size)));
    rest.remove_prefix(piece.size);
  }
  return {};
}

}  // namespace

void put(std::string_view document, Output& output) {
  output.write(steps::encode_greeting());
  const auto done = write_pieces(document);
  output.write(steps::encode_result(done ? steps::Outcome() : steps::io_error(done.error())));
}

}  // namespace windlass::worker
