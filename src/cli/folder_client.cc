#include "cli/folder_client.h"

#include <chrono>

#include "cli/terminal_text.h"
#include "identity/identity.h"

namespace windlass::cli {

namespace {

constexpr std::int64_t kTokenLasts = 10 * 60'000;

std::int64_t now_millis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Result<FolderOrServer> folder_or_server(const Invocation& in, const std::string& path) {
  FolderOrServer out;
  auto folder = WL_TRY(server::DataFolder::open_existing(path));
  auto locked = folder.lock();
  if (locked) {
    out.folder.emplace(std::move(folder));
    return out;
  }
  if (locked.error().kind != ErrorKind::conflict) return fail(std::move(locked).error());
  const auto address = folder.address();
  if (!address) {
    return fail(
        ErrorKind::unavailable,
        say(in.language, {"the server on {} is not ready; try again when it is", "{} 上的服务器尚未就绪，请稍后再试"},
            {path}));
  }
  ServerPlace place;
  place.url = *address;
  if (const auto any = place.url.find("//0.0.0.0:"); any != std::string::npos)
    place.url.replace(any + 2, 7, "127.0.0.1");
  if (const auto any = place.url.find("//[::]:"); any != std::string::npos) place.url.replace(any + 2, 4, "[::1]");
  auto book = WL_TRY(identity::Identity::open(folder.file("identity.db")));
  const auto now = now_millis();
  place.token = WL_TRY(book.create_token(
      {.user = "admin", .name = "a command of the folder's owner", .expires_millis = now + kTokenLasts}, now));
  out.client.emplace(std::move(place), in.language);
  return out;
}

}  // namespace windlass::cli
