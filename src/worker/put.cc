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

Result<void> write_piece(const files::Root& root, const steps::PutPiece& piece, std::string_view content) {
  // Appending does not empty it; the place of a piece is its own.
  const auto file = WL_TRY(root.open_write(piece.path, {.append = true, .mode = 0600}));
  if (::fcntl(file.get(), F_SETFL, 0) != 0) return fail(files::make_error(errno, "write", piece.path));
  struct stat info = {};
  if (::fstat(file.get(), &info) != 0) return fail(files::make_error(errno, "write", piece.path));
  const auto modified = std::int64_t{info.st_mtim.tv_sec} * 1000 + info.st_mtim.tv_nsec / 1'000'000;
  const bool is_whole = static_cast<std::uint64_t>(info.st_size) == piece.total && modified == piece.modified;
  if (is_whole) return {};  // its time is set behind the last piece
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
  const auto seconds = piece.modified >= 0 ? piece.modified / 1000 : (piece.modified - 999) / 1000;
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                             {.tv_sec = seconds, .tv_nsec = (piece.modified - seconds * 1000) * 1'000'000}};
  if (::ftruncate(file.get(), static_cast<off_t>(piece.total)) != 0 || ::fchmod(file.get(), piece.mode | 0600U) != 0 ||
      ::futimens(file.get(), times) != 0) {
    return fail(files::make_error(errno, "write", piece.path));
  }
  return {};
}

Result<void> write_pieces(std::string_view document) {
  const auto put = WL_TRY(steps::decode_put(document));
  WL_CHECK_OK(proc::ensure_folder(put.folder, 0700));
  const auto root = WL_TRY(files::Root::confined(put.folder));
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
