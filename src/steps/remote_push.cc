#include "steps/remote_push.h"

#include <algorithm>
#include <cerrno>
#include <unistd.h>

#include "files/archive.h"
#include "files/root.h"
#include "steps/detail/remote_values.h"
#include "steps/place_files.h"

namespace windlass::steps {

namespace {

using data::Value;

constexpr std::size_t kMostPieces = 2'000;  ///< of one script

std::string command(std::string_view name) {
  return "#!" + std::string(kWorkerProgram) + " " + std::string(name) + "\n";
}

}  // namespace

std::string encode_put(const PutRequest& put) {
  auto pieces = Value::list();
  for (const auto& one : put.pieces) {
    pieces.push(Value::list_of(one.path + (one.is_folder && !one.path.ends_with('/') ? "/" : ""),
                               static_cast<std::int64_t>(one.mode), one.modified, static_cast<std::int64_t>(one.offset),
                               static_cast<std::int64_t>(one.size), static_cast<std::int64_t>(one.total)));
  }
  return command("put") +
         detail::encode_value(Value::map_of("version", static_cast<std::int64_t>(kWorkerVersion), "folder", put.folder,
                                            "pieces", std::move(pieces))) +
         put.content;
}

Result<PutRequest> decode_put(std::string_view document) {
  const auto value = WL_TRY(data::take_binary(document, {.max_bytes = 64U << 20U, .max_depth = 8}));
  if (value.get_int("version") != kWorkerVersion) {
    return fail(ErrorKind::unsupported, "this windlass-worker takes files of version " +
                                            std::to_string(kWorkerVersion) +
                                            "; the agent image and the server must be of one release");
  }
  PutRequest out{.folder = value.get_string("folder")};
  if (!out.folder.starts_with('/')) return fail(ErrorKind::corrupt, "files for no folder");
  std::uint64_t sum = 0;
  const auto* list = value.find("pieces");
  for (const auto& one : list == nullptr ? Value::List{} : list->items()) {
    const auto& parts = one.items();
    if (parts.size() != 6) return fail(ErrorKind::corrupt, "a piece of a file without its place");
    auto number = [&parts](std::size_t at) {
      return static_cast<std::uint64_t>(std::max<std::int64_t>(0, parts[at].as_int()));
    };
    PutPiece piece{.path = WL_TRY(files::clean_entry_path(parts[0].text())),
                   .is_folder = parts[0].text().ends_with('/'),
                   .mode = static_cast<std::uint32_t>(number(1)) & 0777U,
                   .modified = parts[2].as_int(),
                   .offset = number(3),
                   .size = number(4),
                   .total = number(5)};
    if (piece.path.empty() || piece.size > document.size() || piece.offset > piece.total ||
        piece.size > piece.total - piece.offset) {
      return fail(ErrorKind::corrupt, "a piece of a file without its place");
    }
    sum += piece.size;
    out.pieces.push_back(std::move(piece));
  }
  if (sum != document.size()) return fail(ErrorKind::corrupt, "pieces of files that are not as long as they say");
  out.content = document;
  return out;
}

Result<std::vector<RemoteInput>> inputs_below(const std::string& folder, const std::string& prefix) {
  const auto root = WL_TRY(files::Root::confined(folder));
  std::vector<RemoteInput> out;
  auto all = [](const std::string&, bool) { return true; };
  auto visit = [&](const files::Entry& entry) -> Result<void> {
    const bool is_folder = entry.kind == files::EntryKind::folder;
    if (entry.kind != files::EntryKind::file && !is_folder) return {};
    const auto path = prefix.empty() ? entry.path : prefix + "/" + entry.path;
    out.push_back({.source = folder + "/" + entry.path, .path = path + (is_folder ? "/" : "")});
    return {};
  };
  WL_CHECK_OK(root.walk(".", all, visit, {.folders = true}));
  return out;
}

// ---- pieces
// ----------------------------------------------------------------------------------------------------------

/// The file that is being cut.
struct PushScripts::Open {
  files::Fd file;
  const RemoteInput* input = nullptr;
  PutPiece piece;
};

PushScripts::PushScripts(std::string folder, std::vector<RemoteInput> files)
    : folder_(std::move(folder)), files_(std::move(files)) {}
PushScripts::PushScripts(PushScripts&& other) noexcept = default;
PushScripts::~PushScripts() = default;

Result<bool> PushScripts::open_next() {
  if (open_) return true;
  if (next_file_ == files_.size()) return false;
  const auto& input = files_[next_file_++];
  auto open = std::make_unique<Open>();
  open->input = &input;
  open->piece.path = input.path;
  if (input.source.empty()) {
    open->piece.total = input.content.size();
  } else if (input.path.ends_with('/')) {
    const auto root = WL_TRY(machine_root());
    open->piece.mode = WL_TRY(root.stat(input.source)).mode;
  } else {
    const auto root = WL_TRY(machine_root());
    open->file = WL_TRY(root.open_read(input.source));
    struct stat info = {};
    if (::fstat(open->file.get(), &info) != 0) return fail(files::make_error(errno, "read", input.source));
    open->piece.total = static_cast<std::uint64_t>(info.st_size);
    open->piece.mode = info.st_mode & 0777U;
    open->piece.modified = std::int64_t{info.st_mtim.tv_sec} * 1000 + info.st_mtim.tv_nsec / 1'000'000;
  }
  open_ = std::move(open);
  return true;
}

Result<std::optional<std::string>> PushScripts::next() {
  PutRequest put{.folder = folder_};
  while (put.content.size() < kPieceBytes && put.pieces.size() < kMostPieces && WL_TRY(open_next())) {
    auto& piece = open_->piece;
    const auto begin = put.content.size();
    piece.size = std::min<std::uint64_t>(kPieceBytes - begin, piece.total - piece.offset);
    if (open_->input->source.empty()) {
      put.content.append(open_->input->content, piece.offset, piece.size);
    } else {
      put.content.resize(begin + piece.size);
      for (std::uint64_t have = 0; have < piece.size;) {
        const auto count = ::pread(open_->file.get(), put.content.data() + begin + have, piece.size - have,
                                   static_cast<off_t>(piece.offset + have));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(files::make_error(errno, "read", open_->input->source));
        if (count == 0) {
          return fail(ErrorKind::invalid, open_->input->source + " became shorter while it was sent to the pod");
        }
        have += static_cast<std::uint64_t>(count);
      }
    }
    put.pieces.push_back(piece);
    piece.offset += piece.size;
    if (piece.offset == piece.total) open_.reset();
  }
  if (put.pieces.empty()) return std::nullopt;
  return encode_put(put);
}

// ---- an effect
// -------------------------------------------------------------------------------------------------------

RemoteScripts::RemoteScripts(RemoteRequest request)
    : request_(std::move(request)), document_(encode_request_document(request_)) {
  inputs_ = std::make_unique<PushScripts>(request_.scratch + "/files", request_.inputs);
  if (document_.size() > kMostScriptBytes) {
    large_request_ = std::make_unique<PushScripts>(
        request_.scratch, std::vector<RemoteInput>{{.source = {}, .path = "request", .content = document_}});
  }
}

Result<std::optional<std::string>> RemoteScripts::next() {
  for (auto* pushes : {&inputs_, &large_request_}) {
    if (!*pushes) continue;
    if (auto script = WL_TRY((*pushes)->next())) return script;
    pushes->reset();
  }
  if (std::exchange(is_last_, true)) return std::nullopt;
  if (document_.size() <= kMostScriptBytes) return command("perform") + document_;
  return command("perform-at") + request_.scratch + "/request";
}

}  // namespace windlass::steps
