#include "server/key_file.h"

#include <filesystem>

#include "data/json.h"
#include "journal/seal.h"
#include "server/backup.h"
#include "store/disk.h"
#include "text/codec.h"

namespace windlass::server {

namespace {

constexpr std::size_t kMostBytes = 64 * 1024;
/// Names within the folder. The first must be there.
constexpr const char* kFiles[] = {"key",    "key.old", "runs/state/keys/state.key", "runs/state/keys/state.key.old",
                                  "ca.key", "ca.pem"};

std::unexpected<Error> no_key_file(const std::string& file) {
  return fail(
      ErrorKind::corrupt,
      {"{} is no file of keys that windlass backup --keys wrote", "{} 不是 windlass backup --keys 写出的密钥文件"},
      {file});
}

}  // namespace

Result<> write_key_file(const std::string& folder, const std::string& file, const std::string& key_file) {
  auto keys = data::Value::map();
  for (const char* name : kFiles) {
    auto path = folder + "/" + name;
    if (!key_file.empty() && std::string_view(name) == "key") path = key_file;
    if (!key_file.empty() && std::string_view(name) == "key.old") path = key_file + ".old";
    auto bytes = store::read_file(path, kMostBytes);
    if (!bytes && bytes.error().kind == ErrorKind::not_found && std::string_view(name) != "key") continue;
    if (!bytes) return fail(std::move(bytes).error());
    keys.set(name, text::encode_base64(*bytes));
  }
  const auto out = data::Value::map_of("windlass keys", 1, "files", std::move(keys));
  auto disk = store::make_disk();
  WL_CHECK_OK(disk->write_file(file, data::format_json(out) + "\n"));
  const auto parent = std::filesystem::path(file).parent_path().string();
  return disk->sync_folder(parent.empty() ? "." : parent);
}

Result<> install_key_file(const std::string& file, const std::string& folder, const std::string& mark) {
  const auto text = store::read_file(file, kMostBytes);
  if (!text && text.error().kind == ErrorKind::exhausted) return no_key_file(file);
  if (!text) return fail(text.error());
  const auto value = data::parse_json(*text);
  if (!value || value->get_int("windlass keys") != 1) return no_key_file(file);
  const auto* files = value->find("files");
  if (files == nullptr || !files->is_map()) return no_key_file(file);
  const auto bytes_of = [&](const char* name) -> std::optional<std::string> {
    const auto coded = files->get_string(name);
    if (coded.empty()) return std::nullopt;
    auto bytes = text::decode_base64(coded);
    return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
  };
  bool fits = false;
  for (const char* name : {"key", "key.old"}) {
    const auto bytes = bytes_of(name).value_or("");
    for (std::size_t at = 0; at + journal::kKeyBytes <= bytes.size(); at += journal::kKeyBytes) {
      const auto key = journal::SealKey::from_bytes(std::string_view(bytes).substr(at, journal::kKeyBytes));
      fits = fits || (key && mark_of(*key) == mark);
    }
  }
  if (!fits) {
    return fail(ErrorKind::conflict,
                {"the keys in {} are not those of the backup; take the file that was written when it was made",
                 "{} 中的密钥不是该备份的密钥；请使用备份时写出的文件"},
                {file});
  }
  auto disk = store::make_disk();
  for (const char* name : kFiles) {
    const auto bytes = bytes_of(name);
    if (!bytes) continue;
    std::string parent = folder;
    const std::string_view path = name;
    for (auto at = path.find('/'); at != std::string_view::npos; at = path.find('/', at + 1)) {
      parent = folder + "/" + std::string(path.substr(0, at));
      if (WL_TRY(disk->make_folder(parent)))
        WL_CHECK_OK(disk->sync_folder(std::filesystem::path(parent).parent_path().string()));
    }
    WL_CHECK_OK(disk->write_file(folder + "/" + name, *bytes));
    WL_CHECK_OK(disk->sync_folder(parent));
  }
  return {};
}

}  // namespace windlass::server
