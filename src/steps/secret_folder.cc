#include "steps/secret_folder.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/root.h"
#include "proc/fd.h"
#include "proc/spawn.h"
#include "steps/place_files.h"

namespace windlass::steps {

namespace {

constexpr std::string_view kMiddle = "/secretFiles/";
constexpr std::size_t kUuidSize = 36;

bool is_uuid(std::string_view text) {
  if (text.size() != kUuidSize) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

bool is_secret_folder(std::string_view path) {
  if (!path.starts_with('/') || path.size() < kUuidSize + kMiddle.size()) return false;
  const auto uuid = path.substr(path.size() - kUuidSize);
  return is_uuid(uuid) && path.substr(0, path.size() - kUuidSize).ends_with(kMiddle) &&
         path.find("/../") == std::string_view::npos;
}

}  // namespace

std::string effect_uuid(const EffectContext& context, std::string_view part) {
  std::string source = context.run.fact("run_folder");
  for (std::string_view more : {std::string_view(context.key), part}) {
    source += '\0';
    source += more;
  }
  auto hex = files::hash_bytes(source, files::Hash::sha256).substr(0, 32);
  hex[12] = '4';
  hex[16] = '8';
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20);
}

Result<std::string> make_secret_folder(EffectContext& context, std::string_view part) {
  if (!context.place.has_node) return fail(ErrorKind::invalid, "secret files need a node");
  const auto parent = context.place.workspace_tmp + std::string(kMiddle.substr(0, kMiddle.size() - 1));
  WL_CHECK_OK(proc::ensure_folder(parent, 0700));
  const auto folder = parent + "/" + effect_uuid(context, part);
  WL_CHECK_OK(remove_secret_folder(folder));
  if (::mkdir(folder.c_str(), 0700) != 0) {
    return fail(ErrorKind::unavailable, "cannot make the folder " + folder + ": " + std::strerror(errno));
  }
  return folder;
}

Result<std::string> write_secret(const std::string& folder, std::string_view name, std::string_view bytes,
                                 unsigned mode) {
  name = name.substr(name.find_last_of("/\\") + 1);
  std::string clean(name.substr(0, 200));
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '_';
  }
  if (clean.empty() || clean == "." || clean == "..") clean = "secret";
  const auto path = folder + "/" + clean;
  const proc::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.get() < 0) return fail(ErrorKind::unavailable, "cannot write " + path + ": " + std::strerror(errno));
  WL_CHECK_OK(files::write_all(file.get(), bytes, path));
  if (::fchmod(file.get(), mode) != 0) {
    return fail(ErrorKind::unavailable, "cannot protect " + path + ": " + std::strerror(errno));
  }
  return path;
}

Result<void> remove_secret_folder(const std::string& folder) {
  if (!is_secret_folder(folder)) return {};
  const auto root = WL_TRY(machine_root());
  auto gone = root.remove(folder);
  if (!gone && gone.error().kind != ErrorKind::not_found) return fail(std::move(gone).error());
  return {};
}

Result<void> release_secret_folders(const data::Value& lease) {
  if (lease.is_string()) return remove_secret_folder(lease.text());
  for (const auto& one : lease.items()) WL_CHECK_OK(remove_secret_folder(one.text()));
  return {};
}

Outcome release_lease(EffectContext&, const data::Value& arguments) {
  const auto* lease = arguments.find("lease");
  if (lease == nullptr) return EffectResult();
  if (auto done = release_secret_folders(*lease); !done) return io_error(done.error());
  return EffectResult();
}

}  // namespace windlass::steps
